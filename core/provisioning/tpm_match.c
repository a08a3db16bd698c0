/* SPDX-License-Identifier: Apache-2.0 */
/* tpm_match.c - which enrollment a TPM is of: of one that names its endorsement key, of groups that
 * list it, or of those whose authority vouches for that key, by the rules of match.c. */
#include "core/provisioning/session.h"

/* An enrollment whose authority is the issuer of the certificate, or above it; or that lists the
 * key, at distance 0. */
struct candidate {
    struct idp_enrollment enrollment;
    const char *reason;
    size_t distance;
    struct idp_authority *authority; /* NULL: it is not asked */
    struct idp_chain_verdict path;   /* from the certificate to that; length 0: none */
};

static const struct idp_json *tpm_of(const struct idp_enrollment *enrollment)
{
    return idp_json_member(enrollment->document, "tpm");
}

/* ---- one of them ---- */

/* The certificate of an endorsement key, and what was sent along. */
struct shown {
    struct idp_bytes own, others; /* PEM */
    size_t count;
    struct idp_certificate_facts *certificates;
};

static struct shown shown_read(struct idp_call *call, struct idp_bytes text)
{
    struct shown shown = {.own = {NULL, 0}};
    shown.certificates =
        idp_allocate(call, IDP_ENROLLMENT_CHAIN_COUNT_MAX * sizeof *shown.certificates);
    if (text.data == NULL || !idp_certificates_read(call, text, shown.certificates,
                                                    IDP_ENROLLMENT_CHAIN_COUNT_MAX, &shown.count)) {
        shown.count = 0;
        return shown;
    }
    shown.own = idp_certificates_text(call, shown.certificates, 1);
    shown.others = idp_certificates_text(call, shown.certificates + 1, shown.count - 1);
    return shown;
}

/* How far its authority is, the first of its chain, whatever else is wrong; as many as no path has:
 * no path leads there. */
static size_t distance_of(struct idp_call *call, const struct shown *shown,
                          const struct idp_authority *authority, struct idp_chain_verdict *path)
{
    struct idp_json *policy = idp_json_new(call, IDP_JSON_OBJECT);
    if (authority->count == 0) {
        return IDP_CHAIN_LENGTH_MAX + 1;
    }
    idp_json_add_c(call, policy, "expired", "allow_leaf");
    idp_json_add_bool(call, policy, "strict", false);
    *path =
        idp_chain_judge(call, shown->own, shown->others,
                        idp_pem_of(call, authority->certificates[0].der, "CERTIFICATE"), policy);
    return path->reason == NULL ? path->length - 1 : IDP_CHAIN_LENGTH_MAX + 1;
}

/* What is known here of the key, of its certificate, and of those that vouch for it. */
static const char *ended(struct idp_call *call, const struct idp_tpm_key *key,
                         const struct shown *shown, const struct candidate *candidate)
{
    const struct idp_authority *authority = candidate->authority;
    const char *why = idp_path_ended(call, &candidate->path, IDP_TIME_MAX_US);
    if (why == NULL && idp_key_is_compromised(call, idp_sha256(call, key->spki), IDP_TIME_MAX_US)) {
        why = "key_compromised";
    }
    if (why == NULL && shown->count > 0) {
        why = idp_certificate_ended(call, shown->certificates[0].der, IDP_TIME_MAX_US);
    }
    for (size_t i = 0; why == NULL && authority != NULL && i < authority->count; i++) {
        why = idp_certificate_ended(call, authority->certificates[i].der, IDP_TIME_MAX_US);
    }
    return why;
}

static void candidate_judge(struct idp_call *call, const struct idp_tpm_key *key,
                            const struct shown *shown, struct candidate *candidate)
{
    struct idp_tpm_model model;
    const struct idp_json *tpm = tpm_of(&candidate->enrollment);
    struct idp_authority *authority = idp_allocate(call, sizeof *authority);
    struct idp_json *policy = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_text others = {.call = call};
    idp_authority_read(call, tpm, authority);
    idp_json_add_bool(call, policy, "strict", idp_json_is_true(tpm, "strict"));
    idp_json_add(policy, "crls",
                 idp_authority_lists(call, tpm, authority, shown->certificates, shown->count));
    idp_text_add(&others, shown->others);
    idp_text_add(&others, authority->chain);
    candidate->authority = authority;
    candidate->distance = distance_of(call, shown, authority, &candidate->path);
    candidate->reason = idp_tpm_certificate(call, shown->own, key, idp_text_bytes(&others),
                                            idp_authority_roots(call, authority), policy, &model);
    if (candidate->reason == NULL && candidate->distance > IDP_CHAIN_LENGTH_MAX) {
        candidate->reason = "untrusted";
    }
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

/* ---- of all ---- */

/* The best of the groups that list the key and have no authority; false: none does. *is_sure: of
 * those that were not looked at none would decide. */
static bool list_find(struct idp_call *call, const struct idp_tpm_key *key, struct candidate *best,
                      bool *is_sure)
{
    bool is_found = false;
    struct idp_id_set ids;
    struct idp_listed device = {.spki = key->spki};
    idp_enrollments_of_member(call, "ek", &device, &ids);
    for (size_t i = 0; i < ids.count; i++) {
        struct candidate candidate = {.distance = 0};
        if (idp_enrollment_find(call, ids.ids[i], &candidate.enrollment) &&
            tpm_of(&candidate.enrollment) != NULL &&
            idp_enrollment_is_list(&candidate.enrollment) &&
            (!is_found || is_before(&candidate, best))) {
            *best = candidate;
            is_found = true;
        }
    }
    *is_sure = is_found || !ids.is_cut;
    return is_found;
}

/* The best of the groups with an authority; false: none knows an issuer. */
static bool group_find(struct idp_call *call, const struct idp_tpm_key *key,
                       const struct shown *shown, struct candidate *best, bool *is_sure)
{
    bool is_found = false;
    struct idp_id_set ids = {0};
    for (size_t i = 0; i < shown->count; i++) {
        idp_enrollments_of_issuer(call, shown->certificates[i].issuer, IDP_AT_PRESENT, &ids);
    }
    for (size_t i = 0; i < ids.count; i++) {
        struct candidate candidate;
        if (!idp_enrollment_find(call, ids.ids[i], &candidate.enrollment) ||
            tpm_of(&candidate.enrollment) == NULL) {
            continue;
        }
        candidate_judge(call, key, shown, &candidate);
        if (!is_found || is_before(&candidate, best)) {
            *best = candidate;
            is_found = true;
        }
    }
    *is_sure = *is_sure && (!ids.is_cut || (is_found && best->distance <= 1));
    return is_found;
}

/* As devices with certificates are: by the key, and by what the certificate of the key says where
 * somebody vouches for that. */
static enum idp_error judge(struct idp_call *call, const struct candidate *found,
                            const struct idp_tpm_key *key, const struct shown *shown)
{
    struct idp_listed device = {.spki = key->spki};
    if (!found->enrollment.is_enabled) {
        return IDP_ENROLLMENT_DISABLED;
    }
    bool is_known = found->enrollment.is_individual || idp_enrollment_is_list(&found->enrollment);
    if (!is_known && shown->count > 0) {
        device.serial = shown->certificates[0].serial;
        device.name = shown->certificates[0].common_name;
    }
    if (idp_enrollment_denies(call, &found->enrollment, &device)) {
        return IDP_DEVICE_DENIED;
    }
    return found->reason == NULL ? IDP_OK : IDP_ATTESTATION_REFUSED;
}

struct idp_tpm_match idp_tpm_match_find(struct idp_call *call, const struct idp_tpm_key *key,
                                        struct idp_bytes certificates)
{
    struct candidate *found = idp_allocate(call, sizeof *found);
    struct idp_tpm_match match = {.error = IDP_DEVICE_UNKNOWN};
    struct shown shown = shown_read(call, certificates);
    if (shown.count > 0) {
        match.certificates = idp_certificates_text(call, shown.certificates, shown.count);
    }
    struct idp_bytes own =
        idp_enrollment_of_identity(call, "key", idp_sha256(call, key->spki), IDP_AT_PRESENT);
    bool is_alone = own.data != NULL && idp_enrollment_find(call, own, &found->enrollment) &&
                    tpm_of(&found->enrollment) != NULL;
    bool is_sure = true;
    bool is_found = is_alone || list_find(call, key, found, &is_sure) ||
                    group_find(call, key, &shown, found, &is_sure);
    if (!is_sure) {
        match.error = IDP_ATTESTATION_REFUSED;
        match.reason = IDP_TOO_MANY_ENROLLMENTS;
        return match;
    }
    if (!is_found) {
        return match;
    }
    if (found->reason == NULL) {
        found->reason = ended(call, key, &shown, found);
    }
    match.enrollment = &found->enrollment;
    match.error = judge(call, found, key, &shown);
    match.reason = match.error == IDP_ATTESTATION_REFUSED ? found->reason : NULL;
    return match;
}
