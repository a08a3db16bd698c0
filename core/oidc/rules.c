/* SPDX-License-Identifier: Apache-2.0 */
/* rules.c - which of the origin's eras and habits the defaults of a plan ask for. */
#include "core/oidc/config.h"

/* True for `yes`, false for `no` and for what is absent; raises for another value. */
static bool choose(struct idp_call *call, const struct idp_json *defaults, const char *member,
                   const char *yes, const char *no)
{
    const struct idp_json *value = idp_json_member(defaults, member);
    if (value == NULL || value->kind == IDP_JSON_NULL) {
        return false;
    }
    struct idp_bytes word = idp_json_string(defaults, member);
    if (!idp_bytes_is(word, yes) && !idp_bytes_is(word, no)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The member %s of defaults must be %s or %s.",
                      member, yes, no);
    }
    return idp_bytes_is(word, yes);
}

static bool is_set(struct idp_call *call, const struct idp_json *defaults, const char *member)
{
    const struct idp_json *value = idp_json_member(defaults, member);
    if (value == NULL || value->kind == IDP_JSON_NULL || value->kind == IDP_JSON_FALSE) {
        return false;
    }
    if (value->kind != IDP_JSON_TRUE) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The member %s of defaults must be a boolean.",
                      member);
    }
    return true;
}

struct idp_oidc_rules idp_oidc_rules_of(struct idp_call *call, const struct idp_json *defaults)
{
    bool is_first = choose(call, defaults, "compat", "0.0.1", "head");
    return (struct idp_oidc_rules){
        .is_first = is_first,
        .as_code = choose(call, defaults, "rule", "code", "doc"),
        .opaque_jwks = is_set(call, defaults, "opaque_jwks"),
        .field_count = is_first ? IDP_OIDC_FIRST_COUNT : IDP_OIDC_FIELD_COUNT,
    };
}
