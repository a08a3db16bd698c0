/* SPDX-License-Identifier: Apache-2.0 */
/* invoke.c - the one door into the core: what a row of the function table promises about its
 * arguments is checked here, before the entry sees any of them. */
#include <string.h>

#include "core/base/base.h"

const struct idp_function *idp_function_find(const char *name)
{
    for (size_t i = 0; i < idp_function_count; i++) {
        if (strcmp(idp_functions[i].name, name) == 0) {
            return &idp_functions[i];
        }
    }
    return NULL;
}

struct idp_value idp_trigger_context(struct idp_call *call, const struct idp_trigger *trigger)
{
    struct idp_value tenant = idp_value_text(idp_tenant(call));
    const struct idp_value *row = idp_run_one(call, trigger->context, &tenant);
    return row == NULL ? idp_null() : row[0];
}

/* The name of an argument as a C string; the words of argument_names are in order. */
static const char *argument_name(struct idp_call *call, size_t index)
{
    struct idp_bytes rest = idp_bytes_of(call->function->argument_names);
    struct idp_bytes name = idp_word_next(&rest);
    while (index-- > 0) {
        name = idp_word_next(&rest);
    }
    return idp_text_c(call, name);
}

/* Functions that a query may call for each row answer bad values, instead of ending the query. */
static bool is_total(const struct idp_function *function)
{
    return function->effect == IDP_PURE || function->effect == IDP_CLOCKED;
}

bool idp_judges_text(const struct idp_function *function)
{
    return is_total(function) || function->judges_text;
}

static void check_argument(struct idp_call *call, const struct idp_value *value, size_t index,
                           bool judges)
{
    char kind = call->function->arguments[index];
    if (value->kind == 0) {
        return;
    }
    if (value->kind != kind) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The argument %s has the wrong type.",
                      argument_name(call, index));
    }
    bool is_judged = judges && kind != 'j';
    if (!is_judged && idp_text_of(*value).size > IDP_ARGUMENT_SIZE_MAX) {
        idp_fail_with(call, IDP_TOO_LARGE, "The argument %s is longer than %d bytes.",
                      argument_name(call, index), IDP_ARGUMENT_SIZE_MAX);
    }
    bool is_text = kind == 't' || kind == 'j';
    if (is_text && !judges && !idp_utf8_valid(value->bytes)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The argument %s is not UTF-8 text, or holds a NUL.",
                      argument_name(call, index));
    }
}

/* The index of the first required argument that is NULL, else required_count. */
static size_t first_null(const struct idp_function *function, const struct idp_value *values)
{
    size_t index = 0;
    while (index < function->required_count && values[index].kind != 0) {
        index++;
    }
    return index;
}

struct idp_value idp_invoke(struct idp_call *call, struct idp_value *arguments,
                            size_t argument_count)
{
    const struct idp_function *function = call->function;
    bool judges = idp_judges_text(function);
    for (size_t i = 0; i < argument_count; i++) {
        if (function->arguments[i] == '\0') {
            idp_fail_with(call, IDP_INVALID_ARGUMENT, "The function takes fewer arguments.");
        }
        check_argument(call, &arguments[i], i, judges);
    }
    for (size_t i = argument_count; function->arguments[i] != '\0'; i++) {
        arguments[i] = (struct idp_value){0};
    }
    size_t null_index = first_null(function, arguments);
    if (function->accepts_null || null_index == function->required_count) {
        return function->entry(call, arguments);
    }
    if (is_total(function)) {
        return idp_null();
    }
    idp_fail_with(call, IDP_NULL_ARGUMENT, "The argument %s is NULL. Give it a value.",
                  argument_name(call, null_index));
}
