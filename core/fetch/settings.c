/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c - what whoever runs the process allows, checked at each call: a fetch does not go out
 * under a setting that is misspelt. */
#include "core/fetch/request.h"

static IDP_NORETURN void fail(struct idp_call *call, const char *setting, const char *rule)
{
    idp_fail_with(call, IDP_INVALID_SETTINGS, "The setting %s of idplane_fetch must be %s.",
                  setting, rule);
}

/* The next item of *rest, which moves behind its comma; at the end its data is NULL. */
static struct idp_bytes item_next(struct idp_bytes *rest)
{
    const char *comma = rest->size > 0 ? memchr(rest->data, ',', rest->size) : NULL;
    struct idp_bytes item = *rest;
    if (comma == NULL) {
        *rest = (struct idp_bytes){0};
        return idp_bytes_trim(item);
    }
    item.size = (size_t)(comma - item.data);
    *rest = (struct idp_bytes){comma + 1, rest->size - item.size - 1};
    return idp_bytes_trim(item);
}

static struct idp_fetch_blocks blocks_read(struct idp_call *call, struct idp_bytes list)
{
    static const char rule[] = "a list of IP addresses and CIDR blocks, with commas between";
    struct idp_fetch_block *blocks =
        idp_allocate(call, IDP_FETCH_ADDRESS_COUNT_MAX * sizeof *blocks);
    struct idp_bytes rest = idp_bytes_trim(list);
    size_t count = 0;
    while (rest.data != NULL && idp_bytes_trim(list).size > 0) {
        struct idp_bytes item = item_next(&rest);
        if (count == IDP_FETCH_ADDRESS_COUNT_MAX) {
            fail(call, "allowed_addresses", "no longer than 64 addresses and blocks");
        }
        if (!idp_fetch_block_read(item, &blocks[count++])) {
            fail(call, "allowed_addresses", rule);
        }
    }
    return (struct idp_fetch_blocks){blocks, count};
}

/* A user and a password may stand in it, so it is not judged as URLs to fetch are. */
static bool proxy_valid(struct idp_bytes proxy)
{
    bool has_scheme = idp_bytes_start(proxy, idp_bytes_of("http://")) ||
                      idp_bytes_start(proxy, idp_bytes_of("https://"));
    size_t i = 0;
    while (i < proxy.size && proxy.data[i] > ' ' && proxy.data[i] < 0x7f) {
        i++;
    }
    return has_scheme && i == proxy.size && proxy.size <= IDP_URL_SIZE_MAX;
}

void idp_fetch_settings_read(struct idp_call *call, const struct idp_fetch_settings *settings,
                             struct idp_fetch_request *request)
{
    struct idp_bytes proxy = idp_bytes_of(settings->proxy);
    struct idp_bytes ca_file = idp_bytes_of(settings->ca_file);
    if (proxy.size > 0 && !proxy_valid(proxy)) {
        fail(call, "proxy", "an http or https URL");
    }
    if (ca_file.size > 0 && ca_file.data[0] != '/') {
        fail(call, "ca_file", "an absolute path");
    }
    if (settings->timeout_ms < 1 || settings->timeout_ms > IDP_FETCH_TIMEOUT_MS_MAX) {
        fail(call, "timeout_ms", "an integer from 1 to 60000");
    }
    if (settings->size_max < 1 || settings->size_max > IDP_FETCH_BODY_SIZE_MAX) {
        fail(call, "size_max", "an integer from 1 to 16777216");
    }
    request->proxy = proxy.size > 0 ? idp_text_c(call, proxy) : NULL;
    request->ca_file = ca_file.size > 0 ? idp_text_c(call, ca_file) : NULL;
    request->timeout_ms = settings->timeout_ms;
    request->size_max = (size_t)settings->size_max;
    request->allowed = blocks_read(call, idp_bytes_of(settings->allowed_addresses));
}
