/* SPDX-License-Identifier: Apache-2.0 */
/* audit_seal.h - what the files of the audit's chain share: a seal as it is stored, its digest, and
 * the counts of what is no longer unsealed. */
#ifndef IDPLANE_OAUTH_AUDIT_SEAL_H
#define IDPLANE_OAUTH_AUDIT_SEAL_H

#include "core/oauth/oauth.h"

enum { IDP_SEAL_ROW_COUNT_MAX = 500 };

struct idp_audit_seal {
    int64_t number, sealed_at_us, first_at_us, last_at_us, row_count;
    struct idp_bytes rows_digest, members, previous, digest, sealed_digest, token;
    int64_t purged_at_us; /* 0: its rows are there */
};

#define IDP_SEAL_COLUMNS                                                                           \
    "number, sealed_at, first_at, last_at, row_count, rows_digest, members, previous_digest,"      \
    " digest, sealed_digest, token, purged_at"
#define IDP_SEAL_KINDS "izzzixxxxxtz"
struct idp_audit_seal idp_audit_seal_of(const struct idp_value *row);

/* The last seal of the tenant; number 0, digest empty: there is none. */
struct idp_audit_seal idp_audit_seal_last(struct idp_call *call);

/* SHA-256 over everything else that is in the chain of it. */
struct idp_bytes idp_audit_seal_digest(struct idp_call *call, const struct idp_audit_seal *seal);

/* To what its sealed digest is bound. */
struct idp_bytes idp_audit_seal_context(struct idp_call *call, struct idp_bytes tenant,
                                        struct idp_bytes number);

/* {"number","digest",…} of a head. */
struct idp_json *idp_audit_head_json(struct idp_call *call, const struct idp_audit_seal *seal);

/* Until the transaction ends, others of the tenant that seal or purge the audit wait
 * (audit_total.c). */
void idp_audit_lock(struct idp_call *call);

/* Adds each row to the total of its kind of event: type stands at type_column, outcome behind it.
 * Only under idp_audit_lock. */
void idp_audit_total_add(struct idp_call *call, struct idp_rows rows, size_t type_column);

#endif
