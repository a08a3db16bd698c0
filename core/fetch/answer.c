/* SPDX-License-Identifier: Apache-2.0 */
/* answer.c - what came back as JSON: names of headers in lower case, repeated ones joined, text as
 * text and any other bytes as base64. */
#include "core/fetch/request.h"

static bool is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

static struct idp_bytes trim(struct idp_bytes text)
{
    while (text.size > 0 && is_space(text.data[text.size - 1])) {
        text.size--;
    }
    while (text.size > 0 && is_space(text.data[0])) {
        text = (struct idp_bytes){text.data + 1, text.size - 1};
    }
    return text;
}

static struct idp_bytes line_next(struct idp_bytes *rest)
{
    const char *feed = memchr(rest->data, '\n', rest->size);
    struct idp_bytes line = {rest->data, feed == NULL ? rest->size : (size_t)(feed - rest->data)};
    size_t used = line.size + (feed != NULL);
    *rest = (struct idp_bytes){rest->data + used, rest->size - used};
    return line;
}

/* Bytes that are no UTF-8 are ISO 8859-1, as headers once were. */
static struct idp_bytes header_text(struct idp_call *call, struct idp_bytes value)
{
    if (idp_utf8_valid(value)) {
        return value;
    }
    struct idp_text text = {call};
    for (size_t i = 0; i < value.size; i++) {
        unsigned char byte = (unsigned char)value.data[i];
        if (byte < 0x80) {
            idp_text_add_char(&text, (char)byte);
        } else {
            idp_text_add_char(&text, (char)(0xC0 | byte >> 6));
            idp_text_add_char(&text, (char)(0x80 | (byte & 0x3F)));
        }
    }
    return idp_text_bytes(&text);
}

/* Cookies have commas of their own: they are the one header that cannot be joined. The name is a C
 * string, too; and the tree is ours. */
static void header_add(struct idp_call *call, struct idp_json *headers, struct idp_bytes name,
                       struct idp_bytes value)
{
    struct idp_json *before = (struct idp_json *)idp_json_member(headers, name.data);
    bool is_cookie = idp_bytes_is(name, "set-cookie");
    if (before == NULL && is_cookie) {
        before = idp_json_new(call, IDP_JSON_ARRAY);
        idp_json_add_named(headers, name, before);
    }
    if (is_cookie) {
        idp_json_add(before, NULL, idp_json_new_string(call, value));
    } else if (before == NULL) {
        idp_json_add_named(headers, name, idp_json_new_string(call, value));
    } else {
        struct idp_text text = {call};
        idp_text_add(&text, before->text);
        idp_text_add_c(&text, ", ");
        idp_text_add(&text, value);
        before->text = idp_text_bytes(&text);
    }
}

/* False where the line is no header. One that goes on in the next line is none (RFC 9112 §5.2). */
static bool header_read(struct idp_call *call, struct idp_json *headers, struct idp_bytes line)
{
    const char *colon = line.size > 0 ? memchr(line.data, ':', line.size) : NULL;
    if (colon == NULL || colon == line.data || is_space(line.data[0])) {
        return false;
    }
    struct idp_bytes name = trim((struct idp_bytes){line.data, (size_t)(colon - line.data)});
    struct idp_bytes value = {colon + 1, line.size - (size_t)(colon + 1 - line.data)};
    if (!idp_utf8_valid(name) || memchr(value.data, 0, value.size) != NULL) {
        return false;
    }
    header_add(call, headers, idp_lower_case(call, name), header_text(call, trim(value)));
    return true;
}

static struct idp_json *headers_read(struct idp_call *call, struct idp_bytes lines,
                                     enum idp_error *error)
{
    struct idp_json *headers = idp_json_new(call, IDP_JSON_OBJECT);
    for (size_t count = 0; lines.size > 0; count++) {
        if (count == IDP_HEADER_COUNT_MAX) {
            *error = IDP_TOO_LARGE;
            return NULL;
        }
        if (!header_read(call, headers, line_next(&lines))) {
            *error = IDP_PROTOCOL;
            return NULL;
        }
    }
    return headers;
}

struct idp_json *idp_fetch_answer(struct idp_call *call, const struct idp_fetch_response *response,
                                  enum idp_error *error)
{
    struct idp_bytes lines = {response->headers.data, response->headers.size};
    struct idp_bytes body = {response->body.size > 0 ? response->body.data : "",
                             response->body.size};
    struct idp_json *headers = headers_read(call, lines, error);
    if (headers == NULL) {
        return NULL;
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_integer(call, answer, "status", response->status);
    idp_json_add(answer, "headers", headers);
    if (idp_utf8_valid(body)) {
        idp_json_add_string(call, answer, "body", body);
    } else {
        idp_json_add_string(call, answer, "body_base64", idp_base64_encode(call, body));
    }
    return answer;
}
