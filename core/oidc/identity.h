/* SPDX-License-Identifier: Apache-2.0 */
/* identity.h - from a token to a user's name and groups, between the files of the area. */
#ifndef IDPLANE_OIDC_IDENTITY_H
#define IDPLANE_OIDC_IDENTITY_H

#include "core/oidc/config.h"

/* ---- profiles (profile.c) ---- */

/* One configuration as a verifier of some kind reads it: nothing is left to a default. */
struct idp_oidc_verifier {
    struct idp_bytes issuer, client_id;
    struct idp_bytes username_claim, username_prefix;
    struct idp_bytes groups_claim, groups_prefix; /* groups_claim data NULL: no groups */
    const struct idp_json *algorithms;            /* an array of names */
    const struct idp_json *required_claims;       /* an object of strings; NULL: none */
    struct idp_bytes jwks;                        /* decoded; data NULL: those of the issuer */
    bool guards_system;                           /* names that begin with "system:" are nobody's */
};

/* False for a profile that there is not. */
bool idp_oidc_profile_exists(struct idp_bytes profile);

/* The configuration at `index` (0: an object, or the first of a list) under a profile. */
struct idp_oidc_verifier idp_oidc_verifier_of(struct idp_call *call, struct idp_bytes profile,
                                              const struct idp_json *config, int64_t index);

/* ---- verifiers of an instance (verifiers.c) ---- */

/* All configurations of an instance, in the order of its list. */
struct idp_oidc_verifiers {
    size_t count;
    const struct idp_oidc_verifier *list;
};

/* Those of the text of an effective configuration. Kept by the process under text and profile.
 * Raises IDP_STORE where the text is none. */
struct idp_oidc_verifiers idp_oidc_verifiers_of(struct idp_call *call, struct idp_bytes profile,
                                                struct idp_bytes effective);

/* ---- claims (identity.c) ---- */

struct idp_oidc_identity {
    struct idp_bytes username;
    const struct idp_json *groups; /* an array of strings */
};

/* NULL and *out; else why the claims make nobody: claims_source, username, email_not_verified,
 * groups, required_claim, reserved_username. A word, never a value of theirs. */
const char *idp_oidc_identity_of(struct idp_call *call, const struct idp_oidc_verifier *verifier,
                                 const struct idp_json *claims, struct idp_oidc_identity *out);

/* {"username","groups","extra"} added to an answer. */
void idp_oidc_identity_add(struct idp_call *call, struct idp_json *answer,
                           const struct idp_oidc_identity *identity, const struct idp_json *claims);

/* Whose claims these are, as oidc_authenticate() answers of a token that has them and is good
 * (authenticate.c). */
const struct idp_json *idp_oidc_identity_by_claims(struct idp_call *call,
                                                   struct idp_oidc_verifiers verifiers,
                                                   const struct idp_json *claims);

#endif
