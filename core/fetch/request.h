/* SPDX-License-Identifier: Apache-2.0 */
/* request.h - what the files of this area share: a request that was checked, the addresses that it
 * may go to, and what came back. */
#ifndef IDPLANE_FETCH_REQUEST_H
#define IDPLANE_FETCH_REQUEST_H

#include "core/base/base.h"
#include "core/fetch/fetch.h"

/* ---- addresses (address.c) ---- */

/* 4 bytes of IPv4 or 16 of IPv6, as on the wire. */
struct idp_fetch_address {
    size_t size;
    unsigned char bytes[16];
};

/* The addresses that begin with the first `prefix` bits of one. */
struct idp_fetch_block {
    struct idp_fetch_address address;
    size_t prefix;
};

struct idp_fetch_blocks {
    const struct idp_fetch_block *blocks;
    size_t count;
};

/* Reads `address` or `address/prefix`; false where it is neither. */
bool idp_fetch_block_read(struct idp_bytes text, struct idp_fetch_block *block) IDP_MUST_CHECK;

/* True where a connection to this address may be opened: it is public, also the IPv4 address that
 * an IPv6 one may carry, or one of the two is in `allowed`. */
bool idp_fetch_address_reachable(const struct idp_fetch_address *address,
                                 struct idp_fetch_blocks allowed);

/* ---- what is asked (url.c, options.c, settings.c) ---- */

/* True for a URL that may be fetched, but for the addresses that its host has: https, or http where
 * that is allowed; no user, no fragment, ASCII only. */
bool idp_fetch_url_valid(struct idp_bytes url, bool allow_http);

struct idp_fetch_request {
    const char *url;
    bool is_post;
    struct idp_bytes body;
    const char *const *headers; /* lines as libcurl wants them */
    size_t header_count;
    size_t size_max;
    int64_t timeout_ms;
    struct idp_fetch_blocks allowed;
    const char *proxy, *ca_file; /* NULL: none */
};

/* Fills the request's part of the settings; raises IDP_INVALID_SETTINGS naming one. */
void idp_fetch_settings_read(struct idp_call *call, const struct idp_fetch_settings *settings,
                             struct idp_fetch_request *request);

/* Then that of the options; raises where they are malformed. */
void idp_fetch_options_read(struct idp_call *call, struct idp_value options,
                            struct idp_fetch_request *request);

/* ---- what came back (transfer.c, received.c, answer.c) ---- */

/* Bytes that a library hands over in pieces, in the arena. */
struct idp_fetch_received {
    struct idp_call *call;
    size_t size_max;
    char *data;
    size_t size, capacity;
    enum idp_error failure; /* IDP_OK, IDP_TOO_LARGE or IDP_OUT_OF_MEMORY */
};

/* False, with failure set, where it does not fit. Never raises: it is called out of a library. */
bool idp_fetch_receive(struct idp_fetch_received *received, const char *data, size_t size);

struct idp_fetch_response {
    long status;
    struct idp_fetch_received headers; /* their lines, without those of answers before the last */
    struct idp_fetch_received body;
};

/* IDP_OK, or how it failed. The response is in the arena: libcurl refers to it until that ends. */
enum idp_error idp_fetch_transfer(struct idp_call *call, const struct idp_fetch_host *host,
                                  const struct idp_fetch_request *request,
                                  struct idp_fetch_response *response);

/* The answer to SQL; NULL, with *error set, where the headers are malformed or too many. */
struct idp_json *idp_fetch_answer(struct idp_call *call, const struct idp_fetch_response *response,
                                  enum idp_error *error);

#endif
