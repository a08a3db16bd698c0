/* SPDX-License-Identifier: Apache-2.0 */
/* provenance.c - where each effective field comes from, so that whoever wonders about a value sees
 * whom to ask. Of a list, all of it comes from the operation that set it. */
#include "core/oidc/instance.h"

static struct idp_bytes word_before(const struct idp_json *before, const char *name)
{
    struct idp_bytes word = idp_json_string(before, name);
    return word.data == NULL ? idp_bytes_of("default") : word;
}

const struct idp_json *idp_oidc_provenance(struct idp_call *call, struct idp_oidc_state state,
                                           const struct idp_json *request, struct idp_bytes word,
                                           const struct idp_json *before)
{
    struct idp_json *provenance = idp_json_new(call, IDP_JSON_OBJECT);
    if (idp_json_member(state.effective, "list") != NULL) {
        idp_json_add_string(call, provenance, "list", word);
        return provenance;
    }
    struct idp_oidc_config sent = idp_oidc_config_of(request);
    struct idp_oidc_config effective = idp_oidc_config_of(state.effective);
    for (size_t i = 0; i < IDP_OIDC_FIELD_COUNT; i++) {
        const char *name = idp_oidc_field_name((enum idp_oidc_field)i);
        if (effective.fields[i] != NULL) {
            bool keeps =
                idp_oidc_is_empty(sent.fields[i]) && !idp_oidc_is_empty(effective.fields[i]);
            idp_json_add_string(call, provenance, name, keeps ? word_before(before, name) : word);
        }
    }
    return provenance;
}
