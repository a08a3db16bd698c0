/* SPDX-License-Identifier: Apache-2.0 */
/* source.c - whose attempts are counted together. Whoever has one IPv6 address has 2^64 of them:
 * the network is counted. An IPv4 address that came in the clothes of IPv6 is itself. */
#include "core/oauth/oauth.h"

#include <arpa/inet.h>
#include <netinet/in.h>

enum { NETWORK_SIZE = 8, MAPPED_AT = 12 };

struct idp_bytes idp_source_counted(struct idp_call *call, struct idp_bytes source)
{
    struct in6_addr address;
    char *text = idp_allocate(call, INET6_ADDRSTRLEN + sizeof "/64");
    if (source.size == 0 || source.size >= INET6_ADDRSTRLEN ||
        memchr(source.data, 0, source.size) != NULL ||
        inet_pton(AF_INET6, idp_text_c(call, source), &address) != 1) {
        return source;
    }
    if (IN6_IS_ADDR_V4MAPPED(&address)) {
        inet_ntop(AF_INET, &address.s6_addr[MAPPED_AT], text, INET6_ADDRSTRLEN);
        return idp_bytes_of(text);
    }
    memset(&address.s6_addr[NETWORK_SIZE], 0, sizeof address - NETWORK_SIZE);
    inet_ntop(AF_INET6, &address, text, INET6_ADDRSTRLEN);
    memcpy(text + strlen(text), "/64", sizeof "/64");
    return idp_bytes_of(text);
}
