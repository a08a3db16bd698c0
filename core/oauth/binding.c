/* SPDX-License-Identifier: Apache-2.0 */
/* binding.c - what tokens are bound to, so that whoever steals one has nothing: a key that each
 * request proves to hold, or the certificate of the TLS connection (RFC 8705 §3); and codes, by a
 * verifier that only who asked for them knows (RFC 7636). */
#include "core/oauth/token.h"

enum { VERIFIER_SIZE_MIN = 43, VERIFIER_SIZE_MAX = 128, CHALLENGE_SIZE = 43 };

static bool meets(struct idp_bytes proven, struct idp_bytes bound)
{
    return bound.data == NULL || (proven.data != NULL && idp_bytes_equal(proven, bound));
}

bool idp_binding_meets(const struct idp_binding *proven, const struct idp_binding *bound)
{
    return meets(proven->jkt, bound->jkt) && meets(proven->x5t, bound->x5t);
}

/* Tokens are bound to a certificate only where the client wants that: it may have one for other
 * reasons. */
enum idp_error idp_binding_judge(const struct idp_token_rules *rules, struct idp_binding *binding)
{
    if (rules->is_bound_to_key && binding->jkt.data == NULL) {
        return IDP_INVALID_DPOP_PROOF;
    }
    if (rules->is_bound_to_certificate && binding->x5t.data == NULL) {
        return IDP_INVALID_CLIENT;
    }
    if (!rules->is_bound_to_certificate) {
        binding->x5t = (struct idp_bytes){0};
    }
    return IDP_OK;
}

bool idp_code_challenge_asked(const struct idp_json *form, struct idp_bytes *challenge)
{
    struct idp_bytes method = idp_json_string(form, "code_challenge_method");
    *challenge = idp_json_string(form, "code_challenge");
    return challenge->data == NULL
               ? method.data == NULL
               : challenge->size == CHALLENGE_SIZE && idp_bytes_is(method, "S256");
}

struct idp_bytes idp_code_challenge(struct idp_call *call, struct idp_bytes verifier)
{
    bool possible = verifier.size >= VERIFIER_SIZE_MIN && verifier.size <= VERIFIER_SIZE_MAX;
    return possible ? idp_base64url_encode(call, idp_sha256(call, verifier)) : idp_bytes_of("-");
}

struct idp_bytes idp_certificate_thumbprint(struct idp_call *call, struct idp_bytes pem)
{
    struct idp_public_key key;
    bool is_certificate =
        pem.data != NULL && idp_public_key_of_text(call, pem, &key) == NULL && key.is_certificate;
    return is_certificate ? idp_json_string(key.jwk, "x5t#S256") : (struct idp_bytes){0};
}
