/* SPDX-License-Identifier: Apache-2.0 */
/* access.h - what a user may do, as sets of ids, between the files that map and keep it. */
#ifndef IDPLANE_SSO_ACCESS_H
#define IDPLANE_SSO_ACCESS_H

#include "core/sso/predicate.h"

enum {
    IDP_ACCESS_RULE_COUNT_MAX = 1000,
    IDP_ACCESS_ID_COUNT_MAX = 4096 /* of one kind */
};

/* Ids in ascending order, each once. */
struct idp_ids {
    struct idp_call *call;
    int64_t *list;
    size_t count, capacity;
};

void idp_ids_add(struct idp_ids *ids, int64_t id);
bool idp_ids_has(const struct idp_ids *ids, int64_t id);

/* Inventory roles on one device group. */
struct idp_group_roles {
    struct idp_bytes managed_object;
    struct idp_ids roles;
};

struct idp_access {
    struct idp_ids roles, applications;
    struct idp_group_roles *groups; /* ordered by name */
    size_t group_count, group_capacity;
};

struct idp_access idp_access_new(struct idp_call *call);

/* The group of this name, made where there is none. */
struct idp_group_roles *idp_access_group(struct idp_call *call, struct idp_access *access,
                                         struct idp_bytes managed_object);

/* {"roles":[],"applications":[],"inventoryRoles":[{"managedObject":"","roleIds":[]}]} and back;
 * raises IDP_INVALID_ARGUMENT for another shape. NULL gives nothing. */
struct idp_access idp_access_read(struct idp_call *call, const struct idp_json *json);
struct idp_json *idp_access_json(struct idp_call *call, const struct idp_access *access);

#endif
