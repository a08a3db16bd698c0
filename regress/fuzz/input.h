/* SPDX-License-Identifier: Apache-2.0 */
/* input.h - how the bytes of the fuzzer become a call: the first says which block of memory is
 * refused, the others are parts of what is asked, parted by the byte 0xFE, which no UTF-8 has. */
#ifndef IDPLANE_INPUT_H
#define IDPLANE_INPUT_H

#include "regress/unit/host.h"

#define INPUT_RAISES(error)                                                                        \
    ((error) < IDP_NULL_ARGUMENT ? 0 : UINT64_C(1) << ((error)-IDP_NULL_ARGUMENT))

/* The next byte; 0 at the end. */
unsigned char input_byte(struct idp_bytes *rest);

/* The bytes up to the next separator; data NULL at the end. */
struct idp_bytes input_part(struct idp_bytes *rest);

/* Aborts where the condition, on what several calls answered, does not hold. Nothing is known of
 * them where this input refuses a block: one of them may have raised. */
void input_require(bool condition);

/* Runs body(call, rest) as a call of its own. It may end in out_of_memory where a block was
 * refused, else it must not raise; no block and no error of OpenSSL may be left. Returns 0. */
int input_run(const uint8_t *data, size_t size,
              void (*body)(struct idp_call *call, struct idp_bytes *rest));

/* Calls a function of the table; kind 0 where it raised one of the errors that it may raise
 * (INPUT_RAISES), or out_of_memory where a block was refused. */
struct idp_value input_call(struct idp_call *call, const char *name,
                            const struct idp_value *arguments, size_t argument_count,
                            uint64_t raises);

/* The verdict of such a call: its member "valid". False where it raised. */
bool input_is_valid(struct idp_value verdict);

#endif
