/* SPDX-License-Identifier: Apache-2.0 */
/* device_issue.c - starts a device grant (RFC 8628 §3.1, §3.2). */
#include "core/oauth/device.h"
#include "core/oauth/token.h"

enum { ISSUE_TRIES = 16, INTERVAL_RAISED_MAX_S = 60 };

enum { DEVICE_INSERT };

const struct idp_statement idp_device_issue_statements[] = {
    /* Nothing is inserted where the user code is in use: the caller draws again. */
    [DEVICE_INSERT] =
        {"INSERT INTO idplane.device_code (tenant, code_digest, user_code_digest,"
         " client_id, state, issued_at, expires_at, interval_s, interval_max_s,"
         " rate_first, client_allowed, poll_after_us, scope, device, code_challenge,"
         " key_thumbprint, certificate_thumbprint)"
         " VALUES ($1, $2, $3, $4, 'pending', $5, $6, $7, $8, $9, true, $12, $10, $11, $13, $14,"
         " $15)"
         " ON CONFLICT (tenant, user_code_digest) DO NOTHING",
         "txxtzziibtjittt", ""},
};
const size_t idp_device_issue_statement_count = IDP_COUNT(idp_device_issue_statements);

static bool insert(struct idp_call *call, const struct idp_settings *settings,
                   const struct idp_device_request *request, struct idp_bytes device_code,
                   struct idp_bytes user_code)
{
    int64_t now_us = idp_now_us(call);
    int64_t interval_max_s =
        settings->interval_s > INTERVAL_RAISED_MAX_S ? settings->interval_s : INTERVAL_RAISED_MAX_S;
    struct idp_value arguments[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_blob(idp_device_code_digest(call, request->client_id, device_code)),
        idp_value_blob(idp_user_code_digest(call, user_code)),
        idp_value_text(request->client_id),
        idp_value_time(now_us),
        idp_value_time(now_us + settings->code_lifetime_s * 1000000),
        idp_value_integer(settings->interval_s),
        idp_value_integer(interval_max_s),
        idp_value_bool(settings->slow_down_fixed),
        idp_value_text(request->scope),
        request->device == NULL ? idp_null()
                                : idp_value_json_text(idp_json_text(call, request->device)),
        idp_value_integer(0), /* the first poll is never early */
        idp_value_text(request->code_challenge),
        idp_value_text(request->binding.jkt),
        idp_value_text(request->binding.x5t),
    };
    return idp_run(call, &idp_device_issue_statements[DEVICE_INSERT], arguments).affected == 1;
}

/* ---- where the user goes ---- */

static struct idp_bytes verification_uri(struct idp_call *call, const struct idp_settings *settings,
                                         struct idp_bytes shown)
{
    struct idp_text uri = {.call = call};
    idp_text_add(&uri, settings->base_url);
    idp_text_add_c(&uri, settings->verification_path);
    if (shown.data != NULL) {
        idp_text_add_c(&uri, "?user_code=");
        idp_text_add(&uri, idp_url_encode(call, shown));
    }
    return idp_text_bytes(&uri);
}

struct idp_bytes idp_verification_uri_complete(struct idp_call *call, struct idp_bytes typed)
{
    struct idp_settings settings = idp_settings_load(call);
    struct idp_bytes code = idp_user_code_read(call, &settings, typed);
    return code.data == NULL
               ? code
               : verification_uri(call, &settings, idp_user_code_shown(call, &settings, code));
}

/* ---- the codes ---- */

static struct idp_json *response(struct idp_call *call, const struct idp_settings *settings,
                                 struct idp_bytes device_code, struct idp_bytes user_code)
{
    struct idp_bytes shown = idp_user_code_shown(call, settings, user_code), nothing = {0};
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, result, "device_code", device_code);
    idp_json_add_string(call, result, "user_code", shown);
    idp_json_add_string(call, result, "verification_uri",
                        verification_uri(call, settings, nothing));
    idp_json_add_string(call, result, "verification_uri_complete",
                        verification_uri(call, settings, shown));
    idp_json_add_integer(call, result, "expires_in", settings->code_lifetime_s);
    idp_json_add_integer(call, result, "interval", settings->interval_s);
    return result;
}

static const struct idp_json *issue(struct idp_call *call, const struct idp_settings *settings,
                                    const struct idp_device_request *request)
{
    if (idp_audit_wants(settings, IDP_AUDIT_ISSUED)) {
        call->host->begin(call);
    }
    for (int try = 0; try < ISSUE_TRIES; try++) {
        struct idp_bytes device_code = idp_opaque_token(call, settings);
        struct idp_bytes user_code = idp_user_code_generate(call, settings);
        if (insert(call, settings, request, device_code, user_code)) {
            idp_audit_event(call, settings, IDP_AUDIT_ISSUED, request->client_id,
                            (struct idp_bytes){0}, NULL);
            return response(call, settings, device_code, user_code);
        }
    }
    return idp_error_json(IDP_CODES_EXHAUSTED);
}

const struct idp_json *idp_device_issue(struct idp_call *call,
                                        const struct idp_device_request *request)
{
    struct idp_client client;
    struct idp_settings settings;
    enum idp_error error = idp_device_client(call, request->client_id, &client, &settings);
    if (error != IDP_OK) {
        return idp_error_json(error);
    }
    struct idp_device_request allowed = *request;
    allowed.scope = request->scope.size == 0 ? client.scope : request->scope;
    if (!idp_scope_valid(allowed.scope) || !idp_scope_within(allowed.scope, client.scope)) {
        return idp_error_json(IDP_INVALID_SCOPE);
    }
    if (allowed.binding.x5t.data != NULL &&
        !idp_token_rules_of(call, &settings, client.client_id).is_bound_to_certificate) {
        allowed.binding.x5t = (struct idp_bytes){0};
    }
    return issue(call, &settings, &allowed);
}

struct idp_value idp_sql_issue_device_code(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *device = idp_json_object_argument(call, arguments[2], "device");
    if (idp_text_of(arguments[2]).size > IDP_DEVICE_INFO_SIZE_MAX) {
        idp_fail_with(call, IDP_TOO_LARGE, "Argument device is longer than %d bytes.",
                      IDP_DEVICE_INFO_SIZE_MAX);
    }
    struct idp_device_request request = {
        .client_id = arguments[0].bytes, .scope = idp_text_of(arguments[1]), .device = device};
    return idp_value_json(idp_device_issue(call, &request));
}
