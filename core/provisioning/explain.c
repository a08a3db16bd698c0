/* SPDX-License-Identifier: Apache-2.0 */
/* explain.c - which enrollment a device would be of, and why not another one: nothing is written.
 */
#include "core/provisioning/enrollment.h"

static const char *lost_by(const struct idp_match *match, const struct idp_candidate *candidate)
{
    const struct idp_candidate *chosen = match->chosen;
    const struct idp_enrollment *a = &candidate->enrollment;
    if (!candidate->attestation.is_below) {
        return candidate->attestation.reason == NULL ? "authority" : candidate->attestation.reason;
    }
    if (chosen == NULL) {
        return IDP_TOO_MANY_ENROLLMENTS;
    }
    if (chosen->enrollment.is_individual != a->is_individual) {
        return "individual";
    }
    if (chosen->attestation.distance != candidate->attestation.distance) {
        return "distance";
    }
    if (chosen->enrollment.is_enabled != a->is_enabled) {
        return "disabled";
    }
    return chosen->enrollment.priority != a->priority ? "priority" : "name";
}

static struct idp_json *candidate_json(struct idp_call *call, const struct idp_match *match,
                                       const struct idp_candidate *candidate)
{
    struct idp_json *shown = idp_json_new(call, IDP_JSON_OBJECT);
    const struct idp_enrollment *enrollment = &candidate->enrollment;
    bool is_chosen = candidate == match->chosen;
    idp_json_add_string(call, shown, "enrollment", enrollment->id);
    idp_json_add_c(call, shown, "kind", enrollment->is_individual ? "individual" : "group");
    idp_json_add_bool(call, shown, "enabled", enrollment->is_enabled);
    idp_json_add_integer(call, shown, "priority", enrollment->priority);
    idp_json_add_integer(call, shown, "version", enrollment->version);
    if (candidate->attestation.is_below && !enrollment->is_individual) {
        idp_json_add_integer(call, shown, "distance", (int64_t)candidate->attestation.distance);
    }
    idp_json_add_bool(call, shown, "chosen", is_chosen);
    if (!is_chosen) {
        idp_json_add_c(call, shown, "lost_by", lost_by(match, candidate));
    } else if (candidate->attestation.reason != NULL) {
        idp_json_add_c(call, shown, "refused_for", candidate->attestation.reason);
    }
    return shown;
}

static struct idp_json *verdict_json(struct idp_call *call, const struct idp_match *match)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_bool(call, answer, "matched", match->error == IDP_OK);
    if (match->chosen != NULL) {
        idp_json_add_string(call, answer, "enrollment", match->chosen->enrollment.id);
    }
    if (match->error != IDP_OK) {
        idp_json_add_c(call, answer, "error", idp_error_row(match->error)->word);
    }
    if (match->reason != NULL) {
        idp_json_add_c(call, answer, "reason", match->reason);
    }
    if (match->chain.count > 0) {
        idp_json_add_string(call, answer, "registration_id",
                            idp_uuid_of(call, IDP_UUID_X500, match->chain.certificates[0].spki));
    }
    return answer;
}

/* The time of an argument; without one, the present. */
static int64_t then_argument(struct idp_call *call, struct idp_value value)
{
    int64_t then_us = IDP_AT_PRESENT;
    if (value.kind != 0 && !idp_time_read(value.bytes, &then_us)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument at is a time, as RFC 3339 writes it.");
    }
    return then_us;
}

/* match_enrollment(chain, at) → {"matched","enrollment","registration_id"} and why not */
struct idp_value idp_sql_match_enrollment(struct idp_call *call, const struct idp_value *arguments)
{
    return idp_value_json(verdict_json(
        call, idp_match_find(call, arguments[0].bytes, then_argument(call, arguments[1]))));
}

/* explain_enrollment(chain, at) → the same, and each enrollment that might have been meant */
struct idp_value idp_sql_explain_enrollment(struct idp_call *call,
                                            const struct idp_value *arguments)
{
    const struct idp_match *match =
        idp_match_find(call, arguments[0].bytes, then_argument(call, arguments[1]));
    struct idp_json *answer = verdict_json(call, match);
    struct idp_json *candidates = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < match->count; i++) {
        idp_json_add(candidates, NULL, candidate_json(call, match, &match->candidates[i]));
    }
    idp_json_add(answer, "candidates", candidates);
    return idp_value_json(answer);
}
