/* SPDX-License-Identifier: Apache-2.0 */
/* judge.c - who somebody is by the tokens of their provider: all that came must be good, and the
 * claims that the connection names say the rest. Nothing is written here. */
#include "core/sso/login.h"

static const struct {
    const char *member;
} data_rows[] = {
    [IDP_FIRST_NAME] = {"firstNameClaimName"},
    [IDP_LAST_NAME] = {"lastNameClaimName"},
    [IDP_EMAIL] = {"emailClaimName"},
    [IDP_PHONE] = {"phoneNumberClaimName"},
};

/* A claim of this name, which is no path; what is no text is absent. */
static struct idp_bytes top_claim(const struct idp_json *claims, struct idp_bytes name)
{
    const struct idp_json *claim = idp_json_is(claims, IDP_JSON_OBJECT) ? claims->child : NULL;
    while (claim != NULL && !idp_bytes_equal(claim->name, name)) {
        claim = claim->next;
    }
    return idp_json_is(claim, IDP_JSON_STRING) ? claim->text : (struct idp_bytes){0};
}

/* ---- which token says what ---- */

/* A token is asked only if it came and is good. */
static const char *needed(const struct idp_identity *identity, bool from_id_token)
{
    return identity->verdicts[from_id_token ? IDP_ID_TOKEN : IDP_ACCESS_TOKEN].reason;
}

/* Three parts are a JWT (RFC 7515 §7.1), however bad it is. */
static bool is_opaque(struct idp_bytes token)
{
    size_t dot_count = 0;
    for (size_t i = 0; i < token.size; i++) {
        dot_count += token.data[i] == '.';
    }
    return dot_count != 2;
}

/* What came must be good, whether it is asked or not; but access tokens that are no JWT are for the
 * provider alone (RFC 6749 §1.4), and where nobody asks them nothing hangs on them. */
static const char *all_good(const struct idp_identity *identity, const struct idp_tokens *tokens,
                            bool asks_access_token)
{
    for (size_t use = 0; use < IDP_TOKEN_USE_COUNT; use++) {
        struct idp_bytes text = tokens->text[use];
        bool is_skipped = use == IDP_ACCESS_TOKEN && !asks_access_token && is_opaque(text);
        if (text.data != NULL && identity->verdicts[use].reason != NULL && !is_skipped) {
            return identity->verdicts[use].reason;
        }
    }
    return NULL;
}

static const char *user_id_read(struct idp_identity *identity, const struct idp_json *config,
                                const struct idp_json *claims)
{
    struct idp_bytes constant = idp_json_string(config, "constantValue");
    bool is_constant = idp_json_is_true(config, "useConstantValue");
    identity->user_id =
        is_constant ? constant : top_claim(claims, idp_json_string(config, "jwtField"));
    if (identity->user_id.size == 0) {
        return is_constant ? "not_configured" : "user_id_missing";
    }
    if (!idp_user_id_valid(identity->user_id)) {
        identity->user_id = (struct idp_bytes){0};
        return "user_id_invalid";
    }
    return NULL;
}

static void data_read(struct idp_identity *identity, const struct idp_json *names,
                      const struct idp_json *claims)
{
    for (size_t i = 0; i < IDP_USER_DATUM_COUNT; i++) {
        struct idp_bytes name = idp_json_string(names, data_rows[i].member);
        struct idp_bytes value = name.size == 0 ? (struct idp_bytes){0} : top_claim(claims, name);
        identity->data[i] = value.data == NULL ? (struct idp_bytes){"", 0} : value;
    }
}

struct idp_identity idp_identity_of(struct idp_call *call, const struct idp_connection *connection,
                                    const struct idp_tokens *tokens)
{
    struct idp_identity identity = {0};
    const struct idp_json *document = connection->document;
    bool data_from_id = idp_json_is_true(document, "useIdToken");
    bool rules_from_id = idp_mapping_of(call, connection->text).from_id_token;
    idp_tokens_verify(call, connection, tokens, identity.verdicts);
    identity.reason = all_good(&identity, tokens, !data_from_id || !rules_from_id);
    identity.reason = identity.reason == NULL ? needed(&identity, data_from_id) : identity.reason;
    identity.reason = identity.reason == NULL ? needed(&identity, rules_from_id) : identity.reason;
    if (!connection->visible || !idp_bytes_is(connection->type, "OAUTH2")) {
        identity.reason = "disabled";
    }
    if (identity.reason != NULL) {
        return identity;
    }
    const struct idp_json *claims =
        identity.verdicts[data_from_id ? IDP_ID_TOKEN : IDP_ACCESS_TOKEN].claims;
    identity.rule_claims =
        identity.verdicts[rules_from_id ? IDP_ID_TOKEN : IDP_ACCESS_TOKEN].claims;
    data_read(&identity, idp_json_member(document, "accessTokenToUserDataMappings"), claims);
    identity.reason = user_id_read(&identity, idp_json_member(document, "userIdConfig"), claims);
    return identity;
}

/* Our own logins ask for a nonce, so their ID tokens have one; access tokens that do (Keycloak's,
 * before 25) say what they are. */
static bool is_of_login(const struct idp_json *claims)
{
    return idp_json_member(claims, "nonce") != NULL &&
           !idp_bytes_is(idp_json_string(claims, "typ"), "Bearer");
}

struct idp_identity idp_bearer_identity_of(struct idp_call *call,
                                           const struct idp_connection *connection,
                                           struct idp_bytes token)
{
    struct idp_identity identity = {0};
    struct idp_tokens tokens = {.text = {[IDP_ACCESS_TOKEN] = token}};
    const struct idp_json *document = connection->document;
    const struct idp_json *config = idp_json_member(document, "externalTokenConfig");
    idp_tokens_verify(call, connection, &tokens, identity.verdicts);
    identity.reason = idp_json_is_true(config, "enabled")
                          ? identity.verdicts[IDP_ACCESS_TOKEN].reason
                          : "external_tokens_disabled";
    const struct idp_json *claims = identity.verdicts[IDP_ACCESS_TOKEN].claims;
    if (identity.reason == NULL && is_of_login(claims)) {
        identity.reason = "type";
    }
    if (identity.reason == NULL && idp_json_member(claims, "cnf") != NULL) {
        identity.reason = "bound";
    }
    if (identity.reason != NULL) {
        return identity;
    }
    identity.rule_claims = claims;
    data_read(&identity, idp_json_member(document, "accessTokenToUserDataMappings"), claims);
    identity.reason = user_id_read(&identity, idp_json_member(config, "userOrAppIdConfig"), claims);
    return identity;
}
