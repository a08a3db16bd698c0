/* SPDX-License-Identifier: Apache-2.0 */
/* jwt.c - JWT verdicts (RFC 7519 §7.2, RFC 8725).
 *
 * Checks run in this order, and the first that fails gives the reason: malformed (form and header),
 * critical, algorithm, key, signature, malformed (claims), type, then those of claims.c. Claims are
 * not even parsed before the signature holds. */
#include "core/jose/key.h"

enum idp_reason idp_jwt_check(struct idp_call *call, struct idp_bytes token, struct idp_bytes keys,
                              const struct idp_policy *policy, struct idp_jws *out,
                              const struct idp_json **claims)
{
    const char *why;
    if (!idp_jws_read(call, token, out)) {
        return IDP_REASON_MALFORMED;
    }
    enum idp_reason reason = idp_jws_check(call, out, keys, policy->algs);
    if (reason != IDP_REASON_VALID) {
        return reason;
    }
    *claims = idp_json_read(call, out->payload, &why);
    if (!idp_json_is(*claims, IDP_JSON_OBJECT)) {
        return IDP_REASON_MALFORMED;
    }
    if (policy->typ.data != NULL && !idp_jws_type_is(out, policy->typ)) {
        return IDP_REASON_TYPE;
    }
    return idp_claims_check(*claims, policy);
}

static void add_contents(struct idp_call *call, struct idp_json *document,
                         const struct idp_json *header, const struct idp_json *claims)
{
    idp_json_add(document, "header", idp_json_node(call, header));
    idp_json_add(document, "claims", idp_json_node(call, claims));
}

struct idp_json *idp_jwt_judge(struct idp_call *call, struct idp_bytes token, struct idp_bytes keys,
                               const struct idp_policy *policy)
{
    struct idp_jws jws;
    const struct idp_json *claims;
    enum idp_reason reason = idp_jwt_check(call, token, keys, policy, &jws, &claims);
    struct idp_json *verdict = idp_verdict(call, reason);
    if (reason == IDP_REASON_VALID) {
        add_contents(call, verdict, jws.header.document, claims);
    }
    return verdict;
}

struct idp_json *idp_jwt_verify(struct idp_call *call, struct idp_bytes token,
                                struct idp_bytes keys, const struct idp_json *policy)
{
    struct idp_policy rules = idp_policy_read(call, policy, IDP_POLICY_JWT);
    return idp_jwt_judge(call, token, keys, &rules);
}

bool idp_unverified_read(struct idp_call *call, struct idp_bytes token, struct idp_unverified *out)
{
    struct idp_jws *jws = idp_allocate(call, sizeof *jws);
    const char *why;
    if (!idp_jws_read(call, token, jws)) {
        return false;
    }
    *out = (struct idp_unverified){.claims = idp_json_read(call, jws->payload, &why), .jws = jws};
    return idp_json_is(out->claims, IDP_JSON_OBJECT);
}

const char *idp_unverified_check(struct idp_call *call, const struct idp_unverified *token,
                                 struct idp_bytes keys, const struct idp_json *algorithms)
{
    return idp_reason_word(idp_jws_check(call, token->jws, keys, algorithms));
}

bool idp_unverified_is_of(struct idp_call *call, const struct idp_unverified *token,
                          struct idp_bytes keys)
{
    const struct idp_jws_header *header = &token->jws->header;
    const struct idp_key *candidates[IDP_KEY_TRY_COUNT_MAX];
    return header->algorithm != NULL && header->kid.data != NULL &&
           idp_keys_select(idp_keys_read(call, keys), header, candidates) > 0;
}

struct idp_json *idp_jwt_decode(struct idp_call *call, struct idp_bytes token)
{
    struct idp_unverified unverified;
    if (!idp_unverified_read(call, token, &unverified)) {
        return NULL;
    }
    struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);
    add_contents(call, document, unverified.jws->header.document, unverified.claims);
    return document;
}
