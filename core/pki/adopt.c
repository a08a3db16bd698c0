/* SPDX-License-Identifier: Apache-2.0 */
/* adopt.c - a certificate that an authority of the tenant has signed, and that has no row: whoever
 * signed it has rolled back, or the row was lost with a database. Its signature says whose it is.
 */
#include "core/oauth/oauth.h"
#include "core/pki/x509.h"

enum { ISSUERS, FIND };

const struct idp_statement idp_adopt_statements[] = {
    [ISSUERS] = {"SELECT ca_id, certificate FROM idplane.certificate_authority"
                 " WHERE tenant = $1 AND subject_name = $2 ORDER BY ca_id",
                 "tx", "tx"},
    [FIND] = {"SELECT certificate FROM idplane.certificate WHERE tenant = $1 AND serial = $2", "tt",
              "x"},
};
const size_t idp_adopt_statement_count = IDP_COUNT(idp_adopt_statements);

static bool is_signed_by(struct idp_call *call, const struct idp_certificate *certificate,
                         struct idp_bytes issuer)
{
    const char *why;
    struct idp_certificate read;
    const struct idp_key *key =
        idp_certificate_parse(issuer, &read) ? idp_spki_read(call, read.spki, &why) : NULL;
    return key != NULL &&
           idp_x509_verify(call, key, certificate->algorithm, certificate->to_be_signed,
                           certificate->signature) == NULL;
}

/* data NULL: none of the tenant's. */
static struct idp_bytes issuer_find(struct idp_call *call,
                                    const struct idp_certificate *certificate)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)),
                              idp_value_blob(certificate->issuer)};
    struct idp_rows rows = idp_run(call, &idp_adopt_statements[ISSUERS], key);
    for (size_t i = 0; i < rows.count; i++) {
        const struct idp_value *row = rows.values + i * rows.columns;
        if (is_signed_by(call, certificate, idp_text_of(row[1]))) {
            return idp_text_of(row[0]);
        }
    }
    return (struct idp_bytes){NULL, 0};
}

static void row_write(struct idp_call *call, const struct idp_ca *ca,
                      const struct idp_certificate *certificate)
{
    int64_t path_length;
    struct idp_name subject;
    bool is_read = idp_name_read(call, certificate->subject, &subject) == NULL;
    bool is_named = is_read && subject.common_name.data != NULL;
    bool is_ca = idp_certificate_is_ca(certificate, &path_length);
    struct idp_issued_row issued = {
        .ca = ca,
        .serial = idp_certificate_serial(call, certificate),
        .profile = idp_bytes_of(is_ca ? IDP_AUTHORITY_PROFILE : IDP_UNRECORDED_PROFILE),
        .subject = is_read ? subject.text : idp_bytes_of(""),
        .common_name = is_named ? subject.common_name : idp_bytes_of(""),
        .key_digest = idp_sha256(call, certificate->spki),
        .certificate = certificate->der,
        .not_before_us = certificate->not_before_us,
        .not_after_us = certificate->not_after_us};
    idp_issued_write(call, &issued);
}

/* A serial is one row. */
static void same_check(struct idp_call *call, struct idp_bytes stored, struct idp_bytes der)
{
    if (!idp_bytes_equal(stored, der)) {
        idp_fail_with(
            call, IDP_INVALID_ARGUMENT,
            "The serial of the certificate is that of another one, which has a row, and "
            "only that can be revoked here. Where this one must not be trusted, revoke the "
            "authority that signed it.");
    }
}

bool idp_certificate_adopt(struct idp_call *call, struct idp_bytes text, struct idp_bytes *serial)
{
    struct idp_certificate_facts facts;
    struct idp_certificate certificate;
    size_t count;
    if (!idp_certificates_read(call, text, &facts, 1, &count) ||
        !idp_certificate_parse(facts.der, &certificate)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The argument serial is a serial in hexadecimal, or one certificate in PEM.");
    }
    struct idp_bytes ca_id = issuer_find(call, &certificate);
    *serial = facts.serial;
    if (ca_id.data == NULL) {
        return false;
    }
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(*serial)};
    idp_tenant_lock(call); /* of two at once the second finds the row of the first */
    const struct idp_value *row = idp_run_one(call, &idp_adopt_statements[FIND], key);
    if (row != NULL) {
        same_check(call, idp_text_of(row[0]), certificate.der);
    } else {
        struct idp_ca ca = idp_ca_load(call, ca_id);
        row_write(call, &ca, &certificate);
    }
    return true;
}
