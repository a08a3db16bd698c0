/* SPDX-License-Identifier: Apache-2.0 */
/* list.h - revocation lists of authorities that are not ours (RFC 5280 §5); only core/pki includes
 * it. */
#ifndef IDPLANE_LIST_H
#define IDPLANE_LIST_H

#include "core/pki/x509.h"

/* Taken apart; issuer, algorithm and to_be_signed are whole values. */
struct idp_list {
    struct idp_bytes der, to_be_signed, algorithm, issuer, signature;
    struct idp_bytes number; /* magnitude */
    int64_t this_update_us, next_update_us;
    int64_t revoked_count;
};
/* Reads a whole list in DER, each entry of it: NULL, or `format`, `number` where it has none, or
 * `critical_extension` where it is one of changes, or of a part. (list_read.c) */
const char *idp_list_read(struct idp_bytes der, struct idp_list *out) IDP_MUST_CHECK;

#endif
