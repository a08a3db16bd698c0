/* SPDX-License-Identifier: Apache-2.0 */
/* pem.c - DER as text (RFC 7468), in the strict form: nothing before a block, no headers in it, and
 * behind it nothing that somebody might have meant to be read. */
#include "core/pki/x509.h"

enum { LINE_SIZE = 64 };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void spaces_skip(struct idp_bytes *rest)
{
    while (rest->size > 0 && is_space(rest->data[0])) {
        *rest = (struct idp_bytes){rest->data + 1, rest->size - 1};
    }
}

static bool word_take(struct idp_bytes *rest, struct idp_bytes word)
{
    if (!idp_bytes_start(*rest, word)) {
        return false;
    }
    *rest = (struct idp_bytes){rest->data + word.size, rest->size - word.size};
    return true;
}

/* "-----BEGIN LABEL-----" of one of the labels. */
static bool begin_take(struct idp_bytes *rest, const char *labels, struct idp_bytes *label)
{
    struct idp_bytes left = idp_bytes_of(labels), at = *rest;
    if (!word_take(&at, idp_bytes_of("-----BEGIN "))) {
        return false;
    }
    while (left.size > 0) {
        struct idp_bytes line = at;
        *label = idp_part_next(&left, '|');
        if (word_take(&line, *label) && word_take(&line, idp_bytes_of("-----"))) {
            *rest = line;
            return true;
        }
    }
    return false;
}

static struct idp_bytes base64_take(struct idp_call *call, struct idp_bytes text)
{
    char *plain = idp_allocate(call, text.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        plain[size] = text.data[i];
        size += !is_space(text.data[i]);
    }
    return size == 0 ? (struct idp_bytes){NULL, 0}
                     : idp_base64_decode(call, (struct idp_bytes){plain, size});
}

struct idp_bytes idp_pem_take(struct idp_call *call, struct idp_bytes *rest, const char *labels)
{
    struct idp_bytes at = *rest, label, none = {NULL, 0};
    spaces_skip(&at);
    if (!begin_take(&at, labels, &label)) {
        return none;
    }
    const char *dash = at.size == 0 ? NULL : memchr(at.data, '-', at.size);
    if (dash == NULL) {
        return none;
    }
    struct idp_bytes body = {at.data, (size_t)(dash - at.data)};
    at = (struct idp_bytes){dash, at.size - body.size};
    if (!word_take(&at, idp_bytes_of("-----END ")) || !word_take(&at, label) ||
        !word_take(&at, idp_bytes_of("-----"))) {
        return none;
    }
    spaces_skip(&at);
    *rest = at;
    return base64_take(call, body);
}

struct idp_bytes idp_pem_only(struct idp_call *call, struct idp_bytes text, const char *labels)
{
    struct idp_bytes none = {NULL, 0};
    if (text.size == 0) {
        return none;
    }
    if (memchr(text.data, '-', text.size) == NULL) {
        return base64_take(call, text);
    }
    struct idp_bytes der = idp_pem_take(call, &text, labels);
    return text.size == 0 ? der : none;
}

struct idp_bytes idp_pem_of(struct idp_call *call, struct idp_bytes der, const char *label)
{
    struct idp_bytes rest = idp_base64_encode(call, der);
    struct idp_text text = {.call = call};
    idp_text_add_c(&text, "-----BEGIN ");
    idp_text_add_c(&text, label);
    idp_text_add_c(&text, "-----\n");
    while (rest.size > 0) {
        struct idp_bytes line = {rest.data, rest.size < LINE_SIZE ? rest.size : LINE_SIZE};
        idp_text_add(&text, line);
        idp_text_add_char(&text, '\n');
        rest = (struct idp_bytes){rest.data + line.size, rest.size - line.size};
    }
    idp_text_add_c(&text, "-----END ");
    idp_text_add_c(&text, label);
    idp_text_add_c(&text, "-----\n");
    return idp_text_bytes(&text);
}
