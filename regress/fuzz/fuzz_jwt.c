/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_jwt.c - any token, header and claims give a verdict and no raise. The first byte chooses
 * what the rest is: a token as it stands, or parts that are put together and rightly signed, so
 * that the input also reaches what comes after the signature. */
#include "core/jose/key.h"
#include "regress/unit/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char keys[] =
    "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"k1\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-"
    "EstJQLr8\"},"
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"},"
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";
static const char policy_text[] =
    "{\"iss\":\"i\",\"aud\":[\"a\",\"b\"],\"leeway\":1,\"max_age\":60,"
    "\"require\":[\"sub\"]}";

enum shape { TOKEN, PAYLOAD, HEADER, SHAPE_COUNT };

/* The parts as a token with a right MAC. */
static struct idp_bytes signed_token(struct idp_call *call, struct idp_bytes header,
                                     struct idp_bytes payload)
{
    struct idp_key_set set = idp_keys_read_private(call, idp_bytes_of(keys));
    struct idp_text token = {.call = call};

    idp_text_add(&token, idp_base64url_encode(call, header));
    idp_text_add_char(&token, '.');
    idp_text_add(&token, idp_base64url_encode(call, payload));

    struct idp_bytes mac =
        idp_key_sign(call, set.keys[0], set.keys[0]->usual, idp_text_bytes(&token));

    idp_text_add_char(&token, '.');
    idp_text_add(&token, idp_base64url_encode(call, mac));
    return idp_text_bytes(&token);
}

static void check_verdict(struct idp_call *call, struct idp_bytes token, const char *text)
{
    const char *why;
    const struct idp_json *policy = text ? idp_json_read(call, idp_bytes_of(text), &why) : NULL;
    const struct idp_json *verdict = idp_jwt_verify(call, token, idp_bytes_of(keys), policy);
    bool valid = idp_json_is(idp_json_member(verdict, "valid"), IDP_JSON_TRUE);

    host_require(valid == (idp_json_member(verdict, "claims") != NULL));
    host_require(valid == (idp_json_string(verdict, "reason").data == NULL));
    host_require(!valid || idp_jwt_decode(call, token) != NULL);
    host_require(idp_json_text(call, verdict).size > 0);
}

static void check(struct idp_call *call, void *data)
{
    struct idp_bytes input = *(struct idp_bytes *)data, header, token;
    enum shape shape = (enum shape)((unsigned char)input.data[0] % SHAPE_COUNT);

    input = (struct idp_bytes){input.data + 1, input.size - 1};
    header = shape == HEADER ? input : idp_bytes_of("{\"alg\":\"HS256\",\"kid\":\"k1\"}");
    token = shape == TOKEN
                ? input
                : signed_token(call, header, shape == PAYLOAD ? input : idp_bytes_of("{}"));
    check_verdict(call, token, NULL);
    check_verdict(call, token, policy_text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct idp_bytes input = {(const char *)data, size};
    struct host host;

    if (size == 0)
        return 0;
    host_start(&host);
    host_require(host_try(&host, check, &input));
    host_end_call(&host);
    host_require(host.block_live_count == 0);
    return 0;
}
