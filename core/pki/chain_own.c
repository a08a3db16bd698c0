/* SPDX-License-Identifier: Apache-2.0 */
/* chain_own.c - what is known here of the certificates of a path, beside the lists of others: those
 * that were issued here may have ended, and of a key may be known that somebody else has it. */
#include "core/pki/x509.h"

/* Whatever signature it shows: another one may be made of that. */
static bool is_ended(struct idp_call *call, const struct idp_certificate *certificate,
                     int64_t until_us)
{
    struct idp_issued issued;
    struct idp_certificate read;
    return idp_certificate_issued(call, idp_certificate_serial(call, certificate), &issued) &&
           issued.is_revoked && issued.revoked_us <= until_us &&
           idp_certificate_parse(issued.certificate, &read) &&
           idp_bytes_equal(read.to_be_signed, certificate->to_be_signed);
}

const char *idp_certificate_ended(struct idp_call *call, struct idp_bytes der, int64_t until_us)
{
    struct idp_certificate certificate;
    if (!idp_certificate_parse(der, &certificate)) {
        return NULL;
    }
    if (is_ended(call, &certificate, until_us)) {
        return "revoked";
    }
    struct idp_bytes key_digest = idp_sha256(call, certificate.spki);
    return idp_key_is_compromised(call, key_digest, until_us) ? "key_compromised" : NULL;
}

const char *idp_path_ended(struct idp_call *call, const struct idp_chain_verdict *verdict,
                           int64_t until_us)
{
    const char *why = NULL;
    for (size_t i = 0; i < verdict->length && why == NULL; i++) {
        why = idp_certificate_ended(call, verdict->certificates[i], until_us);
    }
    return why;
}
