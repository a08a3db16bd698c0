/* SPDX-License-Identifier: Apache-2.0 */
/* json_number.c - numbers of JSON by their digits: exact at any size, as no double is. */
#include "core/base/json_number.h"

#include <stdlib.h>
#include <string.h>

static const char *decimal_digits(struct idp_decimal *decimal, const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9' && decimal->count < IDP_JSON_NUMBER_SIZE_MAX) {
        decimal->digits[decimal->count++] = *at++;
    }
    return at;
}

static int exponent_read(const char *at, const char *end)
{
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) {
        at++;
    }
    int exponent = 0;
    for (; at < end && exponent <= IDP_JSON_EXPONENT_MAX; at++) {
        exponent = exponent * 10 + (*at - '0');
    }
    return negative ? -exponent : exponent;
}

size_t idp_json_number_growth(struct idp_bytes number)
{
    const char *at = number.data, *end = at + number.size;
    while (at < end && *at != 'e' && *at != 'E') {
        at++;
    }
    size_t growth = at < end ? (size_t)abs(exponent_read(at + 1, end)) : 0;
    return growth > 0 && number.size + growth > IDP_JSON_NUMBER_SIZE_MAX ? SIZE_MAX : growth;
}

void idp_decimal_read(struct idp_decimal *decimal, struct idp_bytes number)
{
    const char *at = number.data, *end = at + number.size;
    decimal->negative = at < end && *at == '-';
    decimal->count = 0;
    at = decimal_digits(decimal, at + decimal->negative, end);
    decimal->point = decimal->count;
    if (at < end && *at == '.') {
        at = decimal_digits(decimal, at + 1, end);
    }
    if (at < end) {
        decimal->point += exponent_read(at + 1, end);
    }
    int zero_count = 0;
    while (zero_count < decimal->count && decimal->digits[zero_count] == '0') {
        zero_count++;
    }
    decimal->count -= zero_count;
    decimal->point -= zero_count;
    memmove(decimal->digits, decimal->digits + zero_count, (size_t)decimal->count);
    while (decimal->count > 0 && decimal->digits[decimal->count - 1] == '0') {
        decimal->count--;
    }
}

/* Of two that are not zero and have the same sign, as if both were positive. */
static int compare_sizes(const struct idp_decimal *left, const struct idp_decimal *right)
{
    if (left->point != right->point) {
        return left->point < right->point ? -1 : 1;
    }
    return idp_bytes_compare((struct idp_bytes){left->digits, (size_t)left->count},
                             (struct idp_bytes){right->digits, (size_t)right->count});
}

static int sign_of(const struct idp_decimal *decimal)
{
    return decimal->count == 0 ? 0 : decimal->negative ? -1 : 1;
}

int idp_json_number_compare(struct idp_bytes left, struct idp_bytes right)
{
    struct idp_decimal decimals[2];
    idp_decimal_read(&decimals[0], left);
    idp_decimal_read(&decimals[1], right);
    int sign = sign_of(&decimals[0]), other = sign_of(&decimals[1]);
    if (sign != other || sign == 0) {
        return (sign > other) - (sign < other);
    }
    return sign * compare_sizes(&decimals[0], &decimals[1]);
}
