/* SPDX-License-Identifier: Apache-2.0 */
/* audit_event.c - which events of grants and tokens are written to the audit, and how. An event has
 * the client as its object; where the request came from stands in its details. */
#include "core/oauth/oauth.h"

static const struct {
    const char *name, *outcome;
} kinds[IDP_AUDIT_KIND_COUNT] = {
    [IDP_AUDIT_ISSUED] = {"issued", "granted"},
    [IDP_AUDIT_LOOKED_UP] = {"looked_up", "granted"},
    [IDP_AUDIT_APPROVED] = {"approved", "granted"},
    [IDP_AUDIT_DENIED] = {"denied", "denied"},
    [IDP_AUDIT_POLLED_FAST] = {"polled_fast", "denied"},
    [IDP_AUDIT_REDEEMED] = {"redeemed", "granted"},
    [IDP_AUDIT_EXPIRED] = {"expired", "denied"},
    [IDP_AUDIT_GUESSED] = {"guessed", "denied"},
    [IDP_AUDIT_REFRESHED] = {"refreshed", "granted"},
    [IDP_AUDIT_REUSED] = {"reused", "denied"},
    [IDP_AUDIT_REVOKED] = {"revoked", "granted"},
};

bool idp_audit_wants(const struct idp_settings *settings, enum idp_audit_kind kind)
{
    return (settings->audit_events >> kind & 1) != 0;
}

void idp_audit_event(struct idp_call *call, const struct idp_settings *settings,
                     enum idp_audit_kind kind, struct idp_bytes client_id, struct idp_bytes subject,
                     struct idp_json *details)
{
    struct idp_settings loaded;
    if (settings == NULL) {
        loaded = idp_settings_load(call);
        settings = &loaded;
    }
    if (!idp_audit_wants(settings, kind)) {
        return;
    }
    struct idp_audit event = {kinds[kind].name, kinds[kind].outcome, subject, client_id, details};
    if (event.details == NULL) {
        event.details = details = idp_json_new(call, IDP_JSON_OBJECT);
    }
    idp_json_add_string(call, details, "source", call->source);
    call->host->begin(call);
    idp_audit_add(call, &event);
}

/* ---- the setting ---- */

static int64_t bit_of(const struct idp_json *name)
{
    size_t kind = 0;
    while (kind < IDP_AUDIT_KIND_COUNT && !idp_bytes_is(name->text, kinds[kind].name)) {
        kind++;
    }
    bool is_known = name->kind == IDP_JSON_STRING && kind < IDP_AUDIT_KIND_COUNT;
    return is_known ? INT64_C(1) << kind : -1;
}

int64_t idp_audit_events_read(const struct idp_json *list)
{
    int64_t events = list->kind == IDP_JSON_ARRAY ? 0 : -1;
    for (const struct idp_json *name = list->child; name != NULL && events >= 0;
         name = name->next) {
        int64_t bit = bit_of(name);
        events = bit < 0 ? bit : events | bit;
    }
    return events;
}

struct idp_json *idp_audit_events_json(struct idp_call *call, int64_t events)
{
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t kind = 0; kind < IDP_AUDIT_KIND_COUNT; kind++) {
        if ((events >> kind & 1) != 0) {
            idp_json_add(list, NULL, idp_json_new_string(call, idp_bytes_of(kinds[kind].name)));
        }
    }
    return list;
}
