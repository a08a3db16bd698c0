/* SPDX-License-Identifier: Apache-2.0 */
/* token_request.c - what requests for tokens ask for: a scope (RFC 6749 §3.3) and the resources
 * that the tokens are for (RFC 8707); and the same in SQL, where the caller names the client. */
#include "core/oauth/token.h"

struct idp_bytes idp_scope_asked(const struct idp_json *form, struct idp_bytes wide)
{
    struct idp_bytes scope = idp_json_string(form, "scope");
    if (scope.data == NULL) {
        return wide;
    }
    bool is_within = idp_scope_valid(scope) && idp_scope_within(scope, wide);
    return is_within ? scope : (struct idp_bytes){0};
}

enum idp_error idp_resource_asked(struct idp_call *call, const struct idp_token_request *request,
                                  const struct idp_json **resource)
{
    struct idp_bytes asked = idp_json_string(request->form, "resource");
    *resource = NULL;
    if (asked.data == NULL) {
        return IDP_OK;
    }
    bool is_ours = idp_bytes_equal(asked, request->settings.audience);
    if (!is_ours &&
        (request->rules.resources == NULL || !idp_json_holds(request->rules.resources, asked))) {
        return IDP_INVALID_TARGET;
    }
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    idp_json_add(list, NULL, idp_json_new_string(call, asked));
    *resource = list;
    return IDP_OK;
}

bool idp_resource_meets(const struct idp_token_request *request, const struct idp_json *details)
{
    struct idp_bytes asked = idp_json_string(request->form, "resource");
    const struct idp_json *granted = idp_json_member(details, "resource");
    return asked.data == NULL ||
           (granted != NULL ? idp_json_holds(granted, asked)
                            : idp_bytes_equal(asked, request->settings.audience));
}

/* ---- SQL ---- */

/* A form has texts only. */
static const struct idp_json *form_of(struct idp_call *call, struct idp_value argument)
{
    const struct idp_json *form = idp_json_object_argument(call, argument, "parameters");
    for (const struct idp_json *member = form->child; member != NULL; member = member->next) {
        if (member->kind != IDP_JSON_STRING) {
            idp_fail_with(call, IDP_INVALID_ARGUMENT,
                          "Argument parameters must be an object of texts.");
        }
    }
    return form;
}

/* token_request(parameters, client) → tokens or an error; client: {"client_id", "dpop_jkt",
 * "certificate"}: who calls has authenticated it, and seen the proofs. */
struct idp_value idp_sql_token_request(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *form = form_of(call, arguments[0]);
    const struct idp_json *client = idp_json_object_argument(call, arguments[1], "client");
    struct idp_credentials credentials = {.method = IDP_CREDENTIAL_TRUSTED,
                                          .client_id = idp_json_string(client, "client_id"),
                                          .certificate = idp_json_string(client, "certificate")};
    struct idp_origin origin = {.proven_jkt = idp_json_string(client, "dpop_jkt")};
    return idp_value_json(idp_token_endpoint(call, form, &credentials, &origin));
}
