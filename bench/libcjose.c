/* SPDX-License-Identifier: Apache-2.0 */
/* libcjose.c - jwt_valid against libcjose, which holds its key and checks the signature only.
 *
 *   libcjose NAME */
#include <cjose/cjose.h>
#include <string.h>

#include "bench/pair.h"
#include "bench/token.h"

struct bench {
    struct token token; /* first: a step of it takes the whole as it is */
    cjose_jwk_t *key;
};

static void peer_step(void *context)
{
    struct bench *bench = context;
    cjose_err error;
    uint8_t *payload;
    size_t size;
    cjose_jws_t *jws = cjose_jws_import(bench->token.text, strlen(bench->token.text), &error);
    require(jws != NULL && cjose_jws_verify(jws, bench->key, &error) &&
                cjose_jws_get_plaintext(jws, &payload, &size, &error) &&
                size == strlen(bench_claims),
            "libcjose refuses the token");
    cjose_jws_release(jws);
}

int main(int count, char **arguments)
{
    static const char *const algorithms[] = {"ES256", "RS256", "PS256", "HS256"};
    require(count == 2, "usage: libcjose NAME");
    for (size_t i = 0; i < IDP_COUNT(algorithms); i++) {
        static struct bench bench;
        cjose_err error;
        token_open(&bench.token, algorithms[i]);
        bench.key =
            cjose_jwk_import(bench.token.public_jwk, strlen(bench.token.public_jwk), &error);
        require(bench.key != NULL, "libcjose refuses the key");
        peer_measure(&bench.token, arguments[1], peer_step, token_valid);
        cjose_jwk_release(bench.key);
        token_close(&bench.token);
    }
    return 0;
}
