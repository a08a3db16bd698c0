/* SPDX-License-Identifier: Apache-2.0 */
/* ocsp.c - what is known of certificates now, signed by the authority itself (RFC 6960). A request
 * names the key of its issuer, so that every generation answers for its own. */
#include "core/pki/x509.h"

#include <openssl/evp.h>

enum { LIFETIME_S = 3600, HASH_SIZE = 20 };
enum { SUCCESSFUL = 0, MALFORMED = 1, UNAUTHORIZED = 6 };

enum { ALL };

const struct idp_statement idp_ocsp_statements[] = {
    [ALL] = {"SELECT ca_id, subject_name, certificate FROM idplane.certificate_authority"
             " WHERE tenant = $1 ORDER BY ca_id",
             "t", "txx", true},
};
const size_t idp_ocsp_statement_count = IDP_COUNT(idp_ocsp_statements);

#define OID_PKIX_OCSP "\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01"
static const struct idp_bytes basic_response = IDP_LITERAL(OID_PKIX_OCSP "\x01");
static const struct idp_bytes nonce_oid = IDP_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01\x02");
static const struct idp_bytes nonce_whole = IDP_LITERAL(OID_PKIX_OCSP "\x02");

/* ---- the request ---- */

/* One certificate that is asked for. */
struct asked {
    struct idp_bytes whole, name_hash, key_hash, serial;
    bool is_sha256;
};

struct asking {
    size_t count;
    struct asked items[IDP_OCSP_CERTIFICATE_COUNT_MAX];
    struct idp_bytes nonce; /* the value of its extension; data NULL: none */
};

/* SHA-1, which is what nearly all clients ask by, or SHA-256. */
static bool hash_take(struct idp_bytes *rest, bool *is_sha256)
{
    static const struct idp_bytes sha1 = IDP_LITERAL("\x2b\x0e\x03\x02\x1a");
    static const struct idp_bytes sha256 = IDP_LITERAL("\x60\x86\x48\x01\x65\x03\x04\x02\x01");
    struct idp_bytes algorithm, oid;
    if (!idp_der_take(rest, IDP_DER_SEQUENCE, &algorithm) ||
        !idp_der_take(&algorithm, IDP_DER_OID, &oid) ||
        (algorithm.size != 0 && !idp_der_only(algorithm, IDP_DER_NULL, NULL))) {
        return false;
    }
    *is_sha256 = idp_bytes_equal(oid, sha256);
    return *is_sha256 || idp_bytes_equal(oid, sha1);
}

static bool asked_take(struct idp_bytes *list, struct asked *out)
{
    struct idp_bytes request, id;
    struct idp_der certificate_id;
    if (!idp_der_take(list, IDP_DER_SEQUENCE, &request) ||
        !idp_der_next(&request, &certificate_id) || certificate_id.tag != IDP_DER_SEQUENCE) {
        return false;
    }
    idp_der_skip(&request, IDP_DER_EXPLICIT); /* extensions of the single one */
    id = certificate_id.contents;
    out->whole = certificate_id.whole;
    return request.size == 0 && hash_take(&id, &out->is_sha256) &&
           idp_der_take(&id, IDP_DER_OCTET_STRING, &out->name_hash) &&
           idp_der_take(&id, IDP_DER_OCTET_STRING, &out->key_hash) &&
           idp_der_take_number(&id, &out->serial) && id.size == 0;
}

static bool nonce_read(struct idp_bytes extensions, struct asking *out)
{
    struct idp_extensions read;
    if (idp_extensions_read(extensions, &read) != NULL) {
        return false;
    }
    for (size_t i = 0; i < read.count; i++) {
        if (idp_bytes_equal(read.items[i].oid, nonce_oid)) {
            struct idp_bytes octets;
            out->nonce = read.items[i].value;
            return idp_der_only(out->nonce, IDP_DER_OCTET_STRING, &octets) && octets.size > 0 &&
                   octets.size <= IDP_OCSP_NONCE_SIZE_MAX;
        }
    }
    return true;
}

/* A signature of the request says nothing here: whoever asks is answered. */
static bool request_read(struct idp_bytes der, struct asking *out)
{
    struct idp_bytes request, info, version, list, extensions;
    out->count = 0;
    out->nonce = (struct idp_bytes){NULL, 0};
    if (der.size > IDP_OCSP_REQUEST_SIZE_MAX || !idp_der_only(der, IDP_DER_SEQUENCE, &request) ||
        !idp_der_take(&request, IDP_DER_SEQUENCE, &info)) {
        return false;
    }
    bool has_version = idp_der_take(&info, IDP_DER_EXPLICIT, &version);
    idp_der_skip(&info, IDP_DER_EXPLICIT + 1); /* who asks */
    if (has_version || !idp_der_take(&info, IDP_DER_SEQUENCE, &list)) {
        return false;
    }
    while (list.size > 0) {
        if (out->count == IDP_OCSP_CERTIFICATE_COUNT_MAX ||
            !asked_take(&list, &out->items[out->count++])) {
            return false;
        }
    }
    bool has_extensions = idp_der_take(&info, IDP_DER_EXPLICIT + 2, &extensions);
    return out->count > 0 && info.size == 0 && (!has_extensions || nonce_read(extensions, out));
}

/* ---- whose they are ---- */

static struct idp_bytes hash_of(struct idp_call *call, struct idp_bytes bytes, bool is_sha256)
{
    unsigned char *digest = idp_allocate(call, EVP_MAX_MD_SIZE);
    size_t size = 0;
    if (EVP_Q_digest(NULL, is_sha256 ? "SHA2-256" : "SHA1", NULL, bytes.data, bytes.size, digest,
                     &size) != 1) {
        idp_fail(call, IDP_CRYPTO);
    }
    return (struct idp_bytes){(const char *)digest, size};
}

static bool is_of(struct idp_call *call, const struct asked *asked, struct idp_bytes subject,
                  struct idp_bytes certificate)
{
    struct idp_bytes bits = idp_certificate_key_bits(certificate);
    return idp_bytes_equal(asked->name_hash, hash_of(call, subject, asked->is_sha256)) &&
           idp_bytes_equal(asked->key_hash, hash_of(call, bits, asked->is_sha256));
}

static bool issuer_find(struct idp_call *call, const struct asked *asked, struct idp_ca *out)
{
    struct idp_value tenant = idp_value_text(idp_tenant(call));
    struct idp_rows rows = idp_run(call, &idp_ocsp_statements[ALL], &tenant);
    for (size_t i = 0; i < rows.count; i++) {
        const struct idp_value *row = rows.values + i * rows.columns;
        if (is_of(call, asked, idp_text_of(row[1]), idp_text_of(row[2]))) {
            return idp_ca_find(call, idp_text_of(row[0]), out);
        }
    }
    return false;
}

/* ---- the answer ---- */

static struct idp_bytes status_of(struct idp_call *call,
                                  const struct idp_certificate_status *status)
{
    static const struct idp_bytes good = IDP_LITERAL("\x80\x00"), unknown = IDP_LITERAL("\x82\x00");
    char enumerated[] = {0x0a, 1, (char)status->reason};
    struct idp_bytes reason = {enumerated, sizeof enumerated};
    if (!status->is_known) {
        return unknown;
    }
    if (!status->is_revoked) {
        return good;
    }
    struct idp_bytes parts[] = {idp_der_generalized_time(call, status->revoked_us),
                                idp_der_put(call, IDP_DER_EXPLICIT, reason)};
    return idp_der_wrap(call, IDP_DER_EXPLICIT + 1, parts, IDP_COUNT(parts));
}

/* Who asks for what this authority did not issue is told that it is not known. */
static struct idp_bytes single_of(struct idp_call *call, const struct idp_ca *ca,
                                  const struct asked *asked)
{
    int64_t now_us = idp_now_us(call);
    struct idp_certificate_status status = {.is_known = false};
    if (is_of(call, asked, ca->subject, ca->certificate)) {
        status = idp_certificate_status_of(call, ca, asked->serial);
    }
    struct idp_bytes next = idp_der_generalized_time(call, now_us + LIFETIME_S * IDP_SECOND_US);
    struct idp_bytes parts[] = {asked->whole, status_of(call, &status),
                                idp_der_generalized_time(call, now_us),
                                idp_der_put(call, IDP_DER_EXPLICIT, next)};
    return idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts));
}

static struct idp_bytes nonce_of(struct idp_call *call, struct idp_bytes nonce)
{
    if (nonce.data == NULL) {
        return (struct idp_bytes){"", 0};
    }
    struct idp_bytes extension = idp_extension_of(call, nonce_whole, false, nonce);
    return idp_der_put(call, IDP_DER_EXPLICIT + 1, idp_der_put(call, IDP_DER_SEQUENCE, extension));
}

static struct idp_bytes basic_of(struct idp_call *call, const struct idp_ca *ca,
                                 const struct asking *asking)
{
    struct idp_text singles = {.call = call};
    struct idp_bytes key_hash = hash_of(call, idp_certificate_key_bits(ca->certificate), false);
    for (size_t i = 0; i < asking->count; i++) {
        idp_text_add(&singles, single_of(call, ca, &asking->items[i]));
    }
    struct idp_bytes responder = idp_der_put(call, IDP_DER_OCTET_STRING, key_hash);
    struct idp_bytes parts[] = {
        idp_der_put(call, IDP_DER_EXPLICIT + 2, responder),
        idp_der_generalized_time(call, idp_now_us(call)),
        idp_der_put(call, IDP_DER_SEQUENCE, idp_text_bytes(&singles)),
        nonce_of(call, asking->nonce),
    };
    return idp_x509_wrap(call, ca->key,
                         idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts)));
}

/* `basic` data NULL: there is nothing but the status. */
static struct idp_bytes response_of(struct idp_call *call, char status, struct idp_bytes basic)
{
    char enumerated[] = {0x0a, 1, status};
    struct idp_bytes parts[] = {{enumerated, sizeof enumerated}, {"", 0}};
    if (basic.data != NULL) {
        struct idp_bytes typed[] = {basic_response, idp_der_put(call, IDP_DER_OCTET_STRING, basic)};
        parts[1] = idp_der_put(call, IDP_DER_EXPLICIT,
                               idp_der_wrap(call, IDP_DER_SEQUENCE, typed, IDP_COUNT(typed)));
    }
    return idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts));
}

/* One key signs the answer: that of the issuer of the first certificate. */
struct idp_bytes idp_ocsp_answer(struct idp_call *call, struct idp_bytes request)
{
    struct asking asking;
    struct idp_ca ca;
    struct idp_bytes nothing = {NULL, 0};
    if (!request_read(request, &asking)) {
        return response_of(call, MALFORMED, nothing);
    }
    if (!issuer_find(call, &asking.items[0], &ca)) {
        return response_of(call, UNAUTHORIZED, nothing);
    }
    return response_of(call, SUCCESSFUL, basic_of(call, &ca, &asking));
}

/* ocsp(request) → DER */
struct idp_value idp_sql_ocsp(struct idp_call *call, const struct idp_value *arguments)
{
    return idp_value_blob(idp_ocsp_answer(call, arguments[0].bytes));
}
