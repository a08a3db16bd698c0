/* SPDX-License-Identifier: Apache-2.0 */
/* format.h - formats in which others write configurations down, between format.c, which writes
 * them, export.c, which says what they cannot say, and import.c, which reads them. */
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
    bool one_only, one_of_an_issuer, says_algorithms, says_keys;
    bool dash_is_no_username_prefix, dash_is_no_groups_prefix; /* so that "-" cannot be one */
    bool always_has_groups; /* a claim that is not named is "groups" */
    bool guards_system;     /* drops names of the system */
    bool is_for_logins;     /* nobody judges tokens by it */
    struct idp_json *(*begin)(struct idp_call *call);
    void (*add)(struct idp_call *call, const struct idp_oidc_item *item);
};

/* flags, structured, openidconnect or kubeconfig; NULL: there is no such format. */
const struct idp_oidc_format *idp_oidc_format_find(struct idp_bytes name);

#endif
