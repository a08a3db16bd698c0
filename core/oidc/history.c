/* SPDX-License-Identifier: Apache-2.0 */
/* history.c - looking at instances: what is in force and why, and how it came about. */
#include "core/oidc/identity.h"
#include "core/oidc/instance.h"

enum { HISTORY_COUNT_MAX = 100 };

enum { HISTORY };

const struct idp_statement idp_oidc_history_statements[] = {
    [HISTORY] = {"SELECT version, changed_at, operation, actor, request, record, effective,"
                 " profile"
                 " FROM idplane.oidc_change WHERE tenant = $1 AND instance = $2"
                 " ORDER BY version DESC LIMIT $3",
                 "tti", "izttjjjt"},
};
const size_t idp_oidc_history_statement_count = IDP_COUNT(idp_oidc_history_statements);

static void add_time(struct idp_call *call, struct idp_json *object, const char *name,
                     int64_t time_us)
{
    idp_json_add_string(call, object, name, idp_time_text(call, time_us));
}

struct idp_value idp_sql_oidc_config(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_oidc_instance instance;
    if (!idp_oidc_instance_find(call, arguments[0].bytes, &instance)) {
        return idp_null();
    }
    struct idp_json *config = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, config, "instance", instance.name);
    idp_json_add_string(call, config, "plan", instance.plan);
    idp_json_add_integer(call, config, "version", instance.version);
    add_time(call, config, "changed_at", instance.changed_us);
    idp_json_add_shared(call, config, "profile", idp_oidc_profile_json(call, instance.profile));
    idp_json_add_shared(call, config, "record", instance.state.record);
    idp_json_add_shared(call, config, "effective", instance.state.effective);
    idp_json_add_shared(call, config, "provenance", instance.provenance);
    return idp_value_json(config);
}

static struct idp_json *state_of(struct idp_call *call, const struct idp_value *row)
{
    struct idp_json *state = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_shared(call, state, "record", idp_oidc_column(call, row[5]));
    idp_json_add_shared(call, state, "effective", idp_oidc_column(call, row[6]));
    idp_json_add_shared(call, state, "profile", idp_oidc_profile_json(call, idp_text_of(row[7])));
    return state;
}

/* `before`: the row of the version before, NULL: there is none. */
static struct idp_json *line_of(struct idp_call *call, const struct idp_value *row,
                                const struct idp_value *before)
{
    struct idp_json *line = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_integer(call, line, "version", idp_integer_of(row[0]));
    add_time(call, line, "changed_at", idp_integer_of(row[1]));
    idp_json_add_string(call, line, "operation", idp_text_of(row[2]));
    idp_json_add_string(call, line, "actor", idp_text_of(row[3]));
    idp_json_add_shared(call, line, "request", idp_oidc_column(call, row[4]));
    idp_json_add_shared(call, line, "before", before == NULL ? NULL : state_of(call, before));
    idp_json_add_shared(call, line, "after", state_of(call, row));
    return line;
}

/* One row more than is shown: the last one shown has one before it. */
struct idp_value idp_sql_oidc_history(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), arguments[0],
                              idp_value_integer(HISTORY_COUNT_MAX + 1)};
    struct idp_rows rows = idp_run(call, &idp_oidc_history_statements[HISTORY], key);
    struct idp_json *history = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < rows.count && i < HISTORY_COUNT_MAX; i++) {
        const struct idp_value *row = rows.values + i * rows.columns;
        bool is_first = i + 1 == rows.count || idp_bytes_is(row[2].bytes, "provision");
        const struct idp_value *before = is_first ? NULL : row + rows.columns;
        idp_json_add(history, NULL, line_of(call, row, before));
    }
    return idp_value_json(history);
}
