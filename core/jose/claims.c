/* SPDX-License-Identifier: Apache-2.0 */
/* claims.c - registered claims (RFC 7519 §4.1) against a caller's policy.
 *
 * Types come first: a claim that is not what RFC 7519 says it is makes the token malformed, also
 * where the policy would not have looked. Then, in this order: issuer, audience, expired,
 * not_yet_valid, issued_in_future, missing_claim. */
#include "core/jose/key.h"

/* The registered claims of a token; NULL: it has none such. Times are microseconds since 1970. */
struct claims {
    const struct idp_json *iss, *sub, *aud, *exp, *nbf, *iat, *jti;
    int64_t exp_us, nbf_us, iat_us;
};

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

static bool take_string(const struct idp_json *claim, const struct idp_json **out)
{
    *out = claim;
    return claim->kind == IDP_JSON_STRING;
}

static bool take_audience(const struct idp_json *claim, const struct idp_json **out)
{
    *out = claim;
    return claim->kind == IDP_JSON_STRING || idp_is_string_list(claim);
}

static bool take_date(const struct idp_json *claim, const struct idp_json **out, int64_t *out_us)
{
    *out = claim;
    return idp_numeric_date(claim, out_us);
}

/* Every registered name has three letters. */
#define NAME(a, b, c) ((a) << 16 | (b) << 8 | (c))

/* False where the claim is a registered one of a wrong type. */
static bool take(struct claims *claims, const struct idp_json *claim)
{
    const unsigned char *name = (const unsigned char *)claim->name.data;
    if (claim->name.size != 3) {
        return true;
    }
    switch (NAME(name[0], name[1], name[2])) {
    case NAME('i', 's', 's'):
        return take_string(claim, &claims->iss);
    case NAME('s', 'u', 'b'):
        return take_string(claim, &claims->sub);
    case NAME('j', 't', 'i'):
        return take_string(claim, &claims->jti);
    case NAME('a', 'u', 'd'):
        return take_audience(claim, &claims->aud);
    case NAME('e', 'x', 'p'):
        return take_date(claim, &claims->exp, &claims->exp_us);
    case NAME('n', 'b', 'f'):
        return take_date(claim, &claims->nbf, &claims->nbf_us);
    case NAME('i', 'a', 't'):
        return take_date(claim, &claims->iat, &claims->iat_us);
    default:
        return true;
    }
}

static bool claims_read(const struct idp_json *document, struct claims *out)
{
    *out = (struct claims){0};
    for (const struct idp_json *claim = document->child; claim != NULL; claim = claim->next) {
        if (!take(out, claim)) {
            return false;
        }
    }
    return true;
}

/* ---- checks ---- */

static bool is_or_holds(const struct idp_json *json, struct idp_bytes text)
{
    return json->kind == IDP_JSON_STRING ? idp_bytes_equal(json->text, text)
                                         : idp_json_holds(json, text);
}

/* True where the token is for one of those that the caller answers to. */
static bool audience_meets(const struct idp_json *actual, const struct idp_json *expected)
{
    if (actual == NULL) {
        return false;
    }
    if (expected->kind == IDP_JSON_STRING) {
        return is_or_holds(actual, expected->text);
    }
    for (const struct idp_json *item = expected->child; item != NULL; item = item->next) {
        if (is_or_holds(actual, item->text)) {
            return true;
        }
    }
    return false;
}

/* Valid before exp and from nbf on, each moved by the leeway; iat may not be later than now. */
static enum idp_reason check_times(const struct claims *claims, const struct idp_policy *policy)
{
    int64_t leeway_us = policy->leeway_us, now_us = policy->now_us;
    bool issued = claims->iat != NULL;
    int64_t age_us = issued ? now_us - claims->iat_us : 0;
    if (claims->exp != NULL && now_us >= claims->exp_us + leeway_us) {
        return IDP_REASON_EXPIRED;
    }
    if (policy->max_age_us >= 0 && issued && age_us >= policy->max_age_us + leeway_us) {
        return IDP_REASON_EXPIRED;
    }
    if (claims->nbf != NULL && now_us < claims->nbf_us - leeway_us) {
        return IDP_REASON_NOT_YET_VALID;
    }
    if (issued && -age_us > leeway_us) {
        return IDP_REASON_ISSUED_IN_FUTURE;
    }
    return policy->max_age_us >= 0 && !issued ? IDP_REASON_MISSING_CLAIM : IDP_REASON_VALID;
}

/* A required claim that is null is missing. */
static bool has_required(const struct idp_json *document, const struct idp_json *names)
{
    for (const struct idp_json *name = names == NULL ? NULL : names->child; name != NULL;
         name = name->next) {
        const struct idp_json *claim = document->child;
        while (claim != NULL && !idp_bytes_equal(claim->name, name->text)) {
            claim = claim->next;
        }
        if (claim == NULL || claim->kind == IDP_JSON_NULL) {
            return false;
        }
    }
    return true;
}

enum idp_reason idp_claims_check(const struct idp_json *document, const struct idp_policy *policy)
{
    struct claims claims;
    if (!claims_read(document, &claims)) {
        return IDP_REASON_MALFORMED;
    }
    if (policy->iss.data != NULL &&
        !(claims.iss != NULL && idp_bytes_equal(claims.iss->text, policy->iss))) {
        return IDP_REASON_ISSUER;
    }
    if (policy->aud != NULL && !audience_meets(claims.aud, policy->aud)) {
        return IDP_REASON_AUDIENCE;
    }
    enum idp_reason reason = check_times(&claims, policy);
    if (reason == IDP_REASON_VALID && !has_required(document, policy->require)) {
        return IDP_REASON_MISSING_CLAIM;
    }
    return reason;
}
