/* SPDX-License-Identifier: Apache-2.0 */
/* cloud.c - how a device gets to its hub: the token that it signs in with, and the addresses (OCF
 * Cloud, oic.r.coapcloudconf). */
#include "core/oauth/oauth.h"
#include "core/provisioning/session.h"

/* ---- the token ---- */

static void claim_add(struct idp_call *call, struct idp_json *claims,
                      const struct idp_json *authorization, const char *member, const char *usual,
                      struct idp_bytes value)
{
    struct idp_bytes name = idp_json_string(authorization, member);
    name = name.data == NULL ? idp_bytes_of(usual) : name;
    if (name.data != NULL) {
        idp_json_add_named(claims, name, idp_json_new_string(call, value));
    }
}

/* The device and the owner are what the token says, and nothing that the device sent. */
static const struct idp_json *token_of(struct idp_device_session *session,
                                       const struct idp_json *hub)
{
    struct idp_call *call = session->call;
    const struct idp_json *authorization = idp_json_member(hub, "authorization");
    struct idp_record *record = &session->record;
    struct idp_json *claims = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_issued issued;
    if (authorization == NULL || !idp_certificate_issued(call, session->serial, &issued)) {
        return NULL;
    }
    claim_add(call, claims, authorization, "owner_claim", "owner", idp_device_owner(session));
    claim_add(call, claims, authorization, "device_id_claim", NULL, record->device);
    struct idp_device_token order = {
        .client_id = idp_json_string(authorization, "client_id"),
        .device = record->device,
        .scope = idp_json_string(authorization, "scope"),
        .audience = idp_json_string(authorization, "audience"),
        .certificate_thumbprint =
            idp_certificate_thumbprint(call, idp_pem_of(call, issued.certificate, "CERTIFICATE")),
        .grant_id = record->grant_id,
        .claims = claims,
    };
    const struct idp_json *answer = idp_device_token_issue(call, &order);
    bool is_new =
        idp_json_member(answer, "access_token") != NULL &&
        (record->grant_id.data == NULL || !idp_bytes_equal(order.grant_id, record->grant_id));
    if (is_new) {
        idp_device_token_end(call, record->grant_id);
        idp_record_set(call, record->id, IDP_RECORD_GRANT, order.grant_id);
    }
    return answer;
}

/* A step that needs the hub of the device: NULL and the hub, or the error. */
static const struct idp_json *hub_open(struct idp_call *call, struct idp_bytes name,
                                       enum idp_step step, struct idp_device_session *session,
                                       const struct idp_json **hub)
{
    const struct idp_json *error = idp_device_session_open(call, name, step, session);
    if (error != NULL) {
        return error;
    }
    struct idp_bytes hub_id = session->record.hub_id;
    const struct idp_json *hubs = idp_json_member(session->enrollment.document, "hubs");
    bool is_there = hub_id.data != NULL && hubs != NULL && idp_json_holds(hubs, hub_id);
    /* The enrollment may have got others since. */
    const char *why = is_there ? NULL : idp_hub_allocate(session, &hub_id);
    if (why != NULL) {
        return idp_step_refused(session, IDP_NO_HUB, why);
    }
    *hub = hub_id.data == NULL ? NULL : idp_hub_find(call, hub_id);
    return *hub == NULL ? idp_step_refused(session, IDP_NO_HUB, "none") : NULL;
}

static const struct idp_json *refused(struct idp_device_session *session,
                                      const struct idp_json *token)
{
    struct idp_bytes word = idp_json_string(token, "error");
    return idp_step_refused(session, IDP_NO_HUB,
                            word.data == NULL ? "authorization" : idp_text_c(session->call, word));
}

const struct idp_json *idp_provision_token(struct idp_call *call, struct idp_bytes name)
{
    struct idp_device_session session;
    const struct idp_json *hub;
    const struct idp_json *error = hub_open(call, name, IDP_STEP_TOKEN, &session, &hub);
    if (error != NULL) {
        return error;
    }
    const struct idp_json *token = token_of(&session, hub);
    if (idp_json_member(token, "access_token") == NULL) {
        return refused(&session, token);
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_members(call, answer, token, "access_token token_type expires_in scope");
    idp_step_done(&session, NULL);
    return answer;
}

/* ---- the configuration ---- */

/* A gateway of a hub, as a device names it. */
struct place {
    struct idp_bytes hub_id, uri;
};

static bool has_gateway(struct idp_call *call, const struct place *place)
{
    const struct idp_json *hub =
        place->hub_id.data == NULL ? NULL : idp_hub_find(call, place->hub_id);
    return hub != NULL && place->uri.data != NULL &&
           idp_json_holds(idp_json_member(hub, "gateways"), place->uri);
}

/* The one that the device asks for where the enrollment has it, else the first of its hub. */
static struct place place_of(const struct idp_device_session *session,
                             const struct idp_json *selected)
{
    const struct idp_json *hubs = idp_json_member(session->enrollment.document, "hubs");
    struct place asked = {idp_json_string(selected, "id"), idp_json_string(selected, "uri")};
    if (asked.hub_id.data != NULL && idp_json_holds(hubs, asked.hub_id) &&
        has_gateway(session->call, &asked)) {
        return asked;
    }
    const struct idp_json *hub = idp_hub_find(session->call, session->record.hub_id);
    return (struct place){session->record.hub_id, idp_json_member(hub, "gateways")->child->text};
}

static void servers_add(struct idp_call *call, struct idp_json *servers, struct idp_bytes hub_id)
{
    const struct idp_json *hub = idp_hub_find(call, hub_id);
    const struct idp_json *gateways = idp_json_member(hub, "gateways");
    for (const struct idp_json *item = gateways == NULL ? NULL : gateways->child; item != NULL;
         item = item->next) {
        struct idp_json *server = idp_json_new(call, IDP_JSON_OBJECT);
        idp_json_add_string(call, server, "id", hub_id);
        idp_json_add_string(call, server, "uri", item->text);
        idp_json_add(servers, NULL, server);
    }
}

static struct idp_json *cloud_of(const struct idp_device_session *session,
                                 const struct place *place, const struct idp_json *hub,
                                 struct idp_bytes token)
{
    struct idp_call *call = session->call;
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *servers = idp_json_new(call, IDP_JSON_ARRAY);
    const struct idp_json *hubs = idp_json_member(session->enrollment.document, "hubs");
    for (const struct idp_json *item = hubs->child; item != NULL; item = item->next) {
        servers_add(call, servers, item->text);
    }
    idp_json_add_string(call, answer, "apn",
                        idp_json_string(idp_json_member(hub, "authorization"), "provider"));
    idp_json_add_string(call, answer, "cis", place->uri);
    idp_json_add_string(call, answer, "at", token);
    idp_json_add_string(call, answer, "sid", place->hub_id);
    idp_json_add(answer, "x.org.iotivity.servers", servers);
    return answer;
}

/* Whose the id is that the device says is its own. */
static bool is_device(const struct idp_device_session *session, struct idp_bytes di)
{
    return di.data == NULL ||
           idp_bytes_equal(idp_lower_case(session->call, di), session->record.device);
}

const struct idp_json *idp_provision_cloud(struct idp_call *call, struct idp_bytes name,
                                           const struct idp_json *options)
{
    struct idp_device_session session;
    const struct idp_json *hub;
    const struct idp_json *error = hub_open(call, name, IDP_STEP_CLOUD, &session, &hub);
    if (error != NULL) {
        return error;
    }
    if (!is_device(&session, idp_json_string(options, "di"))) {
        return idp_step_refused(&session, IDP_DEVICE_TAKEN, NULL);
    }
    struct place place = place_of(&session, idp_json_member(options, "selectedGateway"));
    if (!idp_bytes_equal(place.hub_id, session.record.hub_id)) {
        hub = idp_hub_find(call, place.hub_id);
    }
    const struct idp_json *token = token_of(&session, hub);
    struct idp_bytes access_token = idp_json_string(token, "access_token");
    if (access_token.data == NULL) {
        return refused(&session, token);
    }
    idp_step_done(&session, NULL);
    return cloud_of(&session, &place, hub, access_token);
}
