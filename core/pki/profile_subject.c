/* SPDX-License-Identifier: Apache-2.0 */
/* profile_subject.c - the name that a certificate gets: its common name, what the profile gives to
 * all, and what it lets a request say about itself. */
#include "core/pki/profile.h"

const char *idp_profile_subject(struct idp_call *call, const struct idp_profile *profile,
                                struct idp_bytes requested, struct idp_bytes common_name,
                                struct idp_bytes *subject)
{
    const struct idp_json *taken = profile->subject_from_request;
    if (profile->subject == NULL && taken == NULL) {
        *subject = idp_name_of(call, common_name);
        return NULL;
    }
    const struct idp_json *from = taken == NULL ? NULL : idp_name_json(call, requested);
    struct idp_json *made = profile->subject == NULL ? idp_json_new(call, IDP_JSON_OBJECT)
                                                     : idp_json_copy(call, profile->subject);
    for (const struct idp_json *name = taken == NULL ? NULL : taken->child; name != NULL;
         name = name->next) {
        const struct idp_json *value = idp_json_member(from, idp_text_c(call, name->text));
        if (value != NULL) {
            idp_json_add_named(made, name->text, idp_json_node(call, value));
        }
    }
    idp_json_add_string(call, made, "CN", common_name);
    *subject = idp_name_of_json(call, made);
    return subject->data == NULL ? "subject" : NULL;
}

bool idp_profile_gives_subject(struct idp_call *call, const struct idp_profile *profile,
                               struct idp_bytes subject)
{
    struct idp_name name;
    struct idp_bytes common_name, device;
    const struct idp_json *members = idp_name_json(call, subject);
    if (members == NULL || idp_name_read(call, subject, &name) != NULL ||
        idp_profile_name(call, profile, &name, &common_name, &device) != NULL ||
        !idp_bytes_equal(common_name, name.common_name)) {
        return false;
    }
    size_t given = 0;
    for (const struct idp_json *m = members->child; m != NULL; m = m->next) {
        struct idp_bytes fixed = idp_json_string(profile->subject, idp_text_c(call, m->name));
        bool is_given = m->kind == IDP_JSON_STRING && idp_bytes_equal(fixed, m->text);
        bool is_taken = profile->subject_from_request != NULL &&
                        idp_json_holds(profile->subject_from_request, m->name);
        given += is_given && fixed.data != NULL ? 1 : 0;
        if (m->kind != IDP_JSON_STRING || !(is_given || is_taken || idp_bytes_is(m->name, "CN"))) {
            return false;
        }
    }
    return profile->subject == NULL || given == idp_json_count(profile->subject) - 1;
}
