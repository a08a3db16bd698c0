/* SPDX-License-Identifier: Apache-2.0 */
/* key.h - the inside of keys and algorithms; only core/jose includes it. */
#ifndef IDPLANE_KEY_H
#define IDPLANE_KEY_H

#include "core/jose/jose.h"

#include <openssl/evp.h>

enum {
    IDP_ALGORITHM_COUNT = 13,
    IDP_RSA_BITS_MIN = 2048,
    IDP_RSA_BITS_MAX = 8192,
    IDP_RSA_EXPONENT_SIZE_MAX = 8,
    IDP_SIGNATURE_SIZE_MAX = IDP_RSA_BITS_MAX / 8,
    IDP_KEY_TRY_COUNT_MAX = 4, /* keys of one name that a verifier tries */
    IDP_X5T_SIZE = 20          /* SHA-1: a name of a certificate here, never a proof */
};

enum idp_key_type { IDP_KEY_RSA, IDP_KEY_EC, IDP_KEY_OKP, IDP_KEY_OCT, IDP_KEY_TYPE_COUNT };

/* A curve of RFC 7518 §6.2.1.1 or RFC 8037. Sizes are bytes. */
struct idp_curve {
    const char *name;
    enum idp_key_type type;
    const char *openssl_name; /* of the group (EC) or of the key type (OKP) */
    size_t coordinate_size;   /* x, y, d */
    size_t signature_size;
};

struct idp_algorithm {
    const char *name;
    enum idp_key_type type;
    const char *curve;  /* EC only: the one curve */
    enum idp_hash hash; /* not of EdDSA */
    const char *hash_name;
    size_t hash_size;
    bool pss;
};

/* The states of an HMAC behind its pads. */
struct idp_hmac {
    _Alignas(max_align_t) unsigned char opaque[512];
};

/* A key that passed every check. Immutable; `pkey` and the contexts are shared by threads, but of
 * one that is lent, which is the call's alone: no reference to them may stay when that ends. */
struct idp_key {
    enum idp_key_type type;
    const struct idp_curve *curve;         /* EC and OKP */
    const struct idp_algorithm *algorithm; /* the one it is for; NULL: any that fits its type */
    struct idp_bytes kid;                  /* data NULL: none */
    struct idp_bytes x5t, x5t_s256;        /* of its certificate, base64url; data NULL: none */
    bool has_period;                       /* of its certificate, in which alone it is good */
    int64_t from_s, till_s;                /* first second, and the one behind the last */
    bool verifies, signs;                  /* as use, key_ops and private members say */
    bool doubtful;           /* left out since OpenSSL said no, perhaps for want of memory only */
    EVP_PKEY *pkey;          /* not of oct */
    struct idp_bytes secret; /* of oct */
    const struct idp_algorithm *usual; /* in the cache: what idp_algorithm_usual() says */
    struct idp_key_contexts *contexts; /* in the cache, or lent: ready for use */
    bool is_lent;                      /* by point.c; the contexts may know the key before it */
};

/* algorithm.c */
bool idp_key_type_find(struct idp_bytes kty, enum idp_key_type *out) IDP_MUST_CHECK;
const char *idp_key_type_name(enum idp_key_type type);
const struct idp_curve *idp_curve_find(enum idp_key_type type, struct idp_bytes name);
const struct idp_curve *idp_curve_of_openssl(enum idp_key_type type, const char *name);
bool idp_algorithm_fits(const struct idp_algorithm *algorithm, const struct idp_key *key);
/* Its place in the table, below IDP_ALGORITHM_COUNT. */
size_t idp_algorithm_index(const struct idp_algorithm *algorithm);
/* The first that fits: what a key without `alg` signs with. NULL: none does. */
const struct idp_algorithm *idp_algorithm_usual(const struct idp_key *key);

/* pkey.c: checks that hold whatever text a key came from */
/* Fills type and curve from the foreign key; false where it is too weak, malformed or of a kind
 * that no algorithm takes. */
bool idp_pkey_admit(struct idp_key *key, EVP_PKEY *pkey, bool private) IDP_MUST_CHECK;
/* True for the encoding of a point that any signature would fit, and for non-canonical ones. */
bool idp_point_is_weak(const struct idp_curve *curve, const unsigned char *point);

/* True but for an RSA key without its primes, which no PEM can hold. */
bool idp_pkey_is_whole(const EVP_PKEY *pkey);

/* point.c */
/* Lends the call the public key of an uncompressed point on key->curve, of the type EC, admitted.
 * False where it is none: RFC 5480 §2.2 lets the other form be refused. */
bool idp_point_read(struct idp_call *call, struct idp_bytes point,
                    struct idp_key *key) IDP_MUST_CHECK;

/* EVP_PKEY_free for idp_own(). */
void idp_pkey_release(void *pkey);

/* jwk.c */
/* The key of a JWK, for signing (private) or verifying; NULL where it is not usable for that, and
 * *doubtful turns true where it may be another time. */
const struct idp_key *idp_jwk_read(struct idp_call *call, const struct idp_json *jwk, bool private,
                                   bool *doubtful);

/* certificate.c */
/* The key in a DER certificate, whose thumbprints and period go to `key`; NULL: none. Lives with
 * the call. */
EVP_PKEY *idp_certificate_read(struct idp_call *call, struct idp_bytes der, struct idp_key *key);
/* x5c, x5t and x5t#S256 of a JWK (RFC 7517 §4.7-4.9). False where they are malformed or disagree;
 * *leaf: the key of the first certificate, NULL where there is no x5c. */
bool idp_certificate_members_read(struct idp_call *call, const struct idp_json *jwk,
                                  struct idp_key *key, EVP_PKEY **leaf) IDP_MUST_CHECK;

/* jwk_write.c */
/* Adds the members of an asymmetric key; curve NULL for RSA. */
void idp_jwk_members_add(struct idp_call *call, struct idp_json *jwk, enum idp_key_type type,
                         const struct idp_curve *curve, EVP_PKEY *pkey, bool private);
/* The JWK of an asymmetric key, private where it signs; with the names of its certificate. */
struct idp_json *idp_jwk_of_key(struct idp_call *call, const struct idp_key *key);

/* pem.c */
/* Puts the usable keys of PEM text into the array; how many there are. doubtful: as above. */
size_t idp_pem_read(struct idp_call *call, struct idp_bytes text, bool private,
                    const struct idp_key **keys, size_t key_count_max, bool *doubtful);
/* The public key of base64 DER without armour, a certificate's or SPKI; NULL: it is neither. */
const struct idp_key *idp_base64_key_read(struct idp_call *call, struct idp_bytes text);
/* True for 32 bytes or more that are no public key in any spelling (secret.c). */
bool idp_secret_is_sound(struct idp_call *call, struct idp_bytes bytes);
/* The certificates of PEM text as x5c has them (RFC 7517 §4.7); NULL: there is none, or something
 * else. */
struct idp_json *idp_pem_chain(struct idp_call *call, struct idp_bytes text);
/* SPKI, or PKCS#8 where it is private. */
struct idp_bytes idp_pem_write(struct idp_call *call, const struct idp_key *key, bool private);

/* key_set.c */
/* As idp_keys_read, for signing. */
struct idp_key_set idp_keys_read_private(struct idp_call *call, struct idp_bytes text);

/* key_cache.c */
/* Stored keys are found by a digest that only who has the master key can make. */
enum idp_key_cache { IDP_KEYS_VERIFYING, IDP_KEYS_SIGNING, IDP_KEYS_STORED };
/* The keys that were put under this text; held until the call ends. count 0: none. */
struct idp_key_set idp_key_cache_get(struct idp_call *call, enum idp_key_cache cache,
                                     struct idp_bytes text);
/* Keeps the keys and returns them ready for use; the given set where they cannot be kept. */
struct idp_key_set idp_key_cache_put(struct idp_call *call, enum idp_key_cache cache,
                                     struct idp_bytes text, struct idp_key_set set);

/* hmac.c */
void idp_hmac_prepare(struct idp_hmac *hmac, enum idp_hash hash, struct idp_bytes secret);
/* Writes hash_size bytes of the algorithm that the states were made for. */
void idp_hmac_run(const struct idp_hmac *hmac, const struct idp_algorithm *algorithm,
                  struct idp_bytes input, unsigned char *out);

/* key_context.c */
/* NULL: no memory, and the key goes without. */
struct idp_key_contexts *idp_key_contexts_new(void);
void idp_key_contexts_free(struct idp_key_contexts *contexts);
/* A context of RSA or EC to sign or verify a digest with, to be given back after a success and
 * freed after a failure; NULL where it can't be made. */
EVP_PKEY_CTX *idp_key_context_take(const struct idp_key *key, const struct idp_algorithm *algorithm,
                                   const EVP_MD *hash, bool sign);
void idp_key_context_give(const struct idp_key *key, const struct idp_algorithm *algorithm,
                          bool sign, EVP_PKEY_CTX *context);
/* A context of EdDSA of the caller's own, which frees it; NULL where it can't be made. */
EVP_MD_CTX *idp_key_whole_context(const struct idp_key *key, bool sign);
/* The states that the key keeps, or `own`, filled: the caller wipes it. */
const struct idp_hmac *idp_key_hmac(const struct idp_key *key,
                                    const struct idp_algorithm *algorithm, struct idp_hmac *own);

/* signature.c */
bool idp_key_verify(struct idp_call *call, const struct idp_key *key,
                    const struct idp_algorithm *algorithm, struct idp_bytes input,
                    struct idp_bytes signature);
struct idp_bytes idp_key_sign(struct idp_call *call, const struct idp_key *key,
                              const struct idp_algorithm *algorithm, struct idp_bytes input);

/* The same in the encoding of certificates, where ECDSA is DER and any hash fits a curve. */
bool idp_key_verify_encoded(struct idp_call *call, const struct idp_key *key,
                            const struct idp_algorithm *algorithm, struct idp_bytes input,
                            struct idp_bytes signature);
struct idp_bytes idp_key_sign_encoded(struct idp_call *call, const struct idp_key *key,
                                      const struct idp_algorithm *algorithm,
                                      struct idp_bytes input);

/* jws.c */
enum idp_reason {
    IDP_REASON_VALID,
    IDP_REASON_MALFORMED,
    IDP_REASON_ALGORITHM,
    IDP_REASON_KEY,
    IDP_REASON_SIGNATURE,
    IDP_REASON_EXPIRED,
    IDP_REASON_NOT_YET_VALID,
    IDP_REASON_ISSUED_IN_FUTURE,
    IDP_REASON_ISSUER,
    IDP_REASON_AUDIENCE,
    IDP_REASON_TYPE,
    IDP_REASON_MISSING_CLAIM,
    IDP_REASON_CRITICAL,
    IDP_REASON_COUNT
};

/* policy.c */
enum idp_policy_kind { IDP_POLICY_JWS, IDP_POLICY_JWT };
struct idp_policy {
    const struct idp_json *algs, *require;
    struct idp_bytes iss, typ;     /* data NULL: not checked */
    const struct idp_json *aud;    /* string or array; NULL: not checked */
    int64_t leeway_us, max_age_us; /* max_age_us -1: not checked */
    bool has_now;
    int64_t now_us; /* the clock's, where the policy has none */
};

/* Raises IDP_INVALID_ARGUMENT naming the member that is malformed, or for one that is unknown. */
struct idp_policy idp_policy_read(struct idp_call *call, const struct idp_json *policy,
                                  enum idp_policy_kind kind);
/* The same from an argument, through a cache; absent: an empty policy. */
struct idp_policy idp_policy_argument(struct idp_call *call, struct idp_value value,
                                      enum idp_policy_kind kind);

/* jws_header.c */
enum idp_extension {
    IDP_EXTENSION_NONE,
    IDP_EXTENSION_ENCODED,   /* b64 true: as none, for a detached payload */
    IDP_EXTENSION_UNENCODED, /* b64 false */
    IDP_EXTENSION_UNKNOWN    /* or malformed */
};

/* What a protected header claims. data NULL: the member is absent. */
struct idp_jws_header {
    const struct idp_json *document;
    bool well_formed; /* alg is there, and every member below has the right type */
    struct idp_bytes alg, typ, kid, x5t, x5t_s256;
    const struct idp_algorithm *algorithm; /* NULL: alg is none that we know */
    enum idp_extension extension;
};
/* Of a JSON object. */
struct idp_jws_header idp_jws_header_of(const struct idp_json *object);
/* Of the first segment of a token; false where it is no canonical base64url of a strict JSON
 * object. Through a cache. */
bool idp_jws_header_read(struct idp_call *call, struct idp_bytes segment,
                         struct idp_jws_header *out) IDP_MUST_CHECK;

/* key_select.c */
/* The keys that a token with this header may be checked with; how many. */
size_t idp_keys_select(struct idp_key_set set, const struct idp_jws_header *header,
                       const struct idp_key *out[IDP_KEY_TRY_COUNT_MAX]);

/* jws.c */
/* A compact JWS taken apart. */
struct idp_jws {
    struct idp_jws_header header;
    struct idp_bytes input;     /* what is signed: header and payload as sent */
    struct idp_bytes payload;   /* decoded */
    struct idp_bytes signature; /* decoded */
};

/* Takes a token apart: three canonical base64url segments, the first a strict JSON object. */
bool idp_jws_read(struct idp_call *call, struct idp_bytes token,
                  struct idp_jws *out) IDP_MUST_CHECK;
/* The same for a token whose payload is not in it (RFC 7515 appendix F, RFC 7797). */
bool idp_jws_read_detached(struct idp_call *call, struct idp_bytes token, struct idp_bytes payload,
                           struct idp_jws *out) IDP_MUST_CHECK;

/* Checks header, algorithm, key and signature, in this order. algorithms: a JSON array of the
 * allowed names; NULL allows each that fits the key. */
enum idp_reason idp_jws_check(struct idp_call *call, const struct idp_jws *jws,
                              struct idp_bytes keys, const struct idp_json *algorithms);
bool idp_jws_type_is(const struct idp_jws *jws, struct idp_bytes expected);

/* The word of a reason; NULL for IDP_REASON_VALID. */
const char *idp_reason_word(enum idp_reason reason);

/* {"valid":true} or {"valid":false,"reason"}. */
struct idp_json *idp_verdict(struct idp_call *call, enum idp_reason reason);

/* The verdict of jws_verify on a token that could be read, or not. */
struct idp_json *idp_jws_verify(struct idp_call *call, bool read, const struct idp_jws *jws,
                                struct idp_bytes keys, const struct idp_policy *policy);

/* jwt.c */
/* The verdict without its document; *out has the header and *claims the claims where it is valid.
 */
enum idp_reason idp_jwt_check(struct idp_call *call, struct idp_bytes token, struct idp_bytes keys,
                              const struct idp_policy *policy, struct idp_jws *out,
                              const struct idp_json **claims);
/* And with it. */
struct idp_json *idp_jwt_judge(struct idp_call *call, struct idp_bytes token, struct idp_bytes keys,
                               const struct idp_policy *policy);

/* jws_sign.c */
/* Signs claims; the header says typ JWT where it does not say another. header may be NULL. */
struct idp_bytes idp_jwt_sign(struct idp_call *call, const struct idp_key *key,
                              const struct idp_json *claims, const struct idp_json *header);

/* claims.c */
enum idp_reason idp_claims_check(const struct idp_json *claims, const struct idp_policy *policy);

#endif
