/* SPDX-License-Identifier: Apache-2.0 */
/* json_number.h - numbers of JSON taken apart, between json_number.c, json.c and json_write.c. */
#ifndef IDPLANE_BASE_JSON_NUMBER_H
#define IDPLANE_BASE_JSON_NUMBER_H

#include "core/base/base.h"

/* A number as sign, digits and place of the point: 0.d1d2d3… × 10^point, d1 not zero. */
struct idp_decimal {
    bool negative;
    char digits[IDP_JSON_NUMBER_SIZE_MAX];
    int count, point;
};

/* Takes a number of a document apart; its digits neither begin nor end with a zero. */
void idp_decimal_read(struct idp_decimal *decimal, struct idp_bytes number);

/* What its text grows by where its exponent is written out; SIZE_MAX: nobody could read it again.
 */
size_t idp_json_number_growth(struct idp_bytes number);

#endif
