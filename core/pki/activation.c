/* SPDX-License-Identifier: Apache-2.0 */
/* activation.c - a certificate that ends soon unless its device is seen with it: who got it for a
 * credential that others have, too, may have been none of them. Until then it is a certificate that
 * is superseded at that time, so that whoever asks for a list or a status need not know of this. */
#include "core/pki/x509.h"

enum { AWAIT, NAME, ACTIVATE, AWAITED, LAPSED };

const struct idp_statement idp_activation_statements[] = {
    [AWAIT] = {"UPDATE idplane.certificate SET activate_until = $3, superseded_at = $3"
               " WHERE tenant = $1 AND serial = $2",
               "ttz", ""},
    [NAME] = {"SELECT common_name, key_digest FROM idplane.certificate"
              " WHERE tenant = $1 AND serial = $2 AND activate_until > $3",
              "ttz", "tx"},
    /* What was superseded meanwhile stays so, and nobody else has the name. */
    [ACTIVATE] = {"UPDATE idplane.certificate SET activate_until = NULL, superseded_at ="
                  " CASE WHEN superseded_at < activate_until THEN superseded_at END"
                  " WHERE tenant = $1 AND serial = $2 AND status = 'valid'"
                  " AND activate_until > $3 AND superseded_at > $3"
                  " AND NOT EXISTS (SELECT 1 FROM idplane.certificate_holder h"
                  " WHERE h.tenant = $1 AND h.common_name = $4 AND h.key_digest <> $5)",
                  "ttztx", ""},
    [AWAITED] = {"SELECT serial FROM idplane.certificate"
                 " WHERE tenant = $1 AND serial = $2 AND activate_until IS NOT NULL",
                 "tt", "t"},
    [LAPSED] = {"SELECT serial FROM idplane.certificate WHERE tenant = $1 AND serial = $2"
                " AND activate_until IS NOT NULL AND (activate_until <= $3 OR status = 'revoked')",
                "ttz", "t"},
};
const size_t idp_activation_statement_count = IDP_COUNT(idp_activation_statements);

void idp_activation_await(struct idp_call *call, const struct idp_issue *issue)
{
    int64_t until_us = idp_now_us(call) + issue->activation_s * IDP_SECOND_US;
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(issue->serial),
                              idp_value_time(until_us)};
    if (issue->activation_s > 0) {
        idp_run(call, &idp_activation_statements[AWAIT], row);
        idp_name_settle(call, issue->common_name);
    }
}

void idp_activate(struct idp_call *call, struct idp_bytes serial)
{
    struct idp_value tenant = idp_value_text(idp_tenant(call));
    struct idp_value key[] = {tenant, idp_value_text(serial), idp_value_time(idp_now_us(call))};
    const struct idp_value *row = idp_run_one(call, &idp_activation_statements[NAME], key);
    if (row == NULL) {
        return;
    }
    struct idp_value own[] = {tenant, key[1], key[2], row[0], row[1]};
    if (idp_run(call, &idp_activation_statements[ACTIVATE], own).affected == 1) {
        idp_name_settle(call, idp_text_of(row[0]));
    }
}

bool idp_awaits_activation(struct idp_call *call, struct idp_bytes serial)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(serial)};
    return idp_run_one(call, &idp_activation_statements[AWAITED], key) != NULL;
}

bool idp_activation_has_lapsed(struct idp_call *call, struct idp_bytes serial)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(serial),
                              idp_value_time(idp_now_us(call))};
    return idp_run_one(call, &idp_activation_statements[LAPSED], key) != NULL;
}
