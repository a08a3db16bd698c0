/* SPDX-License-Identifier: Apache-2.0 */
/* libjwt.c - jwt_valid against libjwt 1, which has no form of a key but text, parsed on every call;
 * it leaves the claims to its caller, and so they are checked here.
 *
 *   libjwt NAME */
#include <jwt.h>
#include <string.h>
#include <time.h>

#include "bench/pair.h"
#include "bench/token.h"

struct bench {
    struct token token; /* first: a step of it takes the whole as it is */
    jwt_alg_t algorithm;
    const unsigned char *key;
    int key_size;
};

static bool is(jwt_t *jwt, const char *claim, const char *expected)
{
    const char *value = jwt_get_grant(jwt, claim);
    return value != NULL && strcmp(value, expected) == 0;
}

static void peer_step(void *context)
{
    struct bench *bench = context;
    jwt_t *jwt;
    long now = (long)time(NULL);
    require(jwt_decode(&jwt, bench->token.text, bench->key, bench->key_size) == 0 &&
                jwt_get_alg(jwt) == bench->algorithm && jwt_get_grant_int(jwt, "exp") > now &&
                jwt_get_grant_int(jwt, "nbf") <= now && is(jwt, "iss", "https://id.example.com") &&
                is(jwt, "aud", "https://api.example.com") && jwt_get_grant(jwt, "sub") != NULL,
            "libjwt refuses the token");
    jwt_free(jwt);
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        jwt_alg_t algorithm;
    } rows[] = {{"ES256", JWT_ALG_ES256}, {"RS256", JWT_ALG_RS256}, {"HS256", JWT_ALG_HS256}};
    require(count == 2, "usage: libjwt NAME");
    for (size_t i = 0; i < IDP_COUNT(rows); i++) {
        static struct bench bench;
        const struct raw *raw = &bench.token.raw;
        token_open(&bench.token, rows[i].name);
        bench.algorithm = rows[i].algorithm;
        bench.key = raw->mac ? raw->secret : (const unsigned char *)raw->public_text;
        bench.key_size = raw->mac ? RAW_SECRET_SIZE : (int)strlen(raw->public_text);
        peer_measure(&bench.token, arguments[1], peer_step, token_valid);
        token_close(&bench.token);
    }
    return 0;
}
