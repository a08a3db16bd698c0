/* SPDX-License-Identifier: Apache-2.0 */
/* redirect_uri.c - where a browser may be sent with a code: exactly what the client registered
 * (RFC 9700 §2.1), but for the port of a program on the user's own machine (RFC 8252 §7.3). */
#include "core/oauth/client.h"

#include <string.h>

/* The size of what begins http on a loopback address, up to its port; 0: it does not. */
static size_t loopback_size(struct idp_bytes uri)
{
    static const char *const hosts[] = {"http://127.0.0.1", "http://[::1]", "http://localhost"};
    for (size_t i = 0; i < IDP_COUNT(hosts); i++) {
        size_t size = strlen(hosts[i]);
        if (idp_bytes_start(uri, idp_bytes_of(hosts[i])) &&
            (uri.size == size || strchr(":/?", uri.data[size]) != NULL)) {
            return size;
        }
    }
    return 0;
}

static bool characters_valid(struct idp_bytes uri)
{
    for (size_t i = 0; i < uri.size; i++) {
        if (uri.data[i] <= ' ' || uri.data[i] > '~' || strchr("#\"<>\\^`{|}", uri.data[i])) {
            return false;
        }
    }
    return uri.size <= IDP_URL_SIZE_MAX;
}

/* A scheme with a dot is a name in reverse order, so that it has an owner (RFC 8252 §7.1). */
static bool is_private_scheme(struct idp_bytes uri)
{
    bool has_dot = false;
    size_t i = 0;
    while (i < uri.size && uri.data[i] != ':') {
        char character = uri.data[i];
        bool is_letter = (character | 32) >= 'a' && (character | 32) <= 'z';
        bool is_other = i > 0 && ((character >= '0' && character <= '9') ||
                                  (character != '\0' && strchr("+-.", character) != NULL));
        if (!is_letter && !is_other) {
            return false;
        }
        has_dot = has_dot || character == '.';
        i++;
    }
    return has_dot && i + 1 < uri.size;
}

static bool is_https(struct idp_bytes uri)
{
    static const char scheme[] = "https://";
    size_t size = strlen(scheme), end = size;
    while (end < uri.size && strchr("/?", uri.data[end]) == NULL) {
        end++;
    }
    return idp_bytes_start(uri, idp_bytes_of(scheme)) && end > size && uri.data[size] != ':' &&
           memchr(uri.data, '@', end) == NULL;
}

/* The URI behind host and port. */
static struct idp_bytes behind_port(struct idp_bytes uri, size_t size)
{
    if (size < uri.size && uri.data[size] == ':') {
        size++;
        while (size < uri.size && uri.data[size] >= '0' && uri.data[size] <= '9') {
            size++;
        }
    }
    return (struct idp_bytes){uri.data + size, uri.size - size};
}

/* Behind its port nothing but a path or a query: what a reader takes for a user is none. */
static bool is_loopback(struct idp_bytes uri)
{
    size_t size = loopback_size(uri);
    struct idp_bytes rest = behind_port(uri, size);
    return size > 0 && (rest.size == 0 || strchr("/?", rest.data[0]) != NULL);
}

bool idp_redirect_uri_valid(struct idp_bytes uri)
{
    return characters_valid(uri) && (is_https(uri) || is_loopback(uri) || is_private_scheme(uri));
}

bool idp_redirect_uri_match(struct idp_bytes registered, struct idp_bytes uri)
{
    size_t size = loopback_size(registered);
    bool is_same_host = size > 0 && loopback_size(uri) == size &&
                        idp_bytes_start(uri, (struct idp_bytes){registered.data, size});
    if (!is_same_host) {
        return idp_bytes_equal(registered, uri);
    }
    return idp_bytes_equal(behind_port(registered, size), behind_port(uri, size));
}
