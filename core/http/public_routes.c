/* SPDX-License-Identifier: Apache-2.0 */
/* public_routes.c - what anybody may read: metadata, verification keys, and whether we are alive.
 */
#include "core/http/http.h"

#include "core/jose/jose.h"

struct idp_response idp_answer_metadata(struct idp_call *call, const struct idp_request *request)
{
    (void)request;
    return idp_response_public(call, idp_metadata(call));
}

struct idp_response idp_answer_jwks(struct idp_call *call, const struct idp_request *request)
{
    (void)request;
    return idp_response_public(call, idp_key_store_jwks(call));
}

/* Touches no row: it says that requests come through, not that the store is well. */
struct idp_response idp_answer_health(struct idp_call *call, const struct idp_request *request)
{
    (void)request;
    struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, document, "status", "ok");
    return idp_response_json(call, 200, document);
}
