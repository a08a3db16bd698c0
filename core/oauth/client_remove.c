/* SPDX-License-Identifier: Apache-2.0 */
/* client_remove.c - the end of a client. Whoever registers the same client_id later is another one:
 * nothing that the first was allowed or issued is good for the second.
 *
 * Grants and consents live for long, and are found by an index on their client. Codes are written
 * often and live for minutes: those that have not expired are found by the index that purge() has,
 * so that issuing one costs no index more, and those that have are good for nobody. (No index has
 * tenant || '': SQLite would take one that begins with tenant, and read all codes that there are.)
 */
#include "core/oauth/client.h"

enum { DEVICE_CODES, CODES, GRANTS, CONSENTS, KEYS, CLIENT };

const struct idp_statement idp_client_remove_statements[] = {
    [DEVICE_CODES] = {"DELETE FROM idplane.device_code"
                      " WHERE tenant || '' = $1 AND client_id = $2 AND expires_at > $3",
                      "ttz", ""},
    [CODES] = {"DELETE FROM idplane.authorization_code"
               " WHERE tenant || '' = $1 AND client_id = $2 AND expires_at > $3",
               "ttz", ""},
    [GRANTS] = {"UPDATE idplane.authorization_grant SET state = 'revoked'"
                " WHERE tenant = $1 AND client_id = $2 AND state = 'active'",
                "tt", ""},
    [CONSENTS] = {"DELETE FROM idplane.consent WHERE tenant = $1 AND client_id = $2", "tt", ""},
    [KEYS] = {"DELETE FROM idplane.client_keys WHERE tenant = $1 AND client_id = $2", "tt", ""},
    [CLIENT] = {"DELETE FROM idplane.client WHERE tenant = $1 AND client_id = $2", "tt", ""},
};
const size_t idp_client_remove_statement_count = IDP_COUNT(idp_client_remove_statements);

/* remove_client(client_id) → whether there was one. The client goes first, so that nobody begins
 * anything new for it. */
struct idp_value idp_sql_remove_client(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), arguments[0],
                              idp_value_time(idp_now_us(call))};
    call->host->begin(call);
    bool was_there = idp_run(call, &idp_client_remove_statements[CLIENT], key).affected == 1;
    for (size_t i = DEVICE_CODES; was_there && i < CLIENT; i++) {
        idp_run(call, &idp_client_remove_statements[i], key);
    }
    return idp_value_bool(was_there);
}
