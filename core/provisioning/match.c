/* SPDX-License-Identifier: Apache-2.0 */
/* match.c - which enrollment a device is of. One of it alone goes before groups; of groups that of
 * the authority nearest to the device, by the key of that authority; of several of the same, the
 * one that refuses, then the one of the highest priority, then the first by name. That one decides,
 * whatever another would say. */
#include "core/provisioning/enrollment.h"

#include <stdlib.h>

/* ---- candidates ---- */

static void add_individual(struct idp_call *call, const char *kind, struct idp_bytes digest,
                           struct idp_id_set *out)
{
    struct idp_bytes id = idp_enrollment_of_identity(call, kind, digest);
    if (id.data != NULL && out->count < IDP_COUNT(out->ids)) {
        out->ids[out->count++] = id;
    }
}

static void candidates_find(struct idp_call *call, const struct idp_shown_chain *chain,
                            struct idp_id_set *out)
{
    const struct idp_certificate_facts *leaf = &chain->certificates[0];
    add_individual(call, "certificate", idp_sha256(call, leaf->der), out);
    add_individual(call, "key", idp_sha256(call, leaf->spki), out);
    for (size_t i = 0; i < chain->count; i++) {
        bool is_seen = i > 0 && idp_bytes_equal(chain->certificates[i].issuer,
                                                chain->certificates[i - 1].issuer);
        if (!is_seen) {
            idp_enrollments_of_issuer(call, chain->certificates[i].issuer, out);
        }
    }
}

/* ---- order ---- */

static int number_compare(int64_t left, int64_t right)
{
    return (left > right) - (left < right);
}

/* Below 0: left counts before right. */
static int compare(const struct idp_candidate *left, const struct idp_candidate *right)
{
    const struct idp_enrollment *a = &left->enrollment, *b = &right->enrollment;
    int orders[] = {
        number_compare(right->attestation.is_below, left->attestation.is_below),
        number_compare(b->is_individual, a->is_individual),
        number_compare((int64_t)left->attestation.distance, (int64_t)right->attestation.distance),
        number_compare(a->is_enabled, b->is_enabled),
        number_compare(b->priority, a->priority),
        idp_bytes_compare(a->id, b->id),
    };
    for (size_t i = 0; i < IDP_COUNT(orders); i++) {
        if (orders[i] != 0) {
            return orders[i];
        }
    }
    return 0;
}

static int compare_any(const void *left, const void *right)
{
    return compare(left, right);
}

/* ---- the verdict of the chosen one ---- */

static enum idp_error judge(struct idp_call *call, const struct idp_match *match)
{
    const struct idp_candidate *chosen = match->chosen;
    const struct idp_certificate_facts *leaf = &match->chain.certificates[0];
    struct idp_listed device = {leaf->serial, leaf->spki, leaf->common_name};
    if (!chosen->enrollment.is_enabled) {
        return IDP_ENROLLMENT_DISABLED;
    }
    if (idp_enrollment_denies(call, chosen->enrollment.document, &device)) {
        return IDP_DEVICE_DENIED;
    }
    return chosen->attestation.reason == NULL ? IDP_OK : IDP_ATTESTATION_REFUSED;
}

/* ---- matched ---- */

static size_t candidates_judge(struct idp_call *call, const struct idp_shown_chain *chain,
                               const struct idp_id_set *ids, struct idp_candidate *out)
{
    size_t count = 0;
    for (size_t i = 0; i < ids->count; i++) {
        struct idp_candidate *candidate = &out[count];
        if (idp_enrollment_find(call, ids->ids[i], &candidate->enrollment) &&
            idp_json_member(candidate->enrollment.document, "x509") != NULL) {
            candidate->attestation = idp_attestation_judge(call, &candidate->enrollment, chain);
            count++;
        }
    }
    qsort(out, count, sizeof *out, compare_any);
    return count;
}

struct idp_match *idp_match_find(struct idp_call *call, struct idp_bytes text)
{
    struct idp_match *match = idp_allocate(call, sizeof *match);
    struct idp_shown_chain *chain = &match->chain;
    struct idp_id_set ids = {0};
    match->error = IDP_DEVICE_UNKNOWN;
    chain->text = text;
    if (!idp_certificates_read(call, text, chain->certificates, IDP_COUNT(chain->certificates),
                               &chain->count)) {
        match->error = IDP_ATTESTATION_REFUSED;
        match->reason = "format";
        return match;
    }
    candidates_find(call, chain, &ids);
    struct idp_candidate *candidates = idp_allocate(call, (ids.count + 1) * sizeof *candidates);
    match->count = candidates_judge(call, chain, &ids, candidates);
    match->candidates = candidates;
    if (match->count > 0 && candidates[0].attestation.is_below) {
        match->chosen = &candidates[0];
        match->error = judge(call, match);
        match->reason =
            match->error == IDP_ATTESTATION_REFUSED ? candidates[0].attestation.reason : NULL;
    }
    return match;
}
