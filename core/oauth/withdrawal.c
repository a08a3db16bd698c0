/* SPDX-License-Identifier: Apache-2.0 */
/* withdrawal.c - why an access token that verifies is good no more: its client or subject was
 * locked, its grant ended, or it was revoked. Asked each time, in one statement, so that what is
 * withdrawn stops at once. */
#include "core/oauth/token.h"

enum { ID_SIZE = 22 }; /* 16 bytes in base64url */

enum { ASK, REVOKE };

const struct idp_statement idp_withdrawal_statements[] = {
    [ASK] = {"SELECT c.enabled, s.enabled, g.state, g.expires_at, r.jti, c.created_at"
             " FROM idplane.client c"
             " LEFT JOIN idplane.subject s ON s.tenant = $1 AND s.subject = $3"
             " LEFT JOIN idplane.authorization_grant g ON g.tenant = $1 AND g.grant_id = $4"
             " LEFT JOIN idplane.revoked_token r ON r.tenant = $1 AND r.jti = $5"
             " WHERE c.tenant = $1 AND c.client_id = $2",
             "ttttt", "bbtztz"},
    [REVOKE] = {"INSERT INTO idplane.revoked_token (tenant, jti, expires_at)"
                " VALUES ($1, $2, $3) ON CONFLICT (tenant, jti) DO NOTHING",
                "ttz", ""},
};
const size_t idp_withdrawal_statement_count = IDP_COUNT(idp_withdrawal_statements);

/* Tokens that we issue for a grant begin so, also those of which introspection tells more: others
 * may be called what they like. */
struct idp_bytes idp_grant_of_jti(struct idp_bytes jti)
{
    bool is_told_more = jti.size > 0 && jti.data[jti.size - 1] == '~';
    bool is_of_grant = jti.size - is_told_more == ID_SIZE + 1 + ID_SIZE && jti.data[ID_SIZE] == '.';
    return is_of_grant ? (struct idp_bytes){jti.data, ID_SIZE} : (struct idp_bytes){0};
}

static bool grant_ended(struct idp_call *call, const struct idp_value *row)
{
    return !idp_bytes_is(idp_text_of(row[2]), "active") ||
           idp_integer_of(row[3]) <= idp_now_us(call);
}

/* It is of a client that had this client_id before. */
static bool is_of_another(const struct idp_json *claims, const struct idp_value *row)
{
    int64_t issued_us, created_us = idp_integer_of(row[5]);
    return idp_numeric_date(idp_json_member(claims, "iat"), &issued_us) &&
           issued_us < created_us - created_us % IDP_SECOND_US;
}

const char *idp_token_withdrawal(struct idp_call *call, const struct idp_json *claims)
{
    struct idp_bytes jti = idp_json_string(claims, "jti"), grant_id = idp_grant_of_jti(jti);
    struct idp_value key[] = {idp_value_text(idp_tenant(call)),
                              idp_value_text(idp_json_string(claims, "client_id")),
                              idp_value_text(idp_json_string(claims, "sub")),
                              idp_value_text(grant_id), idp_value_text(jti)};
    const struct idp_value *row = idp_run_one(call, &idp_withdrawal_statements[ASK], key);
    if (row == NULL || !idp_bool_of(row[0]) || is_of_another(claims, row)) {
        return "client_disabled";
    }
    if (row[1].kind != 0 && !idp_bool_of(row[1])) {
        return "subject_disabled";
    }
    bool is_revoked = row[4].kind != 0 || (grant_id.data != NULL && grant_ended(call, row));
    return is_revoked ? "revoked" : NULL;
}

void idp_token_withdraw(struct idp_call *call, struct idp_bytes jti, int64_t expires_at_us)
{
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(jti),
                              idp_value_time(expires_at_us)};
    idp_run(call, &idp_withdrawal_statements[REVOKE], row);
}
