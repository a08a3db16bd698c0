/* SPDX-License-Identifier: Apache-2.0 */
/* tpm_match.c - which enrollment a TPM is of: of one that names its endorsement key, or of groups
 * whose authority vouches for that key, by the rules of match.c. */
#include "core/provisioning/session.h"

/* An enrollment whose authority is the issuer of the certificate, or above it. */
struct candidate {
    struct idp_enrollment enrollment;
    const char *reason;
    int64_t distance;
};

static const struct idp_json *tpm_of(const struct idp_enrollment *enrollment)
{
    return idp_json_member(enrollment->document, "tpm");
}

static int64_t length_of(const struct idp_json *chain)
{
    int64_t length = 0;
    for (const struct idp_json *item = chain->child; item != NULL; item = item->next) {
        length++;
    }
    return length;
}

static void candidate_judge(struct idp_call *call, const struct idp_tpm_key *key,
                            struct idp_bytes own, struct idp_bytes sent,
                            struct candidate *candidate)
{
    struct idp_tpm_model model;
    const struct idp_json *tpm = tpm_of(&candidate->enrollment);
    struct idp_json *policy = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_bool(call, policy, "strict", idp_json_is_true(tpm, "strict"));
    candidate->reason =
        idp_tpm_certificate(call, own, key, sent, idp_json_string(tpm, "chain"), policy, &model);
    candidate->distance = candidate->reason == NULL
                              ? length_of(idp_json_member(model.verdict, "chain"))
                              : IDP_CHAIN_LENGTH_MAX + 1;
}

static bool is_before(const struct candidate *left, const struct candidate *right)
{
    const struct idp_enrollment *a = &left->enrollment, *b = &right->enrollment;
    if (left->distance != right->distance) {
        return left->distance < right->distance;
    }
    if (a->is_enabled != b->is_enabled) {
        return !a->is_enabled;
    }
    return a->priority != b->priority ? a->priority > b->priority
                                      : idp_bytes_compare(a->id, b->id) < 0;
}

/* The best of the groups; false: none knows an issuer. */
static bool group_find(struct idp_call *call, const struct idp_tpm_key *key,
                       struct idp_bytes certificates, struct candidate *best)
{
    size_t count = 0;
    bool is_found = false;
    struct idp_id_set ids = {0};
    struct idp_certificate_facts *sent =
        idp_allocate(call, IDP_ENROLLMENT_CHAIN_COUNT_MAX * sizeof *sent);
    if (certificates.data == NULL ||
        !idp_certificates_read(call, certificates, sent, IDP_ENROLLMENT_CHAIN_COUNT_MAX, &count)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        idp_enrollments_of_issuer(call, sent[i].issuer, &ids);
    }
    for (size_t i = 0; i < ids.count; i++) {
        struct candidate candidate;
        if (!idp_enrollment_find(call, ids.ids[i], &candidate.enrollment) ||
            tpm_of(&candidate.enrollment) == NULL) {
            continue;
        }
        candidate_judge(call, key, idp_pem_of(call, sent[0].der, "CERTIFICATE"), certificates,
                        &candidate);
        if (!is_found || is_before(&candidate, best)) {
            *best = candidate;
            is_found = true;
        }
    }
    return is_found;
}

struct idp_tpm_match idp_tpm_match_find(struct idp_call *call, const struct idp_tpm_key *key,
                                        struct idp_bytes certificates)
{
    struct candidate *found = idp_allocate(call, sizeof *found);
    struct idp_tpm_match match = {.error = IDP_DEVICE_UNKNOWN};
    struct idp_bytes own = idp_enrollment_of_identity(call, "key", idp_sha256(call, key->spki));
    bool is_alone = own.data != NULL && idp_enrollment_find(call, own, &found->enrollment) &&
                    tpm_of(&found->enrollment) != NULL;
    if (!is_alone && !group_find(call, key, certificates, found)) {
        return match;
    }
    match.enrollment = &found->enrollment;
    match.reason = is_alone ? NULL : found->reason;
    match.error = !found->enrollment.is_enabled ? IDP_ENROLLMENT_DISABLED
                  : match.reason != NULL        ? IDP_ATTESTATION_REFUSED
                                                : IDP_OK;
    match.reason = match.error == IDP_ATTESTATION_REFUSED ? match.reason : NULL;
    return match;
}
