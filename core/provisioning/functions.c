/* SPDX-License-Identifier: Apache-2.0 */
/* functions.c - the steps of a device as SQL functions. Where the bytes of an answer matter it is a
 * text, an error as well. */
#include "core/provisioning/provisioning.h"

static struct idp_value text_of(struct idp_call *call, const struct idp_json *answer)
{
    return idp_value_text(idp_json_text(call, answer));
}

struct idp_value idp_sql_provision_time(struct idp_call *call, const struct idp_value *arguments)
{
    return text_of(call, idp_provision_time(call, arguments[0].bytes));
}

struct idp_value idp_sql_provision_ownership(struct idp_call *call,
                                             const struct idp_value *arguments)
{
    return text_of(call, idp_provision_ownership(call, arguments[0].bytes));
}

struct idp_value idp_sql_provision_identity(struct idp_call *call,
                                            const struct idp_value *arguments)
{
    const struct idp_json *options = idp_json_object_argument(call, arguments[2], "options");
    return idp_value_json(
        idp_provision_identity(call, arguments[0].bytes, arguments[1].bytes, options));
}

struct idp_value idp_sql_provision_acls(struct idp_call *call, const struct idp_value *arguments)
{
    return text_of(call, idp_provision_acls(call, arguments[0].bytes));
}

struct idp_value idp_sql_provision_credentials(struct idp_call *call,
                                               const struct idp_value *arguments)
{
    return text_of(call, idp_provision_credentials(call, arguments[0].bytes));
}

struct idp_value idp_sql_provision_token(struct idp_call *call, const struct idp_value *arguments)
{
    return idp_value_json(idp_provision_token(call, arguments[0].bytes));
}

struct idp_value idp_sql_provision_cloud(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *options = idp_json_object_argument(call, arguments[1], "options");
    return text_of(call, idp_provision_cloud(call, arguments[0].bytes, options));
}

struct idp_value idp_sql_provision_configuration(struct idp_call *call,
                                                 const struct idp_value *arguments)
{
    return idp_value_json(
        idp_provision_configuration(call, arguments[0].bytes, idp_text_of(arguments[1])));
}
