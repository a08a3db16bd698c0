/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_token.c - any token, header, payload and claims give a verdict and no raise.
 *
 * The input: the refused block; the shape; which key; which byte of a good token is changed; then
 * two parts. They are a token and the payload that was not in it, or a header and a payload, which
 * are rightly signed, so that the input also reaches what comes after the signature. */
#include "core/jose/key.h"
#include "regress/fuzz/input.h"

#include <stdlib.h>
#include <string.h>

enum shape { TOKEN, SIGNED, CLAIMS, RAW, RAW_DETACHED, RAW_UNENCODED, SHAPE_COUNT };

/* Two are twins by name; one of them leaves the algorithm to the header. */
static const struct {
    const char *algorithm, *kid;
} kinds[] = {{"HS256", "k1"}, {"HS384", "twin"}, {"HS512", "twin"},
             {"ES256", "k2"}, {"ES384", "k3"},   {"ES512", "k4"},
             {"EdDSA", "k5"}, {"RS256", "k6"},   {"PS256", "k7"}};
enum { KEY_COUNT = IDP_COUNT(kinds) + 1 };
static const char loose_key[] =
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\","
    "\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\","
    "\"x5t\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAA\","
    "\"x5t#S256\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}";
static const char policy_text[] = "{\"iss\":\"i\",\"aud\":[\"a\",\"b\"],\"leeway\":1,"
                                  "\"max_age\":60,\"require\":[\"sub\"],\"typ\":\"JWT\","
                                  "\"algs\":[\"HS256\",\"ES256\",\"EdDSA\",\"PS256\"]}";

/* ---- keys, made when the program starts ---- */

static struct idp_bytes key_texts[KEY_COUNT], keys_text;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct idp_bytes keep(struct idp_bytes text)
{
    char *copy = malloc(text.size);
    host_require(copy != NULL);
    return (struct idp_bytes){memcpy(copy, text.data, text.size), text.size};
}

static void make_keys(struct idp_call *call, void *data)
{
    struct idp_text set = {.call = call};
    (void)data;
    key_texts[0] = idp_bytes_of(loose_key);
    for (size_t i = 0; i < IDP_COUNT(kinds); i++)
        key_texts[i + 1] = keep(idp_json_text(
            call, idp_jwk_generate(call, idp_algorithm_find(idp_bytes_of(kinds[i].algorithm)),
                                   idp_bytes_of(kinds[i].kid))));
    for (size_t i = 0; i < KEY_COUNT; i++) {
        idp_text_add_c(&set, i == 0 ? "{\"keys\":[" : ",");
        idp_text_add(&set, key_texts[i]);
    }
    idp_text_add_c(&set, "]}");
    keys_text = keep(idp_text_bytes(&set));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct host host;
    (void)argc, (void)argv;
    host_start(&host);
    host_require(host_try(&host, make_keys, NULL));
    host_end_call(&host);
    return 0;
}

/* ---- verdicts ---- */

static bool ask(struct idp_call *call, const char *name, struct idp_bytes token,
                struct idp_bytes keys, const char *policy)
{
    struct idp_value arguments[] = {idp_value_text(token), idp_value_text(keys),
                                    policy ? idp_value_json_text(idp_bytes_of(policy))
                                           : idp_null()};
    return input_is_valid(input_call(call, name, arguments, 3, 0));
}

static bool ask_detached(struct idp_call *call, struct idp_bytes token, struct idp_bytes payload,
                         struct idp_bytes keys)
{
    struct idp_value arguments[] = {idp_value_text(token), idp_value_text(payload),
                                    idp_value_text(keys)};
    return input_is_valid(input_call(call, "jws_verify_detached", arguments, 3, 0));
}

/* The token without its payload. */
static struct idp_bytes without_payload(struct idp_call *call, struct idp_bytes token)
{
    const char *first = memchr(token.data, '.', token.size);
    const char *last = memrchr(token.data, '.', token.size);
    struct idp_text out = {.call = call};
    idp_text_add(&out, (struct idp_bytes){token.data, (size_t)(first + 1 - token.data)});
    idp_text_add(&out, (struct idp_bytes){last, token.size - (size_t)(last - token.data)});
    return idp_text_bytes(&out);
}

/* Of a signature that verifies, every byte counts; so it does with the payload beside it. */
static void check_good_token(struct idp_call *call, struct idp_bytes token, unsigned change)
{
    struct idp_jws jws;
    host_require(idp_jws_read(call, token, &jws));
    input_require(ask_detached(call, without_payload(call, token), jws.payload, keys_text));
    char *changed = (char *)(uintptr_t)idp_bytes_copy(call, token).data;
    changed[token.size - 1 - change % token.size] ^= (char)(1 << change % 7);
    input_require(
        !ask(call, "jws_verify", (struct idp_bytes){changed, token.size}, keys_text, NULL));
}

static void check_token(struct idp_call *call, struct idp_bytes token, unsigned change)
{
    struct idp_value arguments[] = {idp_value_text(token), idp_value_text(keys_text)};
    bool signature_holds = ask(call, "jws_verify", token, keys_text, NULL);
    bool valid = ask(call, "jwt_verify", token, keys_text, NULL);
    input_require(!valid || signature_holds);
    input_require(input_call(call, "jwt_valid", arguments, 2, 0).integer == valid);
    input_require(!ask(call, "jwt_verify", token, keys_text, policy_text) || signature_holds);
    input_require(input_call(call, "jwt_decode", arguments, 1, 0).kind == 'j' || !valid);
    if (signature_holds)
        check_good_token(call, token, change);
}

/* ---- tokens of what the input says ---- */

/* Whatever jws_sign lets out verifies: by itself, or with its payload beside it. */
static void check_signing(struct idp_call *call, const char *name, struct idp_bytes key,
                          struct idp_bytes header, struct idp_bytes payload, unsigned change)
{
    const char *why;
    bool is_jwt = strcmp(name, "jwt_sign_with") == 0;
    struct idp_value arguments[] = {is_jwt ? idp_value_json_text(payload) : idp_value_text(payload),
                                    idp_value_text(key),
                                    header.size > 0 ? idp_value_json_text(header) : idp_null()};
    struct idp_bytes token = idp_text_of(
        input_call(call, name, arguments, 3,
                   INPUT_RAISES(IDP_INVALID_ARGUMENT) | INPUT_RAISES(IDP_INVALID_JSON)));
    if (token.data == NULL)
        return;
    if (is_jwt)
        payload = idp_json_text(call, idp_json_read(call, payload, &why));
    input_require(ask_detached(call, without_payload(call, token), payload, key));
    const struct idp_json *document = header.size > 0 ? idp_json_read(call, header, &why) : NULL;
    if (idp_json_member(document, "crit") == NULL)
        input_require(ask(call, "jws_verify", token, key, NULL));
    check_token(call, token, change);
}

/* Signs whatever stands there, as one who has the key could. */
static void check_raw(struct idp_call *call, enum shape shape, struct idp_bytes key_text,
                      struct idp_bytes header, struct idp_bytes payload, unsigned change)
{
    struct idp_key_set set = idp_keys_read_private(call, key_text);
    struct idp_text input = {.call = call}, token = {.call = call};
    struct idp_bytes encoded = idp_base64url_encode(call, payload);
    idp_text_add(&input, idp_base64url_encode(call, header));
    idp_text_add_char(&input, '.');
    idp_text_add(&token, idp_text_bytes(&input));
    idp_text_add(&input, shape == RAW_UNENCODED ? payload : encoded);
    if (shape == RAW)
        idp_text_add(&token, encoded);
    idp_text_add_char(&token, '.');
    host_require(set.count == 1);
    struct idp_bytes signature =
        idp_key_sign(call, set.keys[0], set.keys[0]->usual, idp_text_bytes(&input));
    idp_text_add(&token, idp_base64url_encode(call, signature));
    check_token(call, idp_text_bytes(&token), change);
    ask_detached(call, idp_text_bytes(&token), payload, keys_text);
}

static void check(struct idp_call *call, struct idp_bytes *rest)
{
    enum shape shape = (enum shape)(input_byte(rest) % SHAPE_COUNT);
    struct idp_bytes key = key_texts[input_byte(rest) % KEY_COUNT];
    unsigned change = input_byte(rest);
    struct idp_bytes first = input_part(rest), second = input_part(rest);
    if (second.data == NULL)
        second = idp_bytes_of("{}");
    switch (shape) {
    case TOKEN:
        check_token(call, first, change);
        ask_detached(call, first, second, keys_text);
        break;
    case SIGNED:
        check_signing(call, "jws_sign", key, first, second, change);
        break;
    case CLAIMS:
        check_signing(call, "jwt_sign_with", key, first, second, change);
        break;
    default:
        check_raw(call, shape, key, first, second, change);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, check);
}
