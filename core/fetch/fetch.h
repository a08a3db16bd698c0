/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.h - one HTTP request to another server: what the adapters of the module idplane_fetch need.
 *
 * This area is the only one that knows libcurl, and stands on base alone. It is no part of the core
 * that idplane links: a database without the module can open no connection. */
#ifndef IDPLANE_FETCH_H
#define IDPLANE_FETCH_H

#include "core/idplane.h"

enum { IDP_FETCH_TIMEOUT_MS_DEFAULT = 10000, IDP_FETCH_SIZE_DEFAULT = 1 << 20 };

/* What may be reached at all. Whoever runs the process says so, never a caller. */
struct idp_fetch_settings {
    bool allow_http;
    const char *allowed_addresses; /* addresses and CIDR blocks, comma between; NULL or "": none */
    const char *proxy;             /* URL; NULL or "": none */
    const char *ca_file;           /* absolute path; NULL or "": what the system trusts */
    int64_t timeout_ms;
    int64_t size_max; /* bytes of the body */
};

/* What the engine does for a fetch, beside the host of its call, of which only `fail` is used. */
struct idp_fetch_host {
    struct idp_fetch_settings settings;
    /* Called several times a second. Does not return where the user wants the call to end. */
    void (*check)(struct idp_call *call);
};

/* Fetches `url` (t) as `options` (j, may be NULL) say. A failed transfer is an answer with `error`;
 * raises for options and settings that are malformed. */
struct idp_value idp_fetch(struct idp_call *call, const struct idp_fetch_host *host,
                           struct idp_value url, struct idp_value options);

#endif
