/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c - what a caller demands of a token. A member that is not known is refused, since a
 * misspelt check is none; so is an empty list of algorithms, which nothing could pass. */
#include "core/jose/key.h"

enum { POLICY_SECONDS_MAX = 1000000000, POLICY_SIZE_MAX = 4 << 10, POLICY_TOTAL_MAX = 64 << 10 };

static void fail_member(struct idp_call *call, const char *name) IDP_NORETURN;

static void fail_member(struct idp_call *call, const char *name)
{
    idp_fail_with(call, IDP_INVALID_ARGUMENT, "The member %s of policy has a wrong type or value.",
                  name);
}

/* A member of the policy; null counts as absent. */
static const struct idp_json *policy_member(const struct idp_json *policy, const char *name)
{
    const struct idp_json *member = idp_json_member(policy, name);

    return idp_json_is(member, IDP_JSON_NULL) ? NULL : member;
}

static const struct idp_json *policy_list(struct idp_call *call, const struct idp_json *policy,
                                          const char *name)
{
    const struct idp_json *member = policy_member(policy, name);

    if (member && !idp_is_string_list(member)) {
        fail_member(call, name);
    }
    return member;
}

static struct idp_bytes policy_string(struct idp_call *call, const struct idp_json *policy,
                                      const char *name)
{
    const struct idp_json *member = policy_member(policy, name);

    if (member && !idp_json_is(member, IDP_JSON_STRING)) {
        fail_member(call, name);
    }
    return member ? member->text : (struct idp_bytes){NULL, 0};
}

/* Whole seconds from 0, as microseconds. */
static int64_t policy_seconds(struct idp_call *call, const struct idp_json *policy,
                              const char *name, int64_t absent_us)
{
    const struct idp_json *member = policy_member(policy, name);
    int64_t seconds;

    if (!member) {
        return absent_us;
    }
    if (!idp_json_integer(member, &seconds) || seconds < 0 || seconds > POLICY_SECONDS_MAX) {
        fail_member(call, name);
    }
    return seconds * IDP_SECOND_US;
}

/* The first two are about any payload, the others about claims. */
static const char *const names[] = {"algs",   "typ", "iss",     "aud",
                                    "leeway", "now", "require", "max_age"};

static void check_names(struct idp_call *call, const struct idp_json *policy,
                        enum idp_policy_kind kind)
{
    size_t count = kind == IDP_POLICY_JWS ? 2 : IDP_COUNT(names);
    for (const struct idp_json *item = policy == NULL ? NULL : policy->child; item != NULL;
         item = item->next) {
        size_t i = 0;
        while (i < count && !idp_bytes_is(item->name, names[i])) {
            i++;
        }
        if (i == count) {
            idp_fail_with(
                call, IDP_INVALID_ARGUMENT, "A member of policy is not known; the members are %s.",
                kind == IDP_POLICY_JWS ? "algs and typ: a payload has no claims"
                                       : "algs, typ, iss, aud, leeway, now, require and max_age");
        }
    }
}

static const struct idp_json *policy_audience(struct idp_call *call, const struct idp_json *policy)
{
    const struct idp_json *member = policy_member(policy, "aud");
    if (member != NULL && !idp_json_is(member, IDP_JSON_STRING) && !idp_is_string_list(member)) {
        fail_member(call, "aud");
    }
    return member;
}

/* The time to judge by, where the policy gives one. */
static void read_now(struct idp_call *call, const struct idp_json *policy, struct idp_policy *out)
{
    const struct idp_json *member = policy_member(policy, "now");
    out->has_now = member != NULL;
    if (member != NULL && !idp_numeric_date(member, &out->now_us)) {
        fail_member(call, "now");
    }
}

static struct idp_policy policy_of(struct idp_call *call, const struct idp_json *policy,
                                   enum idp_policy_kind kind)
{
    check_names(call, policy, kind);
    struct idp_policy out = {
        .algs = policy_list(call, policy, "algs"),
        .require = policy_list(call, policy, "require"),
        .iss = policy_string(call, policy, "iss"),
        .typ = policy_string(call, policy, "typ"),
        .aud = policy_audience(call, policy),
        .leeway_us = policy_seconds(call, policy, "leeway", 0),
        .max_age_us = policy_seconds(call, policy, "max_age", -1),
    };
    read_now(call, policy, &out);
    if (out.algs != NULL && out.algs->child == NULL) {
        fail_member(call, "algs");
    }
    return out;
}

static struct idp_policy with_clock(struct idp_call *call, struct idp_policy policy)
{
    if (!policy.has_now) {
        policy.now_us = idp_now_us(call);
    }
    return policy;
}

struct idp_policy idp_policy_read(struct idp_call *call, const struct idp_json *policy,
                                  enum idp_policy_kind kind)
{
    return with_clock(call, policy_of(call, policy, kind));
}

/* ---- the same few policies, call after call ---- */

static struct idp_cache policies[] = {
    [IDP_POLICY_JWS] = {.release = idp_json_kept_release,
                        .weight_max = POLICY_TOTAL_MAX,
                        .mutex = PTHREAD_MUTEX_INITIALIZER},
    [IDP_POLICY_JWT] = {.release = idp_json_kept_release,
                        .weight_max = POLICY_TOTAL_MAX,
                        .mutex = PTHREAD_MUTEX_INITIALIZER},
};

struct idp_policy idp_policy_argument(struct idp_call *call, struct idp_value value,
                                      enum idp_policy_kind kind)
{
    struct idp_bytes text = idp_text_of(value);
    if (text.data == NULL) {
        return idp_policy_read(call, NULL, kind);
    }
    const struct idp_policy *found = idp_cache_get(call, &policies[kind], text);
    if (found != NULL) {
        return with_clock(call, *found);
    }
    const struct idp_json *policy = idp_json_object_argument(call, value, "policy"), *copy;
    struct idp_policy read = policy_of(call, policy, kind);
    struct idp_policy *kept =
        text.size > POLICY_SIZE_MAX ? NULL : idp_json_keep(policy, sizeof *kept, &copy);
    if (kept != NULL) {
        *kept = policy_of(call, copy, kind); /* cannot raise: it has just been read */
        idp_cache_put(call, &policies[kind], text, kept, text.size);
    }
    return with_clock(call, read);
}
