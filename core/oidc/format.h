/* SPDX-License-Identifier: Apache-2.0 */
/* format.h - formats in which others write configurations down, between format.c, which writes
 * them, export.c, which says what they cannot say, and import.c, which has them read. */
#ifndef IDPLANE_OIDC_FORMAT_H
#define IDPLANE_OIDC_FORMAT_H

#include "core/oidc/identity.h"

/* One configuration on its way out. */
struct idp_oidc_item {
    const struct idp_oidc_verifier *verifier;
    struct idp_bytes instance;
    int64_t index;
    struct idp_json *document; /* grows */
};

struct idp_oidc_format {
    const char *name;
    bool one_only, one_of_an_issuer, says_algorithms, says_keys, trims_claims;
    bool dash_is_no_username_prefix, dash_is_no_groups_prefix; /* so that "-" cannot be one */
    bool says_validity;  /* how long a token may be good, and claims that are passed on */
    bool guards_system;  /* drops names of the system */
    bool refuses_system; /* takes no prefix that begins so */
    bool is_for_logins;  /* nobody judges tokens by it */
    struct idp_json *(*begin)(struct idp_call *call);
    void (*add)(struct idp_call *call, const struct idp_oidc_item *item);
};

/* flags, structured, openidconnect or kubeconfig; NULL: there is no such format. */
const struct idp_oidc_format *idp_oidc_format_find(struct idp_bytes name);

/* Without white space at its ends, as kube-apiserver reads a required claim (format.c). */
struct idp_bytes idp_oidc_trimmed(struct idp_bytes text);

/* ---- reading (import.c) ---- */

/* One document on its way in. Faults have the path of what is wrong in it (RFC 6901). */
struct idp_oidc_import {
    struct idp_call *call;
    struct idp_oidc_faults faults;
    struct idp_json *list;          /* of configurations, grows */
    struct idp_json *places;        /* for each of them: field and path, "" and that of the whole */
    const struct idp_json *profile; /* of who reads such documents; NULL: as its name says */
};

/* The path of a member. */
const char *idp_oidc_import_path(struct idp_oidc_import *import, const char *path,
                                 struct idp_bytes name);
const char *idp_oidc_import_path_at(struct idp_oidc_import *import, const char *path,
                                    int64_t index);

/* Adds a fault; `detail` NULL: none. */
void idp_oidc_import_refuse(struct idp_oidc_import *import, const char *path, const char *message,
                            const char *detail);

/* A fault for each member that is not one of the known words; object NULL has none. */
void idp_oidc_import_check(struct idp_oidc_import *import, const struct idp_json *object,
                           const char *path, const char *known);

/* The member where it has this kind; NULL where it is absent, null, or, a fault, of another. */
const struct idp_json *idp_oidc_import_member(struct idp_oidc_import *import,
                                              const struct idp_json *object, const char *path,
                                              const char *name, enum idp_json_kind kind);

/* Copies a text, where there is one, to a member of the item. */
void idp_oidc_import_text(struct idp_oidc_import *import, struct idp_json *item, const char *to,
                          const struct idp_json *object, const char *path, const char *from);

/* Adds a required claim. */
void idp_oidc_import_claim(struct idp_oidc_import *import, struct idp_json *item, const char *path,
                           struct idp_bytes name, struct idp_bytes value);

/* A new configuration of the list, which is at this place of the document. */
struct idp_json *idp_oidc_import_item(struct idp_oidc_import *import, const char *path);

/* Where a field of the newest configuration comes from. */
void idp_oidc_import_place(struct idp_oidc_import *import, const char *field, const char *path);

/* import_flags.c, import_structured.c, import_resource.c */
void idp_oidc_import_flags(struct idp_oidc_import *import, const struct idp_json *document);
void idp_oidc_import_structured(struct idp_oidc_import *import, const struct idp_json *document);
void idp_oidc_import_resources(struct idp_oidc_import *import, const struct idp_json *document);

#endif
