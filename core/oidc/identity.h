/* SPDX-License-Identifier: Apache-2.0 */
/* identity.h - from a token to a user's name and groups, between the files of the area. */
#ifndef IDPLANE_OIDC_IDENTITY_H
#define IDPLANE_OIDC_IDENTITY_H

#include "core/oidc/config.h"

/* ---- profiles (profile.c) ---- */

/* What an empty prefix is: none, the issuer and "#", or the name of the resource and "/". */
enum idp_oidc_prefix { IDP_OIDC_PREFIX_NONE, IDP_OIDC_PREFIX_ISSUER, IDP_OIDC_PREFIX_RESOURCE };

/* How a verifier of some kind reads what a configuration leaves open. */
struct idp_oidc_profile {
    const char *name;
    enum idp_oidc_prefix empty_username_prefix, empty_groups_prefix;
    bool dash_is_no_username_prefix, dash_is_no_groups_prefix;
    bool email_has_no_prefix; /* an empty one, where the username is the claim email */
    const char *username_claim, *groups_claim; /* of a field that is absent; NULL: none */
    bool empty_claim_is_absent;                /* a field that is there and empty */
    bool all_algorithms;                       /* where none is named; else RS256 */
    bool guards_system;                        /* names that begin with "system:" are nobody's */
    int64_t validity_max_s;                    /* from iat to exp; 0: any */
    const struct idp_json *extra_claims;       /* names of claims to pass on; NULL: none */
};

/* A name, or an object {"name", "extraClaims", "maxTokenExpirationSeconds"}; false: none of these.
 */
bool idp_oidc_profile_read(struct idp_call *call, const struct idp_json *json,
                           struct idp_oidc_profile *out) IDP_MUST_CHECK;

/* The text that a column holds of it, and back; equal for those that mean the same. Data NULL where
 * it is none. */
struct idp_bytes idp_oidc_profile_text(struct idp_call *call, const struct idp_json *json);
const struct idp_json *idp_oidc_profile_json(struct idp_call *call, struct idp_bytes text);

/* ---- verifiers (verifier.c) ---- */

/* One configuration, nothing left to a default. */
struct idp_oidc_verifier {
    struct idp_bytes issuer, client_id;
    struct idp_bytes username_claim, username_prefix; /* username_claim data NULL: nobody's */
    struct idp_bytes groups_claim, groups_prefix;     /* groups_claim data NULL: no groups */
    const struct idp_json *algorithms;                /* an array of names */
    const struct idp_json *required_claims;           /* an object of strings; NULL: none */
    const struct idp_json *extra_claims;              /* an array of names; NULL: none */
    struct idp_bytes jwks;                            /* decoded; data NULL: those of the issuer */
    bool guards_system;
    int64_t validity_max_s; /* 0: any */
};

/* The configuration at `index` (0: an object, or the first of a list) under a profile. */
struct idp_oidc_verifier idp_oidc_verifier_of(struct idp_call *call,
                                              const struct idp_oidc_profile *profile,
                                              const struct idp_json *config, int64_t index);

/* ---- verifiers of an instance (verifiers.c) ---- */

/* Configurations of an instance, in the order of its list. */
struct idp_oidc_verifiers {
    size_t count, first; /* first: the index of list[0] */
    const struct idp_oidc_verifier *list;
};

/* All of the text of an effective configuration. Kept by the process under text and profile.
 * Raises IDP_STORE where the text is none. */
struct idp_oidc_verifiers idp_oidc_verifiers_of(struct idp_call *call, struct idp_bytes profile,
                                                struct idp_bytes effective);

/* ---- claims (identity.c) ---- */

struct idp_oidc_identity {
    struct idp_bytes username;
    const struct idp_json *groups; /* an array of strings */
    struct idp_json *extra;        /* an object of arrays of strings */
};

/* NULL and *out; else why the claims make nobody: claims_source, username, email_not_verified,
 * groups, required_claim, reserved_username, extra_claim. A word, never a value of theirs. */
const char *idp_oidc_identity_of(struct idp_call *call, const struct idp_oidc_verifier *verifier,
                                 const struct idp_json *claims, struct idp_oidc_identity *out);

/* {"username","groups","extra"} added to an answer. */
void idp_oidc_identity_add(struct idp_call *call, struct idp_json *answer,
                           const struct idp_oidc_identity *identity);

/* Whose claims these are, as oidc_authenticate() answers of a token that has them and is good
 * (authenticate.c). */
const struct idp_json *idp_oidc_identity_by_claims(struct idp_call *call,
                                                   struct idp_oidc_verifiers verifiers,
                                                   const struct idp_json *claims);

#endif
