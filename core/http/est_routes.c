/* SPDX-License-Identifier: Apache-2.0 */
/* est_routes.c - enrollment over secure transport (RFC 7030): certificates for devices and programs
 * that speak nothing else. Bodies are base64, which their Content-Transfer-Encoding need not say
 * (RFC 8951 §3.1); errors are sentences. */
#include "core/http/http.h"

#define NOT_KEPT "no-store"
#define KEPT "public, max-age=300"
#define CERTIFICATES "application/pkcs7-mime; smime-type=certs-only"

enum { RETRY_AFTER_S = 10 };

/* ---- answers ---- */

static struct idp_response response_of(struct idp_call *call, int64_t status,
                                       const char *media_type, const char *cache_control,
                                       struct idp_bytes body)
{
    struct idp_response response = {
        .status = status, .headers = idp_json_new(call, IDP_JSON_OBJECT), .body = body};
    idp_json_add_c(call, response.headers, "Content-Type", media_type);
    idp_json_add_c(call, response.headers, "Cache-Control", cache_control);
    return response;
}

static struct idp_response sentence(struct idp_call *call, int64_t status, struct idp_bytes text)
{
    return response_of(call, status, "text/plain", NOT_KEPT, text);
}

static void retry_add(struct idp_call *call, struct idp_response *response, int64_t seconds)
{
    idp_json_add_string(call, response->headers, "Retry-After",
                        idp_json_new_integer(call, seconds)->text);
}

static struct idp_response error_response(struct idp_call *call, enum idp_error error)
{
    const struct idp_error_row *row = idp_error_row(error);
    struct idp_response response = sentence(call, row->http_status, idp_bytes_of(row->sentence));
    if (row->http_status == 401) {
        idp_json_add_c(call, response.headers, "WWW-Authenticate", "Basic realm=\"est\"");
    }
    if (row->http_status == 429) {
        retry_add(call, &response, idp_settings_load(call).attempt_window_s);
    }
    return response;
}

/* In one line (RFC 4648 §3.1): strongSwan 5.9 reads no other. */
static struct idp_response base64_response(struct idp_call *call, const char *media_type,
                                           const char *cache_control, struct idp_bytes der)
{
    struct idp_response response =
        response_of(call, 200, media_type, cache_control, idp_base64_encode(call, der));
    idp_json_add_c(call, response.headers, "Content-Transfer-Encoding", "base64");
    return response;
}

/* The certificate alone (§4.2.3). */
static struct idp_response issued(struct idp_call *call, struct idp_bytes pem)
{
    size_t count = 0;
    struct idp_certificate_facts facts[1];
    if (!idp_certificates_read(call, pem, facts, 1, &count)) {
        idp_fail(call, IDP_STORE);
    }
    return base64_response(call, CERTIFICATES, NOT_KEPT, idp_pkcs7_of(call, &facts[0].der, 1));
}

/* Somebody has to decide: the same request again is told what came of it. */
static struct idp_response accepted(struct idp_call *call)
{
    struct idp_response response =
        sentence(call, 202,
                 idp_bytes_of("Somebody has to approve this. Send the same request again later."));
    retry_add(call, &response, RETRY_AFTER_S);
    return response;
}

/* Why it is refused: the sentence of the error, and the words beside it. */
static struct idp_response refused(struct idp_call *call, enum idp_error error,
                                   const struct idp_json *answer)
{
    const struct idp_json *reasons = idp_json_member(answer, "reasons");
    struct idp_bytes reason = reasons != NULL && reasons->child != NULL
                                  ? reasons->child->text
                                  : idp_json_string(answer, "reason");
    struct idp_bytes description = idp_json_string(answer, "error_description");
    struct idp_text text = {.call = call};
    idp_text_add(&text, description.data != NULL ? description
                                                 : idp_bytes_of(idp_error_row(error)->sentence));
    if (reason.size > 0) {
        idp_text_add_c(&text, " Reason: ");
        idp_text_add(&text, reason);
        idp_text_add_char(&text, '.');
    }
    return sentence(call, idp_error_row(error)->http_status, idp_text_bytes(&text));
}

/* Of a device: {"certificate"} or {"error"}. */
static struct idp_response outcome(struct idp_call *call, const struct idp_json *answer)
{
    struct idp_bytes pem = idp_json_string(answer, "certificate");
    if (pem.data != NULL) {
        return issued(call, pem);
    }
    enum idp_error error = idp_error_of_word(idp_json_string(answer, "error"));
    return error == IDP_APPROVAL_PENDING ? accepted(call) : refused(call, error, answer);
}

/* ---- what anybody may know ---- */

static bool label_find(struct idp_call *call, const struct idp_request *request,
                       struct idp_est_label *label)
{
    return idp_est_label_find(call, request->segment, label);
}

struct idp_response idp_answer_est_cacerts(struct idp_call *call, const struct idp_request *request)
{
    struct idp_est_label label;
    struct idp_ca_bundle bundle = {0};
    if (label_find(call, request, &label)) {
        bundle = idp_ca_bundle_of(call, label.ca);
    }
    if (bundle.count == 0) {
        return error_response(call, IDP_NOT_FOUND);
    }
    struct idp_bytes der = idp_pkcs7_of(call, bundle.certificates, bundle.count);
    return base64_response(call, CERTIFICATES, KEPT, der);
}

struct idp_response idp_answer_est_attributes(struct idp_call *call,
                                              const struct idp_request *request)
{
    struct idp_est_label label;
    if (!label_find(call, request, &label)) {
        return error_response(call, IDP_NOT_FOUND);
    }
    struct idp_bytes attributes = idp_csr_attributes(call, label.profile);
    struct idp_response nothing = {
        .status = 204, .headers = idp_json_new(call, IDP_JSON_OBJECT), .body = {"", 0}};
    return attributes.size == 0 ? nothing
                                : base64_response(call, "application/csrattrs", KEPT, attributes);
}

/* ---- who asks ---- */

/* A client that may: by its secret alone, in the header. */
static enum idp_error client_read(struct idp_call *call, const struct idp_request *request,
                                  struct idp_client *client)
{
    const char *why;
    struct idp_credentials credentials;
    enum idp_error error = idp_credentials_read(call, request, idp_json_new(call, IDP_JSON_OBJECT),
                                                &credentials, &why);
    return error != IDP_OK ? error : idp_client_authenticate(call, &credentials, true, client);
}

static bool may_have(struct idp_call *call, const struct idp_client *client,
                     struct idp_bytes profile)
{
    struct idp_text scope = {.call = call};
    idp_text_add_c(&scope, IDP_SCOPE_EST);
    idp_text_add(&scope, profile);
    return idp_word_in(client->scope, idp_text_bytes(&scope));
}

/* What it sends is a row, so that somebody may decide, and what was decided is found again. */
static struct idp_response client_enroll(struct idp_call *call, const struct idp_request *request,
                                         const struct idp_est_label *label)
{
    struct idp_client client;
    enum idp_error error = client_read(call, request, &client);
    if (error != IDP_OK) {
        return error_response(call, error);
    }
    if (label->enrollment_id.data != NULL || !may_have(call, &client, label->profile)) {
        return sentence(call, 403,
                        idp_bytes_of("The client has no scope est: with the name of the profile."));
    }
    const struct idp_json *row =
        idp_certificate_request(call, idp_bytes_trim(request->body), label->profile);
    struct idp_bytes status = idp_json_string(row, "status");
    if (idp_bytes_is(status, "pending")) {
        return accepted(call);
    }
    return idp_bytes_is(status, "issued") ? issued(call, idp_json_string(row, "certificate"))
                                          : refused(call, IDP_INVALID_CSR, row);
}

/* ---- requests ---- */

/* True where it can be one; else *response says why not. */
static bool request_open(struct idp_call *call, const struct idp_request *request,
                         struct idp_est_label *label, struct idp_response *response)
{
    bool is_request = idp_request_is(request, "application/pkcs10") && request->body.size > 0;
    bool is_found = is_request && label_find(call, request, label);
    if (!is_request) {
        *response = sentence(
            call, 400,
            idp_bytes_of("A request is wanted, and the Content-Type must be application/pkcs10."));
    } else if (!is_found) {
        *response = error_response(call, IDP_NOT_FOUND);
    }
    return is_found && request->body.size <= IDP_FORM_SIZE_MAX;
}

struct idp_response idp_answer_est_enroll(struct idp_call *call, const struct idp_request *request)
{
    struct idp_est_label label;
    struct idp_response response = error_response(call, IDP_CONTENT_TOO_LARGE);
    if (!request_open(call, request, &label, &response)) {
        return response;
    }
    if (idp_request_header_count(request, "authorization") > 0) {
        return client_enroll(call, request, &label);
    }
    struct idp_bytes chain = idp_request_chain(call, request);
    return chain.data == NULL ? error_response(call, IDP_INVALID_CLIENT)
                              : outcome(call, idp_est_enroll(call, &label, chain, request->body));
}

struct idp_response idp_answer_est_renew(struct idp_call *call, const struct idp_request *request)
{
    struct idp_est_label label;
    struct idp_response response = error_response(call, IDP_CONTENT_TOO_LARGE);
    if (!request_open(call, request, &label, &response)) {
        return response;
    }
    return outcome(call,
                   idp_est_renew(call, &label, idp_request_chain(call, request), request->body));
}
