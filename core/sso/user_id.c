/* SPDX-License-Identifier: Apache-2.0 */
/* user_id.c - what may name a user. Names go into addresses and lists, and are read by people: none
 * holds what a reader does not see (since 2026 the origin refuses spaces and the signs, too). */
#include "core/sso/sso.h"

/* Controls, spaces and marks of Unicode that show nothing, and what shows differently everywhere:
 * private use. */
static const struct {
    uint32_t first, last;
} unseen[] = {{0x00, 0x20},       {0x7f, 0xa0},       {0xad, 0xad},       {0x034f, 0x034f},
              {0x061c, 0x061c},   {0x115f, 0x1160},   {0x1680, 0x1680},   {0x17b4, 0x17b5},
              {0x180b, 0x180f},   {0x2000, 0x200f},   {0x2028, 0x202f},   {0x205f, 0x206f},
              {0x2800, 0x2800},   {0x3000, 0x3000},   {0x3164, 0x3164},   {0xe000, 0xf8ff},
              {0xfdd0, 0xfdef},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
              {0xfff0, 0xffff},   {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
              {0xf0000, 0x10ffff}};

/* The character of well-formed UTF-8. */
static uint32_t character_of(const char *text, size_t size)
{
    static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t character = (unsigned char)text[0] & masks[size];
    for (size_t i = 1; i < size; i++) {
        character = character << 6 | ((unsigned char)text[i] & 0x3f);
    }
    return character;
}

static bool is_seen(uint32_t character)
{
    size_t i = 0;
    if ((character & 0xfffe) == 0xfffe) {
        return false; /* no character in any plane */
    }
    while (i < IDP_COUNT(unseen) &&
           !(character >= unseen[i].first && character <= unseen[i].last)) {
        i++;
    }
    return i == IDP_COUNT(unseen);
}

bool idp_user_id_valid(struct idp_bytes id)
{
    const char *at = id.data, *end = id.data + id.size;
    if (id.size == 0 || id.size > IDP_SUBJECT_SIZE_MAX || !idp_utf8_valid(id)) {
        return false;
    }
    while (at < end) {
        size_t size = idp_utf8_character_size(at, end);
        if (!is_seen(character_of(at, size)) || (size == 1 && strchr("/\\+$:;", *at) != NULL)) {
            return false;
        }
        at += size;
    }
    return true;
}
