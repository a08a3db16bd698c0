/* SPDX-License-Identifier: Apache-2.0 */
/* document.c - documents that administrators write, checked member by member against a table: one
 * who made three mistakes is told of three. */
#include "core/provisioning/enrollment.h"

struct idp_checking idp_checking_new(struct idp_call *call)
{
    return (struct idp_checking){call, idp_json_new(call, IDP_JSON_ARRAY)};
}

void idp_checking_fault(struct idp_checking *checking, struct idp_bytes path, const char *code,
                        const char *message)
{
    idp_fault_add(checking->call, checking->faults, path, code, message);
}

const struct idp_json *idp_checking_answer(const struct idp_checking *checking)
{
    if (checking->faults->child == NULL) {
        return NULL;
    }
    struct idp_json *answer = idp_json_copy(checking->call, idp_error_json(IDP_INVALID_ENROLLMENT));
    idp_json_add(answer, "errors", checking->faults);
    return answer;
}

/* ---- kinds ---- */

static bool is_text_list(const struct idp_json *value)
{
    return value->kind == IDP_JSON_ARRAY && idp_is_string_list(value);
}

static bool is_bool(const struct idp_json *value)
{
    return value->kind == IDP_JSON_TRUE || value->kind == IDP_JSON_FALSE;
}

/* NULL, or what the value is to be. */
static const char *kind_problem(char kind, const struct idp_json *value)
{
    int64_t number;
    switch (kind) {
    case 't':
        return value->kind == IDP_JSON_STRING ? NULL : "it has to be a text";
    case 's':
        return value->kind == IDP_JSON_STRING || value->kind == IDP_JSON_TRUE
                   ? NULL
                   : "it has to be a text, or true for the one that is there";
    case 'i':
        return idp_json_integer(value, &number) ? NULL : "it has to be an integer";
    case 'b':
        return is_bool(value) ? NULL : "it has to be true or false";
    case 'l':
        return is_text_list(value) ? NULL : "it has to be an array of texts";
    case 'a':
        return value->kind == IDP_JSON_ARRAY ? NULL : "it has to be an array";
    default:
        return value->kind == IDP_JSON_OBJECT ? NULL : "it has to be an object";
    }
}

static int64_t count_of(const struct idp_json *array)
{
    int64_t count = 0;
    for (const struct idp_json *item = array->child; item != NULL; item = item->next) {
        count++;
    }
    return count;
}

/* What its bounds are about; no bounds: max is 0. */
static int64_t measure(char kind, const struct idp_json *value)
{
    int64_t number = 0;
    bool is_integer = kind == 'i' && idp_json_integer(value, &number);
    return is_integer                       ? number
           : value->kind == IDP_JSON_STRING ? (int64_t)value->text.size
           : value->kind == IDP_JSON_ARRAY  ? count_of(value)
                                            : number;
}

/* ---- members ---- */

static const struct idp_member *member_find(const struct idp_member *members, size_t count,
                                            struct idp_bytes name)
{
    for (size_t i = 0; i < count; i++) {
        if (idp_bytes_is(name, members[i].name)) {
            return &members[i];
        }
    }
    return NULL;
}

static void bounds_fault(struct idp_checking *checking, struct idp_bytes path,
                         const struct idp_member *member)
{
    static const char *const of[] = {"its size has to be from ", "it has to be from "};
    struct idp_text text = {.call = checking->call};
    idp_text_add_c(&text, of[member->kind == 'i']);
    idp_text_add_integer(&text, member->min);
    idp_text_add_c(&text, " to ");
    idp_text_add_integer(&text, member->max);
    idp_checking_fault(checking, path, "size", idp_text_bytes(&text).data);
}

static void member_check(struct idp_checking *checking, struct idp_bytes path,
                         const struct idp_member *member, const struct idp_json *value)
{
    const char *problem = kind_problem(member->kind, value);
    if (problem != NULL) {
        idp_checking_fault(checking, path, "type", problem);
        return;
    }
    int64_t size = measure(member->kind, value);
    bool is_measured = member->max != 0 && value->kind != IDP_JSON_TRUE;
    if (is_measured && (size < member->min || size > member->max)) {
        bounds_fault(checking, path, member);
        return;
    }
    if (member->check != NULL) {
        member->check(checking, path, value);
    }
}

void idp_members_check(struct idp_checking *checking, struct idp_bytes path,
                       const struct idp_json *object, const struct idp_member *members,
                       size_t count)
{
    size_t value_count;
    const struct idp_json **values = idp_json_sorted(checking->call, object, &value_count);
    for (size_t i = 0; i < value_count; i++) {
        struct idp_bytes below = idp_path_step(checking->call, path, values[i]->name);
        const struct idp_member *member = member_find(members, count, values[i]->name);
        if (member == NULL) {
            idp_checking_fault(checking, below, "unknown", "there is no such member");
        } else {
            member_check(checking, below, member, values[i]);
        }
    }
}

/* ---- names of what there is elsewhere ---- */

void idp_ca_check(struct idp_checking *checking, struct idp_bytes path,
                  const struct idp_json *value)
{
    if (!idp_ca_name_is(value->text)) {
        idp_checking_fault(checking, path, "value",
                           "it is the name of an authority, without the number of a key, of which "
                           "the latest signs");
    } else if (!idp_ca_exists(checking->call, value->text)) {
        idp_checking_fault(checking, path, "value", "there is no such authority");
    }
}

void idp_profile_check(struct idp_checking *checking, struct idp_bytes path,
                       const struct idp_json *value)
{
    struct idp_bytes ca;
    if (!idp_profile_authority(checking->call, value->text, &ca)) {
        idp_checking_fault(checking, path, "value", "there is no such profile");
    }
}
