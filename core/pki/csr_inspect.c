/* SPDX-License-Identifier: Apache-2.0 */
/* csr_inspect.c - what a request says, for people and for policies in SQL. */
#include "core/pki/x509.h"

static struct idp_json *requested_of(struct idp_call *call, const struct idp_extensions *requested)
{
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < requested->count; i++) {
        struct idp_json *item = idp_json_new(call, IDP_JSON_OBJECT);
        idp_json_add_string(call, item, "name", idp_extension_name(call, requested->items[i].oid));
        idp_json_add_bool(call, item, "critical", requested->items[i].is_critical);
        idp_json_add(list, NULL, item);
    }
    return list;
}

/* csr_inspect(csr) → {"valid":true,…} or {"valid":false,"reasons":[…]} */
struct idp_value idp_sql_csr_inspect(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_csr csr;
    const char *why = idp_csr_read_text(call, arguments[0].bytes, &csr);
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_bool(call, answer, "valid", why == NULL);
    if (why != NULL) {
        idp_json_add(answer, "reasons", idp_json_words(call, why));
        return idp_value_json(answer);
    }
    idp_json_add_string(call, answer, "subject", csr.subject.text);
    idp_json_add_string(call, answer, "common_name", csr.subject.common_name);
    idp_json_add(answer, "key", idp_key_describe(call, csr.key));
    idp_json_add_string(call, answer, "key_sha256",
                        idp_hex_encode(call, idp_sha256(call, csr.spki)));
    idp_json_add_c(call, answer, "signature_algorithm", idp_x509_algorithm_name(csr.algorithm));
    idp_json_add(answer, "requested_extensions", requested_of(call, &csr.requested));
    return idp_value_json(answer);
}
