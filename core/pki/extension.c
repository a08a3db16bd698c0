/* SPDX-License-Identifier: Apache-2.0 */
/* extension.c - extensions of certificates, requests and lists (RFC 5280 §4.2). */
#include "core/pki/x509.h"

static const struct {
    const char *name;
    struct idp_bytes oid;
} names[] = {
    {"subjectKeyIdentifier", IDP_LITERAL("\x55\x1d\x0e")},
    {"keyUsage", IDP_LITERAL("\x55\x1d\x0f")},
    {"subjectAltName", IDP_LITERAL("\x55\x1d\x11")},
    {"basicConstraints", IDP_LITERAL("\x55\x1d\x13")},
    {"cRLNumber", IDP_LITERAL("\x55\x1d\x14")},
    {"nameConstraints", IDP_LITERAL("\x55\x1d\x1e")},
    {"cRLDistributionPoints", IDP_LITERAL("\x55\x1d\x1f")},
    {"certificatePolicies", IDP_LITERAL("\x55\x1d\x20")},
    {"authorityKeyIdentifier", IDP_LITERAL("\x55\x1d\x23")},
    {"policyConstraints", IDP_LITERAL("\x55\x1d\x24")},
    {"extendedKeyUsage", IDP_LITERAL("\x55\x1d\x25")},
    {"authorityInfoAccess", IDP_LITERAL("\x2b\x06\x01\x05\x05\x07\x01\x01")},
};

struct idp_bytes idp_extension_name(struct idp_call *call, struct idp_bytes oid)
{
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        if (idp_bytes_equal(names[i].oid, oid)) {
            return idp_bytes_of(names[i].name);
        }
    }
    return idp_der_oid_text(call, oid);
}

static bool is_there(const struct idp_extensions *extensions, struct idp_bytes oid)
{
    for (size_t i = 0; i < extensions->count; i++) {
        if (idp_bytes_equal(extensions->items[i].oid, oid)) {
            return true;
        }
    }
    return false;
}

/* FALSE is the default, which DER does not write; TRUE is all ones. */
static bool critical_take(struct idp_bytes *rest, bool *is_critical)
{
    struct idp_bytes flag;
    *is_critical = idp_der_take(rest, IDP_DER_BOOLEAN, &flag);
    return !*is_critical || (flag.size == 1 && (unsigned char)flag.data[0] == 0xff);
}

const char *idp_extensions_read(struct idp_bytes der, struct idp_extensions *out)
{
    struct idp_bytes list, item;
    out->count = 0;
    if (!idp_der_only(der, IDP_DER_SEQUENCE, &list) || list.size == 0) {
        return "extension";
    }
    while (list.size > 0) {
        struct idp_extension_value value;
        if (!idp_der_take(&list, IDP_DER_SEQUENCE, &item) ||
            !idp_der_take(&item, IDP_DER_OID, &value.oid) ||
            !critical_take(&item, &value.is_critical) ||
            !idp_der_take(&item, IDP_DER_OCTET_STRING, &value.value) || item.size != 0 ||
            out->count == IDP_EXTENSION_COUNT_MAX || is_there(out, value.oid)) {
            return "extension";
        }
        out->items[out->count++] = value;
    }
    return NULL;
}

struct idp_bytes idp_extension_of(struct idp_call *call, struct idp_bytes oid, bool is_critical,
                                  struct idp_bytes contents)
{
    static const struct idp_bytes yes = IDP_LITERAL("\x01\x01\xff");
    struct idp_bytes parts[] = {oid, is_critical ? yes : (struct idp_bytes){"", 0},
                                idp_der_put(call, IDP_DER_OCTET_STRING, contents)};
    return idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts));
}
