/* SPDX-License-Identifier: Apache-2.0 */
/* handle.h - the handle of libcurl, and the sockets that it gets. */
#ifndef IDPLANE_FETCH_HANDLE_H
#define IDPLANE_FETCH_HANDLE_H

#include <curl/curl.h>

#include "core/fetch/request.h"

/* ---- handle.c ---- */

/* Raises where libcurl did not take an option: that would be a rule that is not kept. */
void idp_fetch_check(struct idp_call *call, CURLcode code);

/* All options but the callbacks. The request is in use as long as the handle. */
void idp_fetch_set_options(struct idp_call *call, CURL *easy,
                           const struct idp_fetch_request *request);

/* ---- socket.c ---- */

/* What became of the sockets that libcurl asked for. */
struct idp_fetch_gate {
    struct idp_fetch_blocks allowed;
    bool is_open; /* to any address: whoever set the proxy trusts it */
    bool has_refused, has_opened;
};

/* CURLOPT_OPENSOCKETFUNCTION over a gate. Sees the very address that is connected to, so a name
 * that resolves to another one a moment later gains nothing. */
curl_socket_t idp_fetch_socket_open(void *gate, curlsocktype purpose, struct curl_sockaddr *target);

#endif
