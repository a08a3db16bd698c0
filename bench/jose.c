/* SPDX-License-Identifier: Apache-2.0 */
/* jose.c - tokens against raw EVP: jwt_valid, jwt_verify and jwt_sign_with of the core, called in
 * this process as an adapter calls them, with a policy and a key given as text on every call. */
#include <stdio.h>
#include <string.h>

#include "bench/pair.h"
#include "bench/token.h"

static void measure(struct token *token, const char *function, const char *goal,
                    void (*reference)(void *), void (*step)(void *))
{
    char name[64], reference_name[64];
    snprintf(name, sizeof name, "%s %s", function, token->raw.algorithm);
    snprintf(reference_name, sizeof reference_name, "raw EVP %s",
             reference == raw_sign ? "signature" : "verification");
    pair_measure(&(struct pair){.section = "Tokens, C API",
                                .name = name,
                                .reference = reference_name,
                                .goal = goal,
                                .reference_step = reference,
                                .case_step = step,
                                .context = token,
                                .slice_ms = SLICE_MS});
}

/* An RSA key that says nothing is made ready for RS256, one that says PS256 for that. */
static void measure_named(struct token *token)
{
    char jwk[RAW_KEY_TEXT_SIZE];
    int size = snprintf(jwk, sizeof jwk, "{\"alg\":\"PS256\",%s", token->public_jwk + 1);
    require(size > 0 && (size_t)size < sizeof jwk, "a key is too long");
    token->verify_arguments[1] = argument('t', jwk);
    measure(token, "jwt_valid, alg in the key", ">= 0.90", raw_verify, token_valid);
}

int main(void)
{
    static const struct {
        const char *algorithm, *valid_goal, *sign_goal;
    } rows[] = {{"ES256", ">= 0.95", ">= 0.85"},
                {"RS256", ">= 0.90", ">= 0.95"},
                {"PS256", ">= 0.90", ">= 0.95"},
                {"EdDSA", ">= 0.97", ""},
                {"HS256", ">= 0.45", ""}};
    for (size_t i = 0; i < IDP_COUNT(rows); i++) {
        static struct token token;
        token_open(&token, rows[i].algorithm);
        measure(&token, "jwt_valid", rows[i].valid_goal, raw_verify, token_valid);
        measure(&token, "jwt_verify", "", raw_verify, token_verify);
        measure(&token, "jwt_sign_with", rows[i].sign_goal, raw_sign, token_sign);
        if (strcmp(rows[i].algorithm, "PS256") == 0)
            measure_named(&token);
        token_close(&token);
    }
    return 0;
}
