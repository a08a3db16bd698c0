/* SPDX-License-Identifier: Apache-2.0 */
/* row_trigger.c - triggers on tables of ours that call functions which write: attach_NAME() makes
 * one, detach_NAME() drops it. Only a temporary trigger may call such a function, so it is there
 * for the connection alone. */
#include <string.h>

#include "sqlite_ext/adapter.h"

SQLITE_EXTENSION_INIT3

static const struct idp_row_trigger *trigger_of(const struct idp_function *function)
{
    size_t i = 0;
    while (strcmp(strchr(function->name, '_') + 1, idp_row_triggers[i]->name) != 0) {
        i++;
    }
    return idp_row_triggers[i];
}

static void execute(struct idp_frame *frame, sqlite3_str *text)
{
    sqlite3 *db = frame->connection->db;
    char *sql = sqlite3_str_finish(text);
    int code = sql == NULL ? SQLITE_NOMEM : sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_free(sql);
    if (code != SQLITE_OK) {
        idp_frame_fail_sqlite(frame, code);
    }
}

static struct idp_value attached(struct idp_call *call)
{
    const char *name = trigger_of(call->function)->name;
    return (struct idp_value){.kind = 't', .bytes = {name, strlen(name)}};
}

static struct idp_value attach(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_frame *frame = call->context;
    const struct idp_row_trigger *trigger = trigger_of(call->function);
    (void)arguments;
    idp_schema_check(frame);
    sqlite3_str *text = sqlite3_str_new(frame->connection->db);
    sqlite3_str_appendf(
        text,
        "CREATE TEMP TRIGGER IF NOT EXISTS idplane_row_%s AFTER INSERT ON main.idplane_%s"
        " WHEN %s BEGIN %s; END",
        trigger->name, trigger->table, trigger->when, trigger->body);
    execute(frame, text);
    return attached(call);
}

static struct idp_value detach(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_frame *frame = call->context;
    (void)arguments;
    sqlite3_str *text = sqlite3_str_new(frame->connection->db);
    sqlite3_str_appendf(text, "DROP TRIGGER IF EXISTS temp.idplane_row_%s",
                        trigger_of(call->function)->name);
    execute(frame, text);
    return attached(call);
}

static struct idp_function function_of(const char *name,
                                       struct idp_value (*entry)(struct idp_call *call,
                                                                 const struct idp_value *arguments))
{
    return (struct idp_function){.name = name,
                                 .arguments = "",
                                 .argument_names = "",
                                 .result = 't',
                                 .effect = IDP_WRITES,
                                 .entry = entry};
}

void idp_row_trigger_functions(struct idp_connection *connection)
{
    for (size_t i = 0; i < idp_row_trigger_count && i < IDP_ATTACH_COUNT_MAX; i++) {
        struct idp_attach *made = &connection->row_attach[i];
        const char *name = idp_row_triggers[i]->name;
        sqlite3_snprintf(IDP_ATTACH_NAME_SIZE_MAX, made->attach_name, "attach_%s", name);
        sqlite3_snprintf(IDP_ATTACH_NAME_SIZE_MAX, made->detach_name, "detach_%s", name);
        made->attach = function_of(made->attach_name, attach);
        made->detach = function_of(made->detach_name, detach);
    }
}
