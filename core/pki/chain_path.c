/* SPDX-License-Identifier: Apache-2.0 */
/* chain_path.c - the path from a certificate to an anchor (RFC 5280 §6), found and validated by
 * OpenSSL.
 *
 * That takes the first issuer that looks right and does not come back, so that one certificate
 * more, which anybody may send, could spoil a good path. What a path was refused for is therefore
 * left out of the next attempt. A path is taken only where all of it was validated in one. */
#include "core/pki/chain.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

enum { OID_TEXT_SIZE_MAX = 256 };

/* What OpenSSL asks back in one attempt, and what we keep of its answers. It may not raise there.
 */
struct attempt {
    struct idp_call *call;
    const struct idp_chain_policy *policy;
    X509_STORE_CTX *context;
    int revocation_reason; /* -1: none */
};

/* ---- what OpenSSL refuses and we do not ---- */

static bool is_anchor(X509_STORE_CTX *context)
{
    return X509_STORE_CTX_get_error_depth(context) ==
           sk_X509_num(X509_STORE_CTX_get0_chain(context)) - 1;
}

/* RFC 5280 §4.1.2.5: notAfter is the last second. */
static bool forgives_expiry(const struct attempt *attempt, X509_STORE_CTX *context, X509 *x509)
{
    int depth = X509_STORE_CTX_get_error_depth(context);
    return (depth == 0 && attempt->policy->leaf_may_be_expired) ||
           ASN1_TIME_cmp_time_t(X509_get0_notAfter(x509), attempt->policy->now_s) == 0;
}

static bool extension_is_listed(const struct attempt *attempt, const ASN1_OBJECT *object)
{
    char text[OID_TEXT_SIZE_MAX];
    int size = OBJ_obj2txt(text, sizeof text, object, 1);
    return size > 0 && (size_t)size < sizeof text && attempt->policy->critical != NULL &&
           idp_json_holds(attempt->policy->critical, (struct idp_bytes){text, (size_t)size});
}

static bool forgives_extension(const struct attempt *attempt, X509_STORE_CTX *context, X509 *x509)
{
    (void)context;
    for (int i = 0; i < X509_get_ext_count(x509); i++) {
        X509_EXTENSION *extension = X509_get_ext(x509, i);
        if (X509_EXTENSION_get_critical(extension) != 0 &&
            X509_supported_extension(extension) == 0 &&
            !extension_is_listed(attempt, X509_EXTENSION_get_object(extension))) {
            return false;
        }
    }
    return true;
}

/* Without that extension a key may be used for all (RFC 5280 §6.1.4 (n)). */
static bool forgives_key_usage(const struct attempt *attempt, X509_STORE_CTX *context, X509 *x509)
{
    (void)attempt, (void)context, (void)x509;
    return true;
}

/* An anchor is trusted without a list. */
static bool forgives_list(const struct attempt *attempt, X509_STORE_CTX *context, X509 *x509)
{
    return is_anchor(context) || (!attempt->policy->needs_lists &&
                                  !idp_chain_has_list(attempt->policy, X509_get_issuer_name(x509)));
}

/* Critical or not, it is heeded here; of an anchor more care is asked. */
static bool forgives_intermediate(const struct attempt *attempt, X509_STORE_CTX *context,
                                  X509 *x509)
{
    (void)attempt, (void)x509;
    return !is_anchor(context);
}

static bool forgives_anchor(const struct attempt *attempt, X509_STORE_CTX *context, X509 *x509)
{
    (void)attempt, (void)x509;
    return is_anchor(context);
}

static void revocation_note(struct attempt *attempt, X509_STORE_CTX *context, X509 *x509)
{
    X509_REVOKED *entry = NULL;
    X509_CRL *list = X509_STORE_CTX_get0_current_crl(context);
    if (list == NULL || X509_CRL_get0_by_cert(list, &entry, x509) == 0 || entry == NULL) {
        return;
    }
    ASN1_ENUMERATED *reason = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
    if (reason != NULL) {
        attempt->revocation_reason = (int)ASN1_ENUMERATED_get(reason);
        ASN1_ENUMERATED_free(reason);
    }
}

static int judge(int is_good, X509_STORE_CTX *context)
{
    static const struct {
        int error;
        bool (*forgives)(const struct attempt *attempt, X509_STORE_CTX *context, X509 *x509);
    } exceptions[] = {
        {X509_V_ERR_CERT_HAS_EXPIRED, forgives_expiry},
        {X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, forgives_extension},
        {X509_V_ERR_CA_CERT_MISSING_KEY_USAGE, forgives_key_usage},
        {X509_V_ERR_CA_BCONS_NOT_CRITICAL, forgives_intermediate},
        {X509_V_ERR_UNABLE_TO_GET_CRL, forgives_list},
        {X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, forgives_anchor},
        {X509_V_ERR_CRL_SIGNATURE_FAILURE, forgives_anchor},
    };
    struct attempt *attempt = X509_STORE_CTX_get_app_data(context);
    X509 *x509 = X509_STORE_CTX_get_current_cert(context);
    int error = X509_STORE_CTX_get_error(context);
    for (size_t i = 0; is_good == 0 && x509 != NULL && i < IDP_COUNT(exceptions); i++) {
        if (exceptions[i].error == error && exceptions[i].forgives(attempt, context, x509)) {
            X509_STORE_CTX_set_error(context, X509_V_OK);
            return 1;
        }
    }
    if (is_good == 0 && error == X509_V_ERR_CERT_REVOKED && x509 != NULL) {
        revocation_note(attempt, context, x509);
    }
    return is_good;
}

/* ---- why ---- */

static const struct {
    int error;
    const char *reason;
} reasons[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED, "expired"},
    {X509_V_ERR_CERT_NOT_YET_VALID, "not_yet_valid"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "untrusted"},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "untrusted"},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "untrusted"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "untrusted"},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "untrusted"},
    {X509_V_ERR_CERT_UNTRUSTED, "untrusted"},
    {X509_V_ERR_CERT_REJECTED, "untrusted"},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE, "signature"},
    {X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, "signature"},
    {X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH, "signature"},
    {X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, "key"},
    {X509_V_ERR_EC_KEY_EXPLICIT_PARAMS, "key"},
    {X509_V_ERR_CERT_CHAIN_TOO_LONG, "depth"},
    {X509_V_ERR_PATH_LENGTH_EXCEEDED, "path_length"},
    {X509_V_ERR_KEYUSAGE_NO_CERTSIGN, "key_usage"},
    {X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, "critical_extension"},
    {X509_V_ERR_PERMITTED_VIOLATION, "name_constraints"},
    {X509_V_ERR_EXCLUDED_VIOLATION, "name_constraints"},
    {X509_V_ERR_SUBTREE_MINMAX, "name_constraints"},
    {X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, "name_constraints"},
    {X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX, "name_constraints"},
    {X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, "name_constraints"},
    {X509_V_ERR_INVALID_POLICY_EXTENSION, "policy"},
    {X509_V_ERR_NO_EXPLICIT_POLICY, "policy"},
    {X509_V_ERR_CERT_REVOKED, "revoked"},
    {X509_V_ERR_CRL_HAS_EXPIRED, "crl_expired"},
    {X509_V_ERR_UNABLE_TO_GET_CRL, "crl"},
    {X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, "crl"},
    {X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE, "crl"},
    {X509_V_ERR_CRL_SIGNATURE_FAILURE, "crl"},
    {X509_V_ERR_CRL_NOT_YET_VALID, "crl"},
    {X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD, "crl"},
    {X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD, "crl"},
    {X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, "crl"},
    {X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION, "crl"},
    {X509_V_ERR_DIFFERENT_CRL_SCOPE, "crl"},
    {X509_V_ERR_CRL_PATH_VALIDATION_ERROR, "crl"},
};

static const char *reason_of(int error, X509 *x509)
{
    if (error == X509_V_ERR_INVALID_CA && x509 != NULL) {
        return (X509_get_extension_flags(x509) & EXFLAG_CA) != 0 ? "key_usage" : "not_a_ca";
    }
    for (size_t i = 0; i < IDP_COUNT(reasons); i++) {
        if (reasons[i].error == error) {
            return reasons[i].reason;
        }
    }
    return "conformance";
}

/* ---- one attempt ---- */

static void context_release(void *context)
{
    X509_STORE_CTX_free(context);
}

static unsigned long flags_of(const struct idp_chain_policy *policy)
{
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_POLICY_CHECK;
    flags |= policy->is_strict ? X509_V_FLAG_X509_STRICT : 0;
    return policy->lists == NULL && !policy->needs_lists
               ? flags
               : flags | X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
}

/* Any anchor ends a path, self-signed or not: who trusts it has said so. */
static void attempt_prepare(struct attempt *attempt, struct idp_chain_pool *sent,
                            struct idp_chain_pool *anchors)
{
    struct idp_call *call = attempt->call;
    const struct idp_chain_policy *policy = attempt->policy;
    STACK_OF(X509) *trusted = idp_chain_pool_stack(call, anchors, 0);
    STACK_OF(X509) *untrusted = idp_chain_pool_stack(call, sent, 1);
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    idp_own(call, context, context_release);
    if (X509_STORE_CTX_init(context, NULL, sent->items[0]->x509, untrusted) != 1 ||
        X509_STORE_CTX_set_app_data(context, attempt) != 1) {
        idp_fail(call, IDP_CRYPTO);
    }
    X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_flags(parameters, flags_of(policy));
    X509_VERIFY_PARAM_set_time(parameters, policy->now_s);
    X509_VERIFY_PARAM_set_depth(parameters, (int)policy->length_max - 2);
    X509_STORE_CTX_set0_trusted_stack(context, trusted);
    X509_STORE_CTX_set0_crls(context, policy->lists);
    X509_STORE_CTX_set_verify_cb(context, judge);
    attempt->context = context;
    attempt->revocation_reason = -1;
}

static struct idp_chain_item *item_of(const struct idp_chain_pool *sent,
                                      const struct idp_chain_pool *anchors, const X509 *x509)
{
    struct idp_chain_item *item = idp_chain_pool_find(sent, x509);
    return item == NULL ? idp_chain_pool_find(anchors, x509) : item;
}

/* The path that OpenSSL took, as far as it came. */
static void path_read(const struct attempt *attempt, const struct idp_chain_pool *sent,
                      const struct idp_chain_pool *anchors, struct idp_chain_path *path)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(attempt->context);
    int count = chain == NULL ? 0 : sk_X509_num(chain);
    for (int i = 0; i < count && path->length < IDP_COUNT(path->items); i++) {
        path->items[path->length++] = item_of(sent, anchors, sk_X509_value(chain, i));
    }
}

/* At which place of the path it was refused; 0 where there is none. */
static size_t path_check(const struct attempt *attempt, struct idp_chain_path *path)
{
    for (size_t i = 0; i < path->length && path->reason == NULL; i++) {
        enum idp_chain_place place = i == 0                  ? IDP_CHAIN_LEAF
                                     : i + 1 == path->length ? IDP_CHAIN_ANCHOR
                                                             : IDP_CHAIN_INTERMEDIATE;
        path->reason = path->items[i] == NULL
                           ? "untrusted"
                           : idp_chain_check(attempt->call, attempt->policy, path->items[i], place);
        if (path->reason != NULL) {
            return i;
        }
    }
    return 0;
}

static struct idp_chain_path attempt_run(struct attempt *attempt, struct idp_chain_pool *sent,
                                         struct idp_chain_pool *anchors, size_t *place)
{
    struct idp_chain_path path = {.length = 0};
    attempt_prepare(attempt, sent, anchors);
    ERR_set_mark();
    bool is_good = X509_verify_cert(attempt->context) == 1;
    ERR_pop_to_mark();
    int error = X509_STORE_CTX_get_error(attempt->context);
    int depth = X509_STORE_CTX_get_error_depth(attempt->context);
    path_read(attempt, sent, anchors, &path);
    if (error == X509_V_ERR_OUT_OF_MEM) {
        idp_fail(attempt->call, IDP_OUT_OF_MEMORY);
    }
    *place = depth < 0 ? 0 : (size_t)depth;
    if (!is_good) {
        path.reason = reason_of(error, X509_STORE_CTX_get_current_cert(attempt->context));
        path.revocation_reason = idp_revocation_reason_name(attempt->revocation_reason);
    } else if (path.length < 2) {
        path.reason = "untrusted"; /* an anchor does not vouch for itself */
    } else {
        *place = path_check(attempt, &path);
    }
    path.refused = path.reason != NULL && *place < path.length ? path.items[*place] : NULL;
    return path;
}

/* ---- one after another ---- */

/* Leaves out what a path was refused for, or whose signature it was that the leaf has. */
static bool next_prepare(const struct idp_chain_path *path, size_t place)
{
    place = place == 0 ? 1 : place;
    if (place >= path->length || path->items[place] == NULL) {
        return false;
    }
    struct idp_chain_item *item = (struct idp_chain_item *)(uintptr_t)path->items[place];
    item->is_left_out = true;
    return true;
}

static bool is_untrusted(const struct idp_chain_path *path)
{
    return strcmp(path->reason, "untrusted") == 0;
}

struct idp_chain_path idp_chain_path_find(struct idp_call *call,
                                          const struct idp_chain_policy *policy,
                                          struct idp_chain_pool *sent,
                                          struct idp_chain_pool *anchors)
{
    struct attempt attempt = {.call = call, .policy = policy};
    size_t place;
    struct idp_chain_path first = attempt_run(&attempt, sent, anchors, &place), next = first;
    for (size_t i = 1;
         next.reason != NULL && i < IDP_CHAIN_ATTEMPT_COUNT_MAX && next_prepare(&next, place);
         i++) {
        next = attempt_run(&attempt, sent, anchors, &place);
        if (next.reason != NULL && is_untrusted(&first) && !is_untrusted(&next)) {
            first = next; /* that there was no path says less than what was wrong with one */
        }
    }
    return next.reason == NULL ? next : first;
}
