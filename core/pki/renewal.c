/* SPDX-License-Identifier: Apache-2.0 */
/* renewal.c - what becomes of the certificates that a device had when it gets another one. Where
 * its profile gives them a grace they end with it, or as soon as the device is seen with the new
 * one. Nothing waits for that moment: whoever asks for a list or a status sees that it has come. */
#include "core/pki/profile.h"

enum { SUPERSEDE, FIND, GOOD, CONFIRM, DUE, END };

#define DUE_SERIAL                                                                                 \
    "SELECT serial FROM idplane.certificate WHERE tenant = $1 AND status = 'valid'"                \
    " AND superseded_at <= $2 ORDER BY superseded_at, serial LIMIT $3"

const struct idp_statement idp_renewal_statements[] = {
    /* None ends later than it would have. */
    [SUPERSEDE] = {"UPDATE idplane.certificate SET superseded_at = $5"
                   " WHERE tenant = $1 AND " IDP_CERTIFICATE_OF_DEVICE
                   " AND profile = $3 AND serial <> $4"
                   " AND status = 'valid' AND (superseded_at IS NULL OR superseded_at > $5)",
                   "ttttz", ""},
    [FIND] = {"SELECT device, profile, issued_at, common_name FROM idplane.certificate"
              " WHERE tenant = $1 AND serial = $2 AND status = 'valid'"
              " AND (superseded_at IS NULL OR superseded_at > $3)",
              "ttz", "ttzt"},
    [GOOD] = {"SELECT count(*) FROM idplane.certificate WHERE tenant = $1 AND serial = $2"
              " AND status = 'valid' AND (superseded_at IS NULL OR superseded_at > $3)"
              " AND NOT EXISTS (SELECT 1 FROM idplane.certificate k WHERE k.tenant = $1"
              " AND k.key_digest = idplane.certificate.key_digest AND k." IDP_KEY_COMPROMISED ")",
              "ttz", "i"},
    [CONFIRM] = {"UPDATE idplane.certificate SET superseded_at = $5"
                 " WHERE tenant = $1 AND " IDP_CERTIFICATE_OF_DEVICE
                 " AND profile = $3 AND serial <> $4"
                 " AND status = 'valid' AND superseded_at > $5 AND issued_at <= $6",
                 "ttttzz", ""},
    [DUE] = {DUE_SERIAL, "tzi", "t"},
    /* Of one that was activated meanwhile this is asked once more. */
    [END] = {"UPDATE idplane.certificate SET status = 'revoked', revoked_at = superseded_at,"
             " reason = " IDP_SUPERSEDED_REASON
             " WHERE tenant = $1 AND status = 'valid' AND superseded_at <= $2"
             " AND serial IN (" DUE_SERIAL ")"
             " RETURNING serial, common_name, ca_id, reason",
             "tzi", "tttt"},
};
const size_t idp_renewal_statement_count = IDP_COUNT(idp_renewal_statements);

void idp_renewal_begin(struct idp_call *call, const struct idp_issue *issue,
                       const struct idp_profile *profile)
{
    struct idp_value former[] = {
        idp_value_text(idp_tenant(call)), idp_value_text(issue->device),
        idp_value_text(profile->name), idp_value_text(issue->serial),
        idp_value_time(idp_now_us(call) + profile->grace_s * IDP_SECOND_US)};
    if (issue->device.data != NULL && profile->has_grace &&
        idp_run(call, &idp_renewal_statements[SUPERSEDE], former).affected > 0) {
        idp_name_settle(call, issue->common_name);
    }
}

/* rows: of END. */
static void ended(struct idp_call *call, struct idp_rows rows)
{
    struct idp_bytes last = {"", 0};
    for (size_t i = 0; i < rows.count; i++) {
        const struct idp_value *row = rows.values + i * rows.columns;
        struct idp_bytes ca_id = idp_text_of(row[2]);
        if (!idp_bytes_equal(ca_id, last)) {
            idp_list_outdate(call, ca_id);
        }
        last = ca_id;
        idp_revocation_audit(call, idp_text_of(row[0]), idp_text_of(row[1]), ca_id,
                             idp_text_of(row[3]));
    }
}

/* One after the other, by the lists; names know since they were superseded. */
void idp_renewals_end(struct idp_call *call)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_time(idp_now_us(call)),
                              idp_value_integer(1)};
    if (idp_run_one(call, &idp_renewal_statements[DUE], key) == NULL) {
        return;
    }
    idp_lists_lock(call);
    key[2] = idp_value_integer(IDP_ROW_COUNT_MAX);
    struct idp_rows rows;
    do { /* until nothing is left: one that was activated meanwhile is passed over */
        rows = idp_run(call, &idp_renewal_statements[END], key);
        ended(call, rows);
    } while (rows.count > 0);
}

bool idp_certificate_is_good(struct idp_call *call, struct idp_bytes serial)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(serial),
                              idp_value_time(idp_now_us(call))};
    return idp_run_row(call, &idp_renewal_statements[GOOD], key)[0].integer > 0;
}

int64_t idp_certificate_confirm(struct idp_call *call, struct idp_bytes serial)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(serial),
                              idp_value_time(idp_now_us(call))};
    idp_name_lock(call, serial);
    idp_activate(call, serial);
    const struct idp_value *row = idp_run_one(call, &idp_renewal_statements[FIND], key);
    if (row == NULL || row[0].kind == 0) {
        return row == NULL ? -1 : 0;
    }
    struct idp_value former[] = {key[0], row[0], row[1], key[1], key[2], row[2]};
    int64_t count = idp_run(call, &idp_renewal_statements[CONFIRM], former).affected;
    if (count > 0) {
        idp_name_settle(call, idp_text_of(row[3]));
    }
    return count;
}

/* confirm_certificate(serial) → how many it has ended; NULL: no good one has this serial */
struct idp_value idp_sql_confirm_certificate(struct idp_call *call,
                                             const struct idp_value *arguments)
{
    int64_t count = idp_certificate_confirm(call, idp_lower_case(call, arguments[0].bytes));
    return count < 0 ? idp_null() : idp_value_integer(count);
}
