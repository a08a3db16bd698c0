/* SPDX-License-Identifier: Apache-2.0 */
/* match.c - which enrollment a device is of. One of it alone goes before groups; of groups one that
 * lists it and has no authority, then that of the authority nearest to the device, by the key of
 * that authority; of several of the same, the one that refuses, then the one of the highest
 * priority, then the first by name. That one decides, whatever another would say. */
#include "core/provisioning/enrollment.h"

#include <stdlib.h>

/* ---- candidates ---- */

static void add_individual(struct idp_call *call, const char *kind, struct idp_bytes digest,
                           int64_t then_us, struct idp_id_set *out)
{
    struct idp_bytes id = idp_enrollment_of_identity(call, kind, digest, then_us);
    if (id.data != NULL && out->count < IDP_COUNT(out->ids)) {
        out->ids[out->count++] = id;
    }
}

static bool is_wanted(const struct idp_shown_chain *chain,
                      const struct idp_certificate_facts *facts)
{
    bool is_issuer = false;
    for (size_t i = 0; i < chain->count; i++) {
        if (idp_bytes_equal(chain->certificates[i].der, facts->der)) {
            return false;
        }
        is_issuer = is_issuer || idp_bytes_equal(chain->certificates[i].issuer, facts->subject);
    }
    return is_issuer && !idp_bytes_equal(facts->issuer, facts->subject);
}

/* What an enrollment has of the authorities above the device counts for others, too: else a device
 * that leaves one out would choose whose it is. */
static void authorities_add(struct idp_call *call, const struct idp_enrollment *enrollment,
                            struct idp_shown_chain *chain)
{
    struct idp_authority *authority = idp_allocate(call, sizeof *authority);
    if (enrollment->is_individual) {
        return;
    }
    idp_authority_read(call, idp_json_member(enrollment->document, "x509"), authority);
    for (size_t i = 0; i < authority->count && chain->count < IDP_COUNT(chain->certificates); i++) {
        if (is_wanted(chain, &authority->certificates[i])) {
            chain->certificates[chain->count++] = authority->certificates[i];
        }
    }
}

/* A group that lists the device and has an authority is found by that. */
static void listed_load(struct idp_call *call, struct idp_match *match, struct idp_candidate *out)
{
    struct idp_id_set ids;
    const struct idp_certificate_facts *leaf = &match->chain.certificates[0];
    struct idp_listed device = {.spki = leaf->spki, .certificate = leaf->der};
    idp_enrollments_of_member(call, "key", &device, &ids);
    if (ids.is_cut) {
        match->distance_sure = 0;
    }
    for (size_t i = 0; i < ids.count; i++) {
        struct idp_enrollment *enrollment = &out[match->count].enrollment;
        if (idp_enrollment_find_then(call, ids.ids[i], match->chain.then_us, enrollment) &&
            idp_json_member(enrollment->document, "x509") != NULL &&
            idp_enrollment_is_list(enrollment)) {
            match->count++;
        }
    }
}

/* Those of the ids that stand on certificates. */
static void candidates_load(struct idp_call *call, const struct idp_id_set *ids, size_t from,
                            struct idp_match *match, struct idp_candidate *out)
{
    for (size_t i = from; i < ids->count; i++) {
        struct idp_enrollment *enrollment = &out[match->count].enrollment;
        if (idp_enrollment_find_then(call, ids->ids[i], match->chain.then_us, enrollment) &&
            idp_json_member(enrollment->document, "x509") != NULL) {
            authorities_add(call, enrollment, &match->chain);
            match->count++;
        }
    }
}

static void candidates_find(struct idp_call *call, struct idp_match *match,
                            struct idp_candidate *out)
{
    struct idp_id_set ids = {0};
    struct idp_shown_chain *chain = &match->chain;
    const struct idp_certificate_facts *leaf = &chain->certificates[0];
    add_individual(call, "certificate", idp_sha256(call, leaf->der), chain->then_us, &ids);
    add_individual(call, "key", idp_sha256(call, leaf->spki), chain->then_us, &ids);
    candidates_load(call, &ids, 0, match, out);
    listed_load(call, match, out);
    for (size_t i = 0; i < chain->count; i++) {
        size_t before = ids.count;
        bool is_seen = i > 0 && idp_bytes_equal(chain->certificates[i].issuer,
                                                chain->certificates[i - 1].issuer);
        if (!is_seen) {
            idp_enrollments_of_issuer(call, chain->certificates[i].issuer, chain->then_us, &ids);
            candidates_load(call, &ids, before, match, out);
        }
    }
    if (ids.is_cut && match->distance_sure > 1) {
        match->distance_sure = 1;
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
    struct idp_listed device = {leaf->serial, leaf->spki, leaf->common_name, leaf->der};
    if (!chosen->enrollment.is_enabled) {
        return IDP_ENROLLMENT_DISABLED;
    }
    /* Who shares it is asked by what it asks for. */
    bool is_denied = idp_is_shared(&chosen->enrollment)
                         ? idp_enrollment_bars(call, &chosen->enrollment, &device)
                         : idp_enrollment_denies(call, &chosen->enrollment, &device);
    if (is_denied) {
        return IDP_DEVICE_DENIED;
    }
    return chosen->attestation.reason == NULL ? IDP_OK : IDP_ATTESTATION_REFUSED;
}

/* ---- matched ---- */

/* Of those that were not looked at none would decide. */
static bool is_sure(const struct idp_match *match, bool is_found)
{
    if (match->distance_sure == IDP_CHAIN_LENGTH_MAX) {
        return true;
    }
    return is_found && (match->candidates->enrollment.is_individual ||
                        match->candidates->attestation.distance <= match->distance_sure);
}

struct idp_match *idp_match_find(struct idp_call *call, struct idp_bytes text, int64_t then_us)
{
    struct idp_match *match = idp_allocate(call, sizeof *match);
    struct idp_shown_chain *chain = &match->chain;
    match->error = IDP_DEVICE_UNKNOWN;
    match->distance_sure = IDP_CHAIN_LENGTH_MAX;
    chain->then_us = then_us;
    if (!idp_certificates_read(call, text, chain->certificates, IDP_COUNT(chain->certificates),
                               &chain->count)) {
        match->error = IDP_ATTESTATION_REFUSED;
        match->reason = "format";
        return match;
    }
    chain->sent_count = chain->count;
    struct idp_candidate *candidates =
        idp_allocate(call, (2 * IDP_ENROLLMENT_CANDIDATE_COUNT_MAX + 1) * sizeof *candidates);
    candidates_find(call, match, candidates);
    chain->text = idp_certificates_text(call, chain->certificates, chain->count);
    for (size_t i = 0; i < match->count; i++) {
        candidates[i].attestation = idp_attestation_judge(call, &candidates[i].enrollment, chain);
    }
    qsort(candidates, match->count, sizeof *candidates, compare_any);
    match->candidates = candidates;
    bool is_found = match->count > 0 && candidates[0].attestation.is_below;
    if (!is_sure(match, is_found)) {
        match->error = IDP_ATTESTATION_REFUSED;
        match->reason = IDP_TOO_MANY_ENROLLMENTS;
    } else if (is_found) {
        struct idp_attestation *attestation = &candidates[0].attestation;
        if (attestation->reason == NULL) {
            attestation->reason = idp_attestation_ended(call, attestation, chain);
        }
        match->chosen = &candidates[0];
        match->error = judge(call, match);
        match->reason = match->error == IDP_ATTESTATION_REFUSED ? attestation->reason : NULL;
    }
    return match;
}
