/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_provider_keys.c - any document of a provider: no key that it gives is private or cannot be
 * used, a set that was made is read as the same set, and nothing raises.
 *
 * The input: the refused block; the source, and how the rest is wrapped: not at all, or as a
 * certificate in metadata, in a JWK or in a manual configuration; then the document. */
#include "core/sso/keys.h"
#include "regress/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const sources[] = {"aad", "adfs", "manual", "jwks"};

/* What stands before and behind base64, by source. */
static const char *const wraps[][2] = {
    {"{\"keys\":[{\"kty\":\"RSA\",\"x5c\":[\"", "\"]}]}"},
    {"<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\"><RoleDescriptor>"
     "<KeyDescriptor><KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data>"
     "<X509Certificate>",
     "</X509Certificate></X509Data></KeyInfo></KeyDescriptor></RoleDescriptor>"
     "</EntityDescriptor>"},
    {"{\"certificates\":{\"a\":{\"alg\":\"PCKS\",\"publicKey\":\"", "\"}}}"},
    {"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x5c\":[\"", "\"]}]}"},
};

static struct idp_bytes wrapped(struct idp_call *call, unsigned source, struct idp_bytes bytes)
{
    struct idp_text text = {.call = call};
    idp_text_add_c(&text, wraps[source][0]);
    idp_text_add(&text, idp_base64_encode(call, bytes));
    idp_text_add_c(&text, wraps[source][1]);
    return idp_text_bytes(&text);
}

static struct idp_value keys_of(struct idp_call *call, const char *source,
                                struct idp_bytes document, const char *options)
{
    struct idp_value arguments[] = {idp_value_text(idp_bytes_of(source)), idp_value_text(document),
                                    idp_value_json_text(idp_bytes_of(options))};
    return input_call(call, "provider_keys", arguments, 3, 0);
}

static bool is_public(const struct idp_json *key)
{
    static const char *const secret[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k", "x5c"};
    for (size_t i = 0; i < IDP_COUNT(secret); i++) {
        if (idp_json_member(key, secret[i]) != NULL) {
            return false;
        }
    }
    return !idp_bytes_is(idp_json_string(key, "kty"), "oct");
}

static size_t check_keys(const struct idp_json *keys, bool rsa_only)
{
    size_t count = 0;
    for (const struct idp_json *key = keys->child; key != NULL; key = key->next) {
        host_require(is_public(key));
        host_require(!rsa_only || idp_bytes_is(idp_json_string(key, "kty"), "RSA"));
        count++;
    }
    host_require(count > 0 && count <= IDP_KEY_COUNT_MAX);
    return count;
}

/* A set of its own making is read as that set, and each of its keys can be used. */
static void check_again(struct idp_call *call, const struct idp_json *keys, size_t count)
{
    struct idp_json *set = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_shared(call, set, "keys", keys);
    struct idp_bytes text = idp_json_text(call, set);
    struct idp_value again = keys_of(call, "jwks", text, "{}");
    input_require(idp_keys_read(call, text).count == count);
    if (again.kind != 0) {
        input_require(
            idp_bytes_equal(idp_json_canonical(call, again.json), idp_json_canonical(call, set)));
    }
}

static void check_choice(struct idp_call *call, const struct idp_json *set)
{
    struct idp_bytes field = idp_bytes_of("kid");
    const struct idp_json *key = idp_json_member(set, "keys")->child;
    const struct idp_json *named = idp_keys_named(set, key, NULL, field);
    host_require(named == NULL ||
                 idp_bytes_equal(idp_json_string(named, "kid"), idp_json_string(key, "kid")));
    host_require(idp_keys_named(set, NULL, NULL, field) == NULL);
    struct idp_bytes text = idp_key_in_force(call, key, idp_now_us(call));
    host_require(memmem(text.data, text.size, "\"kid\"", 5) == NULL);
    host_require(idp_keys_read(call, text).count <= 1);
}

static void check(struct idp_call *call, struct idp_bytes *rest)
{
    unsigned char flags = input_byte(rest);
    unsigned source = flags % IDP_COUNT(sources);
    bool rsa_only = (flags & 0x10) != 0;
    struct idp_bytes document = flags & 0x20 ? wrapped(call, source, *rest) : *rest;
    const char *options = rsa_only       ? "{\"rsa_only\":true}"
                          : flags & 0x40 ? "{\"at\":\"2026-01-01T00:00:00Z\"}"
                                         : "{}";
    struct idp_value answer = keys_of(call, sources[source], document, options);
    if (answer.kind == 0) {
        return;
    }
    const struct idp_json *keys = idp_json_member(answer.json, "keys");
    host_require((keys == NULL) == (idp_json_member(answer.json, "error") != NULL));
    if (keys != NULL && keys->child != NULL) {
        check_again(call, keys, check_keys(keys, rsa_only));
        check_choice(call, answer.json);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, check);
}
