/* SPDX-License-Identifier: Apache-2.0 */
/* partner.c - jwt_valid against a library that lives in a process of its own (partner.mjs,
 * partner.py), which is asked for many verifications at once, so that asking costs nothing.
 *
 *   partner NAME COMMAND...
 *
 * It gets a line of JSON with alg, token and key (a JWK), and answers "ok", or "none" where it has
 * no such algorithm. Then each line is a number of verifications, and "ok" says that they are done.
 */
#include "bench/pair.h"
#include "bench/process.h"
#include "bench/token.h"

enum { VERIFICATION_COUNT = 200, WARM_COUNT = 10 };

struct bench {
    struct token token; /* first: a step of it takes the whole as it is */
    struct process process;
};

static void peer_step(void *context)
{
    struct bench *bench = context;
    fprintf(bench->process.to, "%d\n", VERIFICATION_COUNT);
    require(process_answers(&bench->process), "the partner refuses the token");
}

static void own_step(void *context)
{
    for (int i = 0; i < VERIFICATION_COUNT; i++)
        token_valid(context);
}

static void measure(struct bench *bench, const char *name, const char *algorithm)
{
    token_open(&bench->token, algorithm);
    fprintf(bench->process.to, "{\"alg\":\"%s\",\"token\":\"%s\",\"key\":%s}\n", algorithm,
            bench->token.text, bench->token.public_jwk);
    if (process_answers(&bench->process)) {
        for (int i = 0; i < WARM_COUNT; i++) /* until it is compiled */
            peer_step(bench);
        peer_measure(&bench->token, name, peer_step, own_step);
    } else {
        progress("%s has no %s", name, algorithm);
    }
    token_close(&bench->token);
}

int main(int count, char **arguments)
{
    static const char *const algorithms[] = {"ES256", "RS256", "PS256", "EdDSA", "HS256"};
    static struct bench bench;
    require(count > 2, "usage: partner NAME COMMAND...");
    bench.process = process_start(arguments + 2);
    for (size_t i = 0; i < IDP_COUNT(algorithms); i++)
        measure(&bench, arguments[1], algorithms[i]);
    process_end(&bench.process);
    return 0;
}
