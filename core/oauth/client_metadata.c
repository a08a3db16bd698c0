/* SPDX-License-Identifier: Apache-2.0 */
/* client_metadata.c - client metadata (RFC 7591 §2): what the grant needs is checked and becomes
 * columns; other members are kept as they are, as the RFC lets a server do. */
#include "core/oauth/client.h"

static void fail_member(struct idp_call *call, const char *name, const char *rule) IDP_NORETURN;

static void fail_member(struct idp_call *call, const char *name, const char *rule)
{
    idp_fail_with(call, IDP_INVALID_METADATA, "Member %s %s.", name, rule);
}

static bool read_bool(struct idp_call *call, const struct idp_json *document, const char *name,
                      bool absent)
{
    const struct idp_json *member = idp_json_member(document, name);
    if (member == NULL) {
        return absent;
    }
    if (member->kind != IDP_JSON_TRUE && member->kind != IDP_JSON_FALSE) {
        fail_member(call, name, "must be true or false");
    }
    return member->kind == IDP_JSON_TRUE;
}

static struct idp_bytes read_string(struct idp_call *call, const struct idp_json *document,
                                    const char *name, const char *absent)
{
    const struct idp_json *member = idp_json_member(document, name);
    if (member == NULL) {
        return idp_bytes_of(absent);
    }
    if (member->kind != IDP_JSON_STRING) {
        fail_member(call, name, "must be a text");
    }
    return member->text;
}

static bool grant_listed(struct idp_call *call, const struct idp_json *document, const char *grant)
{
    const struct idp_json *list = idp_json_member(document, "grant_types");
    bool found = false;
    if (list != NULL && list->kind != IDP_JSON_ARRAY) {
        fail_member(call, "grant_types", "must be an array of texts");
    }
    for (const struct idp_json *item = list == NULL ? NULL : list->child; item != NULL;
         item = item->next) {
        if (item->kind != IDP_JSON_STRING) {
            fail_member(call, "grant_types", "must be an array of texts");
        }
        found |= idp_bytes_is(item->text, grant);
    }
    return found;
}

/* A device can keep no secret (RFC 8628 §5.6), so a client is public unless it says otherwise. */
static struct idp_bytes read_auth_method(struct idp_call *call, const struct idp_json *document)
{
    static const char *const methods[] = {"none", "client_secret_basic", "client_secret_post"};
    struct idp_bytes method = read_string(call, document, "token_endpoint_auth_method", methods[0]);
    for (size_t i = 0; i < IDP_COUNT(methods); i++) {
        if (idp_bytes_is(method, methods[i])) {
            return method;
        }
    }
    fail_member(call, "token_endpoint_auth_method",
                "must be none, client_secret_basic or client_secret_post");
}

static int64_t read_expiry(struct idp_call *call, const struct idp_json *document)
{
    const struct idp_json *member = idp_json_member(document, "client_secret_expires_at");
    int64_t time_s = 0;
    if (member != NULL &&
        (!idp_json_integer(member, &time_s) || time_s < 0 || time_s > INT32_MAX * (int64_t)100)) {
        fail_member(call, "client_secret_expires_at", "must be seconds since 1970, or 0 for never");
    }
    return time_s;
}

/* What the server decides is not for the client to say; a secret must never be kept. */
static void refuse_server_members(struct idp_call *call, const struct idp_json *document)
{
    static const char *const names[] = {"client_id", "client_secret", "client_id_issued_at",
                                        "registration_access_token", "registration_client_uri"};
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        if (idp_json_member(document, names[i]) != NULL) {
            fail_member(call, names[i], "is made by the server");
        }
    }
}

struct idp_client_metadata idp_client_metadata_read(struct idp_call *call,
                                                    const struct idp_json *document)
{
    refuse_server_members(call, document);
    struct idp_client_metadata metadata = {
        .enabled = read_bool(call, document, "enabled", true),
        .device_grant = grant_listed(call, document, IDP_GRANT_DEVICE_CODE),
        .refresh_grant = grant_listed(call, document, IDP_GRANT_REFRESH_TOKEN),
        .auth_method = read_auth_method(call, document),
        .scope = read_string(call, document, "scope", ""),
        .secret_expires_at_s = read_expiry(call, document),
    };
    (void)read_string(call, document, "client_name", "");
    if (!idp_scope_valid(metadata.scope)) {
        fail_member(call, "scope", "must be scope tokens separated by one space, none twice");
    }
    return metadata;
}
