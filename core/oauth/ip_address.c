/* SPDX-License-Identifier: Apache-2.0 */
/* ip_address.c - addresses as octets: one may be written in many ways (RFC 5952 §1). */
#include "core/oauth/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>

struct idp_bytes idp_ip_address(struct idp_call *call, struct idp_bytes text)
{
    static const struct {
        int family;
        size_t size;
    } kinds[] = {{AF_INET, sizeof(struct in_addr)}, {AF_INET6, sizeof(struct in6_addr)}};
    char *octets = idp_allocate(call, sizeof(struct in6_addr));
    if (text.size == 0 || text.size >= INET6_ADDRSTRLEN ||
        memchr(text.data, 0, text.size) != NULL) {
        return (struct idp_bytes){0};
    }
    for (size_t i = 0; i < IDP_COUNT(kinds); i++) {
        if (inet_pton(kinds[i].family, idp_text_c(call, text), octets) == 1) {
            return (struct idp_bytes){octets, kinds[i].size};
        }
    }
    return (struct idp_bytes){0};
}
