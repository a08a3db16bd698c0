/* SPDX-License-Identifier: Apache-2.0 */
/* token_hash.c - the hash by which an ID token names the token that came with it: at_hash and the
 * like (OpenID Connect Core 1.0 §3.1.3.6). */
#include "core/jose/key.h"

/* EdDSA has no hash of its own to name; what its users agreed on is that of Ed25519. */
struct idp_bytes idp_token_hash(struct idp_call *call, struct idp_bytes algorithm,
                                struct idp_bytes token)
{
    const struct idp_algorithm *row = idp_algorithm_find(algorithm);
    if (row == NULL) {
        return (struct idp_bytes){0};
    }
    enum idp_hash hash = row->type == IDP_KEY_OKP ? IDP_SHA512 : row->hash;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size;
    if (EVP_Digest(token.data, token.size, digest, &size, idp_hash_method(call, hash), NULL) != 1) {
        idp_fail(call, IDP_CRYPTO);
    }
    return idp_base64url_encode(call, (struct idp_bytes){(const char *)digest, size / 2});
}
