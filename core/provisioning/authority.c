/* SPDX-License-Identifier: Apache-2.0 */
/* authority.c - the certificates that an enrollment of a group stands on, and the one of them that
 * it is about: the lead, by default the nearest to the devices; and who was revoked below it. */
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

/* ---- revocation ---- */

static void name_add(struct idp_bytes *names, size_t *count, struct idp_bytes name)
{
    for (size_t i = 0; i < *count; i++) {
        if (idp_bytes_equal(names[i], name)) {
            return;
        }
    }
    names[(*count)++] = name;
}

struct idp_json *idp_authority_lists(struct idp_call *call, const struct idp_json *attestation,
                                     const struct idp_authority *authority,
                                     const struct idp_certificate_facts *shown, size_t shown_count)
{
    size_t count = 0, total = 0, name_count = 0;
    struct idp_json *lists = idp_json_new(call, IDP_JSON_ARRAY);
    const struct idp_json *own = idp_json_member(attestation, "crls");
    struct idp_bytes *names =
        idp_allocate(call, (shown_count + authority->count + 1) * sizeof *names);
    for (const struct idp_json *item = own == NULL ? NULL : own->child; item != NULL;
         item = item->next, total++) {
        idp_json_add(lists, NULL, idp_json_node(call, item));
    }
    for (size_t i = 0; i < authority->count; i++) {
        name_add(names, &name_count, authority->certificates[i].subject);
    }
    for (size_t i = 0; i < shown_count; i++) {
        name_add(names, &name_count, shown[i].issuer);
    }
    const struct idp_bytes *imported = idp_imported_lists(call, names, name_count, &count);
    for (size_t i = 0; i < count && total < IDP_CHAIN_CRL_COUNT_MAX; i++, total++) {
        idp_json_add(lists, NULL, idp_json_new_string(call, idp_base64_encode(call, imported[i])));
    }
    return lists;
}
