/* SPDX-License-Identifier: Apache-2.0 */
/* chain_read.c - what the certificates of others say, for who looks up whose they may be before
 * anything of them is verified. */
#include "core/pki/chain.h"

static struct idp_certificate_facts facts_of(struct idp_call *call,
                                             const struct idp_certificate *certificate)
{
    int64_t path_length;
    struct idp_name name;
    bool is_named = idp_name_read(call, certificate->subject, &name) == NULL;
    return (struct idp_certificate_facts){
        .der = certificate->der,
        .issuer = certificate->issuer,
        .subject = certificate->subject,
        .spki = certificate->spki,
        .serial = idp_certificate_serial(call, certificate),
        .name = idp_certificate_name(call, certificate->subject),
        .common_name = is_named ? name.common_name : (struct idp_bytes){0},
        .not_before_us = certificate->not_before_us,
        .not_after_us = certificate->not_after_us,
        .is_ca = idp_certificate_is_ca(certificate, &path_length),
    };
}

bool idp_certificates_read(struct idp_call *call, struct idp_bytes text,
                           struct idp_certificate_facts *out, size_t count_max, size_t *count)
{
    struct idp_chain_pool pool = {.count_max = count_max};
    if (!idp_chain_pool_add(call, &pool, text) || pool.count == 0 || pool.unreadable_count > 0) {
        return false;
    }
    for (size_t i = 0; i < pool.count; i++) {
        out[i] = facts_of(call, &pool.items[i]->certificate);
    }
    *count = pool.count;
    return true;
}

struct idp_bytes idp_certificates_text(struct idp_call *call,
                                       const struct idp_certificate_facts *certificates,
                                       size_t count)
{
    struct idp_text text = {.call = call};
    for (size_t i = 0; i < count; i++) {
        idp_text_add(&text, idp_pem_of(call, certificates[i].der, "CERTIFICATE"));
    }
    return idp_text_bytes(&text);
}
