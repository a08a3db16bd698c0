/* SPDX-License-Identifier: Apache-2.0 */
/* key_list.c - the signing keys of all times, for people: what state each is in, and which was in
 * force at a time. */
#include "core/jose/key_store.h"

enum { LIST };

const struct idp_statement idp_key_list_statements[] = {
    [LIST] = {"SELECT k.kid, algorithm, state, created_at, activates_at, activated_at, retired_at,"
              " " IDP_LAST_EXPIRY ", removed_at FROM idplane.signing_key k"
              " WHERE k.tenant = $1 AND ($2 IS NULL OR activated_at <= $2"
              " AND (retired_at IS NULL OR retired_at > $2))"
              " ORDER BY created_at, k.kid",
              "tz", "tttzzzzzz"},
};
const size_t idp_key_list_statement_count = IDP_COUNT(idp_key_list_statements);

static struct idp_json *entry_of(struct idp_call *call, const struct idp_value *row)
{
    static const char *const names[] = {
        "kid",          "alg",        "state",          "created_at", "activates_at",
        "activated_at", "retired_at", "last_expiry_at", "removed_at"};
    struct idp_json *entry = idp_json_new(call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        if (row[i].kind != 0) {
            idp_json_add_string(call, entry, names[i],
                                row[i].kind == 'z' ? idp_time_text(call, row[i].integer)
                                                   : idp_text_of(row[i]));
        }
    }
    return entry;
}

struct idp_value idp_sql_signing_keys(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_null()};
    int64_t at_us;
    if (arguments[0].kind != 0) {
        if (!idp_time_read(arguments[0].bytes, &at_us)) {
            idp_fail_with(call, IDP_INVALID_ARGUMENT,
                          "Argument at must be like 2026-01-01T00:00:00Z, or NULL for all keys.");
        }
        key[1] = idp_value_time(at_us);
    }
    struct idp_rows rows = idp_run(call, &idp_key_list_statements[LIST], key);
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < rows.count; i++) {
        idp_json_add(list, NULL, entry_of(call, rows.values + i * rows.columns));
    }
    return idp_value_json(list);
}
