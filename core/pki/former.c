/* SPDX-License-Identifier: Apache-2.0 */
/* former.c - a certificate follows another one: who has the key of a good one renews it, or hands
 * its name on to another key. What the former one was, and no other name, is what the next one is.
 */
#include "core/pki/profile.h"

enum { HOLD };

/* Changes nothing: who revokes it meanwhile comes before, or after. A key that somebody else has
 * hands nothing on. */
const struct idp_statement idp_former_statements[] = {
    [HOLD] = {"UPDATE idplane.certificate SET status = 'valid' WHERE tenant = $1 AND serial = $2"
              " AND certificate = $3 AND status = 'valid' AND not_before <= $4 AND not_after >= $4"
              " AND (superseded_at IS NULL OR superseded_at > $4)"
              " AND NOT EXISTS (SELECT 1 FROM idplane.certificate k WHERE k.tenant = $1"
              " AND k.key_digest = idplane.certificate.key_digest AND k." IDP_KEY_COMPROMISED ")"
              " RETURNING profile, ca_id, device, subject, sans, key_digest",
              "ttxz", "tttttx"},
};
const size_t idp_former_statement_count = IDP_COUNT(idp_former_statements);

bool idp_former_hold(struct idp_call *call, const struct idp_certificate_facts *shown,
                     struct idp_former *out)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(shown->serial),
                              idp_value_blob(shown->der), idp_value_time(idp_now_us(call))};
    idp_name_lock(call, shown->serial);
    const struct idp_value *row = idp_run_one(call, &idp_former_statements[HOLD], key);
    if (row == NULL) {
        return false;
    }
    struct idp_bytes ca_id = idp_text_of(row[1]);
    *out = (struct idp_former){.profile = idp_text_of(row[0]),
                               .ca = idp_part_next(&ca_id, '@'),
                               .device = idp_text_of(row[2]),
                               .name = idp_text_of(row[3]),
                               .names = idp_text_of(row[4]),
                               .key_digest = idp_text_of(row[5])};
    return true;
}

const char *idp_former_renew(struct idp_call *call, const struct idp_former *former,
                             struct idp_issue *issue)
{
    if (idp_profile_find(call, former->profile) == NULL) {
        return "profile";
    }
    if (!idp_ca_signs(call, former->ca)) {
        return "authority";
    }
    issue->profile = former->profile;
    issue->ca = former->ca;
    issue->former_key_digest = former->key_digest;
    const char *why = idp_issue_prepare(call, issue);
    if (why == NULL && (!idp_bytes_equal(issue->requested_name, former->name) ||
                        !idp_bytes_equal(issue->names, former->names))) {
        why = "other_name";
    }
    return why != NULL ? why : idp_issue_sign(call, issue);
}
