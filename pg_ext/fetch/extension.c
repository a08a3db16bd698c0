/* SPDX-License-Identifier: Apache-2.0 */
/* extension.c - idplane_fetch() in PostgreSQL. It runs no statement, so it works in transactions
 * that only read and on a standby; while it waits, cancelling and statement_timeout end it. */
#include "pg_ext/adapter.h"

#include "miscadmin.h"
#include "pgstat.h"

#include "pg_ext/fetch/settings.h"

#pragma GCC visibility push(default)
PG_MODULE_MAGIC;
PG_FUNCTION_INFO_V1(idplane_fetch);
void _PG_init(void);
#pragma GCC visibility pop

/* A fetch asks for nothing else. */
const struct idp_host idp_pg_host = {.fail = idp_pg_fail};

static const struct idp_function function = {.name = "idplane_fetch",
                                             .arguments = "tj",
                                             .argument_names = "url options",
                                             .effect = IDP_SIGNS};

static void check(struct idp_call *call)
{
    (void)call;
    CHECK_FOR_INTERRUPTS();
}

/* The caller's statement may hold a token, also where it is cancelled: not for the log. */
static void hide_statement(void *unused)
{
    (void)unused;
    errhidestmt(true);
    errhidecontext(true);
}

/* After an error the engine itself ends the report of the wait, and forgets the callback. */
Datum idplane_fetch(PG_FUNCTION_ARGS)
{
    ErrorContextCallback hide = {error_context_stack, hide_statement, NULL};
    error_context_stack = &hide;
    struct idp_fetch_host host = {.settings = idp_pg_fetch_settings(), .check = check};
    struct idp_frame *frame = idp_pg_frame_new(&function);
    struct idp_value url, options;
    idp_pg_value(frame, PG_GETARG_DATUM(0), PG_ARGISNULL(0), 't', &url);
    idp_pg_value(frame, PG_GETARG_DATUM(1), PG_ARGISNULL(1), 'j', &options);
    pgstat_report_wait_start(PG_WAIT_EXTENSION);
    struct idp_value value = idp_fetch(&frame->call, &host, url, options);
    pgstat_report_wait_end();
    bool is_null;
    Datum result = idp_pg_result(&value, &is_null);
    idp_pg_frame_close(frame);
    error_context_stack = hide.previous;
    return result;
}

void _PG_init(void)
{
    idp_pg_check_encoding();
    idp_pg_fetch_define_settings();
}
