/* SPDX-License-Identifier: Apache-2.0 */
/* url.c - the URLs that may be fetched. What libcurl, or another reader, may understand in two ways
 * is refused, before libcurl sees it: users, escapes in the host, backslashes, what is no ASCII. */
#include <arpa/inet.h>

#include "core/fetch/request.h"

enum { PORT_MAX = 65535 };

static bool url_characters(struct idp_bytes url)
{
    size_t i = 0;
    while (i < url.size && url.data[i] > ' ' && url.data[i] < 0x7f &&
           strchr("\"#<>\\^`{|}", url.data[i]) == NULL) {
        i++;
    }
    return i == url.size;
}

/* True where the scheme, in either case, stands in front; *rest is what follows. */
static bool scheme_skip(struct idp_bytes url, const char *scheme, struct idp_bytes *rest)
{
    size_t size = strlen(scheme);
    for (size_t i = 0; i < size; i++) {
        char character = i < url.size ? url.data[i] : 0;
        bool is_upper = character >= 'A' && character <= 'Z';
        if ((is_upper ? character + 32 : character) != scheme[i]) {
            return false;
        }
    }
    *rest = (struct idp_bytes){url.data + size, url.size - size};
    return true;
}

static bool port_valid(struct idp_bytes port)
{
    unsigned number = 0;
    size_t i = 0;
    while (i < port.size && i < 5 && port.data[i] >= '0' && port.data[i] <= '9') {
        number = number * 10 + (unsigned)(port.data[i++] - '0');
    }
    return i == port.size && number > 0 && number <= PORT_MAX;
}

static bool name_valid(struct idp_bytes name)
{
    bool in_label = false;
    for (size_t i = 0; i < name.size; i++) {
        char character = name.data[i], lower = (char)(character | 32);
        bool is_plain = (lower >= 'a' && lower <= 'z') || (character >= '0' && character <= '9') ||
                        character == '-' || character == '_';
        if (!is_plain && (character != '.' || !in_label)) {
            return false;
        }
        in_label = is_plain;
    }
    return name.size > 0;
}

static bool literal_valid(struct idp_bytes literal)
{
    struct idp_fetch_block block;
    return memchr(literal.data, '/', literal.size) == NULL &&
           idp_fetch_block_read(literal, &block) && block.address.size > 4;
}

/* A name, an IPv4 address in any spelling, or an IPv6 address in brackets; and perhaps a port. */
static bool authority_valid(struct idp_bytes authority)
{
    bool is_literal = authority.size > 0 && authority.data[0] == '[';
    const char *end = memchr(authority.data, is_literal ? ']' : ':', authority.size);
    if (is_literal && end == NULL) {
        return false;
    }
    size_t host_size = end == NULL ? authority.size : (size_t)(end - authority.data);
    struct idp_bytes host = {authority.data + is_literal, host_size - is_literal};
    struct idp_bytes port = {authority.data + host_size + is_literal,
                             authority.size - host_size - is_literal};
    bool port_fits =
        port.size == 0 ||
        (port.data[0] == ':' && port_valid((struct idp_bytes){port.data + 1, port.size - 1}));
    return port_fits && (is_literal ? literal_valid(host) : name_valid(host));
}

bool idp_fetch_url_valid(struct idp_bytes url, bool allow_http)
{
    struct idp_bytes rest;
    if (url.size > IDP_URL_SIZE_MAX || !url_characters(url) ||
        !(scheme_skip(url, "https://", &rest) ||
          (allow_http && scheme_skip(url, "http://", &rest)))) {
        return false;
    }
    size_t size = 0;
    while (size < rest.size && rest.data[size] != '/' && rest.data[size] != '?') {
        size++;
    }
    return authority_valid((struct idp_bytes){rest.data, size});
}
