/* SPDX-License-Identifier: Apache-2.0 */
/* headers.c - the headers of a request that the core reads, as JSON. */
#include "httpd/httpd.h"

#pragma GCC diagnostic ignored "-Wunused-parameter" /* a callback is told more than it needs */

/* x-idplane-peer is ours alone: a client's copy is not among them. The last one is that of
 * --trust-header, where there is one: what names who is there is handed on for who says so. */
enum { ACCEPT, ACCEPT_LANGUAGE, TRUSTED = 11 };
static const char *handed_on[] = {"Accept",        "Accept-Language",   "Host",
                                  "Content-Type",  "User-Agent",        "Content-Length",
                                  "Authorization", "Transfer-Encoding", "X-Broker-API-Version",
                                  "Cookie",        "X-XSRF-TOKEN",      [TRUSTED] = NULL};
static unsigned taken;           /* a bit for each */
static const char *content_type; /* that was taken */

/* Adds a member. What is no printable ASCII becomes '?', which no check accepts. */
static char *member_add(char *end, const char *name, const char *value)
{
    end = stpcpy(stpcpy(stpcpy(end, ",\""), name), "\":\"");
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            *end++ = '\\';
        *end++ = *value >= ' ' && *value < 0x7f ? *value : '?';
    }
    return stpcpy(end, "\"");
}

void header_trust(const char *name)
{
    static const char characters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    for (size_t i = 0; i < TRUSTED; i++)
        if (strcasecmp(handed_on[i], name) == 0)
            errx(1, "--trust-header takes a header that only a proxy sets");
    if (*name == '\0' || name[strspn(name, characters)] != '\0' ||
        strncasecmp(name, "x-idplane-", strlen("x-idplane-")) == 0)
        errx(1, "--trust-header takes the name of a header");
    handed_on[TRUSTED] = name;
}

/* The seed of one service sends its Content-Type twice; the same again says nothing new. What a
 * browser takes may come in several lines (RFC 9110 §5.3): the first one is enough to tell it. */
static bool is_said(size_t i, const char *value)
{
    if (i == ACCEPT || i == ACCEPT_LANGUAGE)
        return (taken & 1U << i) != 0;
    if (strcmp(handed_on[i], "Content-Type") != 0)
        return false;
    bool said = content_type && value && strcmp(content_type, value) == 0;
    content_type = content_type ? content_type : value;
    return said;
}

/* A name that would lose a character on the way would be somebody else's. */
static bool is_lossy(size_t i, const char *value)
{
    while (*value >= ' ' && *value < 0x7f)
        value++;
    return i == TRUSTED && *value != '\0';
}

/* jsonb would keep one of two equal names: the core is told of the second by a name of its own. */
static enum MHD_Result header_take(void *context, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    char **end = context;
    size_t count = handed_on[TRUSTED] ? TRUSTED + 1 : TRUSTED;
    value = value ? value : "";
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(handed_on[i], name) == 0 && !is_said(i, value)) {
            bool is_refused = (taken & 1U << i) || is_lossy(i, value);
            *end = member_add(*end, is_refused ? IDP_REPEATED_HEADER : handed_on[i], value);
            taken |= 1U << i;
        }
    return MHD_YES;
}

const char *exchange_headers(const struct exchange *exchange)
{
    static char json[8 * CONNECTION_MEMORY_SIZE]; /* all of them escaped would fit */
    char *end = member_add(json, "x-idplane-peer", exchange->address);
    json[0] = '{';
    taken = 0;
    content_type = NULL;
    MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, header_take, &end);
    stpcpy(end, "}");
    return json;
}
