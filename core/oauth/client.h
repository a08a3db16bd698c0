/* SPDX-License-Identifier: Apache-2.0 */
/* client.h - what the files about clients share: the statements and the checked metadata. */
#ifndef IDPLANE_OAUTH_CLIENT_H
#define IDPLANE_OAUTH_CLIENT_H

#include "core/oauth/oauth.h"

enum idp_client_statement {
    IDP_CLIENT_FIND,
    IDP_CLIENT_METADATA,
    IDP_CLIENT_INSERT,
    IDP_CLIENT_LOCK,
    IDP_CLIENT_UPDATE
};

/* What struct idp_client is made of, from idplane.client c. */
#define IDP_CLIENT_COLUMNS                                                                         \
    "c.enabled, c.device_grant, c.refresh_grant, c.auth_method, c.secret_digest, c.scope,"         \
    " c.secret_expires_at, c.watched_until"
#define IDP_CLIENT_KINDS "bbbtxtzz"
struct idp_client idp_client_of(struct idp_bytes client_id, const struct idp_value *row);

/* Columns that follow from a metadata document. */
struct idp_client_metadata {
    bool enabled, device_grant, refresh_grant;
    struct idp_bytes auth_method, scope;
    int64_t secret_expires_at_s; /* 0: never */
};

/* Reads and checks RFC 7591 metadata; raises IDP_INVALID_METADATA naming the member. */
struct idp_client_metadata idp_client_metadata_read(struct idp_call *call,
                                                    const struct idp_json *document);

#endif
