/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - instances as clients of a service broker know them: what they sent beside the OIDC
 * configuration is kept, since they compare what they get back with what they sent. */
#include "core/oidc/instance.h"

enum { FIND, LOCK, SAVE, HAS_DEFAULT };

const struct idp_statement idp_service_statements[] = {
    [FIND] = {"SELECT s.service_id, s.plan_id, s.context, s.parameters FROM"
              " idplane.service_instance s JOIN idplane.oidc_instance i ON i.tenant = s.tenant"
              " AND i.instance = s.instance WHERE s.tenant = $1 AND s.instance = $2",
              "tt", "ttjj"},
    [LOCK] = {"UPDATE idplane.service_instance SET changed_at = changed_at"
              " WHERE tenant = $1 AND instance = $2",
              "tt", ""},
    [SAVE] =
        {"INSERT INTO idplane.service_instance (tenant, instance, service_id, plan_id, context,"
         " parameters, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
         " ON CONFLICT (tenant, instance) DO UPDATE SET service_id = excluded.service_id,"
         " plan_id = excluded.plan_id, context = excluded.context,"
         " parameters = excluded.parameters, changed_at = excluded.changed_at",
         "ttttjjz", ""},
    [HAS_DEFAULT] = {"SELECT count(*) FROM idplane.oidc_default WHERE tenant = $1 AND plan = $2",
                     "tt", "i"},
};
const size_t idp_service_statement_count = IDP_COUNT(idp_service_statements);

bool idp_service_find(struct idp_call *call, struct idp_bytes name, struct idp_service *out)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(name)};
    const struct idp_value *row = idp_run_one(call, &idp_service_statements[FIND], key);
    if (row == NULL) {
        return false;
    }
    *out = (struct idp_service){.service_id = idp_text_of(row[0]),
                                .plan_id = idp_text_of(row[1]),
                                .context = idp_oidc_column(call, row[2]),
                                .parameters = idp_oidc_column(call, row[3])};
    return true;
}

void idp_service_lock(struct idp_call *call, struct idp_bytes name)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(name)};
    idp_run(call, &idp_service_statements[LOCK], key);
}

void idp_service_save(struct idp_call *call, struct idp_bytes name,
                      const struct idp_service *service)
{
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(name),
        idp_value_text(service->service_id),
        idp_value_text(service->plan_id),
        idp_value_json_text(idp_json_text(call, service->context)),
        idp_value_json_text(idp_json_text(call, service->parameters)),
        idp_value_time(idp_now_us(call)),
    };
    idp_run(call, &idp_service_statements[SAVE], row);
}

bool idp_service_has_default(struct idp_call *call, struct idp_bytes plan)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(plan)};
    const struct idp_value *row = idp_run_row(call, &idp_service_statements[HAS_DEFAULT], key);
    return idp_integer_of(row[0]) > 0;
}

struct idp_bytes idp_service_plan(struct idp_call *call, struct idp_bytes plan_id)
{
    return idp_service_has_default(call, plan_id) ? plan_id : idp_bytes_of("");
}

struct idp_bytes idp_service_instance_plan(struct idp_call *call, struct idp_bytes name)
{
    struct idp_oidc_instance instance;
    return idp_oidc_instance_find(call, name, &instance) ? instance.plan : idp_bytes_of("");
}

int64_t idp_service_provisioned(struct idp_call *call, struct idp_bytes name)
{
    int64_t version;
    (void)idp_oidc_last_version(call, name, &version);
    return version;
}

bool idp_service_follows_code(struct idp_call *call, struct idp_bytes plan, bool *is_first)
{
    struct idp_oidc_rules rules = idp_oidc_rules_of(call, idp_oidc_default_load(call, plan));
    *is_first = rules.is_first;
    return rules.as_code;
}

/* ---- records ---- */

/* Go writes the first six fields of an object always, and an absent list as null. */
static const struct idp_json *shown(struct idp_call *call, const struct idp_json *record)
{
    struct idp_oidc_config config = idp_oidc_config_of(record);
    struct idp_json *out = idp_json_new(call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < IDP_OIDC_FIRST_COUNT; i++) {
        const char *name = idp_oidc_field_name((enum idp_oidc_field)i);
        bool is_list = idp_oidc_field_is_list((enum idp_oidc_field)i);
        if (config.fields[i] == NULL && is_list) {
            idp_json_add(out, name, idp_json_new(call, IDP_JSON_ARRAY));
        } else if (config.fields[i] == NULL) {
            idp_json_add_c(call, out, name, "");
        }
    }
    for (const struct idp_json *member = record->child; member != NULL; member = member->next) {
        if (member->kind != IDP_JSON_NULL) {
            idp_json_add_named(out, member->name, idp_json_node(call, member));
        }
    }
    return out;
}

const struct idp_json *idp_oidc_record_shown(struct idp_call *call, struct idp_bytes name)
{
    struct idp_oidc_instance instance;
    if (!idp_oidc_instance_find(call, name, &instance) || instance.state.record == NULL) {
        return NULL;
    }
    struct idp_oidc_rules rules = idp_oidc_rules_of(call, NULL);
    struct idp_oidc_request record = idp_oidc_request_of(instance.state.record, &rules);
    return record.form == IDP_OIDC_OBJECT ? shown(call, record.document) : record.document;
}

bool idp_oidc_record_is(struct idp_call *call, struct idp_bytes name,
                        const struct idp_json *request)
{
    struct idp_oidc_instance instance;
    return idp_oidc_instance_find(call, name, &instance) &&
           idp_bytes_equal(idp_oidc_normal_text(call, instance.state.record),
                           idp_oidc_normal_text(call, request));
}
