/* SPDX-License-Identifier: Apache-2.0 */
/* configuration.c - what the resources of a device are set to at first: for all devices of an
 * enrollment, and for one on top of that. With it a device has everything. */
#include "core/provisioning/session.h"

enum { FIND, SAVE, REMOVE };

const struct idp_statement idp_device_configuration_statements[] = {
    [FIND] = {"SELECT document FROM idplane.device_configuration"
              " WHERE tenant = $1 AND device = $2",
              "tt", "j"},
    [SAVE] = {"INSERT INTO idplane.device_configuration (tenant, device, document, changed_at)"
              " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, device) DO UPDATE SET"
              " document = excluded.document, changed_at = excluded.changed_at",
              "ttjz", ""},
    [REMOVE] = {"DELETE FROM idplane.device_configuration WHERE tenant = $1 AND device = $2", "tt",
                ""},
};
const size_t idp_device_configuration_statement_count =
    IDP_COUNT(idp_device_configuration_statements);

void idp_configuration_check(struct idp_checking *checking, struct idp_bytes path,
                             const struct idp_json *value)
{
    for (const struct idp_json *item = value->child; item != NULL; item = item->next) {
        if (item->name.size == 0 || item->name.data[0] != '/') {
            idp_checking_fault(checking, idp_path_step(checking->call, path, item->name), "value",
                               "a resource is called by its href, which begins with a slash");
        }
    }
}

static const struct idp_json *own_of(struct idp_call *call, struct idp_bytes device)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(device)};
    const struct idp_value *row =
        device.data == NULL ? NULL
                            : idp_run_one(call, &idp_device_configuration_statements[FIND], key);
    return row == NULL ? NULL : idp_json_argument(call, row[0], "document");
}

/* The device's own resources take the place of those of the enrollment. */
static const struct idp_json *resources_of(const struct idp_device_session *session)
{
    struct idp_call *call = session->call;
    const struct idp_json *own = own_of(call, session->record.device);
    const struct idp_json *all = idp_json_member(session->enrollment.document, "configuration");
    all = all == NULL ? idp_json_new(call, IDP_JSON_OBJECT) : all;
    for (const struct idp_json *item = own == NULL ? NULL : own->child; item != NULL;
         item = item->next) {
        all = idp_json_with(call, all, idp_text_c(call, item->name), item);
    }
    return all;
}

static struct idp_json *answer_of(struct idp_call *call, const struct idp_json *resources,
                                  struct idp_bytes etag_before)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_bytes etag =
        idp_base64url_encode(call, idp_sha256(call, idp_json_canonical(call, resources)));
    bool is_same = etag_before.data != NULL && idp_bytes_equal(etag, etag_before);
    idp_json_add_string(call, answer, "etag", etag);
    idp_json_add_bool(call, answer, "changed", !is_same);
    if (!is_same) {
        idp_json_add_shared(call, answer, "resources", resources);
    }
    return answer;
}

const struct idp_json *idp_provision_configuration(struct idp_call *call, struct idp_bytes name,
                                                   struct idp_bytes etag)
{
    struct idp_device_session session;
    const struct idp_json *error =
        idp_device_session_open(call, name, IDP_STEP_CONFIGURATION, &session);
    if (error != NULL) {
        return error;
    }
    struct idp_json *answer = answer_of(call, resources_of(&session), etag);
    if (session.state != IDP_STATE_DONE && idp_device_session_advance(&session, IDP_STATE_DONE)) {
        idp_record_complete(call, session.record.id);
    }
    idp_step_done(&session, NULL);
    return answer;
}

/* set_device_configuration(device, resources) → them, or an error; NULL removes them */
struct idp_value idp_sql_set_device_configuration(struct idp_call *call,
                                                  const struct idp_value *arguments)
{
    struct idp_checking checking = idp_checking_new(call);
    struct idp_bytes device = idp_lower_case(call, arguments[0].bytes);
    const struct idp_json *resources = idp_json_object_argument(call, arguments[1], "resources");
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(device), idp_null(),
                              idp_value_time(idp_now_us(call))};
    if (resources == NULL) {
        idp_run(call, &idp_device_configuration_statements[REMOVE], row);
        return idp_null();
    }
    if (!idp_uuid_is(device)) {
        idp_checking_fault(&checking, idp_bytes_of(""), "value", "a device is called by a UUID");
    }
    idp_configuration_check(&checking, idp_bytes_of(""), resources);
    const struct idp_json *error = idp_checking_answer(&checking);
    if (error != NULL) {
        return idp_value_json(error);
    }
    row[2] = idp_value_json_text(idp_json_text(call, resources));
    idp_run(call, &idp_device_configuration_statements[SAVE], row);
    return idp_value_json(resources);
}
