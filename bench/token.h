/* SPDX-License-Identifier: Apache-2.0 */
/* token.h - a token, its key and its policy, and functions of the core called in this process as an
 * adapter calls them: texts come in with every call, one arena block is kept between calls. */
#ifndef IDPLANE_BENCH_TOKEN_H
#define IDPLANE_BENCH_TOKEN_H

#include "bench/claims.h"
#include "bench/raw.h"
#include "core/idplane.h"

enum { TOKEN_SIZE_MAX = 4096, SLICE_MS = 30 };

struct token {
    struct raw raw; /* first: a step of raw takes the whole as it is */
    const struct idp_function *valid, *verify, *sign;
    char text[TOKEN_SIZE_MAX], policy[POLICY_SIZE_MAX];
    char public_jwk[RAW_KEY_TEXT_SIZE];
    struct idp_value verify_arguments[3], sign_arguments[2];
};

/* Makes a key of the algorithm and signs the claims with it. raw signs and verifies the very same
 * input. Ends the program where that fails. */
void token_open(struct token *token, const char *algorithm);
void token_close(struct token *token);

/* Makes the private key, PEM so far, a JWK with this member, and signs anew. */
void token_key_name(struct token *token, const char *member, const char *value);

/* Steps of a pair; jwt_valid and jwt_verify must find the token valid. */
void token_valid(void *token);
void token_verify(void *token);
void token_sign(void *token);

/* A row of jwt_valid against somebody else's; the step takes `context`, whose first member is the
 * token. */
void peer_measure(struct token *token, const char *peer, void (*peer_step)(void *context),
                  void (*own_step)(void *context));

/* A call by itself, which lives until idp_arena_end(arena). */
struct idp_call call_begin(struct idp_arena *arena, const struct idp_function *function);
struct idp_value call_run(struct idp_arena *arena, const struct idp_function *function,
                          const struct idp_value *arguments, size_t count);
struct idp_value argument(char kind, const char *text);

/* Calls a function and copies what it returns, text or JSON. */
void call_text(const char *function, const struct idp_value *arguments, size_t count, char *out,
               size_t out_size);

#endif
