/* SPDX-License-Identifier: Apache-2.0 */
/* access.c - sets of roles, applications and inventory roles. They are small; they are kept in
 * order, so that equal sets are equal documents. */
#include "core/sso/access.h"

enum { CAPACITY_FIRST = 8 };

/* ---- ids ---- */

/* The place of the id, or where it would be. */
static size_t place_of(const struct idp_ids *ids, int64_t id)
{
    size_t low = 0, high = ids->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ids->list[middle] < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool idp_ids_has(const struct idp_ids *ids, int64_t id)
{
    size_t place = place_of(ids, id);
    return place < ids->count && ids->list[place] == id;
}

void idp_ids_add(struct idp_ids *ids, int64_t id)
{
    size_t place = place_of(ids, id);
    if (place < ids->count && ids->list[place] == id) {
        return;
    }
    if (ids->count == IDP_ACCESS_ID_COUNT_MAX) {
        idp_fail_with(ids->call, IDP_TOO_LARGE, "There are more than %d ids of one kind.",
                      IDP_ACCESS_ID_COUNT_MAX);
    }
    if (ids->count == ids->capacity) {
        ids->capacity = ids->capacity == 0 ? CAPACITY_FIRST : ids->capacity * 2;
        int64_t *list = idp_allocate(ids->call, ids->capacity * sizeof *list);
        if (ids->count > 0) {
            memcpy(list, ids->list, ids->count * sizeof *list);
        }
        ids->list = list;
    }
    memmove(ids->list + place + 1, ids->list + place, (ids->count - place) * sizeof *ids->list);
    ids->list[place] = id;
    ids->count++;
}

/* ---- access ---- */

struct idp_access idp_access_new(struct idp_call *call)
{
    return (struct idp_access){.roles = {.call = call}, .applications = {.call = call}};
}

static void groups_grow(struct idp_call *call, struct idp_access *access)
{
    if (access->group_count == IDP_ACCESS_ID_COUNT_MAX) {
        idp_fail_with(call, IDP_TOO_LARGE, "There are more than %d device groups.",
                      IDP_ACCESS_ID_COUNT_MAX);
    }
    if (access->group_count < access->group_capacity) {
        return;
    }
    access->group_capacity =
        access->group_capacity == 0 ? CAPACITY_FIRST : access->group_capacity * 2;
    struct idp_group_roles *groups = idp_allocate(call, access->group_capacity * sizeof *groups);
    if (access->group_count > 0) {
        memcpy(groups, access->groups, access->group_count * sizeof *groups);
    }
    access->groups = groups;
}

struct idp_group_roles *idp_access_group(struct idp_call *call, struct idp_access *access,
                                         struct idp_bytes managed_object)
{
    size_t place = 0;
    int order = 1;
    while (place < access->group_count &&
           (order = idp_bytes_compare(access->groups[place].managed_object, managed_object)) < 0) {
        place++;
    }
    if (place < access->group_count && order == 0) {
        return &access->groups[place];
    }
    groups_grow(call, access);
    struct idp_group_roles *group = &access->groups[place];
    memmove(group + 1, group, (access->group_count - place) * sizeof *group);
    *group = (struct idp_group_roles){.managed_object = managed_object, .roles = {.call = call}};
    access->group_count++;
    return group;
}

/* ---- documents ---- */

static void refuse(struct idp_call *call) IDP_NORETURN;

static void refuse(struct idp_call *call)
{
    idp_fail_with(call, IDP_INVALID_ARGUMENT,
                  "Access is an object of roles, applications (lists of ids) and inventoryRoles "
                  "(a list of managedObject and roleIds).");
}

static void ids_read(struct idp_call *call, struct idp_ids *ids, const struct idp_json *list)
{
    int64_t id;
    if (list != NULL && list->kind != IDP_JSON_ARRAY) {
        refuse(call);
    }
    for (const struct idp_json *item = list == NULL ? NULL : list->child; item != NULL;
         item = item->next) {
        if (!idp_json_integer(item, &id)) {
            refuse(call);
        }
        idp_ids_add(ids, id);
    }
}

struct idp_access idp_access_read(struct idp_call *call, const struct idp_json *json)
{
    struct idp_access access = idp_access_new(call);
    const struct idp_json *groups = idp_json_member(json, "inventoryRoles");
    if (groups != NULL && groups->kind != IDP_JSON_ARRAY) {
        refuse(call);
    }
    ids_read(call, &access.roles, idp_json_member(json, "roles"));
    ids_read(call, &access.applications, idp_json_member(json, "applications"));
    for (const struct idp_json *group = groups == NULL ? NULL : groups->child; group != NULL;
         group = group->next) {
        struct idp_bytes name = idp_json_string(group, "managedObject");
        if (name.data == NULL) {
            refuse(call);
        }
        ids_read(call, &idp_access_group(call, &access, name)->roles,
                 idp_json_member(group, "roleIds"));
    }
    return access;
}

static void ids_write(struct idp_call *call, struct idp_json *object, const char *name,
                      const struct idp_ids *ids)
{
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < ids->count; i++) {
        idp_json_add(list, NULL, idp_json_new_integer(call, ids->list[i]));
    }
    idp_json_add(object, name, list);
}

struct idp_json *idp_access_json(struct idp_call *call, const struct idp_access *access)
{
    struct idp_json *json = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *groups = idp_json_new(call, IDP_JSON_ARRAY);
    ids_write(call, json, "roles", &access->roles);
    ids_write(call, json, "applications", &access->applications);
    for (size_t i = 0; i < access->group_count; i++) {
        struct idp_json *group = idp_json_new(call, IDP_JSON_OBJECT);
        idp_json_add_string(call, group, "managedObject", access->groups[i].managed_object);
        ids_write(call, group, "roleIds", &access->groups[i].roles);
        idp_json_add(groups, NULL, group);
    }
    idp_json_add(json, "inventoryRoles", groups);
    return json;
}
