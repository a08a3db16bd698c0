/* SPDX-License-Identifier: Apache-2.0 */
/* enrollment_list.c - the devices that an enrollment lets in, or does not, one by one: by serial,
 * by key or by name, whatever they prove themselves with; member.c has those of a table. */
#include "core/provisioning/enrollment.h"
#include "core/sso/sso.h"

/* A serial is a number: zeros before it say nothing. */
static struct idp_bytes number_of(struct idp_bytes text)
{
    while (text.size > 1 && text.data[0] == '0') {
        text = (struct idp_bytes){text.data + 1, text.size - 1};
    }
    return text;
}

static bool list_holds(struct idp_call *call, const struct idp_json *list, const char *name,
                       struct idp_bytes value)
{
    const struct idp_json *items = idp_json_member(list, name);
    for (const struct idp_json *item = items == NULL ? NULL : items->child;
         item != NULL && value.data != NULL; item = item->next) {
        if (idp_bytes_equal(number_of(idp_lower_case(call, item->text)), number_of(value))) {
            return true;
        }
    }
    return false;
}

static bool list_matches(struct idp_call *call, const struct idp_json *list, struct idp_bytes name)
{
    const struct idp_json *patterns = idp_json_member(list, "common_names");
    for (const struct idp_json *item = patterns == NULL ? NULL : patterns->child;
         item != NULL && name.data != NULL; item = item->next) {
        struct idp_wildcard pattern = idp_wildcard_of(item->text, IDP_WILDCARD_ESCAPE_STAR);
        if (idp_wildcard_match(call, &pattern, name)) {
            return true;
        }
    }
    return false;
}

static bool list_names(struct idp_call *call, const struct idp_json *list,
                       const struct idp_listed *device)
{
    return list_holds(call, list, "serials", device->serial) ||
           list_holds(call, list, "keys", idp_identity_digest(call, device->spki)) ||
           list_matches(call, list, device->name);
}

bool idp_enrollment_bars(struct idp_call *call, const struct idp_enrollment *enrollment,
                         const struct idp_listed *device)
{
    return list_names(call, idp_json_member(enrollment->document, "deny"), device);
}

bool idp_enrollment_denies(struct idp_call *call, const struct idp_enrollment *enrollment,
                           const struct idp_listed *device)
{
    const struct idp_json *document = enrollment->document;
    const struct idp_json *allow = idp_json_member(document, "allow");
    return idp_enrollment_bars(call, enrollment, device) ||
           (allow != NULL && !list_names(call, allow, device)) ||
           (idp_json_is_true(document, "members") &&
            !idp_enrollment_lists(call, enrollment, device));
}
