/* SPDX-License-Identifier: Apache-2.0 */
/* alternative_name.c - further names of who a certificate is of (RFC 5280 §4.2.1.6): each has the
 * syntax of its kind, and a pattern that lets it be. */
#include <arpa/inet.h>

#include "core/oauth/oauth.h"
#include "core/pki/profile.h"

enum { HOST_SIZE_MAX = 253, LABEL_SIZE_MAX = 63, BYTE_BITS = 8 };

/* ---- patterns ---- */

bool idp_pattern_match(struct idp_bytes pattern, struct idp_bytes text, bool (*may_be)(char c))
{
    size_t at = 0, next = 0, star = SIZE_MAX, star_end = 0;
    while (at < text.size) {
        if (next < pattern.size && pattern.data[next] == '*') {
            star = ++next;
            star_end = at;
        } else if (next < pattern.size && pattern.data[next] == text.data[at]) {
            next++;
            at++;
        } else if (star != SIZE_MAX && (may_be == NULL || may_be(text.data[star_end]))) {
            at = ++star_end; /* a later end never helps what stands before it */
            next = star;
        } else {
            return false;
        }
    }
    while (next < pattern.size && pattern.data[next] == '*') {
        next++;
    }
    return next == pattern.size;
}

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* What an asterisk stands for: a part of a host name, and nothing that divides a URI. */
static bool may_be_label(char c)
{
    return c != '.';
}

static bool may_be_unreserved(char c)
{
    return is_letter_or_digit(c) || strchr("-._~", c) != NULL;
}

static bool may_be_mailbox(char c)
{
    return c != '@';
}

/* ---- syntax ---- */

static bool is_printable(struct idp_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] <= ' ' || text.data[i] > '~') {
            return false;
        }
    }
    return text.size > 0;
}

static bool is_label(struct idp_bytes label)
{
    for (size_t i = 0; i < label.size; i++) {
        bool is_edge = i == 0 || i + 1 == label.size;
        if (!is_letter_or_digit(label.data[i]) && (is_edge || label.data[i] != '-')) {
            return false;
        }
    }
    return label.size > 0 && label.size <= LABEL_SIZE_MAX;
}

bool idp_host_name_is(struct idp_bytes host)
{
    size_t begin = 0;
    for (size_t i = 0; i <= host.size && host.size <= HOST_SIZE_MAX; i++) {
        if (i < host.size && host.data[i] != '.') {
            continue;
        }
        if (!is_label((struct idp_bytes){host.data + begin, i - begin})) {
            return false;
        }
        begin = i + 1;
    }
    return host.size > 0 && host.size <= HOST_SIZE_MAX;
}

static bool is_mailbox(struct idp_bytes text)
{
    const char *at = text.size == 0 ? NULL : memchr(text.data, '@', text.size);
    size_t size = at == NULL ? 0 : (size_t)(at - text.data);
    return size > 0 && is_printable(text) && memchr(text.data, '"', text.size) == NULL &&
           idp_host_name_is((struct idp_bytes){at + 1, text.size - size - 1});
}

/* A scheme, a colon, and something behind it (RFC 3986 §3). */
static bool is_uri(struct idp_bytes text)
{
    size_t size = 0;
    while (size < text.size &&
           (is_letter_or_digit(text.data[size]) || strchr("+-.", text.data[size]) != NULL)) {
        size++;
    }
    return size > 0 && (text.data[0] | 32) >= 'a' && size + 1 < text.size &&
           text.data[size] == ':' && is_printable(text) && text.size <= IDP_URL_SIZE_MAX &&
           memchr(text.data, '\\', text.size) == NULL;
}

/* ---- addresses ---- */

/* "192.0.2.0/24"; an address alone is all of its bits. */
static bool network_read(struct idp_call *call, struct idp_bytes text, struct idp_bytes *octets,
                         size_t *bits)
{
    const char *slash = text.size == 0 ? NULL : memchr(text.data, '/', text.size);
    size_t size = slash == NULL ? text.size : (size_t)(slash - text.data);
    *octets = idp_ip_address(call, (struct idp_bytes){text.data, size});
    *bits = octets->size * BYTE_BITS;
    if (octets->data == NULL || slash == NULL) {
        return octets->data != NULL;
    }
    struct idp_json number = {IDP_JSON_NUMBER,
                              .text = {text.data + size + 1, text.size - size - 1}};
    int64_t given = -1;
    bool is_number = number.text.size > 0 && number.text.size <= 3;
    for (size_t i = 0; i < number.text.size && is_number; i++) {
        is_number = number.text.data[i] >= '0' && number.text.data[i] <= '9';
    }
    if (!is_number || !idp_json_integer(&number, &given) || given < 0 || (size_t)given > *bits) {
        return false;
    }
    *bits = (size_t)given;
    return true;
}

static bool is_in_network(struct idp_call *call, struct idp_bytes network, struct idp_bytes address)
{
    struct idp_bytes octets;
    size_t bits;
    if (!network_read(call, network, &octets, &bits) || octets.size != address.size) {
        return false;
    }
    for (size_t i = 0; i < bits; i++) {
        int difference = octets.data[i / BYTE_BITS] ^ address.data[i / BYTE_BITS];
        if ((difference & (0x80 >> i % BYTE_BITS)) != 0) {
            return false;
        }
    }
    return true;
}

static bool is_address(struct idp_bytes address)
{
    return address.size == sizeof(struct in_addr) || address.size == sizeof(struct in6_addr);
}

/* ---- names ---- */

static const struct kind {
    const char *name, *label;
    unsigned char tag;
    bool (*is_well)(struct idp_bytes text);
    bool (*may_be)(char c);
} kinds[] = {
    {"dns", "DNS:", IDP_NAME_DNS, idp_host_name_is, may_be_label},
    {"ip", "IP:", IDP_NAME_ADDRESS, is_address, NULL},
    {"uri", "URI:", IDP_NAME_URI, is_uri, may_be_unreserved},
    {"email", "email:", IDP_NAME_EMAIL, is_mailbox, may_be_mailbox},
};

static const struct kind *kind_of(unsigned char tag)
{
    size_t i = 0;
    while (i < IDP_COUNT(kinds) && kinds[i].tag != tag) {
        i++;
    }
    return i == IDP_COUNT(kinds) ? NULL : &kinds[i];
}

/* Hosts have no case. */
static bool is_allowed(struct idp_call *call, const struct kind *kind, struct idp_bytes pattern,
                       struct idp_bytes name)
{
    if (kind->tag == IDP_NAME_ADDRESS) {
        return is_in_network(call, pattern, name);
    }
    bool is_host_name = kind->tag == IDP_NAME_DNS;
    return idp_pattern_match(is_host_name ? idp_lower_case(call, pattern) : pattern,
                             is_host_name ? idp_lower_case(call, name) : name, kind->may_be);
}

static bool name_check(struct idp_call *call, const struct idp_json *allowed,
                       const struct idp_der *name, struct idp_text *text)
{
    const struct kind *kind = kind_of(name->tag);
    const struct idp_json *patterns = kind == NULL ? NULL : idp_json_member(allowed, kind->name);
    const struct idp_json *pattern = patterns == NULL ? NULL : patterns->child;
    if (kind == NULL || !kind->is_well(name->contents)) {
        return false;
    }
    while (pattern != NULL && !is_allowed(call, kind, pattern->text, name->contents)) {
        pattern = pattern->next;
    }
    idp_text_add_c(text, text->size == 0 ? "" : "\n");
    idp_text_add_c(text, kind->label);
    idp_text_add(text, kind->tag == IDP_NAME_ADDRESS ? idp_address_text(call, name->contents)
                                                     : name->contents);
    return pattern != NULL;
}

const char *idp_alternative_names_check(struct idp_call *call, const struct idp_json *allowed,
                                        struct idp_bytes value, struct idp_bytes *text)
{
    struct idp_text written = {.call = call};
    struct idp_bytes rest;
    struct idp_der name;
    size_t count = 0;
    if (!idp_der_only(value, IDP_DER_SEQUENCE, &rest) || rest.size == 0) {
        return "san";
    }
    while (rest.size > 0) {
        if (!idp_der_next(&rest, &name) || ++count > IDP_ALTERNATIVE_NAME_COUNT_MAX ||
            !name_check(call, allowed, &name, &written)) {
            return "san";
        }
    }
    *text = idp_text_bytes(&written);
    return NULL;
}

const char *idp_alternative_name_pattern_check(struct idp_call *call, struct idp_bytes kind,
                                               struct idp_bytes pattern)
{
    struct idp_bytes octets;
    size_t bits;
    if (idp_bytes_is(kind, "ip")) {
        return network_read(call, pattern, &octets, &bits) ? NULL : "an address, or a network";
    }
    return is_printable(pattern) && pattern.size <= IDP_URL_SIZE_MAX ? NULL : "printable ASCII";
}

struct idp_bytes idp_address_text(struct idp_call *call, struct idp_bytes address)
{
    static const char digits[] = "0123456789abcdef";
    struct idp_text text = {.call = call};
    if (!is_address(address)) {
        return (struct idp_bytes){NULL, 0};
    }
    for (size_t i = 0; i < address.size; i++) {
        unsigned char byte = (unsigned char)address.data[i];
        if (address.size == sizeof(struct in_addr)) {
            idp_text_add_c(&text, i == 0 ? "" : ".");
            idp_text_add_integer(&text, byte);
        } else {
            idp_text_add_c(&text, i > 0 && i % 2 == 0 ? ":" : "");
            idp_text_add_char(&text, digits[byte >> 4]);
            idp_text_add_char(&text, digits[byte & 15]);
        }
    }
    return idp_text_bytes(&text);
}
