/* SPDX-License-Identifier: Apache-2.0 */
/* test_jwk.c - which keys are usable for what, from JWK, key set and PEM; making keys; the cache.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <pthread.h>

#include "core/jose/key.h"
#include "regress/unit/host.h"

#define EC_X "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\""
#define EC_Y "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""
#define EC_D "\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\""
#define EC "\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X "," EC_Y
#define OKP_X "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\""
#define OKP "\"kty\":\"OKP\",\"crv\":\"Ed25519\"," OKP_X
#define OCT "\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8\""

enum { THREAD_COUNT = 4, KEY_COUNT = 100, ROUND_COUNT = 300 };

static const char *const algorithm_names[] = {"HS256", "HS384", "HS512", "RS256", "PS256",
                                              "ES256", "ES384", "ES512", "EdDSA"};

static struct idp_call *call_of(void **state)
{
    return &((struct host *)*state)->call;
}

static const struct idp_json *json_of(void **state, const char *text)
{
    const char *why;
    const struct idp_json *json = idp_json_read(call_of(state), idp_bytes_of(text), &why);

    assert_non_null(json);
    return json;
}

static size_t count_of(void **state, const char *text)
{
    return idp_keys_read(call_of(state), idp_bytes_of(text)).count;
}

static struct idp_json *generate(void **state, const char *name)
{
    const struct idp_algorithm *algorithm = idp_algorithm_find(idp_bytes_of(name));

    assert_non_null(algorithm);
    return idp_jwk_generate(call_of(state), algorithm, (struct idp_bytes){NULL, 0});
}

/* ---- certificates ---- */

static struct idp_bytes self_signed(struct idp_call *call, EVP_PKEY *pkey)
{
    X509 *certificate = X509_new();
    unsigned char *der = NULL;
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    assert_int_equal(X509_set_pubkey(certificate, pkey), 1);
    assert_true(X509_sign(certificate, pkey, EVP_sha256()) > 0);
    int size = i2d_X509(certificate, &der);
    struct idp_bytes base64 =
        idp_base64_encode(call, (struct idp_bytes){(const char *)der, (size_t)size});
    OPENSSL_free(der);
    X509_free(certificate);
    return base64;
}

/* How many keys a JWK of these members and this certificate is. */
static size_t with_certificate(void **state, const char *members, struct idp_bytes certificate)
{
    struct idp_text text = {.call = call_of(state)};
    idp_text_add_c(&text, "{");
    idp_text_add_c(&text, members);
    idp_text_add_c(&text, ",\"x5c\":[\"");
    idp_text_add(&text, certificate);
    idp_text_add_c(&text, "\"]}");
    return idp_keys_read(call_of(state), idp_text_bytes(&text)).count;
}

static void a_certificate_stands_for_all_members_or_for_none(void **state)
{
    EVP_PKEY *rsa = EVP_RSA_gen(2048), *ec = EVP_EC_gen("P-256");
    struct idp_bytes of_rsa = self_signed(call_of(state), rsa);
    struct idp_bytes of_ec = self_signed(call_of(state), ec);
    assert_int_equal(with_certificate(state, "\"kty\":\"RSA\"", of_rsa), 1);
    assert_int_equal(with_certificate(state, "\"kty\":\"RSA\",\"e\":\"Aw\"", of_rsa), 0);
    assert_int_equal(with_certificate(state, "\"kty\":\"RSA\",\"e\":\"AQAB\"", of_rsa), 0);
    assert_int_equal(with_certificate(state, "\"kty\":\"EC\",\"crv\":\"P-256\"", of_ec), 1);
    assert_int_equal(with_certificate(state, "\"kty\":\"EC\",\"crv\":\"P-256\"," EC_Y, of_ec), 0);
    assert_int_equal(with_certificate(state, EC, of_ec), 0);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(ec);
}

/* ---- algorithms ---- */

static void algorithms_are_found_by_exact_name(void **state)
{
    static const char *const unknown[] = {"none", "None", "es256", "ES256 ", "", "HS1", "RSA-OAEP"};

    (void)state;
    for (size_t i = 0; i < IDP_COUNT(algorithm_names); i++)
        assert_non_null(idp_algorithm_find(idp_bytes_of(algorithm_names[i])));
    for (size_t i = 0; i < IDP_COUNT(unknown); i++)
        assert_null(idp_algorithm_find(idp_bytes_of(unknown[i])));
}

/* ---- reading ---- */

static void sound_keys_are_read(void **state)
{
    static const char *const texts[] = {
        "{" EC "}",
        " {" EC "} ",
        "{" EC ",\"alg\":\"ES256\",\"use\":\"sig\",\"key_ops\":[\"verify\"],\"kid\":\"\"}",
        "{" EC "," EC_D "}",
        "{" OKP "}",
        "{" OCT "}",
        "{\"keys\":[{" EC "}]}",
        "{" EC ",\"unknown\":{\"a\":[1]}}",
    };

    for (size_t i = 0; i < IDP_COUNT(texts); i++) {
        if (count_of(state, texts[i]) != 1)
            fail_msg("%s", texts[i]);
    }
}

static void unsound_keys_are_left_out(void **state)
{
    static const char *const texts[] = {
        "",
        "null",
        "[]",
        "{}",
        "\"text\"",
        "{\"keys\":{}}",
        "{\"keys\":[]}",
        "{\"keys\":[null,1,\"x\",[],{}]}",
        "{" EC "} x",
        "{" EC ",\"kid\":1}",
        "{" EC ",\"kid\":null}",
        "{" EC ",\"alg\":\"ES384\"}",
        "{" EC ",\"alg\":\"RS256\"}",
        "{" EC ",\"alg\":\"none\"}",
        "{" EC ",\"alg\":1}",
        "{" EC ",\"use\":\"enc\"}",
        "{" EC ",\"use\":\"SIG\"}",
        "{" EC ",\"use\":null}",
        "{" EC ",\"key_ops\":[]}",
        "{" EC ",\"key_ops\":[\"sign\"]}",
        "{" EC ",\"key_ops\":\"verify\"}",
        "{" EC ",\"key_ops\":[\"verify\",1]}",
        "{" EC ",\"kty\":\"EC\"}", /* a member twice */
        "{\"kty\":\"ec\",\"crv\":\"P-256\"," EC_X "," EC_Y "}",
        "{\"kty\":\"EC\",\"crv\":\"p-256\"," EC_X "," EC_Y "}",
        "{\"kty\":\"EC\",\"crv\":\"P-384\"," EC_X "," EC_Y "}",
        "{\"kty\":\"EC\",\"crv\":\"Ed25519\"," EC_X "," EC_Y "}",
        "{\"kty\":\"EC\"," EC_X "," EC_Y "}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X "}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X
        ",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1\"}", /* unused bits */
        "{\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X
        ",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5bA\"}", /* not on the curve */
        "{\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X ",\"y\":\"AA\"}",
        "{\"kty\":\"OKP\",\"crv\":\"X25519\"," OKP_X "}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed448\"," OKP_X "}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
        "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
        "\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
        "{\"kty\":\"oct\",\"k\":\"\"}",
        "{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLg\"}", /* 31 bytes */
        "{" OCT ",\"alg\":\"HS384\"}",
        "{" OCT ",\"alg\":\"A256GCM\"}",
        "{\"kty\":\"oct\",\"k\":1}",
        "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8\",\"alg\":\"HS256\"}",
    };

    for (size_t i = 0; i < IDP_COUNT(texts); i++) {
        if (count_of(state, texts[i]) != 0)
            fail_msg("%s", texts[i]);
    }
}

static void the_sound_keys_of_a_set_stand(void **state)
{
    assert_int_equal(
        count_of(state, "{\"keys\":[{\"kty\":\"new\"},{" EC "},7,{" OKP "},{" OCT "}]}"), 3);
}

static void a_set_of_too_many_keys_is_refused(void **state)
{
    struct idp_text text = {.call = call_of(state)};

    idp_text_add_c(&text, "{\"keys\":[{" OCT "}");
    for (size_t i = 1; i < IDP_KEY_COUNT_MAX; i++)
        idp_text_add_c(&text, ",{" OCT "}");

    struct idp_text more = {.call = call_of(state)};

    idp_text_add(&more, idp_text_bytes(&text));
    idp_text_add_c(&text, "]}");
    idp_text_add_c(&more, ",{" OCT "}]}");
    assert_int_equal(idp_keys_read(call_of(state), idp_text_bytes(&text)).count, IDP_KEY_COUNT_MAX);
    assert_int_equal(idp_keys_read(call_of(state), idp_text_bytes(&more)).count, 0);
}

static void an_oversized_text_is_refused(void **state)
{
    struct idp_text text = {.call = call_of(state)};

    idp_text_add_c(&text, "{" EC "}");
    while (text.size <= IDP_KEY_TEXT_SIZE_MAX)
        idp_text_add_c(&text, "                                                                ");
    assert_int_equal(idp_keys_read(call_of(state), idp_text_bytes(&text)).count, 0);
    assert_int_equal(idp_keys_read(call_of(state), (struct idp_bytes){NULL, 0}).count, 0);
}

/* ---- PEM ---- */

#define SPKI_EC                                                                                    \
    "-----BEGIN PUBLIC KEY-----\n"                                                                 \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n"                           \
    "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"                               \
    "-----END PUBLIC KEY-----\n"
#define PKCS8_OKP                                                                                  \
    "-----BEGIN PRIVATE KEY-----\n"                                                                \
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"                           \
    "-----END PRIVATE KEY-----\n"

static void pem_is_read_as_asymmetric_keys(void **state)
{
    assert_int_equal(count_of(state, SPKI_EC), 1);
    assert_int_equal(count_of(state, "\r\n " SPKI_EC), 1);
    assert_int_equal(count_of(state, PKCS8_OKP), 1);
    assert_int_equal(count_of(state, SPKI_EC PKCS8_OKP), 2);
    assert_int_equal(
        count_of(state, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"), 0);
    assert_int_equal(count_of(state, "-----BEGIN PUBLIC KEY-----\n"), 0);
    assert_int_equal(
        count_of(state, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" SPKI_EC),
        1);
}

static void a_public_pem_signs_nothing(void **state)
{
    assert_int_equal(idp_keys_read_private(call_of(state), idp_bytes_of(SPKI_EC)).count, 0);
    assert_int_equal(idp_keys_read_private(call_of(state), idp_bytes_of(PKCS8_OKP)).count, 1);
}

/* ---- secrets ---- */

static size_t count_of_secret(void **state, struct idp_bytes secret)
{
    struct idp_call *call = call_of(state);
    struct idp_text jwk = {.call = call};
    idp_text_add_c(&jwk, "{\"kty\":\"oct\",\"k\":\"");
    idp_text_add(&jwk, idp_base64url_encode(call, secret));
    idp_text_add_c(&jwk, "\"}");
    return idp_keys_read(call, idp_text_bytes(&jwk)).count;
}

static void a_public_key_in_any_spelling_is_no_secret(void **state)
{
    static const char base64[] = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7"
                                 "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==";
    static const char *const spellings[] = {
        SPKI_EC,
        "\n" SPKI_EC,
        base64,
        "{" EC "}",
        " {\"keys\":[{" EC "}]}",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGqgYZq7IHcVtzTXm4uo1vxNhoYuZ6VBMuY1aYOLkWfI me",
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY= me",
        "---- BEGIN SSH2 PUBLIC KEY ----\nAAAAC3NzaC1lZDI1NTE5AAAAIGqg\n",
    };
    for (size_t i = 0; i < IDP_COUNT(spellings); i++) {
        if (count_of_secret(state, idp_bytes_of(spellings[i])) != 0)
            fail_msg("%s", spellings[i]);
    }
    struct idp_bytes der = idp_base64_decode(call_of(state), idp_bytes_of(base64));
    assert_int_equal(count_of_secret(state, der), 0);
}

static void other_bytes_are_a_secret(void **state)
{
    static const char *const secrets[] = {
        "0123456789abcdef0123456789abcdef",
        "{\"this\":\"is JSON, and not a key at all\"}",
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7",
        "0\x82\x01 begins like DER, but is none at all",
    };
    for (size_t i = 0; i < IDP_COUNT(secrets); i++) {
        if (count_of_secret(state, idp_bytes_of(secrets[i])) != 1)
            fail_msg("%s", secrets[i]);
    }
    assert_int_equal(count_of_secret(state, idp_bytes_of("31 bytes are not enough of them")), 0);
}

/* ---- private keys ---- */

static void a_private_half_must_belong_to_the_public_one(void **state)
{
    static const char *const wrong[] = {
        "{" EC "}",
        "{" EC ",\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LM\"}",
        "{" EC ",\"d\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
        "{" EC ",\"d\":\"AQ\"}",
        "{" EC "," EC_D ",\"key_ops\":[\"verify\"]}",
        "{" OKP ",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2E\"}",
    };

    assert_non_null(idp_key_read_private(call_of(state), json_of(state, "{" EC "," EC_D "}")));
    for (size_t i = 0; i < IDP_COUNT(wrong); i++) {
        if (idp_key_read_private(call_of(state), json_of(state, wrong[i])))
            fail_msg("%s", wrong[i]);
    }
}

static void a_wrong_rsa_exponent_is_noticed(void **state)
{
    struct idp_json *jwk = generate(state, "RS256");

    assert_non_null(idp_key_read_private(call_of(state), jwk));
    for (struct idp_json *item = jwk->child; item; item = item->next) {
        if (idp_bytes_is(item->name, "d") || idp_bytes_is(item->name, "dp"))
            ((char *)(uintptr_t)item->text.data)[40] ^= 1;
    }
    assert_null(idp_key_read_private(call_of(state), jwk));
}

/* ---- making ---- */

static void generated_keys_sign_what_their_public_half_verifies(void **state)
{
    for (size_t i = 0; i < IDP_COUNT(algorithm_names); i++) {
        struct idp_json *jwk = generate(state, algorithm_names[i]);
        struct idp_json *public_jwk = idp_jwk_public(call_of(state), jwk);
        const struct idp_json *shown = public_jwk ? public_jwk : jwk;
        struct idp_bytes text = idp_json_text(call_of(state), shown);
        const struct idp_key *key = idp_key_read_private(call_of(state), jwk);
        struct idp_key_set set = idp_keys_read(call_of(state), text);

        assert_non_null(key);
        assert_int_equal(set.count, 1);

        const struct idp_algorithm *algorithm =
            idp_algorithm_find(idp_bytes_of(algorithm_names[i]));
        struct idp_bytes signature = idp_key_sign(call_of(state), key, algorithm, text);

        assert_true(idp_key_verify(call_of(state), set.keys[0], algorithm, text, signature));
        ((char *)(uintptr_t)signature.data)[signature.size / 2] ^= 4;
        assert_false(idp_key_verify(call_of(state), set.keys[0], algorithm, text, signature));
    }
}

static void the_public_half_has_no_private_member(void **state)
{
    static const char *const private_members[] = {"d", "p", "q", "dp", "dq", "qi", "k", "oth"};

    for (size_t i = 0; i < IDP_COUNT(algorithm_names); i++) {
        struct idp_json *jwk = generate(state, algorithm_names[i]);
        const struct idp_json *public_jwk = idp_jwk_public(call_of(state), jwk);

        assert_int_equal(public_jwk == NULL, algorithm_names[i][0] == 'H');
        for (size_t j = 0; j < IDP_COUNT(private_members); j++)
            assert_null(idp_json_member(public_jwk, private_members[j]));
    }
    assert_null(idp_jwk_public(call_of(state), json_of(state, "{\"kty\":\"new\",\"x\":\"AA\"}")));
    assert_null(idp_jwk_public(call_of(state), json_of(state, "{}")));
}

static void a_kid_is_the_thumbprint_unless_given(void **state)
{
    struct idp_json *jwk = generate(state, "ES256");
    const struct idp_algorithm *algorithm = idp_algorithm_find(idp_bytes_of("EdDSA"));

    assert_true(
        idp_bytes_equal(idp_json_string(jwk, "kid"), idp_jwk_thumbprint(call_of(state), jwk)));
    jwk = idp_jwk_generate(call_of(state), algorithm, idp_bytes_of("mine"));
    assert_true(host_text_is(idp_json_string(jwk, "kid"), "mine"));
    assert_null(idp_jwk_thumbprint(call_of(state), json_of(state, "{\"kty\":\"EC\"}")).data);
    assert_null(idp_jwk_thumbprint(call_of(state), json_of(state, "{}")).data);
}

/* ---- cache ---- */

static void the_same_text_is_parsed_once(void **state)
{
    struct idp_key_set first = idp_keys_read(call_of(state), idp_bytes_of("{" EC "}"));
    struct idp_key_set second = idp_keys_read(call_of(state), idp_bytes_of("{" EC "}"));
    struct idp_key_set other = idp_keys_read(call_of(state), idp_bytes_of("{" EC " }"));

    assert_ptr_equal(first.keys[0], second.keys[0]);
    assert_ptr_not_equal(first.keys[0], other.keys[0]);
}

static struct idp_bytes numbered_key(struct idp_call *call, int64_t number)
{
    struct idp_text text = {.call = call};

    idp_text_add_c(&text, "{" OCT ",\"kid\":\"");
    idp_text_add_integer(&text, number);
    idp_text_add_c(&text, "\"}");
    return idp_text_bytes(&text);
}

static void evicted_keys_live_as_long_as_their_call(void **state)
{
    const struct idp_key *held = idp_keys_read(call_of(state), idp_bytes_of("{" EC "}")).keys[0];

    for (int64_t i = 0; i < KEY_COUNT; i++)
        assert_int_equal(idp_keys_read(call_of(state), numbered_key(call_of(state), i)).count, 1);
    assert_int_equal(EVP_PKEY_get_bits(held->pkey), 256);
    assert_ptr_not_equal(held, idp_keys_read(call_of(state), idp_bytes_of("{" EC "}")).keys[0]);
}

/* Signs and verifies with the contexts that all threads share. */
static bool shared_key_works(struct idp_call *call, const char *private_text,
                             struct idp_bytes input)
{
    const struct idp_key *signer = idp_keys_read_private(call, idp_bytes_of(private_text)).keys[0];
    const struct idp_key *verifier = idp_keys_read(call, idp_bytes_of(private_text)).keys[0];

    return idp_key_verify(call, verifier, verifier->usual, input,
                          idp_key_sign(call, signer, signer->usual, input));
}

static void *thread_body(void *data)
{
    struct host *host = data;

    for (int64_t i = 0; i < ROUND_COUNT; i++) {
        struct idp_bytes text = numbered_key(&host->call, i % KEY_COUNT);
        const struct idp_key *key = idp_keys_read(&host->call, text).keys[0];
        const struct idp_algorithm *algorithm = idp_algorithm_usual(key);

        if (!idp_key_verify(&host->call, key, algorithm, text,
                            idp_key_sign(&host->call, key, algorithm, text)) ||
            !shared_key_works(&host->call, "{" EC "," EC_D "}", text) ||
            !shared_key_works(&host->call, PKCS8_OKP, text))
            return NULL;
        host_end_call(host);
    }
    return host;
}

static void threads_share_the_cache(void **state)
{
    static struct host hosts[THREAD_COUNT];
    pthread_t threads[THREAD_COUNT];

    (void)state;
    for (size_t i = 0; i < THREAD_COUNT; i++) {
        host_start(&hosts[i]);
        assert_int_equal(pthread_create(&threads[i], NULL, thread_body, &hosts[i]), 0);
    }
    for (size_t i = 0; i < THREAD_COUNT; i++) {
        void *result;

        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, &hosts[i]);
    }
}

/* ---- writing ---- */

/* What is raised of the key text by a function that takes one. */
static enum idp_error raised_by(void **state, const char *name, struct idp_value key)
{
    struct host *host = *state;

    host_invoke_named(host, name, &key, 1);
    return host->error;
}

/* A PEM must hold the primes, and a JWK may come without. */
static void an_rsa_key_without_primes_is_no_pem(void **state)
{
    const struct idp_json *whole = generate(state, "RS256");
    struct idp_json *jwk = idp_json_new(call_of(state), IDP_JSON_OBJECT);
    static const char *const kept[] = {"kty", "n", "e", "d"};

    for (size_t i = 0; i < IDP_COUNT(kept); i++)
        idp_json_add_string(call_of(state), jwk, kept[i], idp_json_string(whole, kept[i]));

    struct idp_bytes text = idp_json_text(call_of(state), jwk);

    assert_int_equal(idp_keys_read_private(call_of(state), text).count, 1);
    assert_int_equal(raised_by(state, "jwk_to_pem", idp_value_json_text(text)), IDP_INVALID_KEY);
    assert_int_equal(raised_by(state, "jwk_from_pem", idp_value_text(text)), IDP_INVALID_KEY);
    text = idp_json_text(call_of(state), whole);
    assert_int_equal(raised_by(state, "jwk_to_pem", idp_value_json_text(text)), IDP_OK);
}

/* The JWK of one would have lost a prime, and be no key. */
static void an_rsa_key_of_three_primes_is_left_out(void **state)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    BIO *output = BIO_new(BIO_s_mem());
    EVP_PKEY *pkey = NULL;
    char *data;

    assert_int_equal(EVP_PKEY_keygen_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_primes(context, 3), 1);
    assert_int_equal(EVP_PKEY_generate(context, &pkey), 1);
    assert_int_equal(PEM_write_bio_PrivateKey(output, pkey, NULL, NULL, 0, NULL, NULL), 1);

    size_t size = (size_t)BIO_get_mem_data(output, &data);
    struct idp_bytes text = {data, size};

    assert_int_equal(idp_keys_read_private(call_of(state), text).count, 0);
    assert_int_equal(idp_keys_read(call_of(state), text).count, 1);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(pkey);
    BIO_free(output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(algorithms_are_found_by_exact_name),
        cmocka_unit_test_setup_teardown(sound_keys_are_read, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(unsound_keys_are_left_out, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(the_sound_keys_of_a_set_stand, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_set_of_too_many_keys_is_refused, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(an_oversized_text_is_refused, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(pem_is_read_as_asymmetric_keys, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_certificate_stands_for_all_members_or_for_none,
                                        host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_public_key_in_any_spelling_is_no_secret, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(other_bytes_are_a_secret, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_public_pem_signs_nothing, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_private_half_must_belong_to_the_public_one, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_wrong_rsa_exponent_is_noticed, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(an_rsa_key_without_primes_is_no_pem, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(an_rsa_key_of_three_primes_is_left_out, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(generated_keys_sign_what_their_public_half_verifies,
                                        host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(the_public_half_has_no_private_member, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_kid_is_the_thumbprint_unless_given, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(the_same_text_is_parsed_once, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(evicted_keys_live_as_long_as_their_call, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(threads_share_the_cache, host_setup, host_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
