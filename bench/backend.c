/* SPDX-License-Identifier: Apache-2.0 */
/* backend.c - a module for the benchmark alone: raw EVP in a loop inside a PostgreSQL backend,
 * beside which statements of idplane are timed (backend.sql). It serves whoever may create C
 * functions. */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include <time.h>

#include "bench/claims.h"
#include "bench/issuing.h"
#include "bench/maker.h"
#include "bench/pair.h"
#include "bench/raw.h"

#pragma GCC visibility push(default)
PG_MODULE_MAGIC;
PG_FUNCTION_INFO_V1(bench_open);
PG_FUNCTION_INFO_V1(bench_key);
PG_FUNCTION_INFO_V1(bench_claims_text);
PG_FUNCTION_INFO_V1(bench_policy);
PG_FUNCTION_INFO_V1(bench_input);
PG_FUNCTION_INFO_V1(bench_verify);
PG_FUNCTION_INFO_V1(bench_sign);
PG_FUNCTION_INFO_V1(bench_requests);
PG_FUNCTION_INFO_V1(bench_request);
PG_FUNCTION_INFO_V1(bench_issue);
PG_FUNCTION_INFO_V1(bench_maker);
PG_FUNCTION_INFO_V1(bench_path);
#pragma GCC visibility pop

/* raw.c ends a program with this; a backend goes on after an error. */
void require(bool condition, const char *what)
{
    if (!condition)
        ereport(ERROR, errmsg("bench: %s", what));
}

static struct raw raw; /* of the algorithm opened last */
static struct issuing issuing;
static struct maker maker;

static char *keep(const text *value)
{
    return MemoryContextStrdup(TopMemoryContext, text_to_cstring(value));
}

/* bench_open(algorithm text) returns void */
Datum bench_open(PG_FUNCTION_ARGS)
{
    raw_open(&raw, keep(PG_GETARG_TEXT_PP(0)));
    PG_RETURN_VOID();
}

/* bench_key(private boolean) returns text */
Datum bench_key(PG_FUNCTION_ARGS)
{
    PG_RETURN_TEXT_P(cstring_to_text(PG_GETARG_BOOL(0) ? raw.private_text : raw.public_text));
}

/* bench_claims() returns text */
Datum bench_claims_text(PG_FUNCTION_ARGS)
{
    (void)fcinfo;
    PG_RETURN_TEXT_P(cstring_to_text(bench_claims));
}

/* bench_policy(algorithm text) returns text */
Datum bench_policy(PG_FUNCTION_ARGS)
{
    char policy[POLICY_SIZE_MAX];
    policy_write(policy, text_to_cstring(PG_GETARG_TEXT_PP(0)));
    PG_RETURN_TEXT_P(cstring_to_text(policy));
}

/* bench_input(text) returns void */
Datum bench_input(PG_FUNCTION_ARGS)
{
    char *input = keep(PG_GETARG_TEXT_PP(0));
    raw_input(&raw, input, strlen(input));
    PG_RETURN_VOID();
}

static int64 run_ns(void (*step)(void *context), void *context, int32 count)
{
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int32 i = 0; i < count; i++)
        step(context);
    clock_gettime(CLOCK_MONOTONIC, &end);
    return (int64)(end.tv_sec - start.tv_sec) * 1000000000 + end.tv_nsec - start.tv_nsec;
}

/* bench_verify(count integer) returns bigint: nanoseconds */
Datum bench_verify(PG_FUNCTION_ARGS)
{
    PG_RETURN_INT64(run_ns(raw_verify, &raw, PG_GETARG_INT32(0)));
}

/* bench_sign(count integer) returns bigint: nanoseconds */
Datum bench_sign(PG_FUNCTION_ARGS)
{
    PG_RETURN_INT64(run_ns(raw_sign, &raw, PG_GETARG_INT32(0)));
}

/* bench_requests(count integer) returns void: makes them, and the certificates of a maker */
Datum bench_requests(PG_FUNCTION_ARGS)
{
    issuing_open(&issuing, (size_t)PG_GETARG_INT32(0));
    maker_open(&maker);
    PG_RETURN_VOID();
}

/* bench_request() returns text: the next one */
Datum bench_request(PG_FUNCTION_ARGS)
{
    (void)fcinfo;
    PG_RETURN_TEXT_P(cstring_to_text(issuing_next(&issuing)->text));
}

/* bench_issue(count integer) returns bigint: nanoseconds */
Datum bench_issue(PG_FUNCTION_ARGS)
{
    PG_RETURN_INT64(run_ns(issuing_raw, &issuing, PG_GETARG_INT32(0)));
}

/* bench_maker(root boolean) returns text: its root, or the certificate of its device */
Datum bench_maker(PG_FUNCTION_ARGS)
{
    PG_RETURN_TEXT_P(cstring_to_text(PG_GETARG_BOOL(0) ? maker.root : maker.device));
}

/* bench_path(count integer) returns bigint: nanoseconds */
Datum bench_path(PG_FUNCTION_ARGS)
{
    PG_RETURN_INT64(run_ns(maker_verify, &maker, PG_GETARG_INT32(0)));
}
