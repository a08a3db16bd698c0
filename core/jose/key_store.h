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

/* What a key that can sign is to its tenant: it signs, it will sign, or it is there for those who
 * ask for its kid or its algorithm. */
enum idp_key_state { IDP_KEY_ACTIVE, IDP_KEY_NEXT, IDP_KEY_STANDBY };

/* The same in SQL. */
#define IDP_KEY_SIGNS "state IN ('active', 'next', 'standby')"

/* A key that can sign. Times are microseconds since 1970; 0: none. */
struct idp_stored_key {
    struct idp_bytes kid, sealed, algorithm;
    int64_t activated_us, activates_us, last_expiry_us;
    enum idp_key_state state;
};

struct idp_stored_key idp_stored_key_of(const struct idp_value *row);

/* What a sealed key is bound to. */
struct idp_bytes idp_key_store_context(struct idp_call *call, struct idp_bytes tenant,
                                       struct idp_bytes kid);

/* The key that signs now, after what the schedule asks for was done; it may be made for that. */
struct idp_stored_key idp_key_store_active(struct idp_call *call,
                                           const struct idp_scheduler *scheduler);

/* What the settings of the tenant say now. */
struct idp_key_schedule idp_key_store_schedule(struct idp_call *call,
                                               const struct idp_scheduler *scheduler);

/* True where a key that was made for `made` can sign by `asked`. */
bool idp_algorithm_serves(const struct idp_algorithm *made, const struct idp_algorithm *asked);

/* A key that signs by the algorithm: the active one where it can, else one on standby, which is
 * made where there is none. */
struct idp_stored_key idp_key_store_for(struct idp_call *call,
                                        const struct idp_scheduler *scheduler,
                                        const struct idp_algorithm *algorithm);

/* Makes the key the active one where the schedule asks for it, or where there is none and the
 * schedule asks for no other. The key that is active then; kid.data NULL: there is none. */
struct idp_stored_key idp_key_store_settle(struct idp_call *call,
                                           const struct idp_scheduler *scheduler,
                                           struct idp_bytes kid);

#endif
