/* SPDX-License-Identifier: Apache-2.0 */
/* claims.c - registered claims (RFC 7519 §4.1) against a caller's policy.
 *
 * Types come first: a claim that is not what RFC 7519 says it is makes the token malformed, also
 * where the policy would not have looked. Then, in this order: issuer, audience, expired,
 * not_yet_valid, issued_in_future, missing_claim. Times are microseconds in integers; no double
 * ever holds one. A member of the policy that is not known is refused, since a misspelt check is
 * none. */
#include "core/jose/key.h"

#include <string.h>

enum {
    SECOND_US = 1000000,
    MICROSECOND_DIGITS = 6,
    DATE_DIGITS_MAX = 18, /* of a number of microseconds: 31 thousand years */
    POLICY_SECONDS_MAX = 1000000000
};

/* ---- numbers ---- */

/* A JSON number taken apart: its digits, and where the decimal point stands among them. */
struct decimal {
    bool negative;
    struct idp_bytes whole, fraction;
    int64_t exponent;
};

static struct idp_bytes digits(struct idp_bytes *rest)
{
    struct idp_bytes out = {rest->data, 0};

    while (out.size < rest->size && rest->data[out.size] >= '0' && rest->data[out.size] <= '9') {
        out.size++;
    }
    *rest = (struct idp_bytes){rest->data + out.size, rest->size - out.size};
    return out;
}

static bool skip(struct idp_bytes *rest, const char *characters)
{
    if (rest->size == 0 || !strchr(characters, rest->data[0])) {
        return false;
    }
    *rest = (struct idp_bytes){rest->data + 1, rest->size - 1};
    return true;
}

/* The reader has checked the grammar, and that the exponent is small. */
static struct decimal decimal_of(struct idp_bytes text)
{
    struct decimal out = {.negative = skip(&text, "-")};

    out.whole = digits(&text);
    if (skip(&text, ".")) {
        out.fraction = digits(&text);
    }
    if (skip(&text, "eE")) {
        bool negative = text.size > 0 && text.data[0] == '-';

        skip(&text, "+-");
        struct idp_bytes exponent = digits(&text);

        for (size_t i = 0; i < exponent.size && out.exponent <= IDP_JSON_EXPONENT_MAX; i++) {
            out.exponent = out.exponent * 10 + (exponent.data[i] - '0');
        }
        out.exponent = negative ? -out.exponent : out.exponent;
    }
    return out;
}

static int digit_at(const struct decimal *decimal, int64_t at)
{
    int64_t whole = (int64_t)decimal->whole.size, all = whole + (int64_t)decimal->fraction.size;

    if (at < 0 || at >= all) {
        return 0;
    }
    return (at < whole ? decimal->whole.data[at] : decimal->fraction.data[at - whole]) - '0';
}

bool idp_numeric_date(const struct idp_json *json, int64_t *out_us)
{
    if (!idp_json_is(json, IDP_JSON_NUMBER)) {
        return false;
    }

    struct decimal decimal = decimal_of(json->text);
    int64_t end = (int64_t)decimal.whole.size + decimal.exponent + MICROSECOND_DIGITS;
    int64_t all = (int64_t)(decimal.whole.size + decimal.fraction.size), at = 0, number = 0;

    while (at < end && at < all && digit_at(&decimal, at) == 0) {
        at++;
    }
    if (at == all) { /* zero, however it is written */
        end = at;
    }
    if (end - at > DATE_DIGITS_MAX) {
        return false;
    }
    for (; at < end; at++) {
        number = number * 10 + digit_at(&decimal, at);
    }
    *out_us = decimal.negative ? -number : number;
    return true;
}

/* ---- policy ---- */

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

static bool is_string_list(const struct idp_json *json)
{
    if (!idp_json_is(json, IDP_JSON_ARRAY)) {
        return false;
    }
    for (const struct idp_json *item = json->child; item; item = item->next) {
        if (!idp_json_is(item, IDP_JSON_STRING)) {
            return false;
        }
    }
    return true;
}

static const struct idp_json *policy_list(struct idp_call *call, const struct idp_json *policy,
                                          const char *name)
{
    const struct idp_json *member = policy_member(policy, name);

    if (member && !is_string_list(member)) {
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
    return seconds * SECOND_US;
}

static void check_policy_names(struct idp_call *call, const struct idp_json *policy)
{
    static const char *const names[] = {"algs",   "iss", "aud",     "typ",
                                        "leeway", "now", "require", "max_age"};

    for (const struct idp_json *item = policy ? policy->child : NULL; item; item = item->next) {
        size_t i = 0;

        while (i < IDP_COUNT(names) && !idp_bytes_is(item->name, names[i])) {
            i++;
        }
        if (i == IDP_COUNT(names)) {
            idp_fail_with(call, IDP_INVALID_ARGUMENT,
                          "A member of policy is not known; the members are algs, iss, aud, typ, "
                          "leeway, now, require and max_age.");
        }
    }
}

struct idp_policy idp_policy_read(struct idp_call *call, const struct idp_json *policy)
{
    const struct idp_json *now = policy_member(policy, "now");
    struct idp_policy out = {
        .algs = policy_list(call, policy, "algs"),
        .require = policy_list(call, policy, "require"),
        .iss = policy_string(call, policy, "iss"),
        .typ = policy_string(call, policy, "typ"),
        .aud = policy_member(policy, "aud"),
        .leeway_us = policy_seconds(call, policy, "leeway", 0),
        .max_age_us = policy_seconds(call, policy, "max_age", -1),
    };

    check_policy_names(call, policy);
    if (out.aud && !idp_json_is(out.aud, IDP_JSON_STRING) && !is_string_list(out.aud)) {
        fail_member(call, "aud");
    }
    if (now && !idp_numeric_date(now, &out.now_us)) {
        fail_member(call, "now");
    }
    if (!now) {
        out.now_us = idp_now_us(call);
    }
    return out;
}

/* ---- claims ---- */

static bool is_date(const struct idp_json *json)
{
    int64_t us;

    return idp_numeric_date(json, &us);
}

static bool is_string(const struct idp_json *json)
{
    return idp_json_is(json, IDP_JSON_STRING);
}

static bool is_audience(const struct idp_json *json)
{
    return is_string(json) || is_string_list(json);
}

/* RFC 7519 §4.1. */
static bool has_right_types(const struct idp_json *claims)
{
    static const struct {
        const char *name;
        bool (*is_right)(const struct idp_json *json);
    } rules[] = {{"iss", is_string}, {"sub", is_string}, {"aud", is_audience}, {"exp", is_date},
                 {"nbf", is_date},   {"iat", is_date},   {"jti", is_string}};

    for (size_t i = 0; i < IDP_COUNT(rules); i++) {
        const struct idp_json *claim = idp_json_member(claims, rules[i].name);

        if (claim && !rules[i].is_right(claim)) {
            return false;
        }
    }
    return true;
}

static bool is_or_holds(const struct idp_json *json, struct idp_bytes text)
{
    if (is_string(json)) {
        return idp_bytes_equal(json->text, text);
    }
    for (const struct idp_json *item = json->child; item; item = item->next) {
        if (idp_bytes_equal(item->text, text)) {
            return true;
        }
    }
    return false;
}

/* True where the token is for one of those that the caller answers to. */
static bool audience_meets(const struct idp_json *actual, const struct idp_json *expected)
{
    if (!actual) {
        return false;
    }
    if (is_string(expected)) {
        return is_or_holds(actual, expected->text);
    }
    for (const struct idp_json *item = expected->child; item; item = item->next) {
        if (is_or_holds(actual, item->text)) {
            return true;
        }
    }
    return false;
}

static bool date_of(const struct idp_json *claims, const char *name, int64_t *out_us)
{
    const struct idp_json *claim = idp_json_member(claims, name);

    return claim && idp_numeric_date(claim, out_us);
}

/* Valid before exp and from nbf on, each moved by the leeway; iat may not be later than now. */
static enum idp_reason check_times(const struct idp_json *claims, const struct idp_policy *policy)
{
    int64_t time_us, leeway_us = policy->leeway_us, now_us = policy->now_us;
    bool issued = date_of(claims, "iat", &time_us);
    int64_t age_us = issued ? now_us - time_us : 0;

    if (date_of(claims, "exp", &time_us) && now_us >= time_us + leeway_us) {
        return IDP_REASON_EXPIRED;
    }
    if (policy->max_age_us >= 0 && issued && age_us >= policy->max_age_us + leeway_us) {
        return IDP_REASON_EXPIRED;
    }
    if (date_of(claims, "nbf", &time_us) && now_us < time_us - leeway_us) {
        return IDP_REASON_NOT_YET_VALID;
    }
    if (issued && -age_us > leeway_us) {
        return IDP_REASON_ISSUED_IN_FUTURE;
    }
    return policy->max_age_us >= 0 && !issued ? IDP_REASON_MISSING_CLAIM : IDP_REASON_VALID;
}

/* A required claim that is null is missing. */
static bool has_required(const struct idp_json *claims, const struct idp_json *names)
{
    for (const struct idp_json *name = names ? names->child : NULL; name; name = name->next) {
        const struct idp_json *claim = claims->child;

        while (claim && !idp_bytes_equal(claim->name, name->text)) {
            claim = claim->next;
        }
        if (!claim || idp_json_is(claim, IDP_JSON_NULL)) {
            return false;
        }
    }
    return true;
}

enum idp_reason idp_claims_check(const struct idp_json *claims, const struct idp_policy *policy)
{
    struct idp_bytes issuer = idp_json_string(claims, "iss");

    if (!has_right_types(claims)) {
        return IDP_REASON_MALFORMED;
    }
    if (policy->iss.data && !(issuer.data && idp_bytes_equal(issuer, policy->iss))) {
        return IDP_REASON_ISSUER;
    }
    if (policy->aud && !audience_meets(idp_json_member(claims, "aud"), policy->aud)) {
        return IDP_REASON_AUDIENCE;
    }

    enum idp_reason reason = check_times(claims, policy);

    if (reason == IDP_REASON_VALID && !has_required(claims, policy->require)) {
        return IDP_REASON_MISSING_CLAIM;
    }
    return reason;
}
