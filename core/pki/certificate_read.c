/* SPDX-License-Identifier: Apache-2.0 */
/* certificate_read.c - a certificate (RFC 5280 §4.1) taken apart: in DER and no other spelling,
 * so that nobody who reads it after us reads something else. */
#include "core/pki/x509.h"

const struct idp_bytes idp_oid_basic_constraints = IDP_LITERAL("\x55\x1d\x13");
const struct idp_bytes idp_oid_key_usage = IDP_LITERAL("\x55\x1d\x0f");
const struct idp_bytes idp_oid_extended_key_usage = IDP_LITERAL("\x55\x1d\x25");
const struct idp_bytes idp_oid_alternative_name = IDP_LITERAL("\x55\x1d\x11");
const struct idp_bytes idp_oid_name_constraints = IDP_LITERAL("\x55\x1d\x1e");
const struct idp_bytes idp_oid_policy_constraints = IDP_LITERAL("\x55\x1d\x24");
const struct idp_bytes idp_oid_subject_key = IDP_LITERAL("\x55\x1d\x0e");
const struct idp_bytes idp_oid_authority_key = IDP_LITERAL("\x55\x1d\x23");
const struct idp_bytes idp_oid_crl_places = IDP_LITERAL("\x55\x1d\x1f");

enum { VERSION_1 = -1, VERSION_3 = 2 };

/* [0] of a number; version 1 is the default, which DER does not write. */
static bool version_take(struct idp_bytes *rest, int *version)
{
    struct idp_bytes explicit, number;
    *version = VERSION_1;
    if (!idp_der_take(rest, IDP_DER_EXPLICIT, &explicit)) {
        return true;
    }
    if (!idp_der_take_number(&explicit, &number) || explicit.size != 0 || number.size != 1) {
        return false;
    }
    *version = number.data[0];
    return *version > 0 && *version <= VERSION_3;
}

static bool period_take(struct idp_bytes *rest, struct idp_certificate *out)
{
    struct idp_bytes period;
    return idp_der_take(rest, IDP_DER_SEQUENCE, &period) &&
           idp_der_take_time(&period, &out->not_before_us) &&
           idp_der_take_time(&period, &out->not_after_us) && period.size == 0;
}

/* Unique identifiers (RFC 5280 §4.1.2.8), which nobody may use any more, are refused. */
static bool signed_parse(struct idp_bytes rest, struct idp_certificate *out)
{
    int version;
    struct idp_bytes extensions;
    if (!version_take(&rest, &version) || !idp_der_take(&rest, IDP_DER_INTEGER, &out->serial) ||
        out->serial.size == 0 || !idp_der_take_whole(&rest, IDP_DER_SEQUENCE, &out->algorithm) ||
        !idp_der_take_whole(&rest, IDP_DER_SEQUENCE, &out->issuer) || !period_take(&rest, out) ||
        !idp_der_take_whole(&rest, IDP_DER_SEQUENCE, &out->subject) ||
        !idp_der_take_whole(&rest, IDP_DER_SEQUENCE, &out->spki)) {
        return false;
    }
    if (rest.size == 0) {
        return true;
    }
    return version == VERSION_3 && idp_der_take(&rest, IDP_DER_EXPLICIT + 3, &extensions) &&
           rest.size == 0 && idp_extensions_read(extensions, &out->extensions) == NULL;
}

bool idp_certificate_parse(struct idp_bytes der, struct idp_certificate *out)
{
    struct idp_bytes parts, contents, algorithm;
    *out = (struct idp_certificate){.der = der};
    return der.size <= IDP_CERTIFICATE_SIZE_MAX && idp_der_only(der, IDP_DER_SEQUENCE, &parts) &&
           idp_der_take_whole(&parts, IDP_DER_SEQUENCE, &out->to_be_signed) &&
           idp_der_take_whole(&parts, IDP_DER_SEQUENCE, &algorithm) &&
           idp_der_take_bits(&parts, &out->signature) && parts.size == 0 &&
           idp_der_only(out->to_be_signed, IDP_DER_SEQUENCE, &contents) &&
           signed_parse(contents, out) && idp_bytes_equal(algorithm, out->algorithm);
}

bool idp_certificate_parse_unsigned(struct idp_bytes to_be_signed, struct idp_certificate *out)
{
    struct idp_bytes contents;
    *out = (struct idp_certificate){.extensions.count = 0};
    return to_be_signed.size <= IDP_CERTIFICATE_SIZE_MAX &&
           idp_der_only(to_be_signed, IDP_DER_SEQUENCE, &contents) && signed_parse(contents, out);
}

const struct idp_extension_value *
idp_certificate_extension(const struct idp_certificate *certificate, struct idp_bytes oid)
{
    const struct idp_extensions *extensions = &certificate->extensions;
    for (size_t i = 0; i < extensions->count; i++) {
        if (idp_bytes_equal(extensions->items[i].oid, oid)) {
            return &extensions->items[i];
        }
    }
    return NULL;
}

struct idp_bytes idp_certificate_name(struct idp_call *call, struct idp_bytes name)
{
    struct idp_name read;
    return idp_name_read(call, name, &read) == NULL ? read.text : (struct idp_bytes){NULL, 0};
}

struct idp_bytes idp_certificate_serial(struct idp_call *call,
                                        const struct idp_certificate *certificate)
{
    struct idp_bytes serial = certificate->serial;
    while (serial.size > 1 && serial.data[0] == 0) {
        serial = (struct idp_bytes){serial.data + 1, serial.size - 1};
    }
    return idp_hex_encode(call, serial);
}

struct idp_bytes idp_certificate_subject_key(const struct idp_certificate *certificate)
{
    const struct idp_extension_value *extension =
        idp_certificate_extension(certificate, idp_oid_subject_key);
    struct idp_bytes identifier, none = {NULL, 0};
    return extension != NULL && idp_der_only(extension->value, IDP_DER_OCTET_STRING, &identifier)
               ? identifier
               : none;
}

struct idp_bytes idp_certificate_authority_key(const struct idp_certificate *certificate)
{
    const struct idp_extension_value *extension =
        idp_certificate_extension(certificate, idp_oid_authority_key);
    struct idp_bytes parts, identifier, none = {NULL, 0};
    return extension != NULL && idp_der_only(extension->value, IDP_DER_SEQUENCE, &parts) &&
                   idp_der_take(&parts, IDP_DER_CONTEXT, &identifier)
               ? identifier
               : none;
}

/* ---- what it may do ---- */

/* Without the extension it is no authority; a malformed one makes none. */
bool idp_certificate_is_ca(const struct idp_certificate *certificate, int64_t *path_length)
{
    const struct idp_extension_value *extension =
        idp_certificate_extension(certificate, idp_oid_basic_constraints);
    struct idp_bytes parts, flag, length;
    *path_length = -1;
    if (extension == NULL || !idp_der_only(extension->value, IDP_DER_SEQUENCE, &parts) ||
        !idp_der_take(&parts, IDP_DER_BOOLEAN, &flag) || flag.size != 1 || flag.data[0] == 0) {
        return false;
    }
    if (parts.size == 0) {
        return true;
    }
    bool is_read = idp_der_take_number(&parts, &length) && parts.size == 0 && length.size <= 1;
    *path_length = !is_read ? -1 : length.size == 0 ? 0 : (unsigned char)length.data[0];
    return is_read;
}

struct idp_bytes idp_certificate_key_usage(const struct idp_certificate *certificate)
{
    const struct idp_extension_value *extension =
        idp_certificate_extension(certificate, idp_oid_key_usage);
    struct idp_bytes bits, none = {NULL, 0};
    if (extension == NULL || !idp_der_only(extension->value, IDP_DER_BIT_STRING, &bits) ||
        bits.size < 2) {
        return none;
    }
    return (struct idp_bytes){bits.data + 1, bits.size - 1}; /* behind how many are not used */
}
