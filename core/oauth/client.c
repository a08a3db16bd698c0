/* SPDX-License-Identifier: Apache-2.0 */
/* client.c - registered clients: registration, change, and who a request comes from.
 *
 * A secret is made here from 256 random bits, shown once and kept as a digest; being random it
 * needs no slow hash. Its check takes the same time for an unknown client. */
#include "core/oauth/client.h"

enum { CLIENT_SECRET_SIZE = 32 };

const struct idp_statement idp_client_statements[] = {
    [IDP_CLIENT_FIND] = {"SELECT " IDP_CLIENT_COLUMNS
                         " FROM idplane.client c WHERE c.tenant = $1 AND c.client_id = $2",
                         "tt", IDP_CLIENT_KINDS, true},
    [IDP_CLIENT_METADATA] = {"SELECT metadata FROM idplane.client"
                             " WHERE tenant = $1 AND client_id = $2",
                             "tt", "j"},
    [IDP_CLIENT_INSERT] = {"INSERT INTO idplane.client (tenant, client_id, created_at, enabled,"
                           " auth_method, secret_digest, secret_expires_at, device_grant,"
                           " refresh_grant, scope, metadata)"
                           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
                           " ON CONFLICT (tenant, client_id) DO NOTHING",
                           "ttzbtxzbbtj", ""},
    /* The write takes the row, so that two changes at once follow one another. */
    [IDP_CLIENT_LOCK] = {"UPDATE idplane.client SET enabled = enabled"
                         " WHERE tenant = $1 AND client_id = $2"
                         " RETURNING metadata, secret_digest, created_at",
                         "tt", "jxz"},
    [IDP_CLIENT_UPDATE] = {"UPDATE idplane.client SET enabled = $4, auth_method = $5,"
                           " secret_digest = $6, secret_expires_at = $7, device_grant = $8,"
                           " refresh_grant = $9, scope = $10, metadata = $11"
                           " WHERE tenant = $1 AND client_id = $2 AND created_at = $3",
                           "ttzbtxzbbtj", ""},
};
const size_t idp_client_statement_count = IDP_COUNT(idp_client_statements);

/* ---- reading ---- */

struct idp_client idp_client_of(struct idp_bytes client_id, const struct idp_value *row)
{
    return (struct idp_client){
        .client_id = client_id,
        .enabled = idp_bool_of(row[0]),
        .device_grant = idp_bool_of(row[1]),
        .refresh_grant = idp_bool_of(row[2]),
        .auth_method = idp_text_of(row[3]),
        .secret_digest = idp_text_of(row[4]),
        .scope = idp_text_of(row[5]),
        .secret_expires_at_us = idp_integer_of(row[6]),
        .watched_until_us = idp_integer_of(row[7]),
    };
}

bool idp_client_find(struct idp_call *call, struct idp_bytes client_id, struct idp_client *client)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)), idp_value_text(client_id)};
    const struct idp_value *row =
        idp_run_one(call, &idp_client_statements[IDP_CLIENT_FIND], arguments);
    if (row != NULL) {
        *client = idp_client_of(client_id, row);
    }
    return row != NULL;
}

struct idp_bytes idp_client_name(struct idp_call *call, struct idp_bytes client_id)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)), idp_value_text(client_id)};
    const struct idp_value *row =
        idp_run_one(call, &idp_client_statements[IDP_CLIENT_METADATA], arguments);
    const struct idp_json *metadata =
        row == NULL ? NULL : idp_json_argument(call, row[0], "metadata");
    struct idp_bytes name = idp_json_string(metadata, "client_name");
    return name.data == NULL ? client_id : name;
}

static struct idp_bytes secret_digest(struct idp_call *call, struct idp_bytes secret)
{
    return idp_digest(call, "idplane client secret", &secret, 1);
}

static bool secret_right(struct idp_call *call, const struct idp_credentials *credentials,
                         const struct idp_client *client)
{
    static const char *const methods[] = {
        [IDP_CREDENTIAL_NONE] = "none",
        [IDP_CREDENTIAL_BASIC] = "client_secret_basic",
        [IDP_CREDENTIAL_POST] = "client_secret_post",
    };
    bool possible = credentials->client_secret.size <= IDP_CLIENT_SECRET_SIZE_MAX;
    struct idp_bytes given = possible && credentials->client_secret.data != NULL
                                 ? credentials->client_secret
                                 : idp_bytes_of("");
    bool same = idp_equal(secret_digest(call, given), client->secret_digest);
    bool method = idp_bytes_is(client->auth_method, methods[credentials->method]);
    bool live =
        client->secret_expires_at_us == 0 || client->secret_expires_at_us > idp_now_us(call);
    return method && (credentials->method == IDP_CREDENTIAL_NONE || (same && live));
}

enum idp_error idp_client_authenticate(struct idp_call *call,
                                       const struct idp_credentials *credentials,
                                       bool secret_required, struct idp_client *client)
{
    if (credentials->client_id.size == 0) {
        return IDP_INVALID_REQUEST;
    }
    *client = (struct idp_client){.secret_digest = idp_bytes_of("")};
    bool known = credentials->client_id.size <= IDP_CLIENT_ID_SIZE_MAX &&
                 idp_client_find(call, credentials->client_id, client);
    bool is_guess = known && credentials->method != IDP_CREDENTIAL_NONE;
    if (is_guess && !idp_guard_client(call, client)) {
        return IDP_TOO_MANY_FAILURES;
    }
    bool named_only = !secret_required && credentials->method == IDP_CREDENTIAL_NONE;
    bool right = secret_right(call, credentials, client) || named_only;
    if (is_guess && !right) {
        idp_guard_client_failed(call, client);
    }
    return known && right && client->enabled ? IDP_OK : IDP_INVALID_CLIENT;
}

/* ---- writing ---- */

static bool wants_secret(const struct idp_client_metadata *metadata)
{
    return !idp_bytes_is(metadata->auth_method, "none");
}

/* What could not be read back would lock the client against any further change. */
static struct idp_bytes metadata_text(struct idp_call *call, const struct idp_json *document)
{
    const char *why;
    struct idp_bytes text = idp_json_text(call, document);
    if (text.size > IDP_METADATA_SIZE_MAX || idp_json_read(call, text, &why) == NULL) {
        idp_fail_with(call, IDP_INVALID_METADATA,
                      "The metadata is larger than %d bytes, or too deep.", IDP_METADATA_SIZE_MAX);
    }
    return text;
}

static void write_row(struct idp_call *call, enum idp_client_statement statement,
                      struct idp_bytes client_id, int64_t created_at_us,
                      const struct idp_json *document, const struct idp_client_metadata *metadata,
                      struct idp_bytes digest)
{
    struct idp_value arguments[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(client_id),
        idp_value_time(created_at_us),
        idp_value_bool(metadata->enabled),
        idp_value_text(metadata->auth_method),
        digest.data == NULL ? idp_null() : idp_value_blob(digest),
        metadata->secret_expires_at_s == 0
            ? idp_null()
            : idp_value_time(metadata->secret_expires_at_s * 1000000),
        idp_value_bool(metadata->device_grant),
        idp_value_bool(metadata->refresh_grant),
        idp_value_text(metadata->scope),
        idp_value_json_text(metadata_text(call, document)),
    };
    if (idp_run(call, &idp_client_statements[statement], arguments).affected == 0) {
        idp_fail(call, IDP_ALREADY_EXISTS);
    }
}

/* The answer of RFC 7591 §3.2.1. */
static struct idp_value answer(struct idp_call *call, struct idp_bytes client_id,
                               int64_t created_at_us, struct idp_bytes secret,
                               const struct idp_json *document,
                               const struct idp_client_metadata *metadata)
{
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, result, "client_id", client_id);
    idp_json_add_integer(call, result, "client_id_issued_at", created_at_us / 1000000);
    if (secret.data != NULL) {
        idp_json_add_string(call, result, "client_secret", secret);
    }
    if (wants_secret(metadata)) {
        idp_json_add_integer(call, result, "client_secret_expires_at",
                             metadata->secret_expires_at_s);
    }
    idp_json_add_bool(call, result, "enabled", metadata->enabled);
    idp_json_add_string(call, result, "token_endpoint_auth_method", metadata->auth_method);
    idp_json_add_string(call, result, "scope", metadata->scope);
    for (const struct idp_json *member = document->child; member != NULL; member = member->next) {
        if (idp_json_member(result, idp_bytes_copy(call, member->name).data) == NULL) {
            idp_json_add_named(result, member->name, idp_json_copy(call, member));
        }
    }
    return idp_value_json(result);
}

static void check_client_id(struct idp_call *call, struct idp_value client_id)
{
    idp_check_text(call, client_id, "client_id", IDP_CLIENT_ID_SIZE_MAX);
    for (size_t i = 0; i < client_id.bytes.size; i++) {
        char character = client_id.bytes.data[i];
        if (character < ' ' || character > '~') {
            idp_fail_with(call, IDP_INVALID_ARGUMENT,
                          "Argument client_id must be printable ASCII (RFC 6749 A.1).");
        }
    }
    if (client_id.bytes.size == 0) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument client_id must not be empty.");
    }
}

struct idp_value idp_sql_register_client(struct idp_call *call, const struct idp_value *arguments)
{
    check_client_id(call, arguments[0]);
    const struct idp_json *document = idp_json_object_argument(call, arguments[1], "metadata");
    struct idp_client_metadata metadata = idp_client_metadata_read(call, document);
    struct idp_bytes secret = {0}, digest = {0};
    if (wants_secret(&metadata)) {
        secret = idp_random_text(call, CLIENT_SECRET_SIZE);
        digest = secret_digest(call, secret);
    }
    call->host->begin(call);
    idp_tenant_ensure(call);
    write_row(call, IDP_CLIENT_INSERT, arguments[0].bytes, idp_now_us(call), document, &metadata,
              digest);
    return answer(call, arguments[0].bytes, idp_now_us(call), secret, document, &metadata);
}

static struct idp_json *merge_members(struct idp_call *call, const struct idp_json *stored,
                                      const struct idp_json *change)
{
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    for (const struct idp_json *old = stored->child; old != NULL; old = old->next) {
        if (idp_json_member(change, idp_bytes_copy(call, old->name).data) == NULL) {
            idp_json_add_named(result, old->name, idp_json_copy(call, old));
        }
    }
    for (const struct idp_json *new = change->child; new != NULL; new = new->next) {
        if (new->kind != IDP_JSON_NULL) {
            idp_json_add_named(result, new->name, idp_json_copy(call, new));
        }
    }
    return result;
}

/* Members given replace, null removes, the others stay; a client that comes to need a secret gets
 * one in the answer. */
struct idp_value idp_sql_update_client(struct idp_call *call, const struct idp_value *arguments)
{
    check_client_id(call, arguments[0]);
    const struct idp_json *change = idp_json_object_argument(call, arguments[1], "metadata");
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), arguments[0]};
    call->host->begin(call);
    const struct idp_value *row = idp_run_one(call, &idp_client_statements[IDP_CLIENT_LOCK], key);
    if (row == NULL) {
        idp_fail(call, IDP_NO_SUCH_CLIENT);
    }
    struct idp_json *document =
        merge_members(call, idp_json_argument(call, row[0], "metadata"), change);
    struct idp_client_metadata metadata = idp_client_metadata_read(call, document);
    struct idp_bytes secret = {0}, digest = idp_text_of(row[1]);
    if (wants_secret(&metadata) && digest.data == NULL) {
        secret = idp_random_text(call, CLIENT_SECRET_SIZE);
        digest = secret_digest(call, secret);
    }
    if (!wants_secret(&metadata)) {
        digest = (struct idp_bytes){0};
    }
    int64_t created_at_us = idp_integer_of(row[2]);
    write_row(call, IDP_CLIENT_UPDATE, arguments[0].bytes, created_at_us, document, &metadata,
              digest);
    idp_device_client_changed(call, idp_settings_load(call).device_grant);
    return answer(call, arguments[0].bytes, created_at_us, secret, document, &metadata);
}
