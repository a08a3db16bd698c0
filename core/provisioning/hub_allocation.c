/* SPDX-License-Identifier: Apache-2.0 */
/* hub_allocation.c - to which of the hubs of its enrollment a device goes: the first one, one by
 * weight, or whichever a function of the administrator names. It stays there when it comes again,
 * unless the enrollment says otherwise. */
#include "core/oauth/oauth.h"
#include "core/provisioning/session.h"

#include <math.h>

/* ---- by weight ---- */

static int64_t weight_of(const struct idp_json *weights, struct idp_bytes hub_id)
{
    int64_t weight = 1;
    for (const struct idp_json *item = weights == NULL ? NULL : weights->child; item != NULL;
         item = item->next) {
        if (idp_bytes_equal(item->name, hub_id) && !idp_json_integer(item, &weight)) {
            weight = 1;
        }
    }
    return weight;
}

/* 52 bits of a digest of device and hub, above 0 and below 1. */
static double fraction_of(struct idp_call *call, struct idp_bytes device, struct idp_bytes hub_id)
{
    enum { BYTE_COUNT = 6, TOP_BITS = 4 };
    struct idp_bytes parts[] = {device, hub_id};
    struct idp_bytes digest = idp_digest(call, "idplane hub", parts, IDP_COUNT(parts));
    uint64_t bits = (unsigned char)digest.data[BYTE_COUNT] >> TOP_BITS;
    for (size_t i = 0; i < BYTE_COUNT; i++) {
        bits = bits << 8 | (unsigned char)digest.data[i];
    }
    return ((double)bits + 0.5) / (double)(UINT64_C(1) << 52);
}

/* Weighted rendezvous hashing. */
struct idp_bytes idp_hub_by_weight(struct idp_call *call, const struct idp_json *hubs,
                                   const struct idp_json *weights, struct idp_bytes device)
{
    struct idp_bytes best = {0};
    double best_score = 0;
    for (const struct idp_json *hub = hubs->child; hub != NULL; hub = hub->next) {
        int64_t weight = weight_of(weights, hub->text);
        double score = (double)weight / -log(fraction_of(call, device, hub->text));
        if (weight > 0 && score > best_score) {
            best = hub->text;
            best_score = score;
        }
    }
    return best;
}

/* ---- by a function ---- */

static struct idp_json *question_of(const struct idp_device_session *session)
{
    struct idp_call *call = session->call;
    struct idp_json *question = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, question, "event", "allocate_hub");
    idp_json_add_string(call, question, "tenant", idp_tenant(call));
    idp_json_add_string(call, question, "registration_id", session->record.id);
    idp_json_add_string(call, question, "enrollment", session->enrollment.id);
    idp_json_add_string(call, question, "owner", idp_device_owner(session));
    idp_json_add_shared(call, question, "hubs",
                        idp_json_member(session->enrollment.document, "hubs"));
    return question;
}

static const char *by_hook(struct idp_device_session *session, const struct idp_json *hubs,
                           struct idp_bytes hook, struct idp_bytes *hub_id)
{
    struct idp_hook_reply reply = idp_hook_call(session->call, hook, question_of(session));
    if (reply.failure != NULL) {
        return reply.failure;
    }
    *hub_id = idp_json_string(reply.answer, "hub");
    return hub_id->data != NULL && idp_json_holds(hubs, *hub_id) ? NULL : "refused";
}

/* ---- allocated ---- */

static bool keeps(const struct idp_device_session *session, const struct idp_json *hubs)
{
    struct idp_bytes again = idp_json_string(session->enrollment.document, "reprovision");
    struct idp_bytes now = session->record.hub_id;
    return now.data != NULL && idp_json_holds(hubs, now) && !idp_bytes_is(again, "reassign");
}

static const char *choose(struct idp_device_session *session, const struct idp_json *hubs,
                          struct idp_bytes *hub_id)
{
    const struct idp_json *allocation = idp_json_member(session->enrollment.document, "allocation");
    struct idp_bytes policy = idp_json_string(allocation, "policy");
    if (idp_bytes_is(policy, "hook")) {
        return by_hook(session, hubs, idp_json_string(allocation, "hook"), hub_id);
    }
    *hub_id = idp_bytes_is(policy, "hashed")
                  ? idp_hub_by_weight(session->call, hubs, idp_json_member(allocation, "weights"),
                                      session->record.id)
                  : hubs->child->text;
    return NULL;
}

const char *idp_hub_allocate(struct idp_device_session *session, struct idp_bytes *hub_id)
{
    const struct idp_json *hubs = idp_json_member(session->enrollment.document, "hubs");
    *hub_id = (struct idp_bytes){0};
    if (hubs == NULL || hubs->child == NULL) {
        return NULL;
    }
    if (keeps(session, hubs)) {
        *hub_id = session->record.hub_id;
        return NULL;
    }
    const char *why = choose(session, hubs, hub_id);
    if (why == NULL && hub_id->data != NULL) {
        session->record.hub_id = *hub_id;
        idp_record_set(session->call, session->record.id, IDP_RECORD_HUB, *hub_id);
    }
    return why;
}
