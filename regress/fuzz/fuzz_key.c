/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_key.c - any key text: what is read is usable for what it says, comes back when it was
 * written, and nothing raises but a key that cannot be used.
 *
 * The input: the refused block; how the rest is wrapped: not at all, or DER as base64, in PEM, or
 * as the certificate of a JWK, so that the input also reaches what comes after the armour. */
#include "core/jose/key.h"
#include "regress/fuzz/input.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- texts of what the input says ---- */

static const char *const labels[] = {"PUBLIC KEY",      "RSA PUBLIC KEY", "PRIVATE KEY",
                                     "RSA PRIVATE KEY", "EC PRIVATE KEY", "CERTIFICATE"};
static const char *const types[] = {"\"kty\":\"RSA\"", "\"kty\":\"EC\",\"crv\":\"P-256\"",
                                    "\"kty\":\"OKP\",\"crv\":\"Ed25519\""};

enum { PLAIN, BASE64, PEM, JWK = PEM + IDP_COUNT(labels), WRAP_COUNT = JWK + IDP_COUNT(types) };

static struct idp_bytes pem_of(struct idp_call *call, const char *label, struct idp_bytes base64)
{
    enum { LINE_SIZE = 64 };
    struct idp_text out = {.call = call};
    idp_text_add_c(&out, "-----BEGIN ");
    idp_text_add_c(&out, label);
    idp_text_add_c(&out, "-----\n");
    for (size_t at = 0; at < base64.size; at += LINE_SIZE) {
        size_t size = base64.size - at < LINE_SIZE ? base64.size - at : LINE_SIZE;
        idp_text_add(&out, (struct idp_bytes){base64.data + at, size});
        idp_text_add_char(&out, '\n');
    }
    idp_text_add_c(&out, "-----END ");
    idp_text_add_c(&out, label);
    idp_text_add_c(&out, "-----\n");
    return idp_text_bytes(&out);
}

static struct idp_bytes wrap(struct idp_call *call, size_t how, struct idp_bytes bytes)
{
    if (how == PLAIN)
        return bytes;
    struct idp_bytes base64 = idp_base64_encode(call, bytes);
    if (how == BASE64)
        return base64;
    if (how < JWK)
        return pem_of(call, labels[how - PEM], base64);
    struct idp_text out = {.call = call};
    idp_text_add_c(&out, "{");
    idp_text_add_c(&out, types[how - JWK]);
    idp_text_add_c(&out, ",\"x5c\":[\"");
    idp_text_add(&out, base64);
    idp_text_add_c(&out, "\"]}");
    return idp_text_bytes(&out);
}

/* ---- reading ---- */

static void check_verifying(struct idp_call *call, struct idp_bytes text)
{
    struct idp_key_set set = idp_keys_read(call, text);

    host_require(set.count <= IDP_KEY_COUNT_MAX);
    for (size_t i = 0; i < set.count; i++) {
        const struct idp_algorithm *algorithm = idp_algorithm_usual(set.keys[i]);

        host_require(algorithm && set.keys[i]->verifies && !set.keys[i]->signs);
        host_require(!idp_key_verify(call, set.keys[i], algorithm, text, text));
    }
}

static void check_signing(struct idp_call *call, struct idp_bytes text)
{
    struct idp_key_set set = idp_keys_read_private(call, text);

    for (size_t i = 0; i < set.count; i++) {
        const struct idp_algorithm *algorithm = idp_algorithm_usual(set.keys[i]);

        host_require(algorithm && set.keys[i]->signs);
        host_require(idp_key_sign(call, set.keys[i], algorithm, text).size > 0);
    }
}

static void check_members(struct idp_call *call, struct idp_bytes text)
{
    const char *why;
    const struct idp_json *jwk = idp_json_read(call, text, &why);
    const struct idp_json *public_jwk = idp_jwk_public(call, jwk);
    struct idp_bytes thumbprint = idp_jwk_thumbprint(call, jwk);

    host_require(!idp_json_member(public_jwk, "d") && !idp_json_member(public_jwk, "k"));
    host_require(!thumbprint.data || thumbprint.size == 43);
}

/* ---- writing and reading again ---- */

static struct idp_value convert(struct idp_call *call, const char *name, struct idp_value value,
                                uint64_t raises)
{
    return input_call(call, name, &value, 1, raises);
}

static struct idp_value json_of(struct idp_call *call, const struct idp_json *json)
{
    return idp_value_json_text(idp_json_text(call, json));
}

/* Every member of the second is in the first, and the same. */
static void require_members(const struct idp_json *first, const struct idp_json *second)
{
    for (const struct idp_json *item = second->child; item; item = item->next) {
        const struct idp_json *other = first->child;

        while (other && !idp_bytes_equal(other->name, item->name))
            other = other->next;
        host_require(other && idp_bytes_equal(other->text, item->text));
    }
}

/* What signs with the private JWK verifies with its public half. */
static void check_pair(struct idp_call *call, const struct idp_json *jwk)
{
    struct idp_bytes message = idp_bytes_of("message");
    struct idp_value public_jwk = convert(call, "jwk_public", json_of(call, jwk), 0);

    if (public_jwk.kind == 0)
        return;

    struct idp_key_set set = idp_keys_read(call, idp_json_text(call, public_jwk.json));
    const struct idp_key *key = idp_key_read_private(call, jwk);

    host_require(set.count == 1 && (key != NULL) == (idp_json_member(jwk, "d") != NULL));
    if (key)
        host_require(idp_key_verify(call, set.keys[0], idp_algorithm_usual(key), message,
                                    idp_key_sign(call, key, idp_algorithm_usual(key), message)));
}

/* The PEM of a JWK, read again, is that JWK. */
static void check_jwk(struct idp_call *call, struct idp_value jwk, struct idp_bytes pem)
{
    uint64_t raises = INPUT_RAISES(IDP_INVALID_KEY) | INPUT_RAISES(IDP_INVALID_JSON);
    struct idp_value again = convert(call, "jwk_from_pem", idp_value_text(pem), 0);
    struct idp_value thumbprint = convert(call, "jwk_thumbprint", jwk, raises);

    if (again.kind == 0)
        return;
    if (thumbprint.kind != 0)
        host_require(idp_bytes_equal(thumbprint.bytes, idp_jwk_thumbprint(call, again.json)));
    check_pair(call, again.json);
}

static void check_forms(struct idp_call *call, struct idp_bytes text)
{
    uint64_t raises = INPUT_RAISES(IDP_INVALID_KEY);
    struct idp_value jwk = convert(call, "jwk_from_pem", idp_value_text(text), raises);
    struct idp_value pem = convert(call, "jwk_to_pem", idp_value_json_text(text), raises);

    if (pem.kind != 0)
        check_jwk(call, idp_value_json_text(text), pem.bytes);
    if (jwk.kind == 0)
        return;

    struct idp_value written = convert(call, "jwk_to_pem", json_of(call, jwk.json), 0);

    if (written.kind == 0)
        return;

    struct idp_value again = convert(call, "jwk_from_pem", written, 0);

    if (again.kind != 0)
        require_members(jwk.json, again.json);
    check_jwk(call, json_of(call, jwk.json), written.bytes);
}

static void check(struct idp_call *call, struct idp_bytes *rest)
{
    size_t how = input_byte(rest) % WRAP_COUNT;
    struct idp_bytes text = wrap(call, how, *rest);

    check_verifying(call, text);
    check_signing(call, text);
    check_members(call, text);
    check_forms(call, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, check);
}
