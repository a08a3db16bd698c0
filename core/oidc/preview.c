/* SPDX-License-Identifier: Apache-2.0 */
/* preview.c - what an update would do before anybody does it: the fields that change, and the users
 * who would have another name or other groups. Rights hang on names and groups; a prefix that
 * changes takes them away from everybody. */
#include "core/oidc/identity.h"
#include "core/oidc/instance.h"

static bool is_same(struct idp_call *call, const struct idp_json *left,
                    const struct idp_json *right)
{
    bool is_none = idp_oidc_is_empty(left) && idp_oidc_is_empty(right);
    return is_none ||
           (left != NULL && right != NULL &&
            idp_bytes_equal(idp_json_canonical(call, left), idp_json_canonical(call, right)));
}

/* ---- fields ---- */

static void add_line(struct idp_call *call, struct idp_json *diff, const char *name,
                     const struct idp_json *before, const struct idp_json *after)
{
    struct idp_text path = {.call = call};
    idp_text_add_char(&path, '/');
    idp_text_add_c(&path, name);
    struct idp_json *line = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, line, "path", idp_text_bytes(&path));
    idp_json_add_shared(call, line, "before", before);
    idp_json_add_shared(call, line, "after", after);
    idp_json_add(diff, NULL, line);
}

/* Of effective configurations; a list is one value, and an empty one says that there are none. */
static struct idp_json *diff_of(struct idp_call *call, const struct idp_json *before,
                                const struct idp_json *after)
{
    struct idp_json *diff = idp_json_new(call, IDP_JSON_ARRAY);
    struct idp_oidc_config old = idp_oidc_config_of(before), new = idp_oidc_config_of(after);
    for (size_t i = 0; i < IDP_OIDC_FIELD_COUNT; i++) {
        if (!is_same(call, old.fields[i], new.fields[i])) {
            add_line(call, diff, idp_oidc_field_name((enum idp_oidc_field)i), old.fields[i],
                     new.fields[i]);
        }
    }
    const struct idp_json *old_list = idp_json_member(before, "list");
    const struct idp_json *new_list = idp_json_member(after, "list");
    if ((old_list == NULL) != (new_list == NULL) || !is_same(call, old_list, new_list)) {
        add_line(call, diff, "list", old_list, new_list);
    }
    return diff;
}

/* ---- users ---- */

static bool is_same_user(struct idp_call *call, const struct idp_json *before,
                         const struct idp_json *after)
{
    static const char *const members[] = {"ok", "username", "groups"};
    for (size_t i = 0; i < IDP_COUNT(members); i++) {
        if (!is_same(call, idp_json_member(before, members[i]),
                     idp_json_member(after, members[i]))) {
            return false;
        }
    }
    return true;
}

/* What is compared, and where the lines go of users who differ. */
struct comparison {
    struct idp_call *call;
    struct idp_oidc_verifiers before, after;
    struct idp_json *users;
    const struct idp_json *claims;
    int64_t index;
};

static void compare(struct comparison *comparison, struct idp_oidc_verifiers before,
                    struct idp_oidc_verifiers after)
{
    struct idp_call *call = comparison->call;
    const struct idp_json *old = idp_oidc_identity_by_claims(call, before, comparison->claims);
    const struct idp_json *new = idp_oidc_identity_by_claims(call, after, comparison->claims);
    if (!is_same_user(call, old, new)) {
        struct idp_json *line = idp_json_new(call, IDP_JSON_OBJECT);
        idp_json_add_integer(call, line, "index", comparison->index);
        idp_json_add_shared(call, line, "before", old);
        idp_json_add_shared(call, line, "after", new);
        idp_json_add(comparison->users, NULL, line);
    }
}

static struct idp_oidc_verifiers one_of(struct idp_oidc_verifiers all, size_t index)
{
    return (struct idp_oidc_verifiers){.count = 1, .first = index, .list = &all.list[index]};
}

static bool is_for_same(const struct idp_oidc_verifier *left, const struct idp_oidc_verifier *right)
{
    return idp_bytes_equal(left->issuer, right->issuer) &&
           idp_bytes_equal(left->client_id, right->client_id);
}

/* The index of the one for the same issuer and client as others.list[index]; of several the one
 * that has as many before it. all.count: none. */
static size_t same_of(struct idp_oidc_verifiers all, struct idp_oidc_verifiers others, size_t index)
{
    size_t before = 0, i = 0;
    for (size_t j = 0; j < index; j++) {
        before += is_for_same(&others.list[j], &others.list[index]);
    }
    while (i < all.count && (!is_for_same(&all.list[i], &others.list[index]) || before-- > 0)) {
        i++;
    }
    return i;
}

/* What the configuration at an index became: the one for the same issuer and client, or, where both
 * are for others than before, the one at its place; all.count: none. */
static size_t partner_of(struct idp_oidc_verifiers all, struct idp_oidc_verifiers others,
                         size_t index)
{
    size_t same = same_of(all, others, index);
    bool has_place =
        same == all.count && index < all.count && same_of(others, all, index) == others.count;
    return has_place ? index : same;
}

/* Claims that do not say whose they are may come under each configuration. */
static void compare_each(struct comparison *comparison)
{
    struct idp_oidc_verifiers before = comparison->before, after = comparison->after, none = {0};
    for (size_t i = 0; i < before.count; i++) {
        size_t partner = partner_of(after, before, i);
        compare(comparison, one_of(before, i),
                partner < after.count ? one_of(after, partner) : none);
    }
    for (size_t i = 0; i < after.count; i++) {
        if (partner_of(before, after, i) == before.count) {
            compare(comparison, none, one_of(after, i));
        }
    }
}

static struct idp_json *users_of(struct idp_call *call, const struct idp_oidc_instance *instance,
                                 const struct idp_json *effective, const struct idp_json *corpus)
{
    struct comparison comparison = {
        .call = call,
        .before = idp_oidc_verifiers_of(call, instance->profile,
                                        idp_json_text(call, instance->state.effective)),
        .after = idp_oidc_verifiers_of(call, instance->profile, idp_json_text(call, effective)),
        .users = idp_json_new(call, IDP_JSON_ARRAY),
    };
    const struct idp_json *claims = corpus == NULL ? NULL : corpus->child;
    for (; claims != NULL; claims = claims->next, comparison.index++) {
        comparison.claims = claims;
        if (idp_json_member(claims, "iss") != NULL && idp_json_member(claims, "aud") != NULL) {
            compare(&comparison, comparison.before, comparison.after);
        } else {
            compare_each(&comparison);
        }
    }
    return comparison.users;
}

static const struct idp_json *corpus_of(struct idp_call *call, struct idp_value value)
{
    const char *why = NULL;
    struct idp_bytes text = idp_text_of(value);
    const struct idp_json *corpus =
        text.data == NULL
            ? NULL
            : idp_json_read_many(call, text, IDP_OIDC_CLAIMS_VALUE_COUNT_MAX, &why, NULL);
    size_t count = 0;
    if (why != NULL) {
        idp_fail_with(call, IDP_INVALID_JSON, "The argument claims is not strict JSON: %s.", why);
    }
    for (const struct idp_json *item = corpus == NULL ? NULL : corpus->child; item != NULL;
         item = item->next, count++) {
        if (item->kind != IDP_JSON_OBJECT) {
            count = IDP_OIDC_CLAIMS_COUNT_MAX;
        }
    }
    if (corpus != NULL && (corpus->kind != IDP_JSON_ARRAY || count > IDP_OIDC_CLAIMS_COUNT_MAX)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "Argument claims must be an array of at most %d objects.",
                      IDP_OIDC_CLAIMS_COUNT_MAX);
    }
    return corpus;
}

/* ---- the answer ---- */

static struct idp_json *refused(struct idp_call *call, const char *status,
                                const struct idp_json *faults)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, answer, "status", status);
    if (faults != NULL) {
        idp_json_add_shared(call, answer, "errors", faults);
        idp_json_add_string(call, answer, "message", idp_faults_text(call, faults));
    }
    return answer;
}

static struct idp_json *previewed(struct idp_call *call, const struct idp_oidc_instance *instance,
                                  const struct idp_oidc_result *result,
                                  const struct idp_json *corpus)
{
    const struct idp_json *after = result->state.effective;
    struct idp_json *answer = refused(call, "ok", NULL);
    idp_json_add_bool(call, answer, "changed", result->is_changed);
    idp_json_add_integer(call, answer, "version", instance->version);
    idp_json_add(answer, "diff", diff_of(call, instance->state.effective, after));
    idp_json_add(answer, "identities", users_of(call, instance, after, corpus));
    return answer;
}

struct idp_value idp_sql_oidc_preview(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_oidc_instance instance;
    struct idp_oidc_faults faults = idp_oidc_faults_new(call);
    const struct idp_json *request = idp_oidc_request_read(&faults, arguments[1]);
    const struct idp_json *corpus = corpus_of(call, arguments[2]);
    if (!idp_oidc_instance_find(call, arguments[0].bytes, &instance)) {
        struct idp_json *answer = refused(call, "not_found", NULL);
        idp_json_add_c(call, answer, "message", IDP_OIDC_NO_INSTANCE);
        return idp_value_json(answer);
    }
    if (faults.list->child != NULL) {
        return idp_value_json(refused(call, "invalid", faults.list));
    }
    struct idp_oidc_result result = idp_oidc_merge(call, IDP_OIDC_UPDATE, request, instance.state,
                                                   idp_oidc_default_load(call, instance.plan));
    return idp_value_json(result.is_valid ? previewed(call, &instance, &result, corpus)
                                          : refused(call, "invalid", result.faults));
}
