/* SPDX-License-Identifier: Apache-2.0 */
/* request.c - what a request asks for: nothing, one configuration, or a list of them. */
#include "core/oidc/config.h"

/* What jsonb writes has a space behind each comma and colon: the size that counts is that of the
 * document read (shape.c), as is the number of its values. */
const struct idp_json *idp_oidc_request_read(struct idp_oidc_faults *faults, struct idp_value value)
{
    struct idp_bytes text = idp_text_of(value), path;
    const char *why;
    const struct idp_json *json = NULL;
    if (text.data != NULL) {
        json = idp_json_read_many(faults->call, text, IDP_OIDC_SIZE_MAX, &why, &path);
    }
    if (text.data != NULL && json == NULL) {
        struct idp_text message = {.call = faults->call};
        idp_text_add_c(&message, "the OIDC configuration is not strict JSON: ");
        idp_text_add_c(&message, why);
        idp_text_add_c(&message, path.size == 0 ? "" : " at ");
        idp_oidc_fault_add_with(faults, path.size == 0 ? "" : path.data + 1, "not_json",
                                idp_text_bytes(&message).data, path);
    }
    return json;
}

/* Names that only a later era knows are unknown ones. */
static bool has_field(const struct idp_json *document, size_t field_count)
{
    for (const struct idp_json *member = document->child; member != NULL; member = member->next) {
        if (idp_oidc_field_find(member->name) < field_count) {
            return true;
        }
    }
    return false;
}

static const struct idp_json *list_of(const struct idp_json *document)
{
    const struct idp_json *list = idp_json_member(document, "list");
    return idp_json_is(list, IDP_JSON_ARRAY) ? list : NULL;
}

struct idp_oidc_request idp_oidc_request_of(const struct idp_json *document,
                                            const struct idp_oidc_rules *rules)
{
    if (!idp_json_is(document, IDP_JSON_OBJECT)) {
        return (struct idp_oidc_request){.form = IDP_OIDC_ABSENT, .says_nothing = true};
    }
    struct idp_oidc_request request = {.document = document,
                                       .object = idp_oidc_config_of(document),
                                       .list = rules->is_first ? NULL : list_of(document)};
    bool has_object = has_field(document, rules->field_count);
    request.says_nothing = idp_oidc_config_is_empty(&request.object, rules->field_count);
    if (has_object) {
        request.form = request.list != NULL ? IDP_OIDC_BOTH : IDP_OIDC_OBJECT;
    } else {
        request.form = request.list != NULL ? IDP_OIDC_LIST : IDP_OIDC_ABSENT;
    }
    return request;
}
