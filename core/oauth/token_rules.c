/* SPDX-License-Identifier: Apache-2.0 */
/* token_rules.c - how long tokens of a client live and what they are: the settings of the tenant,
 * which the metadata of the client may only narrow. */
#include "core/oauth/token.h"

static int64_t shorter(const struct idp_json *metadata, const char *name, int64_t lifetime_s)
{
    int64_t own_s;
    bool is_shorter =
        idp_json_integer(idp_json_member(metadata, name), &own_s) && own_s < lifetime_s;
    return is_shorter ? own_s : lifetime_s;
}

/* A client that says nothing gets what the tenant's system gives. */
static bool is_opaque(const struct idp_json *metadata, const struct idp_settings *settings)
{
    struct idp_bytes format = idp_json_string(metadata, "access_token_format");
    return format.data == NULL ? settings->is_isvaop : idp_bytes_is(format, "opaque");
}

bool idp_refresh_allowed(const struct idp_token_request *request)
{
    return request->client.refresh_grant &&
           idp_grant_offered(&request->settings, idp_bytes_of(IDP_GRANT_REFRESH_TOKEN));
}

struct idp_token_rules idp_token_rules_of(struct idp_call *call,
                                          const struct idp_settings *settings,
                                          struct idp_bytes client_id)
{
    const struct idp_json *metadata = idp_client_metadata(call, client_id);
    return (struct idp_token_rules){
        .access_token_lifetime_s =
            shorter(metadata, "access_token_lifetime", settings->access_token_lifetime_s),
        .refresh_token_lifetime_s =
            shorter(metadata, "refresh_token_lifetime", settings->refresh_token_lifetime_s),
        .id_token_lifetime_s =
            shorter(metadata, "id_token_lifetime", settings->id_token_lifetime_s),
        .grant_lifetime_s =
            shorter(metadata, "max_authorization_grant_lifetime", settings->grant_lifetime_s),
        .is_opaque = is_opaque(metadata, settings),
        .is_rotated = !idp_json_is_true(metadata, "do_not_rotate_refresh_token"),
        .is_bound_to_key = idp_json_is_true(metadata, "dpop_bound_access_tokens"),
        .is_bound_to_certificate =
            idp_json_is_true(metadata, "tls_client_certificate_bound_access_tokens"),
        .id_token_algorithm = idp_json_string(metadata, "id_token_signed_response_alg"),
        .resources = idp_json_member(metadata, "resources"),
    };
}
