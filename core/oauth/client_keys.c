/* SPDX-License-Identifier: Apache-2.0 */
/* client_keys.c - the public keys of clients: in their metadata, or at their jwks_uri, where an
 * administrator may set them and a front fetches them otherwise. Whatever a fetch gives, a client
 * is judged by keys that it published: a failing one leaves those that were there. */
#include "core/oauth/client.h"

enum { SET = IDP_PUBLISHED_STATEMENT_COUNT };

const struct idp_statement idp_client_keys_statements[] = {
    IDP_PUBLISHED_STATEMENTS("client_keys", "client_id"),
    [SET] = {"SELECT jwks FROM idplane.issuer_keys WHERE tenant = $1 AND issuer = $2", "tt", "t",
             true},
};
const size_t idp_client_keys_statement_count = IDP_COUNT(idp_client_keys_statements);

static struct idp_json *keys_read(struct idp_call *call, const void *context,
                                  struct idp_bytes document, const char **why)
{
    (void)context;
    return idp_keys_of_jwks(call, document, why);
}

static struct idp_published_keys keys_at(struct idp_bytes client_id, struct idp_bytes uri)
{
    return (struct idp_published_keys){.statements = idp_client_keys_statements,
                                       .owner = client_id,
                                       .url = uri,
                                       .cooldown_s = IDP_KEY_COOLDOWN_S,
                                       .read = keys_read};
}

struct idp_bytes idp_issuer_keys_set(struct idp_call *call, struct idp_bytes issuer)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(issuer)};
    const struct idp_value *row = idp_run_one(call, &idp_client_keys_statements[SET], key);
    return row == NULL ? (struct idp_bytes){0} : idp_text_of(row[0]);
}

static struct idp_bytes fetched(struct idp_call *call, struct idp_bytes client_id,
                                struct idp_bytes uri)
{
    struct idp_published_keys keys = keys_at(client_id, uri);
    const struct idp_json *jwks = idp_published_keys_load(call, &keys).jwks;
    return jwks == NULL ? (struct idp_bytes){0} : idp_keys_in_force(call, jwks, idp_now_us(call));
}

struct idp_bytes idp_client_keys(struct idp_call *call, struct idp_bytes client_id)
{
    const struct idp_json *metadata = idp_client_metadata(call, client_id);
    const struct idp_json *jwks = idp_json_member(metadata, "jwks");
    struct idp_bytes uri = idp_json_string(metadata, "jwks_uri");
    if (jwks != NULL) {
        return idp_json_text(call, jwks);
    }
    if (uri.data == NULL) {
        return uri;
    }
    struct idp_bytes set = idp_issuer_keys_set(call, uri);
    return set.data == NULL ? fetched(call, client_id, uri) : set;
}

/* The address that keys of the client are fetched from; data NULL: none. */
static struct idp_bytes address_of(struct idp_call *call, const struct idp_json *metadata)
{
    struct idp_bytes uri = idp_json_string(metadata, "jwks_uri");
    return uri.data == NULL || idp_issuer_keys_set(call, uri).data != NULL ? (struct idp_bytes){0}
                                                                           : uri;
}

/* ---- for a request ---- */

/* True where the request is to be judged by a key of the client. */
static bool needs_keys(struct idp_call *call, const struct idp_credentials *credentials,
                       struct idp_client *client)
{
    bool is_assertion = credentials->method == IDP_CREDENTIAL_ASSERTION;
    bool is_certificate =
        credentials->method == IDP_CREDENTIAL_NONE && credentials->certificate.data != NULL;
    if (!is_assertion && !is_certificate) {
        return false;
    }
    struct idp_bytes client_id = idp_credentials_client(call, credentials);
    return client_id.size > 0 && client_id.size <= IDP_CLIENT_ID_SIZE_MAX &&
           idp_client_find(call, client_id, client) && client->enabled &&
           idp_bytes_is(client->auth_method,
                        is_assertion ? "private_key_jwt" : "self_signed_tls_client_auth") &&
           idp_guard_client(call, client);
}

/* A signature is looked at only where it decides: one whose key is here by its name gets no better
 * with others. */
static bool is_key_missing(struct idp_call *call, const struct idp_client *client,
                           struct idp_bytes assertion)
{
    struct idp_unverified token;
    struct idp_bytes keys = idp_client_keys(call, client->client_id);
    if (!idp_unverified_read(call, assertion, &token) ||
        (keys.data != NULL && idp_unverified_is_of(call, &token, keys))) {
        return false;
    }
    const char *reason =
        keys.data == NULL
            ? "key"
            : idp_unverified_check(call, &token, keys, idp_json_words(call, IDP_SIGNATURE_NAMES));
    return idp_key_may_be_new(reason, idp_json_member(idp_jwt_decode(call, assertion), "header"));
}

static bool is_missing(struct idp_call *call, const struct idp_credentials *credentials,
                       const struct idp_client *client)
{
    return credentials->method == IDP_CREDENTIAL_ASSERTION
               ? is_key_missing(call, client, credentials->assertion)
               : !idp_client_certificate_valid(call, client, credentials->certificate);
}

static struct idp_json *resume_of(struct idp_call *call, const struct idp_client *client)
{
    struct idp_json *resume = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, resume, "step", "client_keys");
    idp_json_add_string(call, resume, "client", client->client_id);
    idp_json_add_bool(call, resume, "repeatable", true);
    return resume;
}

static bool is_for(const struct idp_json *resume, const struct idp_client *client)
{
    return idp_bytes_is(idp_json_string(resume, "step"), "client_keys") &&
           idp_bytes_equal(idp_json_string(resume, "client"), client->client_id);
}

struct idp_json *idp_client_keys_first(struct idp_call *call,
                                       const struct idp_credentials *credentials)
{
    struct idp_client client;
    if (!needs_keys(call, credentials, &client)) {
        return NULL;
    }
    struct idp_bytes uri = address_of(call, idp_client_metadata(call, client.client_id));
    struct idp_published_keys keys = keys_at(client.client_id, uri);
    if (uri.data == NULL) {
        return NULL;
    }
    struct idp_stored_keys stored = idp_published_keys_load(call, &keys);
    bool may_come = stored.is_due || stored.is_coming;
    return idp_published_keys_step(call, &keys, may_come && is_missing(call, credentials, &client),
                                   resume_of(call, &client), true);
}

struct idp_json *idp_client_keys_then(struct idp_call *call,
                                      const struct idp_credentials *credentials,
                                      const struct idp_json *resume, const struct idp_json *answer)
{
    struct idp_client client;
    if (!needs_keys(call, credentials, &client) || !is_for(resume, &client)) {
        return NULL;
    }
    struct idp_bytes uri = address_of(call, idp_client_metadata(call, client.client_id));
    struct idp_published_keys keys = keys_at(client.client_id, uri);
    idp_published_keys_take(call, &keys, resume, answer, true);
    return idp_json_member(resume, "keys") != NULL ? NULL
                                                   : idp_client_keys_first(call, credentials);
}

/* ---- by hand ---- */

static struct idp_value outcome(struct idp_call *call, const char *status, const char *message)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, answer, "status", status);
    if (message != NULL) {
        idp_json_add_c(call, answer, "message", message);
    }
    return idp_value_json(answer);
}

/* fetch_client_keys(client_id) → {"status","message"}; nobody waits for a row meanwhile */
struct idp_value idp_sql_fetch_client_keys(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *metadata = idp_client_metadata(call, arguments[0].bytes);
    if (metadata == NULL) {
        return outcome(call, "not_found", "There is no such client.");
    }
    struct idp_published_keys keys = keys_at(arguments[0].bytes, address_of(call, metadata));
    if (keys.url.data == NULL) {
        return outcome(call, "refused",
                       "The client has no jwks_uri, or set_issuer_keys() has set its keys.");
    }
    const char *why = idp_published_keys_fetch(call, &keys);
    return outcome(call, why == NULL ? "ok" : "failed", why);
}
