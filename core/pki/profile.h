/* SPDX-License-Identifier: Apache-2.0 */
/* profile.h - what certificates are for: two profiles that are built in, and rows. Only core/pki
 * includes it. Functions that return a text return why not, a word of docs/pki.md, and NULL where
 * it is well. */
#ifndef IDPLANE_PROFILE_H
#define IDPLANE_PROFILE_H

#include "core/pki/x509.h"

struct idp_profile {
    struct idp_bytes name;
    unsigned char key_usage;   /* see idp_key_usage */
    struct idp_bytes purposes; /* of extendedKeyUsage: object identifiers, one behind the other */
    int64_t lifetime_s, backdate_s;
    bool names_device; /* the common name is uuid:<uuid>, of one key at a time */
    /* What a row says beyond; NULL, 0 or data NULL: nothing. */
    struct idp_bytes common_name; /* a pattern */
    struct idp_bytes ca;
    const struct idp_json *key_types, *denied_keys;        /* arrays of texts */
    const struct idp_json *subject, *subject_from_request; /* an object; an array of its names */
    const struct idp_json *sans;                           /* arrays of patterns by kind */
    int64_t max_valid;                                     /* good certificates of one name */
    bool needs_approval;                                   /* of requests that are rows */
    bool has_grace; /* former certificates of a device end grace_s after a new one */
    int64_t grace_s;
};

/* ---- found (profile.c, profile_store.c) ---- */

/* The one that is built in; NULL: there is none of this name. */
const struct idp_profile *idp_profile_built_in(struct idp_bytes name);
/* That, or the row; NULL: there is neither. data NULL: identity. */
const struct idp_profile *idp_profile_find(struct idp_call *call, struct idp_bytes name);
/* The same; raises IDP_INVALID_ARGUMENT where there is none. */
const struct idp_profile *idp_profile_load(struct idp_call *call, struct idp_bytes name);

/* ---- its settings (profile_settings.c) ---- */

/* Reads settings; what is wrong with them is added to `faults`, all of it. */
struct idp_profile idp_profile_read(struct idp_call *call, struct idp_bytes name,
                                    const struct idp_json *settings, struct idp_text *faults);
/* The settings with what is in force where they say nothing. */
const struct idp_json *idp_profile_in_force(struct idp_call *call, const struct idp_json *settings);

/* ---- what it takes of a request (profile.c, profile_subject.c, alternative_name.c) ---- */

/* What a certificate of this key may be used for, as idp_key_usage takes it; 0: nothing. */
unsigned char idp_profile_key_usage(const struct idp_profile *profile, const struct idp_key *key);
/* `key_type` or `key_denied`. */
const char *idp_profile_key_check(struct idp_call *call, const struct idp_profile *profile,
                                  const struct idp_csr *csr);
/* `common_name` where the request has none that the profile takes; else the one that it gets, and
 * the UUID of the device, which stays as it is where the profile names none. */
const char *idp_profile_name(struct idp_call *call, const struct idp_profile *profile,
                             const struct idp_name *name, struct idp_bytes *common_name,
                             struct idp_bytes *device);
/* `subject` where what the profile takes beside the common name is there twice, or no text for it;
 * else the whole Name. */
const char *idp_profile_subject(struct idp_call *call, const struct idp_profile *profile,
                                struct idp_bytes requested, struct idp_bytes common_name,
                                struct idp_bytes *subject);
/* True where a Name says nothing but what the profile gives it. */
bool idp_profile_gives_subject(struct idp_call *call, const struct idp_profile *profile,
                               struct idp_bytes subject);

/* `san` unless each name of a subjectAltName (its value) is well written and of a pattern of its
 * kind; else the names as text, a line each. */
const char *idp_alternative_names_check(struct idp_call *call, const struct idp_json *allowed,
                                        struct idp_bytes value, struct idp_bytes *text);
/* NULL, or what is wrong with patterns of a kind: dns, ip, uri or email. */
const char *idp_alternative_name_pattern_check(struct idp_call *call, struct idp_bytes kind,
                                               struct idp_bytes pattern);
/* True for a host name, which has no asterisk (RFC 1123 §2.1). */
bool idp_host_name_is(struct idp_bytes host);
/* True where asterisks of the pattern can stand for texts of `may_be` characters (NULL: of any). */
bool idp_pattern_match(struct idp_bytes pattern, struct idp_bytes text, bool (*may_be)(char c));

/* ---- the judgement (profile_judge.c) ---- */

/* What a certificate was made for, and of. */
struct idp_judged {
    const struct idp_profile *profile;
    const struct idp_ca *ca;
    const struct idp_csr *csr;
    struct idp_bytes list_url; /* size 0: none */
};
/* `policy` where what is to be signed says anything that the profile does not give: it is read back
 * and compared, whoever made it. */
const char *idp_profile_judge(struct idp_call *call, const struct idp_judged *judged,
                              struct idp_bytes to_be_signed);

/* ---- renewal (renewal.c) ---- */

/* What the device had before ends with the grace of the profile, if it has one. */
void idp_renewal_begin(struct idp_call *call, const struct idp_issue *issue,
                       const struct idp_profile *profile);

#endif
