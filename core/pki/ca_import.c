/* SPDX-License-Identifier: Apache-2.0 */
/* ca_import.c - an authority whose key and certificate were made elsewhere. */
#include "core/pki/x509.h"

enum { CHAIN_COUNT_MAX = 6 };

struct importing {
    size_t count;
    struct idp_certificate chain[CHAIN_COUNT_MAX]; /* the authority first */
};

static void refuse(struct idp_call *call, const char *sentence) IDP_NORETURN;
static void refuse(struct idp_call *call, const char *sentence)
{
    idp_fail_with(call, IDP_INVALID_ARGUMENT, "%s", sentence);
}

static void chain_read(struct idp_call *call, struct idp_bytes text, struct importing *out)
{
    out->count = 0;
    while (text.size > 0) {
        struct idp_bytes der = idp_pem_take(call, &text, "CERTIFICATE");
        if (der.data == NULL || out->count == CHAIN_COUNT_MAX ||
            !idp_certificate_parse(der, &out->chain[out->count])) {
            refuse(call, "The certificate is PEM of version 3, followed by those above it; six at "
                         "most, and nothing else.");
        }
        out->count++;
    }
    if (out->count == 0) {
        refuse(call, "The certificate is PEM, followed by those above it.");
    }
}

static bool may_sign(const struct idp_certificate *certificate)
{
    struct idp_bytes usage = idp_certificate_key_usage(certificate);
    int64_t path_length;
    return idp_certificate_is_ca(certificate, &path_length) &&
           idp_certificate_subject_key(certificate).size > 0 &&
           (usage.size == 0 || (usage.data[0] & IDP_USAGE_KEY_CERT_SIGN) != 0);
}

static bool is_signed_by(struct idp_call *call, const struct idp_certificate *certificate,
                         const struct idp_certificate *issuer)
{
    const char *why;
    const struct idp_key *key = idp_spki_read(call, issuer->spki, &why);
    return key != NULL && idp_bytes_equal(certificate->issuer, issuer->subject) &&
           idp_x509_verify(call, key, certificate->algorithm, certificate->to_be_signed,
                           certificate->signature) == NULL;
}

/* Each is signed by the next one, the last one by itself: verifiers are given all of it. */
static void chain_check(struct idp_call *call, const struct importing *importing)
{
    for (size_t i = 0; i < importing->count; i++) {
        const struct idp_certificate *certificate = &importing->chain[i];
        bool is_last = i + 1 == importing->count;
        if (!may_sign(certificate)) {
            refuse(call, "Each certificate is one of an authority: CA:TRUE, keyCertSign, with a "
                         "subject key identifier.");
        }
        if (!is_signed_by(call, certificate, is_last ? certificate : certificate + 1)) {
            refuse(call, "Each certificate is signed by the next one, and the last one by itself.");
        }
    }
    if (importing->chain[0].not_after_us <= idp_now_us(call)) {
        refuse(call, "The certificate has expired.");
    }
}

/* import_ca(name, certificate, key, options) → what it is, with its certificate */
struct idp_value idp_sql_import_ca(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *options = idp_json_object_argument(call, arguments[3], "options");
    struct importing importing;
    const struct idp_key *key;
    call->host->begin(call);
    idp_ca_name_check(call, arguments[0].bytes);
    const struct idp_json *jwk = idp_private_jwk_of(call, arguments[2].bytes, &key);
    chain_read(call, arguments[1].bytes, &importing);
    chain_check(call, &importing);
    const struct idp_certificate *own = &importing.chain[0];
    if (!idp_bytes_equal(idp_spki_write(call, key), own->spki)) {
        refuse(call, "The certificate is not one of this key.");
    }
    struct idp_text above = {.call = call};
    for (size_t i = 1; i < importing.count; i++) {
        idp_text_add(&above, importing.chain[i].der);
    }
    struct idp_ca ca = {.name = arguments[0].bytes,
                        .certificate = own->der,
                        .chain = idp_text_bytes(&above),
                        .subject = own->subject,
                        .key_identifier = idp_certificate_subject_key(own),
                        .not_before_us = own->not_before_us,
                        .not_after_us = own->not_after_us};
    return idp_value_json(idp_ca_store(call, &ca, jwk, idp_json_is_true(options, "replace")));
}
