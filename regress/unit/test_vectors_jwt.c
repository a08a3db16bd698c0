/* SPDX-License-Identifier: Apache-2.0 */
/* test_vectors_jwt.c - tokens, keys and signatures that others made: attacks, known answers, the
 * examples of the RFCs, Wycheproof and the edges of Ed25519. Each prints its counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "core/jose/key.h"
#include "regress/unit/host.h"

enum { DISPUTED_COUNT_MAX = 8, RAW_SIZE_MAX = 4096 };

/* One case on its way through host_try(). */
struct trial {
    struct idp_bytes token, keys;
    const struct idp_json *policy, *claims;
    enum idp_reason reason;
};

static struct idp_call *call_of(void **state)
{
    return &((struct host *)*state)->call;
}

static bool is_word(const struct idp_json *object, const char *name, const char *word)
{
    return idp_bytes_is(idp_json_string(object, name), word);
}

/* Calls check() for each line of a JSON Lines file; false where the file is absent. */
static bool each_line(void **state, const char *name,
                      void (*check)(void **state, const struct idp_json *line))
{
    FILE *file = host_vectors_open(name);
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size;

    if (!file)
        return false;
    while ((size = getline(&line, &capacity, file)) > 0) {
        const char *why;

        /* Remarks may hold a NUL, which the strict reader refuses; tokens and keys do not. */
        for (char *nul = line; (nul = strstr(nul, "\\u0000")) != NULL;)
            nul[5] = '1';

        const struct idp_json *json =
            idp_json_read(call_of(state), (struct idp_bytes){line, (size_t)size}, &why);

        if (!json)
            fail_msg("%s: %s", name, why);
        check(state, json);
        host_end_call(*state);
    }
    free(line);
    fclose(file);
    return true;
}

static cJSON *read_file(const char *name)
{
    FILE *file = host_vectors_open(name);
    size_t capacity = 1 << 23;

    if (!file)
        return NULL;

    char *text = calloc(1, capacity);
    size_t size = fread(text, 1, capacity - 1, file);
    cJSON *json = cJSON_ParseWithLength(text, size);

    assert_non_null(json);
    free(text);
    fclose(file);
    return json;
}

static void verify_body(struct idp_call *call, void *data)
{
    struct trial *trial = data;
    struct idp_policy policy = idp_policy_read(call, trial->policy, IDP_POLICY_JWT);
    struct idp_jws jws;

    trial->reason = idp_jwt_check(call, trial->token, trial->keys, &policy, &jws, &trial->claims);
}

/* ---- attacks ---- */

static size_t agreed_count, either_count;

static struct idp_bytes token_of(struct idp_call *call, const struct idp_json *line)
{
    struct idp_bytes encoded = idp_json_string(line, "token_b64");

    return encoded.data ? idp_base64_decode(call, encoded) : idp_json_string(line, "token");
}

static void check_claims(struct idp_call *call, const struct idp_json *line,
                         const struct idp_json *claims)
{
    const struct idp_json *expected = idp_json_member(line, "check_claims");

    for (const struct idp_json *item = expected ? expected->child : NULL; item; item = item->next) {
        const struct idp_json *claim = idp_json_member(claims, idp_text_c(call, item->name));

        assert_non_null(claim);
        assert_true(
            idp_bytes_equal(idp_json_canonical(call, claim), idp_json_canonical(call, item)));
    }
}

static void attack(void **state, const struct idp_json *line)
{
    struct idp_call *call = call_of(state);
    struct trial trial = {.token = token_of(call, line),
                          .keys = idp_json_text(call, idp_json_member(line, "jwks")),
                          .policy = idp_json_member(line, "policy")};
    struct idp_bytes id = idp_json_string(line, "id");
    bool either = idp_json_is(idp_json_member(line, "either_ok"), IDP_JSON_TRUE);

    if (!host_try(*state, verify_body, &trial))
        fail_msg("%.*s raised: %s", (int)id.size, id.data, ((struct host *)*state)->sentence);

    bool valid = trial.reason == IDP_REASON_VALID;

    if (valid)
        check_claims(call, line, trial.claims);
    if (valid == is_word(line, "expect", "valid"))
        agreed_count++;
    else if (either)
        either_count++;
    else
        fail_msg("%.*s: reason %d", (int)id.size, id.data, (int)trial.reason);
}

static void attacks_are_judged_as_listed(void **state)
{
    agreed_count = either_count = 0;
    if (!each_line(state, "own/jwt_attacks.jsonl", attack))
        skip();
    print_message("# jwt_attacks: %zu as listed, %zu the other way where both are right\n",
                  agreed_count, either_count);
    assert_true(agreed_count + either_count >= 311);
}

/* ---- known answers ---- */

static size_t answer_count;

static void known_answer(void **state, const struct idp_json *line)
{
    struct idp_call *call = call_of(state);
    const char *why;
    struct idp_bytes protected =
        idp_base64url_decode(call, idp_json_string(line, "protected_b64u"));
    const struct idp_json *header = idp_json_read(call, protected, &why);
    const struct idp_key *key = idp_key_read_private(call, idp_json_member(line, "jwk_private"));

    assert_non_null(header);
    assert_non_null(key);

    struct idp_bytes payload = idp_base64url_decode(call, idp_json_string(line, "payload_b64u"));
    struct idp_bytes token = idp_jws_sign(call, key, header, payload);

    assert_true(idp_bytes_equal(token, idp_json_string(line, "token")));
    answer_count++;
}

static void deterministic_signatures_are_the_known_ones(void **state)
{
    answer_count = 0;
    if (!each_line(state, "own/sign_known_answers.jsonl", known_answer))
        skip();
    print_message("# sign_known_answers: %zu\n", answer_count);
    assert_int_equal(answer_count, 30);
}

/* ---- plain JWS ---- */

static void check_body(struct idp_call *call, void *data)
{
    struct trial *trial = data;
    struct idp_jws jws;

    trial->reason = IDP_REASON_MALFORMED;
    if (idp_jws_read(call, trial->token, &jws))
        trial->reason = idp_jws_check(call, &jws, trial->keys, NULL);
}

/* Whether the token verifies under a key or key set given as cJSON. */
static bool jws_is_valid(void **state, const char *token, const cJSON *keys)
{
    char *text = cJSON_PrintUnformatted(keys);
    struct trial trial = {.token = idp_bytes_of(token), .keys = idp_bytes_of(text)};

    assert_true(host_try(*state, check_body, &trial));
    cJSON_free(text);
    host_end_call(*state);
    return trial.reason == IDP_REASON_VALID;
}

static void examples_of_the_rfcs(void **state)
{
    cJSON *file = read_file("rfc-examples/rfc-examples.json"), *item;
    size_t count = 0;

    if (!file)
        skip();
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(file, "tokens"))
    {
        const char *token = cJSON_GetObjectItemCaseSensitive(item, "token")->valuestring;

        assert_true(jws_is_valid(state, token, cJSON_GetObjectItemCaseSensitive(item, "jwk")));
        count++;
    }
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(file, "thumbprints"))
    {
        char *text = cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(item, "jwk"));
        const char *why;
        const struct idp_json *jwk = idp_json_read(call_of(state), idp_bytes_of(text), &why);

        assert_true(
            host_text_is(idp_jwk_thumbprint(call_of(state), jwk),
                         cJSON_GetObjectItemCaseSensitive(item, "thumbprint_sha256")->valuestring));
        cJSON_free(text);
        count++;
    }
    cJSON_Delete(file);
    print_message("# rfc-examples: %zu\n", count);
}

static void the_jose_cookbook(void **state)
{
    cJSON *file = read_file("jose-cookbook/cookbook.json"), *item;
    size_t valid_count = 0, refused_count = 0;

    if (!file)
        skip();
    cJSON_ArrayForEach(item, file)
    {
        const char *path = cJSON_GetObjectItemCaseSensitive(item, "path")->valuestring;
        cJSON *content = cJSON_GetObjectItemCaseSensitive(item, "content");
        cJSON *output = cJSON_GetObjectItemCaseSensitive(content, "output");
        cJSON *compact = cJSON_GetObjectItemCaseSensitive(output, "compact");
        cJSON *input = cJSON_GetObjectItemCaseSensitive(content, "input");
        cJSON *key = cJSON_GetObjectItemCaseSensitive(input, "key");

        if (!cJSON_IsString(compact) || !key)
            continue;

        bool attached = strncmp(path, "jws/", 4) == 0 && !strstr(path, "detached");
        bool is_valid = jws_is_valid(state, compact->valuestring, key);

        if (attached != is_valid && strncmp(path, "curve25519/jws", 14) != 0)
            fail_msg("%s: valid %d", path, is_valid);
        valid_count += is_valid;
        refused_count += !is_valid;
    }
    cJSON_Delete(file);
    print_message("# jose-cookbook: %zu verified, %zu refused (encrypted, detached, b64)\n",
                  valid_count, refused_count);
    assert_true(valid_count >= 4);
}

/* ---- Wycheproof ---- */

/* Cases where we differ knowingly, with the reason. */
struct disputed {
    const char *file;
    int ids[DISPUTED_COUNT_MAX];
};

static const struct disputed disputed[] = {
    /* 1: a set may hold symmetric and asymmetric keys, each pinned by its alg. 7: a ROCA key looks
     * like any other to all but a fingerprint test of its own. */
    {"wycheproof/json_web_key.json", {1, 7}},
    /* 347, 351: the key's alg is "ES521", which RFC 7518 does not have. 367: the very token of 357,
     * which is valid. 372, 373: a '?' within a segment, which RFC 7515 §2 refuses. */
    {"wycheproof/json_web_signature.json", {347, 351, 367, 372, 373}},
};

static bool is_disputed(const char *file, int id)
{
    for (size_t i = 0; i < IDP_COUNT(disputed); i++) {
        for (size_t j = 0; j < DISPUTED_COUNT_MAX && strcmp(disputed[i].file, file) == 0; j++) {
            if (disputed[i].ids[j] == id)
                return true;
        }
    }
    return false;
}

static void wycheproof_tokens(void **state, const char *name)
{
    cJSON *file = read_file(name), *group, *test;
    size_t count = 0, disputed_count = 0;

    if (!file)
        skip();
    cJSON_ArrayForEach(group, cJSON_GetObjectItemCaseSensitive(file, "testGroups"))
    {
        cJSON *keys = cJSON_GetObjectItemCaseSensitive(group, "public");

        keys = keys ? keys : cJSON_GetObjectItemCaseSensitive(group, "private");
        cJSON_ArrayForEach(test, cJSON_GetObjectItemCaseSensitive(group, "tests"))
        {
            int id = cJSON_GetObjectItemCaseSensitive(test, "tcId")->valueint;
            cJSON *jws = cJSON_GetObjectItemCaseSensitive(test, "jws");
            char *other = cJSON_IsString(jws) ? NULL : cJSON_PrintUnformatted(jws);
            bool is_valid = jws_is_valid(state, other ? other : jws->valuestring, keys);
            const char *result = cJSON_GetObjectItemCaseSensitive(test, "result")->valuestring;

            cJSON_free(other);
            count++;
            if (is_valid == (strcmp(result, "valid") == 0))
                continue;
            if (!is_disputed(name, id))
                fail_msg("%s %d: valid %d, listed %s", name, id, is_valid, result);
            disputed_count++;
        }
    }
    cJSON_Delete(file);
    print_message("# %s: %zu, of which %zu disputed\n", name, count, disputed_count);
}

static void wycheproof_web_signatures(void **state)
{
    wycheproof_tokens(state, "wycheproof/json_web_signature.json");
}

static void wycheproof_web_keys(void **state)
{
    wycheproof_tokens(state, "wycheproof/json_web_key.json");
}

static struct idp_bytes hex_member(struct idp_call *call, const cJSON *object, const char *name)
{
    const char *hex = cJSON_GetObjectItemCaseSensitive(object, name)->valuestring;
    size_t size = strlen(hex) / 2;
    char *bytes = idp_allocate(call, size + 1);

    for (size_t i = 0; i < size; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

        bytes[i] = (char)strtol(pair, NULL, 16);
    }
    return (struct idp_bytes){bytes, size};
}

/* A file of raw signatures, and the JWA algorithm that they are of. */
struct primitive {
    const char *file, *algorithm, *key_member, *signature_member;
};

static struct idp_bytes primitive_key(struct idp_call *call, const struct primitive *primitive,
                                      const cJSON *group, const cJSON *test)
{
    cJSON *member = cJSON_GetObjectItemCaseSensitive(group, primitive->key_member);

    if (!member && cJSON_HasObjectItem(test, "key")) {
        struct idp_json *jwk = idp_json_new(call, IDP_JSON_OBJECT);

        idp_json_add_c(call, jwk, "kty", "oct");
        idp_json_add_string(call, jwk, "k",
                            idp_base64url_encode(call, hex_member(call, test, "key")));
        return idp_json_text(call, jwk);
    }
    if (!member) /* some groups have no JWK form */
        member = cJSON_GetObjectItemCaseSensitive(group, "publicKeyPem");
    if (cJSON_IsString(member))
        return idp_bytes_copy(call, idp_bytes_of(member->valuestring));

    char *text = cJSON_PrintUnformatted(member);
    struct idp_bytes copy = idp_bytes_copy(call, idp_bytes_of(text));

    cJSON_free(text);
    return copy;
}

/* Whether JWS must refuse what the file calls valid: a truncated tag, or a key below JWA's size. */
static bool is_outside_jwa(const cJSON *group, const struct idp_algorithm *algorithm,
                           const cJSON *test)
{
    cJSON *tag_size = cJSON_GetObjectItemCaseSensitive(group, "tagSize");

    return tag_size && ((size_t)tag_size->valueint != algorithm->hash_size * 8 ||
                        strlen(cJSON_GetObjectItemCaseSensitive(test, "key")->valuestring) <
                            2 * algorithm->hash_size);
}

static bool primitive_is_valid(struct idp_call *call, const struct primitive *primitive,
                               const cJSON *group, const cJSON *test)
{
    const struct idp_algorithm *algorithm = idp_algorithm_find(idp_bytes_of(primitive->algorithm));
    struct idp_key_set set = idp_keys_read(call, primitive_key(call, primitive, group, test));

    return set.count == 1 && idp_algorithm_fits(algorithm, set.keys[0]) &&
           idp_key_verify(call, set.keys[0], algorithm, hex_member(call, test, "msg"),
                          hex_member(call, test, primitive->signature_member));
}

static void check_primitive(void **state, const struct primitive *primitive, bool salt_is_wrong)
{
    const struct idp_algorithm *algorithm = idp_algorithm_find(idp_bytes_of(primitive->algorithm));
    cJSON *file = read_file(primitive->file), *group, *test;
    size_t count = 0;

    if (!file)
        skip();
    cJSON_ArrayForEach(group, cJSON_GetObjectItemCaseSensitive(file, "testGroups"))
    {
        cJSON_ArrayForEach(test, cJSON_GetObjectItemCaseSensitive(group, "tests"))
        {
            const char *result = cJSON_GetObjectItemCaseSensitive(test, "result")->valuestring;
            const char *comment = cJSON_GetObjectItemCaseSensitive(test, "comment")->valuestring;
            bool expected = salt_is_wrong ? strcmp(comment, "s_len changed to 32") == 0
                                          : strcmp(result, "valid") == 0 &&
                                                !is_outside_jwa(group, algorithm, test);

            if (primitive_is_valid(call_of(state), primitive, group, test) != expected)
                fail_msg("%s %d: listed %s", primitive->file,
                         cJSON_GetObjectItemCaseSensitive(test, "tcId")->valueint, result);
            host_end_call(*state);
            count++;
        }
    }
    cJSON_Delete(file);
    print_message("# %s: %zu\n", primitive->file, count);
}

static void wycheproof_signatures(void **state)
{
    static const struct primitive primitives[] = {
        {"wycheproof/ecdsa_secp256r1_sha256_p1363.json", "ES256", "publicKeyJwk", "sig"},
        {"wycheproof/ecdsa_secp384r1_sha384_p1363.json", "ES384", "publicKeyJwk", "sig"},
        {"wycheproof/ecdsa_secp521r1_sha512_p1363.json", "ES512", "publicKeyJwk", "sig"},
        {"wycheproof/ed25519.json", "EdDSA", "publicKeyJwk", "sig"},
        {"wycheproof/ed448.json", "EdDSA", "publicKeyJwk", "sig"},
        {"wycheproof/hmac_sha256.json", "HS256", "", "tag"},
        {"wycheproof/hmac_sha384.json", "HS384", "", "tag"},
        {"wycheproof/hmac_sha512.json", "HS512", "", "tag"},
        {"wycheproof/rsa_signature_2048_sha256.json", "RS256", "publicKeyPem", "sig"},
        {"wycheproof/rsa_signature_3072_sha384.json", "RS384", "publicKeyPem", "sig"},
        {"wycheproof/rsa_signature_4096_sha512.json", "RS512", "publicKeyPem", "sig"},
        {"wycheproof/rsa_pss_2048_sha256_mgf1_32.json", "PS256", "publicKeyPem", "sig"},
        {"wycheproof/rsa_pss_4096_sha384_mgf1_48.json", "PS384", "publicKeyPem", "sig"},
        {"wycheproof/rsa_pss_4096_sha512_mgf1_64.json", "PS512", "publicKeyPem", "sig"},
    };
    static const struct primitive saltless = {"wycheproof/rsa_pss_2048_sha256_mgf1_0.json", "PS256",
                                              "publicKeyPem", "sig"};

    for (size_t i = 0; i < IDP_COUNT(primitives); i++)
        check_primitive(state, &primitives[i], false);
    check_primitive(state, &saltless, true);
}

/* ---- Ed25519 ---- */

static size_t edge_count;

static struct idp_bytes hex_text(struct idp_call *call, struct idp_bytes hex)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "hex", idp_text_c(call, hex));
    struct idp_bytes bytes = hex_member(call, object, "hex");

    cJSON_Delete(object);
    return bytes;
}

static void edge(void **state, const struct idp_json *line)
{
    struct idp_call *call = call_of(state);
    bool is_cctv = idp_json_member(line, "key") != NULL;
    struct idp_json *jwk = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_bytes point = hex_text(call, idp_json_string(line, is_cctv ? "key" : "pub_key"));
    struct idp_bytes signature =
        hex_text(call, idp_json_string(line, is_cctv ? "sig" : "signature"));
    struct idp_bytes message =
        is_cctv ? idp_json_string(line, "msg") : hex_text(call, idp_json_string(line, "message"));

    idp_json_add_c(call, jwk, "kty", "OKP");
    idp_json_add_c(call, jwk, "crv", "Ed25519");
    idp_json_add_string(call, jwk, "x", idp_base64url_encode(call, point));

    struct idp_key_set set = idp_keys_read(call, idp_json_text(call, jwk));
    bool accepted =
        set.count == 1 && idp_key_verify(call, set.keys[0], set.keys[0]->usual, message, signature);
    /* `either` depends on the cofactor, where OpenSSL takes the strict side. */
    bool expected = is_word(line, "strict", "accept") && is_word(line, "openssl_3_0", "accept");

    if (accepted != expected)
        fail_msg("%s", idp_json_text(call, line).data);
    edge_count++;
}

static void edges_of_ed25519_are_judged_strictly(void **state)
{
    edge_count = 0;
    if (!each_line(state, "ed25519-edge/cctv_ed25519.jsonl", edge) ||
        !each_line(state, "ed25519-edge/speccheck.jsonl", edge))
        skip();
    print_message("# ed25519-edge: %zu\n", edge_count);
    assert_int_equal(edge_count, 195);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(attacks_are_judged_as_listed, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(deterministic_signatures_are_the_known_ones, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(examples_of_the_rfcs, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(the_jose_cookbook, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(wycheproof_web_signatures, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(wycheproof_web_keys, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(wycheproof_signatures, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(edges_of_ed25519_are_judged_strictly, host_setup,
                                        host_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
