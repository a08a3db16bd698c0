/* SPDX-License-Identifier: Apache-2.0 */
/* form.c - application/x-www-form-urlencoded as RFC 6749 §3.2 wants it: a parameter without value
 * is as if omitted, one that is repeated spoils the request, whatever its name or value. */
#include "core/http/http.h"

#include <string.h>

struct parameter {
    struct idp_bytes name, value;
};

static bool is_repeated(const struct parameter *parameters, size_t count, struct idp_bytes name)
{
    for (size_t i = 0; i < count; i++) {
        if (idp_bytes_equal(parameters[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* Decodes one side of a pair; data NULL where it is no UTF-8 text. */
static struct idp_bytes side_decode(struct idp_call *call, const char *data, size_t size)
{
    struct idp_bytes decoded = idp_form_decode(call, (struct idp_bytes){data, size});
    if (!decoded.data || !idp_utf8_valid(decoded)) {
        return (struct idp_bytes){0};
    }
    return decoded;
}

static bool pair_read(struct idp_call *call, struct idp_bytes pair, struct parameter *out)
{
    const char *equals = memchr(pair.data, '=', pair.size);
    size_t name_size = equals ? (size_t)(equals - pair.data) : pair.size;
    out->name = side_decode(call, pair.data, name_size);
    if (!out->name.data || out->name.size == 0) {
        return false;
    }
    out->value = (struct idp_bytes){"", 0};
    if (equals) {
        out->value = side_decode(call, equals + 1, pair.size - name_size - 1);
    }
    return out->value.data != NULL;
}

/* Cuts the next pair off *rest; false at the end. */
static bool pair_next(struct idp_bytes *rest, struct idp_bytes *pair)
{
    if (rest->size == 0) {
        return false;
    }
    const char *ampersand = memchr(rest->data, '&', rest->size);
    size_t size = ampersand ? (size_t)(ampersand - rest->data) : rest->size;
    *pair = (struct idp_bytes){rest->data, size};
    size_t used = ampersand ? size + 1 : size;
    *rest = (struct idp_bytes){rest->data + used, rest->size - used};
    return true;
}

const struct idp_json *idp_form_read(struct idp_call *call, struct idp_bytes text)
{
    struct idp_json *form = idp_json_new(call, IDP_JSON_OBJECT);
    struct parameter parameters[IDP_FORM_PARAMETER_COUNT_MAX];
    size_t count = 0;
    struct idp_bytes pair;
    if (text.size > IDP_FORM_SIZE_MAX) {
        return NULL;
    }
    while (pair_next(&text, &pair)) {
        if (pair.size == 0) {
            continue;
        }
        struct parameter *parameter = &parameters[count];
        if (count == IDP_FORM_PARAMETER_COUNT_MAX || !pair_read(call, pair, parameter)) {
            return NULL;
        }
        if (is_repeated(parameters, count++, parameter->name)) {
            return NULL;
        }
        if (parameter->value.size > 0) {
            idp_json_add_named(form, parameter->name, idp_json_new_string(call, parameter->value));
        }
    }
    return form;
}

/* The list of a name; made where there is none. */
static struct idp_json *list_of(struct idp_call *call, struct idp_json *lists,
                                struct idp_bytes name)
{
    struct idp_json *list = lists->child;
    while (list != NULL && !idp_bytes_equal(list->name, name)) {
        list = list->next;
    }
    if (list == NULL) {
        list = idp_json_new(call, IDP_JSON_ARRAY);
        idp_json_add_named(lists, name, list);
    }
    return list;
}

const struct idp_json *idp_request_query_lists(struct idp_call *call,
                                               const struct idp_request *request)
{
    struct idp_json *lists = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_bytes rest = request->query, pair;
    for (size_t count = 0; pair_next(&rest, &pair); count++) {
        struct parameter parameter;
        if (pair.size == 0) {
            continue;
        }
        if (count == IDP_FORM_PARAMETER_COUNT_MAX || !pair_read(call, pair, &parameter)) {
            return NULL;
        }
        struct idp_json *list = list_of(call, lists, idp_lower_case(call, parameter.name));
        if (parameter.value.size > 0) {
            idp_json_add(list, NULL, idp_json_new_string(call, parameter.value));
        }
    }
    return lists;
}

const struct idp_json *idp_request_query(struct idp_call *call, const struct idp_request *request)
{
    return request->query.data == NULL ? NULL : idp_form_read(call, request->query);
}
