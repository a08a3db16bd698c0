/* SPDX-License-Identifier: Apache-2.0 */
/* headers.c - the headers of a request that the core reads, as JSON. */
#include "httpd/httpd.h"

#pragma GCC diagnostic ignored "-Wunused-parameter" /* a callback is told more than it needs */

/* x-idplane-peer is ours alone: a client's copy is not among them. */
static const char *const handed_on[] = {
    "Host",          "Content-Type",         "User-Agent", "Content-Length", "Transfer-Encoding",
    "Authorization", "X-Broker-API-Version", "Cookie",     "X-XSRF-TOKEN",   "Accept"};
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

/* The seed of one service sends its Content-Type twice; the same again says nothing new. Accept may
 * come in several lines (RFC 9110 §5.3): the first one is enough to tell a browser. */
static bool is_said(const char *name, const char *value)
{
    if (strcasecmp(name, "Accept") == 0)
        return (taken & 1U << (IDP_COUNT(handed_on) - 1)) != 0;
    if (strcasecmp(name, "Content-Type") != 0)
        return false;
    bool said = content_type && value && strcmp(content_type, value) == 0;
    content_type = content_type ? content_type : value;
    return said;
}

/* jsonb would keep one of two equal names: the core is told of the second by a name of its own. */
static enum MHD_Result header_take(void *context, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    char **end = context;
    for (size_t i = 0; i < IDP_COUNT(handed_on); i++)
        if (strcasecmp(handed_on[i], name) == 0 && !is_said(name, value)) {
            *end = member_add(*end, taken & 1U << i ? IDP_REPEATED_HEADER : handed_on[i],
                              value ? value : "");
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
