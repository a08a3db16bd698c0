/* SPDX-License-Identifier: Apache-2.0 */
/* test_memory.c - memory that ends anywhere: each allocation of the call is refused once, then each
 * of OpenSSL's and libxml2's. A program of its own, because they take their allocator before their
 * first use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlmemory.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "core/jose/key_store.h"
#include "regress/unit/host.h"
#include "regress/unit/refusing.h"
#include "regress/unit/swtpm.h"

enum { ROOM_STEP = 16, FILLED_BLOCK_COUNT = 2, BLOCK_SIZE = 64 << 10, FILL_SIZE = 1 << 10 };

/* ---- what is asked ---- */

/* Those up to X5C are keys: each time with other white space before them, so that no cache has
 * them. */
enum text {
    NONE,
    PRIVATE_JWK,
    RSA_JWK,
    JWKS,
    PUBLIC_PEM,
    PRIVATE_PEM,
    RSA_PEM,
    CERTIFICATE_PEM,
    CERTIFICATE_BASE64,
    X5C,
    KEY_LAST = X5C,
    TOKEN,
    RSA_TOKEN,
    DETACHED,
    PAYLOAD,
    CLAIMS,
    HEADER,
    POLICY,
    ALGORITHM,
    ES256,
    SIGNATURE,
    UPDATE,
    CONFIG,
    FLAGS_NAME,
    FLAGS,
    PATTERN,
    RULE,
    CONNECTION,
    ADFS,
    FEDERATION,
    AAD,
    KEY_SET,
    MANUAL_NAME,
    MANUAL,
    LEAF,
    MAKER,
    ROOT,
    CHAIN_POLICY,
    REVOKED_POLICY,
    AK,
    AK_NAME,
    EK_RSA,
    EK_EC,
    ATTEST,
    ATTEST_SIGNATURE,
    CREDENTIAL,
    TEXT_COUNT
};

static struct idp_bytes texts[TEXT_COUNT];
static struct host maker; /* they live in its arena */

static const struct operation {
    const char *function;
    enum text arguments[4];
    bool is_random; /* no two results are the same */
} operations[] = {
    {"jwt_verify", {TOKEN, JWKS, POLICY}},
    {"jwt_verify", {TOKEN, PUBLIC_PEM, POLICY}},
    {"jwt_verify", {TOKEN, CERTIFICATE_PEM}},
    {"jwt_verify", {TOKEN, CERTIFICATE_BASE64}},
    {"jwt_verify", {TOKEN, X5C}},
    {"jwt_verify", {RSA_TOKEN, JWKS}},
    {"jws_verify", {RSA_TOKEN, RSA_PEM}},
    {"jws_verify_detached", {DETACHED, PAYLOAD, JWKS}},
    {"jwt_decode", {TOKEN}},
    {"jws_sign", {PAYLOAD, PRIVATE_JWK, HEADER}},
    {"jws_sign", {PAYLOAD, PRIVATE_PEM}},
    {"jwt_sign_with", {CLAIMS, PRIVATE_JWK}},
    {"jwt_sign_with", {CLAIMS, RSA_JWK}},
    {"jwk_from_pem", {PUBLIC_PEM}},
    {"jwk_from_pem", {PRIVATE_PEM}},
    {"jwk_from_pem", {RSA_PEM}},
    {"jwk_from_pem", {CERTIFICATE_PEM}},
    {"jwk_to_pem", {PRIVATE_JWK}},
    {"jwk_to_pem", {RSA_JWK}},
    {"jwk_to_pem", {X5C}},
    {"jwk_public", {PRIVATE_JWK}},
    {"jwk_thumbprint", {PRIVATE_JWK}},
    {"jwk_generate", {ALGORITHM}, true},
    {"jwk_generate", {ES256}, true},
    {"signature_valid", {PAYLOAD, SIGNATURE, PRIVATE_JWK, ALGORITHM}},
    {"jwt_sign", {CLAIMS}},
    {"oidc_validate", {CONFIG, CONFIG}},
    {"oidc_merge", {UPDATE, CONFIG, CONFIG, CONFIG}},
    {"oidc_map_claims", {CONFIG, CLAIMS}},
    {"oidc_import", {FLAGS_NAME, FLAGS}},
    {"wildcard_match", {PATTERN, TOKEN}},
    {"claim_match", {CLAIMS, RULE}},
    {"claim_explain", {CLAIMS, RULE}},
    {"fill_placeholders", {PATTERN, CLAIMS}},
    {"map_access", {CONNECTION, CLAIMS}},
    {"provider_keys", {ADFS, FEDERATION}},
    {"provider_keys", {AAD, KEY_SET}},
    {"provider_keys", {MANUAL_NAME, MANUAL}},
    {"verify_chain", {LEAF, MAKER, ROOT, CHAIN_POLICY}},
    {"verify_chain", {LEAF, MAKER, ROOT, REVOKED_POLICY}},
    {"tpm_inspect", {AK}},
    {"tpm_verify", {AK, ATTEST, ATTEST_SIGNATURE}},
    {"tpm_make_credential", {EK_RSA, AK_NAME, CREDENTIAL}, true},
    {"tpm_make_credential", {EK_EC, AK_NAME, CREDENTIAL}, true},
};

/* ---- the key store: one active key, sealed anew for each attempt ---- */

enum { SIGNING, COLUMN_COUNT = 8 }; /* as in key_rotation.c */

static struct idp_value stored_key[COLUMN_COUNT];

static void stored_key_renew(void)
{
    static const char *const kid = "k1";
    struct idp_call *call = &maker.call;
    struct idp_bytes context =
        idp_key_store_context(call, idp_bytes_of("default"), idp_bytes_of(kid));
    struct idp_value row[] = {
        idp_value_text(idp_bytes_of(kid)),
        idp_value_blob(idp_seal(call, texts[PRIVATE_JWK], context)),
        idp_value_text(idp_bytes_of("EdDSA")),
        idp_value_time(maker.now_us),
        idp_null(),
        idp_value_time(0),
        idp_value_text(idp_bytes_of("active")),
        idp_null(),
    };
    memcpy(stored_key, row, sizeof row);
}

static struct host_answer store_answer(struct idp_call *call, const struct idp_statement *statement)
{
    (void)call;
    if (statement == &idp_key_rotation_statements[SIGNING])
        return (struct host_answer){.values = stored_key, .row_count = 1};
    return (struct host_answer){.affected = 1};
}

static void start(struct host *host)
{
    host_start(host);
    host->improvise = store_answer;
}

/* The key text in a spelling that counts up: white space, as a number of base four. */
static struct idp_bytes fresh_key(struct idp_bytes text, char *buffer, unsigned serial)
{
    enum { DIGIT_COUNT = 12 };
    for (size_t i = 0; i < DIGIT_COUNT; i++, serial /= 4)
        buffer[i] = " \t\r\n"[serial % 4];
    memcpy(buffer + DIGIT_COUNT, text.data, text.size);
    return (struct idp_bytes){buffer, DIGIT_COUNT + text.size};
}

/* One call; its result, or data NULL where it raised. */
struct attempt {
    const struct operation *operation;
    unsigned serial;
    struct idp_bytes result; /* lives with the call */
};

static struct idp_bytes result_text(struct idp_call *call, struct idp_value value)
{
    switch (call->function->result) {
    case 'j':
        return value.json != NULL ? idp_json_text(call, value.json) : (struct idp_bytes){0};
    case 'b':
        return idp_bytes_of(value.integer != 0 ? "true" : "false");
    default:
        return value.bytes;
    }
}

static void attempt_body(struct idp_call *call, void *data)
{
    static char buffer[32 << 10];
    struct attempt *attempt = data;
    struct idp_value arguments[IDP_ARGUMENT_COUNT_MAX], value;
    size_t count = 0;
    for (; count < 4 && attempt->operation->arguments[count] != NONE; count++) {
        enum text text = attempt->operation->arguments[count];
        char kind = call->function->arguments[count];
        arguments[count] = (struct idp_value){
            .kind = kind,
            .bytes =
                text > KEY_LAST ? texts[text] : fresh_key(texts[text], buffer, attempt->serial)};
    }
    value = idp_invoke(call, arguments, count);
    attempt->result = result_text(call, value);
}

static struct idp_bytes attempt_run(struct host *host, const struct operation *operation,
                                    unsigned serial)
{
    struct attempt attempt = {.operation = operation, .serial = serial};
    host->call.function = idp_function_find(operation->function);
    host_try(host, attempt_body, &attempt);
    return attempt.result;
}

static unsigned serial_last;

/* From here on nothing is in a cache. */
static unsigned serial_next(void)
{
    stored_key_renew();
    return ++serial_last;
}

static bool is_answer(const struct operation *operation, struct idp_bytes result,
                      struct idp_bytes expected)
{
    bool is_new = idp_bytes_start(result, idp_bytes_of("{\"kty\":")) ||
                  idp_bytes_start(result, idp_bytes_of("{\"valid\":true,"));
    return operation->is_random ? is_new : idp_bytes_equal(result, expected);
}

static bool is_no(struct idp_bytes result)
{
    return result.data != NULL && (idp_bytes_is(result, "false") ||
                                   idp_bytes_start(result, idp_bytes_of("{\"valid\":false")) ||
                                   idp_bytes_start(result, idp_bytes_of("{\"error\":")));
}

static void expect(struct host *host, const struct operation *operation, unsigned serial,
                   struct idp_bytes expected)
{
    struct idp_bytes result = attempt_run(host, operation, serial);
    if (!is_answer(operation, result, expected))
        fail_msg("%s raised %s, or answered another thing: %.*s", operation->function,
                 idp_error_row(host->error)->word, (int)result.size, result.data);
    host_end_call(host);
}

/* What the operation answers where there is enough memory; the caller frees it. */
static struct idp_bytes answer_of(const struct operation *operation)
{
    struct host host;
    start(&host);
    struct idp_bytes result = attempt_run(&host, operation, serial_next());
    assert_non_null(result.data);
    char *copy = malloc(result.size);
    struct idp_bytes answer = {memcpy(copy, result.data, result.size), result.size};
    host_end_call(&host);
    return answer;
}

static void digest_body(struct idp_call *call, void *data)
{
    (void)data;
    assert_non_null(idp_hash_method(call, IDP_SHA256));
}

/* The first test, because the method is fetched but once. */
static void a_digest_that_had_no_memory_is_fetched_again(void **state)
{
    struct host host;
    (void)state;
    EVP_MD_free(EVP_MD_fetch(NULL, "SHA2-512", NULL)); /* the provider is there */
    host_start(&host);
    foreign_has_ended = true;
    assert_false(host_try(&host, digest_body, NULL));
    assert_int_equal(host.error, IDP_CRYPTO);
    foreign_has_ended = false;
    assert_true(host_try(&host, digest_body, NULL));
    ERR_clear_error();
    host_end_call(&host);
}

/* ---- the memory of the call ---- */

/* Leaves this much of the arena, and no further block. Blocks are larger than what is taken from
 * them, so that only a block that is nearly full refuses a chosen allocation. */
static void leave_room(struct host *host, size_t room)
{
    size_t goal = host->block_count + FILLED_BLOCK_COUNT;
    while (host->block_count < goal)
        idp_allocate(&host->call, FILL_SIZE);
    idp_allocate(&host->call, BLOCK_SIZE - FILL_SIZE - 2 * ROOM_STEP - room);
    host->block_fail_at = 1;
}

static void every_refused_allocation_is_out_of_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < IDP_COUNT(operations); i++) {
        struct idp_bytes expected = answer_of(&operations[i]);
        size_t room = 0;
        struct host host;
        start(&host);
        for (bool ended = false; !ended; room += ROOM_STEP) {
            assert_true(room < BLOCK_SIZE / 2);
            unsigned serial = serial_next();
            leave_room(&host, room);
            struct idp_bytes result = attempt_run(&host, &operations[i], serial);
            ended = host.error == IDP_OK;
            assert_true(ended || host.error == IDP_OUT_OF_MEMORY);
            assert_true(!ended || is_answer(&operations[i], result, expected));
            host_end_call(&host);
            assert_int_equal(host.block_live_count, 0);
            assert_int_equal(ERR_peek_error(), 0);
            host.block_fail_at = 0;
        }
        free((char *)(uintptr_t)expected.data);
    }
}

/* ---- OpenSSL's memory ---- */

static bool may_come(enum idp_error error)
{
    return error == IDP_OK || error == IDP_CRYPTO || error == IDP_INVALID_KEY ||
           error == IDP_INVALID_ARGUMENT /* a list that OpenSSL did not read */ ||
           error == IDP_OUT_OF_MEMORY;
}

/* It may raise, and a verdict may be no; nothing else may come of it, now or from a cache. */
static void every_refused_allocation_of_openssl_ends_well(void **state)
{
    (void)state;
    for (size_t i = 0; i < IDP_COUNT(operations); i++) {
        struct idp_bytes expected = answer_of(&operations[i]);
        struct host host;
        start(&host);
        size_t nth = 0;
        for (bool ended = false; !ended;) {
            unsigned serial = serial_next();
            foreign_fail_at = ++nth;
            struct idp_bytes result = attempt_run(&host, &operations[i], serial);
            ended = foreign_fail_at > 0;
            foreign_fail_at = 0;
            if (host.error == IDP_OK && !is_no(result) &&
                !is_answer(&operations[i], result, expected))
                fail_msg("%s, allocation %zu: %.*s", operations[i].function, nth, (int)result.size,
                         result.data);
            if (!may_come(host.error))
                fail_msg("%s, allocation %zu: %s", operations[i].function, nth,
                         idp_error_row(host.error)->word);
            host_end_call(&host);
            assert_int_equal(host.block_live_count, 0);
            expect(&host, &operations[i], serial_last, expected);
        }
        free((char *)(uintptr_t)expected.data);
    }
}

/* ---- the texts ---- */

static const char private_jwk[] = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"k1\","
                                  "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\","
                                  "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}";
static const char ec_jwk[] = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"k2\","
                             "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                             "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}";

static const char config[] =
    "{\"clientID\":\"c\",\"issuerURL\":\"https://i.example\",\"usernameClaim\":\"iss\","
    "\"groupsClaim\":\"aud\",\"requiredClaims\":[\"iss=i\",\"a=b\"],\"encodedJwksArray\":"
    "\"eyJrZXlzIjpbeyJrdHkiOiJPS1AiLCJjcnYiOiJFZDI1NTE5IiwieCI6IjExcVlBWUt4Q3JmVlNfN1R5V1FIT2c3aGN2"
    "UGFwaU1scndJYWFQY0hVUm8ifV19\"}";

/* What a function makes of texts; it lives in the arena, as all texts do. */
static struct idp_bytes made(struct host *host, const char *function, struct idp_bytes first,
                             struct idp_bytes second, struct idp_bytes third)
{
    struct idp_bytes bytes[] = {first, second, third};
    const struct idp_function *row = idp_function_find(function);
    struct idp_value arguments[3];
    size_t count = 0;
    for (; count < 3 && bytes[count].data != NULL; count++)
        arguments[count] = (struct idp_value){.kind = row->arguments[count], .bytes = bytes[count]};
    struct idp_value value = host_invoke(host, row, arguments, count);
    assert_int_equal(host->error, IDP_OK);
    return row->result == 'j' ? idp_json_text(&host->call, value.json) : value.bytes;
}

/* A certificate that the key signed itself. */
static struct idp_bytes certificate_of(struct host *host, EVP_PKEY *pkey)
{
    X509 *certificate = X509_new();
    unsigned char *der = NULL;
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    assert_int_equal(X509_set_pubkey(certificate, pkey), 1);
    assert_true(X509_sign(certificate, pkey, NULL) > 0);
    size_t size = (size_t)i2d_X509(certificate, &der);
    struct idp_bytes base64 =
        idp_base64_encode(&host->call, (struct idp_bytes){(const char *)der, size});
    X509_free(certificate);
    OPENSSL_free(der);
    return base64;
}

static struct idp_bytes joined(struct host *host, const char *before, struct idp_bytes middle,
                               const char *after)
{
    struct idp_text text = {.call = &host->call};
    idp_text_add_c(&text, before);
    idp_text_add(&text, middle);
    idp_text_add_c(&text, after);
    return idp_text_bytes(&text);
}

static void make_tpm(void)
{
    texts[AK] = idp_bytes_of(SWTPM_AK);
    texts[AK_NAME] = idp_bytes_of(SWTPM_AK_NAME);
    texts[EK_RSA] = idp_bytes_of(SWTPM_EK_RSA);
    texts[EK_EC] = idp_bytes_of(SWTPM_EK_EC);
    texts[ATTEST] = idp_bytes_of(SWTPM_CERTIFY);
    texts[ATTEST_SIGNATURE] = idp_bytes_of(SWTPM_CERTIFY_SIGNATURE);
    texts[CREDENTIAL] = idp_bytes_of("AAECAwQFBgcICQoLDA0ODw==");
}

static void make_keys(struct host *host)
{
    static const struct idp_bytes none;
    struct idp_bytes certificate, public_rsa;
    texts[PRIVATE_JWK] = idp_bytes_of(private_jwk);
    texts[RSA_JWK] = made(host, "jwk_generate", idp_bytes_of("RS256"), idp_bytes_of("k3"), none);
    public_rsa = made(host, "jwk_public", texts[RSA_JWK], none, none);
    texts[JWKS] = joined(host, "{\"keys\":[", public_rsa, ",");
    texts[JWKS] = joined(host, texts[JWKS].data, idp_bytes_of(ec_jwk), ",");
    texts[JWKS] = joined(host, texts[JWKS].data, idp_bytes_of(private_jwk), "]}");
    texts[PRIVATE_PEM] = made(host, "jwk_to_pem", texts[PRIVATE_JWK], none, none);
    texts[RSA_PEM] = made(host, "jwk_to_pem", public_rsa, none, none);
    texts[PUBLIC_PEM] = made(host, "jwk_public", texts[PRIVATE_JWK], none, none);
    texts[PUBLIC_PEM] = made(host, "jwk_to_pem", texts[PUBLIC_PEM], none, none);

    struct idp_key_set set = idp_keys_read_private(&host->call, texts[PRIVATE_JWK]);
    certificate = certificate_of(host, set.keys[0]->pkey);
    texts[CERTIFICATE_BASE64] = certificate;
    texts[CERTIFICATE_PEM] =
        joined(host, "-----BEGIN CERTIFICATE-----\n", certificate, "\n-----END CERTIFICATE-----\n");
    texts[X5C] =
        joined(host, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x5c\":[\"", certificate, "\"]}");
}

/* A certificate or list of the scenario chains, base64. */
static struct idp_bytes scenario_text(struct host *host, const char *name)
{
    static char script[64 << 10];
    char start[64];
    FILE *file = fopen("regress/scenarios/chains.sql", "r");
    assert_non_null(file);
    script[fread(script, 1, sizeof script - 1, file)] = '\0';
    fclose(file);
    snprintf(start, sizeof start, "('%s', '", name);
    const char *at = strstr(script, start);
    assert_non_null(at);
    at += strlen(start);
    return idp_bytes_copy(&host->call, (struct idp_bytes){at, strcspn(at, "'")});
}

static void make_chain(struct host *host)
{
    texts[LEAF] = scenario_text(host, "leaf");
    texts[MAKER] = scenario_text(host, "maker");
    texts[ROOT] = scenario_text(host, "root");
    texts[CHAIN_POLICY] = idp_bytes_of("{\"now\":1796083200,\"purpose\":\"clientAuth\"}");
    texts[REVOKED_POLICY] =
        joined(host, "{\"now\":1796083200,\"crls\":[\"", scenario_text(host, "list"), "\"]}");
}

static struct idp_bytes signature_of(struct host *host, struct idp_bytes payload,
                                     struct idp_bytes key)
{
    struct idp_key_set set = idp_keys_read_private(&host->call, key);
    return idp_key_sign(&host->call, set.keys[0], idp_algorithm_find(idp_bytes_of("EdDSA")),
                        payload);
}

static int make_texts(void **state)
{
    static const struct idp_bytes none;
    (void)state;
    host_start(&maker);
    make_tpm();
    make_keys(&maker);
    make_chain(&maker);
    texts[PAYLOAD] = idp_bytes_of("payload");
    texts[CLAIMS] = idp_bytes_of("{\"iss\":\"i\",\"aud\":[\"a\"],\"exp\":1767225601}");
    texts[HEADER] = idp_bytes_of("{\"crit\":[\"b64\"],\"b64\":false,\"typ\":\"x\"}");
    texts[POLICY] = idp_bytes_of("{\"iss\":\"i\",\"aud\":\"a\",\"algs\":[\"EdDSA\"],\"leeway\":1,"
                                 "\"now\":1767225600,\"typ\":\"JWT\",\"require\":[\"exp\"]}");
    texts[UPDATE] = idp_bytes_of("update");
    texts[CONFIG] = idp_bytes_of(config);
    texts[FLAGS_NAME] = idp_bytes_of("flags");
    texts[FLAGS] = idp_bytes_of("[\"--oidc-issuer-url=https://i.example\",\"--oidc-client-id=c\","
                                "\"--oidc-required-claim=a=b\"]");
    texts[PATTERN] = idp_bytes_of("a\\*b*${iss}*");
    texts[RULE] = idp_bytes_of("{\"operator\":\"OR\",\"childPredicates\":[{\"operator\":\"EQ\","
                               "\"parameterPath\":\"iss\",\"value\":\"x\\\\*\"},{\"operator\":"
                               "\"GT\",\"parameterPath\":\"exp\",\"value\":\"1.5\"}]}");
    texts[CONNECTION] = idp_bytes_of(
        "{\"onNewUser\":{\"dynamicMapping\":{\"mappings\":[{\"when\":{\"operator\":\"IN\","
        "\"parameterPath\":\"aud\",\"value\":\"a\"},\"thenGroups\":[2,1]}],\"inventoryMappings\":"
        "[{\"when\":{\"operator\":\"EQ\",\"parameterPath\":\"iss\",\"value\":\"i\"},"
        "\"thenInventoryRoles\":[{\"managedObject\":\"m\",\"roleIds\":[1]}]}]}}}");
    texts[ADFS] = idp_bytes_of("adfs");
    texts[FEDERATION] =
        joined(&maker,
               "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\"><RoleDescriptor>"
               "<KeyDescriptor use=\"signing\"><d:KeyInfo xmlns:d=\"http://www.w3.org/2000/09/"
               "xmldsig#\"><d:X509Data><d:X509Certificate>",
               texts[CERTIFICATE_BASE64],
               "</d:X509Certificate></d:X509Data></d:KeyInfo></KeyDescriptor></RoleDescriptor>"
               "</EntityDescriptor>");
    texts[AAD] = idp_bytes_of("aad");
    texts[KEY_SET] = joined(&maker, "{\"keys\":[", texts[X5C], "]}");
    texts[MANUAL_NAME] = idp_bytes_of("manual");
    texts[MANUAL] = joined(&maker, "{\"certificates\":{\"a\":{\"alg\":\"PCKS\",\"publicKey\":\"",
                           texts[CERTIFICATE_BASE64], "\"}}}");
    texts[ALGORITHM] = idp_bytes_of("EdDSA");
    texts[ES256] = idp_bytes_of("ES256");
    texts[SIGNATURE] = signature_of(&maker, texts[PAYLOAD], texts[PRIVATE_JWK]);
    texts[TOKEN] = made(&maker, "jwt_sign_with", texts[CLAIMS], texts[PRIVATE_JWK], none);
    texts[RSA_TOKEN] = made(&maker, "jwt_sign_with", texts[CLAIMS], texts[RSA_JWK], none);
    texts[DETACHED] = made(&maker, "jws_sign", texts[PAYLOAD], texts[PRIVATE_JWK], texts[HEADER]);
    return 0;
}

static int drop_texts(void **state)
{
    (void)state;
    host_end_call(&maker);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_digest_that_had_no_memory_is_fetched_again),
        cmocka_unit_test_setup(every_refused_allocation_is_out_of_memory, make_texts),
        cmocka_unit_test_teardown(every_refused_allocation_of_openssl_ends_well, drop_texts),
    };
    if (CRYPTO_set_mem_functions(foreign_malloc, foreign_realloc, foreign_free) != 1 ||
        xmlMemSetup(free, xml_malloc, xml_realloc, xml_strdup) != 0)
        return 1;
    xmlSetStructuredErrorFunc(NULL, (xmlStructuredErrorFunc)say_nothing);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
