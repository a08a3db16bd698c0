/* SPDX-License-Identifier: Apache-2.0 */
/* base64.h - between encoding.c and base64_blocks.c. */
#ifndef IDPLANE_BASE_BASE64_H
#define IDPLANE_BASE_BASE64_H

#include "core/base/base.h"

enum { IDP_BASE64_BLOCK_SIZE = 16 };

/* Decodes digits of an alphabet, which need not end with a group. `out` has room for three bytes a
 * group and IDP_BASE64_BLOCK_SIZE more. False where a byte is no digit, the text is shorter than a
 * block, or this processor cannot: the caller finds out which. */
bool idp_base64_blocks(struct idp_bytes text, unsigned char *out, bool url);

#endif
