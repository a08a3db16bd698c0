/* SPDX-License-Identifier: Apache-2.0 */
/* store.c - statements through the host, the tenant they are for, and the values that go in and
 * come out. */
#include "core/base/base.h"

/* ---- statements ---- */

struct idp_rows idp_run(struct idp_call *call, const struct idp_statement *statement,
                        const struct idp_value *arguments)
{
    static const struct idp_value no_arguments;
    if (arguments == NULL) {
        arguments = &no_arguments;
    }
    return call->host->run(call, statement, arguments);
}

const struct idp_value *idp_run_one(struct idp_call *call, const struct idp_statement *statement,
                                    const struct idp_value *arguments)
{
    struct idp_rows rows = idp_run(call, statement, arguments);
    if (rows.count > 1) {
        idp_fail_with(call, IDP_STORE, "A statement gave several rows where one at most may be.");
    }
    return rows.count > 0 ? rows.values : NULL;
}

const struct idp_value *idp_run_row(struct idp_call *call, const struct idp_statement *statement,
                                    const struct idp_value *arguments)
{
    const struct idp_value *row = idp_run_one(call, statement, arguments);
    if (row == NULL) {
        idp_fail_with(call, IDP_STORE, "A row that was there is gone. Try again.");
    }
    return row;
}

struct idp_bytes idp_tenant(struct idp_call *call)
{
    if (call->tenant.data != NULL) {
        return call->tenant;
    }
    struct idp_bytes tenant = call->host->session_get(call, IDP_SESSION_TENANT);
    if (tenant.size == 0) {
        tenant = idp_bytes_of("default");
    }
    idp_check_text(call, idp_value_text(tenant), "tenant", IDP_TENANT_SIZE_MAX);
    call->tenant = idp_bytes_copy(call, tenant);
    return call->tenant;
}

/* ---- values ---- */

static struct idp_value value_of_bytes(char kind, struct idp_bytes bytes)
{
    if (bytes.data == NULL) {
        return idp_null();
    }
    return (struct idp_value){.kind = kind, .bytes = bytes};
}

struct idp_value idp_null(void)
{
    return (struct idp_value){0};
}

struct idp_value idp_value_text(struct idp_bytes text)
{
    return value_of_bytes('t', text);
}

struct idp_value idp_value_blob(struct idp_bytes bytes)
{
    return value_of_bytes('x', bytes);
}

struct idp_value idp_value_json_text(struct idp_bytes text)
{
    return value_of_bytes('j', text);
}

struct idp_value idp_value_json(const struct idp_json *json)
{
    if (json == NULL) {
        return idp_null();
    }
    return (struct idp_value){.kind = 'j', .json = json};
}

struct idp_value idp_value_integer(int64_t number)
{
    return (struct idp_value){.kind = 'i', .integer = number};
}

struct idp_value idp_value_bool(bool value)
{
    return (struct idp_value){.kind = 'b', .integer = value};
}

struct idp_value idp_value_time(int64_t time_us)
{
    return (struct idp_value){.kind = 'z', .integer = time_us};
}

void idp_check_text(struct idp_call *call, struct idp_value value, const char *name,
                    size_t size_max)
{
    struct idp_bytes text = idp_text_of(value);
    if (text.size > size_max) {
        idp_fail_with(call, IDP_TOO_LARGE, "The argument %s is longer than %zu bytes.", name,
                      size_max);
    }
    if (!idp_utf8_valid(text)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The argument %s is not UTF-8 text, or holds a NUL.", name);
    }
}
