/* SPDX-License-Identifier: Apache-2.0 */
/* credentials.c - how a request says which client it comes from (RFC 6749 §2.3.1).
 * Whatever is in an Authorization header counts as an attempt, so that a broken one is a client
 * that failed to authenticate and never one that did not try. */
#include "core/http/http.h"

#include <string.h>
#include <strings.h>

/* What follows "Basic " in a header; data NULL where the scheme is another one. */
static struct idp_bytes basic_strip(struct idp_bytes header)
{
    static const char scheme[] = "Basic ";
    size_t size = sizeof(scheme) - 1;
    if (header.size < size || strncasecmp(header.data, scheme, size) != 0) {
        return (struct idp_bytes){0};
    }
    while (size < header.size && header.data[size] == ' ') {
        size++;
    }
    return (struct idp_bytes){header.data + size, header.size - size};
}

static struct idp_bytes part_decode(struct idp_call *call, const char *data, size_t size)
{
    struct idp_bytes part = idp_form_decode(call, (struct idp_bytes){data, size});
    if (!part.data || !idp_utf8_valid(part)) {
        return (struct idp_bytes){0};
    }
    return part;
}

static bool basic_read(struct idp_call *call, struct idp_bytes header, struct idp_credentials *out)
{
    struct idp_bytes encoded = basic_strip(header);
    if (!encoded.data) {
        return false;
    }
    struct idp_bytes pair = idp_base64_decode(call, encoded);
    const char *colon = pair.size > 0 ? memchr(pair.data, ':', pair.size) : NULL;
    if (!colon) {
        return false;
    }
    size_t id_size = (size_t)(colon - pair.data);
    out->method = IDP_CREDENTIAL_BASIC;
    out->client_id = part_decode(call, pair.data, id_size);
    out->client_secret = part_decode(call, colon + 1, pair.size - id_size - 1);
    return out->client_id.data && out->client_id.size > 0 && out->client_secret.data;
}

/* Base64 as a block, which begins a line. */
static void block_add(struct idp_text *pem, struct idp_bytes base64)
{
    idp_text_add_c(pem, "-----BEGIN CERTIFICATE-----\n");
    idp_text_add(pem, base64);
    idp_text_add_c(pem, "\n-----END CERTIFICATE-----\n");
}

/* What is between two colons; data NULL: they are not there. */
static struct idp_bytes between_colons(struct idp_bytes value)
{
    bool is_so = value.size > 1 && value.data[0] == ':' && value.data[value.size - 1] == ':';
    return is_so ? (struct idp_bytes){value.data + 1, value.size - 2} : (struct idp_bytes){0};
}

/* The header that has the certificate, or with an ending the one beside it; data NULL: none has. */
static struct idp_bytes certificate_header(struct idp_call *call, const struct idp_request *request,
                                           const char *ending)
{
    struct idp_bytes header = idp_settings_load(call).certificate_header;
    struct idp_text name = {.call = call};
    if (header.data == NULL) {
        return header;
    }
    idp_text_add(&name, idp_lower_case(call, header));
    idp_text_add_c(&name, ending);
    return idp_request_header(request, idp_text_c(call, idp_text_bytes(&name)));
}

/* PEM, percent-encoded, or base64 between colons (RFC 9440). */
struct idp_bytes idp_request_certificate(struct idp_call *call, const struct idp_request *request)
{
    struct idp_bytes value = certificate_header(call, request, "");
    struct idp_bytes base64 = between_colons(value);
    struct idp_text pem = {.call = call};
    if (base64.data != NULL) {
        block_add(&pem, base64);
        return idp_text_bytes(&pem);
    }
    return value.size == 0 ? (struct idp_bytes){0} : idp_url_decode(call, value);
}

struct idp_bytes idp_request_chain(struct idp_call *call, const struct idp_request *request)
{
    struct idp_bytes leaf = idp_request_certificate(call, request);
    struct idp_bytes rest = certificate_header(call, request, "-chain");
    struct idp_text pem = {.call = call};
    if (leaf.data == NULL || rest.size == 0) {
        return leaf;
    }
    idp_text_add(&pem, leaf);
    idp_text_add_char(&pem, '\n');
    while (rest.size > 0) {
        struct idp_bytes base64 = between_colons(idp_part_next(&rest, ','));
        if (base64.data == NULL) {
            return base64;
        }
        block_add(&pem, base64);
    }
    return idp_text_bytes(&pem);
}

static enum idp_error refuse_two(const char **why)
{
    *why = "The request authenticates in two ways, or as two clients. Send one Authorization "
           "header, or one credential in the form.";
    return IDP_INVALID_REQUEST;
}

/* What stands in the form (RFC 6749 §2.3.1, RFC 7521 §4.2). */
static enum idp_error form_credentials(const struct idp_json *form, struct idp_credentials *out,
                                       const char **why)
{
    static const char type[] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    out->client_id = idp_json_string(form, "client_id");
    out->client_secret = idp_json_string(form, "client_secret");
    out->assertion = idp_json_string(form, "client_assertion");
    struct idp_bytes assertion_type = idp_json_string(form, "client_assertion_type");
    if (out->assertion.data == NULL && assertion_type.data == NULL) {
        out->method = out->client_secret.data ? IDP_CREDENTIAL_POST : IDP_CREDENTIAL_NONE;
        return IDP_OK;
    }
    out->method = IDP_CREDENTIAL_ASSERTION;
    if (out->client_secret.data != NULL) {
        return refuse_two(why);
    }
    bool is_whole = out->assertion.data != NULL && idp_bytes_is(assertion_type, type);
    return is_whole ? IDP_OK : IDP_INVALID_REQUEST;
}

/* A client_id beside Basic is no second way to authenticate where it says the same. */
enum idp_error idp_credentials_read(struct idp_call *call, const struct idp_request *request,
                                    const struct idp_json *form, struct idp_credentials *out,
                                    const char **why)
{
    struct idp_bytes header = idp_request_header(request, "authorization");
    *why = NULL;
    enum idp_error error = form_credentials(form, out, why);
    struct idp_bytes form_id = out->client_id;
    out->certificate = idp_request_certificate(call, request);
    out->is_unverified = idp_request_header_count(request, IDP_UNVERIFIED_HEADER) > 0;
    if (error != IDP_OK || !header.data) {
        return error;
    }
    if (out->method != IDP_CREDENTIAL_NONE) {
        return refuse_two(why);
    }
    if (!basic_read(call, header, out)) {
        return IDP_INVALID_CLIENT;
    }
    bool is_other = form_id.data != NULL && !idp_bytes_equal(form_id, out->client_id);
    return is_other ? refuse_two(why) : IDP_OK;
}
