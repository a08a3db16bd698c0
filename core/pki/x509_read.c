/* SPDX-License-Identifier: Apache-2.0 */
/* x509_read.c - takes a certificate apart (RFC 5280 §4.1), and looks no further than what an
 * authority is asked about itself. Whether it is to be trusted is for others to judge. */
#include "core/pki/x509.h"

static const struct idp_bytes basic_constraints = IDP_LITERAL("\x55\x1d\x13");
static const struct idp_bytes key_usage = IDP_LITERAL("\x55\x1d\x0f");
static const struct idp_bytes key_identifier = IDP_LITERAL("\x55\x1d\x0e");

static const char *constraints_read(struct idp_bytes value, struct idp_x509 *out)
{
    struct idp_bytes contents, flag, length = {"", 0};
    if (!idp_der_only(value, IDP_DER_SEQUENCE, &contents)) {
        return "extension";
    }
    out->is_ca = idp_der_take(&contents, IDP_DER_BOOLEAN, &flag);
    if (out->is_ca && contents.size > 0) {
        if (!idp_der_take_number(&contents, &length) || length.size > 1) {
            return "extension";
        }
        out->path_length = length.size == 0 ? 0 : (unsigned char)length.data[0];
    }
    return contents.size == 0 ? NULL : "extension";
}

/* The first byte of the bits, behind how many of the last one are not used. */
static const char *usage_read(struct idp_bytes value, struct idp_x509 *out)
{
    struct idp_bytes bits;
    if (!idp_der_only(value, IDP_DER_BIT_STRING, &bits) || bits.size < 2) {
        return "extension";
    }
    out->has_key_usage = true;
    out->key_usage = (unsigned char)bits.data[1];
    return NULL;
}

static const char *extensions_read(struct idp_bytes der, struct idp_x509 *out)
{
    const char *why = idp_extensions_read(der, &out->extensions);
    for (size_t i = 0; why == NULL && i < out->extensions.count; i++) {
        const struct idp_extension_value *item = &out->extensions.items[i];
        if (idp_bytes_equal(item->oid, basic_constraints)) {
            why = constraints_read(item->value, out);
        } else if (idp_bytes_equal(item->oid, key_usage)) {
            why = usage_read(item->value, out);
        } else if (idp_bytes_equal(item->oid, key_identifier) &&
                   !idp_der_only(item->value, IDP_DER_OCTET_STRING, &out->key_identifier)) {
            why = "extension";
        }
    }
    return why;
}

static bool whole_take(struct idp_bytes *rest, struct idp_bytes *whole)
{
    struct idp_der value;
    bool is_there = idp_der_next(rest, &value) && value.tag == IDP_DER_SEQUENCE;
    *whole = is_there ? value.whole : (struct idp_bytes){"", 0};
    return is_there;
}

/* Of version 3, as all that have extensions. */
static const char *info_read(struct idp_bytes info, struct idp_x509 *out)
{
    static const struct idp_bytes version_3 = IDP_LITERAL("\x02\x01\x02");
    struct idp_bytes version, algorithm, validity, extensions;
    if (!idp_der_take(&info, IDP_DER_EXPLICIT, &version) || !idp_bytes_equal(version, version_3) ||
        !idp_der_take_number(&info, &out->serial) || !whole_take(&info, &algorithm) ||
        !whole_take(&info, &out->issuer) || !idp_der_take(&info, IDP_DER_SEQUENCE, &validity) ||
        !whole_take(&info, &out->subject) || !whole_take(&info, &out->spki)) {
        return "format";
    }
    idp_der_skip(&info, IDP_DER_CONTEXT + 1); /* unique identifiers, of another time */
    idp_der_skip(&info, IDP_DER_CONTEXT + 2);
    if (!idp_bytes_equal(algorithm, out->algorithm) ||
        !idp_der_take_time(&validity, &out->not_before_us) ||
        !idp_der_take_time(&validity, &out->not_after_us) || validity.size != 0 ||
        !idp_der_take(&info, IDP_DER_EXPLICIT + 3, &extensions) || info.size != 0) {
        return "format";
    }
    return extensions_read(extensions, out);
}

const char *idp_x509_read(struct idp_bytes der, struct idp_x509 *out)
{
    struct idp_bytes certificate;
    struct idp_der info;
    *out = (struct idp_x509){.der = der, .path_length = -1};
    if (!idp_der_only(der, IDP_DER_SEQUENCE, &certificate) || !idp_der_next(&certificate, &info) ||
        info.tag != IDP_DER_SEQUENCE || !whole_take(&certificate, &out->algorithm) ||
        !idp_der_take_bits(&certificate, &out->signature) || certificate.size != 0) {
        return "format";
    }
    out->info = info.whole;
    return info_read(info.contents, out);
}
