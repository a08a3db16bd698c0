/* SPDX-License-Identifier: Apache-2.0 */
/* functions.c - the pure SQL functions of this area: arguments in, value out. Claims are data, and
 * meet nothing where they are none; a rule that is none is a mistake of whoever asks. */
#include "core/sso/predicate.h"

struct idp_value idp_sql_wildcard_match(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_wildcard wildcard = {.pattern = arguments[0].bytes};
    return idp_value_bool(idp_wildcard_match(call, &wildcard, arguments[1].bytes));
}

static struct idp_predicate predicate_of(struct idp_call *call, struct idp_value value)
{
    struct idp_predicate predicate;
    const char *why = idp_predicate_of(call, idp_text_of(value), &predicate);
    if (why != NULL) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The predicate is not valid: %s.", why);
    }
    return predicate;
}

static const struct idp_json *claims_of(struct idp_call *call, struct idp_value value)
{
    const char *why;
    return idp_json_read(call, idp_text_of(value), &why);
}

struct idp_value idp_sql_claim_match(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_predicate predicate = predicate_of(call, arguments[1]);
    const struct idp_json *claims = claims_of(call, arguments[0]);
    return idp_value_bool(claims != NULL && idp_predicate_match(call, claims, &predicate));
}

struct idp_value idp_sql_claim_explain(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_predicate predicate = predicate_of(call, arguments[1]);
    return idp_value_json(idp_predicate_explain(call, claims_of(call, arguments[0]), &predicate));
}

struct idp_value idp_sql_fill_placeholders(struct idp_call *call, const struct idp_value *arguments)
{
    if (!idp_utf8_valid(arguments[0].bytes)) {
        return idp_null();
    }
    const struct idp_json *values = idp_json_object_argument(call, arguments[1], "placeholders");
    return idp_value_text(idp_placeholders_fill(call, arguments[0].bytes, values));
}
