/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_invoke.c - any function of the table with any arguments, over a store that answers anything
 * of the right kinds: a result of the promised kind that is strict JSON or UTF-8, or a raised
 * error; no leak, also where memory ends in the middle.
 *
 * The input: which function, which block of memory is refused (from 8 on: none), then the arguments
 * and what is in the store, separated by the byte 0xFE. An argument that is missing is NULL. */
#include <string.h>

#include "regress/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct idp_value value_of(char kind, struct idp_bytes chunk)
{
    if (chunk.data == NULL)
        return idp_null();
    if (kind == 't' || kind == 'j' || kind == 'x')
        return (struct idp_value){.kind = kind, .bytes = chunk};
    int64_t number = 0;
    if (chunk.size > 0)
        memcpy(&number, chunk.data, chunk.size < sizeof number ? chunk.size : sizeof number);
    return (struct idp_value){.kind = kind, .integer = kind == 'b' ? number & 1 : number};
}

/* ---- the store ---- */

enum { TIME_US_MAX_BITS = 52, COUNT_BITS = 20 };

/* A column holds what the schema and the core let in: UTF-8, times of this century, documents. */
static struct idp_value column_of(char kind, struct idp_bytes chunk)
{
    static const char *const documents[] = {"{}", "{\"claims\":{\"a\":1},\"amr\":[\"pwd\"]}"};
    struct idp_value value = value_of(kind, chunk.data != NULL ? chunk : idp_bytes_of(""));
    if (kind == 'j')
        value.bytes = idp_bytes_of(documents[chunk.size % IDP_COUNT(documents)]);
    if (kind == 't' && !idp_utf8_valid(value.bytes))
        value.bytes = idp_bytes_of("x");
    if (kind == 'z')
        value.integer &= (INT64_C(1) << TIME_US_MAX_BITS) - 1;
    if (kind == 'i')
        value.integer &= (INT64_C(1) << COUNT_BITS) - 1;
    return value;
}

/* One row or none, and as many written: the size of the next chunk decides. */
static struct host_answer improvise(struct idp_call *call, const struct idp_statement *statement)
{
    struct host *host = call->context;
    struct idp_bytes *rest = host->improvise_data;
    bool found = input_part(rest).size % 2 == 1;
    size_t count = strlen(statement->columns);
    struct idp_value *row = idp_allocate(call, count * sizeof *row);
    for (size_t i = 0; found && i < count; i++)
        row[i] = column_of(statement->columns[i], input_part(rest));
    return (struct host_answer){row, found && count > 0, found};
}

/* ---- the call ---- */

/* Serialising may meet the refused block as well. */
static void check_result(struct idp_call *call, void *data)
{
    struct idp_value result = *(struct idp_value *)data;
    if (result.kind == 0)
        return;
    host_require(result.kind == call->function->result);
    if (result.kind == 't')
        host_require(idp_utf8_valid(result.bytes));
    if (result.kind != 'j')
        return;
    const char *why;
    struct idp_bytes text = idp_json_text(call, result.json);
    host_require(idp_json_read(call, text, &why) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct host host;
    host_start(&host);
    const struct idp_function *function = &idp_functions[data[0] % idp_function_count];
    host.block_fail_at = data[1] < 8 ? data[1] : 0;
    struct idp_bytes rest = {(const char *)data + 2, size - 2};
    struct idp_value arguments[IDP_ARGUMENT_COUNT_MAX];
    size_t count = strlen(function->arguments);
    for (size_t i = 0; i < count; i++)
        arguments[i] = value_of(function->arguments[i], input_part(&rest));
    host.improvise = improvise;
    host.improvise_data = &rest;
    struct idp_value result = host_invoke(&host, function, arguments, count);
    if (host.error == IDP_OK)
        host_try(&host, check_result, &result);
    host_end_call(&host);
    host_require(host.block_live_count == 0);
    return 0;
}
