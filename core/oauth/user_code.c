/* SPDX-License-Identifier: Apache-2.0 */
/* user_code.c - the short code a person reads from one screen and types on another. */
#include "core/oauth/device.h"

#include <string.h>

enum { RANDOM_BATCH_SIZE = 64 };

/* Bytes beyond the last whole multiple of the charset's size are thrown away: no character is
 * likelier than another. */
struct idp_bytes idp_user_code_generate(struct idp_call *call, const struct idp_settings *settings)
{
    size_t charset_size = settings->user_code_charset.size;
    size_t fair = 256 - 256 % charset_size;
    size_t length = (size_t)settings->user_code_length;
    char *code = idp_allocate(call, length + 1);
    for (size_t done = 0; done < length;) {
        struct idp_bytes batch = idp_random(call, RANDOM_BATCH_SIZE);
        for (size_t i = 0; i < batch.size && done < length; i++) {
            unsigned char byte = (unsigned char)batch.data[i];
            if (byte < fair) {
                code[done++] = settings->user_code_charset.data[byte % charset_size];
            }
        }
    }
    return (struct idp_bytes){code, length};
}

struct idp_bytes idp_user_code_shown(struct idp_call *call, const struct idp_settings *settings,
                                     struct idp_bytes code)
{
    if (!settings->user_code_dashed) {
        return code;
    }
    struct idp_text text = {.call = call};
    size_t half = (code.size + 1) / 2;
    idp_text_add(&text, (struct idp_bytes){code.data, half});
    idp_text_add_char(&text, '-');
    idp_text_add(&text, (struct idp_bytes){code.data + half, code.size - half});
    return idp_text_bytes(&text);
}

/* ---- reading ---- */

static bool in_charset(struct idp_bytes charset, char character)
{
    return memchr(charset.data, character, charset.size) != NULL;
}

static bool has_range(struct idp_bytes charset, char first, char last)
{
    for (size_t i = 0; i < charset.size; i++) {
        if (charset.data[i] >= first && charset.data[i] <= last) {
            return true;
        }
    }
    return false;
}

/* The other case, where the charset knows only one; ASCII only, so that no other letter folds. */
static char fold_case(struct idp_bytes charset, char character)
{
    bool upper = has_range(charset, 'A', 'Z'), lower = has_range(charset, 'a', 'z');
    if (upper && !lower && character >= 'a' && character <= 'z') {
        return (char)(character - 'a' + 'A');
    }
    if (lower && !upper && character >= 'A' && character <= 'Z') {
        return (char)(character - 'A' + 'a');
    }
    return character;
}

/* What people take for one another, tried only for a character the charset does not know. */
static char unconfuse(struct idp_bytes charset, char character)
{
    static const char pairs[][2] = {{'O', '0'}, {'o', '0'}, {'I', '1'}, {'l', '1'},
                                    {'i', '1'}, {'0', 'O'}, {'1', 'I'}};
    for (size_t i = 0; i < IDP_COUNT(pairs); i++) {
        if (pairs[i][0] == character && in_charset(charset, pairs[i][1])) {
            return pairs[i][1];
        }
    }
    return character;
}

static char read_character(struct idp_bytes charset, char typed)
{
    char character = in_charset(charset, typed) ? typed : fold_case(charset, typed);
    character = in_charset(charset, character) ? character : unconfuse(charset, typed);
    return in_charset(charset, character) ? character : '\0';
}

struct idp_bytes idp_user_code_read(struct idp_call *call, const struct idp_settings *settings,
                                    struct idp_bytes typed)
{
    size_t length = (size_t)settings->user_code_length;
    char *code = idp_allocate(call, length + 1);
    size_t done = 0;
    if (typed.size > IDP_USER_CODE_INPUT_SIZE_MAX) {
        return (struct idp_bytes){0};
    }
    for (size_t i = 0; i < typed.size; i++) {
        char character = read_character(settings->user_code_charset, typed.data[i]);
        if (character != '\0' && done == length) {
            return (struct idp_bytes){0};
        }
        if (character != '\0') {
            code[done++] = character;
        }
    }
    return done == length ? (struct idp_bytes){code, length} : (struct idp_bytes){0};
}

/* ---- digests ---- */

struct idp_bytes idp_user_code_digest(struct idp_call *call, struct idp_bytes code)
{
    return idp_token_digest(call, "idplane user code", code);
}

struct idp_bytes idp_device_code_digest(struct idp_call *call, struct idp_bytes client_id,
                                        struct idp_bytes code)
{
    struct idp_bytes parts[] = {idp_tenant(call), client_id, code};
    return idp_timed_digest(call, code,
                            idp_digest(call, "idplane device code", parts, IDP_COUNT(parts)));
}
