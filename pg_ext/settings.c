/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c - the settings under `idplane.`. Tenant, clock and identity are settings so that they
 * follow transactions, reach parallel workers and end with DISCARD ALL; PGC_SUSET keeps roles from
 * forging them: only the revoked SQL functions set them. */
#include "pg_ext/adapter.h"
#include "pg_ext/compat.h"

static char *session[IDP_SESSION_COUNT];
static char *master_key_file;

/* No tenant: a name holds no control character. */
static const char refused_tenant[] = "\x01refused";

/* A tenant that was asked for before the library was loaded, such as in the options of a
 * connection, by a role that may not set it, is refused with a warning; and what the role has by
 * default is lost to it. The default tenant would then be a way out of one's own. So the session
 * gets one that is none, which RESET brings back and parallel workers take over. */
static void define_tenant(void)
{
    bool was_asked = GetConfigOption("idplane.tenant", true, false) != NULL;
    DefineCustomStringVariable("idplane.tenant", "Tenant of this session.",
                               "Set by idplane.set_tenant(); empty means the default tenant.",
                               &session[IDP_SESSION_TENANT], NULL, PGC_SUSET, GUC_NOT_IN_SAMPLE,
                               NULL, NULL, NULL);
    if (was_asked && session[IDP_SESSION_TENANT] == NULL) {
        SetConfigOption("idplane.tenant", refused_tenant, PGC_SUSET, PGC_S_OVERRIDE);
    }
}

void idp_pg_define_settings(void)
{
    define_tenant();
    DefineCustomStringVariable("idplane.clock", "Frozen clock of this session, for tests.",
                               "Set by idplane.set_clock(); empty means the time of day.",
                               &session[IDP_SESSION_CLOCK], "", PGC_SUSET, GUC_NOT_IN_SAMPLE, NULL,
                               NULL, NULL);
    DefineCustomStringVariable("idplane.identity", "Whom this session acts for.",
                               "Set by idplane.begin_session() from a token that it verified.",
                               &session[IDP_SESSION_IDENTITY], "", PGC_SUSET,
                               GUC_NOT_IN_SAMPLE | GUC_NO_SHOW_ALL | GUC_SUPERUSER_ONLY |
                                   GUC_DISALLOW_IN_FILE,
                               NULL, NULL, NULL);
    DefineCustomStringVariable("idplane.master_key_file", "File of the master key.",
                               "Relative to the data directory; private keys are sealed under it.",
                               &master_key_file, "idplane.key", PGC_SIGHUP, GUC_SUPERUSER_ONLY,
                               NULL, NULL, NULL);
    idp_pg_reserve_prefix("idplane");
}

const char *idp_pg_session_setting(enum idp_session variable)
{
    const char *value = session[variable];
    if (variable == IDP_SESSION_TENANT && value != NULL && strcmp(value, refused_tenant) == 0) {
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("idplane: this session asked for a tenant that it may not choose"),
                        errhint("Connect without setting idplane.tenant."), errhidestmt(true),
                        errhidecontext(true)));
    }
    return value;
}

const char *idp_pg_master_key_setting(void)
{
    return master_key_file;
}
