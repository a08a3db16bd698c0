/* SPDX-License-Identifier: Apache-2.0 */
/* pkcs7.c - certificates as PKCS #7 without a message and without a signature, "certs-only" (RFC
 * 5272 §4.1): what EST gives. Nothing here reads any. */
#include "core/pki/pki.h"

struct idp_bytes idp_pkcs7_of(struct idp_call *call, const struct idp_bytes *certificates,
                              size_t count)
{
    static const struct idp_bytes data =
        IDP_LITERAL("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01");
    static const struct idp_bytes signed_data =
        IDP_LITERAL("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02");
    struct idp_bytes none = idp_der_put(call, IDP_DER_SET, (struct idp_bytes){"", 0});
    struct idp_bytes parts[] = {idp_der_integer(call, 1), none, /* digests */
                                idp_der_put(call, IDP_DER_SEQUENCE, data),
                                idp_der_wrap(call, IDP_DER_EXPLICIT, certificates, count),
                                none}; /* signers */
    struct idp_bytes content = idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts));
    struct idp_bytes whole[] = {signed_data, idp_der_put(call, IDP_DER_EXPLICIT, content)};
    return idp_der_wrap(call, IDP_DER_SEQUENCE, whole, IDP_COUNT(whole));
}
