/* SPDX-License-Identifier: Apache-2.0 */
/* stored_keys.c - the keys of providers: where each connection has them, and how an administrator
 * changes them. */
#include "core/sso/session.h"

enum { HTTP_OK = 200 };

const struct idp_statement idp_stored_keys_statements[] = {
    IDP_PUBLISHED_STATEMENTS("sso_keys", "connection")};
const size_t idp_stored_keys_statement_count = IDP_COUNT(idp_stored_keys_statements);

/* ---- where ---- */

bool idp_key_place_of(const struct idp_connection *connection, struct idp_key_place *out)
{
    static const struct {
        const char *member, *url;
        enum idp_key_source source;
    } places[] = {
        {"aad", "publicKeyDiscoveryUrl", IDP_KEYS_AAD},
        {"adfsManifest", "manifestUrl", IDP_KEYS_ADFS},
        {"jwks", "jwksUri", IDP_KEYS_JWKS},
        {"manual", NULL, IDP_KEYS_MANUAL},
    };
    const struct idp_json *config =
        idp_json_member(connection->document, "signatureVerificationConfig");
    size_t i = 0;
    while (i < IDP_COUNT(places) &&
           !idp_json_is(idp_json_member(config, places[i].member), IDP_JSON_OBJECT)) {
        i++;
    }
    if (i == IDP_COUNT(places)) {
        return false;
    }
    const struct idp_json *part = idp_json_member(config, places[i].member);
    *out = (struct idp_key_place){.source = places[i].source};
    out->url = places[i].url == NULL ? out->url : idp_json_string(part, places[i].url);
    return true;
}

static struct idp_json *keys_read(struct idp_call *call, const void *context,
                                  struct idp_bytes document, const char **why)
{
    const struct idp_connection *connection = context;
    struct idp_key_place place;
    bool is_rsa = idp_json_is(idp_connection_option(connection, "rsa_only"), IDP_JSON_TRUE);
    if (!idp_key_place_of(connection, &place)) {
        *why = "The connection does not say where its keys are.";
        return NULL;
    }
    return idp_keys_of_document(call, place.source, is_rsa, document, why);
}

struct idp_published_keys idp_connection_keys(const struct idp_connection *connection)
{
    struct idp_key_place place = {0};
    struct idp_published_keys keys = {.statements = idp_stored_keys_statements,
                                      .owner = connection->id,
                                      .read = keys_read,
                                      .context = connection};
    bool is_said =
        idp_json_integer(idp_connection_option(connection, "key_cooldown_s"), &keys.cooldown_s);
    if (!is_said) {
        keys.cooldown_s = IDP_KEY_COOLDOWN_S;
    }
    keys.url = idp_key_place_of(connection, &place) ? place.url : (struct idp_bytes){0};
    return keys;
}

/* ---- SQL ---- */

/* NULL: its keys may be changed; else why not. */
static struct idp_json *unchangeable(struct idp_call *call, struct idp_bytes id,
                                     struct idp_connection *connection)
{
    if (!idp_connection_find(call, id, connection)) {
        return idp_connection_answer(call, "not_found", IDP_NO_CONNECTION);
    }
    if (idp_connection_is_restricted(call, connection)) {
        return idp_connection_answer(call, "restricted", IDP_CONNECTION_RESTRICTED);
    }
    return idp_connection_keys(connection).url.data == NULL
               ? idp_connection_answer(
                     call, "refused",
                     "The connection does not say that its keys are somewhere else.")
               : NULL;
}

static struct idp_value outcome(struct idp_call *call, const char *failure, const char *why)
{
    return idp_value_json(idp_connection_answer(call, why == NULL ? "ok" : failure, why));
}

/* set_sso_keys(connection, document) → {"status"}: for databases that fetch nothing themselves */
struct idp_value idp_sql_set_sso_keys(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_connection connection;
    struct idp_json *refusal =
        unchangeable(call, idp_connection_argument(call, arguments[0]), &connection);
    if (refusal != NULL) {
        return idp_value_json(refusal);
    }
    struct idp_published_keys keys = idp_connection_keys(&connection);
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_integer(call, answer, "status", HTTP_OK);
    idp_json_add_string(call, answer, "body", arguments[1].bytes);
    idp_json_add_bool(call, answer, "set", true);
    return outcome(call, "invalid", idp_published_keys_change(call, &keys, answer));
}

/* fetch_issuer_keys(connection) → {"status","message"}; nobody waits for a row meanwhile */
struct idp_value idp_sql_fetch_issuer_keys(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_connection connection;
    struct idp_json *refusal =
        unchangeable(call, idp_connection_argument(call, arguments[0]), &connection);
    if (refusal != NULL) {
        return idp_value_json(refusal);
    }
    struct idp_published_keys keys = idp_connection_keys(&connection);
    return outcome(call, "failed", idp_published_keys_fetch(call, &keys));
}
