/* SPDX-License-Identifier: Apache-2.0 */
/* possession.c - who shows a certificate proves to have its key: by a signature over a text that is
 * good once. As certificates are signed, for any tool, or as a JWS, for who has JOSE at hand. */
#include "core/pki/x509.h"

static bool is_jws(struct idp_bytes proof)
{
    return proof.size > 0 && memchr(proof.data, '.', proof.size) != NULL;
}

static struct idp_bytes decoded(struct idp_call *call, struct idp_bytes proof)
{
    struct idp_bytes bytes = idp_base64_decode(call, proof);
    return bytes.data == NULL ? idp_base64url_decode(call, proof) : bytes;
}

bool idp_possession_holds(struct idp_call *call, struct idp_bytes spki, struct idp_bytes message,
                          struct idp_bytes proof)
{
    const char *why = NULL;
    proof = idp_bytes_trim(proof);
    if (is_jws(proof)) {
        return idp_jws_signs(call, proof, idp_pem_of(call, spki, "PUBLIC KEY"), message);
    }
    const struct idp_key *key = idp_spki_read(call, spki, &why);
    struct idp_bytes signature = decoded(call, proof);
    return key != NULL && signature.data != NULL &&
           idp_x509_verify(call, key, idp_x509_algorithm(call, key), message, signature) == NULL;
}
