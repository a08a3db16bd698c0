/* SPDX-License-Identifier: Apache-2.0 */
/* refresh_token.c - refresh tokens and the grant type of that name (RFC 6749 §6).
 *
 * A token is good once and makes its successor. An answer may be lost on the way, so for a short
 * while the one before is taken again, as long as nobody used its successor, which another one
 * replaces: behind a grant one token is good at a time. After that, whoever presents a spent token
 * has stolen it, or was robbed, and the grant ends with all its tokens (RFC 9700 §4.14.2). Nothing
 * is spent on a request that could not have succeeded. */
#include "core/oauth/token.h"

enum { REUSE_COUNT_MAX = 16 };

#define LABEL "idplane refresh token"

enum { INSERT, FIND, ROTATE, REUSE, SUPERSEDE, REPLAYED };

const struct idp_statement idp_refresh_token_statements[] = {
    [INSERT] = {"INSERT INTO idplane.refresh_token (tenant, token_digest, grant_id, state,"
                " issued_at, expires_at, reuse_count)"
                " VALUES ($1, $2, $3, 'active', $4, $5, 0)",
                "txtzz", ""},
    [FIND] = {"SELECT r.state, r.issued_at, r.expires_at, g.state, g.expires_at, g.grant_id,"
              " g.client_id, g.subject, g.scope, g.grant_type, g.grant_details, g.key_thumbprint,"
              " g.certificate_thumbprint, g.created_at"
              " FROM idplane.refresh_token r, idplane.authorization_grant g"
              " WHERE r.tenant = $1 AND r.token_digest = $2"
              " AND g.tenant = $1 AND g.grant_id = r.grant_id",
              "tx", "tzztztttttjttz"},
    [ROTATE] = {"UPDATE idplane.refresh_token SET state = 'rotated', rotated_at = $3,"
                " successor_digest = $6"
                " WHERE tenant = $1 AND token_digest = $2 AND state = 'active' AND expires_at > $3",
                "txzzix", ""},
    [REUSE] = {"UPDATE idplane.refresh_token SET reuse_count = reuse_count + 1,"
               " replaced_digest = successor_digest, successor_digest = $6"
               " WHERE tenant = $1 AND token_digest = $2 AND state = 'rotated' AND expires_at > $3"
               " AND rotated_at > $4 AND reuse_count < $5 RETURNING replaced_digest",
               "txzzix", "x"},
    [SUPERSEDE] = {"UPDATE idplane.refresh_token SET state = 'superseded', rotated_at = $3"
                   " WHERE tenant = $1 AND token_digest = $2 AND state = 'active'",
                   "txz", ""},
    [REPLAYED] = {"SELECT rotated_at FROM idplane.refresh_token WHERE tenant = $1"
                  " AND token_digest = $2 AND expires_at > $3 AND rotated_at <= $4",
                  "txzz", "z"},
};
const size_t idp_refresh_token_statement_count = IDP_COUNT(idp_refresh_token_statements);

/* It does not outlive its grant. */
struct idp_bytes idp_refresh_token(struct idp_call *call, const struct idp_settings *settings,
                                   const struct idp_token_rules *rules,
                                   const struct idp_grant *grant)
{
    struct idp_bytes token = grant->next_refresh_token.data != NULL
                                 ? grant->next_refresh_token
                                 : idp_opaque_token(call, settings);
    int64_t now_us = idp_now_us(call);
    int64_t expires_at_us = now_us + rules->refresh_token_lifetime_s * IDP_SECOND_US;
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_blob(idp_token_digest(call, LABEL, token)),
        idp_value_text(grant->grant_id),
        idp_value_time(now_us),
        idp_value_time(expires_at_us < grant->expires_at_us ? expires_at_us : grant->expires_at_us),
    };
    idp_run(call, &idp_refresh_token_statements[INSERT], row);
    return token;
}

/* ---- as it stands ---- */

static struct idp_grant grant_of(struct idp_call *call, const struct idp_value *row)
{
    return (struct idp_grant){
        .expires_at_us = idp_integer_of(row[4]),
        .grant_id = idp_text_of(row[5]),
        .client_id = idp_text_of(row[6]),
        .subject = idp_text_of(row[7]),
        .scope = idp_text_of(row[8]),
        .grant_type = idp_text_of(row[9]),
        .details = idp_json_argument(call, row[10], "grant_details"),
        .binding = {.jkt = idp_text_of(row[11]), .x5t = idp_text_of(row[12])},
    };
}

/* Of a client that had this client_id before nothing is good for the one that has it now. */
static bool is_granted(struct idp_call *call, const struct idp_value *row)
{
    return idp_bytes_is(row[3].bytes, "active") && idp_integer_of(row[4]) > idp_now_us(call) &&
           idp_integer_of(row[13]) >= idp_client_created_us(call, idp_text_of(row[6]));
}

bool idp_refresh_find(struct idp_call *call, struct idp_bytes token, struct idp_refresh *refresh)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)),
                              idp_value_blob(idp_token_digest(call, LABEL, token))};
    const struct idp_value *row = idp_run_one(call, &idp_refresh_token_statements[FIND], key);
    if (row == NULL) {
        return false;
    }
    int64_t now_us = idp_now_us(call);
    *refresh = (struct idp_refresh){
        .is_active = idp_bytes_is(row[0].bytes, "active") && idp_integer_of(row[2]) > now_us,
        .is_granted = is_granted(call, row),
        .issued_at_us = idp_integer_of(row[1]),
        .expires_at_us = idp_integer_of(row[2]),
        .grant = grant_of(call, row),
    };
    return true;
}

/* ---- the grant type ---- */

/* $1 tenant, $2 digest, $3 the time, $4 a token that was spent later is good for a while, $5 how
 * often, $6 digest of its successor. */
struct key {
    struct idp_value values[6];
};

static struct key key_of(struct idp_call *call, const struct idp_settings *settings,
                         struct idp_bytes token, struct idp_bytes successor)
{
    int64_t now_us = idp_now_us(call), grace_us = settings->refresh_grace_s * IDP_SECOND_US;
    return (struct key){{idp_value_text(idp_tenant(call)),
                         idp_value_blob(idp_token_digest(call, LABEL, token)),
                         idp_value_time(now_us),
                         idp_value_time(grace_us == 0 ? IDP_TIME_MAX_US : now_us - grace_us),
                         idp_value_integer(REUSE_COUNT_MAX),
                         idp_value_blob(idp_token_digest(call, LABEL, successor))}};
}

/* Whoever takes a spent token again holds its row until the end, so nobody else can: the successor
 * that the row named is there, and either it is replaced now or somebody has used it. */
static bool take_again(struct idp_call *call, const struct key *key)
{
    const struct idp_value *row =
        idp_run_one(call, &idp_refresh_token_statements[REUSE], key->values);
    if (row == NULL) {
        return false;
    }
    struct idp_value successor[] = {key->values[0], row[0], key->values[2]};
    return idp_run(call, &idp_refresh_token_statements[SUPERSEDE], successor).affected == 1;
}

/* Takes the token: true once, and a few times more within the grace time. */
static bool take(struct idp_call *call, const struct idp_settings *settings, const struct key *key)
{
    return idp_run(call, &idp_refresh_token_statements[ROTATE], key->values).affected == 1 ||
           (settings->refresh_grace_s > 0 && take_again(call, key));
}

/* Of a token that was spent before: after the grace time somebody has it who should not. */
static const struct idp_json *reused(struct idp_call *call, const struct idp_settings *settings,
                                     const struct key *key, const struct idp_grant *grant)
{
    bool is_replayed =
        idp_run_one(call, &idp_refresh_token_statements[REPLAYED], key->values) != NULL;
    if (is_replayed && idp_grant_revoke(call, grant->grant_id)) {
        idp_audit_event(call, settings, IDP_AUDIT_REUSED, grant->client_id, grant->subject, NULL);
    }
    return idp_error_json(IDP_INVALID_GRANT);
}

/* A client that authenticates may change its key or certificate: its tokens are bound to what it
 * proves now. Of any other the token is bound to what it was issued for (RFC 9449 §5). */
static bool is_proven(const struct idp_token_request *request, const struct idp_grant *grant)
{
    return !idp_bytes_is(request->client.auth_method, "none") ||
           idp_binding_meets(&request->binding, &grant->binding);
}

/* What of a request is wrong that spends nothing. */
static enum idp_error judge(struct idp_call *call, const struct idp_token_request *request,
                            const struct idp_refresh *refresh)
{
    const struct idp_grant *grant = &refresh->grant;
    if (!idp_bytes_equal(grant->client_id, request->client.client_id) || !refresh->is_granted ||
        !is_proven(request, grant)) {
        return IDP_INVALID_GRANT;
    }
    if (idp_scope_asked(request->form, grant->scope).data == NULL) {
        return IDP_INVALID_SCOPE;
    }
    if (!idp_resource_meets(request, grant->details)) {
        return IDP_INVALID_TARGET;
    }
    return idp_subject_enabled(call, grant->subject) ? IDP_OK : IDP_ACCESS_DENIED;
}

/* The new access token may have less than the grant; the grant keeps all of it (RFC 6749 §6). */
static const struct idp_json *pay(struct idp_call *call, const struct idp_token_request *request,
                                  struct idp_refresh *refresh)
{
    struct idp_grant *grant = &refresh->grant;
    grant->scope = idp_scope_asked(request->form, grant->scope);
    grant->binding = request->binding;
    idp_audit_event(call, &request->settings, IDP_AUDIT_REFRESHED, grant->client_id, grant->subject,
                    NULL);
    return idp_tokens_issue(call, request, grant, request->rules.is_rotated);
}

const struct idp_json *idp_grant_refresh_token(struct idp_call *call,
                                               const struct idp_token_request *request)
{
    struct idp_refresh refresh;
    struct idp_bytes token = idp_json_string(request->form, "refresh_token");
    if (token.data == NULL) {
        return idp_error_json_with(call, IDP_INVALID_REQUEST,
                                   "Parameter refresh_token is missing.");
    }
    if (!idp_refresh_find(call, token, &refresh)) {
        return idp_error_json(IDP_INVALID_GRANT);
    }
    refresh.grant.scope = idp_scope_common(call, refresh.grant.scope, request->client.scope);
    enum idp_error error = judge(call, request, &refresh);
    if (error != IDP_OK) {
        return idp_error_json(error);
    }
    struct idp_bytes successor = idp_opaque_token(call, &request->settings);
    struct key key = key_of(call, &request->settings, token, successor);
    refresh.grant.next_refresh_token = successor;
    call->host->begin(call);
    bool is_taken =
        request->rules.is_rotated ? take(call, &request->settings, &key) : refresh.is_active;
    if (!is_taken) {
        return reused(call, &request->settings, &key, &refresh.grant);
    }
    return idp_grant_use(call, refresh.grant.grant_id) ? pay(call, request, &refresh)
                                                       : idp_error_json(IDP_INVALID_GRANT);
}
