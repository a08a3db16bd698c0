/* SPDX-License-Identifier: Apache-2.0 */
/* secret.c - what may be a shared secret. A public key is none: who was to verify with one, and is
 * made to take it for a secret, would believe whoever signs with it (RFC 8725 §2.1). */
#include "core/jose/key.h"

#include <string.h>

enum { SECRET_SIZE_MIN = 32, DER_SEQUENCE = 0x30 };

static struct idp_bytes without_space_before(struct idp_bytes text)
{
    while (text.size > 0 && strchr(" \t\r\n", text.data[0]) != NULL) {
        text = (struct idp_bytes){text.data + 1, text.size - 1};
    }
    return text;
}

/* PEM and SSH2 files may have other lines before the one that tells. */
static bool has_armor(struct idp_bytes text)
{
    static const char armor[] = "---- BEGIN ", pem[] = "-----BEGIN ";
    return memmem(text.data, text.size, pem, sizeof pem - 1) != NULL ||
           memmem(text.data, text.size, armor, sizeof armor - 1) != NULL;
}

static bool is_ssh_line(struct idp_bytes text)
{
    static const char *const starts[] = {"ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"};
    for (size_t i = 0; i < IDP_COUNT(starts); i++) {
        if (idp_bytes_start(text, idp_bytes_of(starts[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_jwk(struct idp_call *call, struct idp_bytes text)
{
    const char *why;
    const struct idp_json *json =
        text.size > 0 && text.data[0] == '{' ? idp_json_read(call, text, &why) : NULL;
    return idp_json_member(json, "kty") != NULL || idp_json_member(json, "keys") != NULL;
}

static bool is_der(struct idp_call *call, struct idp_bytes bytes)
{
    return bytes.data[0] == DER_SEQUENCE &&
           idp_base64_key_read(call, idp_base64_encode(call, bytes)) != NULL;
}

bool idp_secret_is_sound(struct idp_call *call, struct idp_bytes bytes)
{
    if (bytes.data == NULL || bytes.size < SECRET_SIZE_MIN) {
        return false;
    }
    struct idp_bytes text = without_space_before(bytes);
    return !has_armor(bytes) && !is_ssh_line(text) && !is_jwk(call, text) && !is_der(call, bytes) &&
           idp_base64_key_read(call, text) == NULL;
}
