/* SPDX-License-Identifier: Apache-2.0 */
/* claims.c - registered claims (RFC 7519 §4.1) against a caller's policy.
 *
 * Types come first: a claim that is not what RFC 7519 says it is makes the token malformed, also
 * where the policy would not have looked. Then, in this order: issuer, audience, expired,
 * not_yet_valid, issued_in_future, missing_claim. */
#include "core/jose/key.h"

bool idp_is_string_list(const struct idp_json *json)
{
    if (!idp_json_is(json, IDP_JSON_ARRAY)) {
        return false;
    }
    for (const struct idp_json *item = json->child; item != NULL; item = item->next) {
        if (!idp_json_is(item, IDP_JSON_STRING)) {
            return false;
        }
    }
    return true;
}

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
    return is_string(json) || idp_is_string_list(json);
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
    return is_string(json) ? idp_bytes_equal(json->text, text) : idp_json_holds(json, text);
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
