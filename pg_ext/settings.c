/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c - the settings under `idplane.`. Tenant, clock and identity are settings so that they
 * follow transactions, reach parallel workers and end with DISCARD ALL; PGC_SUSET keeps roles from
 * forging them: only the revoked SQL functions set them. */
#include "pg_ext/adapter.h"
#include "pg_ext/compat.h"

static char *session[IDP_SESSION_COUNT];
static char *master_key_file;

void idp_pg_define_settings(void)
{
    DefineCustomStringVariable("idplane.tenant", "Tenant of this session.",
                               "Set by idplane.set_tenant(); empty means the default tenant.",
                               &session[IDP_SESSION_TENANT], "", PGC_SUSET, GUC_NOT_IN_SAMPLE, NULL,
                               NULL, NULL);
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
    return session[variable];
}

const char *idp_pg_master_key_setting(void)
{
    return master_key_file;
}
