/* SPDX-License-Identifier: Apache-2.0 */
/* ca_bundle.c - what a client has to know of an authority to judge all that it has signed: the key
 * that signs now, those before it whose time is not over, and everything above them. */
#include "core/pki/x509.h"

enum { GENERATIONS };

enum { GENERATION_COUNT_MAX = 16 };

const struct idp_statement idp_ca_bundle_statements[] = {
    [GENERATIONS] = {"SELECT certificate, chain FROM idplane.certificate_authority"
                     " WHERE tenant = $1 AND ca = $2 AND not_after > $3 AND revoked_at IS NULL"
                     " ORDER BY generation DESC LIMIT $4",
                     "ttzi", "xx"},
};
const size_t idp_ca_bundle_statement_count = IDP_COUNT(idp_ca_bundle_statements);

static void add(struct idp_ca_bundle *bundle, struct idp_bytes certificate)
{
    size_t i = 0;
    while (i < bundle->count && !idp_bytes_equal(bundle->certificates[i], certificate)) {
        i++;
    }
    if (i == bundle->count && i < IDP_COUNT(bundle->certificates)) {
        bundle->certificates[bundle->count++] = certificate;
    }
}

struct idp_ca_bundle idp_ca_bundle_of(struct idp_call *call, struct idp_bytes name)
{
    struct idp_ca_bundle bundle = {0};
    struct idp_bytes rest = name.data == NULL ? idp_bytes_of("default") : name;
    struct idp_value key[] = {
        idp_value_text(idp_tenant(call)), idp_value_text(idp_part_next(&rest, '@')),
        idp_value_time(idp_now_us(call)), idp_value_integer(GENERATION_COUNT_MAX)};
    struct idp_rows rows = idp_run(call, &idp_ca_bundle_statements[GENERATIONS], key);
    for (size_t i = 0; i < rows.count; i++) {
        const struct idp_value *row = rows.values + i * rows.columns;
        struct idp_bytes chain = idp_text_of(row[1]);
        struct idp_der above;
        add(&bundle, idp_text_of(row[0]));
        while (chain.size > 0 && idp_der_next(&chain, &above)) {
            add(&bundle, above.whole);
        }
    }
    return bundle;
}
