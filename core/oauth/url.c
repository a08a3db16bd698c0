/* SPDX-License-Identifier: Apache-2.0 */
/* url.c - the URLs of settings: https, or http where no network is crossed (RFC 8628 §3.1 asks for
 * TLS). Only what an authorization server's own addresses need; no query, fragment or user. */
#include "core/oauth/settings.h"

#include <string.h>

static bool url_character(char character)
{
    return character > ' ' && character < 0x7f && strchr("\"'<>\\^`{|}?#@", character) == NULL;
}

static bool host_character(char character, bool literal)
{
    bool letter = (character | 32) >= 'a' && (character | 32) <= 'z';
    bool digit = character >= '0' && character <= '9';
    return letter || digit || strchr(literal ? ".:" : ".-", character) != NULL;
}

static bool loopback(struct idp_bytes authority)
{
    static const char *const hosts[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < IDP_COUNT(hosts); i++) {
        size_t size = strlen(hosts[i]);
        if (idp_bytes_start(authority, idp_bytes_of(hosts[i])) &&
            (authority.size == size || authority.data[size] == ':')) {
            return true;
        }
    }
    return false;
}

static struct idp_bytes without_default_port(struct idp_bytes authority, const char *port)
{
    if (idp_bytes_end(authority, idp_bytes_of(port))) {
        authority.size -= strlen(port);
    }
    return authority;
}

/* 1 to 5 digits; an absent port is fine. */
static bool port_valid(struct idp_bytes port)
{
    for (size_t i = 1; i < port.size; i++) {
        if (port.data[i] < '0' || port.data[i] > '9') {
            return false;
        }
    }
    return port.size == 0 || (port.data[0] == ':' && port.size > 1 && port.size <= 6);
}

static bool host_valid(struct idp_bytes host, bool literal)
{
    for (size_t i = 0; i < host.size; i++) {
        bool dot = host.data[i] == '.' && (i == 0 || host.data[i - 1] == '.');
        if (!host_character(host.data[i], literal) || (!literal && dot)) {
            return false;
        }
    }
    return host.size > 0;
}

/* A name, an IPv4 address or an IPv6 address in brackets, and perhaps a port. */
static bool authority_valid(struct idp_bytes authority)
{
    bool literal = authority.size > 0 && authority.data[0] == '[';
    const char *end = memchr(authority.data, literal ? ']' : ':', authority.size);
    size_t host_size = end == NULL ? authority.size : (size_t)(end - authority.data);
    if (literal && end == NULL) {
        return false;
    }
    size_t port_at = host_size + literal;
    struct idp_bytes host = {authority.data + literal, host_size - literal};
    struct idp_bytes port = {authority.data + port_at, authority.size - port_at};
    return host_valid(host, literal) && port_valid(port);
}

/* Each percent sign begins an escape (RFC 3986 §2.1). */
static bool escapes_valid(struct idp_bytes path)
{
    for (size_t i = 0; i < path.size; i++) {
        if (path.data[i] == '%' && (i + 2 >= path.size || idp_hex_digit(path.data[i + 1]) < 0 ||
                                    idp_hex_digit(path.data[i + 2]) < 0)) {
            return false;
        }
    }
    return true;
}

bool idp_url_read(struct idp_call *call, struct idp_bytes text, struct idp_url *url)
{
    bool secure = idp_bytes_start(text, idp_bytes_of("https://"));
    if (text.size > IDP_URL_SIZE_MAX ||
        (!secure && !idp_bytes_start(text, idp_bytes_of("http://")))) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (!url_character(text.data[i])) {
            return false;
        }
    }
    size_t scheme_size = strlen(secure ? "https://" : "http://");
    struct idp_bytes rest = {text.data + scheme_size, text.size - scheme_size};
    const char *slash = memchr(rest.data, '/', rest.size);
    size_t host_size = slash == NULL ? rest.size : (size_t)(slash - rest.data);
    struct idp_bytes authority = idp_lower_case(call, (struct idp_bytes){rest.data, host_size});
    url->authority = without_default_port(authority, secure ? ":443" : ":80");
    url->path = (struct idp_bytes){rest.data + host_size, rest.size - host_size};
    while (url->path.size > 0 && url->path.data[url->path.size - 1] == '/') {
        url->path.size--;
    }
    return authority_valid(authority) && escapes_valid(url->path) &&
           (secure || loopback(authority));
}
