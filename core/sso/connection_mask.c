/* SPDX-License-Identifier: Apache-2.0 */
/* connection_mask.c - a document is parted from its secrets: those of its requests, and members
 * whose names say that they are one, wherever they stand. Nothing is unsealed for it. */
#include "core/sso/secret.h"

#define RULES "/onNewUser/dynamicMapping/"
#define CERTIFICATE "/signatureVerificationConfig/manual/certificates/*"

static const struct idp_json *value_walk(struct idp_secret_walk *walk, const struct idp_json *value,
                                         bool is_secret);

/* ---- where the walk is ---- */

/* "/a/b"; an asterisk is any step. */
static bool is_at(const struct idp_secret_walk *walk, const char *path)
{
    size_t i = IDP_SECRET_STEP_COUNT_MAX;
    while (*path == '/' && i > walk->step) {
        struct idp_bytes step = {path + 1, strcspn(path + 1, "/")};
        struct idp_bytes seen = walk->steps[--i];
        if (!idp_bytes_is(step, "*") && (seen.data == NULL || !idp_bytes_equal(seen, step))) {
            return false;
        }
        path = step.data + step.size;
    }
    return *path == 0 && i == walk->step;
}

static bool is_in(const struct idp_secret_walk *walk, const char *const *paths, size_t count)
{
    size_t i = 0;
    while (i < count && !is_at(walk, paths[i])) {
        i++;
    }
    return i < count;
}

/* Names of certificates are anybody's choice, and their keys are public. */
static bool is_public(const struct idp_secret_walk *walk)
{
    static const char *const paths[] = {CERTIFICATE, CERTIFICATE "/publicKey"};
    return is_in(walk, paths, IDP_COUNT(paths));
}

static bool is_rules(const struct idp_secret_walk *walk)
{
    static const char *const paths[] = {RULES "mappings", RULES "inventoryMappings"};
    return is_in(walk, paths, IDP_COUNT(paths));
}

/* An asterisk in it is a pattern. */
static bool is_predicate(const struct idp_secret_walk *walk)
{
    static const char *const paths[] = {RULES "mappings/*/when", RULES "inventoryMappings/*/when"};
    return is_in(walk, paths, IDP_COUNT(paths));
}

static enum idp_sso_request_kind request_at(const struct idp_secret_walk *walk)
{
    size_t kind = 0;
    while (kind < IDP_SSO_REQUEST_COUNT &&
           !is_at(walk, idp_sso_request_path((enum idp_sso_request_kind)kind))) {
        kind++;
    }
    return (enum idp_sso_request_kind)kind;
}

static struct idp_bytes path_of(const struct idp_secret_walk *walk)
{
    return idp_json_pointer(walk->call, walk->steps + walk->step,
                            IDP_SECRET_STEP_COUNT_MAX - walk->step);
}

/* ---- values ---- */

static const struct idp_json *scalar_walk(struct idp_secret_walk *walk,
                                          const struct idp_json *value, bool is_secret)
{
    bool is_mask = value->kind == IDP_JSON_STRING && idp_bytes_is(value->text, IDP_CONNECTION_MASK);
    bool is_taken =
        is_mask || (is_secret ? value->text.size > 0 && !idp_secret_is_filled(value->text)
                              : walk->is_foreign && value->kind == IDP_JSON_STRING &&
                                    idp_secret_hides(walk->call, value->text));
    if (!is_taken) {
        return value;
    }
    if (walk->is_rule && !is_mask) {
        idp_fault_add(walk->call, walk->faults->errors, path_of(walk), "secret",
                      "a rule holds no secret");
    }
    idp_secret_take(walk, path_of(walk),
                    idp_secret_place(walk->call, idp_bytes_of("="), path_of(walk)), value, is_mask);
    return idp_json_new_string(walk->call, idp_bytes_of(IDP_CONNECTION_MASK));
}

/* The member where the walk is. */
static const struct idp_json *member_walk(struct idp_secret_walk *walk,
                                          const struct idp_json *member, bool is_secret)
{
    bool is_named = !is_public(walk) && idp_secret_name(member->name);
    if (walk->step == IDP_SECRET_STEP_COUNT_MAX - 1) {
        walk->is_foreign = !idp_connection_knows(member->name);
    }
    return value_walk(walk, member, (is_secret && !is_public(walk)) || is_named);
}

static const struct idp_json *object_walk(struct idp_secret_walk *walk,
                                          const struct idp_json *object, bool is_secret)
{
    size_t count;
    const struct idp_json **members = idp_json_sorted(walk->call, object, &count);
    struct idp_json *out = idp_json_new(walk->call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < count; i++) {
        walk->steps[--walk->step] = members[i]->name;
        idp_json_add_named(out, members[i]->name,
                           idp_json_node(walk->call, member_walk(walk, members[i], is_secret)));
        walk->step++;
    }
    return out;
}

static const struct idp_json *array_walk(struct idp_secret_walk *walk, const struct idp_json *array,
                                         bool is_secret)
{
    struct idp_json *out = idp_json_new(walk->call, IDP_JSON_ARRAY);
    size_t index = 0;
    for (const struct idp_json *item = array->child; item != NULL; item = item->next) {
        walk->steps[--walk->step] = (struct idp_bytes){NULL, index++};
        idp_json_add(out, NULL, idp_json_node(walk->call, value_walk(walk, item, is_secret)));
        walk->step++;
    }
    return out;
}

/* ---- requests ---- */

static bool has_authority(const struct idp_json *request)
{
    return idp_json_is_true(idp_json_member(request, "options"), "authority");
}

/* Whoever writes a document may not read its secrets, nor have them sent to a host of their own. */
static bool is_moved(struct idp_call *call, const struct idp_json *before,
                     const struct idp_json *request)
{
    return idp_address_is_moved(call, idp_json_string(before, "url"),
                                idp_json_string(request, "url")) ||
           (has_authority(request) && !has_authority(before));
}

static const struct idp_json *request_walk(struct idp_secret_walk *walk,
                                           enum idp_sso_request_kind kind,
                                           const struct idp_json *request)
{
    size_t count;
    const struct idp_json **members = idp_json_sorted(walk->call, request, &count);
    struct idp_json *out = idp_json_new(walk->call, IDP_JSON_OBJECT);
    bool moves = is_moved(walk->call, idp_sso_request_find(walk->before, kind), request);
    walk->is_foreign = true; /* what else it has is words, or not known */
    for (size_t i = 0; i < count; i++) {
        const struct idp_json *member = members[i];
        bool is_sent = idp_secret_in(member->name);
        walk->steps[--walk->step] = member->name;
        walk->is_moved = moves && is_sent;
        const struct idp_json *value =
            is_sent
                ? idp_secret_walk_in(walk, path_of(walk), member, idp_bytes_is(member->name, "url"))
                : member_walk(walk, member, false);
        idp_json_add_named(out, member->name, idp_json_node(walk->call, value));
        walk->step++;
    }
    walk->is_moved = walk->is_foreign = false;
    return out;
}

static const struct idp_json *value_walk(struct idp_secret_walk *walk, const struct idp_json *value,
                                         bool is_secret)
{
    enum idp_sso_request_kind request = request_at(walk);
    bool was_rule = walk->is_rule;
    walk->is_rule = was_rule || is_rules(walk);
    switch (value->kind) {
    case IDP_JSON_STRING:
        value = is_predicate(walk) ? value : scalar_walk(walk, value, is_secret);
        break;
    case IDP_JSON_NUMBER:
        value = is_secret ? scalar_walk(walk, value, is_secret) : value;
        break;
    case IDP_JSON_ARRAY:
        value = array_walk(walk, value, is_secret);
        break;
    case IDP_JSON_OBJECT:
        value = is_predicate(walk)                 ? value
                : request == IDP_SSO_REQUEST_COUNT ? object_walk(walk, value, is_secret)
                                                   : request_walk(walk, request, value);
        break;
    default:
        break;
    }
    walk->is_rule = was_rule;
    return value;
}

/* ---- whole documents ---- */

static void document_walk(struct idp_secret_walk *walk, const struct idp_json *document)
{
    walk->step = IDP_SECRET_STEP_COUNT_MAX;
    walk->found->given = idp_json_new(walk->call, IDP_JSON_OBJECT);
    walk->found->kept = idp_json_new(walk->call, IDP_JSON_OBJECT);
    walk->found->document = document == NULL ? NULL : value_walk(walk, document, false);
}

static size_t count_of(const struct idp_json *object)
{
    return idp_json_count(object) - 1;
}

void idp_connection_mask(struct idp_connection_faults *faults, const struct idp_json *document,
                         const struct idp_connection *before, struct idp_masking *masking)
{
    struct idp_call *call = faults->call;
    struct idp_connection_faults untold = idp_connection_faults_new(call);
    struct idp_masking stored;
    struct idp_secret_walk seen = {.call = call, .faults = &untold, .found = &stored};
    document_walk(&seen, before->document);
    struct idp_secret_walk walk = {.call = call,
                                   .faults = faults,
                                   .stored = stored.kept,
                                   .before = before->document,
                                   .found = masking};
    document_walk(&walk, document);
    masking->keeps_all =
        masking->given->child == NULL && count_of(masking->kept) == count_of(stored.kept);
}

const struct idp_json *idp_masking_secrets(struct idp_call *call, const struct idp_masking *masking,
                                           const struct idp_connection *before)
{
    struct idp_json *secrets = idp_json_new(call, IDP_JSON_OBJECT);
    const struct idp_json *known =
        masking->kept->child == NULL ? NULL : idp_connection_secrets(call, before);
    for (const struct idp_json *secret = masking->given->child; secret != NULL;
         secret = secret->next) {
        idp_json_add_named(secrets, secret->name, idp_json_node(call, secret));
    }
    for (const struct idp_json *mask = masking->kept->child; mask != NULL; mask = mask->next) {
        const struct idp_json *secret = idp_secret_find(known, mask->name);
        if (secret == NULL) {
            idp_fail(call, IDP_SEAL_BROKEN);
        }
        idp_json_add_named(secrets, mask->name, idp_json_node(call, secret));
    }
    return secrets;
}
