/* SPDX-License-Identifier: Apache-2.0 */
/* numeric_date.c - NumericDate (RFC 7519 §2): any JSON number, as microseconds in an integer. No
 * double ever holds one. */
#include "core/jose/key.h"

#include <string.h>

enum {
    MICROSECOND_DIGITS = 6,
    WHOLE_DIGITS_MAX = 12,
    DATE_DIGITS_MAX = 18 /* of a number of microseconds: 31 thousand years */
};

/* A JSON number taken apart: its digits, and where the decimal point stands among them. */
struct decimal {
    bool negative;
    struct idp_bytes whole, fraction;
    int64_t exponent;
};

static struct idp_bytes digits(struct idp_bytes *rest)
{
    struct idp_bytes out = {rest->data, 0};

    while (out.size < rest->size && rest->data[out.size] >= '0' && rest->data[out.size] <= '9') {
        out.size++;
    }
    *rest = (struct idp_bytes){rest->data + out.size, rest->size - out.size};
    return out;
}

static bool skip(struct idp_bytes *rest, const char *characters)
{
    if (rest->size == 0 || !strchr(characters, rest->data[0])) {
        return false;
    }
    *rest = (struct idp_bytes){rest->data + 1, rest->size - 1};
    return true;
}

/* The reader has checked the grammar, and that the exponent is small. */
static struct decimal decimal_of(struct idp_bytes text)
{
    struct decimal out = {.negative = skip(&text, "-")};

    out.whole = digits(&text);
    if (skip(&text, ".")) {
        out.fraction = digits(&text);
    }
    if (skip(&text, "eE")) {
        bool negative = text.size > 0 && text.data[0] == '-';

        skip(&text, "+-");
        struct idp_bytes exponent = digits(&text);

        for (size_t i = 0; i < exponent.size && out.exponent <= IDP_JSON_EXPONENT_MAX; i++) {
            out.exponent = out.exponent * 10 + (exponent.data[i] - '0');
        }
        out.exponent = negative ? -out.exponent : out.exponent;
    }
    return out;
}

static int digit_at(const struct decimal *decimal, int64_t at)
{
    int64_t whole = (int64_t)decimal->whole.size, all = whole + (int64_t)decimal->fraction.size;

    if (at < 0 || at >= all) {
        return 0;
    }
    return (at < whole ? decimal->whole.data[at] : decimal->fraction.data[at - whole]) - '0';
}

/* What nearly every token has: whole seconds, few digits. */
static bool whole_seconds(struct idp_bytes text, int64_t *out_us)
{
    int64_t seconds = 0;
    if (text.size > WHOLE_DIGITS_MAX) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        seconds = seconds * 10 + (text.data[i] - '0');
    }
    *out_us = seconds * 1000000;
    return true;
}

bool idp_numeric_date(const struct idp_json *json, int64_t *out_us)
{
    if (!idp_json_is(json, IDP_JSON_NUMBER)) {
        return false;
    }
    if (whole_seconds(json->text, out_us)) {
        return true;
    }

    struct decimal decimal = decimal_of(json->text);
    int64_t end = (int64_t)decimal.whole.size + decimal.exponent + MICROSECOND_DIGITS;
    int64_t all = (int64_t)(decimal.whole.size + decimal.fraction.size), at = 0, number = 0;

    while (at < end && at < all && digit_at(&decimal, at) == 0) {
        at++;
    }
    if (at == all) { /* zero, however it is written */
        end = at;
    }
    if (end - at > DATE_DIGITS_MAX) {
        return false;
    }
    for (; at < end; at++) {
        number = number * 10 + digit_at(&decimal, at);
    }
    *out_us = decimal.negative ? -number : number;
    return true;
}
