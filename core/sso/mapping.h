/* SPDX-License-Identifier: Apache-2.0 */
/* mapping.h - the access mapping of a connection: which rules there are, and how what they give is
 * laid over what a user had. */
#ifndef IDPLANE_SSO_MAPPING_H
#define IDPLANE_SSO_MAPPING_H

#include "core/sso/access.h"

/* One access mapping or inventory mapping. */
struct idp_rule {
    struct idp_predicate predicate;
    const char *fault; /* why it never matches; NULL: it may */
    const struct idp_json *roles, *applications, *inventory_roles;
};

struct idp_mapping {
    bool only_for_new;  /* rules count when a user is made, and never again */
    bool only_listed;   /* what no rule names stays as it is */
    bool from_id_token; /* which of the tokens the rules ask */
    size_t count;
    const struct idp_rule *rules;
    size_t access_count; /* rules up to here are access mappings, the others inventory mappings */
};

/* The mapping in the text of a connection; kept by the process under it. Raises
 * IDP_INVALID_ARGUMENT where the text is no object, or its rules are no lists. */
struct idp_mapping idp_mapping_of(struct idp_call *call, struct idp_bytes connection);

/* What map_access() answers. claims NULL meet no rule; current NULL is nothing. */
struct idp_json *idp_map_access(struct idp_call *call, const struct idp_mapping *mapping,
                                const struct idp_json *claims, const struct idp_json *current,
                                bool is_new);

#endif
