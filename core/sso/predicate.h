/* SPDX-License-Identifier: Apache-2.0 */
/* predicate.h - rules about claims, between the files of the area that read, ask and explain them.
 */
#ifndef IDPLANE_SSO_PREDICATE_H
#define IDPLANE_SSO_PREDICATE_H

#include "core/sso/sso.h"

enum {
    IDP_PREDICATE_DEPTH_MAX = 64,
    IDP_PREDICATE_NODE_COUNT_MAX = 1024,
    IDP_PREDICATE_STEP_COUNT_MAX = 16 /* of a path */
};

enum idp_operator {
    IDP_OPERATOR_AND,
    IDP_OPERATOR_OR,
    IDP_OPERATOR_EQ, /* the first of the leaves */
    IDP_OPERATOR_NEQ,
    IDP_OPERATOR_GT,
    IDP_OPERATOR_LT,
    IDP_OPERATOR_GTE,
    IDP_OPERATOR_LTE,
    IDP_OPERATOR_IN,
    IDP_OPERATOR_COUNT
};

/* What upstream leaves open; all false is what we recommend. */
struct idp_predicate_options {
    bool neq_missing; /* what is not there is unequal */
    bool strict_eq;   /* a list equals nothing */
    bool star_only;   /* two backslashes are two */
};

/* A leaf asks a claim, a branch its children, which stand behind it up to `end`. */
struct idp_predicate_node {
    enum idp_operator kind;
    size_t end;
    struct idp_bytes path, value;
};

struct idp_predicate {
    size_t count;
    const struct idp_predicate_node *nodes; /* in the order of the document, the root first */
    struct idp_predicate_options options;
};

/* ---- reading (predicate.c) ---- */

/* Room for the nodes of all predicates in a document. */
struct idp_predicate_node *idp_predicate_room(struct idp_call *call, const struct idp_json *json);

/* NULL and *out, whose nodes are in `room` and whose texts are those of the document; raises
 * nothing. Else what is wrong, with its place. json NULL: there is none. */
const char *idp_predicate_read(struct idp_call *call, const struct idp_json *json,
                               struct idp_predicate_node *room, struct idp_predicate *out);

/* The same of a text, kept by the process under it. */
const char *idp_predicate_of(struct idp_call *call, struct idp_bytes text,
                             struct idp_predicate *out);

const char *idp_operator_name(enum idp_operator kind);

/* ---- asking (claim.c, predicate_match.c) ---- */

/* The claim at a path: names with dots between, which may be in names, too; null is none. NULL:
 * none. */
const struct idp_json *idp_claim_find(const struct idp_json *claims, struct idp_bytes path);

/* What a leaf says of the claims. */
bool idp_claim_meets(struct idp_call *call, const struct idp_json *claims,
                     const struct idp_predicate_node *leaf,
                     const struct idp_predicate_options *options);

bool idp_predicate_match(struct idp_call *call, const struct idp_json *claims,
                         const struct idp_predicate *predicate);

/* The predicate with `matched` for each node; all are asked. */
struct idp_json *idp_predicate_explain(struct idp_call *call, const struct idp_json *claims,
                                       const struct idp_predicate *predicate);

#endif
