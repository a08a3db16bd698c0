/* SPDX-License-Identifier: Apache-2.0 */
/* metadata_text.c - what of XML is handed to a parser at all: UTF-8, without a DOCTYPE, so that
 * there is nothing to expand and nothing to load, and without tags of very many attributes, which
 * libxml2 compares with each other. All of it is asked of the bytes, before anything is parsed. */
#include "core/sso/keys.h"

enum { ATTRIBUTE_COUNT_MAX = 100 };

/* ---- UTF-16, in which Windows may write a document ---- */

/* The next unit of two bytes. */
static unsigned unit_next(struct idp_bytes *rest, bool is_big)
{
    unsigned char first = (unsigned char)rest->data[0], second = (unsigned char)rest->data[1];
    *rest = (struct idp_bytes){rest->data + 2, rest->size - 2};
    return is_big ? (unsigned)first << 8 | second : (unsigned)second << 8 | first;
}

/* A lone surrogate comes out as the bytes that UTF-8 has not. */
static void character_add(struct idp_text *out, unsigned character)
{
    if (character < 0x80) {
        idp_text_add_char(out, (char)character);
        return;
    }
    if (character < 0x800) {
        idp_text_add_char(out, (char)(0xC0 | character >> 6));
    } else if (character < 0x10000) {
        idp_text_add_char(out, (char)(0xE0 | character >> 12));
        idp_text_add_char(out, (char)(0x80 | (character >> 6 & 0x3F)));
    } else {
        idp_text_add_char(out, (char)(0xF0 | character >> 18));
        idp_text_add_char(out, (char)(0x80 | (character >> 12 & 0x3F)));
        idp_text_add_char(out, (char)(0x80 | (character >> 6 & 0x3F)));
    }
    idp_text_add_char(out, (char)(0x80 | (character & 0x3F)));
}

static struct idp_bytes utf16_decode(struct idp_call *call, struct idp_bytes text, bool is_big)
{
    struct idp_text out = {.call = call};
    while (text.size >= 2) {
        unsigned character = unit_next(&text, is_big);
        if (character >> 10 == 0x36 && text.size >= 2) {
            struct idp_bytes rest = text;
            unsigned low = unit_next(&rest, is_big);
            if (low >> 10 == 0x37) {
                character = 0x10000 + ((character & 0x3FF) << 10) + (low & 0x3FF);
                text = rest;
            }
        }
        character_add(&out, character);
    }
    return text.size == 0 ? idp_text_bytes(&out) : (struct idp_bytes){NULL, 0};
}

/* As the byte order mark says; what the document says of its encoding is not asked. */
static struct idp_bytes utf8_of(struct idp_call *call, struct idp_bytes text)
{
    static const struct idp_bytes utf8 = {"\xEF\xBB\xBF", 3}, big = {"\xFE\xFF", 2},
                                  little = {"\xFF\xFE", 2};
    if (idp_bytes_start(text, utf8)) {
        return (struct idp_bytes){text.data + utf8.size, text.size - utf8.size};
    }
    if (!idp_bytes_start(text, big) && !idp_bytes_start(text, little)) {
        return text;
    }
    struct idp_bytes units = {text.data + 2, text.size - 2};
    return utf16_decode(call, units, idp_bytes_start(text, big));
}

/* ---- what is refused ---- */

/* Without a DOCTYPE there is no entity but the five of XML. */
static bool has_doctype(struct idp_bytes text)
{
    static const char doctype[] = "<!DOCTYPE";
    return memmem(text.data, text.size, doctype, sizeof doctype - 1) != NULL;
}

static bool is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

/* An attribute is a sign of equality before a quote, and a tag has no other tag in it; what is
 * text and looks the same counts as well. */
static bool has_many_attributes(struct idp_bytes text)
{
    size_t count = 0;
    bool is_equal = false;
    for (size_t i = 0; i < text.size; i++) {
        char character = text.data[i];
        if (character == '<') {
            count = 0;
        } else if (is_equal && (character == '"' || character == '\'') &&
                   ++count > ATTRIBUTE_COUNT_MAX) {
            return true;
        }
        is_equal = character == '=' || (is_equal && is_space(character));
    }
    return false;
}

struct idp_bytes idp_metadata_text(struct idp_call *call, struct idp_bytes document,
                                   const char **why)
{
    struct idp_bytes text = utf8_of(call, document);
    bool is_text = text.size > 0 && idp_utf8_valid(text);
    *why = !is_text                    ? "The document is neither UTF-8 nor UTF-16."
           : has_doctype(text)         ? "The document has a DOCTYPE, which is not read."
           : has_many_attributes(text) ? "The document has a tag of more than 100 attributes."
                                       : NULL;
    return *why == NULL ? text : (struct idp_bytes){NULL, 0};
}
