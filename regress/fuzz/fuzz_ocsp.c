/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_ocsp.c - any bytes as a question about certificates (RFC 6960): there is an answer, and no
 * raise. An answer about certificates is signed, and OpenSSL finds in it what it finds in the same
 * question: which they are, and the nonce.
 *
 * The input: the refused block; what is known of the certificates; the question. The authority has
 * the key of RFC 8037 A.1. */
#include "core/jose/key.h"
#include "core/pki/x509.h"
#include "regress/fuzz/input.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum known { NOT_ISSUED, VALID, REVOKED, SUPERSEDED, LAPSED, NO_AUTHORITY, KNOWN_COUNT };

static const struct idp_bytes subject =
    IDP_LITERAL("\x30\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04"
                "Fuzz");
static const struct idp_bytes spki =
    IDP_LITERAL("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"
                "\xd7\x5a\x98\x01\x82\xb1\x0a\xb7\xd5\x4b\xfe\xd3\xc9\x64\x07\x3a"
                "\x0e\xe1\x72\xf3\xda\xa6\x23\x25\xaf\x02\x1a\x68\xf7\x07\x51\x1a");
static const char private_key[] =
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\","
    "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";

/* ---- what the tables have ---- */

static struct idp_bytes certificate_of(struct idp_call *call)
{
    const char *why;
    bool is_doubtful;
    const struct idp_json *jwk = idp_json_read(call, idp_bytes_of(private_key), &why);
    struct idp_bytes extension = idp_basic_constraints(call, true, -1);
    struct idp_certificate_plan plan = {.serial = IDP_LITERAL("\x01"),
                                        .issuer = subject,
                                        .subject = subject,
                                        .spki = spki,
                                        .not_after_us = IDP_TIME_MAX_US,
                                        .extensions = &extension,
                                        .extension_count = 1};
    return idp_certificate_make(call, idp_jwk_read(call, jwk, true, &is_doubtful), &plan);
}

static struct host_answer authority(struct idp_call *call, bool is_whole)
{
    static struct idp_value row[13];
    struct idp_bytes name = idp_bytes_of("default@1");
    struct idp_bytes context = idp_ca_seal_context(call, idp_tenant(call), name);
    struct idp_value whole[] = {idp_value_text(idp_bytes_of("default")),
                                idp_value_integer(1),
                                idp_value_blob(certificate_of(call)),
                                idp_value_blob(idp_bytes_of("")),
                                idp_value_blob(subject),
                                idp_value_blob(idp_key_identifier(call, spki)),
                                idp_value_blob(idp_seal(call, idp_bytes_of(private_key), context)),
                                idp_value_time(0),
                                idp_value_time(IDP_TIME_MAX_US),
                                idp_value_text(name),
                                idp_value_text(name),
                                idp_value_text(idp_bytes_of("active")),
                                idp_null()};
    _Static_assert(sizeof whole == sizeof row, "a value for each column");
    memcpy(row, whole, sizeof row);
    if (!is_whole) {
        row[0] = whole[9];
        row[1] = whole[4];
    }
    return (struct host_answer){row, 1, 0};
}

static struct host_answer status(enum known known)
{
    static struct idp_value row[5];
    struct idp_value past = idp_value_time(IDP_SECOND_US);
    row[0] = idp_value_text(idp_bytes_of(known == REVOKED ? "revoked" : "valid"));
    row[1] = known == REVOKED ? idp_value_text(idp_bytes_of("keyCompromise")) : idp_null();
    row[2] = known == REVOKED ? past : idp_null();
    row[3] = known == SUPERSEDED || known == LAPSED ? past : idp_null();
    row[4] = known == LAPSED ? past : idp_null();
    return (struct host_answer){row, known != NOT_ISSUED, 0};
}

static struct host_answer improvise(struct idp_call *call, const struct idp_statement *statement)
{
    const enum known *known = ((struct host *)call->context)->improvise_data;
    if (strcmp(statement->columns, "ttzzz") == 0)
        return status(*known);
    bool is_whole = strcmp(statement->columns, "tixxxxxzztttz") == 0;
    if (*known != NO_AUTHORITY && (is_whole || strcmp(statement->columns, "txx") == 0))
        return authority(call, is_whole);
    return (struct host_answer){0};
}

/* ---- what must hold ---- */

static bool is_signed(struct idp_call *call, OCSP_BASICRESP *basic)
{
    struct idp_bytes der = certificate_of(call);
    const unsigned char *at = (const unsigned char *)der.data;
    X509 *certificate = d2i_X509(NULL, &at, (long)der.size);
    STACK_OF(X509) *signers = sk_X509_new_null();
    X509_STORE *store = X509_STORE_new();
    bool is_good = certificate && signers && store && sk_X509_push(signers, certificate) > 0 &&
                   OCSP_basic_verify(basic, signers, store, OCSP_NOVERIFY) == 1;
    X509_STORE_free(store);
    sk_X509_free(signers);
    X509_free(certificate);
    return is_good;
}

static int expected(enum known known)
{
    return known == NOT_ISSUED ? V_OCSP_CERTSTATUS_UNKNOWN
           : known == VALID    ? V_OCSP_CERTSTATUS_GOOD
                               : V_OCSP_CERTSTATUS_REVOKED;
}

/* What the authority has not issued is unknown, whatever the tables have. */
static bool is_about(OCSP_BASICRESP *basic, OCSP_REQUEST *question, enum known known)
{
    int count = OCSP_request_onereq_count(question);
    bool is_same = OCSP_resp_count(basic) == count && OCSP_check_nonce(question, basic) > 0;
    for (int i = 0; is_same && i < count; i++) {
        OCSP_CERTID *asked = OCSP_onereq_get0_id(OCSP_request_onereq_get0(question, i));
        OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
        int found = OCSP_single_get0_status(single, NULL, NULL, NULL, NULL);
        is_same = OCSP_id_cmp(asked, OCSP_SINGLERESP_get0_id(single)) == 0 &&
                  (found == expected(known) || (i > 0 && found == V_OCSP_CERTSTATUS_UNKNOWN));
    }
    return is_same;
}

static void check_answer(struct idp_call *call, OCSP_RESPONSE *answer, struct idp_bytes question,
                         enum known known)
{
    const unsigned char *at = (const unsigned char *)question.data;
    OCSP_REQUEST *request = d2i_OCSP_REQUEST(NULL, &at, (long)question.size);
    OCSP_BASICRESP *basic = OCSP_response_get1_basic(answer);
    bool is_good = basic != NULL && known != NO_AUTHORITY && is_signed(call, basic) &&
                   (request == NULL || is_about(basic, request, known));
    OCSP_BASICRESP_free(basic);
    OCSP_REQUEST_free(request);
    host_require(is_good);
}

static void check(struct idp_call *call, struct idp_bytes *rest)
{
    enum known known = input_byte(rest) % KNOWN_COUNT;
    struct idp_value question = idp_value_blob(*rest);
    struct host *host = call->context;
    host->improvise = improvise;
    host->improvise_data = &known;
    struct idp_value value = input_call(call, "ocsp", &question, 1, 0);
    if (value.kind == 0)
        return;
    const unsigned char *at = (const unsigned char *)value.bytes.data;
    OCSP_RESPONSE *answer = d2i_OCSP_RESPONSE(NULL, &at, (long)value.bytes.size);
    host_require(answer != NULL && (const char *)at == value.bytes.data + value.bytes.size);
    if (OCSP_response_status(answer) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
        check_answer(call, answer, *rest, known);
    OCSP_RESPONSE_free(answer);
    ERR_clear_error();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, check);
}
