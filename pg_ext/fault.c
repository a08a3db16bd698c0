/* SPDX-License-Identifier: Apache-2.0 */
/* fault.c - what the core raises, as an error of PostgreSQL. The caller's statement, which may hold
 * a code or a secret, is kept out of the log. */
#include "pg_ext/adapter.h"

#include "mb/pg_wchar.h"

void idp_pg_fail(struct idp_call *call, enum idp_error error, const char *sentence)
{
    (void)call;
    const struct idp_error_row *row = idp_error_row(error);
    const char *state = row->sqlstate;
    ereport(ERROR,
            (errcode(MAKE_SQLSTATE(state[0], state[1], state[2], state[3], state[4])),
             errmsg("idplane: %s: %s", row->word, sentence == NULL ? row->sentence : sentence),
             errhidestmt(true), errhidecontext(true)));
    pg_unreachable();
}

void idp_pg_check_encoding(void)
{
    if (GetDatabaseEncoding() != PG_UTF8) {
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("idplane: %s: The database must be encoded in UTF8.",
                               idp_error_row(IDP_UNSUPPORTED_ENGINE)->word)));
    }
}
