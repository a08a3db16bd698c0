/* SPDX-License-Identifier: Apache-2.0 */
/* session.c - the session's tenant and clock, and JSON for comparison: the small functions that
 * belong to no area. */
#include "core/session.h"

static struct idp_value set_variable(struct idp_call *call, enum idp_session variable,
                                     struct idp_value value, bool local)
{
    call->host->session_set(call, variable, idp_text_of(value), local);
    return value;
}

struct idp_value idp_sql_set_tenant(struct idp_call *call, const struct idp_value *arguments)
{
    idp_check_text(call, arguments[0], "tenant", IDP_TENANT_SIZE_MAX);
    if (arguments[0].bytes.size == 0) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument tenant must not be empty.");
    }
    return set_variable(call, IDP_SESSION_TENANT, arguments[0], idp_bool_of(arguments[1]));
}

struct idp_value idp_sql_current_tenant(struct idp_call *call, const struct idp_value *arguments)
{
    (void)arguments;
    return idp_value_text(idp_tenant(call));
}

/* A clock that cannot be read would freeze at no time at all: refused before it is set. */
struct idp_value idp_sql_set_clock(struct idp_call *call, const struct idp_value *arguments)
{
    int64_t time_us;
    if (arguments[0].kind != 0 && !idp_time_read(arguments[0].bytes, &time_us)) {
        idp_fail_with(
            call, IDP_INVALID_ARGUMENT,
            "Argument time must be like 2026-01-01T00:00:00Z, or NULL for the real clock.");
    }
    return set_variable(call, IDP_SESSION_CLOCK, arguments[0], false);
}

struct idp_value idp_sql_canonical_json(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *document = idp_json_argument(call, arguments[0], "json");
    return idp_value_text(idp_json_canonical(call, document));
}

/* After an upgrade of either side this tells whether library and tables fit. */
struct idp_value idp_sql_check_installation(struct idp_call *call,
                                            const struct idp_value *arguments)
{
    (void)arguments;
    int64_t count = 0;
    for (size_t group = 0; group < idp_statement_group_count; group++) {
        for (size_t i = 0; i < *idp_statement_groups[group].count; i++) {
            call->host->run(call, &idp_statement_groups[group].statements[i], NULL);
            count++;
        }
    }
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, result, "version", IDP_VERSION);
    idp_json_add_integer(call, result, "schema_version", IDP_SCHEMA_VERSION);
    idp_json_add_integer(call, result, "statements", count);
    return idp_value_json(result);
}
