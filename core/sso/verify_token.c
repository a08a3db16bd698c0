/* SPDX-License-Identifier: Apache-2.0 */
/* verify_token.c - the tokens of a login: each is signed by a key of the provider, from its issuer,
 * for us, and in time; and the two belong together. */
#include "core/jose/jose.h"
#include "core/sso/login.h"

enum { LEEWAY_S = 60 };

/* What both tokens are judged by. */
struct judge {
    struct idp_call *call;
    const struct idp_connection *connection;
    const struct idp_json *manual; /* NULL: the keys are not of the document */
    const struct idp_json *jwks;
};

/* ---- policy ---- */

/* Keys are public, so nothing of a shared secret is here. */
static struct idp_json *algorithms_of(const struct judge *judge)
{
    static const char *const names[] = {"RS256", "RS384", "RS512", "PS256", "PS384",
                                        "PS512", "ES256", "ES384", "ES512", "EdDSA"};
    enum { RSA_COUNT = 6 };
    bool is_rsa = idp_json_is(idp_connection_option(judge->connection, "rsa_only"), IDP_JSON_TRUE);
    struct idp_json *list = idp_json_new(judge->call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < (is_rsa ? RSA_COUNT : IDP_COUNT(names)); i++) {
        idp_json_add(list, NULL, idp_json_new_string(judge->call, idp_bytes_of(names[i])));
    }
    return list;
}

/* An ID token is for the client that asked for it (OpenID Connect Core 1.0 §2). */
static struct idp_json *audiences_of(const struct judge *judge, enum idp_token_use use)
{
    struct idp_json *list = idp_json_new(judge->call, IDP_JSON_ARRAY);
    struct idp_bytes audience = idp_json_string(judge->connection->document, "audience");
    struct idp_bytes client = idp_json_string(judge->connection->document, "clientId");
    idp_json_add(list, NULL, idp_json_new_string(judge->call, audience));
    if (use != IDP_ACCESS_TOKEN && client.size > 0) {
        idp_json_add(list, NULL, idp_json_new_string(judge->call, client));
    }
    return list;
}

static struct idp_json *policy_of(const struct judge *judge, enum idp_token_use use)
{
    int64_t leeway_s;
    struct idp_json *policy = idp_json_new(judge->call, IDP_JSON_OBJECT);
    struct idp_json *required = idp_json_new(judge->call, IDP_JSON_ARRAY);
    idp_json_add(required, NULL, idp_json_new_string(judge->call, idp_bytes_of("exp")));
    if (!idp_json_integer(idp_connection_option(judge->connection, "leeway_s"), &leeway_s)) {
        leeway_s = LEEWAY_S;
    }
    idp_json_add(policy, "algs", algorithms_of(judge));
    idp_json_add_string(judge->call, policy, "iss",
                        idp_json_string(judge->connection->document, "issuer"));
    idp_json_add(policy, "aud", audiences_of(judge, use));
    idp_json_add(policy, "require", required);
    idp_json_add_integer(judge->call, policy, "leeway", leeway_s);
    return policy;
}

/* ---- keys ---- */

/* The keys that may verify the token. One that its field names is the only one. */
static struct idp_bytes keys_of(const struct judge *judge, const struct idp_token_verdict *verdict)
{
    int64_t now_us = idp_now_us(judge->call);
    struct idp_bytes field = idp_manual_field(judge->manual);
    if (judge->jwks == NULL) {
        return (struct idp_bytes){"", 0};
    }
    if (judge->manual == NULL) {
        return idp_keys_in_force(judge->call, judge->jwks, now_us);
    }
    const struct idp_json *key =
        idp_keys_named(judge->jwks, verdict->header, verdict->claims, field);
    return key == NULL ? (struct idp_bytes){"", 0} : idp_key_in_force(judge->call, key, now_us);
}

static void keys_load(struct judge *judge)
{
    const char *why;
    struct idp_key_place place;
    bool is_rsa = idp_json_is(idp_connection_option(judge->connection, "rsa_only"), IDP_JSON_TRUE);
    bool is_known = idp_key_place_of(judge->connection, &place);
    if (is_known && place.url.data == NULL) {
        judge->manual = idp_json_member(
            idp_json_member(judge->connection->document, "signatureVerificationConfig"), "manual");
        judge->jwks = idp_keys_of_manual(judge->call, judge->manual, is_rsa, NULL, &why);
    } else if (is_known) {
        struct idp_published_keys keys = idp_connection_keys(judge->connection);
        judge->jwks = idp_published_keys_load(judge->call, &keys).jwks;
    }
}

/* ---- tokens ---- */

static const char *reason_of(const struct judge *judge, const struct idp_json *verdict)
{
    struct idp_bytes reason = idp_json_string(verdict, "reason");
    return reason.data == NULL ? NULL : idp_text_c(judge->call, reason);
}

static bool has(const struct idp_json *object, const char *name)
{
    return idp_json_member(object, name) != NULL;
}

/* A token of one kind is none of another (RFC 8725 §3.11), as far as it says which it is. */
static const char *kind_reason(enum idp_token_use use, const struct idp_token_verdict *verdict)
{
    struct idp_bytes type = idp_json_string(verdict->header, "typ");
    struct idp_bytes kind = idp_json_string(verdict->claims, "typ");
    bool is_access = idp_bytes_is(type, "at+jwt") || idp_bytes_is(type, "application/at+jwt");
    bool is_id = has(verdict->claims, "at_hash") || has(verdict->claims, "c_hash") ||
                 idp_bytes_is(kind, "ID");
    bool is_logout = idp_bytes_is(type, "logout+jwt") || has(verdict->claims, "events");
    if (use == IDP_LOGOUT_TOKEN) {
        return is_access || is_id ? "type" : NULL;
    }
    return is_logout || (use == IDP_ID_TOKEN ? is_access : is_id) ? "type" : NULL;
}

static struct idp_token_verdict verify(const struct judge *judge, enum idp_token_use use,
                                       struct idp_bytes token)
{
    struct idp_token_verdict verdict = {.reason = "malformed"};
    const struct idp_json *decoded = idp_jwt_decode(judge->call, token);
    if (decoded == NULL) {
        return verdict;
    }
    verdict.header = idp_json_member(decoded, "header");
    verdict.claims = idp_json_member(decoded, "claims");
    const struct idp_json *judged =
        idp_jwt_verify(judge->call, token, keys_of(judge, &verdict), policy_of(judge, use));
    verdict.reason = reason_of(judge, judged);
    verdict.reason = verdict.reason == NULL ? kind_reason(use, &verdict) : verdict.reason;
    return verdict;
}

/* Of several audiences the token says which one asked for it. */
static bool is_for_client(const struct judge *judge, const struct idp_json *claims)
{
    const struct idp_json *party = idp_json_member(claims, "azp");
    const struct idp_json *audience = idp_json_member(claims, "aud");
    bool has_several = idp_json_is(audience, IDP_JSON_ARRAY) && audience->child != NULL &&
                       audience->child->next != NULL;
    return party == NULL
               ? !has_several
               : idp_json_is(party, IDP_JSON_STRING) &&
                     idp_bytes_equal(party->text,
                                     idp_json_string(judge->connection->document, "clientId"));
}

/* Two tokens for this client are of one user. */
static bool are_of_one(const struct judge *judge, const struct idp_json *access,
                       const struct idp_json *id)
{
    const struct idp_json *audience = idp_json_member(access, "aud");
    struct idp_bytes client = idp_json_string(judge->connection->document, "clientId");
    struct idp_bytes left = idp_json_string(access, "sub"), right = idp_json_string(id, "sub");
    bool is_ours =
        idp_json_is(audience, IDP_JSON_ARRAY)
            ? idp_json_holds(audience, client)
            : idp_json_is(audience, IDP_JSON_STRING) && idp_bytes_equal(audience->text, client);
    return !is_ours || left.data == NULL || right.data == NULL || idp_bytes_equal(left, right);
}

/* What ties the ID token to this login, and to the access token beside it. */
static const char *bond_reason(const struct judge *judge, const struct idp_tokens *tokens,
                               const struct idp_token_verdict *verdict,
                               const struct idp_json *beside)
{
    struct idp_bytes nonce = idp_json_string(verdict->claims, "nonce");
    struct idp_bytes hash = idp_json_string(verdict->claims, "at_hash");
    struct idp_bytes access = tokens->text[IDP_ACCESS_TOKEN];
    if (tokens->nonce.data != NULL && !idp_bytes_equal(nonce, tokens->nonce)) {
        return "nonce";
    }
    if (!is_for_client(judge, verdict->claims)) {
        return "authorized_party";
    }
    if (access.data == NULL) {
        return NULL;
    }
    if (idp_json_member(verdict->claims, "at_hash") == NULL) {
        return are_of_one(judge, beside, verdict->claims) ? NULL : "subject";
    }
    struct idp_bytes expected =
        idp_token_hash(judge->call, idp_json_string(verdict->header, "alg"), access);
    return idp_bytes_equal(hash, expected) ? NULL : "token_hash";
}

static bool is_configured(const struct idp_connection *connection)
{
    return idp_json_string(connection->document, "issuer").size > 0 &&
           idp_json_string(connection->document, "audience").size > 0;
}

/* A nonce was asked for, and there is nothing that could have it. */
static bool lacks_nonce(const struct idp_tokens *tokens)
{
    return tokens->nonce.data != NULL && tokens->text[IDP_ID_TOKEN].data == NULL;
}

void idp_tokens_verify(struct idp_call *call, const struct idp_connection *connection,
                       const struct idp_tokens *tokens,
                       struct idp_token_verdict verdicts[IDP_TOKEN_USE_COUNT])
{
    struct judge judge = {.call = call, .connection = connection};
    bool is_ready = is_configured(connection);
    keys_load(&judge);
    for (size_t use = 0; use < IDP_TOKEN_USE_COUNT; use++) {
        struct idp_bytes text = tokens->text[use];
        verdicts[use] = text.data == NULL ? (struct idp_token_verdict){.reason = "missing"}
                                          : verify(&judge, (enum idp_token_use)use, text);
        if (!is_ready && text.data != NULL) {
            verdicts[use].reason = "not_configured";
        }
    }
    struct idp_token_verdict *id = &verdicts[IDP_ID_TOKEN];
    if (id->reason == NULL) {
        id->reason = bond_reason(&judge, tokens, id, verdicts[IDP_ACCESS_TOKEN].claims);
    }
    if (lacks_nonce(tokens) && verdicts[IDP_ACCESS_TOKEN].reason == NULL) {
        verdicts[IDP_ACCESS_TOKEN].reason = "nonce";
    }
}
