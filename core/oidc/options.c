/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - the last argument of functions that change an instance. */
#include "core/oidc/instance.h"

static void fail_member(struct idp_call *call, const char *member) IDP_NORETURN;

static void fail_member(struct idp_call *call, const char *member)
{
    idp_fail_with(call, IDP_INVALID_ARGUMENT, "The member %s of options has a wrong type or size.",
                  member);
}

static struct idp_bytes text_member(struct idp_call *call, const struct idp_json *options,
                                    const char *member)
{
    const struct idp_json *value = idp_json_member(options, member);
    if (value == NULL || value->kind == IDP_JSON_NULL) {
        return (struct idp_bytes){0};
    }
    if (value->kind != IDP_JSON_STRING || value->text.size > IDP_OIDC_NAME_SIZE_MAX) {
        fail_member(call, member);
    }
    return value->text;
}

static int64_t version_member(struct idp_call *call, const struct idp_json *options)
{
    int64_t version = 0;
    const struct idp_json *value = idp_json_member(options, "version");
    if (value != NULL && value->kind != IDP_JSON_NULL &&
        (!idp_json_integer(value, &version) || version < 1)) {
        fail_member(call, "version");
    }
    return version;
}

struct idp_oidc_options idp_oidc_options_of(struct idp_call *call, struct idp_value value,
                                            const char *members)
{
    const struct idp_json *options = idp_json_object_argument(call, value, "options");
    for (const struct idp_json *member = options == NULL ? NULL : options->child; member != NULL;
         member = member->next) {
        if (!idp_word_in(idp_bytes_of(members), member->name)) {
            idp_fail_with(call, IDP_INVALID_ARGUMENT, "The members of options are: %s.", members);
        }
    }
    struct idp_bytes plan = text_member(call, options, "plan");
    return (struct idp_oidc_options){
        .plan = plan.data == NULL ? idp_bytes_of("") : plan,
        .actor = text_member(call, options, "actor"),
        .version = version_member(call, options),
    };
}
