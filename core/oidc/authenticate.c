/* SPDX-License-Identifier: Apache-2.0 */
/* authenticate.c - whose token is this? Against the effective configuration of an instance, with
 * keys that are here: nothing is fetched.
 *
 * Configurations are tried in the order of the list, the first that takes the token decides. Checks
 * run as kube-apiserver's do: issuer, audience, times, algorithm and signature, then claims. Where
 * none takes it, the reason is that of the one that came furthest. */
#include "core/jose/jose.h"
#include "core/oidc/identity.h"

#define FAR_US INT64_C(1000000000000000000) /* more than idp_numeric_date() gives */

enum { NBF_LEEWAY_US = 60 * 1000000 };

enum { LOAD };

/* $3 is the issuer that the token names. */
const struct idp_statement idp_oidc_authenticate_statements[] = {
    [LOAD] = {"SELECT i.profile, i.effective, k.jwks FROM idplane.oidc_instance i"
              " LEFT JOIN idplane.issuer_keys k ON k.tenant = i.tenant AND k.issuer = $3"
              " WHERE i.tenant = $1 AND i.instance = $2",
              "ttt", "tjt", true},
};
const size_t idp_oidc_authenticate_statement_count = IDP_COUNT(idp_oidc_authenticate_statements);

/* What is asked of one configuration after the other. */
struct inquiry {
    struct idp_call *call;
    struct idp_unverified token;
    struct idp_bytes issuer, issuer_keys;
    const struct idp_oidc_verifier *verifier;
    struct idp_oidc_identity identity;
    bool by_claims;         /* there is no token: issuer and audience count where they are named */
    struct idp_json *trace; /* grows by a line for each step; NULL: nobody wants to know */
};

/* ---- checks; NULL: passed, else the reason ---- */

/* Google names itself without the scheme in some tokens. */
static struct idp_bytes issuer_of(const struct idp_json *claims)
{
    struct idp_bytes issuer = idp_json_string(claims, "iss");
    return idp_bytes_is(issuer, "accounts.google.com") ? idp_bytes_of("https://accounts.google.com")
                                                       : issuer;
}

/* What claims alone, or the configuration, need not name. */
static bool is_unnamed(const struct inquiry *inquiry, const char *claim, struct idp_bytes wanted)
{
    return inquiry->by_claims &&
           (wanted.size == 0 || idp_json_member(inquiry->token.claims, claim) == NULL);
}

static const char *check_issuer(struct inquiry *inquiry)
{
    if (is_unnamed(inquiry, "iss", inquiry->verifier->issuer)) {
        return NULL;
    }
    bool same =
        inquiry->issuer.data != NULL && idp_bytes_equal(inquiry->issuer, inquiry->verifier->issuer);
    return same ? NULL : "issuer";
}

static const char *check_audience(struct inquiry *inquiry)
{
    struct idp_bytes wanted = inquiry->verifier->client_id;
    if (is_unnamed(inquiry, "aud", wanted)) {
        return NULL;
    }
    const struct idp_json *audience = idp_json_member(inquiry->token.claims, "aud");
    bool meets = idp_json_is(audience, IDP_JSON_STRING)
                     ? idp_bytes_equal(audience->text, wanted)
                     : idp_json_is(audience, IDP_JSON_ARRAY) && idp_json_holds(audience, wanted);
    return meets ? NULL : "audience";
}

/* False where the claim is no number. Go cuts fractions off; what is too far away for us, either
 * way, is as far as can be said. */
static bool read_time(const struct idp_json *claim, int64_t *out_us)
{
    if (!idp_json_is(claim, IDP_JSON_NUMBER)) {
        return false;
    }
    if (!idp_numeric_date(claim, out_us)) {
        *out_us = claim->text.data[0] == '-' ? -FAR_US : FAR_US;
    }
    *out_us -= *out_us % 1000000;
    return true;
}

/* From iat to exp no longer than is allowed, where that is limited. */
static bool is_short(const struct inquiry *inquiry, int64_t exp_us)
{
    int64_t limit_s = inquiry->verifier->validity_max_s, iat_us;
    if (limit_s == 0) {
        return true;
    }
    return read_time(idp_json_member(inquiry->token.claims, "iat"), &iat_us) && iat_us > 0 &&
           iat_us < exp_us && (exp_us - iat_us) / 1000000 <= limit_s;
}

/* Good while exp is not past, without leeway; from nbf on, less a minute. */
static const char *check_times(struct inquiry *inquiry)
{
    if (inquiry->by_claims) {
        return NULL;
    }
    int64_t exp_us, nbf_us, now_us = idp_now_us(inquiry->call);
    const struct idp_json *nbf = idp_json_member(inquiry->token.claims, "nbf");
    if (!read_time(idp_json_member(inquiry->token.claims, "exp"), &exp_us) || exp_us < now_us) {
        return "expired";
    }
    if (nbf != NULL && (!read_time(nbf, &nbf_us) || nbf_us - NBF_LEEWAY_US > now_us)) {
        return "not_yet_valid";
    }
    return is_short(inquiry, exp_us) ? NULL : "validity";
}

static const char *check_signature(struct inquiry *inquiry)
{
    if (inquiry->by_claims) {
        return NULL;
    }
    struct idp_bytes own = inquiry->verifier->jwks;
    return idp_unverified_check(inquiry->call, &inquiry->token,
                                own.data != NULL ? own : inquiry->issuer_keys,
                                inquiry->verifier->algorithms);
}

static const char *check_claims(struct inquiry *inquiry)
{
    return idp_oidc_identity_of(inquiry->call, inquiry->verifier, inquiry->token.claims,
                                &inquiry->identity);
}

/* ---- what is told of a step beside how it went ---- */

static void tell_issuer(struct inquiry *inquiry, struct idp_json *line)
{
    idp_json_add_string(inquiry->call, line, "wanted", inquiry->verifier->issuer);
}

static void tell_audience(struct inquiry *inquiry, struct idp_json *line)
{
    idp_json_add_string(inquiry->call, line, "wanted", inquiry->verifier->client_id);
}

static void tell_keys(struct inquiry *inquiry, struct idp_json *line)
{
    const char *keys = inquiry->verifier->jwks.data != NULL ? "configuration"
                       : inquiry->issuer_keys.data != NULL  ? "issuer"
                                                            : "none";
    idp_json_add_c(inquiry->call, line, "keys", keys);
}

static const struct step {
    const char *name;
    const char *(*check)(struct inquiry *inquiry);
    void (*tell)(struct inquiry *inquiry, struct idp_json *line);
} steps[] = {
    {"issuer", check_issuer, tell_issuer}, {"audience", check_audience, tell_audience},
    {"times", check_times, NULL},          {"signature", check_signature, tell_keys},
    {"claims", check_claims, NULL},
};

/* ---- one configuration ---- */

/* How far a token came, and why no further (NULL: it came through). */
struct verdict {
    size_t step_count;
    const char *reason;
};

static void trace_step(struct inquiry *inquiry, int64_t index, const struct step *step,
                       const char *reason)
{
    struct idp_json *line = idp_json_new(inquiry->call, IDP_JSON_OBJECT);
    idp_json_add_integer(inquiry->call, line, "config_index", index);
    idp_json_add_c(inquiry->call, line, "step", step->name);
    idp_json_add_bool(inquiry->call, line, "ok", reason == NULL);
    if (reason != NULL) {
        idp_json_add_c(inquiry->call, line, "reason", reason);
    }
    if (step->tell != NULL) {
        step->tell(inquiry, line);
    }
    idp_json_add(inquiry->trace, NULL, line);
}

static struct verdict judge(struct inquiry *inquiry, int64_t index)
{
    struct verdict verdict = {.reason = NULL};
    while (verdict.step_count < IDP_COUNT(steps) && verdict.reason == NULL) {
        const struct step *step = &steps[verdict.step_count];
        verdict.reason = step->check(inquiry);
        if (inquiry->trace != NULL) {
            trace_step(inquiry, index, step, verdict.reason);
        }
        verdict.step_count += verdict.reason == NULL;
    }
    return verdict;
}

/* ---- all of them ---- */

static struct idp_json *refused(struct idp_call *call, const char *reason)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_bool(call, answer, "ok", false);
    idp_json_add_c(call, answer, "reason", reason);
    return answer;
}

static struct idp_json *admitted(struct inquiry *inquiry, int64_t index)
{
    struct idp_json *answer = idp_json_new(inquiry->call, IDP_JSON_OBJECT);
    idp_json_add_bool(inquiry->call, answer, "ok", true);
    idp_oidc_identity_add(inquiry->call, answer, &inquiry->identity);
    idp_json_add_integer(inquiry->call, answer, "config_index", index);
    return answer;
}

static struct idp_json *judge_all(struct inquiry *inquiry, struct idp_oidc_verifiers verifiers)
{
    struct verdict furthest = {.reason = "no_configuration"};
    for (size_t i = 0; i < verifiers.count; i++) {
        inquiry->verifier = &verifiers.list[i];
        int64_t index = (int64_t)(verifiers.first + i);
        struct verdict verdict = judge(inquiry, index);
        if (verdict.reason == NULL) {
            return admitted(inquiry, index);
        }
        if (i == 0 || verdict.step_count > furthest.step_count) {
            furthest = verdict;
        }
        if (strcmp(verdict.reason, "reserved_username") == 0) {
            break; /* another configuration must not let such a name in */
        }
    }
    return refused(inquiry->call, furthest.reason);
}

static struct idp_json *authenticate(struct idp_call *call, const struct idp_value *arguments,
                                     struct idp_json *trace)
{
    struct inquiry inquiry = {.call = call, .trace = trace};
    if (!idp_unverified_read(call, arguments[1].bytes, &inquiry.token)) {
        return refused(call, "malformed");
    }
    inquiry.issuer = issuer_of(inquiry.token.claims);
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), arguments[0],
                              idp_value_text(inquiry.issuer)};
    const struct idp_value *row = idp_run_one(call, &idp_oidc_authenticate_statements[LOAD], key);
    if (row == NULL) {
        return refused(call, "no_instance");
    }
    inquiry.issuer_keys = idp_text_of(row[2]);
    return judge_all(&inquiry,
                     idp_oidc_verifiers_of(call, idp_text_of(row[0]), idp_text_of(row[1])));
}

const struct idp_json *idp_oidc_identity_by_claims(struct idp_call *call,
                                                   struct idp_oidc_verifiers verifiers,
                                                   const struct idp_json *claims)
{
    struct inquiry inquiry = {
        .call = call, .token = {.claims = claims}, .issuer = issuer_of(claims), .by_claims = true};
    return judge_all(&inquiry, verifiers);
}

struct idp_value idp_sql_oidc_authenticate(struct idp_call *call, const struct idp_value *arguments)
{
    return idp_value_json(authenticate(call, arguments, NULL));
}

struct idp_value idp_sql_oidc_explain(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_json *trace = idp_json_new(call, IDP_JSON_ARRAY);
    struct idp_json *answer = authenticate(call, arguments, trace);
    idp_json_add(answer, "steps", trace);
    return idp_value_json(answer);
}
