/* SPDX-License-Identifier: Apache-2.0 */
/* acl_check.c - entries of access control that administrators add (OCF Security, oic.r.acl2). */
#include "core/provisioning/enrollment.h"

enum { PERMISSION_MAX = 31, RESOURCE_COUNT_MAX = 64, TEXT_SIZE_MAX = 256 };

static bool has(const struct idp_json *object, const char *name)
{
    return idp_json_member(object, name) != NULL;
}

/* ---- whom an entry is for ---- */

static void uuid_check(struct idp_checking *checking, struct idp_bytes path,
                       const struct idp_json *value)
{
    if (!idp_uuid_is(value->text) && !idp_bytes_is(value->text, "*")) {
        idp_checking_fault(checking, path, "value", "it has to be a UUID");
    }
}

static void connection_check(struct idp_checking *checking, struct idp_bytes path,
                             const struct idp_json *value)
{
    if (!idp_bytes_is(value->text, "anon-clear") && !idp_bytes_is(value->text, "auth-crypt")) {
        idp_checking_fault(checking, path, "value", "it has to be anon-clear or auth-crypt");
    }
}

static const struct idp_member subject_members[] = {
    {"uuid", 't', 1, TEXT_SIZE_MAX, uuid_check},
    {"conntype", 't', 1, TEXT_SIZE_MAX, connection_check},
    {"role", 't', 1, TEXT_SIZE_MAX, NULL},
    {"authority", 't', 1, TEXT_SIZE_MAX, NULL},
};

static void subject_check(struct idp_checking *checking, struct idp_bytes path,
                          const struct idp_json *value)
{
    int kinds = has(value, "uuid") + has(value, "conntype") + has(value, "role");
    idp_members_check(checking, path, value, subject_members, IDP_COUNT(subject_members));
    if (kinds != 1) {
        idp_checking_fault(checking, path, "value", "it has one of uuid, conntype and role");
    }
    if (has(value, "authority") && !has(value, "role")) {
        idp_checking_fault(checking, path, "value", "an authority goes with a role");
    }
}

/* ---- what it is about ---- */

static void wildcard_check(struct idp_checking *checking, struct idp_bytes path,
                           const struct idp_json *value)
{
    if (!idp_word_in(idp_bytes_of("+ - *"), value->text)) {
        idp_checking_fault(checking, path, "value", "it has to be +, - or *");
    }
}

static const struct idp_member resource_members[] = {
    {"href", 't', 1, TEXT_SIZE_MAX, NULL},
    {"wc", 't', 1, 1, wildcard_check},
    {"if", 'l', 1, RESOURCE_COUNT_MAX, NULL},
    {"rt", 'l', 1, RESOURCE_COUNT_MAX, NULL},
};

static void resources_check(struct idp_checking *checking, struct idp_bytes path,
                            const struct idp_json *value)
{
    for (const struct idp_json *item = value->child; item != NULL; item = item->next) {
        if (item->kind != IDP_JSON_OBJECT) {
            idp_checking_fault(checking, path, "type", "each has to be an object");
            continue;
        }
        idp_members_check(checking, path, item, resource_members, IDP_COUNT(resource_members));
        if (has(item, "href") == has(item, "wc")) {
            idp_checking_fault(checking, path, "value", "each has one of href and wc");
        }
    }
}

/* ---- entries ---- */

static const struct idp_member members[] = {
    {"subject", 'o', 0, 0, subject_check},
    {"permission", 'i', 1, PERMISSION_MAX, NULL},
    {"resources", 'a', 1, RESOURCE_COUNT_MAX, resources_check},
};

static void entry_check(struct idp_checking *checking, struct idp_bytes path,
                        const struct idp_json *entry)
{
    if (entry->kind != IDP_JSON_OBJECT) {
        idp_checking_fault(checking, path, "type", "it has to be an object");
        return;
    }
    idp_members_check(checking, path, entry, members, IDP_COUNT(members));
    for (size_t i = 0; i < IDP_COUNT(members); i++) {
        if (!has(entry, members[i].name)) {
            idp_checking_fault(checking, path, "missing",
                               "an entry has subject, permission and resources");
            return;
        }
    }
}

void idp_acl_check(struct idp_checking *checking, struct idp_bytes path,
                   const struct idp_json *value)
{
    size_t position = 0;
    for (const struct idp_json *entry = value->child; entry != NULL; entry = entry->next) {
        entry_check(checking, idp_path_index(checking->call, path, position++), entry);
    }
}
