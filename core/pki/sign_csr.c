/* SPDX-License-Identifier: Apache-2.0 */
/* sign_csr.c - a certificate for whoever may call it, told as JSON. */
#include "core/pki/x509.h"

static struct idp_value refused(struct idp_call *call, const char *why)
{
    struct idp_json *answer = idp_json_copy(call, idp_error_json(IDP_INVALID_CSR));
    idp_json_add(answer, "reasons", idp_json_words(call, why));
    return idp_value_json(answer);
}

static struct idp_json *told(struct idp_call *call, const struct idp_issue *issue)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, answer, "certificate",
                        idp_pem_of(call, issue->certificate, "CERTIFICATE"));
    idp_json_add_string(call, answer, "chain", issue->chain);
    idp_json_add_string(call, answer, "serial", issue->serial);
    idp_json_add_string(call, answer, "not_before", idp_time_text(call, issue->not_before_us));
    idp_json_add_string(call, answer, "not_after", idp_time_text(call, issue->not_after_us));
    idp_json_add_string(call, answer, "ca", issue->ca_id);
    return answer;
}

/* sign_csr(csr, profile, options) → the certificate, or {"error":"invalid_csr","reasons"} */
struct idp_value idp_sql_sign_csr(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_issue issue = {
        .csr = arguments[0].bytes,
        .profile = idp_text_of(arguments[1]),
        .options = idp_json_object_argument(call, arguments[2], "options"),
    };
    idp_json_members_check(call, issue.options, "options", "ca lifetime_s");
    const char *why = idp_issue_prepare(call, &issue);
    if (why == NULL) {
        why = idp_issue_sign(call, &issue);
    }
    return why != NULL ? refused(call, why) : idp_value_json(told(call, &issue));
}
