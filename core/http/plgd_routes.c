/* SPDX-License-Identifier: Apache-2.0 */
/* plgd_routes.c - the steps of a device with the paths and payloads of plgd's device provisioning
 * service, whose devices hold no session: each is known by the certificate of its TLS connection.
 */
#include "core/http/http.h"
#include "core/provisioning/provisioning.h"

/* What its devices speak where they do not say. */
static struct idp_response answered(struct idp_call *call, const struct idp_request *request,
                                    const struct idp_json *answer)
{
    return idp_content_answer(call, request, IDP_CONTENT_OCF, answer);
}

/* NULL and the session of the connection, or the error. csr: what it is about to ask for. */
static const struct idp_json *session_of(struct idp_call *call, const struct idp_request *request,
                                         struct idp_bytes csr, struct idp_bytes *session)
{
    struct idp_bytes chain = idp_request_chain(call, request);
    return chain.data == NULL
               ? idp_error_json_with(call, IDP_ATTESTATION_REFUSED,
                                     "The TLS connection has no certificate of a device.")
               : idp_provisioning_resume(call, chain, csr, session);
}

/* A step that takes nothing but the session. */
static struct idp_response connected_step(struct idp_call *call, const struct idp_request *request,
                                          const struct idp_json *(*give)(struct idp_call *call,
                                                                         struct idp_bytes session))
{
    struct idp_bytes session = {0};
    const struct idp_json *error = session_of(call, request, (struct idp_bytes){0}, &session);
    return answered(call, request, error != NULL ? error : give(call, session));
}

struct idp_response idp_answer_plgd_time(struct idp_call *call, const struct idp_request *request)
{
    return connected_step(call, request, idp_provision_time);
}

struct idp_response idp_answer_plgd_ownership(struct idp_call *call,
                                              const struct idp_request *request)
{
    return connected_step(call, request, idp_provision_ownership);
}

struct idp_response idp_answer_plgd_acls(struct idp_call *call, const struct idp_request *request)
{
    return connected_step(call, request, idp_provision_acls);
}

struct idp_response idp_answer_plgd_cloud(struct idp_call *call, const struct idp_request *request)
{
    struct idp_response refusal;
    struct idp_bytes session = {0};
    const struct idp_json *body = idp_device_body(call, request, &refusal);
    if (body == NULL) {
        return refusal;
    }
    const struct idp_json *error = session_of(call, request, (struct idp_bytes){0}, &session);
    return answered(call, request,
                    error != NULL ? error : idp_provision_cloud(call, session, body));
}

/* An identity, and all credentials at once. */
static const struct idp_json *
credentials_of(struct idp_call *call, const struct idp_request *request, struct idp_bytes csr)
{
    struct idp_bytes session = {0};
    const struct idp_json *error = session_of(call, request, csr, &session);
    if (error != NULL) {
        return error;
    }
    const struct idp_json *identity = idp_provision_identity(call, session, csr, NULL);
    return idp_json_member(identity, "error") != NULL ? identity
                                                      : idp_provision_credentials(call, session);
}

struct idp_response idp_answer_plgd_credentials(struct idp_call *call,
                                                const struct idp_request *request)
{
    struct idp_response refusal;
    const struct idp_json *body = idp_device_body(call, request, &refusal);
    const struct idp_json *csr = idp_json_member(body, "csr");
    struct idp_bytes data = idp_json_string(csr, "data");
    bool is_pem = idp_bytes_is(idp_json_string(csr, "encoding"), "oic.sec.encoding.pem");
    if (body == NULL) {
        return refusal;
    }
    if (data.data == NULL || !is_pem) {
        idp_unreadable_note(call, (struct idp_bytes){0}, idp_request_chain(call, request));
        return answered(call, request,
                        idp_error_json_with(call, IDP_INVALID_REQUEST,
                                            "The body must have a csr with data, its encoding "
                                            "oic.sec.encoding.pem."));
    }
    return answered(call, request, credentials_of(call, request, data));
}
