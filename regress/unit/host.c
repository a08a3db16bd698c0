/* SPDX-License-Identifier: Apache-2.0 */
/* host.c - proves that the core needs no database: everything it asks of an engine, in memory. */
#include "regress/unit/host.h"

#include <stdlib.h>
#include <string.h>

/* A test that scripted nonsense, or a core that broke its contract: no verdict would be worth much.
 */
static IDP_NORETURN void give_up(const char *why, const char *what)
{
    fprintf(stderr, "host: %s: %s\n", why, what);
    abort();
}

static struct host *host_of(struct idp_call *call)
{
    return call->context;
}

/* ---- memory ---- */

static void *host_obtain(void *context, size_t size)
{
    struct host *host = context;
    if (host->block_fail_at > 0 && --host->block_fail_at == 0)
        return NULL;
    void *block = calloc(1, size);
    if (block == NULL)
        return NULL;
    host->block_count++;
    host->block_live_count++;
    return block;
}

static void host_release(void *context, void *block)
{
    struct host *host = context;
    host->block_live_count--;
    free(block);
}

/* ---- statements ---- */

static bool kinds_match(const char *kinds, const struct idp_value *values)
{
    for (size_t i = 0; kinds[i] != 0; i++)
        if (values[i].kind != 0 && values[i].kind != kinds[i])
            return false;
    return true;
}

/* Copies, so that a value kept beyond its call is seen by the sanitizer. */
static struct idp_value copy_value(struct idp_call *call, struct idp_value value)
{
    if (value.kind == 't' || value.kind == 'x' || value.kind == 'j')
        value.bytes = idp_bytes_copy(call, value.bytes);
    return value;
}

static struct idp_rows copy_rows(struct idp_call *call, const struct idp_statement *statement,
                                 struct host_answer answer)
{
    size_t columns = strlen(statement->columns), count = answer.row_count * columns;
    struct idp_value *values = idp_allocate(call, count * sizeof *values);
    for (size_t row = 0; row < answer.row_count; row++)
        if (!kinds_match(statement->columns, answer.values + row * columns))
            give_up("the script has other columns than the statement", statement->text);
    for (size_t i = 0; i < count; i++)
        values[i] = copy_value(call, answer.values[i]);
    return (struct idp_rows){answer.row_count, columns, answer.affected, values};
}

static struct idp_rows host_run(struct idp_call *call, const struct idp_statement *statement,
                                const struct idp_value *arguments)
{
    struct host *host = host_of(call);
    if (strlen(statement->arguments) > IDP_STATEMENT_ARGUMENT_COUNT_MAX)
        give_up("too many arguments", statement->text);
    if (arguments == NULL)
        return (struct idp_rows){0};
    if (!kinds_match(statement->arguments, arguments))
        give_up("arguments of other kinds than the statement names", statement->text);
    if (host->statement_count < HOST_STATEMENT_COUNT_MAX)
        host->statements[host->statement_count++] = statement;
    struct host_answer answer = {0};
    if (host->answer_next < host->answer_count)
        answer = host->answers[host->answer_next++];
    else if (host->improvise != NULL)
        answer = host->improvise(call, statement);
    return copy_rows(call, statement, answer);
}

static void host_begin(struct idp_call *call)
{
    host_of(call)->begin_count++;
}

static bool host_attempt(struct idp_call *call, bool (*body)(struct idp_call *call, void *data),
                         void *data)
{
    bool is_done = body(call, data);
    host_of(call)->undone_count += is_done ? 0 : 1;
    return is_done;
}

static struct idp_bytes host_query_register(struct idp_call *call, const struct idp_query *query)
{
    (void)call, (void)query;
    return idp_bytes_of("somebody");
}

static struct idp_query_answer host_query_run(struct idp_call *call, const struct idp_query *query,
                                              struct idp_bytes request)
{
    struct host *host = host_of(call);
    (void)query;
    host->query_count++;
    if (request.size < sizeof host->request)
        memcpy(host->request, request.data, request.size + 1);
    return host->query_answer;
}

void host_answer(struct host *host, const struct idp_value *values, size_t row_count,
                 int64_t affected)
{
    if (host->answer_count == HOST_ANSWER_COUNT_MAX)
        give_up("the script is full", "host_answer");
    host->answers[host->answer_count++] = (struct host_answer){values, row_count, affected};
}

/* ---- surroundings ---- */

static int64_t host_now(struct idp_call *call)
{
    return host_of(call)->now_us;
}

static void host_random(struct idp_call *call, void *out, size_t size)
{
    unsigned char *bytes = out;
    for (size_t i = 0; i < size; i++)
        bytes[i] = host_of(call)->random_next++;
}

static struct idp_bytes host_session_get(struct idp_call *call, enum idp_session variable)
{
    struct host *host = host_of(call);
    if (!host->session_known[variable])
        return (struct idp_bytes){0};
    return (struct idp_bytes){host->session[variable], host->session_size[variable]};
}

static void host_session_set(struct idp_call *call, enum idp_session variable,
                             struct idp_bytes value, bool local)
{
    struct host *host = host_of(call);
    (void)local;
    if (value.size > sizeof host->session[variable])
        give_up("a session variable is too long", "host_session_set");
    host->session_known[variable] = value.data != NULL;
    host->session_size[variable] = value.size;
    if (value.size > 0)
        memcpy(host->session[variable], value.data, value.size);
}

static const char *host_master_key_path(struct idp_call *call, unsigned char ephemeral[32])
{
    struct host *host = host_of(call);
    memcpy(ephemeral, host->ephemeral_key, sizeof host->ephemeral_key);
    return host->master_key_path;
}

static bool host_in_recovery(struct idp_call *call)
{
    return host_of(call)->in_recovery;
}

/* ---- raising ---- */

/* Any sentence may end up in an error_description: RFC 6749 §5.2. */
static bool sentence_is_clean(const char *sentence)
{
    for (const char *at = sentence; *at != 0; at++)
        if (*at < 0x20 || *at > 0x7E || *at == '"' || *at == '\\')
            return false;
    return true;
}

static IDP_NORETURN void host_fail(struct idp_call *call, enum idp_error error,
                                   const char *sentence)
{
    struct host *host = host_of(call);
    if (error == IDP_OK || !sentence_is_clean(sentence))
        give_up("raised with a bad error or sentence", sentence);
    if (host->escape == NULL)
        give_up("raised outside host_try", sentence);
    host->error = error;
    snprintf(host->sentence, sizeof host->sentence, "%s", sentence);
    longjmp(*host->escape, 1);
}

bool host_try(struct host *host, void (*body)(struct idp_call *call, void *data), void *data)
{
    jmp_buf escape, *outer = host->escape;
    host->error = IDP_OK;
    host->sentence[0] = 0;
    host->escape = &escape;
    if (setjmp(escape) == 0)
        body(&host->call, data);
    host->escape = outer;
    return host->error == IDP_OK;
}

/* ---- calls ---- */

static const struct idp_host scripted_host = {
    .run = host_run,
    .begin = host_begin,
    .attempt = host_attempt,
    .query_register = host_query_register,
    .query_run = host_query_run,
    .now = host_now,
    .random = host_random,
    .session_get = host_session_get,
    .session_set = host_session_set,
    .master_key_path = host_master_key_path,
    .in_recovery = host_in_recovery,
    .fail = host_fail,
};

void host_start(struct host *host)
{
    memset(host, 0, sizeof *host);
    host->now_us = INT64_C(1767225600000000);
    host->arena =
        (struct idp_arena){.obtain = host_obtain, .release = host_release, .context = host};
    host->call = (struct idp_call){.host = &scripted_host, .context = host, .arena = &host->arena};
}

int host_setup(void **state)
{
    struct host *host = malloc(sizeof *host);
    if (host == NULL)
        return -1;
    host_start(host);
    *state = host;
    return 0;
}

int host_teardown(void **state)
{
    struct host *host = *state;
    host_end_call(host);
    size_t leaked_count = host->block_live_count;
    free(host);
    return leaked_count == 0 ? 0 : -1;
}

void host_end_call(struct host *host)
{
    idp_arena_end(&host->arena);
    host->call = (struct idp_call){.host = &scripted_host, .context = host, .arena = &host->arena};
}

struct invocation {
    const struct idp_value *arguments;
    size_t argument_count;
    struct idp_value result;
};

static void invoke(struct idp_call *call, void *data)
{
    struct invocation *invocation = data;
    struct idp_value arguments[IDP_ARGUMENT_COUNT_MAX + 1];
    memset(arguments, 0xa5, sizeof arguments); /* one that is no argument must not be read */
    for (size_t i = 0; i < invocation->argument_count; i++)
        arguments[i] = invocation->arguments[i];
    invocation->result = idp_invoke(call, arguments, invocation->argument_count);
}

struct idp_value host_invoke(struct host *host, const struct idp_function *function,
                             const struct idp_value *arguments, size_t argument_count)
{
    struct invocation invocation = {arguments, argument_count, idp_null()};
    host->call.function = function;
    host_try(host, invoke, &invocation);
    return invocation.result;
}

struct idp_value host_invoke_named(struct host *host, const char *name,
                                   const struct idp_value *arguments, size_t argument_count)
{
    const struct idp_function *function = idp_function_find(name);
    if (function == NULL)
        give_up("no such function", name);
    return host_invoke(host, function, arguments, argument_count);
}

/* ---- helpers of tests ---- */

bool host_text_is(struct idp_bytes text, const char *expected)
{
    bool same = idp_bytes_is(text, expected);
    if (!same)
        fprintf(stderr, "expected %s\n     got %.*s (%zu bytes)\n", expected, (int)text.size,
                text.data != NULL ? text.data : "", text.size);
    return same;
}

void host_require(bool condition)
{
    if (!condition)
        give_up("a condition does not hold", "host_require");
}

FILE *host_vectors_open(const char *name)
{
    const char *folder = getenv("IDPLANE_VECTORS");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "../shared/vectors", name);
    return fopen(path, "r");
}
