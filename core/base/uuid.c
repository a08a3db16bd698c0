/* SPDX-License-Identifier: Apache-2.0 */
/* uuid.c - UUIDs (RFC 9562): random ones, and those that always come out of the same bytes. */
#include <openssl/evp.h>

#include "core/base/base.h"

enum { UUID_SIZE = 16, VERSION_AT = 6, VARIANT_AT = 8 };

static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
enum { TEXT_SIZE = sizeof form - 1 };

static struct idp_bytes text_of(struct idp_call *call, unsigned char bytes[UUID_SIZE],
                                unsigned version)
{
    static const char digits[] = "0123456789abcdef";
    char *text = idp_allocate(call, TEXT_SIZE + 1);
    size_t nibble = 0;
    bytes[VERSION_AT] = (unsigned char)((bytes[VERSION_AT] & 0x0f) | version << 4);
    bytes[VARIANT_AT] = (unsigned char)((bytes[VARIANT_AT] & 0x3f) | 0x80);
    for (size_t i = 0; i < TEXT_SIZE; i++) {
        unsigned char byte = bytes[nibble / 2 % UUID_SIZE];
        text[i] = form[i] == '-' ? '-' : digits[nibble % 2 == 0 ? byte >> 4 : byte & 0x0f];
        nibble += form[i] != '-';
    }
    return (struct idp_bytes){text, TEXT_SIZE};
}

struct idp_bytes idp_uuid(struct idp_call *call)
{
    unsigned char bytes[UUID_SIZE];
    call->host->random(call, bytes, sizeof bytes);
    return text_of(call, bytes, 4);
}

struct idp_bytes idp_uuid_of(struct idp_call *call, enum idp_uuid_namespace space,
                             struct idp_bytes name)
{
    /* 6ba7b81?-9dad-11d1-80b4-00c04fd430c8 */
    static const unsigned char prefix[UUID_SIZE] = {0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1,
                                                    0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned char *input = idp_allocate(call, sizeof prefix + name.size);
    memcpy(input, prefix, sizeof prefix);
    input[3] = (unsigned char)(prefix[3] + space);
    if (name.size > 0) {
        memcpy(input + sizeof prefix, name.data, name.size);
    }
    if (EVP_Digest(input, sizeof prefix + name.size, digest, NULL, EVP_sha1(), NULL) != 1) {
        idp_fail(call, IDP_CRYPTO);
    }
    return text_of(call, digest, 5);
}

bool idp_uuid_is(struct idp_bytes text)
{
    for (size_t i = 0; i < text.size && i < TEXT_SIZE; i++) {
        if (form[i] == '-' ? text.data[i] != '-' : idp_hex_digit(text.data[i]) < 0) {
            return false;
        }
    }
    return text.size == TEXT_SIZE;
}
