/* SPDX-License-Identifier: Apache-2.0 */
/* jwks.c - the keys that a configuration brings along. Go's base64 ignores line ends and unused
 * bits; what it decodes must be keys, which the origin did not check. */
#include "core/oidc/config.h"

#include <limits.h>
#include <openssl/evp.h>

#include "core/jose/jose.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static struct idp_bytes without_line_ends(struct idp_call *call, struct idp_bytes text)
{
    char *out = idp_allocate(call, text.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != '\r' && text.data[i] != '\n') {
            out[size++] = text.data[i];
        }
    }
    return (struct idp_bytes){out, size};
}

/* The count of padding at the end; -1 where the text is no padded base64. */
static int padding_of(struct idp_bytes text)
{
    int padding = 0;
    while (padding < 2 && text.size > 0 && text.data[text.size - 1] == '=') {
        text.size--;
        padding++;
    }
    bool fits = (text.size + (size_t)padding) % 4 == 0 && strspn(text.data, digits) == text.size;
    return fits ? padding : -1;
}

struct idp_bytes idp_oidc_jwks_decode(struct idp_call *call, struct idp_bytes encoded)
{
    struct idp_bytes text = without_line_ends(call, encoded);
    int padding = padding_of(text);
    if (padding < 0 || text.size > INT_MAX) {
        return (struct idp_bytes){0};
    }
    unsigned char *out = idp_allocate(call, text.size / 4 * 3 + 1);
    int size = EVP_DecodeBlock(out, (const unsigned char *)text.data, (int)text.size);
    return size < padding ? (struct idp_bytes){0}
                          : (struct idp_bytes){(const char *)out, (size_t)(size - padding)};
}

/* What is published holds no secret, and nothing of which a private half follows (RFC 7518 §6). */
static bool is_public(const struct idp_json *keys)
{
    static const char *const members[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    for (const struct idp_json *key = keys->child; key != NULL; key = key->next) {
        for (size_t i = 0; i < IDP_COUNT(members); i++) {
            if (idp_json_member(key, members[i]) != NULL) {
                return false;
            }
        }
    }
    return true;
}

size_t idp_oidc_jwks_count(struct idp_call *call, struct idp_bytes jwks)
{
    const char *why;
    const struct idp_json *keys = idp_json_member(idp_json_read(call, jwks, &why), "keys");
    return idp_json_is(keys, IDP_JSON_ARRAY) && is_public(keys)
               ? idp_keys_count(call, jwks, idp_oidc_algorithms(call, IDP_OIDC_ALGORITHM_COUNT))
               : 0;
}
