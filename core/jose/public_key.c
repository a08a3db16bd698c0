/* SPDX-License-Identifier: Apache-2.0 */
/* public_key.c - public keys that somebody publishes, each written anew: what goes out was read,
 * and nothing else of the document does. Whoever publishes a private key has lost it; it is left
 * out, since anyone may sign with it. */
#include "core/jose/key.h"

#include <string.h>

static const int64_t us_of_s = 1000000;

static void write_key(struct idp_call *call, const struct idp_key *key, struct idp_public_key *out)
{
    *out = (struct idp_public_key){
        .jwk = idp_jwk_of_key(call, key), .from_us = INT64_MIN, .till_us = INT64_MAX};
    if (key->has_period) {
        out->from_us = key->from_s * us_of_s;
        out->till_us = key->till_s * us_of_s;
    }
}

/* ---- JWK ---- */

/* RFC 7518 §6: members that only who signs may know. */
static bool has_private_member(const struct idp_json *jwk)
{
    static const char *const members[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    for (size_t i = 0; i < IDP_COUNT(members); i++) {
        if (idp_json_member(jwk, members[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* OpenID Federation 1.0 §8.7.2 has them in a JWK; what is no NumericDate limits nothing. */
static void limit_as_stated(const struct idp_json *jwk, struct idp_public_key *key)
{
    int64_t time_us;
    if (idp_numeric_date(idp_json_member(jwk, "nbf"), &time_us) && time_us > key->from_us) {
        key->from_us = time_us;
    }
    if (idp_numeric_date(idp_json_member(jwk, "exp"), &time_us) && time_us < key->till_us) {
        key->till_us = time_us;
    }
}

bool idp_public_key_of_jwk(struct idp_call *call, const struct idp_json *jwk,
                           struct idp_public_key *out)
{
    bool doubtful = false;
    const struct idp_key *key =
        has_private_member(jwk) ? NULL : idp_jwk_read(call, jwk, false, &doubtful);
    if (key == NULL || (idp_json_member(jwk, "x5c") != NULL && !key->has_period)) {
        return false;
    }
    write_key(call, key, out);
    out->is_certificate = key->has_period;
    idp_json_add_string(call, out->jwk, "kid", key->kid);
    idp_json_add_string(call, out->jwk, "alg", idp_json_string(jwk, "alg"));
    limit_as_stated(jwk, out);
    return true;
}

/* ---- certificates and PEM ---- */

bool idp_public_key_of_certificate(struct idp_call *call, struct idp_bytes der,
                                   struct idp_public_key *out)
{
    struct idp_key *key = idp_allocate(call, sizeof *key);
    EVP_PKEY *pkey = idp_certificate_read(call, der, key);
    if (pkey == NULL || !key->has_period || !idp_pkey_admit(key, pkey, false)) {
        return false;
    }
    write_key(call, key, out);
    out->is_certificate = true;
    idp_json_add_string(call, out->jwk, "kid", key->x5t);
    return true;
}

/* The text from the first place of `part` on; data NULL: there is none. */
static struct idp_bytes from_part(struct idp_bytes text, const char *part)
{
    const char *found = text.size == 0 ? NULL : memmem(text.data, text.size, part, strlen(part));
    size_t size = found == NULL ? 0 : text.size - (size_t)(found - text.data);
    return (struct idp_bytes){found, size};
}

static const struct idp_key *pem_key(struct idp_call *call, struct idp_bytes pem)
{
    const struct idp_key *key = NULL;
    bool doubtful = false;
    idp_pem_read(call, pem, false, &key, 1, &doubtful);
    return key;
}

const char *idp_public_key_of_text(struct idp_call *call, struct idp_bytes text,
                                   struct idp_public_key *out)
{
    static const char start[] = "-----BEGIN ";
    struct idp_bytes pem = from_part(text, start);
    bool is_pem = pem.data != NULL;
    if (from_part(text, "PRIVATE KEY-----").data != NULL) {
        return "private";
    }
    if (is_pem && from_part((struct idp_bytes){pem.data + 1, pem.size - 1}, start).data != NULL) {
        return "several";
    }
    const struct idp_key *key = text.size > IDP_KEY_TEXT_SIZE_MAX ? NULL
                                : is_pem                          ? pem_key(call, pem)
                                                                  : idp_base64_key_read(call, text);
    if (key == NULL || (key->x5t.data != NULL && !key->has_period)) {
        return "key";
    }
    write_key(call, key, out);
    out->is_certificate = key->has_period;
    return NULL;
}

/* ---- algorithms ---- */

bool idp_public_key_fits(const struct idp_public_key *key, const struct idp_algorithm *algorithm)
{
    return idp_bytes_is(idp_json_string(key->jwk, "kty"), idp_key_type_name(algorithm->type)) &&
           (algorithm->curve == NULL ||
            idp_bytes_is(idp_json_string(key->jwk, "crv"), algorithm->curve));
}
