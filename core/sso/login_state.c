/* SPDX-License-Identifier: Apache-2.0 */
/* login_state.c - logins under way. A browser comes back once, with the state that it was sent away
 * with and the cookie of its own: an address that somebody else is made to open signs nobody in.
 *
 * Nonce (OpenID Connect) and code verifier (RFC 7636) follow from both secrets, so that whoever
 * sees addresses, or the tables, has neither. */
#include "core/oauth/oauth.h"
#include "core/sso/request.h"

enum { START, WAITING, TAKE, FORGET };

const struct idp_statement idp_login_state_statements[] = {
    [START] = {"INSERT INTO idplane.sso_login (tenant, state_digest, connection, browser_digest,"
               " redirect_uri, return_to, started_at, expires_at, provider_digest)"
               " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
               "txtxttzzx", ""},
    [WAITING] = {"SELECT expires_at FROM idplane.sso_login WHERE tenant = $1 AND state_digest = $2"
                 " AND connection = $3 AND browser_digest = $4 AND used_at IS NULL"
                 " AND expires_at > $5 AND provider_digest = $6",
                 "txtxzx", "z"},
    [TAKE] = {"UPDATE idplane.sso_login SET used_at = $5 WHERE tenant = $1 AND state_digest = $2"
              " AND connection = $3 AND browser_digest = $4 AND used_at IS NULL"
              " AND expires_at > $5 AND provider_digest = $6 RETURNING redirect_uri, return_to",
              "txtxzx", "tt"},
    [FORGET] = {"DELETE FROM idplane.sso_login WHERE tenant = $1 AND connection = $2", "tt", ""},
};
const size_t idp_login_state_statement_count = IDP_COUNT(idp_login_state_statements);

static struct idp_bytes derived(struct idp_call *call, const char *label,
                                const struct idp_login_state *login)
{
    struct idp_bytes parts[] = {idp_tenant(call), login->state, login->browser};
    return idp_base64url_encode(call, idp_digest(call, label, parts, IDP_COUNT(parts)));
}

struct idp_bytes idp_login_nonce(struct idp_call *call, const struct idp_login_state *login)
{
    return derived(call, "sso_nonce", login);
}

struct idp_bytes idp_login_verifier(struct idp_call *call, const struct idp_login_state *login)
{
    return derived(call, "sso_code_verifier", login);
}

bool idp_login_secret_valid(struct idp_bytes text)
{
    enum { ENCODED_SIZE = 43 };
    size_t i = 0;
    while (i < text.size && ((text.data[i] >= '0' && text.data[i] <= '9') ||
                             ((text.data[i] | 32) >= 'a' && (text.data[i] | 32) <= 'z') ||
                             text.data[i] == '-' || text.data[i] == '_')) {
        i++;
    }
    return i == text.size && text.size == ENCODED_SIZE;
}

static struct idp_value provider_of(struct idp_call *call, const struct idp_connection *connection)
{
    const struct idp_json *document = connection->document;
    struct idp_bytes parts[] = {
        idp_json_string(document, "issuer"), idp_json_string(document, "clientId"),
        idp_json_string(idp_sso_request_find(document, IDP_SSO_AUTHORIZATION), "url"),
        idp_json_string(idp_sso_request_find(document, IDP_SSO_TOKEN), "url")};
    return idp_value_blob(idp_digest(call, "sso_provider", parts, IDP_COUNT(parts)));
}

void idp_login_state_start(struct idp_call *call, const struct idp_connection *connection,
                           struct idp_login_state *login)
{
    int64_t now_us = idp_now_us(call);
    login->state = idp_random_text(call, IDP_LOGIN_SECRET_SIZE);
    if (login->browser.data == NULL) {
        login->browser = idp_random_text(call, IDP_LOGIN_SECRET_SIZE);
    }
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_blob(idp_token_digest(call, "sso_state", login->state)),
        idp_value_text(connection->id),
        idp_value_blob(idp_token_digest(call, "sso_browser", login->browser)),
        idp_value_text(login->redirect_uri),
        idp_value_text(login->return_to),
        idp_value_time(now_us),
        idp_value_time(now_us + INT64_C(1000000) * IDP_LOGIN_LIFETIME_S),
        provider_of(call, connection),
    };
    idp_run(call, &idp_login_state_statements[START], row);
}

void idp_login_state_forget(struct idp_call *call, const struct idp_connection *connection)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(connection->id)};
    idp_run(call, &idp_login_state_statements[FORGET], key);
}

static const struct idp_value *run_of(struct idp_call *call, size_t statement,
                                      const struct idp_connection *connection,
                                      const struct idp_login_state *login)
{
    struct idp_value key[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_blob(idp_token_digest(call, "sso_state", login->state)),
        idp_value_text(connection->id),
        idp_value_blob(idp_token_digest(call, "sso_browser", login->browser)),
        idp_value_time(idp_now_us(call)),
        provider_of(call, connection),
    };
    return idp_run_one(call, &idp_login_state_statements[statement], key);
}

bool idp_login_state_waits(struct idp_call *call, const struct idp_connection *connection,
                           const struct idp_login_state *login)
{
    return run_of(call, WAITING, connection, login) != NULL;
}

bool idp_login_state_take(struct idp_call *call, const struct idp_connection *connection,
                          struct idp_login_state *login)
{
    const struct idp_value *row = run_of(call, TAKE, connection, login);
    if (row != NULL) {
        login->redirect_uri = idp_text_of(row[0]);
        login->return_to = idp_text_of(row[1]);
    }
    return row != NULL;
}
