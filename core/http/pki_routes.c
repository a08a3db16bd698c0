/* SPDX-License-Identifier: Apache-2.0 */
/* pki_routes.c - whether certificates are still good, for everybody: revocation lists (RFC 5280)
 * and OCSP (RFC 6960 appendix A, RFC 5019). Both are signed, so that any cache may keep them. */
#include "core/http/http.h"

bool idp_path_is_signed(struct idp_bytes path)
{
    return idp_bytes_start(path, idp_bytes_of("/crl/")) ||
           idp_bytes_start(path, idp_bytes_of("/ocsp/"));
}

static struct idp_response binary_response(struct idp_call *call, const char *media_type,
                                           struct idp_bytes body, const char *cache_control)
{
    struct idp_response response = {.status = 200,
                                    .headers = idp_json_new(call, IDP_JSON_OBJECT),
                                    .body = body,
                                    .is_binary = true};
    idp_json_add_c(call, response.headers, "Content-Type", media_type);
    idp_json_add_c(call, response.headers, "Cache-Control", cache_control);
    return response;
}

struct idp_response idp_answer_crl(struct idp_call *call, const struct idp_request *request)
{
    struct idp_bytes list = idp_crl_of(call, request->segment);
    return list.data == NULL
               ? idp_response_error(call, IDP_NOT_FOUND)
               : binary_response(call, "application/pkix-crl", list, "public, max-age=300");
}

/* What signs is chosen by the request; the path is a place of the authority's own, for caches. */
static struct idp_response ocsp_response(struct idp_call *call, const struct idp_request *request,
                                         struct idp_bytes der, const char *cache_control)
{
    if (!idp_ca_exists(call, request->segment)) {
        return idp_response_error(call, IDP_NOT_FOUND);
    }
    return binary_response(call, "application/ocsp-response", idp_ocsp_answer(call, der),
                           cache_control);
}

struct idp_response idp_answer_ocsp_post(struct idp_call *call, const struct idp_request *request)
{
    return ocsp_response(call, request, request->body, "no-store");
}

/* The request is base64 in the path; what is none is malformed. */
struct idp_response idp_answer_ocsp_get(struct idp_call *call, const struct idp_request *request)
{
    return ocsp_response(call, request, idp_base64_decode(call, request->segment_second),
                         "public, max-age=300");
}
