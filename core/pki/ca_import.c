/* SPDX-License-Identifier: Apache-2.0 */
/* ca_import.c - an authority whose key and certificate were made elsewhere. */
#include "core/oauth/oauth.h"
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

/* How many authorities an end's path has below one, but for those that its own name has signed
 * (RFC 5280 §4.2.1.9). */
static int64_t count_below(const struct importing *importing, size_t at)
{
    int64_t count = 0;
    for (size_t i = 0; i < at; i++) {
        const struct idp_certificate *below = &importing->chain[i];
        count += idp_bytes_equal(below->issuer, below->subject) ? 0 : 1;
    }
    return count;
}

/* What stands above it lets it be, today. */
static void place_check(struct idp_call *call, const struct importing *importing, size_t at)
{
    const struct idp_certificate *certificate = &importing->chain[at];
    int64_t most;
    bool is_ca = idp_certificate_is_ca(certificate, &most);
    if (!is_ca || (most >= 0 && most < count_below(importing, at))) {
        refuse(call, "A certificate above does not let so many authorities stand below it: its "
                     "path length is less.");
    }
    if (certificate->not_after_us <= idp_now_us(call)) {
        refuse(call,
               at == 0 ? "The certificate has expired." : "A certificate above it has expired.");
    }
    const char *why = idp_certificate_ended(call, certificate->der, IDP_TIME_MAX_US);
    if (why != NULL && strcmp(why, "revoked") == 0) {
        refuse(call, "The certificate was revoked, or one above it.");
    }
    if (why != NULL) {
        refuse(call, "A certificate of this key, or of a key above it, was revoked since somebody "
                     "else has the key.");
    }
}

static bool may_sign_lists(const struct idp_certificate *certificate)
{
    struct idp_bytes usage = idp_certificate_key_usage(certificate);
    return usage.size == 0 || (usage.data[0] & IDP_USAGE_CRL_SIGN) != 0;
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
        place_check(call, importing, i);
    }
    if (!may_sign_lists(&importing->chain[0])) {
        refuse(call, "The key of the certificate may sign no revocation lists: its keyUsage has no "
                     "cRLSign.");
    }
}

/* import_ca(name, certificate, key, options) → what it is, with its certificate */
struct idp_value idp_sql_import_ca(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *options = idp_json_object_argument(call, arguments[3], "options");
    struct importing importing;
    const struct idp_key *key;
    idp_json_members_check(call, options, "options", "replace");
    idp_tenant_lock(call);
    idp_ca_name_check(call, arguments[0].bytes);
    const struct idp_json *jwk = idp_private_jwk_of(call, arguments[2].bytes, &key);
    chain_read(call, arguments[1].bytes, &importing);
    chain_check(call, &importing);
    const struct idp_certificate *own = &importing.chain[0];
    if (!idp_bytes_equal(idp_spki_write(call, key), own->spki)) {
        refuse(call, "The certificate is not one of this key.");
    }
    struct idp_text above = {.call = call};
    int64_t from_us = own->not_before_us, till_us = own->not_after_us;
    for (size_t i = 1; i < importing.count; i++) {
        const struct idp_certificate *next = &importing.chain[i];
        idp_text_add(&above, next->der);
        from_us = next->not_before_us > from_us ? next->not_before_us : from_us;
        till_us = next->not_after_us < till_us ? next->not_after_us : till_us;
    }
    struct idp_ca ca = {.name = arguments[0].bytes,
                        .certificate = own->der,
                        .chain = idp_text_bytes(&above),
                        .subject = own->subject,
                        .key_identifier = idp_certificate_subject_key(own),
                        .not_before_us = from_us,
                        .not_after_us = till_us};
    return idp_value_json(idp_ca_store(call, &ca, jwk, idp_json_flag(call, options, "replace")));
}
