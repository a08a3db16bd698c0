/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_der.c - any bytes as DER: what is read has one spelling, which is written again; numbers,
 * times and identifiers are what OpenSSL reads in the same bytes. */
#include "regress/fuzz/input.h"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH_MAX = 24, CONSTRUCTED = 0x20 };

/* ---- values ---- */

static void check_number(struct idp_call *call, struct idp_bytes whole)
{
    const unsigned char *at = (const unsigned char *)whole.data;
    struct idp_bytes rest = whole, magnitude;

    if (!idp_der_take_number(&rest, &magnitude))
        return;
    host_require(idp_bytes_equal(idp_der_number(call, magnitude), whole));

    ASN1_INTEGER *integer = d2i_ASN1_INTEGER(NULL, &at, (long)whole.size);
    BIGNUM *number = BN_bin2bn((const unsigned char *)magnitude.data, (int)magnitude.size, NULL);
    BIGNUM *other = integer ? ASN1_INTEGER_to_BN(integer, NULL) : NULL;
    bool is_same = number && other && BN_cmp(number, other) == 0;

    ASN1_INTEGER_free(integer);
    BN_free(number);
    BN_free(other);
    host_require(is_same);
}

static void check_bits(struct idp_call *call, struct idp_bytes whole)
{
    struct idp_bytes rest = whole, bits;

    if (idp_der_take_bits(&rest, &bits))
        host_require(idp_bytes_equal(idp_der_bits(call, bits), whole));
}

static void check_time(struct idp_call *call, struct idp_bytes whole)
{
    const unsigned char *at = (const unsigned char *)whole.data;
    struct idp_bytes rest = whole;
    int64_t time_us, again_us;
    struct tm tm;

    if (!idp_der_take_time(&rest, &time_us))
        return;

    ASN1_TIME *time = d2i_ASN1_TIME(NULL, &at, (long)whole.size);
    bool is_same =
        time && ASN1_TIME_to_tm(time, &tm) == 1 && timegm(&tm) == (time_t)(time_us / IDP_SECOND_US);

    ASN1_TIME_free(time);
    host_require(is_same);
    if (time_us < 0)
        return; /* clock.c has no such years */
    struct idp_bytes written[] = {idp_der_time(call, time_us),
                                  idp_der_generalized_time(call, time_us)};
    for (size_t i = 0; i < IDP_COUNT(written); i++)
        host_require(idp_der_take_time(&written[i], &again_us) && again_us == time_us);
}

static void check_identifier(struct idp_call *call, struct idp_bytes contents)
{
    struct idp_bytes text = idp_der_oid_text(call, contents);
    struct idp_bytes again = idp_der_oid_contents(call, text);

    host_require(again.data == NULL || idp_bytes_equal(again, contents));
}

static void check_value(struct idp_call *call, const struct idp_der *value)
{
    const unsigned char *at = (const unsigned char *)value->whole.data;

    host_require(idp_bytes_equal(idp_der_put(call, value->tag, value->contents), value->whole));
    check_number(call, value->whole);
    check_bits(call, value->whole);
    check_time(call, value->whole);
    if (value->tag != IDP_DER_OID)
        return;

    ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &at, (long)value->whole.size);

    ASN1_OBJECT_free(object);
    host_require(object != NULL);
    check_identifier(call, value->contents);
}

/* ---- all of them ---- */

/* What is DER to the bottom can be read by OpenSSL. */
static void check_values(struct idp_call *call, struct idp_bytes bytes)
{
    struct idp_bytes whole = idp_der_put(call, IDP_DER_SEQUENCE, bytes), rest = bytes;
    const unsigned char *at = (const unsigned char *)whole.data;

    idp_der_skip(&rest, bytes.size > 0 ? (unsigned char)bytes.data[0] : 0);
    host_require(rest.size <= bytes.size);
    if (!idp_der_are_values(bytes))
        return;
    host_require(bytes.size == 0 || rest.size < bytes.size);

    ASN1_SEQUENCE_ANY *values = d2i_ASN1_SEQUENCE_ANY(NULL, &at, (long)whole.size);

    sk_ASN1_TYPE_pop_free(values, ASN1_TYPE_free);
    host_require(values != NULL);
}

static void walk(struct idp_call *call, struct idp_bytes bytes, int depth)
{
    struct idp_bytes rest = bytes;
    struct idp_der value;

    while (depth < DEPTH_MAX && idp_der_next(&rest, &value)) {
        host_require(value.whole.data >= bytes.data &&
                     value.whole.data + value.whole.size == rest.data);
        host_require(rest.data + rest.size == bytes.data + bytes.size);
        check_value(call, &value);
        if ((value.tag & CONSTRUCTED) != 0)
            walk(call, value.contents, depth + 1);
    }
}

/* Any text as an identifier, and any bytes as the contents of values. */
static void check_texts(struct idp_call *call, struct idp_bytes bytes)
{
    static const unsigned char tags[] = {IDP_DER_INTEGER, IDP_DER_BIT_STRING, IDP_DER_OID,
                                         IDP_DER_UTC_TIME, IDP_DER_GENERALIZED_TIME};
    struct idp_bytes contents = idp_der_oid_contents(call, bytes);

    if (contents.data != NULL)
        host_require(idp_bytes_equal(idp_der_oid_text(call, contents), bytes));
    for (size_t i = 0; i < IDP_COUNT(tags); i++)
        walk(call, idp_der_put(call, tags[i], bytes), 0);
    host_require(idp_der_only(idp_der_put(call, IDP_DER_SEQUENCE, bytes), IDP_DER_SEQUENCE, NULL));
}

/* The first bytes as a number that is written. */
static void check_integer(struct idp_call *call, struct idp_bytes bytes)
{
    uint64_t number = 0, again = 0;
    struct idp_bytes magnitude = {NULL, 0};

    for (size_t i = 0; i < bytes.size && i < sizeof number; i++)
        number = number << 8 | (unsigned char)bytes.data[i];
    struct idp_bytes der = idp_der_integer(call, number);
    host_require(idp_der_take_number(&der, &magnitude) && der.size == 0);
    for (size_t i = 0; i < magnitude.size; i++)
        again = again << 8 | (unsigned char)magnitude.data[i];
    host_require(number == again);
}

static void check(struct idp_call *call, struct idp_bytes *rest)
{
    walk(call, *rest, 0);
    check_values(call, *rest);
    check_texts(call, *rest);
    check_integer(call, *rest);
    ERR_clear_error(); /* of OpenSSL's own reading here */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, check);
}
