/* SPDX-License-Identifier: Apache-2.0 */
/* dpop.c - the proof that a request comes from who holds a key (RFC 9449 §4.3). It is for one
 * method and URL, good for a short while and once. */
#include "core/oauth/token.h"

enum { AGE_MAX_S = 300, LEEWAY_S = 60, NONCE_PERIOD_S = 150, NONCE_SIZE = 16 };

/* ---- nonces: nothing is kept, they follow from the time and the master key ---- */

static struct idp_bytes nonce_at(struct idp_call *call, int64_t period)
{
    const struct idp_master_key *key = idp_master_key_sealing(call);
    struct idp_text number = {.call = call};
    idp_text_add_integer(&number, period);
    struct idp_bytes parts[] = {
        {(const char *)key->key, sizeof key->key}, idp_tenant(call), idp_text_bytes(&number)};
    struct idp_bytes digest = idp_digest(call, "idplane DPoP nonce", parts, IDP_COUNT(parts));
    return idp_base64url_encode(call, (struct idp_bytes){digest.data, NONCE_SIZE});
}

struct idp_bytes idp_dpop_nonce(struct idp_call *call)
{
    return nonce_at(call, idp_now_s(call) / NONCE_PERIOD_S);
}

static bool nonce_right(struct idp_call *call, struct idp_bytes nonce)
{
    int64_t period = idp_now_s(call) / NONCE_PERIOD_S;
    return nonce.data != NULL && (idp_equal(nonce, nonce_at(call, period)) ||
                                  idp_equal(nonce, nonce_at(call, period - 1)));
}

/* ---- the proof ---- */

static struct idp_json *policy_of(struct idp_call *call)
{
    struct idp_json *policy = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, policy, "typ", "dpop+jwt");
    idp_json_add(policy, "algs", idp_json_words(call, IDP_SIGNATURE_NAMES));
    idp_json_add(policy, "require", idp_json_words(call, "jti htm htu iat"));
    idp_json_add_integer(call, policy, "max_age", AGE_MAX_S);
    idp_json_add_integer(call, policy, "leeway", LEEWAY_S);
    return policy;
}

/* The URL without query and fragment, as far as they are compared (§4.3). */
static struct idp_bytes plain_url(struct idp_bytes url)
{
    size_t size = 0;
    while (size < url.size && url.data[size] != '?' && url.data[size] != '#') {
        size++;
    }
    return (struct idp_bytes){url.data, size};
}

static bool is_for(struct idp_call *call, const struct idp_json *claims,
                   const struct idp_origin *origin, struct idp_bytes access_token)
{
    struct idp_bytes ath = idp_json_string(claims, "ath");
    bool is_here =
        idp_bytes_equal(idp_json_string(claims, "htm"), origin->method) &&
        idp_bytes_equal(plain_url(idp_json_string(claims, "htu")), plain_url(origin->url));
    return is_here &&
           (access_token.data == NULL ||
            idp_bytes_equal(ath, idp_base64url_encode(call, idp_sha256(call, access_token))));
}

/* The proof is kept as used until nobody would take it any more. Where nothing may be written, as
 * on a standby, a request that only reads is answered for as long as its proof is good. */
static bool is_first(struct idp_call *call, struct idp_bytes jkt, const struct idp_json *claims)
{
    if (call->function->effect != IDP_WRITES) {
        return true;
    }
    struct idp_text issuer = {.call = call};
    struct idp_bytes jti = idp_json_string(claims, "jti");
    idp_text_add_c(&issuer, "dpop:");
    idp_text_add(&issuer, jkt);
    return idp_token_use(call, idp_text_bytes(&issuer), jti,
                         idp_now_us(call) + (AGE_MAX_S + 2 * LEEWAY_S) * IDP_SECOND_US);
}

/* Its public key; NULL where the header has none, or a private one. */
static const struct idp_json *key_of(struct idp_call *call, struct idp_bytes proof)
{
    const struct idp_json *token = idp_jwt_decode(call, proof);
    const struct idp_json *jwk = idp_json_member(idp_json_member(token, "header"), "jwk");
    bool is_public = idp_json_is(jwk, IDP_JSON_OBJECT) && idp_json_member(jwk, "d") == NULL &&
                     idp_json_member(jwk, "k") == NULL;
    return is_public ? idp_jwk_public(call, jwk) : NULL;
}

enum idp_error idp_dpop_read(struct idp_call *call, const struct idp_origin *origin,
                             bool is_nonce_needed, struct idp_bytes access_token,
                             struct idp_bytes *jkt)
{
    const struct idp_json *jwk = key_of(call, origin->dpop);
    const struct idp_json *claims =
        jwk == NULL ? NULL
                    : idp_json_member(idp_jwt_verify(call, origin->dpop, idp_json_text(call, jwk),
                                                     policy_of(call)),
                                      "claims");
    if (claims == NULL || !is_for(call, claims, origin, access_token)) {
        return IDP_INVALID_DPOP_PROOF;
    }
    /* With an access token the nonce may be an old one that the token endpoint asked for. */
    bool is_nonce_given = access_token.data == NULL && idp_json_member(claims, "nonce") != NULL;
    if ((is_nonce_needed || is_nonce_given) &&
        !nonce_right(call, idp_json_string(claims, "nonce"))) {
        return IDP_USE_DPOP_NONCE;
    }
    *jkt = idp_jwk_thumbprint(call, jwk);
    return is_first(call, *jkt, claims) ? IDP_OK : IDP_INVALID_DPOP_PROOF;
}
