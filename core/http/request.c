/* SPDX-License-Identifier: Apache-2.0 */
/* request.c - what a request says of itself: its headers, where it goes, what its body is.
 * Header names come from any front in any case, and one spelled twice must not hide from a check,
 * so that a header is always counted over all members. */
#include "core/http/http.h"

#include <string.h>
#include <strings.h>

static bool bytes_equal_caseless(struct idp_bytes left, struct idp_bytes right)
{
    return left.size == right.size && strncasecmp(left.data, right.data, left.size) == 0;
}

/* Adds the strings of one header member to *count; the last one seen is left in *value. */
static void values_count(const struct idp_json *member, size_t *count, struct idp_bytes *value)
{
    const struct idp_json *item = member->kind == IDP_JSON_ARRAY ? member->child : member;
    while (item) {
        if (item->kind == IDP_JSON_STRING) {
            *value = item->text;
            ++*count;
        }
        item = item == member ? NULL : item->next;
    }
}

static size_t header_find(const struct idp_request *request, const char *name,
                          struct idp_bytes *value)
{
    size_t count = 0;
    struct idp_bytes wanted = idp_bytes_of(name);
    if (!request->headers) {
        return 0;
    }
    for (const struct idp_json *m = request->headers->child; m; m = m->next) {
        if (bytes_equal_caseless(m->name, wanted)) {
            values_count(m, &count, value);
        }
    }
    return count;
}

struct idp_bytes idp_request_header(const struct idp_request *request, const char *name)
{
    struct idp_bytes value = {0};
    if (header_find(request, name, &value) != 1) {
        return (struct idp_bytes){0};
    }
    return value;
}

size_t idp_request_header_count(const struct idp_request *request, const char *name)
{
    struct idp_bytes value;
    return header_find(request, name, &value);
}

/* Headers whose meaning would depend on which of several values is believed. */
enum { REPEATED, CONTENT_LENGTH, TRANSFER_ENCODING };
static const struct idp_bytes single_headers[] = {
    [REPEATED] = IDP_LITERAL(IDP_REPEATED_HEADER),
    [CONTENT_LENGTH] = IDP_LITERAL("content-length"),
    [TRANSFER_ENCODING] = IDP_LITERAL("transfer-encoding"),
    IDP_LITERAL("host"),
    IDP_LITERAL("authorization"),
    IDP_LITERAL("content-type"),
    IDP_LITERAL("dpop"),
    IDP_LITERAL(IDP_PEER_HEADER),
};

/* True but for a second value of one of them. */
static bool single_count(const struct idp_json *member, size_t counts[])
{
    struct idp_bytes value;
    for (size_t i = 0; i < IDP_COUNT(single_headers); i++) {
        if (bytes_equal_caseless(member->name, single_headers[i])) {
            values_count(member, &counts[i], &value);
            return counts[i] <= 1;
        }
    }
    return true;
}

/* Two ways to say where the body ends: what one reader takes for the next request another has taken
 * for the body (RFC 9112 §6.1). */
bool idp_request_is_clear(const struct idp_request *request)
{
    size_t header_count = 0, counts[IDP_COUNT(single_headers)] = {0};
    if (!request->headers) {
        return true;
    }
    if (request->headers->kind != IDP_JSON_OBJECT) {
        return false;
    }
    for (const struct idp_json *m = request->headers->child; m; m = m->next) {
        if (++header_count > IDP_HEADER_COUNT_MAX || !single_count(m, counts)) {
            return false;
        }
    }
    return counts[REPEATED] == 0 && (counts[CONTENT_LENGTH] == 0 || counts[TRANSFER_ENCODING] == 0);
}

bool idp_request_is(const struct idp_request *request, const char *media_type)
{
    struct idp_bytes type = idp_request_header(request, "content-type");
    const char *semicolon = type.data ? memchr(type.data, ';', type.size) : NULL;
    if (semicolon) {
        type.size = (size_t)(semicolon - type.data);
    }
    while (type.size > 0 && (type.data[0] == ' ' || type.data[0] == '\t')) {
        type = (struct idp_bytes){type.data + 1, type.size - 1};
    }
    while (type.size > 0 && (type.data[type.size - 1] == ' ' || type.data[type.size - 1] == '\t')) {
        type.size--;
    }
    return bytes_equal_caseless(type, idp_bytes_of(media_type));
}

/* The part of an absolute target (RFC 9112 §3.2.2) behind its scheme; data NULL: not absolute. */
static struct idp_bytes scheme_strip(struct idp_bytes target)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < IDP_COUNT(schemes); i++) {
        size_t size = strlen(schemes[i]);
        if (target.size >= size && strncasecmp(target.data, schemes[i], size) == 0) {
            return (struct idp_bytes){target.data + size, target.size - size};
        }
    }
    return (struct idp_bytes){0};
}

static struct idp_bytes lower_case(struct idp_call *call, struct idp_bytes text)
{
    if (!text.data) {
        return text;
    }
    char *lower = idp_allocate(call, text.size + 1);
    for (size_t i = 0; i < text.size; i++) {
        lower[i] =
            text.data[i] >= 'A' && text.data[i] <= 'Z' ? (char)(text.data[i] | 0x20) : text.data[i];
    }
    return (struct idp_bytes){lower, text.size};
}

/* Size of the leading part of text without any of the characters in `stops`. */
static size_t span_until(struct idp_bytes text, const char *stops)
{
    size_t size = 0;
    while (size < text.size && (text.data[size] == '\0' || !strchr(stops, text.data[size]))) {
        size++;
    }
    return size;
}

enum idp_error idp_request_locate(struct idp_call *call, struct idp_request *request)
{
    struct idp_bytes rest = request->target;
    struct idp_bytes authority = idp_request_header(request, "host");
    struct idp_bytes absolute = scheme_strip(rest);
    if (absolute.data) {
        size_t size = span_until(absolute, "/?");
        authority = (struct idp_bytes){absolute.data, size};
        rest = (struct idp_bytes){absolute.data + size, absolute.size - size};
    }
    if (rest.size == 0 || rest.data[0] != '/' || !idp_utf8_valid(rest)) {
        return IDP_INVALID_REQUEST;
    }
    if (authority.data && !idp_utf8_valid(authority)) {
        return IDP_INVALID_REQUEST;
    }
    size_t size = span_until(rest, "?");
    request->path = (struct idp_bytes){rest.data, size};
    if (size < rest.size) {
        request->query = (struct idp_bytes){rest.data + size + 1, rest.size - size - 1};
    }
    request->authority = lower_case(call, authority);
    return IDP_OK;
}
