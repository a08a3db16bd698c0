/* SPDX-License-Identifier: Apache-2.0 */
/* opaque_token.c - device codes, refresh tokens and what else is random and kept as a digest. */
#include "core/oauth/oauth.h"

/* The second size is that of the preset isvaop: both parts together are found by one digest. */
enum { TOKEN_SIZE = 32, SECOND_PART_SIZE = 64 };

struct idp_bytes idp_opaque_token(struct idp_call *call, const struct idp_settings *settings)
{
    struct idp_text token = {.call = call};
    idp_text_add(&token, idp_random_text(call, TOKEN_SIZE));
    if (settings->is_token_in_parts) {
        idp_text_add_char(&token, '.');
        idp_text_add(&token, idp_random_text(call, SECOND_PART_SIZE));
    }
    return idp_text_bytes(&token);
}

struct idp_bytes idp_token_digest(struct idp_call *call, const char *label, struct idp_bytes token)
{
    struct idp_bytes parts[] = {idp_tenant(call), token};
    return idp_digest(call, label, parts, IDP_COUNT(parts));
}
