/* SPDX-License-Identifier: Apache-2.0 */
/* client.h - what the files about clients share: the statements and the checked metadata. */
#ifndef IDPLANE_OAUTH_CLIENT_H
#define IDPLANE_OAUTH_CLIENT_H

#include "core/oauth/oauth.h"

enum idp_client_statement {
    IDP_CLIENT_FIND,
    IDP_CLIENT_INSERT,
    IDP_CLIENT_LOCK,
    IDP_CLIENT_UPDATE
};

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
