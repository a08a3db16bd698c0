/* SPDX-License-Identifier: Apache-2.0 */
/* base64.h - between encoding.c and base64_blocks.c. */
#ifndef IDPLANE_BASE_BASE64_H
#define IDPLANE_BASE_BASE64_H

#include "core/base/base.h"

enum {
    IDP_BASE64_BLOCK_SIZE = 16,
    IDP_BASE64_SPARE = 8 /* digits left over: a block writes four bytes behind its twelve */
};

/* Decodes digits of an alphabet from the front, a block at a time; how many, all but the last few.
 * 0 where another byte is among them, or this processor cannot: then all are left to the caller. */
size_t idp_base64_blocks(const unsigned char *text, size_t size, unsigned char *out, bool url);

#endif
