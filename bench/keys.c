/* SPDX-License-Identifier: Apache-2.0 */
/* keys.c - what a key costs that is given as text on every call: found in the cache, read anew from
 * a JWK, and in memory when there are more keys than the cache holds. */
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/pair.h"
#include "bench/token.h"
#include "core/jose/key.h"

enum { ROTATION_COUNT = 10000, SET_SIZE = 8, JWK_SIZE_MAX = 640 };

static const char section[] = "Keys, C API";

struct bench {
    struct token token; /* first: a step of raw takes the whole as it is */
    char cold_jwk[RAW_KEY_TEXT_SIZE];
    unsigned cold_count;
};

/* ---- a key that is held, as nothing in SQL can hold one ---- */

static struct idp_key_set held;

/* jwt_valid without the text of a key. */
static struct idp_value held_entry(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_policy policy = idp_policy_argument(call, arguments[2], IDP_POLICY_JWT);
    const struct idp_key *key[IDP_KEY_TRY_COUNT_MAX];
    struct idp_jws jws;
    const char *why;
    if (!idp_jws_read(call, idp_text_of(arguments[0]), &jws) || !jws.header.well_formed ||
        jws.header.extension != IDP_EXTENSION_NONE || jws.header.algorithm == NULL ||
        !idp_json_holds(policy.algs, jws.header.alg) ||
        idp_keys_select(held, &jws.header, key) != 1 ||
        !idp_key_verify(call, key[0], jws.header.algorithm, jws.input, jws.signature))
        return idp_value_bool(false);
    const struct idp_json *claims = idp_json_read(call, jws.payload, &why);
    return idp_value_bool(idp_json_is(claims, IDP_JSON_OBJECT) &&
                          idp_jws_type_is(&jws, policy.typ) &&
                          idp_claims_check(claims, &policy) == IDP_REASON_VALID);
}

static void held_step(void *context)
{
    struct token *token = context;
    struct idp_function function = *token->valid;
    struct idp_arena arena;
    function.entry = held_entry;
    struct idp_value result = call_run(&arena, &function, token->verify_arguments, 3);
    require(result.integer == 1, "the held key refuses the token");
    idp_arena_end(&arena);
}

static void measure(struct bench *bench, const char *name, const char *reference, const char *goal,
                    void (*reference_step)(void *), void (*step)(void *))
{
    char full_name[64];
    snprintf(full_name, sizeof full_name, "%s %s", name, bench->token.raw.algorithm);
    pair_measure(&(struct pair){.section = section,
                                .name = full_name,
                                .reference = reference,
                                .goal = goal,
                                .reference_step = reference_step,
                                .case_step = step,
                                .context = bench,
                                .slice_ms = SLICE_MS});
}

static void measure_held(struct bench *bench, const char *goal)
{
    struct idp_arena arena; /* of the call that holds the key all the time */
    struct idp_call call = call_begin(&arena, bench->token.valid);
    held = idp_keys_read(&call, idp_text_of(bench->token.verify_arguments[1]));
    measure(bench, "jwt_valid, key text in the cache", "the same, key held", goal, held_step,
            token_valid);
    idp_arena_end(&arena);
}

/* ---- a key that nobody has seen ---- */

static EVP_PKEY *pem_read(const struct token *token)
{
    BIO *bio = BIO_new_mem_buf(token->raw.public_text, -1);
    EVP_PKEY *key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    BIO_free(bio);
    require(key != NULL, "OpenSSL cannot read a key");
    return key;
}

static void pem_step(void *context)
{
    EVP_PKEY_free(pem_read(context));
}

static void pem_verify_step(void *context)
{
    struct token *token = context;
    const struct raw *raw = &token->raw;
    EVP_PKEY *key = pem_read(token);
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    require(EVP_DigestVerifyInit(digest, NULL, raw->digest, NULL, key) == 1 &&
                EVP_DigestVerify(digest, raw->signature, raw->signature_size, raw->input,
                                 raw->input_size) == 1,
            "a verification");
    EVP_MD_CTX_free(digest);
    EVP_PKEY_free(key);
}

static void jwk_step(void *context)
{
    struct token *token = context;
    struct idp_arena arena;
    struct idp_call call = call_begin(&arena, token->valid);
    const char *why;
    bool doubtful;
    const struct idp_json *jwk = idp_json_read(&call, idp_bytes_of(token->public_jwk), &why);
    require(jwk != NULL && idp_jwk_read(&call, jwk, false, &doubtful) != NULL, "a JWK is refused");
    idp_arena_end(&arena);
}

/* A kid of its own each time: the cache has never seen this text. */
static void cold_step(void *context)
{
    struct bench *bench = context;
    struct token *token = &bench->token;
    struct idp_arena arena;
    snprintf(bench->cold_jwk, sizeof bench->cold_jwk, "{\"kid\":\"%u\",%s", bench->cold_count++,
             token->public_jwk + 1);
    const struct idp_value arguments[] = {
        token->verify_arguments[0], argument('t', bench->cold_jwk), token->verify_arguments[2]};
    struct idp_value result = call_run(&arena, token->valid, arguments, IDP_COUNT(arguments));
    require(result.integer == 1, "jwt_valid refuses the token");
    idp_arena_end(&arena);
}

static void measure_cold(struct bench *bench)
{
    measure(bench, "a JWK read", "PEM_read_bio_PUBKEY", ">= 5", pem_step, jwk_step);
    measure(bench, "jwt_valid, JWK not in the cache", "the same by PEM, raw EVP", "",
            pem_verify_step, cold_step);
}

/* ---- more keys than the cache holds ---- */

struct rotation {
    struct token token;
    char (*private)[JWK_SIZE_MAX], (*public)[JWK_SIZE_MAX];
};

static void rotation_open(struct rotation *rotation)
{
    struct idp_value algorithm = argument('t', "ES256");
    token_open(&rotation->token, "ES256");
    rotation->private = calloc(ROTATION_COUNT, JWK_SIZE_MAX);
    rotation->public = calloc(ROTATION_COUNT, JWK_SIZE_MAX);
    require(rotation->private != NULL && rotation->public != NULL, "out of memory");
    for (size_t i = 0; i < ROTATION_COUNT; i++) {
        call_text("jwk_generate", &algorithm, 1, rotation->private[i], JWK_SIZE_MAX);
        struct idp_value key = argument('j', rotation->private[i]);
        call_text("jwk_public", &key, 1, rotation->public[i], JWK_SIZE_MAX);
    }
}

static void rotation_close(struct rotation *rotation)
{
    token_close(&rotation->token);
    free(rotation->private);
    free(rotation->public);
}

/* Each key signs and verifies. */
static void rotation_turn(void *context)
{
    struct rotation *rotation = context;
    struct token *token = &rotation->token;
    for (size_t i = 0; i < ROTATION_COUNT; i++) {
        token->sign_arguments[1] = argument('t', rotation->private[i]);
        call_text("jwt_sign_with", token->sign_arguments, 2, token->text, sizeof token->text);
        token->verify_arguments[0] = argument('t', token->text);
        token->verify_arguments[1] = argument('t', rotation->public[i]);
        token_valid(token);
    }
}

/* Making as many RSA keys takes minutes, and to the cache a key is another where its text is. The
 * sets are as large as lets the cache fill, which counts texts and keys: the one that signed is in
 * each as kid 0, and again under others. */
static void sets_turn(void *context)
{
    struct token *token = context;
    char text[SET_SIZE * RAW_KEY_TEXT_SIZE];
    for (size_t i = 0; i < ROTATION_COUNT / SET_SIZE; i++) {
        size_t size = (size_t)snprintf(text, sizeof text, "{\"set\":%zu,\"keys\":[", i);
        for (unsigned kid = 0; kid < SET_SIZE; kid++)
            size += (size_t)snprintf(text + size, sizeof text - size, "%s{\"kid\":\"%u\",%s",
                                     kid == 0 ? "" : ",", kid, token->public_jwk + 1);
        snprintf(text + size, sizeof text - size, "]}");
        token->verify_arguments[1] = argument('t', text);
        token_valid(token);
    }
}

static void measure_growth(const char *name, void (*turn)(void *context), void *context)
{
    double start = resident_mib();
    turn(context);
    double first = resident_mib();
    row_print(section, name, "", first - start, "<= 16");
    turn(context);
    row_print(section, "  and when they come again", "", resident_mib() - first, "< 1");
}

static void measure_memory(void)
{
    static struct rotation rotation;
    static struct token token;
    progress("Keys: making %d of them", ROTATION_COUNT);
    rotation_open(&rotation);
    measure_growth("10000 keys of ES256 sign and verify, MiB of growth", rotation_turn, &rotation);
    rotation_close(&rotation);
    token_open(&token, "RS256");
    token_key_name(&token, "kid", "0");
    measure_growth("10000 of RS256 in sets of 8 verify, MiB of growth", sets_turn, &token);
    token_close(&token);
}

int main(void)
{
    static const struct {
        const char *algorithm, *held_goal;
        bool cold;
    } rows[] = {{"ES256", ">= 0.95", true},
                {"RS256", ">= 0.95", true},
                {"EdDSA", ">= 0.95", false},
                {"HS256", "", false}};
    measure_memory(); /* first: nothing else has grown yet */
    for (size_t i = 0; i < IDP_COUNT(rows); i++) {
        static struct bench bench;
        token_open(&bench.token, rows[i].algorithm);
        measure_held(&bench, rows[i].held_goal);
        if (rows[i].cold)
            measure_cold(&bench);
        token_close(&bench.token);
    }
    return 0;
}
