/* SPDX-License-Identifier: Apache-2.0 */
/* locate.c - which tenant a request is for. A tenant is where its base_url is. There are two
 * exceptions: the inserted form of well-known paths, /.well-known/name/path for an issuer
 * https://host/path (RFC 8414 §3.1), where the tenant's path comes last; and lists and answers
 * about certificates, which are asked for by programs that leave the port out of Host. */
#include "core/http/http.h"

#include <string.h>

static const char *const well_known[] = {"/.well-known/oauth-authorization-server",
                                         "/.well-known/openid-configuration"};

/* The well-known path that `path` begins with, when more follows; *inserted is what follows. */
static const char *well_known_find(struct idp_bytes path, struct idp_bytes *inserted)
{
    for (size_t i = 0; i < IDP_COUNT(well_known); i++) {
        size_t size = strlen(well_known[i]);
        if (path.size <= size + 1 || path.data[size] != '/') {
            continue;
        }
        if (memcmp(path.data, well_known[i], size) != 0) {
            continue;
        }
        *inserted = (struct idp_bytes){path.data + size, path.size - size};
        return well_known[i];
    }
    return NULL;
}

struct idp_bytes idp_url_path(struct idp_bytes url)
{
    const char *scheme = memmem(url.data, url.size, "://", 3);
    if (!scheme) {
        return (struct idp_bytes){"", 0};
    }
    const char *authority = scheme + 3;
    const char *path = memchr(authority, '/', (size_t)(url.data + url.size - authority));
    if (!path) {
        return (struct idp_bytes){"", 0};
    }
    return (struct idp_bytes){path, (size_t)(url.data + url.size - path)};
}

/* True where an inserted path belongs to this tenant: its base path or its issuer's. */
static bool inserted_is_ours(struct idp_call *call, struct idp_bytes inserted,
                             struct idp_bytes rest)
{
    if (rest.size == 0) {
        return true;
    }
    return idp_bytes_equal(inserted, idp_url_path(idp_settings_load(call).issuer));
}

/* Whoever asks is told the same, and nobody believes it for where it came from. */
static bool signed_find(struct idp_call *call, struct idp_request *request)
{
    struct idp_bytes tenant, rest;
    bool is_found =
        idp_tenant_match_host(call, request->authority, request->path, &tenant, &rest) &&
        idp_path_is_signed(rest);
    call->tenant = is_found ? tenant : call->tenant;
    request->path = is_found ? rest : request->path;
    return is_found;
}

bool idp_request_find_tenant(struct idp_call *call, struct idp_request *request)
{
    struct idp_bytes inserted = request->path, rest;
    const char *name = well_known_find(request->path, &inserted);
    if (!request->authority.data) {
        return false;
    }
    if (!idp_tenant_match(call, request->authority, inserted, &call->tenant, &rest)) {
        return signed_find(call, request);
    }
    request->path = name ? idp_bytes_of(name) : rest;
    return !name || inserted_is_ours(call, inserted, rest);
}
