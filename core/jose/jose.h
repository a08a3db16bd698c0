/* SPDX-License-Identifier: Apache-2.0 */
/* jose.h - keys, signatures and tokens (RFC 7515, 7517, 7518, 7519, 8037), and the key store.
 * The algorithm is pinned by the key and by the caller's list, never chosen by the token. */
#ifndef IDPLANE_JOSE_H
#define IDPLANE_JOSE_H

#include "core/base/base.h"
#include "core/jose/published.h"

struct idp_algorithm; /* a row of the table in algorithm.c: name, digest, kty, curve, sizes */
struct idp_key;       /* a parsed key: algorithm or kty, kid, use, foreign object */

/* The row of a JWA name ("ES256"), exact case; NULL where it is not supported. */
const struct idp_algorithm *idp_algorithm_find(struct idp_bytes name);

/* True for one whose keys have a public half; algorithm NULL is none. */
bool idp_algorithm_is_public(const struct idp_algorithm *algorithm);

/* ---- keys (jwk.c, pem.c, certificate.c, key_set.c, jwk_write.c, generate.c) ---- */

/* Reads keys from JWK, JWKS or PEM text; unusable ones are left out. count 0: none was usable. */
struct idp_key_set {
    size_t count;
    const struct idp_key **keys;
    bool doubtful; /* OpenSSL refused one, perhaps for want of memory only */
};
struct idp_key_set idp_keys_read(struct idp_call *call, struct idp_bytes text);

/* How many of them verify by one of the algorithms (an array of names). */
size_t idp_keys_count(struct idp_call *call, struct idp_bytes text,
                      const struct idp_json *algorithms);

/* A private key from a JWK; NULL where it is not usable for signing. Cached by content. */
const struct idp_key *idp_key_read_private(struct idp_call *call, const struct idp_json *jwk);

/* A new private JWK for an algorithm ("ES256"); kid data NULL: the RFC 7638 thumbprint. */
struct idp_json *idp_jwk_generate(struct idp_call *call, const struct idp_algorithm *algorithm,
                                  struct idp_bytes kid);

/* The public members of a JWK; NULL where it is no asymmetric key. */
struct idp_json *idp_jwk_public(struct idp_call *call, const struct idp_json *jwk);

/* RFC 7638 SHA-256 thumbprint as base64url; data NULL where jwk is no key. */
struct idp_bytes idp_jwk_thumbprint(struct idp_call *call, const struct idp_json *jwk);

/* ---- public keys that somebody publishes (public_key.c) ---- */

/* One that can verify, and when. */
struct idp_public_key {
    struct idp_json *jwk; /* its public members, and kid, alg, x5t, x5t#S256 where known */
    bool is_certificate;
    int64_t from_us, till_us; /* good from, and before: its certificate's, else all times */
};

/* Of a JWK, perhaps by x5c alone, whose nbf and exp count as well; false: it is none, or not for
 * this, or has private members. */
bool idp_public_key_of_jwk(struct idp_call *call, const struct idp_json *jwk,
                           struct idp_public_key *out) IDP_MUST_CHECK;

/* Of a DER certificate, which names it: kid is x5t, as in the tokens of AD FS. */
bool idp_public_key_of_certificate(struct idp_call *call, struct idp_bytes der,
                                   struct idp_public_key *out) IDP_MUST_CHECK;

/* Of PEM or bare base64: a certificate, or a key alone. NULL and *out, or the code of why not:
 * private, several or key. */
const char *idp_public_key_of_text(struct idp_call *call, struct idp_bytes text,
                                   struct idp_public_key *out);

/* True where signatures of the algorithm are made by keys as this one. */
bool idp_public_key_fits(const struct idp_public_key *key, const struct idp_algorithm *algorithm);

/* The private key that was sealed as a JWK in this context; through a cache. Raises as idp_unseal.
 * (key_store.c) */
const struct idp_key *idp_sealed_key_open(struct idp_call *call, struct idp_bytes sealed,
                                          struct idp_bytes context);

/* The JWK of a private key, PEM or JWK, and the key; raises IDP_INVALID_KEY. (key_import.c) */
const struct idp_json *idp_private_jwk_of(struct idp_call *call, struct idp_bytes text,
                                          const struct idp_key **key);

/* ---- keys and signatures of certificates (spki.c, x509_signature.c) ---- */

/* The key of a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), the whole value. NULL, and *why: `key`
 * where it is malformed or not on its curve, `key_type` or `key_weak`. */
const struct idp_key *idp_spki_read(struct idp_call *call, struct idp_bytes spki, const char **why);

/* The SubjectPublicKeyInfo of a key. */
struct idp_bytes idp_spki_write(struct idp_call *call, const struct idp_key *key);

/* True where two keys of this type can agree on a secret (ECDH), or one can encipher (RSA). */
bool idp_key_agrees(const struct idp_key *key);
bool idp_key_enciphers(const struct idp_key *key);

/* What a key is, for people: {"kty","crv"} or {"kty","bits"}. */
struct idp_json *idp_key_describe(struct idp_call *call, const struct idp_key *key);

/* NULL where the key has signed `input` by the AlgorithmIdentifier; else why not: `algorithm` (not
 * known, or not of such a key), `hash_weak` or `signature`. */
const char *idp_x509_verify(struct idp_call *call, const struct idp_key *key,
                            struct idp_bytes algorithm, struct idp_bytes input,
                            struct idp_bytes signature);

/* The AlgorithmIdentifier that a key signs by here, and a signature. */
struct idp_bytes idp_x509_algorithm(struct idp_call *call, const struct idp_key *key);
struct idp_bytes idp_x509_sign(struct idp_call *call, const struct idp_key *key,
                               struct idp_bytes input);

/* The name of an AlgorithmIdentifier, "ecdsa-with-SHA256"; NULL where it is not known. */
const char *idp_x509_algorithm_name(struct idp_bytes algorithm);

/* ---- tokens (jws*.c, jwt.c) ---- */

/* Compact JWS over payload; alg and kid are taken from the key and put into the header. */
struct idp_bytes idp_jws_sign(struct idp_call *call, const struct idp_key *key,
                              const struct idp_json *header, struct idp_bytes payload);

/* The verdict of jwt_verify (design §3): {"valid":true,"header","claims"} or
 * {"valid":false,"reason"}. Never raises on any token, keys or claims; raises IDP_INVALID_ARGUMENT
 * on a malformed policy. */
struct idp_json *idp_jwt_verify(struct idp_call *call, struct idp_bytes token,
                                struct idp_bytes keys, const struct idp_json *policy);

/* {"header","claims"} of a token that nobody verified; NULL where it is no JWT. */
struct idp_json *idp_jwt_decode(struct idp_call *call, struct idp_bytes token);

/* A token that nobody verified: for who learns from its claims whose keys to ask. */
struct idp_unverified {
    const struct idp_json *claims; /* an object */
    const struct idp_jws *jws;
};
bool idp_unverified_read(struct idp_call *call, struct idp_bytes token,
                         struct idp_unverified *out) IDP_MUST_CHECK;

/* NULL where a key of the text verifies it with one of the algorithms (an array of names); else why
 * not, in the words of jwt_verify: malformed, critical, algorithm, key or signature. */
const char *idp_unverified_check(struct idp_call *call, const struct idp_unverified *token,
                                 struct idp_bytes keys, const struct idp_json *algorithms);

/* True where its header names a key of the text that its signature may be of: whether it is, nobody
 * has looked. */
bool idp_unverified_is_of(struct idp_call *call, const struct idp_unverified *token,
                          struct idp_bytes keys) IDP_MUST_CHECK;

/* The left half of a token's hash by which an ID token of this algorithm names it, base64url
 * (OpenID Connect Core 1.0 §3.1.3.6); data NULL: the algorithm is not known (token_hash.c). */
struct idp_bytes idp_token_hash(struct idp_call *call, struct idp_bytes algorithm,
                                struct idp_bytes token);

/* True where the token is a JWS (RFC 7515) of a key of the text over exactly this payload. */
bool idp_jws_signs(struct idp_call *call, struct idp_bytes token, struct idp_bytes keys,
                   struct idp_bytes payload) IDP_MUST_CHECK;

/* RFC 7519 NumericDate; false for anything but a number within the years that int64 can count. */
bool idp_numeric_date(const struct idp_json *json, int64_t *out_us) IDP_MUST_CHECK;

/* True for an array of strings (claims.c). */
bool idp_is_string_list(const struct idp_json *json);

/* True once for each jti of an issuer, until the time (used_token.c); false also for one that is
 * empty, or longer than IDP_TOKEN_ID_SIZE_MAX. Writes one row. */
bool idp_token_use(struct idp_call *call, struct idp_bytes issuer, struct idp_bytes jti,
                   int64_t expires_us) IDP_MUST_CHECK;

/* ---- key store of the tenant (key_store.c, key_rotation.c, key_import.c, key_list.c) ---- */

/* When keys change: each signs for lifetime_s (0: until somebody rotates), and its successor is
 * published publication_s before it signs. And which one signs: that with this kid while it can,
 * for as long as it is asked for; else one that can sign by the algorithm. */
struct idp_key_schedule {
    int64_t lifetime_s, publication_s;
    const struct idp_algorithm *algorithm; /* NULL: any */
    struct idp_bytes kid;                  /* data NULL: any */
};

/* Reads it from the settings of the tenant, which come with the rows of the keys. */
struct idp_scheduler {
    struct idp_key_schedule (*read)(struct idp_call *call, struct idp_value settings);
};

/* Signs claims with the active key (kid data NULL; one is made where there is none) or the named
 * one; raises IDP_NO_SUCH_KEY. header may be NULL. May write. */
struct idp_bytes idp_key_store_sign(struct idp_call *call, const struct idp_scheduler *scheduler,
                                    const struct idp_json *claims, struct idp_bytes kid,
                                    const struct idp_json *header);

/* The same with a key that signs by this algorithm, which is made where there is none. */
struct idp_bytes idp_key_store_sign_as(struct idp_call *call, const struct idp_scheduler *scheduler,
                                       const struct idp_json *claims,
                                       const struct idp_algorithm *algorithm,
                                       const struct idp_json *header);

/* True where a key of this kid can sign. */
bool idp_key_store_can_sign(struct idp_call *call, struct idp_bytes kid);

/* Takes over a private key, PEM or JWK: import_signing_key() in docs/functions.md. algorithm NULL:
 * the schedule's where it fits; certificate data NULL: none. Raises IDP_INVALID_KEY,
 * IDP_UNSUPPORTED_ALGORITHM, IDP_ALREADY_EXISTS. (key_import.c) */
struct idp_key_import {
    struct idp_bytes kid, key, certificate;
    const struct idp_algorithm *algorithm;
};
struct idp_json *idp_key_store_import(struct idp_call *call, const struct idp_scheduler *scheduler,
                                      const struct idp_key_import *import);
/* The algorithm of the key that signs now; may write as idp_key_store_sign. */
struct idp_bytes idp_key_store_algorithm(struct idp_call *call,
                                         const struct idp_scheduler *scheduler);

/* Makes a key of this algorithm and activates it; the one active before retires. Returns its kid.
 */
struct idp_bytes idp_key_store_create(struct idp_call *call, const struct idp_scheduler *scheduler,
                                      const struct idp_algorithm *algorithm);

/* Sees that there is a published successor and returns its kid; a tenant without a key gets an
 * active one. algorithm NULL: that of the active key. */
struct idp_bytes idp_key_store_rotate(struct idp_call *call, const struct idp_scheduler *scheduler,
                                      const struct idp_algorithm *algorithm);

/* Ends a key: its tokens go on to be good, or do not. The kid that signs from now on; raises
 * IDP_NO_SUCH_KEY. */
struct idp_bytes idp_key_store_retire(struct idp_call *call, const struct idp_scheduler *scheduler,
                                      struct idp_bytes kid);
struct idp_bytes idp_key_store_compromise(struct idp_call *call,
                                          const struct idp_scheduler *scheduler,
                                          struct idp_bytes kid);

/* Marks as removed the retired keys whose tokens have all expired, and forgets those expiries: at
 * most rows_max of each. */
struct idp_key_purge {
    int64_t key_count, expiry_count;
};
struct idp_key_purge idp_key_store_purge(struct idp_call *call, int64_t rows_max);

/* {"keys":[…]}: public keys a verifier may meet, active first. */
struct idp_json *idp_key_store_jwks(struct idp_call *call);

/* The JWK of one of them; data NULL where it is not published. */
struct idp_bytes idp_key_store_public(struct idp_call *call, struct idp_bytes kid);

/* ---- rows of the function table ---- */
/* The argument kid, checked; data NULL where it is absent. */
struct idp_bytes idp_kid_argument(struct idp_call *call, struct idp_value value);
struct idp_value idp_sql_jwt_verify(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_jwt_valid(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_jws_verify(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_jws_verify_detached(struct idp_call *call,
                                             const struct idp_value *arguments);
struct idp_value idp_sql_jws_sign(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_signature_valid(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_jwt_decode(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_jwt_sign_with(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_jwk_generate(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_jwk_public(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_jwk_from_pem(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_jwk_to_pem(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_jwk_thumbprint(struct idp_call *call, const struct idp_value *arguments);

struct idp_value idp_sql_signing_keys(struct idp_call *call, const struct idp_value *arguments);
extern const struct idp_sealed_column idp_signing_key_sealed;

extern const struct idp_statement idp_key_store_statements[], idp_key_rotation_statements[],
    idp_key_import_statements[], idp_key_list_statements[], idp_used_token_statements[];
extern const size_t idp_key_store_statement_count, idp_key_rotation_statement_count,
    idp_key_import_statement_count, idp_key_list_statement_count, idp_used_token_statement_count;

#endif
