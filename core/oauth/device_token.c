/* SPDX-License-Identifier: Apache-2.0 */
/* device_token.c - an access token for a device that was provisioned: of the client of its hub,
 * about the device, under a grant of its own, which ends with it. */
#include "core/oauth/hook.h"

#define GRANT_TYPE "provisioning"

enum { USE };

const struct idp_statement idp_device_token_statements[] = {
    [USE] = {"UPDATE idplane.authorization_grant SET used_at = $4"
             " WHERE tenant = $1 AND grant_id = $2 AND client_id = $3 AND state = 'active'"
             " AND expires_at > $4 RETURNING expires_at",
             "tttz", "z"},
};
const size_t idp_device_token_statement_count = IDP_COUNT(idp_device_token_statements);

struct ordering {
    struct idp_device_token *order;
    struct idp_token_request request;
};

/* The grant that the device has of this client, or a new one. */
static struct idp_grant grant_of(struct idp_call *call, const struct ordering *ordering)
{
    const struct idp_device_token *order = ordering->order;
    struct idp_json *details = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_shared(call, details, "claims", order->claims);
    if (order->audience.data != NULL) {
        idp_json_add_string(call, details, "resource", order->audience);
    }
    struct idp_grant grant = {.grant_id = order->grant_id,
                              .client_id = order->client_id,
                              .subject = order->device,
                              .scope = order->scope,
                              .grant_type = idp_bytes_of(GRANT_TYPE),
                              .details = details,
                              .binding = ordering->request.binding};
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(order->grant_id),
                              idp_value_text(order->client_id), idp_value_time(idp_now_us(call))};
    const struct idp_value *row = order->grant_id.data == NULL
                                      ? NULL
                                      : idp_run_one(call, &idp_device_token_statements[USE], key);
    grant.is_new = row == NULL;
    grant.grant_id = row == NULL ? (struct idp_bytes){0} : grant.grant_id;
    grant.expires_at_us = row == NULL ? 0 : idp_integer_of(row[0]);
    return grant;
}

static const struct idp_json *issue(struct idp_call *call, void *data)
{
    struct ordering *ordering = data;
    struct idp_grant grant = grant_of(call, ordering);
    const struct idp_json *answer = idp_tokens_issue(call, &ordering->request, &grant, false);
    ordering->order->grant_id = grant.grant_id;
    return answer;
}

const struct idp_json *idp_device_token_issue(struct idp_call *call, struct idp_device_token *order)
{
    struct ordering ordering = {
        .order = order,
        .request = {.settings = idp_settings_load(call), .grant_type = idp_bytes_of(GRANT_TYPE)}};
    struct idp_token_request *request = &ordering.request;
    if (!idp_client_find(call, order->client_id, &request->client) || !request->client.enabled) {
        return idp_error_json(IDP_INVALID_CLIENT);
    }
    if (order->scope.data == NULL) {
        order->scope = request->client.scope;
    }
    if (!idp_scope_within(order->scope, request->client.scope)) {
        return idp_error_json(IDP_INVALID_SCOPE);
    }
    if (!idp_subject_enabled(call, order->device)) {
        return idp_error_json(IDP_ACCESS_DENIED);
    }
    request->form = idp_json_new(call, IDP_JSON_OBJECT);
    request->binding.x5t = order->certificate_thumbprint;
    request->rules = idp_token_rules_of(call, &request->settings, order->client_id);
    enum idp_error error = idp_binding_judge(&request->rules, &request->binding);
    if (error != IDP_OK) {
        return idp_error_json(error);
    }
    struct idp_hooks hooks = idp_hooks_load(call, &request->settings);
    request->hooks = &hooks;
    return idp_hooked(call, &hooks, issue, &ordering);
}

void idp_device_token_end(struct idp_call *call, struct idp_bytes grant_id)
{
    if (grant_id.data != NULL) {
        (void)idp_grant_revoke(call, grant_id);
    }
}
