/* SPDX-License-Identifier: Apache-2.0 */
/* certificate.c - X.509 certificates as a form that a public key comes in (RFC 7517 §4.7-4.9).
 *
 * Only the key, the thumbprints and the period are taken. Who issued it is for those who trust
 * issuers: here the caller trusts the text. Whether the period counts is for the caller, too. */
#include "core/jose/key.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <string.h>
#include <time.h>

static void certificate_release(void *certificate)
{
    X509_free(certificate);
}

static struct idp_bytes thumbprint(struct idp_call *call, X509 *certificate, const char *hash,
                                   size_t size)
{
    unsigned char *digest = idp_allocate(call, size);
    EVP_MD *method = EVP_MD_fetch(NULL, hash, NULL);
    bool done = method != NULL && X509_digest(certificate, method, digest, NULL) == 1;
    EVP_MD_free(method);
    if (!done) {
        idp_fail(call, IDP_CRYPTO);
    }
    return idp_base64url_encode(call, (struct idp_bytes){(const char *)digest, size});
}

static X509 *der_read(struct idp_bytes der)
{
    const unsigned char *at = (const unsigned char *)der.data, *end = at + der.size;
    X509 *certificate = d2i_X509(NULL, &at, (long)der.size);
    if (certificate != NULL && at != end) {
        X509_free(certificate);
        return NULL;
    }
    return certificate;
}

static bool seconds_of(const ASN1_TIME *time, int64_t *out)
{
    struct tm calendar;
    if (ASN1_TIME_to_tm(time, &calendar) != 1) {
        return false;
    }
    *out = timegm(&calendar);
    return true;
}

/* As OpenSSL judges it: notAfter is over when it comes. */
static bool has_period(X509 *certificate, struct idp_key *key)
{
    ERR_set_mark();
    bool known = seconds_of(X509_get0_notBefore(certificate), &key->from_s) &&
                 seconds_of(X509_get0_notAfter(certificate), &key->till_s);
    ERR_pop_to_mark();
    return known;
}

EVP_PKEY *idp_certificate_read(struct idp_call *call, struct idp_bytes der, struct idp_key *key)
{
    ERR_set_mark();
    X509 *certificate = der_read(der);
    EVP_PKEY *pkey = certificate == NULL ? NULL : X509_get0_pubkey(certificate); /* its own */
    ERR_pop_to_mark();
    key->doubtful = pkey == NULL;
    if (certificate == NULL) {
        return NULL;
    }
    idp_own(call, certificate, certificate_release);
    if (pkey == NULL) {
        return NULL;
    }
    key->x5t = thumbprint(call, certificate, "SHA1", IDP_X5T_SIZE);
    key->x5t_s256 = thumbprint(call, certificate, "SHA2-256", IDP_DIGEST_SIZE);
    key->has_period = has_period(certificate, key);
    return pkey;
}

/* ---- members of a JWK ---- */

/* A thumbprint that a JWK states: of the right size, and the certificate's where there is one. */
static bool stated_thumbprint(struct idp_call *call, const struct idp_json *jwk, const char *name,
                              size_t size, struct idp_bytes *out)
{
    const struct idp_json *member = idp_json_member(jwk, name);
    if (member == NULL) {
        return true;
    }
    struct idp_bytes stated = idp_json_string(jwk, name);
    struct idp_bytes digest = idp_base64url_decode(call, stated);
    if (digest.data == NULL || digest.size != size) {
        return false;
    }
    bool agrees = out->data == NULL || idp_bytes_equal(*out, stated);
    *out = stated;
    return agrees;
}

static EVP_PKEY *chain_leaf(struct idp_call *call, const struct idp_json *chain,
                            struct idp_key *key)
{
    const struct idp_json *leaf = idp_json_is(chain, IDP_JSON_ARRAY) ? chain->child : NULL;
    if (!idp_json_is(leaf, IDP_JSON_STRING)) {
        return NULL;
    }
    struct idp_bytes der = idp_base64_decode(call, leaf->text);
    return der.data == NULL ? NULL : idp_certificate_read(call, der, key);
}

bool idp_certificate_members_read(struct idp_call *call, const struct idp_json *jwk,
                                  struct idp_key *key, EVP_PKEY **leaf)
{
    const struct idp_json *chain = idp_json_member(jwk, "x5c");
    *leaf = chain == NULL ? NULL : chain_leaf(call, chain, key);
    return (chain == NULL || *leaf != NULL) &&
           stated_thumbprint(call, jwk, "x5t", IDP_X5T_SIZE, &key->x5t) &&
           stated_thumbprint(call, jwk, "x5t#S256", IDP_DIGEST_SIZE, &key->x5t_s256);
}
