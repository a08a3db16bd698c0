/* SPDX-License-Identifier: Apache-2.0 */
/* authorization_code.c - the code that a browser carries to the client, and its redemption: RFC
 * 6749 §4.1.3. It is good once; who brings it a second time has stolen it, or was robbed, and what
 * was given for it ends (§4.1.2). */
#include "core/oauth/authorize.h"

enum { CODE_SIZE = 32 };

#define LABEL "idplane authorization code"

enum { INSERT, REDEEM, FIND };

const struct idp_statement idp_authorization_code_statements[] = {
    [INSERT] = {"INSERT INTO idplane.authorization_code (tenant, code_digest, client_id, subject,"
                " redirect_uri, is_redirect_uri_given, code_challenge, scope, state, issued_at,"
                " expires_at, grant_id, grant_details, key_thumbprint)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'active', $9, $10, $11, $12, $13)",
                "txtttbttzztjt", ""},
    [REDEEM] = {"UPDATE idplane.authorization_code SET state = 'consumed'"
                " WHERE tenant = $1 AND code_digest = $2 AND state = 'active' AND expires_at > $3"
                " AND client_id = $4 AND code_challenge = $5"
                " AND (redirect_uri = $6 OR $6 = '' AND NOT is_redirect_uri_given)"
                " AND (key_thumbprint IS NULL OR key_thumbprint = $7)"
                " RETURNING subject, scope, grant_id, grant_details",
                "txztttt", "tttj"},
    [FIND] = {"SELECT client_id, state, grant_id, subject FROM idplane.authorization_code"
              " WHERE tenant = $1 AND code_digest = $2",
              "tx", "tttt"},
};
const size_t idp_authorization_code_statement_count = IDP_COUNT(idp_authorization_code_statements);

struct idp_bytes idp_authorization_code_make(struct idp_call *call,
                                             const struct idp_authorization *request,
                                             struct idp_bytes subject, struct idp_bytes scope,
                                             const struct idp_json *details)
{
    struct idp_bytes code = idp_random_text(call, CODE_SIZE);
    int64_t now_us = idp_now_us(call);
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_blob(idp_token_digest(call, LABEL, code)),
        idp_value_text(request->client.client_id),
        idp_value_text(subject),
        idp_value_text(request->redirect_uri),
        idp_value_bool(request->is_redirect_uri_given),
        idp_value_text(request->code_challenge),
        idp_value_text(scope),
        idp_value_time(now_us),
        idp_value_time(now_us + request->settings.authorization_code_lifetime_s * IDP_SECOND_US),
        idp_value_text(idp_grant_id_make(call)),
        idp_value_json_text(idp_json_text(call, details)),
        idp_value_text(request->dpop_jkt),
    };
    idp_run(call, &idp_authorization_code_statements[INSERT], row);
    return code;
}

/* ---- the grant type ---- */

static struct idp_value or_empty(struct idp_bytes text)
{
    return idp_value_text(text.data == NULL ? idp_bytes_of("") : text);
}

/* Of a code that was redeemed before, by whoever: the client must have it to be believed. */
static const struct idp_json *
refused(struct idp_call *call, const struct idp_token_request *request, struct idp_bytes code)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)),
                              idp_value_blob(idp_token_digest(call, LABEL, code))};
    const struct idp_value *row = idp_run_one(call, &idp_authorization_code_statements[FIND], key);
    bool is_replayed = row != NULL && idp_bytes_is(row[1].bytes, "consumed") &&
                       idp_bytes_equal(row[0].bytes, request->client.client_id);
    if (is_replayed && idp_grant_revoke(call, row[2].bytes)) {
        idp_audit_event(call, &request->settings, IDP_AUDIT_REUSED, row[0].bytes, row[3].bytes,
                        NULL);
    }
    return idp_error_json(IDP_INVALID_GRANT);
}

static const struct idp_json *pay(struct idp_call *call, const struct idp_token_request *request,
                                  const struct idp_value *row)
{
    struct idp_grant grant = {
        .client_id = request->client.client_id,
        .grant_type = idp_bytes_of(IDP_GRANT_AUTHORIZATION_CODE),
        .subject = idp_text_of(row[0]),
        .scope = idp_text_of(row[1]),
        .grant_id = idp_text_of(row[2]),
        .details = idp_json_argument(call, row[3], "grant_details"),
        .binding = request->binding,
        .is_new = true,
    };
    if (!idp_subject_enabled(call, grant.subject)) {
        return idp_error_json(IDP_ACCESS_DENIED);
    }
    if (!idp_resource_meets(request, grant.details)) {
        return idp_error_json(IDP_INVALID_TARGET);
    }
    idp_audit_event(call, &request->settings, IDP_AUDIT_REDEEMED, grant.client_id, grant.subject,
                    NULL);
    return idp_tokens_issue(call, request, &grant, idp_refresh_allowed(request));
}

const struct idp_json *idp_grant_authorization_code(struct idp_call *call,
                                                    const struct idp_token_request *request)
{
    struct idp_bytes code = idp_json_string(request->form, "code");
    struct idp_bytes verifier = idp_json_string(request->form, "code_verifier");
    if (code.data == NULL || verifier.data == NULL) {
        return idp_error_json_with(call, IDP_INVALID_REQUEST,
                                   "Parameters code and code_verifier are needed.");
    }
    struct idp_value key[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_blob(idp_token_digest(call, LABEL, code)),
        idp_value_time(idp_now_us(call)),
        idp_value_text(request->client.client_id),
        idp_value_text(idp_code_challenge(call, verifier)),
        or_empty(idp_json_string(request->form, "redirect_uri")),
        or_empty(request->binding.jkt),
    };
    call->host->begin(call);
    const struct idp_value *row =
        idp_run_one(call, &idp_authorization_code_statements[REDEEM], key);
    return row == NULL ? refused(call, request, code) : pay(call, request, row);
}
