/* SPDX-License-Identifier: Apache-2.0 */
/* socket.c - opens the sockets of libcurl, for addresses that may be reached only. */
#include "core/fetch/handle.h"

#include <netinet/in.h>
#include <sys/socket.h>

/* False for what is no stream over IP. */
static bool address_of(const struct curl_sockaddr *target, struct idp_fetch_address *address)
{
    *address = (struct idp_fetch_address){0};
    if (target->socktype != SOCK_STREAM) {
        return false;
    }
    if (target->family == AF_INET && target->addrlen >= sizeof(struct sockaddr_in)) {
        const struct sockaddr_in *ipv4 = (const void *)&target->addr;
        address->size = sizeof ipv4->sin_addr;
        memcpy(address->bytes, &ipv4->sin_addr, address->size);
    }
    if (target->family == AF_INET6 && target->addrlen >= sizeof(struct sockaddr_in6)) {
        const struct sockaddr_in6 *ipv6 = (const void *)&target->addr;
        address->size = sizeof ipv6->sin6_addr;
        memcpy(address->bytes, &ipv6->sin6_addr, address->size);
    }
    return address->size > 0;
}

curl_socket_t idp_fetch_socket_open(void *context, curlsocktype purpose,
                                    struct curl_sockaddr *target)
{
    struct idp_fetch_gate *gate = context;
    struct idp_fetch_address address;
    if (purpose != CURLSOCKTYPE_IPCXN || !address_of(target, &address) ||
        !(gate->is_open || idp_fetch_address_reachable(&address, gate->allowed))) {
        gate->has_refused = true;
        return CURL_SOCKET_BAD;
    }
    gate->has_opened = true;
    return socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}
