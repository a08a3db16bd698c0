/* SPDX-License-Identifier: Apache-2.0 */
/* issuer_url.c - URLs as Go's net/url parses them. The origin accepts what that function accepts,
 * so a stricter or a more lenient reader would refuse or let in other issuers. */
#include "core/oidc/config.h"

/* Parts may hold different characters, and different ones by percent-encoding. */
enum part { PATH, USERINFO, HOST, ZONE };

static bool is_alphanumeric(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9');
}

static bool is_one_of(char byte, const char *set)
{
    return byte != 0 && strchr(set, byte) != NULL;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_ascii(char byte)
{
    return (unsigned char)byte < 0x80;
}

static bool may_stand_in_host(char byte)
{
    return !is_ascii(byte) || is_alphanumeric(byte) || is_one_of(byte, "-_.~!$&'()*+,;=:[]<>\"");
}

/* ---- percent-encoding ---- */

/* The byte that %xx at this place stands for, or -1. */
static int encoded_byte(struct idp_bytes text, size_t at)
{
    int high = at + 1 < text.size ? idp_hex_digit(text.data[at + 1]) : -1;
    int low = at + 2 < text.size ? idp_hex_digit(text.data[at + 2]) : -1;
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* In a host, only what is no ASCII; a zone adds spaces and what could stand there by itself. */
static bool may_be_encoded(int byte, enum part part)
{
    if (part == PATH || part == USERINFO || byte == '%') {
        return true;
    }
    return part == HOST ? byte >= 0x80
                        : byte == ' ' || (byte < 0x80 && may_stand_in_host((char)byte));
}

static bool is_encoded_well(struct idp_bytes text, enum part part)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '%') {
            int byte = encoded_byte(text, i);
            if (byte < 0 || !may_be_encoded(byte, part)) {
                return false;
            }
            i += 2;
        } else if ((part == HOST || part == ZONE) && !may_stand_in_host(text.data[i])) {
            return false;
        }
    }
    return true;
}

/* ---- pieces of text ---- */

static struct idp_bytes part_of(struct idp_bytes text, size_t from, size_t to)
{
    return (struct idp_bytes){text.data + from, to - from};
}

static size_t first_of(struct idp_bytes text, char byte)
{
    const char *found = text.size == 0 ? NULL : memchr(text.data, byte, text.size);
    return found == NULL ? text.size : (size_t)(found - text.data);
}

/* text.size where there is none. */
static size_t last_of(struct idp_bytes text, char byte)
{
    const char *found = text.size == 0 ? NULL : memrchr(text.data, byte, text.size);
    return found == NULL ? text.size : (size_t)(found - text.data);
}

static bool has_control(struct idp_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if ((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7f) {
            return true;
        }
    }
    return false;
}

/* ---- scheme ---- */

/* The size of the scheme, 0: none. False where a colon stands at the very start. */
static bool scheme_read(struct idp_bytes text, size_t *size)
{
    *size = 0;
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        if (byte == ':') {
            *size = i;
            return i > 0;
        }
        bool starts = is_alphanumeric(byte) && !is_digit(byte);
        if (!starts && (i == 0 || !(is_digit(byte) || is_one_of(byte, "+-.")))) {
            return true;
        }
    }
    return true;
}

static bool is_https(struct idp_bytes scheme)
{
    static const char https[] = "https";
    if (scheme.size != sizeof https - 1) {
        return false;
    }
    for (size_t i = 0; i < scheme.size; i++) {
        if ((scheme.data[i] | 0x20) != https[i]) {
            return false;
        }
    }
    return true;
}

/* ---- authority ---- */

/* "", ":" or ":" and digits. */
static bool is_port(struct idp_bytes text)
{
    if (text.size == 0) {
        return true;
    }
    size_t i = 1;
    while (i < text.size && is_digit(text.data[i])) {
        i++;
    }
    return text.data[0] == ':' && i == text.size;
}

/* "[…]", perhaps with a zone behind %25, perhaps with a port. */
static bool is_bracketed(struct idp_bytes host)
{
    size_t close = last_of(host, ']');
    if (close == host.size || !is_port(part_of(host, close + 1, host.size))) {
        return false;
    }
    for (size_t i = 0; i + 2 < close; i++) {
        if (memcmp(host.data + i, "%25", 3) == 0) {
            return is_encoded_well(part_of(host, 0, i), HOST) &&
                   is_encoded_well(part_of(host, i, close), ZONE) &&
                   is_encoded_well(part_of(host, close, host.size), HOST);
        }
    }
    return is_encoded_well(host, HOST);
}

static bool is_host(struct idp_bytes host)
{
    if (host.size > 0 && host.data[0] == '[') {
        return is_bracketed(host);
    }
    return is_port(part_of(host, last_of(host, ':'), host.size)) && is_encoded_well(host, HOST);
}

static bool is_userinfo(struct idp_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (!is_alphanumeric(text.data[i]) && !is_one_of(text.data[i], "-._:~!$&'()*+,;=%@")) {
            return false;
        }
    }
    return is_encoded_well(text, USERINFO);
}

static bool authority_read(struct idp_bytes authority, struct idp_oidc_url *out)
{
    size_t sign = last_of(authority, '@');
    out->has_userinfo = sign < authority.size;
    struct idp_bytes host =
        out->has_userinfo ? part_of(authority, sign + 1, authority.size) : authority;
    out->has_host = host.size > 0;
    return is_host(host) && (!out->has_userinfo || is_userinfo(part_of(authority, 0, sign)));
}

/* ---- the whole ---- */

/* What is behind the scheme and before the query. */
static bool rest_read(struct idp_bytes rest, bool has_scheme, struct idp_oidc_url *out)
{
    bool is_rooted = rest.size > 0 && rest.data[0] == '/';
    if (!is_rooted && has_scheme) {
        return true; /* opaque */
    }
    if (!is_rooted) {
        struct idp_bytes segment = part_of(rest, 0, first_of(rest, '/'));
        return first_of(segment, ':') == segment.size && is_encoded_well(rest, PATH);
    }
    bool has_authority = idp_bytes_start(rest, idp_bytes_of("//")) &&
                         (has_scheme || !idp_bytes_start(rest, idp_bytes_of("///")));
    if (has_authority) {
        struct idp_bytes behind = part_of(rest, 2, rest.size);
        size_t end = first_of(behind, '/');
        if (!authority_read(part_of(behind, 0, end), out)) {
            return false;
        }
        rest = part_of(behind, end, behind.size);
    }
    return is_encoded_well(rest, PATH);
}

static bool url_read(struct idp_bytes text, struct idp_oidc_url *out)
{
    size_t end = first_of(text, '#'), scheme_size;
    struct idp_bytes fragment = part_of(text, end < text.size ? end + 1 : end, text.size);
    struct idp_bytes before = part_of(text, 0, end);
    if (has_control(before) || !is_encoded_well(fragment, PATH) ||
        !scheme_read(before, &scheme_size)) {
        return false;
    }
    size_t start = scheme_size > 0 ? scheme_size + 1 : 0;
    struct idp_bytes rest = part_of(before, start, before.size);
    size_t question = first_of(rest, '?');
    out->has_fragment = fragment.size > 0;
    out->has_query = question + 1 < rest.size;
    out->is_https = is_https(part_of(before, 0, scheme_size));
    return rest_read(part_of(rest, 0, question), scheme_size > 0, out);
}

struct idp_oidc_url idp_oidc_url_of(struct idp_bytes text)
{
    struct idp_oidc_url url = {0};
    url.is_parsed = url_read(text, &url);
    return url;
}
