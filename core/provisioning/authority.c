/* SPDX-License-Identifier: Apache-2.0 */
/* authority.c - the certificates that an enrollment of a group stands on, and the one of them that
 * it is about: the lead, by default the nearest to the devices. */
#include "core/provisioning/enrollment.h"

static bool is_lead(struct idp_call *call, const struct idp_certificate_facts *facts,
                    struct idp_bytes lead)
{
    bool is_named = facts->common_name.data != NULL && idp_bytes_equal(facts->common_name, lead);
    return is_named || idp_bytes_equal(idp_hex_encode(call, idp_sha256(call, facts->spki)), lead);
}

void idp_authority_read(struct idp_call *call, const struct idp_json *attestation,
                        struct idp_authority *out)
{
    struct idp_bytes lead = idp_json_string(attestation, "lead");
    *out = (struct idp_authority){.chain = idp_json_string(attestation, "chain")};
    if (out->chain.data == NULL ||
        !idp_certificates_read(call, out->chain, out->certificates, IDP_COUNT(out->certificates),
                               &out->count)) {
        out->count = 0;
    }
    for (size_t i = 0; i < out->count && out->lead_key.data == NULL; i++) {
        if (lead.data == NULL || is_lead(call, &out->certificates[i], lead)) {
            out->lead_key = out->certificates[i].spki;
        }
    }
}

struct idp_bytes idp_authority_roots(struct idp_call *call, const struct idp_authority *authority)
{
    struct idp_text roots = {.call = call};
    for (size_t i = 0; i < authority->count; i++) {
        const struct idp_certificate_facts *facts = &authority->certificates[i];
        if (idp_bytes_equal(facts->issuer, facts->subject)) {
            idp_text_add(&roots, idp_pem_of(call, facts->der, "CERTIFICATE"));
        }
    }
    return idp_text_bytes(&roots);
}
