/* SPDX-License-Identifier: Apache-2.0 */
/* master_key.h - the key file as master_key.c sees it; nobody else includes this. */
#ifndef IDPLANE_MASTER_KEY_H
#define IDPLANE_MASTER_KEY_H

#include "core/base/base.h"

/* The keys of one file, in its order; count 0: there is no file. */
struct idp_key_ring {
    size_t count;
    struct idp_master_key keys[IDP_MASTER_KEY_COUNT_MAX];
};

/* Reads the file, or the process's copy of it while the file is unchanged. Raises
 * IDP_MASTER_KEY_FILE where it is not a private file of ours or holds anything but keys. */
const struct idp_key_ring *idp_key_ring_read(struct idp_call *call, const char *path);

/* Makes the file with this one key; leaves one that somebody made in the meantime alone. */
void idp_key_ring_create(struct idp_call *call, const char *path, const struct idp_master_key *key);

#endif
