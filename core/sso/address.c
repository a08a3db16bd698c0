/* SPDX-License-Identifier: Apache-2.0 */
/* address.c - the addresses in a connection: what one may hold, and whether two lead to one host.
 */
#include "core/sso/connection.h"

static void error(struct idp_connection_faults *faults, struct idp_bytes path, const char *message)
{
    idp_fault_add(faults->call, faults->errors, path, "url", message);
}

static bool holds(struct idp_bytes text, char c)
{
    return text.size > 0 && memchr(text.data, c, text.size) != NULL;
}

/* The size of the scheme with its slashes; 0: it is no address of the web. */
static size_t scheme_size(struct idp_bytes url)
{
    struct idp_bytes https = idp_bytes_of("https://"), http = idp_bytes_of("http://");
    return idp_bytes_start(url, https) ? https.size : idp_bytes_start(url, http) ? http.size : 0;
}

/* The part between the scheme and the path; data NULL: no address of the web. */
static struct idp_bytes authority_of(struct idp_bytes url)
{
    size_t from = scheme_size(url), to = from;
    while (to < url.size && strchr("/?#", url.data[to]) == NULL) {
        to++;
    }
    return from == 0 || from == to ? (struct idp_bytes){0}
                                   : (struct idp_bytes){url.data + from, to - from};
}

/* Browsers go to the others. */
static bool is_fetched(struct idp_bytes path)
{
    static const char *const starts[] = {"/tokenRequest/", "/refreshRequest/",
                                         "/externalTokenConfig/", "/signatureVerificationConfig/"};
    size_t i = 0;
    while (i < IDP_COUNT(starts) && !idp_bytes_start(path, idp_bytes_of(starts[i]))) {
        i++;
    }
    return i < IDP_COUNT(starts);
}

void idp_address_check(struct idp_connection_faults *faults, struct idp_bytes path,
                       struct idp_bytes url)
{
    struct idp_bytes authority = authority_of(url);
    if (url.size > IDP_URL_SIZE_MAX) {
        idp_fault_add(faults->call, faults->errors, path, "size",
                      "an address is longer than 2000 bytes");
    } else if (authority.data == NULL || idp_text_has_control(url) || holds(url, ' ')) {
        error(faults, path, "an address must begin with https:// and hold no space");
    } else if (holds(authority, '@')) {
        error(faults, path, "an address must hold no user: use a header");
    } else if (holds(url, '\\')) {
        error(faults, path, "an address must hold no backslash");
    } else if (idp_bytes_start(url, idp_bytes_of("http://"))) {
        idp_fault_add(
            faults->call, faults->warnings, path, "http",
            is_fetched(path)
                ? "what goes to this address can be read on its way: it is refused unless "
                  "allow_http of idplane_fetch is on"
                : "what goes to this address can be read on its way");
    }
}

/* An asterisk that is the last character, behind a slash of the path. */
static bool is_pattern(struct idp_bytes url)
{
    const char *star = memchr(url.data, '*', url.size);
    struct idp_bytes authority = authority_of(url);
    return star != NULL && authority.data != NULL && star == url.data + url.size - 1 &&
           star > authority.data + authority.size && star[-1] == '/' && !holds(url, '?');
}

void idp_address_check_redirect(struct idp_connection_faults *faults, struct idp_bytes path,
                                struct idp_bytes url, bool may_end_open)
{
    idp_address_check(faults, path, url);
    if (holds(url, '#')) {
        error(faults, path, "where a browser comes back to has no fragment");
    }
    if (holds(url, '*') && !(may_end_open && is_pattern(url))) {
        error(faults, path,
              may_end_open ? "an asterisk stands behind a slash of the path, as the last character"
                           : "where a browser comes back to holds no asterisk");
    }
}

/* Scheme, host and port, as far as they are said. Names that are filled have their case. */
static struct idp_bytes origin_of(struct idp_call *call, struct idp_bytes url)
{
    struct idp_bytes authority = authority_of(url);
    struct idp_bytes port = idp_bytes_of(scheme_size(url) == strlen("https://") ? ":443" : ":80");
    if (authority.data == NULL) {
        return (struct idp_bytes){"", 0};
    }
    authority.size -= idp_bytes_end(authority, port) ? port.size : 0;
    struct idp_bytes origin = {url.data, (size_t)(authority.data + authority.size - url.data)};
    return holds(origin, '$') ? origin : idp_lower_case(call, origin);
}

bool idp_address_is_moved(struct idp_call *call, struct idp_bytes before, struct idp_bytes after)
{
    return !idp_bytes_equal(origin_of(call, before), origin_of(call, after));
}
