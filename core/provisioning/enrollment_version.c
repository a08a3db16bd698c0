/* SPDX-License-Identifier: Apache-2.0 */
/* enrollment_version.c - enrollments as they were: what was decided of a device once can be asked
 * again, and comes out the same. */
#include "core/provisioning/enrollment.h"

enum { NEXT, END, WRITE, THEN };

const struct idp_statement idp_enrollment_version_statements[] = {
    [NEXT] = {"SELECT coalesce(max(version), 0) + 1 FROM idplane.enrollment_version"
              " WHERE tenant = $1 AND enrollment_id = $2",
              "tt", "i"},
    [END] = {"UPDATE idplane.enrollment_version SET valid_until = $3"
             " WHERE tenant = $1 AND enrollment_id = $2 AND valid_until IS NULL",
             "ttz", ""},
    [WRITE] = {"INSERT INTO idplane.enrollment_version (tenant, enrollment_id, version, kind,"
               " enabled, priority, document, valid_from)"
               " SELECT tenant, enrollment_id, version, kind, enabled, priority, document, $3"
               " FROM idplane.enrollment WHERE tenant = $1 AND enrollment_id = $2",
               "ttz", ""},
    [THEN] = {"SELECT kind, enabled, priority, version, document FROM idplane.enrollment_version"
              " WHERE tenant = $1 AND enrollment_id = $2 AND valid_from <= $3"
              " AND (valid_until IS NULL OR valid_until > $3)",
              "ttz", "tbiij"},
};
const size_t idp_enrollment_version_statement_count = IDP_COUNT(idp_enrollment_version_statements);

int64_t idp_enrollment_version_next(struct idp_call *call, struct idp_bytes id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(id)};
    return idp_run_row(call, &idp_enrollment_version_statements[NEXT], key)[0].integer;
}

void idp_enrollment_version_write(struct idp_call *call, struct idp_bytes id, bool is_removed)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(id),
                              idp_value_time(idp_now_us(call))};
    idp_run(call, &idp_enrollment_version_statements[END], key);
    if (!is_removed) {
        idp_run(call, &idp_enrollment_version_statements[WRITE], key);
    }
}

bool idp_enrollment_find_then(struct idp_call *call, struct idp_bytes id, int64_t then_us,
                              struct idp_enrollment *out)
{
    if (then_us == IDP_AT_PRESENT) {
        return idp_enrollment_find(call, id, out);
    }
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(id),
                              idp_value_time(then_us)};
    const struct idp_value *row = idp_run_one(call, &idp_enrollment_version_statements[THEN], key);
    if (row != NULL) {
        *out = (struct idp_enrollment){
            .id = id,
            .is_individual = idp_bytes_is(idp_text_of(row[0]), "individual"),
            .is_enabled = idp_bool_of(row[1]),
            .priority = idp_integer_of(row[2]),
            .version = idp_integer_of(row[3]),
            .document = idp_json_argument(call, row[4], "document"),
        };
    }
    return row != NULL;
}
