/* SPDX-License-Identifier: Apache-2.0 */
/* device_id.c - ids that no device gets: of owners and hubs, and of whom rules name. Who had the
 * certificate of such a device would be taken for them. They are rows beside those of devices, so
 * that one key of one table decides, whoever comes first. */
#include "core/provisioning/session.h"

enum { RESERVE, TAKE, NAME, KIND, FREE, LEAVE };

const struct idp_statement idp_device_id_statements[] = {
    [RESERVE] = {"INSERT INTO idplane.device_holder (tenant, device, kind, registration_id,"
                 " is_named) SELECT $1, $2, $3, '', false WHERE NOT EXISTS"
                 " (SELECT 1 FROM idplane.certificate_holder h WHERE h.tenant = $1"
                 " AND h.common_name = $4 AND h.valid_until > $5)"
                 " ON CONFLICT (tenant, device) DO NOTHING",
                 "ttttz", ""},
    /* Whom a rule names may become an owner, or a hub. */
    [TAKE] = {"UPDATE idplane.device_holder SET kind = $3 WHERE tenant = $1 AND device = $2"
              " AND kind = 'rule'",
              "ttt", ""},
    /* A rule may name a device that there is, and an owner or a hub. */
    [NAME] = {"INSERT INTO idplane.device_holder (tenant, device, kind, registration_id, is_named)"
              " VALUES ($1, $2, 'rule', '', true)"
              " ON CONFLICT (tenant, device) DO UPDATE SET is_named = true",
              "tt", ""},
    [KIND] = {"SELECT kind FROM idplane.device_holder WHERE tenant = $1 AND device = $2", "tt",
              "t"},
    [FREE] = {"DELETE FROM idplane.device_holder WHERE tenant = $1 AND device = $2"
              " AND kind = 'hub' AND NOT is_named",
              "tt", ""},
    [LEAVE] = {"UPDATE idplane.device_holder SET kind = 'rule' WHERE tenant = $1 AND device = $2"
               " AND kind = 'hub'",
               "tt", ""},
};
const size_t idp_device_id_statement_count = IDP_COUNT(idp_device_id_statements);

/* data NULL: it is nobody's. */
static struct idp_bytes kind_of(struct idp_call *call, struct idp_bytes device)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(device)};
    const struct idp_value *row = idp_run_one(call, &idp_device_id_statements[KIND], key);
    return row == NULL ? (struct idp_bytes){0} : idp_text_of(row[0]);
}

static bool reserve(struct idp_call *call, struct idp_bytes id, const char *kind)
{
    struct idp_bytes device = idp_lower_case(call, id);
    struct idp_text name = {.call = call};
    idp_text_add_c(&name, "uuid:");
    idp_text_add(&name, device);
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(device),
                              idp_value_text(idp_bytes_of(kind)),
                              idp_value_text(idp_text_bytes(&name)),
                              idp_value_time(idp_now_us(call))};
    if (idp_run(call, &idp_device_id_statements[RESERVE], row).affected == 1) {
        return true;
    }
    return idp_bytes_is(kind_of(call, device), kind) ||
           idp_run(call, &idp_device_id_statements[TAKE], row).affected == 1;
}

bool idp_owner_id_reserve(struct idp_call *call, struct idp_bytes owner)
{
    return reserve(call, idp_owner_uuid(call, owner), "owner");
}

bool idp_hub_id_reserve(struct idp_call *call, struct idp_bytes hub_id)
{
    return reserve(call, hub_id, "hub");
}

void idp_hub_id_free(struct idp_call *call, struct idp_bytes hub_id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(hub_id)};
    idp_run(call, &idp_device_id_statements[FREE], key);
    idp_run(call, &idp_device_id_statements[LEAVE], key);
}

void idp_rule_ids_reserve(struct idp_call *call, const struct idp_json *acl)
{
    for (const struct idp_json *entry = acl == NULL ? NULL : acl->child; entry != NULL;
         entry = entry->next) {
        struct idp_bytes id = idp_json_string(idp_json_member(entry, "subject"), "uuid");
        if (idp_uuid_is(id)) {
            struct idp_value key[] = {idp_value_text(idp_tenant(call)),
                                      idp_value_text(idp_lower_case(call, id))};
            idp_run(call, &idp_device_id_statements[NAME], key);
        }
    }
}

bool idp_is_nil_id(struct idp_bytes device)
{
    return idp_bytes_is(device, "00000000-0000-0000-0000-000000000000");
}

const char *idp_device_id_why(struct idp_call *call, struct idp_bytes device)
{
    struct idp_bytes kind = kind_of(call, device);
    return idp_bytes_is(kind, "device") ? NULL : idp_bytes_is(kind, "hub") ? "hub_id" : "owner_id";
}
