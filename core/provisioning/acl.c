/* SPDX-License-Identifier: Apache-2.0 */
/* acl.c - who may do what on a device (OCF Security, oic.r.acl2): its owner and its hubs
 * everything, anybody what is needed to find it; then what the administrator adds. */
#include "core/provisioning/session.h"

enum { PERMISSION_READ = 2, PERMISSION_ALL = 31 };

/* A star is all resources that are no configuration. */
#define HUB_RESOURCES "/oc/con /oc/swu /oic/mnt /x.plgd.dev/time *"
#define OWNER_RESOURCES "/CoapCloudConfResURI /oic/sec/sp /x.plgd.dev/time " HUB_RESOURCES
#define ANYBODY_RESOURCES "/oic/d /oic/p /oic/res /oic/sec/sdi /oic/sec/doxm"

static struct idp_json *resources_of(struct idp_call *call, const char *words)
{
    struct idp_bytes rest = idp_bytes_of(words);
    struct idp_json *resources = idp_json_new(call, IDP_JSON_ARRAY);
    for (struct idp_bytes word = idp_word_next(&rest); word.size > 0; word = idp_word_next(&rest)) {
        struct idp_json *resource = idp_json_new(call, IDP_JSON_OBJECT);
        idp_json_add_string(call, resource, idp_bytes_is(word, "*") ? "wc" : "href", word);
        idp_json_add(resource, "if", idp_json_words(call, "*"));
        idp_json_add(resources, NULL, resource);
    }
    return resources;
}

static void entry_add(struct idp_call *call, struct idp_json *list, const char *kind,
                      struct idp_bytes whom, int64_t permission, struct idp_json *resources)
{
    struct idp_json *entry = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *subject = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, subject, kind, whom);
    idp_json_add(entry, "subject", subject);
    idp_json_add_integer(call, entry, "permission", permission);
    idp_json_add(entry, "resources", resources);
    idp_json_add_c(call, entry, "tag", "dps");
    idp_json_add(list, NULL, entry);
}

static void hubs_add(struct idp_call *call, struct idp_json *list, const struct idp_json *hubs)
{
    for (const struct idp_json *hub = hubs == NULL ? NULL : hubs->child; hub != NULL;
         hub = hub->next) {
        entry_add(call, list, "uuid", hub->text, PERMISSION_ALL, resources_of(call, HUB_RESOURCES));
    }
}

/* Members in one order, however the document had them. */
static struct idp_json *own_resources(struct idp_call *call, const struct idp_json *list)
{
    struct idp_json *resources = idp_json_new(call, IDP_JSON_ARRAY);
    for (const struct idp_json *item = list->child; item != NULL; item = item->next) {
        struct idp_json *resource = idp_json_new(call, IDP_JSON_OBJECT);
        idp_json_add_members(call, resource, item, "href wc rt if");
        idp_json_add(resources, NULL, resource);
    }
    return resources;
}

static void own_add(struct idp_call *call, struct idp_json *list, const struct idp_json *entries)
{
    for (const struct idp_json *item = entries == NULL ? NULL : entries->child; item != NULL;
         item = item->next) {
        struct idp_json *entry = idp_json_new(call, IDP_JSON_OBJECT);
        struct idp_json *subject = idp_json_new(call, IDP_JSON_OBJECT);
        idp_json_add_members(call, subject, idp_json_member(item, "subject"),
                             "uuid conntype role authority");
        idp_json_add(entry, "subject", subject);
        idp_json_add_members(call, entry, item, "permission");
        idp_json_add(entry, "resources", own_resources(call, idp_json_member(item, "resources")));
        idp_json_add_c(call, entry, "tag", "dps");
        idp_json_add(list, NULL, entry);
    }
}

static struct idp_json *acl_of(const struct idp_device_session *session)
{
    struct idp_call *call = session->call;
    const struct idp_json *document = session->enrollment.document;
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    entry_add(call, list, "uuid", idp_owner_uuid(call, idp_device_owner(session)), PERMISSION_ALL,
              resources_of(call, OWNER_RESOURCES));
    entry_add(call, list, "conntype", idp_bytes_of("anon-clear"), PERMISSION_READ,
              resources_of(call, ANYBODY_RESOURCES));
    hubs_add(call, list, idp_json_member(document, "hubs"));
    own_add(call, list, idp_json_member(document, "acl"));
    return list;
}

const struct idp_json *idp_provision_acls(struct idp_call *call, struct idp_bytes name)
{
    struct idp_device_session session;
    const struct idp_json *error = idp_device_session_open(call, name, IDP_STEP_ACLS, &session);
    if (error != NULL) {
        return error;
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add(answer, "aclist2", acl_of(&session));
    idp_step_done(&session, NULL);
    return answer;
}
