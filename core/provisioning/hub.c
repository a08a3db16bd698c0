/* SPDX-License-Identifier: Apache-2.0 */
/* hub.c - where devices go: gateways, and of which client their tokens are. */
#include "core/provisioning/enrollment.h"

static const struct idp_bytes root = IDP_LITERAL("");

enum { FIND, SAVE, MAKE, REMOVE };

const struct idp_statement idp_hub_statements[] = {
    [FIND] = {"SELECT document, changed_at FROM idplane.hub WHERE tenant = $1 AND hub_id = $2",
              "tt", "jz"},
    [SAVE] = {"INSERT INTO idplane.hub (tenant, hub_id, document, changed_at)"
              " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, hub_id) DO UPDATE SET"
              " document = excluded.document, changed_at = excluded.changed_at",
              "ttjz", ""},
    [MAKE] = {"INSERT INTO idplane.hub (tenant, hub_id, document, changed_at)"
              " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, hub_id) DO NOTHING",
              "ttjz", ""},
    [REMOVE] = {"DELETE FROM idplane.hub WHERE tenant = $1 AND hub_id = $2", "tt", ""},
};
const size_t idp_hub_statement_count = IDP_COUNT(idp_hub_statements);

const struct idp_json *idp_hub_find(struct idp_call *call, struct idp_bytes hub_id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(hub_id)};
    const struct idp_value *row = idp_run_one(call, &idp_hub_statements[FIND], key);
    return row == NULL ? NULL : idp_json_argument(call, row[0], "document");
}

/* ---- gateways ---- */

/* Printable ASCII, without what would begin something else behind a port. */
static bool is_plain(struct idp_bytes text)
{
    bool is_plain = true;
    for (size_t i = 0; i < text.size; i++) {
        is_plain = is_plain && text.data[i] > ' ' && text.data[i] < 0x7f &&
                   memchr("/?#", text.data[i], 3) == NULL;
    }
    return is_plain;
}

/* With its scheme; data NULL: it is none. */
static struct idp_bytes gateway_of(struct idp_call *call, struct idp_bytes text)
{
    static const char *const schemes[] = {"coaps+tcp://", "coaps://", "coap+tcp://", "coap://"};
    struct idp_text whole = {.call = call};
    bool has_scheme = memmem(text.data, text.size, "://", 3) != NULL;
    idp_text_add_c(&whole, has_scheme ? "" : schemes[0]);
    idp_text_add(&whole, text);
    struct idp_bytes gateway = idp_text_bytes(&whole);
    for (size_t i = 0; i < IDP_COUNT(schemes); i++) {
        struct idp_bytes scheme = idp_bytes_of(schemes[i]);
        struct idp_bytes rest = {gateway.data + scheme.size, gateway.size - scheme.size};
        if (idp_bytes_start(gateway, scheme) && rest.size > 0) {
            const char *colon = memrchr(rest.data, ':', rest.size);
            bool is_host = colon != NULL && colon > rest.data && colon + 1 < rest.data + rest.size;
            return is_host && is_plain(rest) ? gateway : (struct idp_bytes){0};
        }
    }
    return (struct idp_bytes){0};
}

static void gateways_check(struct idp_checking *checking, struct idp_bytes path,
                           const struct idp_json *value)
{
    for (const struct idp_json *item = value->child; item != NULL; item = item->next) {
        if (gateway_of(checking->call, item->text).data == NULL) {
            idp_checking_fault(checking, path, "value",
                               "each has to be host and port, with coaps+tcp, coaps, coap+tcp or "
                               "coap before");
            return;
        }
    }
}

/* Each once, in their order. */
static struct idp_json *gateways_of(struct idp_call *call, const struct idp_json *list)
{
    struct idp_json *gateways = idp_json_new(call, IDP_JSON_ARRAY);
    for (const struct idp_json *item = list->child; item != NULL; item = item->next) {
        struct idp_bytes gateway = gateway_of(call, item->text);
        if (!idp_json_holds(gateways, gateway)) {
            idp_json_add(gateways, NULL, idp_json_new_string(call, gateway));
        }
    }
    return gateways;
}

/* ---- documents ---- */

static const struct idp_member authorization_members[] = {
    {"provider", 't', 1, IDP_NAME_SIZE_MAX, NULL},
    {"client_id", 't', 1, IDP_NAME_SIZE_MAX, NULL},
    {"scope", 't', 0, IDP_SCOPE_SIZE_MAX, NULL},
    {"audience", 't', 1, IDP_NAME_SIZE_MAX, NULL},
    {"owner_claim", 't', 1, IDP_NAME_SIZE_MAX, NULL},
    {"device_id_claim", 't', 1, IDP_NAME_SIZE_MAX, NULL},
};

static const struct idp_bytes usual_owner_claim = IDP_LITERAL("owner");

static void authorization_check(struct idp_checking *checking, struct idp_bytes path,
                                const struct idp_json *value)
{
    idp_members_check(checking, path, value, authorization_members,
                      IDP_COUNT(authorization_members));
    struct idp_bytes owner_claim = idp_json_string(value, "owner_claim");
    struct idp_bytes device_claim = idp_json_string(value, "device_id_claim");
    owner_claim = owner_claim.data == NULL ? usual_owner_claim : owner_claim;
    if (idp_json_member(value, "client_id") == NULL) {
        idp_checking_fault(checking, path, "missing",
                           "it names the client that tokens are of, client_id");
    }
    if (device_claim.data != NULL && idp_bytes_equal(owner_claim, device_claim)) {
        idp_checking_fault(checking, path, "value",
                           "owner and device are two claims: owner_claim, which is owner where it "
                           "is not said, and device_id_claim");
    }
}

static const struct idp_member members[] = {
    {"name", 't', 0, IDP_NAME_SIZE_MAX, NULL},
    {"owner", 't', 1, IDP_SUBJECT_SIZE_MAX, NULL},
    {"gateways", 'l', 1, IDP_HUB_GATEWAY_COUNT_MAX, gateways_check},
    {"authorization", 'o', 0, 0, authorization_check},
    {"ca", 't', 1, IDP_CA_NAME_SIZE_MAX, idp_ca_check},
};

static void hub_check(struct idp_checking *checking, struct idp_bytes hub_id,
                      const struct idp_json *document)
{
    idp_members_check(checking, root, document, members, IDP_COUNT(members));
    if (idp_json_member(document, "gateways") == NULL) {
        idp_checking_fault(checking, root, "missing", "a hub has gateways");
    }
    if (!idp_uuid_is(hub_id)) {
        idp_checking_fault(checking, root, "value", "a hub is called by a UUID");
    }
}

/* ---- SQL ---- */

struct idp_json *idp_hub_shown(struct idp_call *call, struct idp_bytes hub_id)
{
    const struct idp_json *document = idp_hub_find(call, hub_id);
    if (document == NULL) {
        return NULL;
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, answer, "id", hub_id);
    for (const struct idp_json *member = document->child; member != NULL; member = member->next) {
        idp_json_add_named(answer, member->name, idp_json_node(call, member));
    }
    return answer;
}

static void audit(struct idp_call *call, const char *type, struct idp_bytes hub_id)
{
    struct idp_audit event = {type, "granted", (struct idp_bytes){0}, hub_id,
                              idp_json_new(call, IDP_JSON_OBJECT)};
    idp_audit_add(call, &event);
}

static void hub_remove(struct idp_call *call, struct idp_bytes hub_id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(hub_id)};
    call->host->begin(call);
    if (idp_run(call, &idp_hub_statements[REMOVE], key).affected == 1) {
        idp_hub_id_free(call, hub_id);
        audit(call, "hub_removed", hub_id);
    }
}

static struct idp_value hub_write(struct idp_call *call, int statement, struct idp_bytes hub_id,
                                  const struct idp_json *document)
{
    struct idp_checking checking = idp_checking_new(call);
    hub_check(&checking, hub_id, document);
    const struct idp_json *answer = idp_checking_answer(&checking);
    if (answer != NULL) {
        return idp_value_json(answer);
    }
    document = idp_json_with(call, document, "gateways",
                             gateways_of(call, idp_json_member(document, "gateways")));
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(hub_id),
                              idp_value_json_text(idp_json_text(call, document)),
                              idp_value_time(idp_now_us(call))};
    call->host->begin(call);
    /* Who has the certificate of that device would be taken for the hub. */
    if (!idp_hub_id_reserve(call, hub_id)) {
        idp_checking_fault(&checking, root, "value",
                           "a device or an owner has this id: a hub has another one");
        return idp_value_json(idp_checking_answer(&checking));
    }
    if (idp_run(call, &idp_hub_statements[statement], row).affected == 0) {
        idp_checking_fault(&checking, root, "value", "there is a hub of this id");
        return idp_value_json(idp_checking_answer(&checking));
    }
    audit(call, "hub_set", hub_id);
    return idp_value_json(idp_hub_shown(call, hub_id));
}

/* set_hub(hub, document) → it, or {"error":"invalid_enrollment"}; NULL removes it */
struct idp_value idp_sql_set_hub(struct idp_call *call, const struct idp_value *arguments)
{
    idp_check_text(call, arguments[0], "hub", IDP_NAME_SIZE_MAX);
    const struct idp_json *document = idp_json_object_argument(call, arguments[1], "document");
    struct idp_bytes hub_id = idp_lower_case(call, arguments[0].bytes);
    if (document == NULL) {
        hub_remove(call, hub_id);
        return idp_null();
    }
    return hub_write(call, SAVE, hub_id, document);
}

struct idp_value idp_hub_make(struct idp_call *call, const struct idp_value *arguments)
{
    return hub_write(call, MAKE, idp_lower_case(call, arguments[0].bytes),
                     idp_json_object_argument(call, arguments[1], "document"));
}

/* hub(hub) → it; NULL: there is none */
struct idp_value idp_sql_hub(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *found = idp_hub_shown(call, idp_lower_case(call, arguments[0].bytes));
    return found == NULL ? idp_null() : idp_value_json(found);
}
