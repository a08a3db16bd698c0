/* SPDX-License-Identifier: Apache-2.0 */
/* grant_list.c - what a subject has allowed, for the page "my devices": seen, named, ended. */
#include "core/oauth/token.h"

enum { LIST, RENAME, REVOKE };

enum { GRANT_COUNT_MAX = 1000, NAME_SIZE_MAX = 255 };

const struct idp_statement idp_grant_list_statements[] = {
    [LIST] = {"SELECT grant_id, client_id, grant_type, scope, created_at, used_at, expires_at,"
              " name, device FROM idplane.authorization_grant"
              " WHERE tenant = $1 AND subject = $2 AND state = 'active' AND expires_at > $3"
              " ORDER BY created_at DESC, grant_id LIMIT $4",
              "ttzi", "ttttzzztj"},
    [RENAME] = {"UPDATE idplane.authorization_grant SET name = $4"
                " WHERE tenant = $1 AND subject = $2 AND grant_id = $3 AND state = 'active'",
                "tttt", ""},
    [REVOKE] = {"UPDATE idplane.authorization_grant SET state = 'revoked'"
                " WHERE tenant = $1 AND subject = $2 AND grant_id = $3 AND state = 'active'"
                " RETURNING client_id",
                "ttt", "t"},
};
const size_t idp_grant_list_statement_count = IDP_COUNT(idp_grant_list_statements);

static struct idp_json *grant_json(struct idp_call *call, const struct idp_value *row)
{
    static const char *const texts[] = {"grant_id", "client_id", "grant_type", "scope"};
    static const char *const times[] = {"created_at", "used_at", "expires_at"};
    struct idp_json *grant = idp_json_new(call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < IDP_COUNT(texts); i++) {
        idp_json_add_string(call, grant, texts[i], idp_text_of(row[i]));
    }
    idp_json_add_string(call, grant, "client_name", idp_client_name(call, idp_text_of(row[1])));
    for (size_t i = 0; i < IDP_COUNT(times); i++) {
        idp_json_add_string(call, grant, times[i],
                            idp_time_text(call, idp_integer_of(row[IDP_COUNT(texts) + i])));
    }
    idp_json_add_string(call, grant, "name", idp_text_of(row[7]));
    const struct idp_json *device = idp_json_argument(call, row[8], "device");
    if (device != NULL) {
        idp_json_add_shared(call, grant, "device", device);
    }
    return grant;
}

/* grants(subject) → what the subject has allowed and is good now, the latest first */
struct idp_value idp_sql_grants(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), arguments[0],
                              idp_value_time(idp_now_us(call)), idp_value_integer(GRANT_COUNT_MAX)};
    struct idp_rows rows = idp_run(call, &idp_grant_list_statements[LIST], key);
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < rows.count; i++) {
        idp_json_add(list, NULL, grant_json(call, rows.values + i * rows.columns));
    }
    return idp_value_json(list);
}

static struct idp_value changed(struct idp_call *call, int64_t affected)
{
    if (affected == 0) {
        return idp_value_json(
            idp_error_json_with(call, IDP_NOT_FOUND, "The subject has no such grant."));
    }
    return idp_value_json(idp_json_new(call, IDP_JSON_OBJECT));
}

/* rename_grant(subject, grant_id, name) → {}, or an error; name NULL: none */
struct idp_value idp_sql_rename_grant(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_bytes name = idp_text_of(arguments[2]);
    if (name.size > NAME_SIZE_MAX || idp_text_has_control(name)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "Argument name must be a line of at most %d bytes.", NAME_SIZE_MAX);
    }
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), arguments[0], arguments[1],
                              arguments[2]};
    return changed(call, idp_run(call, &idp_grant_list_statements[RENAME], row).affected);
}

/* revoke_grant(subject, grant_id) → {}, or an error */
struct idp_value idp_sql_revoke_grant(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), arguments[0], arguments[1]};
    call->host->begin(call);
    const struct idp_value *client = idp_run_one(call, &idp_grant_list_statements[REVOKE], row);
    if (client != NULL) {
        idp_audit_event(call, NULL, IDP_AUDIT_REVOKED, client[0].bytes, arguments[0].bytes, NULL);
    }
    return changed(call, client != NULL);
}
