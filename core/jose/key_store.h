/* SPDX-License-Identifier: Apache-2.0 */
/* key_store.h - the tenant's signing keys as rows, between key_store.c and key_rotation.c. */
#ifndef IDPLANE_JOSE_KEY_STORE_H
#define IDPLANE_JOSE_KEY_STORE_H

#include "core/jose/key.h"

/* Until when the tokens of the key k live. */
#define IDP_LAST_EXPIRY                                                                            \
    "(SELECT max(e.last_expiry_at) FROM idplane.signing_key_expiry e"                              \
    " WHERE e.tenant = k.tenant AND e.kid = k.kid)"

/* The columns of the key k that the files read, and their kinds. */
#define IDP_STORED_KEY_COLUMNS                                                                     \
    "k.kid, k.sealed_private_key, k.algorithm, k.activated_at, k.activates_at, " IDP_LAST_EXPIRY   \
    ", k.state"
#define IDP_STORED_KEY_KINDS "txtzzzt"

/* A key that can sign. Times are microseconds since 1970; 0: none. */
struct idp_stored_key {
    struct idp_bytes kid, sealed, algorithm;
    int64_t activated_us, activates_us, last_expiry_us;
    bool active; /* else next */
};

struct idp_stored_key idp_stored_key_of(const struct idp_value *row);

/* What a sealed key is bound to. */
struct idp_bytes idp_key_store_context(struct idp_call *call, struct idp_bytes tenant,
                                       struct idp_bytes kid);

/* The key that signs now, after what the schedule asks for was done; it may be made for that. */
struct idp_stored_key idp_key_store_active(struct idp_call *call,
                                           const struct idp_scheduler *scheduler);

#endif
