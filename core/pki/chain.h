/* SPDX-License-Identifier: Apache-2.0 */
/* chain.h - certificates that others issued, and the path from one to an anchor (RFC 5280 §6);
 * only core/pki includes it. OpenSSL finds and validates the path; what it leaves to the
 * application is asked here. Reasons are words of docs/pki.md. */
#ifndef IDPLANE_CHAIN_H
#define IDPLANE_CHAIN_H

#include <openssl/x509.h>

#include "core/pki/x509.h"

/* ---- several of them (chain_pool.c) ---- */

struct idp_chain_item {
    struct idp_certificate certificate;
    X509 *x509;       /* as long as the call */
    bool is_left_out; /* of the next attempt to build a path */
};
struct idp_chain_pool {
    size_t count, count_max, unreadable_count;
    bool is_of_anchors; /* which come again: what OpenSSL made of them is kept */
    struct idp_chain_item **items;
};
/* Adds the certificates of a text, PEM with anything between, or one in base64; once each. False
 * where there are too many of them, or the text is too long. */
bool idp_chain_pool_add(struct idp_call *call, struct idp_chain_pool *pool,
                        struct idp_bytes text) IDP_MUST_CHECK;
/* The item of a foreign object; NULL: it is of another pool. */
struct idp_chain_item *idp_chain_pool_find(const struct idp_chain_pool *pool, const X509 *x509);
/* Those that are not left out, from the first on. */
STACK_OF(X509) *
    idp_chain_pool_stack(struct idp_call *call, const struct idp_chain_pool *pool, size_t first);

/* ---- what the caller asks for (chain_policy.c) ---- */

struct idp_chain_policy {
    int64_t now_s, length_max; /* certificates, leaf and anchor included */
    bool leaf_may_be_expired, is_strict, needs_lists;
    struct idp_bytes purpose;                         /* object identifier; data NULL: any */
    const struct idp_json *critical, *serials, *keys; /* lists; NULL: none */
    STACK_OF(X509_CRL) * lists;                       /* NULL: none */
};
/* Raises IDP_INVALID_ARGUMENT; policy may be NULL. */
struct idp_chain_policy idp_chain_policy_read(struct idp_call *call, const struct idp_json *policy);
/* A revocation list that a policy may have, PEM or base64; NULL: it is none. */
X509_CRL *idp_chain_list_read(struct idp_call *call, struct idp_bytes text);
/* A serial in the form in which two are compared; data NULL where it is none. */
struct idp_bytes idp_chain_serial(struct idp_call *call, struct idp_bytes text);
/* True where a list of this issuer was given. */
bool idp_chain_has_list(const struct idp_chain_policy *policy, const X509_NAME *issuer);

/* ---- what OpenSSL leaves to the application (chain_check.c) ---- */

enum idp_chain_place { IDP_CHAIN_LEAF, IDP_CHAIN_INTERMEDIATE, IDP_CHAIN_ANCHOR };
/* NULL, or why a certificate of a path that OpenSSL takes is refused. */
const char *idp_chain_check(struct idp_call *call, const struct idp_chain_policy *policy,
                            const struct idp_chain_item *item, enum idp_chain_place place);

/* ---- what only the strict ask (chain_conformance.c) ---- */

/* True where the certificate breaks a rule of RFC 5280 that OpenSSL does not look at. */
bool idp_chain_breaks_rule(const struct idp_chain_item *item, enum idp_chain_place place);
/* True where its name constraints have no form of RFC 5280 §4.2.1.10. */
bool idp_chain_constraints_malformed(const struct idp_certificate *certificate);

/* ---- the path (chain_path.c) ---- */

struct idp_chain_path {
    const char *reason; /* NULL: it is good */
    const struct idp_chain_item *refused;
    const char *revocation_reason; /* NULL: none, or not said */
    size_t length;
    const struct idp_chain_item *items[IDP_CHAIN_LENGTH_MAX]; /* from the leaf on */
};
/* From the first of `sent` to one of the anchors. */
struct idp_chain_path idp_chain_path_find(struct idp_call *call,
                                          const struct idp_chain_policy *policy,
                                          struct idp_chain_pool *sent,
                                          struct idp_chain_pool *anchors);

#endif
