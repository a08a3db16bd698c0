/* SPDX-License-Identifier: Apache-2.0 */
/* token.c - makes the token, and calls the core. */
#include "bench/token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "bench/pair.h"

enum { BLOCK_SIZE = 64 << 10 };

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
    return calloc(1, size < BLOCK_SIZE ? BLOCK_SIZE : size);
}

static void release(void *context, void *block)
{
    void **spare = context;
    free(*spare);
    *spare = block;
}

static void *spare_block;

struct idp_call call_begin(struct idp_arena *arena, const struct idp_function *function)
{
    *arena = (struct idp_arena){.obtain = obtain, .release = release, .context = &spare_block};
    return (struct idp_call){.host = &host, .arena = arena, .function = function};
}

static struct idp_value invoke(struct idp_call *call, const struct idp_value *arguments,
                               size_t count)
{
    struct idp_value room[IDP_ARGUMENT_COUNT_MAX];
    for (size_t i = 0; i < count; i++)
        room[i] = arguments[i];
    return idp_invoke(call, room, count);
}

struct idp_value call_run(struct idp_arena *arena, const struct idp_function *function,
                          const struct idp_value *arguments, size_t count)
{
    struct idp_call call = call_begin(arena, function);
    return invoke(&call, arguments, count);
}

struct idp_value argument(char kind, const char *text)
{
    return (struct idp_value){.kind = kind, .bytes = {text, strlen(text)}};
}

void call_text(const char *function, const struct idp_value *arguments, size_t count, char *out,
               size_t out_size)
{
    struct idp_arena arena;
    struct idp_call call = call_begin(&arena, idp_function_find(function));
    struct idp_value result = invoke(&call, arguments, count);
    struct idp_bytes bytes =
        call.function->result == 'j' ? idp_json_text(&call, result.json) : result.bytes;
    require(bytes.data != NULL && bytes.size < out_size, "an answer is too long");
    memcpy(out, bytes.data, bytes.size);
    out[bytes.size] = '\0';
    idp_arena_end(&arena);
}

/* ---- steps ---- */

void token_valid(void *context)
{
    struct token *token = context;
    struct idp_arena arena;
    struct idp_value result = call_run(&arena, token->valid, token->verify_arguments, 3);
    require(result.integer == 1, "jwt_valid refuses the token");
    idp_arena_end(&arena);
}

void token_verify(void *context)
{
    struct token *token = context;
    struct idp_arena arena;
    struct idp_value result = call_run(&arena, token->verify, token->verify_arguments, 3);
    require(result.json->child->kind == IDP_JSON_TRUE, "jwt_verify refuses the token");
    idp_arena_end(&arena);
}

void token_sign(void *context)
{
    struct token *token = context;
    struct idp_arena arena;
    struct idp_value result = call_run(&arena, token->sign, token->sign_arguments, 2);
    require(result.bytes.size > strlen(bench_claims), "jwt_sign_with gave no token");
    idp_arena_end(&arena);
}

/* ---- set up ---- */

/* A secret is its own public key here: verifying needs it. */
static void jwk_make(struct token *token)
{
    struct idp_value pem = argument('t', token->raw.public_text);
    if (token->raw.mac == NULL)
        call_text("jwk_from_pem", &pem, 1, token->public_jwk, sizeof token->public_jwk);
    else
        memcpy(token->public_jwk, token->raw.public_text, sizeof token->public_jwk);
}

static void token_make(struct token *token)
{
    call_text("jwt_sign_with", token->sign_arguments, 2, token->text, sizeof token->text);
    raw_input(&token->raw, token->text, (size_t)(strrchr(token->text, '.') - token->text));
    token->verify_arguments[0] = argument('t', token->text);
}

void token_key_name(struct token *token, const char *member, const char *value)
{
    char jwk[RAW_KEY_TEXT_SIZE];
    struct raw *raw = &token->raw;
    call_text("jwk_from_pem", &token->sign_arguments[1], 1, jwk, sizeof jwk);
    int size = snprintf(raw->private_text, sizeof raw->private_text, "{\"%s\":\"%s\",%s", member,
                        value, jwk + 1);
    require(size > 0 && (size_t)size < sizeof raw->private_text, "a key is too long");
    token->sign_arguments[1] = argument('t', raw->private_text);
    token_make(token);
}

void token_open(struct token *token, const char *algorithm)
{
    *token = (struct token){.valid = idp_function_find("jwt_valid"),
                            .verify = idp_function_find("jwt_verify"),
                            .sign = idp_function_find("jwt_sign_with")};
    raw_open(&token->raw, algorithm);
    jwk_make(token);
    policy_write(token->policy, algorithm);
    token->sign_arguments[0] = argument('j', bench_claims);
    token->sign_arguments[1] = argument('t', token->raw.private_text);
    token->verify_arguments[1] = argument('t', token->raw.public_text);
    token->verify_arguments[2] = argument('j', token->policy);
    if (strcmp(algorithm, "PS256") == 0) /* nobody says so: an RSA key is for RS256 */
        token_key_name(token, "alg", algorithm);
    else
        token_make(token);
}

void token_close(struct token *token)
{
    raw_close(&token->raw);
    free(spare_block);
    spare_block = NULL;
}

void peer_measure(struct token *token, const char *peer, void (*peer_step)(void *context),
                  void (*own_step)(void *context))
{
    char name[64];
    snprintf(name, sizeof name, "jwt_valid %s", token->raw.algorithm);
    pair_measure(&(struct pair){.section = "Peers, same tokens",
                                .name = name,
                                .reference = peer,
                                .goal = "",
                                .reference_step = peer_step,
                                .case_step = own_step,
                                .context = token,
                                .slice_ms = SLICE_MS});
}
