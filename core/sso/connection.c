/* SPDX-License-Identifier: Apache-2.0 */
/* connection.c - connections as rows. The document is readable in the row, its secrets are sealed
 * beside it. */
#include <stdlib.h>

#include "core/sso/connection.h"

enum { GET, LIST, MAKE, SAVE, SAVE_DOCUMENT, DELETE, RESTRICT, SEALED, RESEAL };

#define COLUMNS                                                                                    \
    "SELECT connection, type, provider_name, visible, restricted, version, config, sealed_secrets" \
    " FROM idplane.sso_connection WHERE tenant = $1"

const struct idp_statement idp_connection_statements[] = {
    [GET] = {COLUMNS " AND connection = $2", "tt", "tttbbijx", .kept = true},
    [LIST] = {COLUMNS " ORDER BY connection", "t", "tttbbijx", .kept = true},
    [MAKE] = {"INSERT INTO idplane.sso_connection (tenant, connection, type, provider_name,"
              " visible, restricted, version, created_at, changed_at, config, sealed_secrets)"
              " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10)"
              " ON CONFLICT (tenant, connection) DO NOTHING",
              "ttttbbizjx", ""},
    [SAVE] = {"UPDATE idplane.sso_connection SET type = $3, provider_name = $4, visible = $5,"
              " restricted = $6, version = $7, changed_at = $8, config = $9, sealed_secrets = $10"
              " WHERE tenant = $1 AND connection = $2 AND version = $7 - 1",
              "ttttbbizjx", ""},
    [SAVE_DOCUMENT] = {"UPDATE idplane.sso_connection SET type = $3, provider_name = $4,"
                       " visible = $5, restricted = $6, version = $7, changed_at = $8, config = $9"
                       " WHERE tenant = $1 AND connection = $2 AND version = $7 - 1",
                       "ttttbbizj", ""},
    [DELETE] = {"DELETE FROM idplane.sso_connection"
                " WHERE tenant = $1 AND connection = $2 AND version = $3",
                "tti", ""},
    [RESTRICT] = {"UPDATE idplane.sso_connection SET restricted = $3, version = version + 1,"
                  " changed_at = $4 WHERE tenant = $1 AND connection = $2",
                  "ttbz", ""},
    [SEALED] = {"SELECT tenant, connection, sealed_secrets FROM idplane.sso_connection"
                " WHERE length(sealed_secrets) > 0"
                " AND substr(sealed_secrets, 1, length($1)) <> $1"
                " ORDER BY tenant, connection LIMIT $2",
                "xi", "ttx"},
    [RESEAL] = {"UPDATE idplane.sso_connection SET sealed_secrets = $4"
                " WHERE tenant = $1 AND connection = $2 AND sealed_secrets = $3",
                "ttxx", ""},
};
const size_t idp_connection_statement_count = IDP_COUNT(idp_connection_statements);

/* ---- reading ---- */

static struct idp_connection connection_of(struct idp_call *call, const struct idp_value *row)
{
    const char *why;
    struct idp_connection connection = {
        .id = idp_text_of(row[0]),
        .type = idp_text_of(row[1]),
        .provider_name = idp_text_of(row[2]),
        .visible = idp_bool_of(row[3]),
        .restricted = idp_bool_of(row[4]),
        .version = idp_integer_of(row[5]),
        .text = idp_text_of(row[6]),
        .sealed_secrets = idp_text_of(row[7]),
    };
    connection.document = idp_json_read(call, connection.text, &why);
    if (connection.document == NULL) {
        idp_fail(call, IDP_STORE);
    }
    return connection;
}

static size_t rank_of(const struct idp_connection *connection)
{
    static const char *const types[] = {"OAUTH2_INTERNAL", "BASIC"};
    size_t rank = 0;
    while (rank < IDP_COUNT(types) && !idp_bytes_is(connection->type, types[rank])) {
        rank++;
    }
    return rank;
}

const struct idp_json *idp_connection_option(const struct idp_connection *connection,
                                             const char *name)
{
    return idp_json_member(idp_json_member(connection->document, "options"), name);
}

static int64_t priority_of(const struct idp_connection *connection)
{
    int64_t priority;
    return idp_json_integer(idp_connection_option(connection, "priority"), &priority) ? priority
                                                                                      : 0;
}

static int order(const void *left, const void *right)
{
    const struct idp_connection *a = left, *b = right;
    size_t rank_a = rank_of(a), rank_b = rank_of(b);
    int64_t priority_a = priority_of(a), priority_b = priority_of(b);
    if (rank_a != rank_b) {
        return rank_a < rank_b ? -1 : 1;
    }
    if (priority_a != priority_b) {
        return priority_a < priority_b ? -1 : 1;
    }
    return idp_bytes_compare(a->id, b->id);
}

static struct idp_connection *list_of(struct idp_call *call, struct idp_bytes tenant, size_t *count)
{
    struct idp_value key[] = {idp_value_text(tenant)};
    struct idp_rows rows = idp_run(call, &idp_connection_statements[LIST], key);
    struct idp_connection *list = idp_allocate(call, (rows.count + 1) * sizeof *list);
    for (size_t i = 0; i < rows.count; i++) {
        list[i] = connection_of(call, rows.values + i * rows.columns);
    }
    qsort(list, rows.count, sizeof *list, order);
    *count = rows.count;
    return list;
}

struct idp_connection *idp_connection_list(struct idp_call *call, size_t *count)
{
    return list_of(call, idp_tenant(call), count);
}

/* Types are found by any case. */
static bool find_by_type(struct idp_call *call, struct idp_bytes tenant, struct idp_bytes type,
                         struct idp_connection *out)
{
    size_t count, i = 0;
    struct idp_connection *list = list_of(call, tenant, &count);
    struct idp_bytes wanted = idp_lower_case(call, type);
    while (i < count && !idp_bytes_equal(idp_lower_case(call, list[i].type), wanted)) {
        i++;
    }
    if (i < count) {
        *out = list[i];
    }
    return i < count;
}

static bool find_by_id(struct idp_call *call, struct idp_bytes tenant, struct idp_bytes id,
                       struct idp_connection *out)
{
    struct idp_value key[] = {idp_value_text(tenant), idp_value_text(id)};
    const struct idp_value *row = idp_run_one(call, &idp_connection_statements[GET], key);
    if (row != NULL) {
        *out = connection_of(call, row);
    }
    return row != NULL;
}

bool idp_connection_find_in(struct idp_call *call, struct idp_bytes tenant, struct idp_bytes name,
                            struct idp_connection *out)
{
    return find_by_id(call, tenant, name, out) || find_by_type(call, tenant, name, out);
}

bool idp_connection_find_id(struct idp_call *call, struct idp_bytes id, struct idp_connection *out)
{
    return find_by_id(call, idp_tenant(call), id, out);
}

bool idp_connection_find(struct idp_call *call, struct idp_bytes name, struct idp_connection *out)
{
    return idp_connection_find_in(call, idp_tenant(call), name, out);
}

const struct idp_json *idp_connection_shown(struct idp_call *call,
                                            const struct idp_connection *connection)
{
    const struct idp_json *shown =
        idp_json_with(call, connection->document, "id", idp_json_new_string(call, connection->id));
    return idp_json_with(call, shown, "onlyManagementTenantAccess",
                         idp_json_new_bool(call, connection->restricted));
}

/* ---- secrets ---- */

static struct idp_bytes seal_context(struct idp_call *call, struct idp_bytes tenant,
                                     struct idp_bytes id)
{
    struct idp_bytes parts[] = {tenant, id};
    return idp_digest(call, "sso_connection", parts, IDP_COUNT(parts));
}

const struct idp_json *idp_connection_secrets(struct idp_call *call,
                                              const struct idp_connection *connection)
{
    const char *why;
    if (connection->secrets != NULL) {
        return connection->secrets;
    }
    if (connection->sealed_secrets.size == 0) {
        return idp_json_new(call, IDP_JSON_OBJECT);
    }
    struct idp_bytes context = seal_context(call, idp_tenant(call), connection->id);
    const struct idp_json *secrets =
        idp_json_read(call, idp_unseal(call, connection->sealed_secrets, context), &why);
    if (secrets == NULL) {
        idp_fail(call, IDP_SEAL_BROKEN);
    }
    return secrets;
}

const struct idp_sealed_column idp_connection_sealed = {
    &idp_connection_statements[SEALED], &idp_connection_statements[RESEAL], seal_context};

struct idp_bytes idp_connection_seal(struct idp_call *call, struct idp_bytes id,
                                     const struct idp_json *secrets)
{
    return secrets->child == NULL ? (struct idp_bytes){"", 0}
                                  : idp_seal(call, idp_json_text(call, secrets),
                                             seal_context(call, idp_tenant(call), id));
}

/* ---- writing ---- */

/* What stays sealed is not written: rewrap_master_key() may be sealing it anew meanwhile. */
bool idp_connection_save(struct idp_call *call, const struct idp_connection *connection)
{
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),       idp_value_text(connection->id),
        idp_value_text(connection->type),       idp_value_text(connection->provider_name),
        idp_value_bool(connection->visible),    idp_value_bool(connection->restricted),
        idp_value_integer(connection->version), idp_value_time(idp_now_us(call)),
        idp_value_json_text(connection->text),  idp_value_blob(connection->sealed_secrets),
    };
    size_t which = connection->version == 1                  ? MAKE
                   : connection->sealed_secrets.data != NULL ? SAVE
                                                             : SAVE_DOCUMENT;
    return idp_run(call, &idp_connection_statements[which], row).affected == 1;
}

bool idp_connection_delete(struct idp_call *call, const struct idp_connection *connection)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(connection->id),
                              idp_value_integer(connection->version)};
    return idp_run(call, &idp_connection_statements[DELETE], key).affected == 1;
}

void idp_connection_restrict(struct idp_call *call, struct idp_bytes tenant,
                             const struct idp_connection *connection)
{
    struct idp_value key[] = {idp_value_text(tenant), idp_value_text(connection->id),
                              idp_value_bool(connection->restricted),
                              idp_value_time(idp_now_us(call))};
    idp_run(call, &idp_connection_statements[RESTRICT], key);
}

bool idp_connection_is_restricted(struct idp_call *call, const struct idp_connection *connection)
{
    return connection->restricted && !idp_bytes_is(idp_tenant(call), IDP_MANAGEMENT_TENANT);
}
