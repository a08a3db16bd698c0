/* SPDX-License-Identifier: Apache-2.0 */
/* client_write.c - registration of clients and change of them (RFC 7591 §2, §3.2). */
#include "core/oauth/client.h"

/* A secret of so few bytes can be guessed; those made here have 43. */
enum { SECRET_SIZE_MIN = 8 };

enum { INSERT, LOCK, UPDATE };

const struct idp_statement idp_client_write_statements[] = {
    [INSERT] = {"INSERT INTO idplane.client (tenant, client_id, created_at, enabled,"
                " auth_method, secret_digest, secret_expires_at, device_grant,"
                " refresh_grant, scope, metadata, grant_types, sealed_secret)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
                " ON CONFLICT (tenant, client_id) DO NOTHING",
                "ttzbtxzbbtjtx", ""},
    /* The write takes the row, so that two changes at once follow one another. */
    [LOCK] =
        {"UPDATE idplane.client SET enabled = enabled"
         " WHERE tenant = $1 AND client_id = $2"
         " RETURNING metadata, secret_digest, created_at, sealed_secret, enabled, device_grant",
         "tt", "jxzxbb"},
    [UPDATE] = {"UPDATE idplane.client SET enabled = $4, auth_method = $5,"
                " secret_digest = $6, secret_expires_at = $7, device_grant = $8,"
                " refresh_grant = $9, scope = $10, metadata = $11, grant_types = $12,"
                " sealed_secret = $13,"
                " old_secret_digest = CASE WHEN secret_digest = $6 THEN old_secret_digest END,"
                " old_sealed_secret = CASE WHEN secret_digest = $6 THEN old_sealed_secret END"
                " WHERE tenant = $1 AND client_id = $2 AND created_at = $3",
                "ttzbtxzbbtjtx", ""},
};
const size_t idp_client_write_statement_count = IDP_COUNT(idp_client_write_statements);

/* What could not be read back would lock the client against any further change. */
static struct idp_bytes metadata_text(struct idp_call *call, const struct idp_json *document)
{
    const char *why;
    struct idp_bytes text = idp_json_text(call, document);
    if (idp_json_written_size(call, document) > IDP_METADATA_SIZE_MAX ||
        idp_json_read(call, text, &why) == NULL) {
        idp_fail_with(call, IDP_INVALID_METADATA,
                      "The metadata is larger than %d bytes, or too deep.", IDP_METADATA_SIZE_MAX);
    }
    return text;
}

static struct idp_value blob_or_null(struct idp_bytes bytes)
{
    return bytes.data == NULL ? idp_null() : idp_value_blob(bytes);
}

static void write_row(struct idp_call *call, size_t statement, struct idp_bytes client_id,
                      int64_t created_at_us, const struct idp_json *document,
                      const struct idp_client_metadata *metadata,
                      const struct idp_client_secret *secret)
{
    struct idp_value arguments[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(client_id),
        idp_value_time(created_at_us),
        idp_value_bool(metadata->enabled),
        idp_value_text(metadata->auth_method),
        blob_or_null(secret->digest),
        metadata->secret_expires_at_s == 0
            ? idp_null()
            : idp_value_time(metadata->secret_expires_at_s * 1000000),
        idp_value_bool(metadata->device_grant),
        idp_value_bool(metadata->refresh_grant),
        idp_value_text(metadata->scope),
        idp_value_json_text(metadata_text(call, document)),
        idp_value_text(metadata->grant_types),
        blob_or_null(secret->sealed),
    };
    if (idp_run(call, &idp_client_write_statements[statement], arguments).affected == 0) {
        idp_fail(call, IDP_ALREADY_EXISTS);
    }
}

static void warn(struct idp_call *call, struct idp_json *warnings, struct idp_bytes sentence)
{
    idp_json_add(warnings, NULL, idp_json_new_string(call, sentence));
}

/* What RFC 9700 tells not to do, and is not done here whatever the metadata says; and what has no
 * effect, for whoever counts on it. */
static struct idp_json *warnings_of(struct idp_call *call, const struct idp_json *document,
                                    const struct idp_client_metadata *metadata)
{
    static const struct {
        const char *grant_type, *sentence;
    } refused[] = {
        {"password", "The grant type password is kept, and refused at the token endpoint."},
        {"implicit", "The grant type implicit is kept, and refused at the authorization endpoint."},
    };
    struct idp_json *warnings = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < IDP_COUNT(refused); i++) {
        if (idp_word_in(metadata->grant_types, idp_bytes_of(refused[i].grant_type))) {
            warn(call, warnings, idp_bytes_of(refused[i].sentence));
        }
    }
    struct idp_bytes idle = idp_client_metadata_idle(call, document);
    if (idle.size > 0) {
        struct idp_text sentence = {.call = call};
        idp_text_add_c(&sentence, "Nothing acts on these members, which are kept: ");
        idp_text_add(&sentence, idle);
        idp_text_add_char(&sentence, '.');
        warn(call, warnings, idp_text_bytes(&sentence));
    }
    return warnings;
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
    if (idp_client_has_secret(metadata->auth_method)) {
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
    struct idp_json *warnings = warnings_of(call, document, metadata);
    if (warnings->child != NULL) {
        idp_json_add(result, "warnings", warnings);
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

/* The metadata without a secret that somebody chose: that is kept as others are. */
static const struct idp_json *secret_take(struct idp_call *call, const struct idp_json *document,
                                          struct idp_bytes *given)
{
    *given = idp_json_string(document, "client_secret");
    if (given->data == NULL) {
        return document;
    }
    if (given->size < SECRET_SIZE_MIN || given->size > IDP_CLIENT_SECRET_SIZE_MAX) {
        idp_fail_with(call, IDP_INVALID_METADATA, "Member client_secret must have %d to %d bytes.",
                      SECRET_SIZE_MIN, IDP_CLIENT_SECRET_SIZE_MAX);
    }
    return idp_json_with(call, document, "client_secret", NULL);
}

struct idp_value idp_sql_register_client(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_bytes given;
    check_client_id(call, arguments[0]);
    const struct idp_json *document = idp_json_object_argument(call, arguments[1], "metadata");
    struct idp_client_metadata metadata = idp_client_metadata_read(call, document);
    document = secret_take(call, document, &given);
    call->host->begin(call);
    idp_tenant_ensure(call);
    struct idp_client_secret secret =
        idp_client_secret_make(call, arguments[0].bytes, metadata.auth_method, given);
    write_row(call, INSERT, arguments[0].bytes, idp_now_us(call), document, &metadata, &secret);
    return answer(call, arguments[0].bytes, idp_now_us(call), secret.secret, document, &metadata);
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

/* The secret as it is; another where one is given, or comes to be needed, or to be needed sealed.
 */
static struct idp_client_secret secret_after(struct idp_call *call, const struct idp_value *row,
                                             struct idp_bytes client_id,
                                             struct idp_bytes auth_method, struct idp_bytes given)
{
    struct idp_client_secret secret = {.digest = idp_text_of(row[1]),
                                       .sealed = idp_text_of(row[3])};
    bool is_sealed = secret.sealed.data != NULL;
    bool is_enough = secret.digest.data != NULL &&
                     (is_sealed || !idp_bytes_is(auth_method, "client_secret_jwt"));
    if (!idp_client_has_secret(auth_method)) {
        return (struct idp_client_secret){0};
    }
    return given.data == NULL && is_enough
               ? secret
               : idp_client_secret_make(call, client_id, auth_method, given);
}

/* Members given replace, null removes, the others stay; a client that comes to need a secret gets
 * one in the answer. */
struct idp_value idp_sql_update_client(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_bytes given;
    check_client_id(call, arguments[0]);
    const struct idp_json *change = idp_json_object_argument(call, arguments[1], "metadata");
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), arguments[0]};
    call->host->begin(call);
    const struct idp_value *row = idp_run_one(call, &idp_client_write_statements[LOCK], key);
    if (row == NULL) {
        idp_fail(call, IDP_NO_SUCH_CLIENT);
    }
    const struct idp_json *document =
        merge_members(call, idp_json_argument(call, row[0], "metadata"), change);
    struct idp_client_metadata metadata = idp_client_metadata_read(call, document);
    document = secret_take(call, document, &given);
    struct idp_client_secret secret =
        secret_after(call, row, arguments[0].bytes, metadata.auth_method, given);
    int64_t created_at_us = idp_integer_of(row[2]);
    write_row(call, UPDATE, arguments[0].bytes, created_at_us, document, &metadata, &secret);
    bool was_allowed = idp_bool_of(row[4]) && idp_bool_of(row[5]);
    if (was_allowed != (metadata.enabled && metadata.device_grant)) {
        call->settings = NULL; /* they may have changed while the row was waited for */
        idp_device_client_changed(call, idp_settings_load(call).device_grant);
    }
    return answer(call, arguments[0].bytes, created_at_us, secret.secret, document, &metadata);
}

/* ---- as it is ---- */

/* client(client_id) → what update_client({}) would return; NULL: there is none */
struct idp_value idp_sql_client(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *document = idp_client_metadata(call, arguments[0].bytes);
    if (document == NULL) {
        return idp_null();
    }
    struct idp_client_metadata metadata = idp_client_metadata_read(call, document);
    return answer(call, arguments[0].bytes, idp_client_created_us(call, arguments[0].bytes),
                  (struct idp_bytes){0}, document, &metadata);
}
