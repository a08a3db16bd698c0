/* SPDX-License-Identifier: Apache-2.0 */
/* device_poll.c - the device asks for its tokens (RFC 8628 §3.4, §3.5).
 *
 * The frequent case, a polite poll of a pending code, is one statement that touches one row and
 * returns none. An early poll is a second one, which raises the interval as it judges. When neither
 * finds its row, the slow path says why, in the order client, grant, code, expiry, state, and
 * redeems an approved code: the row goes from approved to consumed once, in the transaction that
 * makes the tokens. */
#include "core/oauth/device.h"
#include "core/oauth/token.h"

#define RAISED                                                                                     \
    "CASE WHEN rate_first THEN interval_s WHEN interval_s + 5 > interval_max_s"                    \
    " THEN interval_max_s ELSE interval_s + 5 END"

/* What the first request has set has to be proven; empty where the request does not. $3 verifier's
 * challenge, $4 key, $5 certificate. */
#define IS_PROVEN                                                                                  \
    " AND (code_challenge = $3 OR code_challenge IS NULL AND $3 = '')"                             \
    " AND (key_thumbprint IS NULL OR key_thumbprint = $4)"                                         \
    " AND (certificate_thumbprint IS NULL OR certificate_thumbprint = $5)"

enum { POLL_PENDING, POLL_EARLY, POLL_REDEEM, POLL_STATE, POLL_MEETS, POLL_NOTE, POLL_EXPIRE };

/* A poll that is this little early counts as on time. */
enum { TOLERANCE_US = 250000 };

/* $1 tenant, $2 digest of code and client; $3 the time, $4 the same in microseconds, $5 less the
 * tolerance; where something is to be proven $6 and $7 the times. */
const struct idp_statement idp_device_poll_statements[] = {
    [POLL_PENDING] = {"UPDATE idplane.device_code SET"
                      " poll_after_us = $5 + interval_s * 1000000"
                      " WHERE tenant = $1 AND code_digest = $2"
                      " AND state = 'pending' AND expires_at > $3 AND poll_after_us <= $4"
                      " AND client_allowed",
                      "txzii", "", .forgettable = true},
    /* Where the rate comes first it does so for every state. */
    [POLL_EARLY] = {"UPDATE idplane.device_code SET interval_s = " RAISED ","
                    " poll_after_us = $5 + (" RAISED ") * 1000000"
                    " WHERE tenant = $1 AND code_digest = $2"
                    " AND poll_after_us > $4"
                    " AND (rate_first OR state = 'pending' AND expires_at > $3)"
                    " AND client_allowed"
                    " RETURNING interval_s, rate_first",
                    "txzii", "ib", .forgettable = true},
    [POLL_REDEEM] = {"UPDATE idplane.device_code SET state = 'consumed', consumed_at = $6,"
                     " poll_after_us = $7 + interval_s * 1000000"
                     " WHERE tenant = $1 AND code_digest = $2"
                     " AND state = 'approved' AND expires_at > $6" IS_PROVEN
                     " RETURNING subject, granted_scope, grant_details, device",
                     "txtttzi", "ttjj"},
    [POLL_STATE] = {"SELECT state, expires_at, rate_first, expired_at FROM idplane.device_code"
                    " WHERE tenant = $1 AND code_digest = $2",
                    "tx", "tzbz"},
    [POLL_MEETS] = {"SELECT state FROM idplane.device_code"
                    " WHERE tenant = $1 AND code_digest = $2" IS_PROVEN,
                    "txttt", "t"},
    [POLL_NOTE] = {"UPDATE idplane.device_code SET"
                   " poll_after_us = $5 + interval_s * 1000000"
                   " WHERE tenant = $1 AND code_digest = $2",
                   "txzii", "", .forgettable = true},
    /* The first of several polls that are told so. */
    [POLL_EXPIRE] = {"UPDATE idplane.device_code SET expired_at = $3"
                     " WHERE tenant = $1 AND code_digest = $2 AND expired_at IS NULL",
                     "txz", ""},
};
const size_t idp_device_poll_statement_count = IDP_COUNT(idp_device_poll_statements);

/* An interval that stays as it was need not be told again. */
static struct idp_json *slow_down(struct idp_call *call, int64_t interval_s, bool fixed)
{
    struct idp_text text = {.call = call};
    idp_text_add_c(&text, "The device made an attempt within [");
    idp_text_add_integer(&text, interval_s);
    idp_text_add_c(&text, "] seconds. This request will not be processed.");
    struct idp_json *result = idp_error_json_with(call, IDP_SLOW_DOWN, idp_text_bytes(&text).data);
    if (!fixed) {
        idp_json_add_integer(call, result, "interval", interval_s);
    }
    return result;
}

/* Expired beats approved and denied; a consumed code stays consumed. */
static enum idp_error judge(const struct idp_value *row, int64_t now_us)
{
    if (row == NULL || idp_bytes_is(row[0].bytes, "consumed")) {
        return IDP_INVALID_GRANT;
    }
    if (row[1].integer <= now_us) {
        return IDP_EXPIRED_TOKEN;
    }
    return idp_bytes_is(row[0].bytes, "denied") ? IDP_ACCESS_DENIED : IDP_AUTHORIZATION_PENDING;
}

/* In the audit it stands once, however often the device asks. */
static void note_expiry(struct idp_call *call, const struct idp_settings *settings,
                        struct idp_bytes client_id, const struct idp_value *key,
                        const struct idp_value *row)
{
    bool is_news = row[3].kind == 0 && !idp_bytes_is(row[0].bytes, "denied");
    if (is_news && idp_audit_wants(settings, IDP_AUDIT_EXPIRED) &&
        idp_run(call, &idp_device_poll_statements[POLL_EXPIRE], key).affected == 1) {
        idp_audit_event(call, settings, IDP_AUDIT_EXPIRED, client_id, (struct idp_bytes){0}, NULL);
    }
}

/* Whoever asks has not proven what the first request has set. */
static bool is_other(struct idp_call *call, const struct idp_value *proven)
{
    return idp_run_one(call, &idp_device_poll_statements[POLL_MEETS], proven) == NULL;
}

/* Where the rate comes first this poll counts too, although nothing came of it. */
static const struct idp_json *explain(struct idp_call *call, const struct idp_settings *settings,
                                      struct idp_bytes client_id, const struct idp_value *key,
                                      const struct idp_value *proven)
{
    const struct idp_value *row = idp_run_one(call, &idp_device_poll_statements[POLL_STATE], key);
    enum idp_error error =
        row != NULL && is_other(call, proven) ? IDP_INVALID_GRANT : judge(row, idp_now_us(call));
    if (row == NULL && !idp_guard_device_code(call, settings, client_id)) {
        error = IDP_TOO_MANY_CODES;
    }
    if (row != NULL && idp_bool_of(row[2])) {
        idp_run(call, &idp_device_poll_statements[POLL_NOTE], key);
    }
    if (error == IDP_EXPIRED_TOKEN) {
        note_expiry(call, settings, client_id, key, row);
    }
    return idp_error_json(error);
}

/* The resource that the device asks for is the one of the grant (RFC 8707 §2.2). */
static const struct idp_json *details_of(struct idp_call *call, const struct idp_json *details,
                                         const struct idp_json *resource)
{
    const struct idp_json *before = details == NULL ? idp_json_new(call, IDP_JSON_OBJECT) : details;
    return resource == NULL ? details : idp_json_with(call, before, "resource", resource);
}

/* A locked subject consumes the code all the same: it must not come alive with the subject. */
static const struct idp_json *pay(struct idp_call *call, const struct idp_token_request *request,
                                  const struct idp_json *resource, const struct idp_value *row,
                                  struct idp_bytes *grant_id)
{
    struct idp_bytes subject = idp_text_of(row[0]);
    if (!idp_subject_enabled(call, subject)) {
        return idp_error_json(IDP_ACCESS_DENIED);
    }
    struct idp_grant grant = {
        .client_id = request->client.client_id,
        .subject = subject,
        .scope = idp_text_of(row[1]),
        .grant_type = request->grant_type,
        .details = details_of(call, idp_json_argument(call, row[2], "grant_details"), resource),
        .device = idp_json_argument(call, row[3], "device"),
        .binding = request->binding,
        .is_new = true,
    };
    idp_audit_event(call, &request->settings, IDP_AUDIT_REDEEMED, grant.client_id, subject, NULL);
    const struct idp_json *answer =
        idp_tokens_issue(call, request, &grant, idp_refresh_allowed(request));
    if (grant_id != NULL) {
        *grant_id = grant.grant_id;
    }
    return answer;
}

/* ---- what the request has to prove ---- */

static struct idp_value proven_or_empty(struct idp_bytes proven)
{
    return idp_value_text(proven.data == NULL ? idp_bytes_of("") : proven);
}

struct redeeming {
    const struct idp_value *key;
    const struct idp_redeemer *redeemer;
    struct idp_token_request request;
    const struct idp_json *resource;
};

static const struct idp_json *take(struct idp_call *call, void *data)
{
    const struct redeeming *redeeming = data;
    const struct idp_redeemer *redeemer = redeeming->redeemer;
    const struct idp_value *key = redeeming->key;
    struct idp_bytes verifier = redeemer->code_verifier;
    struct idp_value proven[] = {
        key[0],
        key[1],
        proven_or_empty(verifier.data == NULL ? verifier : idp_code_challenge(call, verifier)),
        proven_or_empty(redeemer->binding.jkt),
        proven_or_empty(redeemer->binding.x5t),
        key[2],
        key[4]};
    call->host->begin(call);
    const struct idp_value *row =
        idp_run_one(call, &idp_device_poll_statements[POLL_REDEEM], proven);
    if (row == NULL) {
        return explain(call, &redeeming->request.settings, redeemer->client_id, key, proven);
    }
    if (redeemer->subject != NULL) {
        *redeemer->subject = idp_text_of(row[0]);
    }
    return pay(call, &redeeming->request, redeeming->resource, row, redeemer->grant_id);
}

static const struct idp_json *redeem(struct idp_call *call, const struct idp_value *key,
                                     const struct idp_redeemer *redeemer)
{
    struct redeeming redeeming = {key,
                                  redeemer,
                                  {.form = redeemer->form,
                                   .binding = redeemer->binding,
                                   .grant_type = idp_bytes_of(IDP_GRANT_DEVICE_CODE)},
                                  NULL};
    struct idp_token_request *request = &redeeming.request;
    enum idp_error error =
        idp_device_client(call, redeemer->client_id, &request->client, &request->settings);
    if (error != IDP_OK) {
        return idp_error_json(error);
    }
    request->rules = idp_token_rules_of(call, &request->settings, request->client.client_id);
    error = idp_binding_judge(&request->rules, &request->binding);
    if (error == IDP_OK) {
        error = idp_resource_asked(call, request, &redeeming.resource);
    }
    if (error != IDP_OK) {
        return idp_error_json(error);
    }
    struct idp_hooks hooks = idp_hooks_load(call, &request->settings);
    request->hooks = &hooks;
    return idp_hooked(call, &hooks, take, &redeeming);
}

/* The interval that an early poll made; NULL: it was none. */
static const struct idp_value *poll_early(struct idp_call *call, struct idp_bytes client_id,
                                          const struct idp_value *key)
{
    struct idp_settings settings = idp_settings_load(call);
    if (idp_audit_wants(&settings, IDP_AUDIT_POLLED_FAST)) {
        call->host->begin(call);
    }
    const struct idp_value *early = idp_run_one(call, &idp_device_poll_statements[POLL_EARLY], key);
    if (early != NULL) {
        idp_audit_event(call, &settings, IDP_AUDIT_POLLED_FAST, client_id, (struct idp_bytes){0},
                        NULL);
    }
    return early;
}

enum { KEY_COUNT = 5 };

/* What the statements above have in common. */
static void key_make(struct idp_call *call, struct idp_bytes device_code,
                     const struct idp_redeemer *redeemer, struct idp_value key[KEY_COUNT])
{
    int64_t now_us = idp_now_us(call);
    bool possible = device_code.size <= IDP_DEVICE_CODE_SIZE_MAX;
    struct idp_bytes code = possible ? device_code : idp_bytes_of("");
    key[0] = idp_value_text(idp_tenant(call));
    key[1] = idp_value_blob(idp_device_code_digest(call, redeemer->client_id, code));
    key[2] = idp_value_time(now_us);
    key[3] = idp_value_integer(now_us);
    key[4] = idp_value_integer(now_us - TOLERANCE_US);
}

const struct idp_json *idp_device_poll_decided(struct idp_call *call, struct idp_bytes device_code,
                                               const struct idp_redeemer *redeemer)
{
    struct idp_value key[KEY_COUNT];
    key_make(call, device_code, redeemer, key);
    const struct idp_value *row = idp_run_one(call, &idp_device_poll_statements[POLL_STATE], key);
    return judge(row, key[3].integer) == IDP_AUTHORIZATION_PENDING &&
                   idp_bytes_is(row[0].bytes, "pending")
               ? NULL
               : redeem(call, key, redeemer);
}

const struct idp_json *idp_device_poll(struct idp_call *call, struct idp_bytes device_code,
                                       const struct idp_redeemer *redeemer)
{
    struct idp_value key[KEY_COUNT];
    key_make(call, device_code, redeemer, key);
    if (idp_run(call, &idp_device_poll_statements[POLL_PENDING], key).affected == 1) {
        return redeemer->wait_s > 0 ? idp_poll_hold(call, device_code, redeemer)
                                    : idp_error_json(IDP_AUTHORIZATION_PENDING);
    }
    const struct idp_value *early = poll_early(call, redeemer->client_id, key);
    return early != NULL ? slow_down(call, early[0].integer, idp_bool_of(early[1]))
                         : redeem(call, key, redeemer);
}

/* Whoever calls from SQL has seen to what the request proves, but it cannot prove anything. */
struct idp_value idp_sql_poll_device_code(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_redeemer redeemer = {.client_id = arguments[1].bytes};
    return idp_value_json(idp_device_poll(call, arguments[0].bytes, &redeemer));
}
