/* SPDX-License-Identifier: Apache-2.0 */
/* der.h - DER (X.690 §10): reading what strangers send, strictly, and writing. For the areas that
 * know certificates and keys. */
#ifndef IDPLANE_DER_H
#define IDPLANE_DER_H

#include "core/idplane.h"

enum idp_der_tag {
    IDP_DER_BOOLEAN = 0x01,
    IDP_DER_INTEGER = 0x02,
    IDP_DER_BIT_STRING = 0x03,
    IDP_DER_OCTET_STRING = 0x04,
    IDP_DER_NULL = 0x05,
    IDP_DER_OID = 0x06,
    IDP_DER_UTF8_STRING = 0x0c,
    IDP_DER_PRINTABLE_STRING = 0x13,
    IDP_DER_IA5_STRING = 0x16,
    IDP_DER_UTC_TIME = 0x17,
    IDP_DER_GENERALIZED_TIME = 0x18,
    IDP_DER_BMP_STRING = 0x1e,
    IDP_DER_SEQUENCE = 0x30,
    IDP_DER_SET = 0x31,
    IDP_DER_CONTEXT = 0x80, /* [0], implicit and primitive; + n for the others */
    IDP_DER_EXPLICIT = 0xa0 /* [0], constructed; + n */
};

/* ---- reading (der_read.c) ---- */

struct idp_der {
    unsigned char tag;
    struct idp_bytes contents, whole; /* whole: with tag and length */
};

/* Cuts the next value off *rest. False where none is there, or it is no DER: a tag of several
 * bytes, a length that is indefinite, longer than need be, or more than is there, or an object
 * identifier whose arcs are cut off or longer than need be. */
bool idp_der_next(struct idp_bytes *rest, struct idp_der *out) IDP_MUST_CHECK;

/* The same for a value of this tag; *rest stays where it has another. contents may be NULL. */
bool idp_der_take(struct idp_bytes *rest, unsigned char tag,
                  struct idp_bytes *contents) IDP_MUST_CHECK;

/* The same, with tag and length. */
bool idp_der_take_whole(struct idp_bytes *rest, unsigned char tag,
                        struct idp_bytes *whole) IDP_MUST_CHECK;

/* Goes over a value of this tag, where one is next. */
void idp_der_skip(struct idp_bytes *rest, unsigned char tag);

/* True where der is one value of this tag and nothing behind it. */
bool idp_der_only(struct idp_bytes der, unsigned char tag,
                  struct idp_bytes *contents) IDP_MUST_CHECK;

/* Takes an INTEGER that is not negative: its magnitude without zeros before it, size 0 for 0. */
bool idp_der_take_number(struct idp_bytes *rest, struct idp_bytes *magnitude) IDP_MUST_CHECK;

/* Takes a BIT STRING of whole bytes. */
bool idp_der_take_bits(struct idp_bytes *rest, struct idp_bytes *bytes) IDP_MUST_CHECK;

/* True where all of it is DER, also inside and of what nobody here knows: no value or several, one
 * behind the other. */
bool idp_der_are_values(struct idp_bytes bytes) IDP_MUST_CHECK;

/* Takes a UTCTime or GeneralizedTime in the form of RFC 5280 §4.1.2.5, from 1950 on by the former,
 * from 1970 on by the latter. */
bool idp_der_take_time(struct idp_bytes *rest, int64_t *time_us) IDP_MUST_CHECK;

/* An object identifier's contents as "1.2.840"; data NULL where they are none. */
struct idp_bytes idp_der_oid_text(struct idp_call *call, struct idp_bytes contents);

/* ---- writing (der_write.c) ---- */

/* One value of the parts, one behind the other. */
struct idp_bytes idp_der_wrap(struct idp_call *call, unsigned char tag,
                              const struct idp_bytes *parts, size_t count);
/* The same of one part. */
struct idp_bytes idp_der_put(struct idp_call *call, unsigned char tag, struct idp_bytes contents);

/* An INTEGER of a magnitude, whatever zeros are before it. */
struct idp_bytes idp_der_number(struct idp_call *call, struct idp_bytes magnitude);
struct idp_bytes idp_der_integer(struct idp_call *call, uint64_t number);

/* A BIT STRING of whole bytes. */
struct idp_bytes idp_der_bits(struct idp_call *call, struct idp_bytes bytes);

/* UTCTime to 2049, then GeneralizedTime; whole seconds (RFC 5280 §4.1.2.5). */
struct idp_bytes idp_der_time(struct idp_call *call, int64_t time_us);

struct idp_bytes idp_der_generalized_time(struct idp_call *call, int64_t time_us);

/* The contents of an object identifier from "1.2.840"; data NULL where the text is none. */
struct idp_bytes idp_der_oid_contents(struct idp_call *call, struct idp_bytes text);

#endif
