/* SPDX-License-Identifier: Apache-2.0 */
/* ca_revoke.c - the certificate of an authority is revoked: it signs nothing any more, nor does
 * what stands below it, which nobody believes since. Their lists go on. A key that somebody else
 * has is theirs by whatever certificate. */
#include "core/oauth/oauth.h"
#include "core/pki/x509.h"

enum { GOOD, REVOKE };

const struct idp_statement idp_ca_revoke_statements[] = {
    [GOOD] = {"SELECT ca_id, certificate, chain FROM idplane.certificate_authority"
              " WHERE tenant = $1 AND revoked_at IS NULL ORDER BY ca_id",
              "t", "txx"},
    [REVOKE] = {"UPDATE idplane.certificate_authority SET revoked_at = $3"
                " WHERE tenant = $1 AND ca_id = $2 AND revoked_at IS NULL",
                "ttz", ""},
};
const size_t idp_ca_revoke_statement_count = IDP_COUNT(idp_ca_revoke_statements);

/* spki size 0: nobody else has the key. */
struct ending {
    struct idp_bytes certificate, spki;
};

static bool is_ended(const struct ending *ending, struct idp_bytes certificate)
{
    struct idp_certificate read;
    return idp_bytes_equal(certificate, ending->certificate) ||
           (ending->spki.size > 0 && idp_certificate_parse(certificate, &read) &&
            idp_bytes_equal(read.spki, ending->spki));
}

static bool is_below(const struct ending *ending, struct idp_bytes chain)
{
    struct idp_der above;
    while (chain.size > 0 && idp_der_next(&chain, &above)) {
        if (is_ended(ending, above.whole)) {
            return true;
        }
    }
    return false;
}

void idp_ca_revoke(struct idp_call *call, struct idp_bytes certificate, bool is_compromised,
                   int64_t at_us)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_null(), idp_value_time(at_us)};
    struct ending ending = {.certificate = certificate};
    struct idp_certificate read;
    if (is_compromised && idp_certificate_parse(certificate, &read)) {
        ending.spki = read.spki;
    }
    idp_tenant_lock(call); /* who makes one below it comes before, or after */
    struct idp_rows rows = idp_run(call, &idp_ca_revoke_statements[GOOD], key);
    for (size_t i = 0; i < rows.count; i++) {
        const struct idp_value *row = rows.values + i * rows.columns;
        if (is_ended(&ending, idp_text_of(row[1])) || is_below(&ending, idp_text_of(row[2]))) {
            key[1] = row[0];
            idp_run(call, &idp_ca_revoke_statements[REVOKE], key);
        }
    }
}
