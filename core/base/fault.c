/* SPDX-License-Identifier: Apache-2.0 */
/* fault.c - what is wrong with a document: for programs a path and a code, for people a sentence.
 * All of it is told at once, so that nobody mends one mistake after the other. */
#include "core/base/base.h"

void idp_fault_add(struct idp_call *call, struct idp_json *list, struct idp_bytes path,
                   const char *code, const char *message)
{
    struct idp_json *fault = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, fault, "path", path);
    idp_json_add_c(call, fault, "code", code);
    idp_json_add_c(call, fault, "message", message);
    idp_json_add(list, NULL, fault);
}

struct idp_bytes idp_faults_text(struct idp_call *call, const struct idp_json *list)
{
    struct idp_text text = {.call = call};
    for (const struct idp_json *fault = list->child; fault != NULL; fault = fault->next) {
        idp_text_add_c(&text, fault == list->child ? "" : ", ");
        idp_text_add(&text, idp_json_string(fault, "message"));
    }
    return idp_text_bytes(&text);
}
