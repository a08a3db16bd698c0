/* SPDX-License-Identifier: Apache-2.0 */
/* opaque_token.c - device codes, refresh tokens and what else is random and kept as a digest.
 *
 * Digests are all over an index: each row that is made would write pages of its own. So a token
 * begins with the time, and its digest with the same bits: rows that are made one behind the other
 * stand together. 232 bits of either are nobody's to know. */
#include "core/oauth/oauth.h"

/* The second size is that of the preset isvaop: both parts together are found by one digest. The
 * time counts 62.5 ms; its bits are of whole characters. */
enum {
    TOKEN_SIZE = 32,
    SECOND_PART_SIZE = 64,
    TIME_SIZE = 3,
    TIME_TEXT_SIZE = 4,
    TIME_UNIT_US = 62500
};

static struct idp_bytes timed_text(struct idp_call *call)
{
    unsigned char bytes[TOKEN_SIZE];
    int64_t time = idp_now_us(call) / TIME_UNIT_US;
    call->host->random(call, bytes, sizeof bytes);
    for (size_t i = 0; i < TIME_SIZE; i++) {
        bytes[i] = (unsigned char)(time >> 8 * (TIME_SIZE - 1 - i));
    }
    struct idp_bytes text =
        idp_base64url_encode(call, (struct idp_bytes){(const char *)bytes, sizeof bytes});
    idp_wipe(bytes, sizeof bytes);
    return text;
}

struct idp_bytes idp_opaque_token(struct idp_call *call, const struct idp_settings *settings)
{
    struct idp_text token = {.call = call};
    idp_text_add(&token, timed_text(call));
    if (settings->is_token_in_parts) {
        idp_text_add_char(&token, '.');
        idp_text_add(&token, idp_random_text(call, SECOND_PART_SIZE));
    }
    return idp_text_bytes(&token);
}

struct idp_bytes idp_timed_digest(struct idp_call *call, struct idp_bytes token,
                                  struct idp_bytes digest)
{
    struct idp_bytes time = {0};
    if (token.size >= TIME_TEXT_SIZE) {
        time = idp_base64url_decode(call, (struct idp_bytes){token.data, TIME_TEXT_SIZE});
    }
    if (time.size != TIME_SIZE) {
        return digest;
    }
    struct idp_text timed = {.call = call};
    idp_text_add(&timed, time);
    idp_text_add(&timed, (struct idp_bytes){digest.data + TIME_SIZE, digest.size - TIME_SIZE});
    return idp_text_bytes(&timed);
}

struct idp_bytes idp_token_digest(struct idp_call *call, const char *label, struct idp_bytes token)
{
    struct idp_bytes parts[] = {idp_tenant(call), token};
    return idp_timed_digest(call, token, idp_digest(call, label, parts, IDP_COUNT(parts)));
}
