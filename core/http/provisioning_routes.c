/* SPDX-License-Identifier: Apache-2.0 */
/* provisioning_routes.c - the steps of a device over HTTP. Its session is a bearer token, its
 * certificate that of its TLS connection; what each step needs and gives is the same as in SQL. */
#include "core/http/http.h"
#include "core/provisioning/provisioning.h"

static struct idp_response answered(struct idp_call *call, const struct idp_request *request,
                                    const struct idp_json *answer)
{
    return idp_content_answer(call, request, IDP_CONTENT_JSON, answer);
}

static struct idp_response refused(struct idp_call *call, const struct idp_request *request,
                                   const char *sentence)
{
    idp_unreadable_note(call, idp_request_bearer(request), idp_request_chain(call, request));
    return answered(call, request, idp_error_json_with(call, IDP_INVALID_REQUEST, sentence));
}

/* NULL, or the answer to who has no session. */
static const struct idp_json *no_session(const struct idp_request *request)
{
    return idp_request_bearer(request).data == NULL ? idp_error_json(IDP_INVALID_DEVICE_SESSION)
                                                    : NULL;
}

/* A step that takes nothing but the session. */
static struct idp_response step(struct idp_call *call, const struct idp_request *request,
                                const struct idp_json *(*give)(struct idp_call *call,
                                                               struct idp_bytes session))
{
    const struct idp_json *error = no_session(request);
    return answered(call, request, error != NULL ? error : give(call, idp_request_bearer(request)));
}

const struct idp_json *idp_device_body(struct idp_call *call, const struct idp_request *request,
                                       struct idp_response *refusal)
{
    const struct idp_json *body = idp_content_read(call, request, refusal);
    if (body == NULL) {
        idp_unreadable_note(call, idp_request_bearer(request), idp_request_chain(call, request));
    }
    return body;
}

/* The body of a step of a session; NULL: *refusal is the answer. */
static const struct idp_json *step_body(struct idp_call *call, const struct idp_request *request,
                                        struct idp_response *refusal)
{
    const struct idp_json *error = no_session(request);
    if (error != NULL) {
        *refusal = answered(call, request, error);
        return NULL;
    }
    return idp_device_body(call, request, refusal);
}

/* ---- who comes ---- */

/* Who says nothing of itself is known by its connection, which has proven the key. */
struct idp_response idp_answer_provisioning_begin(struct idp_call *call,
                                                  const struct idp_request *request)
{
    struct idp_response refusal;
    const struct idp_json *body = idp_device_body(call, request, &refusal);
    if (body == NULL) {
        return refusal;
    }
    struct idp_json *options = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_bytes chain = idp_json_string(body, "chain");
    idp_json_add_members(call, options, body, "registration_id enrollment ek ek_certificate");
    bool is_proven = idp_json_member(body, "chain") == NULL && options->child == NULL;
    chain = is_proven ? idp_request_chain(call, request) : chain;
    idp_json_add_members(call, options, body, "csr");
    return idp_is_arrival(chain, options)
               ? answered(call, request, idp_provisioning_begin(call, chain, options, is_proven))
               : refused(call, request,
                         "A device comes with one of chain, registration_id and ek, or with the "
                         "certificate of its TLS connection; enrollment is the id of one.");
}

struct idp_response idp_answer_provisioning_prove(struct idp_call *call,
                                                  const struct idp_request *request)
{
    struct idp_response refusal;
    const struct idp_json *body = step_body(call, request, &refusal);
    struct idp_bytes proof = idp_json_string(body, "proof");
    if (body == NULL) {
        return refusal;
    }
    return proof.data == NULL
               ? refused(call, request, "The body must have a proof.")
               : answered(call, request,
                          idp_possession_prove(call, idp_request_bearer(request), proof));
}

struct idp_response idp_answer_tpm_challenge(struct idp_call *call,
                                             const struct idp_request *request)
{
    struct idp_response refusal;
    const struct idp_json *body = step_body(call, request, &refusal);
    struct idp_tpm_shown shown = {idp_json_string(body, "ek"),
                                  idp_json_string(body, "ek_certificate"),
                                  idp_json_string(body, "ak")};
    if (body == NULL) {
        return refusal;
    }
    return shown.ek.data == NULL || shown.ak.data == NULL
               ? refused(call, request, "The body must have ek and ak.")
               : answered(call, request,
                          idp_tpm_challenge(call, idp_request_bearer(request), &shown));
}

struct idp_response idp_answer_tpm_activate(struct idp_call *call,
                                            const struct idp_request *request)
{
    struct idp_response refusal;
    const struct idp_json *body = step_body(call, request, &refusal);
    struct idp_bytes credential = idp_json_string(body, "credential");
    if (body == NULL) {
        return refusal;
    }
    return credential.data == NULL
               ? refused(call, request, "The body must have a credential.")
               : answered(call, request,
                          idp_tpm_activate(call, idp_request_bearer(request), credential,
                                           idp_json_member(body, "attestation")));
}

/* ---- what it is given ---- */

struct idp_response idp_answer_provisioning_time(struct idp_call *call,
                                                 const struct idp_request *request)
{
    return step(call, request, idp_provision_time);
}

struct idp_response idp_answer_provisioning_ownership(struct idp_call *call,
                                                      const struct idp_request *request)
{
    return step(call, request, idp_provision_ownership);
}

struct idp_response idp_answer_provisioning_acls(struct idp_call *call,
                                                 const struct idp_request *request)
{
    return step(call, request, idp_provision_acls);
}

struct idp_response idp_answer_provisioning_credentials(struct idp_call *call,
                                                        const struct idp_request *request)
{
    return step(call, request, idp_provision_credentials);
}

struct idp_response idp_answer_provisioning_token(struct idp_call *call,
                                                  const struct idp_request *request)
{
    return step(call, request, idp_provision_token);
}

struct idp_response idp_answer_provisioning_cloud(struct idp_call *call,
                                                  const struct idp_request *request)
{
    struct idp_response refusal;
    const struct idp_json *body = step_body(call, request, &refusal);
    return body == NULL ? refusal
                        : answered(call, request,
                                   idp_provision_cloud(call, idp_request_bearer(request), body));
}

/* ---- its identity ---- */

/* A request as it is in DER, which begins with a zero; PEM and base64 do not. */
static struct idp_bytes request_text(struct idp_call *call, struct idp_bytes body)
{
    return body.data[0] == '0' ? idp_base64_encode(call, body) : body;
}

static struct idp_response identity_of(struct idp_call *call, const struct idp_request *request,
                                       struct idp_bytes csr, const struct idp_json *options)
{
    return csr.data == NULL
               ? refused(call, request, "The body must have a csr.")
               : answered(call, request,
                          idp_provision_identity(call, idp_request_bearer(request), csr, options));
}

struct idp_response idp_answer_provisioning_identity(struct idp_call *call,
                                                     const struct idp_request *request)
{
    struct idp_response refusal;
    struct idp_bytes csr = request->body;
    const struct idp_json *error = no_session(request);
    bool is_pkcs10 = idp_request_is(request, "application/pkcs10");
    if (is_pkcs10 && csr.size > 0 && csr.size <= IDP_CONTENT_SIZE_MAX) {
        return error != NULL ? answered(call, request, error)
                             : identity_of(call, request, request_text(call, csr), NULL);
    }
    const struct idp_json *body = step_body(call, request, &refusal);
    return body == NULL ? refusal : identity_of(call, request, idp_json_string(body, "csr"), body);
}

struct idp_response idp_answer_provisioning_confirm(struct idp_call *call,
                                                    const struct idp_request *request)
{
    struct idp_response refusal;
    const struct idp_json *body = step_body(call, request, &refusal);
    struct idp_bytes proof = idp_json_string(body, "proof"), certificate = {0};
    if (body == NULL) {
        return refusal;
    }
    if (proof.data == NULL) {
        certificate = idp_request_certificate(call, request);
    }
    return proof.data == NULL && certificate.data == NULL
               ? refused(call, request,
                         "The body must have a proof, or the TLS connection the identity "
                         "certificate.")
               : answered(
                     call, request,
                     idp_identity_confirm(call, idp_request_bearer(request), proof, certificate));
}

/* ---- its configuration ---- */

/* True where If-None-Match has it, or is for whatever there is; weakly, since it is the same in
 * JSON and in CBOR. */
static bool is_known(struct idp_bytes list, struct idp_bytes etag)
{
    if (idp_bytes_is(idp_bytes_trim(list), "*")) {
        return true;
    }
    while (list.size > 0) {
        struct idp_bytes item = idp_part_next(&list, ',');
        if (idp_bytes_start(item, idp_bytes_of("W/"))) {
            item = (struct idp_bytes){item.data + 2, item.size - 2};
        }
        if (item.size == etag.size + 2 && memcmp(item.data + 1, etag.data, etag.size) == 0) {
            return true;
        }
    }
    return false;
}

struct idp_response idp_answer_provisioning_configuration(struct idp_call *call,
                                                          const struct idp_request *request)
{
    const struct idp_json *answer = no_session(request);
    if (answer == NULL) {
        answer =
            idp_provision_configuration(call, idp_request_bearer(request), (struct idp_bytes){0});
    }
    struct idp_bytes etag = idp_json_string(answer, "etag");
    struct idp_response response = answered(call, request, answer);
    if (etag.data == NULL) {
        return response;
    }
    struct idp_text header = {.call = call};
    idp_text_add_c(&header, "W/\"");
    idp_text_add(&header, etag);
    idp_text_add_char(&header, '"');
    idp_json_add_string(call, response.headers, "ETag", idp_text_bytes(&header));
    if (is_known(idp_request_header(request, "if-none-match"), etag)) {
        response.status = 304;
        response.body = (struct idp_bytes){"", 0};
    }
    return response;
}
