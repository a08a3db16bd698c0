/* SPDX-License-Identifier: Apache-2.0 */
/* jose.c - tokens against raw EVP: jwt_valid, jwt_verify and jwt_sign_with of the core, called in
 * this process as an adapter calls them, with a policy and a key given as text on every call. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "bench/pair.h"
#include "bench/raw.h"
#include "core/idplane.h"

enum { BLOCK_SIZE = 64 << 10, TOKEN_SIZE_MAX = 4096, SLICE_MS = 30 };

/* 400 bytes: what an access token with a few claims of its own carries. */
static const char claims[] =
    "{\"iss\":\"https://id.example.com\",\"sub\":\"6b4c8f2e-7a10-4d53-9c5e-2f8b1a7d3e90\","
    "\"aud\":\"https://api.example.com\",\"exp\":4102444800,\"nbf\":1767225600,\"iat\":1767225600,"
    "\"jti\":\"f3a1c9d27b5e4860a1b2\",\"client_id\":\"telly\",\"scope\":\"openid films series\","
    "\"auth_time\":1767225000,\"acr\":\"urn:example:silver\",\"email_verified\":true,"
    "\"groups\":[\"viewers\",\"family\"],\"locale\":\"en\",\"zoneinfo\":\"Europe/Berlin\"}";

/* ---- the smallest host there can be: nothing here touches a row ---- */

static int64_t host_now(struct idp_call *call)
{
    struct timespec now;
    (void)call;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void host_random(struct idp_call *call, void *out, size_t size)
{
    (void)call;
    require(getrandom(out, size, 0) == (ssize_t)size, "no random bytes");
}

static struct idp_bytes host_session_get(struct idp_call *call, enum idp_session variable)
{
    (void)call;
    (void)variable;
    return (struct idp_bytes){0};
}

static IDP_NORETURN void host_fail(struct idp_call *call, enum idp_error error,
                                   const char *sentence)
{
    (void)call;
    fprintf(stderr, "bench: %s: %s\n", idp_error_row(error)->word, sentence ? sentence : "");
    exit(1);
}

static const struct idp_host host = {
    .now = host_now, .random = host_random, .session_get = host_session_get, .fail = host_fail};

/* One block is kept between calls, as in both adapters. */
static void *obtain(void *context, size_t size)
{
    void **spare = context;
    void *block = size <= BLOCK_SIZE ? *spare : NULL;
    if (block != NULL) {
        *spare = NULL;
        return block;
    }
    return malloc(size < BLOCK_SIZE ? BLOCK_SIZE : size);
}

static void release(void *context, void *block)
{
    void **spare = context;
    free(*spare);
    *spare = block;
}

static void *spare_block;

static struct idp_value invoke(struct idp_arena *arena, const struct idp_function *function,
                               const struct idp_value *arguments, size_t count)
{
    *arena = (struct idp_arena){.obtain = obtain, .release = release, .context = &spare_block};
    struct idp_call call = {.host = &host, .arena = arena, .function = function};
    return idp_invoke(&call, arguments, count);
}

/* ---- steps ---- */

struct bench {
    struct raw raw;
    const struct idp_function *valid, *verify, *sign;
    char token[TOKEN_SIZE_MAX], policy[256];
    struct idp_value verify_arguments[3], sign_arguments[2];
};

static struct idp_value text_value(char kind, const char *text)
{
    return (struct idp_value){.kind = kind, .bytes = {text, strlen(text)}};
}

static void valid_step(void *context)
{
    struct bench *bench = context;
    struct idp_arena arena;
    struct idp_value result = invoke(&arena, bench->valid, bench->verify_arguments, 3);
    require(result.integer == 1, "jwt_valid refuses the token");
    idp_arena_end(&arena);
}

static void verify_step(void *context)
{
    struct bench *bench = context;
    struct idp_arena arena;
    struct idp_value result = invoke(&arena, bench->verify, bench->verify_arguments, 3);
    require(result.json->child->kind == IDP_JSON_TRUE, "jwt_verify refuses the token");
    idp_arena_end(&arena);
}

static void sign_step(void *context)
{
    struct bench *bench = context;
    struct idp_arena arena;
    struct idp_value result = invoke(&arena, bench->sign, bench->sign_arguments, 2);
    require(result.bytes.size > sizeof claims, "jwt_sign_with gave no token");
    idp_arena_end(&arena);
}

/* ---- set up ---- */

/* The token is signed by the core; raw EVP then signs and verifies the very same input. */
static void token_make(struct bench *bench)
{
    struct idp_arena arena;
    bench->sign_arguments[0] = text_value('j', claims);
    bench->sign_arguments[1] = text_value('t', bench->raw.private_text);
    struct idp_value token = invoke(&arena, bench->sign, bench->sign_arguments, 2);
    require(token.bytes.size < sizeof bench->token, "the token is too long");
    memcpy(bench->token, token.bytes.data, token.bytes.size);
    bench->token[token.bytes.size] = '\0';
    idp_arena_end(&arena);
    raw_input(&bench->raw, bench->token, (size_t)(strrchr(bench->token, '.') - bench->token));
}

static void bench_open(struct bench *bench, const char *algorithm)
{
    *bench = (struct bench){.valid = idp_function_find("jwt_valid"),
                            .verify = idp_function_find("jwt_verify"),
                            .sign = idp_function_find("jwt_sign_with")};
    raw_open(&bench->raw, algorithm);
    token_make(bench);
    snprintf(bench->policy, sizeof bench->policy,
             "{\"algs\":[\"%s\"],\"iss\":\"https://id.example.com\","
             "\"aud\":\"https://api.example.com\",\"typ\":\"JWT\",\"require\":[\"exp\",\"sub\"]}",
             algorithm);
    bench->verify_arguments[0] = text_value('t', bench->token);
    bench->verify_arguments[1] = text_value('t', bench->raw.public_text);
    bench->verify_arguments[2] = text_value('j', bench->policy);
}

static void measure(struct bench *bench, const char *function, const char *goal,
                    void (*reference)(void *), void (*step)(void *))
{
    char name[64], reference_name[64];
    snprintf(name, sizeof name, "%s %s", function, bench->raw.algorithm);
    snprintf(reference_name, sizeof reference_name, "raw EVP %s",
             reference == raw_sign ? "signature" : "verification");
    pair_measure(&(struct pair){.section = "Tokens",
                                .name = name,
                                .reference = reference_name,
                                .goal = goal,
                                .reference_step = reference,
                                .case_step = step,
                                .context = bench,
                                .slice_ms = SLICE_MS});
}

int main(void)
{
    static const struct {
        const char *algorithm, *valid_goal, *sign_goal;
    } rows[] = {{"ES256", ">= 0.95", ">= 0.85"},
                {"RS256", ">= 0.90", ">= 0.95"},
                {"EdDSA", ">= 0.97", ""},
                {"HS256", ">= 0.45", ""}};
    for (size_t i = 0; i < IDP_COUNT(rows); i++) {
        static struct bench bench; /* raw comes first in it: a step of raw takes it as it is */
        bench_open(&bench, rows[i].algorithm);
        measure(&bench, "jwt_valid", rows[i].valid_goal, raw_verify, valid_step);
        measure(&bench, "jwt_verify", "", raw_verify, verify_step);
        measure(&bench, "jwt_sign_with", rows[i].sign_goal, raw_sign, sign_step);
        raw_close(&bench.raw);
    }
    free(spare_block);
    return 0;
}
