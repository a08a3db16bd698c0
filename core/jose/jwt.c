/* SPDX-License-Identifier: Apache-2.0 */
/* jwt.c - JWT verdicts (RFC 7519 §7.2, RFC 8725).
 *
 * Checks run in this order, and the first that fails gives the reason: malformed (form and header),
 * critical, algorithm, key, signature, malformed (claims), type, then those of claims.c. Claims are
 * not even parsed before the signature holds. */
#include "core/jose/key.h"

#include <strings.h>

static const char *const reason_words[IDP_REASON_COUNT] = {
    [IDP_REASON_MALFORMED] = "malformed",
    [IDP_REASON_ALGORITHM] = "algorithm",
    [IDP_REASON_KEY] = "key",
    [IDP_REASON_SIGNATURE] = "signature",
    [IDP_REASON_EXPIRED] = "expired",
    [IDP_REASON_NOT_YET_VALID] = "not_yet_valid",
    [IDP_REASON_ISSUED_IN_FUTURE] = "issued_in_future",
    [IDP_REASON_ISSUER] = "issuer",
    [IDP_REASON_AUDIENCE] = "audience",
    [IDP_REASON_TYPE] = "type",
    [IDP_REASON_MISSING_CLAIM] = "missing_claim",
    [IDP_REASON_CRITICAL] = "critical",
};

/* Media types compare without case, and "application/" may be left out (RFC 7515 §4.1.9). */
static struct idp_bytes subtype(struct idp_bytes type)
{
    static const char prefix[] = "application/";
    size_t size = sizeof prefix - 1;

    if (type.size <= size || strncasecmp(type.data, prefix, size) != 0) {
        return type;
    }
    return (struct idp_bytes){type.data + size, type.size - size};
}

static bool type_is(struct idp_bytes actual, struct idp_bytes expected)
{
    if (!actual.data) {
        return false;
    }
    actual = subtype(actual);
    expected = subtype(expected);
    return actual.size == expected.size &&
           strncasecmp(actual.data, expected.data, actual.size) == 0;
}

enum idp_reason idp_jwt_check(struct idp_call *call, struct idp_bytes token, struct idp_bytes keys,
                              const struct idp_json *policy, struct idp_jws *out,
                              const struct idp_json **claims)
{
    struct idp_policy rules = idp_policy_read(call, policy);
    const char *why;

    if (!idp_jws_read(call, token, out)) {
        return IDP_REASON_MALFORMED;
    }

    enum idp_reason reason = idp_jws_check(call, out, keys, rules.algs);

    if (reason != IDP_REASON_VALID) {
        return reason;
    }
    *claims = idp_json_read(call, out->payload, &why);
    if (!idp_json_is(*claims, IDP_JSON_OBJECT)) {
        return IDP_REASON_MALFORMED;
    }
    if (rules.typ.data && !type_is(idp_json_string(out->header, "typ"), rules.typ)) {
        return IDP_REASON_TYPE;
    }
    return idp_claims_check(*claims, &rules);
}

/* The same value as a node of its own, so that it can be put into a document. */
static struct idp_json *node_of(struct idp_call *call, const struct idp_json *json)
{
    struct idp_json *node = idp_json_new(call, json->kind);

    node->text = json->text;
    node->child = json->child;
    node->last = json->last;
    return node;
}

static void add_contents(struct idp_call *call, struct idp_json *document,
                         const struct idp_json *header, const struct idp_json *claims)
{
    idp_json_add(document, "header", node_of(call, header));
    idp_json_add(document, "claims", node_of(call, claims));
}

struct idp_json *idp_jwt_verify(struct idp_call *call, struct idp_bytes token,
                                struct idp_bytes keys, const struct idp_json *policy)
{
    struct idp_jws jws;
    const struct idp_json *claims;
    enum idp_reason reason = idp_jwt_check(call, token, keys, policy, &jws, &claims);
    struct idp_json *verdict = idp_json_new(call, IDP_JSON_OBJECT);

    idp_json_add_bool(call, verdict, "valid", reason == IDP_REASON_VALID);
    if (reason == IDP_REASON_VALID) {
        add_contents(call, verdict, jws.header, claims);
    } else {
        idp_json_add_c(call, verdict, "reason", reason_words[reason]);
    }
    return verdict;
}

struct idp_json *idp_jwt_decode(struct idp_call *call, struct idp_bytes token)
{
    struct idp_jws jws;
    const char *why;

    if (!idp_jws_read(call, token, &jws)) {
        return NULL;
    }

    const struct idp_json *claims = idp_json_read(call, jws.payload, &why);

    if (!idp_json_is(claims, IDP_JSON_OBJECT)) {
        return NULL;
    }

    struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);

    add_contents(call, document, jws.header, claims);
    return document;
}

struct idp_bytes idp_jwt_sign(struct idp_call *call, const struct idp_key *key,
                              const struct idp_json *claims, const struct idp_json *header)
{
    struct idp_json *typed = idp_json_new(call, IDP_JSON_OBJECT);

    if (!idp_json_member(header, "typ")) {
        idp_json_add_c(call, typed, "typ", "JWT");
    }
    for (const struct idp_json *item = header ? header->child : NULL; item; item = item->next) {
        idp_json_add_named(typed, item->name, idp_json_copy(call, item));
    }
    return idp_jws_sign(call, key, typed, idp_json_text(call, claims));
}
