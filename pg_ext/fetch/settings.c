/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c - what a fetch may reach is PGC_SUSET: for superusers, and for roles that were granted
 * SET on a setting. */
#include "pg_ext/fetch/settings.h"

#include "postgres.h"

#include "pg_ext/compat.h"

static struct {
    bool allow_http;
    char *allowed_addresses, *proxy, *ca_file;
    int timeout_ms, size_max;
} settings;

static const char *const names[] = {
    "idplane_fetch.allow_http", "idplane_fetch.allowed_addresses", "idplane_fetch.proxy",
    "idplane_fetch.ca_file",    "idplane_fetch.timeout_ms",        "idplane_fetch.size_max",
};

/* A setting that was asked for before the library was loaded, such as in the options of a
 * connection, by a role that may not set it, is lost with a warning, and what the administrator set
 * is lost with it. The default would then be a way around a proxy. So nothing is fetched. */
static bool was_refused;

static void define_switch(void)
{
    DefineCustomBoolVariable(names[0], "Whether URLs with http may be fetched.", NULL,
                             &settings.allow_http, false, PGC_SUSET, 0, NULL, NULL, NULL);
}

static void define_texts(void)
{
    DefineCustomStringVariable(names[1],
                               "Addresses that may be reached although they are not public.",
                               "IP addresses and CIDR blocks, with commas between.",
                               &settings.allowed_addresses, "", PGC_SUSET, 0, NULL, NULL, NULL);
    DefineCustomStringVariable(names[2],
                               "URL of the proxy that every fetch goes through; empty means none.",
                               "The environment of the server has no say.", &settings.proxy, "",
                               PGC_SUSET, GUC_SUPERUSER_ONLY, NULL, NULL, NULL);
    DefineCustomStringVariable(
        names[3], "File of the certificates that are trusted; empty means the system's.",
        "An absolute path.", &settings.ca_file, "", PGC_SUSET, GUC_SUPERUSER_ONLY, NULL, NULL,
        NULL);
}

static void define_limits(void)
{
    DefineCustomIntVariable(names[4], "How long a fetch may take in all.", NULL,
                            &settings.timeout_ms, IDP_FETCH_TIMEOUT_MS_DEFAULT, 1,
                            IDP_FETCH_TIMEOUT_MS_MAX, PGC_SUSET, GUC_UNIT_MS, NULL, NULL, NULL);
    DefineCustomIntVariable(names[5], "How large the body of an answer may be.", NULL,
                            &settings.size_max, IDP_FETCH_SIZE_DEFAULT, 1, IDP_FETCH_BODY_SIZE_MAX,
                            PGC_SUSET, GUC_UNIT_BYTE, NULL, NULL, NULL);
}

void idp_pg_fetch_define_settings(void)
{
    bool was_asked[IDP_COUNT(names)];
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        was_asked[i] = GetConfigOption(names[i], true, false) != NULL;
    }
    define_switch();
    define_texts();
    define_limits();
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        was_refused = was_refused || (was_asked[i] && idp_pg_setting_is_unset(names[i]));
    }
    idp_pg_reserve_prefix("idplane_fetch");
}

struct idp_fetch_settings idp_pg_fetch_settings(void)
{
    if (was_refused) {
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("idplane: this session asked for a setting of idplane_fetch that it "
                               "may not choose, or that is malformed"),
                        errhint("Connect without it."), errhidestmt(true), errhidecontext(true)));
    }
    return (struct idp_fetch_settings){settings.allow_http, settings.allowed_addresses,
                                       settings.proxy,      settings.ca_file,
                                       settings.timeout_ms, settings.size_max};
}
