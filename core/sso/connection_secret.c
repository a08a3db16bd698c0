/* SPDX-License-Identifier: Apache-2.0 */
/* connection_secret.c - the secrets in the templates of requests. A document that is shown or
 * dumped has masks for them; one that is written back with its masks keeps what they stand for.
 *
 * A secret is known by its name: a header or parameter called so, and in an address or a body what
 * follows such a name, as name=secret or "name":"secret". What is a placeholder is none. */
#include "core/sso/connection.h"

enum { NAME_SIZE_MAX = 64 };

/* One walk over the requests of a document. */
struct walk {
    struct idp_connection_faults *faults; /* NULL: masks are what is replaced */
    struct idp_call *call;
    const struct idp_json *before; /* secrets by place */
    struct idp_json *secrets;      /* found */
};

/* ---- names ---- */

/* The name in lower case without - and _; size 0: it is too long to be one of ours. */
static struct idp_bytes plain_name(struct idp_bytes name, char *room)
{
    size_t size = 0;
    for (size_t i = 0; i < name.size && name.size <= NAME_SIZE_MAX; i++) {
        char c = name.data[i];
        if (c != '-' && c != '_' && c != '.') {
            room[size++] = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
        }
    }
    return (struct idp_bytes){room, size};
}

static bool is_secret_name(struct idp_bytes name)
{
    static const char *const exact[] = {"authorization",
                                        "proxyauthorization",
                                        "cookie",
                                        "clientassertion",
                                        "accesskey",
                                        "privatekey",
                                        "token",
                                        "accesstoken",
                                        "refreshtoken",
                                        "idtoken",
                                        "bearer",
                                        "passphrase",
                                        "sharedaccess",
                                        "passwd",
                                        "pwd"};
    static const char *const ends[] = {"secret", "password", "apikey"};
    char room[NAME_SIZE_MAX];
    struct idp_bytes plain = plain_name(name, room);
    for (size_t i = 0; i < IDP_COUNT(exact); i++) {
        if (idp_bytes_is(plain, exact[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < IDP_COUNT(ends); i++) {
        if (idp_bytes_end(plain, idp_bytes_of(ends[i]))) {
            return true;
        }
    }
    return false;
}

/* ---- values ---- */

static struct idp_bytes part(struct idp_bytes text, size_t from, size_t to)
{
    return (struct idp_bytes){text.data + from, to - from};
}

/* True where nothing but placeholders, and perhaps the word of a scheme before, is there. */
static bool is_filled_later(struct idp_bytes value)
{
    size_t i = 0, placeholders = 0;
    while (i < value.size && ((value.data[i] | 32) >= 'a' && (value.data[i] | 32) <= 'z')) {
        i++;
    }
    bool has_scheme = i > 0 && i < value.size && value.data[i] == ' ';
    i = has_scheme ? i + 1 : 0;
    while (i + 2 < value.size && value.data[i] == '$' && value.data[i + 1] == '{') {
        const char *end = memchr(value.data + i, '}', value.size - i);
        if (end == NULL) {
            return false;
        }
        i = (size_t)(end - value.data) + 1;
        placeholders++;
    }
    return placeholders > 0 && i == value.size;
}

/* A secret in a text: the name before it, and its bytes from..to. */
struct span {
    struct idp_bytes name;
    size_t from, to;
};

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' || c == '-' ||
           c == '.';
}

static size_t skip(struct idp_bytes text, size_t at, const char *characters)
{
    while (at < text.size && text.data[at] != 0 && strchr(characters, text.data[at]) != NULL) {
        at++;
    }
    return at;
}

static size_t value_end(struct idp_bytes text, size_t at, bool is_quoted)
{
    while (at < text.size) {
        char c = text.data[at];
        if (is_quoted && c == '\\' && at + 1 < text.size) {
            at++;
        } else if (is_quoted ? c == '"' : strchr("& \t\r\n;,\"'#", c) != NULL) {
            return at;
        }
        at++;
    }
    return at;
}

/* The value behind a name that ends at `at`; false: none is there. */
static bool value_at(struct idp_bytes text, size_t at, struct span *out)
{
    size_t sign = skip(text, skip(text, at, "\""), " \t");
    if (sign >= text.size || (text.data[sign] != '=' && text.data[sign] != ':')) {
        return false;
    }
    size_t from = skip(text, sign + 1, " \t");
    bool is_quoted = from < text.size && text.data[from] == '"';
    out->from = from + is_quoted;
    out->to = value_end(text, out->from, is_quoted);
    return out->to > out->from && !is_filled_later(part(text, out->from, out->to));
}

/* The next secret from *at on, which moves behind it. */
static bool next_span(struct idp_bytes text, size_t *at, struct span *out)
{
    while (*at < text.size) {
        size_t from = *at, to = from;
        while (to < text.size && is_word(text.data[to])) {
            to++;
        }
        *at = to == from ? to + 1 : to;
        out->name = part(text, from, to);
        if (to > from && is_secret_name(out->name) && value_at(text, to, out)) {
            *at = out->to;
            return true;
        }
    }
    return false;
}

/* ---- places ---- */

static struct idp_bytes place_of(struct idp_call *call, struct idp_bytes path,
                                 struct idp_bytes name)
{
    struct idp_text text = {.call = call};
    idp_text_add(&text, path);
    idp_text_add_c(&text, name.size == 0 ? "" : "#");
    idp_text_add(&text, name);
    return idp_text_bytes(&text);
}

static const struct idp_json *secret_find(const struct idp_json *secrets, struct idp_bytes place)
{
    const struct idp_json *secret = secrets == NULL ? NULL : secrets->child;
    while (secret != NULL && !idp_bytes_equal(secret->name, place)) {
        secret = secret->next;
    }
    return secret;
}

/* One place is one secret: of two only one would come back. */
static void keep(struct walk *walk, struct idp_bytes path, struct idp_bytes place,
                 struct idp_bytes secret)
{
    const struct idp_json *other = secret_find(walk->secrets, place);
    if (other == NULL) {
        idp_json_add_named(walk->secrets, place, idp_json_new_string(walk->call, secret));
    } else if (!idp_equal(other->text, secret)) {
        idp_fault_add(walk->call, walk->faults->errors, path, "double",
                      "two secrets have one name here");
    }
}

/* What is written for the secret at a place. */
static struct idp_bytes replaced(struct walk *walk, struct idp_bytes path, struct idp_bytes place,
                                 struct idp_bytes value)
{
    struct idp_bytes mask = idp_bytes_of(IDP_CONNECTION_MASK);
    bool is_mask = idp_bytes_equal(value, mask);
    const struct idp_json *known = is_mask ? secret_find(walk->before, place) : NULL;
    if (walk->faults == NULL) {
        return known == NULL ? value : known->text;
    }
    if (is_mask && known == NULL) {
        idp_fault_add(walk->call, walk->faults->errors, path, "no_secret",
                      "**** keeps a secret, and none is stored for this place");
    }
    keep(walk, path, place, known == NULL ? value : known->text);
    return mask;
}

/* ---- the walk ---- */

static const struct idp_json *text_walk(struct walk *walk, struct idp_bytes path,
                                        const struct idp_json *value)
{
    struct idp_text out = {.call = walk->call};
    struct span span;
    size_t at = 0, done = 0;
    while (next_span(value->text, &at, &span)) {
        struct idp_bytes place = place_of(walk->call, path, span.name);
        idp_text_add(&out, part(value->text, done, span.from));
        idp_text_add(&out, replaced(walk, path, place, part(value->text, span.from, span.to)));
        done = span.to;
    }
    idp_text_add(&out, part(value->text, done, value->text.size));
    return done == 0 ? value : idp_json_new_string(walk->call, idp_text_bytes(&out));
}

static const struct idp_json *texts_walk(struct walk *walk, struct idp_bytes path,
                                         const struct idp_json *texts)
{
    size_t count;
    const struct idp_json **items = idp_json_sorted(walk->call, texts, &count);
    struct idp_json *out = idp_json_new(walk->call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < count; i++) {
        const struct idp_json *item = items[i];
        struct idp_bytes place = idp_path_step(walk->call, path, item->name);
        bool is_secret = item->kind == IDP_JSON_STRING && item->text.size > 0 &&
                         is_secret_name(item->name) && !is_filled_later(item->text);
        idp_json_add_named(
            out, item->name,
            is_secret ? idp_json_new_string(walk->call, replaced(walk, place, place, item->text))
                      : idp_json_node(walk->call, item));
    }
    return out;
}

static const struct idp_json *request_walk(struct walk *walk, struct idp_bytes path,
                                           const struct idp_json *request)
{
    static const char *const names[] = {"url", "body", "requestParams", "headers"};
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        const struct idp_json *member = idp_json_member(request, names[i]);
        struct idp_bytes place = idp_path_step(walk->call, path, idp_bytes_of(names[i]));
        if (idp_json_is(member, IDP_JSON_STRING)) {
            request = idp_json_with(walk->call, request, names[i], text_walk(walk, place, member));
        } else if (idp_json_is(member, IDP_JSON_OBJECT)) {
            request = idp_json_with(walk->call, request, names[i], texts_walk(walk, place, member));
        }
    }
    return request;
}

/* The document with another request. */
static const struct idp_json *with_request(struct idp_call *call, const struct idp_json *document,
                                           enum idp_sso_request_kind kind,
                                           const struct idp_json *request)
{
    const char *name = strrchr(idp_sso_request_path(kind), '/') + 1;
    if (kind != IDP_SSO_VALIDATION) {
        return idp_json_with(call, document, name, request);
    }
    const struct idp_json *parent = idp_json_member(document, "externalTokenConfig");
    return idp_json_with(call, document, "externalTokenConfig",
                         idp_json_with(call, parent, name, request));
}

const struct idp_json *idp_connection_mask(struct idp_connection_faults *faults,
                                           const struct idp_json *document,
                                           const struct idp_json *before,
                                           const struct idp_json **secrets)
{
    struct idp_call *call = faults->call;
    struct walk walk = {.faults = faults,
                        .call = call,
                        .before = before,
                        .secrets = idp_json_new(call, IDP_JSON_OBJECT)};
    for (size_t i = 0; i < IDP_SSO_REQUEST_COUNT; i++) {
        enum idp_sso_request_kind kind = (enum idp_sso_request_kind)i;
        const struct idp_json *request = idp_sso_request_find(document, kind);
        struct idp_bytes path = idp_bytes_of(idp_sso_request_path(kind));
        if (request != NULL) {
            document = with_request(call, document, kind, request_walk(&walk, path, request));
        }
    }
    *secrets = walk.secrets;
    return document;
}

const struct idp_json *idp_connection_reveal(struct idp_call *call, const struct idp_json *document,
                                             const struct idp_json *secrets,
                                             enum idp_sso_request_kind kind)
{
    struct walk walk = {.call = call, .before = secrets};
    const struct idp_json *request = idp_sso_request_find(document, kind);
    struct idp_bytes path = idp_bytes_of(idp_sso_request_path(kind));
    return request == NULL ? NULL : request_walk(&walk, path, request);
}
