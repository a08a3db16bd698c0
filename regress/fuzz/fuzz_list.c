/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_list.c - any bytes as a revocation list: what is taken is what OpenSSL reads in the same
 * bytes, issuer, number, times and how many it lists.
 *
 * The input: the refused block; whether the rest is a list, or what one says behind its version, so
 * that what is signed is reached without a signature around it being found. */
#include "core/pki/list.h"
#include "regress/fuzz/input.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct idp_bytes algorithm = IDP_LITERAL("\x30\x05\x06\x03\x2b\x65\x70");

/* A list that says this: version and algorithm before it, any signature behind. */
static struct idp_bytes wrap(struct idp_call *call, struct idp_bytes said)
{
    struct idp_bytes parts[] = {idp_der_integer(call, 1), algorithm, said};
    struct idp_bytes list[] = {idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts)),
                               algorithm, idp_der_bits(call, idp_bytes_of("signature"))};

    return idp_der_wrap(call, IDP_DER_SEQUENCE, list, IDP_COUNT(list));
}

static X509_CRL *crl_of(struct idp_bytes der)
{
    const unsigned char *at = (const unsigned char *)der.data;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)der.size);

    if (crl && at != (const unsigned char *)der.data + der.size) {
        X509_CRL_free(crl);
        crl = NULL;
    }
    return crl;
}

static bool is_time(const ASN1_TIME *time, int64_t time_us)
{
    ASN1_TIME *ours = ASN1_TIME_set(NULL, (time_t)(time_us / IDP_SECOND_US));
    bool is_same = ours && ASN1_TIME_compare(time, ours) == 0;

    ASN1_TIME_free(ours);
    return is_same;
}

static bool is_number(const X509_CRL *crl, struct idp_bytes number)
{
    ASN1_INTEGER *theirs = X509_CRL_get_ext_d2i(crl, NID_crl_number, NULL, NULL);
    BIGNUM *left = theirs ? ASN1_INTEGER_to_BN(theirs, NULL) : NULL;
    BIGNUM *right = BN_bin2bn((const unsigned char *)number.data, (int)number.size, NULL);
    bool is_same = left && right && BN_cmp(left, right) == 0;

    BN_free(left);
    BN_free(right);
    ASN1_INTEGER_free(theirs);
    return is_same;
}

static void check_taken(struct idp_bytes der, const struct idp_list *list)
{
    unsigned char *issuer = NULL;
    X509_CRL *crl = crl_of(der);

    if (!crl)
        return; /* what it looks into is more than what is looked into here: import_crl() asks it */
    int size = i2d_X509_NAME(X509_CRL_get_issuer(crl), &issuer);
    bool is_issuer = size >= 0 && (size_t)size == list->issuer.size &&
                     memcmp(issuer, list->issuer.data, list->issuer.size) == 0;
    int count = sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl));
    bool is_same = X509_CRL_get_version(crl) == 1 &&
                   is_time(X509_CRL_get0_lastUpdate(crl), list->this_update_us) &&
                   is_time(X509_CRL_get0_nextUpdate(crl), list->next_update_us) &&
                   (count < 0 ? 0 : count) == list->revoked_count && is_number(crl, list->number);

    OPENSSL_free(issuer);
    X509_CRL_free(crl);
    host_require(is_issuer && is_same);
}

static bool is_reason(const char *why)
{
    return idp_word_in(idp_bytes_of("format number critical_extension"), idp_bytes_of(why));
}

static void check(struct idp_call *call, struct idp_bytes *rest)
{
    bool is_whole = input_byte(rest) % 2 == 0;
    struct idp_bytes der = is_whole ? *rest : wrap(call, *rest);
    struct idp_list list;
    const char *why = idp_list_read(der, &list);

    host_require(why == NULL || is_reason(why));
    if (why == NULL)
        check_taken(der, &list);
    ERR_clear_error();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, check);
}
