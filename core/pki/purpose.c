/* SPDX-License-Identifier: Apache-2.0 */
/* purpose.c - what extendedKeyUsage lets a certificate do, by name (RFC 5280 §4.2.1.12). */
#include "core/pki/x509.h"

static const struct idp_bytes prefix = IDP_LITERAL("\x2b\x06\x01\x05\x05\x07\x03");

static const char *const names[] = {
    [1] = "serverAuth",      [2] = "clientAuth",   [3] = "codeSigning",
    [4] = "emailProtection", [8] = "timeStamping", [9] = "OCSPSigning"};

struct idp_bytes idp_purpose_name(struct idp_call *call, struct idp_bytes oid)
{
    size_t last = oid.size == prefix.size + 1 ? (unsigned char)oid.data[prefix.size] : 0;
    if (idp_bytes_start(oid, prefix) && last < IDP_COUNT(names) && names[last] != NULL) {
        return idp_bytes_of(names[last]);
    }
    return idp_der_oid_text(call, oid);
}

struct idp_bytes idp_purpose_oid(struct idp_call *call, struct idp_bytes name)
{
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        if (names[i] != NULL && idp_bytes_is(name, names[i])) {
            struct idp_text oid = {.call = call};
            idp_text_add(&oid, prefix);
            idp_text_add_char(&oid, (char)i);
            return idp_text_bytes(&oid);
        }
    }
    return idp_der_oid_contents(call, name);
}
