/* SPDX-License-Identifier: Apache-2.0 */
/* input.c - what the fuzz targets share: taking the input apart, and what no call may do. */
#include "regress/fuzz/input.h"

#include <openssl/err.h>
#include <string.h>

enum { SEPARATOR = 0xFE, REFUSED_BLOCK_MAX = 8 };

static bool is_starved; /* this input refuses a block */

void input_require(bool condition)
{
    host_require(condition || is_starved);
}

unsigned char input_byte(struct idp_bytes *rest)
{
    if (rest->size == 0)
        return 0;
    unsigned char byte = (unsigned char)rest->data[0];
    *rest = (struct idp_bytes){rest->data + 1, rest->size - 1};
    return byte;
}

struct idp_bytes input_part(struct idp_bytes *rest)
{
    struct idp_bytes part = *rest;
    if (rest->data == NULL)
        return part;
    const char *separator = rest->size > 0 ? memchr(rest->data, SEPARATOR, rest->size) : NULL;
    if (separator == NULL) {
        *rest = (struct idp_bytes){0};
        return part;
    }
    part.size = (size_t)(separator - part.data);
    *rest = (struct idp_bytes){separator + 1, rest->size - part.size - 1};
    return part;
}

/* Out of memory counts where a block was refused, and only then. */
static bool may_end(const struct host *host, uint64_t raises)
{
    bool was_refused = is_starved && host->block_fail_at == 0;
    return host->error == IDP_OK || (raises & INPUT_RAISES(host->error)) != 0 ||
           (host->error == IDP_OUT_OF_MEMORY && was_refused);
}

static void require_end(const struct host *host, uint64_t raises)
{
    if (!may_end(host, raises))
        fprintf(stderr, "raised %s: %s\n", idp_error_row(host->error)->word, host->sentence);
    host_require(may_end(host, raises));
}

struct run {
    void (*body)(struct idp_call *call, struct idp_bytes *rest);
    struct idp_bytes rest;
};

static void run_body(struct idp_call *call, void *data)
{
    struct run *run = data;
    run->body(call, &run->rest);
}

int input_run(const uint8_t *data, size_t size,
              void (*body)(struct idp_call *call, struct idp_bytes *rest))
{
    struct run run = {body, {size > 0 ? (const char *)data : "", size}};
    struct host host;
    host_start(&host);
    unsigned char refused = input_byte(&run.rest);
    host.block_fail_at = refused < REFUSED_BLOCK_MAX ? refused : 0;
    is_starved = host.block_fail_at > 0;
    host_try(&host, run_body, &run);
    require_end(&host, 0);
    host_end_call(&host);
    host_require(host.block_live_count == 0);
    host_require(ERR_peek_error() == 0);
    return 0;
}

struct idp_value input_call(struct idp_call *call, const char *name,
                            const struct idp_value *arguments, size_t argument_count,
                            uint64_t raises)
{
    struct host *host = call->context;
    const struct idp_function *function = call->function;
    struct idp_value value = host_invoke_named(host, name, arguments, argument_count);
    call->function = function;
    require_end(host, raises);
    host->error = IDP_OK; /* the call that asked goes on */
    return value;
}

bool input_is_valid(struct idp_value verdict)
{
    if (verdict.kind == 0)
        return false;
    bool valid = idp_json_is(idp_json_member(verdict.json, "valid"), IDP_JSON_TRUE);
    host_require(valid == (idp_json_string(verdict.json, "reason").data == NULL));
    host_require(valid == (idp_json_member(verdict.json, "header") != NULL));
    return valid;
}
