/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - what a caller asks for. It can narrow what the settings allow, never widen it, and
 * the headers of the connection itself are not the caller's to send. */
#include "core/fetch/request.h"

static IDP_NORETURN void fail(struct idp_call *call, const char *sentence)
{
    idp_fail_with(call, IDP_INVALID_ARGUMENT, "%s", sentence);
}

static void check_members(struct idp_call *call, const struct idp_json *options)
{
    static const char *const known[] = {"method", "headers", "body", "timeout_ms", "size_max"};
    for (const struct idp_json *member = options->child; member != NULL; member = member->next) {
        size_t i = 0;
        while (i < IDP_COUNT(known) && !idp_bytes_is(member->name, known[i])) {
            i++;
        }
        if (i == IDP_COUNT(known)) {
            fail(call, "The options have a member that is none of method, headers, body, "
                       "timeout_ms and size_max.");
        }
    }
}

/* The member; NULL where it is absent or null. */
static const struct idp_json *option(const struct idp_json *options, const char *name)
{
    const struct idp_json *member = idp_json_member(options, name);
    return idp_json_is(member, IDP_JSON_NULL) ? NULL : member;
}

/* ---- headers ---- */

static bool token_character(char character)
{
    bool is_alphanumeric = ((character | 32) >= 'a' && (character | 32) <= 'z') ||
                           (character >= '0' && character <= '9');
    return is_alphanumeric || (character != 0 && strchr("!#$%&'*+-.^_`|~", character) != NULL);
}

static bool token_valid(struct idp_bytes token)
{
    size_t i = 0;
    while (i < token.size && token_character(token.data[i])) {
        i++;
    }
    return token.size > 0 && i == token.size;
}

/* Printable, or beyond ASCII, or a tab: nothing that ends a line. */
static bool value_valid(struct idp_bytes value)
{
    for (size_t i = 0; i < value.size; i++) {
        unsigned char byte = (unsigned char)value.data[i];
        if ((byte < ' ' && byte != '\t') || byte == 0x7f) {
            return false;
        }
    }
    return true;
}

/* Those that say how the message is framed, or are for the next hop only. */
static bool header_is_reserved(struct idp_call *call, struct idp_bytes name)
{
    static const char reserved[] = "host content-length transfer-encoding connection keep-alive "
                                   "te trailer upgrade expect";
    struct idp_bytes lower = idp_lower_case(call, name);
    return idp_word_in(idp_bytes_of(reserved), lower) ||
           idp_bytes_start(lower, idp_bytes_of("proxy-"));
}

static bool is_blank(struct idp_bytes value)
{
    size_t i = 0;
    while (i < value.size && (value.data[i] == ' ' || value.data[i] == '\t')) {
        i++;
    }
    return i == value.size;
}

/* libcurl takes `name:` for no header at all, and `name;` for one without a value. */
static const char *line_of(struct idp_call *call, struct idp_bytes name, struct idp_bytes value)
{
    struct idp_text line = {call};
    idp_text_add(&line, name);
    idp_text_add_c(&line, is_blank(value) ? ";" : ": ");
    idp_text_add(&line, is_blank(value) ? (struct idp_bytes){0} : value);
    return idp_text_bytes(&line).data;
}

static const char *header_read(struct idp_call *call, const struct idp_json *header)
{
    if (!token_valid(header->name)) {
        fail(call, "The name of a header is no token of RFC 9110.");
    }
    if (header->kind != IDP_JSON_STRING || !value_valid(header->text)) {
        fail(call, "The value of a header must be a string without control characters.");
    }
    if (header_is_reserved(call, header->name)) {
        fail(call, "A header of the connection itself cannot be set: Host, Content-Length, "
                   "Transfer-Encoding, Connection and the like.");
    }
    return line_of(call, header->name, header->text);
}

static void headers_read(struct idp_call *call, const struct idp_json *headers,
                         struct idp_fetch_request *request)
{
    const char **lines = idp_allocate(call, IDP_FETCH_HEADER_COUNT_MAX * sizeof *lines);
    if (headers != NULL && headers->kind != IDP_JSON_OBJECT) {
        fail(call, "The option headers must be an object of strings.");
    }
    const struct idp_json *header = headers == NULL ? NULL : headers->child;
    for (; header != NULL; header = header->next) {
        if (request->header_count == IDP_FETCH_HEADER_COUNT_MAX) {
            fail(call, "The option headers has more than 64 members.");
        }
        lines[request->header_count++] = header_read(call, header);
    }
    request->headers = lines;
}

/* ---- the others ---- */

/* The number of an option that only lowers what the settings say. */
static int64_t lowered(struct idp_call *call, const struct idp_json *options, const char *name,
                       int64_t setting)
{
    const struct idp_json *member = option(options, name);
    int64_t number = setting;
    if (member != NULL && (!idp_json_integer(member, &number) || number < 1)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The option %s must be a positive integer.",
                      name);
    }
    return number < setting ? number : setting;
}

static bool method_read(struct idp_call *call, const struct idp_json *method)
{
    if (method == NULL) {
        return false;
    }
    bool is_post = method->kind == IDP_JSON_STRING && idp_bytes_is(method->text, "POST");
    if (!is_post && !(method->kind == IDP_JSON_STRING && idp_bytes_is(method->text, "GET"))) {
        fail(call, "The option method must be GET or POST.");
    }
    return is_post;
}

static struct idp_bytes body_read(struct idp_call *call, const struct idp_json *body, bool is_post)
{
    if (body == NULL) {
        return (struct idp_bytes){"", 0};
    }
    if (body->kind != IDP_JSON_STRING) {
        fail(call, "The option body must be a string.");
    }
    if (!is_post) {
        fail(call, "The option body needs the method POST.");
    }
    return body->text;
}

void idp_fetch_options_read(struct idp_call *call, struct idp_value options,
                            struct idp_fetch_request *request)
{
    struct idp_bytes text = idp_text_of(options);
    if (text.size > IDP_FETCH_OPTIONS_SIZE_MAX) {
        idp_fail_with(call, IDP_TOO_LARGE, "The argument options is longer than %d bytes.",
                      IDP_FETCH_OPTIONS_SIZE_MAX);
    }
    const struct idp_json *json = idp_json_object_argument(call, options, "options");
    if (json != NULL) {
        check_members(call, json);
    }
    request->is_post = method_read(call, option(json, "method"));
    request->body = body_read(call, option(json, "body"), request->is_post);
    request->timeout_ms = lowered(call, json, "timeout_ms", request->timeout_ms);
    request->size_max = (size_t)lowered(call, json, "size_max", (int64_t)request->size_max);
    headers_read(call, option(json, "headers"), request);
}
