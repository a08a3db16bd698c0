/* SPDX-License-Identifier: Apache-2.0 */
/* headers.c - the headers of a request that the core reads, as JSON. */
#include "httpd/httpd.h"

#pragma GCC diagnostic ignored "-Wunused-parameter" /* a callback is told more than it needs */

/* x-idplane-peer is ours alone: a client's copy is not among them. The last ones are those of
 * --trust-header: what tells who somebody is is handed on for who says that a proxy sets it. */
enum {
    ACCEPT,
    ACCEPT_LANGUAGE,
    PREFER,
    IF_NONE_MATCH,
    HOST,
    CONTENT_TYPE,
    USUAL_COUNT = 14,
    TRUSTED_COUNT_MAX = 4
};
static struct idp_bytes handed_on[USUAL_COUNT + TRUSTED_COUNT_MAX] = {
    IDP_LITERAL("Accept"),        IDP_LITERAL("Accept-Language"),
    IDP_LITERAL("Prefer"),        IDP_LITERAL("If-None-Match"),
    IDP_LITERAL("Host"),          IDP_LITERAL("Content-Type"),
    IDP_LITERAL("User-Agent"),    IDP_LITERAL("Content-Length"),
    IDP_LITERAL("Authorization"), IDP_LITERAL("Transfer-Encoding"),
    IDP_LITERAL("Cookie"),        IDP_LITERAL("X-Broker-API-Version"),
    IDP_LITERAL("X-XSRF-TOKEN"),  IDP_LITERAL("DPoP")};
static size_t handed_on_count = USUAL_COUNT;
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

bool header_is_handed_on(const char *name)
{
    size_t i = 0;
    while (i < handed_on_count && strcasecmp(handed_on[i].data, name) != 0)
        i++;
    return i < handed_on_count;
}

void header_trust(const char *name)
{
    static const char characters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    if (header_is_handed_on(name))
        errx(1, "--trust-header takes a header that only a proxy sets, once");
    if (*name == '\0' || name[strspn(name, characters)] != '\0' ||
        strncasecmp(name, "x-idplane-", strlen("x-idplane-")) == 0)
        errx(1, "--trust-header takes the name of a header");
    if (handed_on_count == IDP_COUNT(handed_on))
        errx(1, "--trust-header is for %d headers at most", TRUSTED_COUNT_MAX);
    handed_on[handed_on_count++] = idp_bytes_of(name);
}

/* The seed of one service sends its Content-Type twice; the same again says nothing new. What a
 * client takes, prefers or has may come in several lines (RFC 9110 §5.3): the first is enough. */
static bool is_said(size_t i, const char *value)
{
    if (i == ACCEPT || i == ACCEPT_LANGUAGE || i == PREFER || i == IF_NONE_MATCH)
        return (taken & 1U << i) != 0;
    if (i != CONTENT_TYPE)
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
    return i >= USUAL_COUNT && *value != '\0';
}

/* jsonb would keep one of two equal names: the core is told of the second by a name of its own. */
static enum MHD_Result header_take(void *context, enum MHD_ValueKind kind, const char *name,
                                   size_t name_size, const char *value, size_t value_size)
{
    char **end = context;
    value = value ? value : "";
    for (size_t i = 0; i < handed_on_count; i++)
        if (handed_on[i].size == name_size && strcasecmp(handed_on[i].data, name) == 0 &&
            !is_said(i, value)) {
            bool is_refused = (taken & 1U << i) || is_lossy(i, value);
            *end = member_add(*end, is_refused ? IDP_REPEATED_HEADER : handed_on[i].data, value);
            taken |= 1U << i;
        }
    return MHD_YES;
}

const char *exchange_headers(const struct exchange *exchange)
{
    /* All of them escaped would fit, and so would what TLS adds, in base64. */
    static char json[8 * CONNECTION_MEMORY_SIZE + 2 * HANDSHAKE_SIZE_MAX];
    char *end = member_add(json, "x-idplane-peer", exchange->address);
    json[0] = '{';
    taken = 0;
    content_type = NULL;
    MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, header_take, &end);
    if (option[TLS])
        end = tls_members_add(end, exchange->connection);
    stpcpy(end, "}");
    return json;
}
