/* SPDX-License-Identifier: Apache-2.0 */
/* instance.c - rows of instances. Each change takes an instance from one version to the next, by
 * one statement that names the version it was made from, and adds the line of the history: two who
 * change it at once are one after the other, and the history has no gap. */
#include "core/oidc/instance.h"

enum { FIND, MAKE, SAVE, LOG, LAST };

const struct idp_statement idp_oidc_instance_statements[] = {
    [FIND] = {"SELECT plan, profile, version, changed_at, record, effective, provenance"
              " FROM idplane.oidc_instance WHERE tenant = $1 AND instance = $2",
              "tt", "ttizjjj"},
    [MAKE] = {"INSERT INTO idplane.oidc_instance (tenant, instance, plan, profile, version,"
              " created_at, changed_at, record, effective, provenance)"
              " VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
              "ttttizjjj", ""},
    [SAVE] = {"UPDATE idplane.oidc_instance SET plan = $3, profile = $4, version = $5,"
              " changed_at = $6, record = $7, effective = $8, provenance = $9"
              " WHERE tenant = $1 AND instance = $2 AND version = $5 - 1",
              "ttttizjjj", ""},
    [LOG] = {"INSERT INTO idplane.oidc_change (tenant, instance, version, changed_at, operation,"
             " actor, request, record, effective, provenance, profile)"
             " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
             "ttizttjjjjt", ""},
    [LAST] = {"SELECT max(version), max(CASE operation WHEN 'provision' THEN version END)"
              " FROM idplane.oidc_change WHERE tenant = $1 AND instance = $2",
              "tt", "ii"},
};
const size_t idp_oidc_instance_statement_count = IDP_COUNT(idp_oidc_instance_statements);

const struct idp_json *idp_oidc_column(struct idp_call *call, struct idp_value column)
{
    struct idp_bytes text = idp_text_of(column);
    const char *why;
    const struct idp_json *json = text.data == NULL ? NULL : idp_json_read(call, text, &why);
    if (text.data != NULL && json == NULL) {
        idp_fail(call, IDP_STORE);
    }
    return json;
}

bool idp_oidc_instance_find(struct idp_call *call, struct idp_bytes name,
                            struct idp_oidc_instance *out)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(name)};
    const struct idp_value *row = idp_run_one(call, &idp_oidc_instance_statements[FIND], key);
    if (row == NULL) {
        return false;
    }
    *out = (struct idp_oidc_instance){
        .name = name,
        .plan = idp_text_of(row[0]),
        .profile = idp_text_of(row[1]),
        .version = idp_integer_of(row[2]),
        .changed_us = idp_integer_of(row[3]),
        .state = {.record = idp_oidc_column(call, row[4]),
                  .effective = idp_oidc_column(call, row[5])},
        .provenance = idp_oidc_column(call, row[6]),
    };
    return true;
}

static struct idp_value json_value(struct idp_call *call, const struct idp_json *json)
{
    return json == NULL ? idp_null() : idp_value_json_text(idp_json_text(call, json));
}

static void write_history(struct idp_call *call, const struct idp_oidc_instance *instance,
                          const struct idp_oidc_change *change)
{
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(instance->name),
        idp_value_integer(instance->version),
        idp_value_time(idp_now_us(call)),
        idp_value_text(idp_bytes_of(change->operation)),
        idp_value_text(change->actor),
        json_value(call, change->request),
        json_value(call, instance->state.record),
        json_value(call, instance->state.effective),
        json_value(call, instance->provenance),
        idp_value_text(instance->profile),
    };
    idp_run(call, &idp_oidc_instance_statements[LOG], row);
}

static bool write_row(struct idp_call *call, const struct idp_statement *statement,
                      const struct idp_oidc_instance *instance,
                      const struct idp_oidc_change *change)
{
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),         idp_value_text(instance->name),
        idp_value_text(instance->plan),           idp_value_text(instance->profile),
        idp_value_integer(instance->version),     idp_value_time(idp_now_us(call)),
        json_value(call, instance->state.record), json_value(call, instance->state.effective),
        json_value(call, instance->provenance),
    };
    if (idp_run(call, statement, row).affected == 0) {
        return false;
    }
    write_history(call, instance, change);
    return true;
}

int64_t idp_oidc_last_version(struct idp_call *call, struct idp_bytes name, int64_t *provisioned)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(name)};
    const struct idp_value *row = idp_run_row(call, &idp_oidc_instance_statements[LAST], key);
    *provisioned = row[1].kind == 0 ? 0 : idp_integer_of(row[1]);
    return row[0].kind == 0 ? 0 : idp_integer_of(row[0]);
}

bool idp_oidc_instance_make(struct idp_call *call, const struct idp_oidc_instance *instance,
                            const struct idp_oidc_change *change)
{
    return write_row(call, &idp_oidc_instance_statements[MAKE], instance, change);
}

bool idp_oidc_instance_save(struct idp_call *call, const struct idp_oidc_instance *instance,
                            const struct idp_oidc_change *change)
{
    return write_row(call, &idp_oidc_instance_statements[SAVE], instance, change);
}
