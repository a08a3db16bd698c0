/* SPDX-License-Identifier: Apache-2.0 */
/* certificate.c - makes certificates (RFC 5280 §4.1) of what somebody has decided they say. */
#include "core/pki/x509.h"

#define OID_CE "\x06\x03\x55\x1d"

/* ---- extensions ---- */

struct idp_bytes idp_basic_constraints(struct idp_call *call, bool is_ca, int64_t path_length)
{
    static const struct idp_bytes oid = IDP_LITERAL(OID_CE "\x13");
    static const struct idp_bytes yes = IDP_LITERAL("\x01\x01\xff");
    struct idp_bytes parts[2] = {{"", 0}, {"", 0}};
    if (is_ca) {
        parts[0] = yes;
    }
    if (is_ca && path_length >= 0) {
        parts[1] = idp_der_integer(call, (uint64_t)path_length);
    }
    return idp_extension_of(call, oid, true,
                            idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts)));
}

struct idp_bytes idp_key_usage(struct idp_call *call, unsigned char bits)
{
    static const struct idp_bytes oid = IDP_LITERAL(OID_CE "\x0f");
    char value[2] = {(char)__builtin_ctz(bits), (char)bits}; /* the bits that are not used first */
    return idp_extension_of(
        call, oid, true,
        idp_der_put(call, IDP_DER_BIT_STRING, (struct idp_bytes){value, sizeof value}));
}

struct idp_bytes idp_subject_key_identifier(struct idp_call *call, struct idp_bytes identifier)
{
    static const struct idp_bytes oid = IDP_LITERAL(OID_CE "\x0e");
    return idp_extension_of(call, oid, false, idp_der_put(call, IDP_DER_OCTET_STRING, identifier));
}

struct idp_bytes idp_authority_key_identifier(struct idp_call *call, struct idp_bytes identifier)
{
    static const struct idp_bytes oid = IDP_LITERAL(OID_CE "\x23");
    struct idp_bytes value = idp_der_put(call, IDP_DER_CONTEXT, identifier);
    return idp_extension_of(call, oid, false, idp_der_put(call, IDP_DER_SEQUENCE, value));
}

/* One point, by its full name, a URL. */
struct idp_bytes idp_crl_distribution_point(struct idp_call *call, struct idp_bytes url)
{
    static const struct idp_bytes oid = IDP_LITERAL(OID_CE "\x1f");
    static const unsigned char inside_out[] = {IDP_DER_CONTEXT + 6, IDP_DER_EXPLICIT,
                                               IDP_DER_EXPLICIT, IDP_DER_SEQUENCE,
                                               IDP_DER_SEQUENCE};
    struct idp_bytes value = url;
    for (size_t i = 0; i < IDP_COUNT(inside_out); i++) {
        value = idp_der_put(call, inside_out[i], value);
    }
    return idp_extension_of(call, oid, false, value);
}

/* ---- names of keys and certificates ---- */

struct idp_bytes idp_key_identifier(struct idp_call *call, struct idp_bytes spki)
{
    enum { IDENTIFIER_SIZE = 20 };
    struct idp_bytes parts = {"", 0}, bits = {"", 0};
    if (!idp_der_only(spki, IDP_DER_SEQUENCE, &parts) ||
        !idp_der_take(&parts, IDP_DER_SEQUENCE, NULL) || !idp_der_take_bits(&parts, &bits)) {
        idp_fail(call, IDP_CRYPTO);
    }
    return (struct idp_bytes){idp_sha256(call, bits).data, IDENTIFIER_SIZE};
}

struct idp_bytes idp_certificate_key_bits(struct idp_bytes certificate)
{
    struct idp_certificate read;
    struct idp_bytes parts, bits;
    bool is_read = idp_certificate_parse(certificate, &read) &&
                   idp_der_only(read.spki, IDP_DER_SEQUENCE, &parts) &&
                   idp_der_take(&parts, IDP_DER_SEQUENCE, NULL) && idp_der_take_bits(&parts, &bits);
    return is_read ? bits : (struct idp_bytes){"", 0};
}

/* The bit that is always set keeps it positive, and of one size. */
struct idp_bytes idp_serial_new(struct idp_call *call)
{
    enum { TIME_SIZE = 6, BYTE_BITS = 8 };
    static const uint64_t time_max = (UINT64_C(1) << 46) - 1;
    uint64_t time = ((uint64_t)(idp_now_us(call) / 1000) & time_max) | (time_max + 1);
    struct idp_bytes random = idp_bytes_copy(call, idp_random(call, IDP_SERIAL_SIZE));
    char *bytes = (char *)(uintptr_t)random.data;
    for (size_t i = TIME_SIZE; i-- > 0; time >>= BYTE_BITS) {
        bytes[i] = (char)(time & 0xff);
    }
    return random;
}

/* ---- the whole ---- */

struct idp_bytes idp_x509_wrap(struct idp_call *call, const struct idp_key *key,
                               struct idp_bytes to_be_signed)
{
    struct idp_bytes parts[] = {to_be_signed, idp_x509_algorithm(call, key),
                                idp_der_bits(call, idp_x509_sign(call, key, to_be_signed))};
    return idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts));
}

static struct idp_bytes validity_of(struct idp_call *call, const struct idp_certificate_plan *plan)
{
    struct idp_bytes parts[] = {idp_der_time(call, plan->not_before_us),
                                idp_der_time(call, plan->not_after_us)};
    return idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts));
}

struct idp_bytes idp_certificate_to_be_signed(struct idp_call *call,
                                              const struct idp_key *issuer_key,
                                              const struct idp_certificate_plan *plan)
{
    static const struct idp_bytes version_3 = IDP_LITERAL("\xa0\x03\x02\x01\x02");
    struct idp_bytes extensions =
        idp_der_wrap(call, IDP_DER_SEQUENCE, plan->extensions, plan->extension_count);
    struct idp_bytes parts[] = {version_3,
                                idp_der_number(call, plan->serial),
                                idp_x509_algorithm(call, issuer_key),
                                plan->issuer,
                                validity_of(call, plan),
                                plan->subject,
                                plan->spki,
                                idp_der_put(call, IDP_DER_EXPLICIT + 3, extensions)};
    return idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts));
}

struct idp_bytes idp_certificate_make(struct idp_call *call, const struct idp_key *issuer_key,
                                      const struct idp_certificate_plan *plan)
{
    return idp_x509_wrap(call, issuer_key, idp_certificate_to_be_signed(call, issuer_key, plan));
}
