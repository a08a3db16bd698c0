/* SPDX-License-Identifier: Apache-2.0 */
/* fault.c - what is wrong with a request: for programs a path and a code, for people the sentence
 * of the origin, to the letter. */
#include "core/oidc/config.h"

struct idp_oidc_faults idp_oidc_faults_new(struct idp_call *call)
{
    return (struct idp_oidc_faults){
        .call = call, .list = idp_json_new(call, IDP_JSON_ARRAY), .index = -1};
}

static struct idp_bytes path_of(struct idp_oidc_faults *faults, const char *member)
{
    struct idp_text path = {.call = faults->call};
    if (faults->index >= 0) {
        idp_text_add_c(&path, "/list/");
        idp_text_add_integer(&path, faults->index);
    }
    if (member[0] != 0) {
        idp_text_add_char(&path, '/');
        idp_text_add_c(&path, member);
    }
    return idp_text_bytes(&path);
}

/* The origin is shorter where it speaks of keys. */
static const char *index_words(const char *code)
{
    return strcmp(code, "jwks_encoding") == 0 ? " at index " : " for OIDC at index ";
}

void idp_oidc_fault_add_with(struct idp_oidc_faults *faults, const char *member, const char *code,
                             const char *message, struct idp_bytes detail)
{
    struct idp_text text = {.call = faults->call};
    idp_text_add_c(&text, message);
    idp_text_add(&text, detail);
    if (faults->index >= 0) {
        idp_text_add_c(&text, index_words(code));
        idp_text_add_integer(&text, faults->index);
    }
    idp_fault_add(faults->call, faults->list, path_of(faults, member), code,
                  idp_text_bytes(&text).data);
}

void idp_oidc_fault_add(struct idp_oidc_faults *faults, const char *member, const char *code,
                        const char *message)
{
    idp_oidc_fault_add_with(faults, member, code, message, (struct idp_bytes){"", 0});
}
