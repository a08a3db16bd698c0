/* SPDX-License-Identifier: Apache-2.0 */
/* partner.c - jwt_valid against a library that lives in a process of its own (partner.mjs,
 * partner.py), which is asked for many verifications at once, so that asking costs nothing.
 *
 *   partner NAME COMMAND...
 *
 * It gets a line of JSON with alg, token and key (a JWK), and answers "ok", or "none" where it has
 * no such algorithm. Then each line is a number of verifications, and "ok" says that they are done.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/pair.h"
#include "bench/token.h"

enum { VERIFICATION_COUNT = 200, WARM_COUNT = 10 };

struct bench {
    struct token token; /* first: a step of it takes the whole as it is */
    FILE *to, *from;
};

static bool answer_read(struct bench *bench)
{
    char line[16];
    require(fflush(bench->to) == 0 && fgets(line, sizeof line, bench->from) != NULL,
            "the partner does not answer");
    return strcmp(line, "ok\n") == 0;
}

static void peer_step(void *context)
{
    struct bench *bench = context;
    fprintf(bench->to, "%d\n", VERIFICATION_COUNT);
    require(answer_read(bench), "the partner refuses the token");
}

static void own_step(void *context)
{
    for (int i = 0; i < VERIFICATION_COUNT; i++)
        token_valid(context);
}

/* Its standard input and output are ours to write and read. */
static pid_t partner_start(struct bench *bench, char **command)
{
    int to[2], from[2];
    require(pipe(to) == 0 && pipe(from) == 0, "no pipe");
    pid_t pid = fork();
    require(pid >= 0, "no process");
    if (pid == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        close(to[1]);
        close(from[0]);
        execvp(command[0], command);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    bench->to = fdopen(to[1], "w");
    bench->from = fdopen(from[0], "r");
    require(bench->to != NULL && bench->from != NULL, "no pipe");
    return pid;
}

static void measure(struct bench *bench, const char *name, const char *algorithm)
{
    token_open(&bench->token, algorithm);
    fprintf(bench->to, "{\"alg\":\"%s\",\"token\":\"%s\",\"key\":%s}\n", algorithm,
            bench->token.text, bench->token.public_jwk);
    if (answer_read(bench)) {
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
    int status;
    require(count > 2, "usage: partner NAME COMMAND...");
    pid_t pid = partner_start(&bench, arguments + 2);
    for (size_t i = 0; i < IDP_COUNT(algorithms); i++)
        measure(&bench, arguments[1], algorithms[i]);
    fclose(bench.to);
    require(waitpid(pid, &status, 0) == pid && status == 0, "the partner ends badly");
    fclose(bench.from);
    return 0;
}
