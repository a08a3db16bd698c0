/* SPDX-License-Identifier: Apache-2.0 */
/* attestation.c - the certificate of a maker against one enrollment. Whose it is and whether it is
 * let in are two questions: an enrollment that is nearer to the device and refuses it is not passed
 * over for one that is farther away and would not. */
#include "core/provisioning/enrollment.h"

static const struct idp_bytes none = IDP_LITERAL("");

static const struct idp_json *x509_of(const struct idp_enrollment *enrollment)
{
    return idp_json_member(enrollment->document, "x509");
}

/* ---- what it asks for ---- */

static int64_t now_us_of(struct idp_call *call, const struct idp_shown_chain *shown)
{
    return shown->then_us == IDP_AT_PRESENT ? idp_now_us(call) : shown->then_us;
}

static struct idp_json *policy_of(struct idp_call *call, const struct idp_enrollment *enrollment,
                                  const struct idp_authority *authority,
                                  const struct idp_shown_chain *shown)
{
    const struct idp_json *x509 = x509_of(enrollment);
    const struct idp_json *deny = idp_json_member(enrollment->document, "deny");
    struct idp_bytes purpose = idp_json_string(x509, "purpose");
    struct idp_json *policy = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, policy, "purpose",
                        purpose.data == NULL ? idp_bytes_of("clientAuth") : purpose);
    idp_json_add_integer(call, policy, "now", now_us_of(call, shown) / IDP_SECOND_US);
    idp_json_add_members(call, policy, x509, "expired depth_max revocation");
    idp_json_add(policy, "crls",
                 idp_authority_lists(call, x509, authority, shown->certificates, shown->count));
    idp_json_add_bool(call, policy, "strict", idp_json_is_true(x509, "strict"));
    if (deny != NULL) {
        struct idp_json *denied = idp_json_new(call, IDP_JSON_OBJECT);
        idp_json_add_members(call, denied, deny, "serials keys");
        idp_json_add(policy, "deny", denied);
    }
    return policy;
}

void idp_attestation_policy_check(struct idp_call *call, const struct idp_enrollment *enrollment)
{
    struct idp_shown_chain *nothing = idp_allocate(call, sizeof *nothing);
    struct idp_authority *authority = idp_allocate(call, sizeof *authority);
    if (x509_of(enrollment) != NULL) {
        idp_authority_read(call, x509_of(enrollment), authority);
        (void)idp_chain_judge(call, none, none, none,
                              policy_of(call, enrollment, authority, nothing));
    }
}

/* Only whose it is. */
static struct idp_json *policy_least(struct idp_call *call, const struct idp_shown_chain *shown)
{
    struct idp_json *policy = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_integer(call, policy, "now", now_us_of(call, shown) / IDP_SECOND_US);
    idp_json_add_c(call, policy, "expired", "allow_leaf");
    idp_json_add_integer(call, policy, "depth_max", IDP_CHAIN_LENGTH_MAX);
    idp_json_add_bool(call, policy, "strict", false);
    return policy;
}

/* ---- groups ---- */

/* How far the lead is from the leaf; 0: the path does not lead through it. */
static size_t distance_of(const struct idp_chain_verdict *verdict, struct idp_bytes lead_key)
{
    for (size_t i = 1; i < verdict->length; i++) {
        if (idp_bytes_equal(verdict->keys[i], lead_key)) {
            return i;
        }
    }
    return 0;
}

static struct idp_attestation group_judge(struct idp_call *call,
                                          const struct idp_enrollment *enrollment,
                                          const struct idp_shown_chain *shown)
{
    struct idp_authority *authority = idp_allocate(call, sizeof *authority);
    idp_authority_read(call, x509_of(enrollment), authority);
    struct idp_bytes roots = idp_authority_roots(call, authority);
    struct idp_chain_verdict verdict = idp_chain_judge(
        call, shown->text, authority->chain, roots, policy_of(call, enrollment, authority, shown));
    struct idp_attestation attestation = {.reason = verdict.reason};
    if (verdict.reason != NULL) {
        verdict =
            idp_chain_judge(call, shown->text, authority->chain, roots, policy_least(call, shown));
    }
    if (verdict.reason == NULL) {
        attestation.path = verdict;
        attestation.distance = distance_of(&verdict, authority->lead_key);
        attestation.is_below = attestation.distance > 0;
    }
    return attestation;
}

/* ---- single devices, and those of a list ---- */

/* The certificate is known: what is left is its time. */
static const char *period_problem(struct idp_call *call, const struct idp_enrollment *enrollment,
                                  const struct idp_shown_chain *shown)
{
    const struct idp_certificate_facts *leaf = &shown->certificates[0];
    struct idp_bytes expired = idp_json_string(x509_of(enrollment), "expired");
    int64_t now_us = now_us_of(call, shown);
    if (now_us < leaf->not_before_us) {
        return "not_yet_valid";
    }
    bool is_over = now_us >= leaf->not_after_us + IDP_SECOND_US;
    return is_over && !idp_bytes_is(expired, "allow_leaf") ? "expired" : NULL;
}

static struct idp_attestation individual_judge(struct idp_call *call,
                                               const struct idp_enrollment *enrollment,
                                               const struct idp_shown_chain *shown)
{
    struct idp_authority *authority = idp_allocate(call, sizeof *authority);
    struct idp_attestation attestation = {.is_below = true};
    idp_authority_read(call, x509_of(enrollment), authority);
    attestation.reason = period_problem(call, enrollment, shown);
    if (attestation.reason == NULL && authority->chain.data != NULL) {
        attestation.path = idp_chain_judge(call, shown->text, none, authority->chain,
                                           policy_of(call, enrollment, authority, shown));
        attestation.reason = attestation.path.reason;
    }
    return attestation;
}

const char *idp_attestation_ended(struct idp_call *call, const struct idp_attestation *attestation,
                                  const struct idp_shown_chain *chain)
{
    int64_t until_us = chain->then_us == IDP_AT_PRESENT ? IDP_TIME_MAX_US : chain->then_us;
    return attestation->path.length > 0
               ? idp_path_ended(call, &attestation->path, until_us)
               : idp_certificate_ended(call, chain->certificates[0].der, until_us);
}

struct idp_attestation idp_attestation_judge(struct idp_call *call,
                                             const struct idp_enrollment *enrollment,
                                             const struct idp_shown_chain *chain)
{
    bool is_known = enrollment->is_individual || idp_enrollment_is_list(enrollment);
    return is_known ? individual_judge(call, enrollment, chain)
                    : group_judge(call, enrollment, chain);
}
