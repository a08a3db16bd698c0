/* SPDX-License-Identifier: Apache-2.0 */
/* csr.c - certification requests (RFC 2986): a name, a key, and the proof that who asks has it. */
#include "core/pki/x509.h"

static const struct idp_bytes extension_request =
    IDP_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e");

/* At most one attribute asks for extensions, and has one value. */
static const char *attributes_read(struct idp_bytes attributes, struct idp_csr *out)
{
    struct idp_bytes attribute, oid, values;
    struct idp_der value;
    bool asks = false;
    while (attributes.size > 0) {
        if (!idp_der_take(&attributes, IDP_DER_SEQUENCE, &attribute) ||
            !idp_der_take(&attribute, IDP_DER_OID, &oid) ||
            !idp_der_take(&attribute, IDP_DER_SET, &values) || attribute.size != 0 ||
            values.size == 0 || !idp_der_are_values(values)) {
            return "format";
        }
        if (!idp_bytes_equal(oid, extension_request)) {
            continue;
        }
        if (asks || !idp_der_next(&values, &value) || values.size != 0) {
            return "extension";
        }
        asks = true;
        const char *why = idp_extensions_read(value.whole, &out->requested);
        if (why != NULL) {
            return why;
        }
    }
    return NULL;
}

/* What is signed: version 0, subject, key, attributes. */
static const char *info_read(struct idp_call *call, struct idp_bytes info, struct idp_csr *out)
{
    struct idp_bytes version, attributes;
    struct idp_der subject, spki;
    if (!idp_der_take_number(&info, &version) || version.size != 0 ||
        !idp_der_next(&info, &subject) || !idp_der_next(&info, &spki) ||
        !idp_der_take(&info, IDP_DER_EXPLICIT, &attributes) || info.size != 0) {
        return "format";
    }
    const char *why = idp_name_read(call, subject.whole, &out->subject);
    if (why == NULL) {
        why = attributes_read(attributes, out);
    }
    if (why != NULL) {
        return why;
    }
    out->spki = spki.whole;
    out->key = idp_spki_read(call, spki.whole, &why);
    return out->key == NULL ? why : NULL;
}

const char *idp_csr_read(struct idp_call *call, struct idp_bytes der, struct idp_csr *out)
{
    struct idp_bytes request, signature;
    struct idp_der info, algorithm;
    *out = (struct idp_csr){.der = der};
    if (!idp_der_only(der, IDP_DER_SEQUENCE, &request) || !idp_der_next(&request, &info) ||
        info.tag != IDP_DER_SEQUENCE || !idp_der_next(&request, &algorithm) ||
        algorithm.tag != IDP_DER_SEQUENCE || !idp_der_take_bits(&request, &signature) ||
        request.size != 0) {
        return "format";
    }
    const char *why = info_read(call, info.contents, out);
    out->algorithm = algorithm.whole;
    return why != NULL ? why
                       : idp_x509_verify(call, out->key, algorithm.whole, info.whole, signature);
}

const char *idp_csr_read_text(struct idp_call *call, struct idp_bytes text, struct idp_csr *out)
{
    struct idp_bytes der = {NULL, 0};
    if (text.size <= 2 * IDP_CSR_SIZE_MAX) {
        der = idp_pem_only(call, text, "CERTIFICATE REQUEST|NEW CERTIFICATE REQUEST");
    }
    return der.data == NULL || der.size > IDP_CSR_SIZE_MAX ? "format"
                                                           : idp_csr_read(call, der, out);
}

const char *idp_request_read(struct idp_call *call, struct idp_bytes csr,
                             struct idp_request_facts *out)
{
    struct idp_csr *request = idp_allocate(call, sizeof *request);
    const char *why = idp_csr_read_text(call, csr, request);
    *out = (struct idp_request_facts){request->spki, request->subject.common_name};
    return why;
}
