/* SPDX-License-Identifier: Apache-2.0 */
/* import.c - a request from a document of others, for an instance that judges tokens as their
 * reader does: it comes with the profile of that reader. It is a list always, whose items inherit
 * nothing. What a document says and a configuration cannot is a fault. */
#include "core/oidc/format.h"

/* ---- paths and faults ---- */

static const char *path_with(struct idp_oidc_import *import, const char *path,
                             struct idp_bytes step)
{
    struct idp_text text = {.call = import->call};
    idp_text_add_c(&text, path);
    idp_text_add(&text, idp_json_pointer(import->call, &step, 1));
    return idp_text_bytes(&text).data;
}

const char *idp_oidc_import_path(struct idp_oidc_import *import, const char *path,
                                 struct idp_bytes name)
{
    return path_with(import, path, name);
}

const char *idp_oidc_import_path_at(struct idp_oidc_import *import, const char *path, int64_t index)
{
    return path_with(import, path, (struct idp_bytes){NULL, (size_t)index});
}

void idp_oidc_import_refuse(struct idp_oidc_import *import, const char *path, const char *message,
                            const char *detail)
{
    struct idp_text text = {.call = import->call};
    idp_text_add_c(&text, path);
    idp_text_add_c(&text, path[0] == 0 ? "" : ": ");
    idp_text_add_c(&text, message);
    message = idp_text_bytes(&text).data;
    idp_oidc_fault_add_with(&import->faults, path[0] == 0 ? path : path + 1, "unrepresentable",
                            message, idp_bytes_of(detail == NULL ? "" : detail));
}

/* ---- members ---- */

void idp_oidc_import_check(struct idp_oidc_import *import, const struct idp_json *object,
                           const char *path, const char *known)
{
    if (object != NULL && object->kind != IDP_JSON_OBJECT) {
        idp_oidc_import_refuse(import, path, "an object is wanted", NULL);
        return;
    }
    for (const struct idp_json *member = object == NULL ? NULL : object->child; member != NULL;
         member = member->next) {
        if (!idp_word_in(idp_bytes_of(known), member->name)) {
            idp_oidc_import_refuse(import, idp_oidc_import_path(import, path, member->name),
                                   "a member has no place in a configuration; known are ", known);
        }
    }
}

const struct idp_json *idp_oidc_import_member(struct idp_oidc_import *import,
                                              const struct idp_json *object, const char *path,
                                              const char *name, enum idp_json_kind kind)
{
    static const char *const kinds[] = {[IDP_JSON_STRING] = " must be a text",
                                        [IDP_JSON_ARRAY] = " must be an array",
                                        [IDP_JSON_OBJECT] = " must be an object"};
    const struct idp_json *member = idp_json_member(object, name);
    if (member == NULL || member->kind == IDP_JSON_NULL || member->kind == kind) {
        return idp_json_is(member, kind) ? member : NULL;
    }
    idp_oidc_import_refuse(import, idp_oidc_import_path(import, path, idp_bytes_of(name)), name,
                           kinds[kind]);
    return NULL;
}

void idp_oidc_import_text(struct idp_oidc_import *import, struct idp_json *item, const char *to,
                          const struct idp_json *object, const char *path, const char *from)
{
    const struct idp_json *text =
        idp_oidc_import_member(import, object, path, from, IDP_JSON_STRING);
    idp_oidc_import_place(import, to, idp_oidc_import_path(import, path, idp_bytes_of(from)));
    if (text != NULL) {
        idp_json_add_shared(import->call, item, to, text);
    }
}

/* ---- configurations ---- */

struct idp_json *idp_oidc_import_item(struct idp_oidc_import *import, const char *path)
{
    struct idp_json *item = idp_json_new(import->call, IDP_JSON_OBJECT);
    idp_json_add(import->list, NULL, item);
    idp_json_add(import->places, NULL, idp_json_new(import->call, IDP_JSON_OBJECT));
    idp_oidc_import_place(import, "", path);
    return item;
}

void idp_oidc_import_place(struct idp_oidc_import *import, const char *field, const char *path)
{
    idp_json_add_c(import->call, import->places->last, field, path);
}

static struct idp_json *claims_in(struct idp_call *call, struct idp_json *item)
{
    struct idp_json *last = item->last;
    if (last != NULL && idp_bytes_is(last->name, "requiredClaims")) {
        return last;
    }
    struct idp_json *claims = idp_json_new(call, IDP_JSON_ARRAY);
    idp_json_add(item, "requiredClaims", claims);
    return claims;
}

/* A name with a sign in it would be split there. */
void idp_oidc_import_claim(struct idp_oidc_import *import, struct idp_json *item, const char *path,
                           struct idp_bytes name, struct idp_bytes value)
{
    if (name.size == 0 || value.size == 0 || memchr(name.data, '=', name.size) != NULL) {
        idp_oidc_import_refuse(import, path, "a claim needs a name without = and a value", NULL);
        return;
    }
    struct idp_text text = {.call = import->call};
    idp_text_add(&text, name);
    idp_text_add_char(&text, '=');
    idp_text_add(&text, value);
    idp_json_add(claims_in(import->call, item), NULL,
                 idp_json_new_string(import->call, idp_text_bytes(&text)));
}

/* ---- what is wrong with what was read ---- */

/* The next step of a pointer, taken off; ours need no escapes. */
static struct idp_bytes step_take(struct idp_bytes *path)
{
    size_t size = 1;
    while (size < path->size && path->data[size] != '/') {
        size++;
    }
    struct idp_bytes step = {path->data + 1, path->size == 0 ? 0 : size - 1};
    size = path->size == 0 ? 0 : size;
    *path = (struct idp_bytes){path->data + size, path->size - size};
    return step;
}

static const struct idp_json *item_at(const struct idp_json *list, struct idp_bytes index)
{
    const struct idp_json *item = list->child;
    struct idp_json number = {.kind = IDP_JSON_NUMBER, .text = index};
    int64_t left;
    for (left = idp_json_integer(&number, &left) ? left : INT64_MAX; item != NULL && left > 0;
         left--) {
        item = item->next;
    }
    return item;
}

/* The place in the document of a path of the request; the whole where it is not known. */
static const char *place_of(struct idp_oidc_import *import, struct idp_bytes path)
{
    if (!idp_bytes_is(step_take(&path), "list") || path.size == 0) {
        return "";
    }
    const struct idp_json *places = item_at(import->places, step_take(&path));
    const char *field = idp_text_c(import->call, step_take(&path));
    struct idp_bytes place = idp_json_string(places, field);
    place = place.data == NULL ? idp_json_string(places, "") : place;
    return place.data == NULL ? "" : idp_text_c(import->call, place);
}

static bool is_refused(const struct idp_oidc_import *import, const char *path)
{
    struct idp_bytes place = idp_bytes_of(path);
    for (const struct idp_json *fault = import->faults.list->child; fault != NULL;
         fault = fault->next) {
        struct idp_bytes other = idp_json_string(fault, "path");
        if (idp_bytes_start(other, place) &&
            (other.size == place.size || other.data[place.size] == '/')) {
            return true;
        }
    }
    return false;
}

/* Once for a place: the reader has said what it says there. */
static void refuse_also(struct idp_oidc_import *import, const struct idp_json *fault)
{
    const char *path = place_of(import, idp_json_string(fault, "path"));
    if (path[0] != 0 && is_refused(import, path)) {
        return;
    }
    struct idp_text text = {.call = import->call};
    idp_text_add_c(&text, path);
    idp_text_add_c(&text, path[0] == 0 ? "" : ": ");
    idp_text_add(&text, idp_json_string(fault, "message"));
    idp_oidc_fault_add(&import->faults, path[0] == 0 ? path : path + 1,
                       idp_text_c(import->call, idp_json_string(fault, "code")),
                       idp_text_bytes(&text).data);
}

/* ---- the whole ---- */

static const struct reader {
    const char *format, *profile;
    void (*read)(struct idp_oidc_import *import, const struct idp_json *document);
} readers[] = {
    {"flags", "apiserver", idp_oidc_import_flags},
    {"structured", "structured", idp_oidc_import_structured},
    {"openidconnect", "owa", idp_oidc_import_resources},
};

static const struct reader *reader_of(struct idp_call *call, struct idp_value value)
{
    for (size_t i = 0; i < IDP_COUNT(readers); i++) {
        if (idp_bytes_is(idp_text_of(value), readers[i].format)) {
            return &readers[i];
        }
    }
    idp_fail_with(call, IDP_INVALID_ARGUMENT,
                  "The format must be flags, structured or openidconnect.");
}

static struct idp_value answer_of(struct idp_oidc_import *import, const struct reader *reader,
                                  struct idp_json *request, const struct idp_json *errors)
{
    struct idp_call *call = import->call;
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, answer, "status", errors->child == NULL ? "ok" : "invalid");
    if (errors->child != NULL) {
        idp_json_add_shared(call, answer, "errors", errors);
        idp_json_add_string(call, answer, "message", idp_faults_text(call, errors));
        idp_json_add_bool(call, answer, "request", false); /* which nobody provisions by mistake */
        return idp_value_json(answer);
    }
    if (import->profile != NULL) {
        idp_json_add_shared(call, answer, "profile", import->profile);
    } else {
        idp_json_add_c(call, answer, "profile", reader->profile);
    }
    idp_json_add(answer, "request", request);
    return idp_value_json(answer);
}

struct idp_value idp_sql_oidc_import(struct idp_call *call, const struct idp_value *arguments)
{
    const struct reader *reader = reader_of(call, arguments[0]);
    struct idp_oidc_import import = {.call = call,
                                     .faults = idp_oidc_faults_new(call),
                                     .list = idp_json_new(call, IDP_JSON_ARRAY),
                                     .places = idp_json_new(call, IDP_JSON_ARRAY)};
    reader->read(&import, idp_json_argument(call, arguments[1], "document"));
    struct idp_json *request = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add(request, "list", import.list);
    struct idp_oidc_rules rules = idp_oidc_rules_of(call, NULL);
    const struct idp_json *faults = idp_oidc_validate(call, request, NULL, &rules)->child;
    for (; faults != NULL; faults = faults->next) {
        refuse_also(&import, faults);
    }
    return answer_of(&import, reader, request, import.faults.list);
}
