/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_policy.c - any policy on any claims: it is the caller's mistake and raises, or it judges. To
 * demand less never refuses what passed.
 *
 * The input: the refused block; the typ of the token; then the policy and the claims. */
#include "core/jose/key.h"
#include "regress/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char key_text[] = "{\"kty\":\"oct\",\"alg\":\"HS256\","
                               "\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8\"}";
static const char *const headers[] = {"{}", "{\"typ\":\"at+jwt\"}",
                                      "{\"typ\":\"application/at+JWT\"}"};
static const char usual_claims[] =
    "{\"iss\":\"i\",\"aud\":[\"a\",\"b\"],\"sub\":\"s\",\"iat\":1767225590,\"nbf\":1767225590.5,"
    "\"exp\":17672256e2,\"jti\":\"j\"}";

/* Data NULL where the claims are none, or of a wrong type. */
static struct idp_bytes token_of(struct idp_call *call, const char *header, struct idp_bytes claims)
{
    struct idp_value arguments[] = {idp_value_json_text(claims),
                                    idp_value_text(idp_bytes_of(key_text)),
                                    idp_value_json_text(idp_bytes_of(header))};
    uint64_t raises = INPUT_RAISES(IDP_INVALID_ARGUMENT) | INPUT_RAISES(IDP_INVALID_JSON);
    return idp_text_of(input_call(call, "jwt_sign_with", arguments, 3, raises));
}

static struct idp_value verdict_of(struct idp_call *call, const char *name, struct idp_bytes token,
                                   struct idp_bytes policy)
{
    struct idp_value arguments[] = {idp_value_text(token), idp_value_text(idp_bytes_of(key_text)),
                                    idp_value_json_text(policy)};
    uint64_t raises = INPUT_RAISES(IDP_INVALID_ARGUMENT) | INPUT_RAISES(IDP_INVALID_JSON);
    return input_call(call, name, arguments, 3, raises);
}

/* The policy without one of its members; those about time stay, since they may also allow. */
static void check_less(struct idp_call *call, struct idp_bytes token, const struct idp_json *policy)
{
    for (const struct idp_json *left_out = policy->child; left_out; left_out = left_out->next) {
        struct idp_json *less = idp_json_new(call, IDP_JSON_OBJECT);
        for (const struct idp_json *item = policy->child; item; item = item->next)
            if (item != left_out || idp_bytes_is(item->name, "leeway") ||
                idp_bytes_is(item->name, "now"))
                idp_json_add_named(less, item->name, idp_json_node(call, item));
        struct idp_value verdict = verdict_of(call, "jwt_verify", token, idp_json_text(call, less));
        host_require(verdict.kind == 0 || input_is_valid(verdict));
    }
}

static void check(struct idp_call *call, struct idp_bytes *rest)
{
    const char *header = headers[input_byte(rest) % IDP_COUNT(headers)], *why;
    struct idp_bytes policy = input_part(rest), claims = input_part(rest);
    struct idp_bytes token =
        token_of(call, header, claims.data ? claims : idp_bytes_of(usual_claims));
    if (token.data == NULL || policy.data == NULL)
        return;
    struct idp_value verdict = verdict_of(call, "jwt_verify", token, policy);
    struct idp_value of_payload = verdict_of(call, "jws_verify", token, policy);
    if (verdict.kind != 0 && of_payload.kind != 0)
        host_require(!input_is_valid(verdict) || input_is_valid(of_payload));
    else /* a payload takes fewer members than claims do */
        input_require(verdict.kind != 0 || of_payload.kind == 0);
    if (input_is_valid(verdict))
        check_less(call, token, idp_json_read(call, policy, &why));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, check);
}
