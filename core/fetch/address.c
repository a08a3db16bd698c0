/* SPDX-License-Identifier: Apache-2.0 */
/* address.c - which addresses may be reached: those of the public Internet, and what was allowed by
 * name. An IPv6 address that carries an IPv4 one leads there, so the one inside is judged. */
#include <arpa/inet.h>

#include "core/fetch/request.h"

enum { IPV4_SIZE = 4, IPV6_SIZE = 16 };

/* The special-purpose registries of IANA. Of IPv6 only 2000::/3 is given out at all. */
static const char *const refused[] = {
    "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
    "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",
    "::/3",          "4000::/2",        "8000::/1",       "2001::/23",      "2001:db8::/32",
    "3fff::/20",
};

/* Where in an IPv6 address of the block its IPv4 address begins; 0: it carries none. */
static const struct carrier {
    const char *block;
    size_t offset;
} carriers[] = {
    {"::/127", 0},           /* no address, and loopback */
    {"::ffff:0:0/96", 12},   /* mapped */
    {"::ffff:0:0:0/96", 12}, /* translated */
    {"::/96", 12},           /* compatible */
    {"64:ff9b::/96", 12},    /* NAT64 */
    {"2002::/16", 2},        /* 6to4 */
};

static bool prefix_read(struct idp_bytes text, size_t most, size_t *prefix)
{
    *prefix = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        *prefix = *prefix * 10 + (size_t)(text.data[i] - '0');
    }
    return text.size > 0 && text.size <= 3 && *prefix <= most;
}

static bool address_read(struct idp_bytes text, struct idp_fetch_address *address)
{
    char string[INET6_ADDRSTRLEN];
    if (text.size >= sizeof string || memchr(text.data, 0, text.size) != NULL) {
        return false;
    }
    memcpy(string, text.data, text.size);
    string[text.size] = 0;
    bool is_ipv6 = strchr(string, ':') != NULL;
    address->size = is_ipv6 ? IPV6_SIZE : IPV4_SIZE;
    return inet_pton(is_ipv6 ? AF_INET6 : AF_INET, string, address->bytes) == 1;
}

bool idp_fetch_block_read(struct idp_bytes text, struct idp_fetch_block *block)
{
    const char *slash = text.size > 0 ? memchr(text.data, '/', text.size) : NULL;
    *block = (struct idp_fetch_block){0};
    if (slash == NULL) {
        bool is_address = text.size > 0 && address_read(text, &block->address);
        block->prefix = block->address.size * 8;
        return is_address;
    }
    struct idp_bytes address = {text.data, (size_t)(slash - text.data)};
    struct idp_bytes prefix = {slash + 1, text.size - address.size - 1};
    return address.size > 0 && address_read(address, &block->address) &&
           prefix_read(prefix, block->address.size * 8, &block->prefix);
}

static bool block_has(const struct idp_fetch_block *block, const struct idp_fetch_address *address)
{
    size_t whole = block->prefix / 8, rest = block->prefix % 8;
    if (block->address.size != address->size ||
        memcmp(block->address.bytes, address->bytes, whole) != 0) {
        return false;
    }
    unsigned mask = 0xFF00u >> rest & 0xFF;
    return rest == 0 || ((block->address.bytes[whole] ^ address->bytes[whole]) & mask) == 0;
}

static bool text_block_has(const char *text, const struct idp_fetch_address *address)
{
    struct idp_fetch_block block;
    return idp_fetch_block_read(idp_bytes_of(text), &block) && block_has(&block, address);
}

static bool blocks_have(struct idp_fetch_blocks list, const struct idp_fetch_address *address)
{
    size_t i = 0;
    while (i < list.count && !block_has(&list.blocks[i], address)) {
        i++;
    }
    return i < list.count;
}

/* The IPv4 address that it carries, else itself. */
static struct idp_fetch_address destination(const struct idp_fetch_address *address)
{
    for (size_t i = 0; i < IDP_COUNT(carriers); i++) {
        if (text_block_has(carriers[i].block, address)) {
            if (carriers[i].offset == 0) {
                break;
            }
            struct idp_fetch_address carried = {.size = IPV4_SIZE};
            memcpy(carried.bytes, address->bytes + carriers[i].offset, IPV4_SIZE);
            return carried;
        }
    }
    return *address;
}

static bool is_public(const struct idp_fetch_address *address)
{
    size_t i = 0;
    while (i < IDP_COUNT(refused) && !text_block_has(refused[i], address)) {
        i++;
    }
    return i == IDP_COUNT(refused);
}

bool idp_fetch_address_reachable(const struct idp_fetch_address *address,
                                 struct idp_fetch_blocks allowed)
{
    struct idp_fetch_address end = destination(address);
    return is_public(&end) || blocks_have(allowed, address) || blocks_have(allowed, &end);
}
