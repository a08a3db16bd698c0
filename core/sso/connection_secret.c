/* SPDX-License-Identifier: Apache-2.0 */
/* connection_secret.c - the secrets in the templates of requests. A document that is shown or
 * dumped has masks for them; one that is written back with its masks keeps what they stand for, for
 * the host that they were said for. */
#include "core/sso/secret.h"

enum { PLACE_SIZE_MAX = 255 };

static void error(struct idp_secret_walk *walk, struct idp_bytes path, const char *code,
                  const char *message)
{
    idp_fault_add(walk->call, walk->faults->errors, path, code, message);
}

/* ---- places ---- */

/* What is sealed has the limits of all JSON, so a long place is a digest. */
struct idp_bytes idp_secret_place(struct idp_call *call, struct idp_bytes path,
                                  struct idp_bytes rest)
{
    struct idp_text text = {.call = call};
    idp_text_add(&text, path);
    idp_text_add(&text, rest);
    struct idp_bytes whole = idp_text_bytes(&text);
    return whole.size <= PLACE_SIZE_MAX ? whole
                                        : idp_base64url_encode(call, idp_sha256(call, whole));
}

const struct idp_json *idp_secret_find(const struct idp_json *secrets, struct idp_bytes place)
{
    const struct idp_json *secret = secrets == NULL ? NULL : secrets->child;
    while (secret != NULL && !idp_bytes_equal(secret->name, place)) {
        secret = secret->next;
    }
    return secret;
}

/* ---- taking ---- */

static bool is_mask(struct idp_bytes text)
{
    return idp_bytes_is(text, IDP_CONNECTION_MASK);
}

static void refuse_mask(struct idp_secret_walk *walk, struct idp_bytes path)
{
    error(walk, path, "no_secret", "**** keeps a secret, and none is stored for this place");
}

/* A mask within something else is one that somebody moved. */
static void refuse_masks_in(struct idp_secret_walk *walk, struct idp_bytes path,
                            struct idp_bytes text)
{
    if (text.size > 0 &&
        memmem(text.data, text.size, IDP_CONNECTION_MASK, strlen(IDP_CONNECTION_MASK)) != NULL) {
        refuse_mask(walk, path);
    }
}

static void mask_check(struct idp_secret_walk *walk, struct idp_bytes path, struct idp_bytes place)
{
    if (idp_secret_find(walk->stored, place) == NULL) {
        refuse_mask(walk, path);
    } else if (walk->is_moved) {
        error(walk, path, "no_secret", "the secret must be said again: the address is another one");
    }
}

/* One place is one secret: of two only one would come back. */
static void keep(struct idp_secret_walk *walk, struct idp_bytes path, struct idp_bytes place,
                 const struct idp_json *secret, bool is_mask)
{
    struct idp_json *list = is_mask ? walk->found->kept : walk->found->given;
    struct idp_json *others = is_mask ? walk->found->given : walk->found->kept;
    const struct idp_json *same = idp_secret_find(list, place);
    if (idp_secret_find(others, place) != NULL ||
        (same != NULL && !idp_equal(same->text, secret->text))) {
        error(walk, path, "double", "two secrets have one name here");
    } else if (same == NULL) {
        idp_json_add_named(list, place, idp_json_node(walk->call, secret));
    }
}

void idp_secret_take(struct idp_secret_walk *walk, struct idp_bytes path, struct idp_bytes place,
                     const struct idp_json *secret, bool is_mask)
{
    if (++walk->count == IDP_CONNECTION_SECRET_COUNT_MAX + 1) {
        error(walk, idp_bytes_of(""), "size", "there are more than 256 secrets");
    }
    if (walk->count > IDP_CONNECTION_SECRET_COUNT_MAX) {
        return;
    }
    if (!is_mask) {
        refuse_masks_in(walk, path, secret->text);
    } else if (walk->stored != NULL) {
        mask_check(walk, path, place);
    }
    keep(walk, path, place, secret, is_mask);
}

/* ---- texts ---- */

static const struct idp_secret *secrets_of(struct idp_call *call, struct idp_bytes text,
                                           bool is_url)
{
    return is_url ? idp_secrets_of_url(call, text) : idp_secrets_of_text(call, text);
}

/* What is written for a secret. */
static struct idp_bytes replaced(struct idp_secret_walk *walk, struct idp_bytes path,
                                 const struct idp_secret *secret, struct idp_bytes value)
{
    static const char *const masks[] = {IDP_CONNECTION_MASK, "\"" IDP_CONNECTION_MASK "\""};
    struct idp_bytes place = idp_secret_place(walk->call, path, secret->place);
    if (walk->faults != NULL) {
        idp_secret_take(walk, path, place, idp_json_new_string(walk->call, value), secret->is_mask);
        return idp_bytes_of(masks[secret->is_token]);
    }
    const struct idp_json *known = secret->is_mask ? idp_secret_find(walk->stored, place) : NULL;
    return known == NULL ? value : known->text;
}

/* A mask is found where the secret was, or the secret could not come back. */
static void masked_check(struct idp_secret_walk *walk, struct idp_bytes path,
                         const struct idp_secret *secret, struct idp_bytes text, bool is_url)
{
    const struct idp_secret *mask = secrets_of(walk->call, text, is_url);
    while (secret != NULL && mask != NULL && mask->is_mask && mask->is_token == secret->is_token &&
           idp_bytes_equal(mask->place, secret->place)) {
        secret = secret->next;
        mask = mask->next;
    }
    if (secret != NULL || mask != NULL) {
        error(walk, path, "secret", "the secrets in this text cannot be told from the rest of it");
    }
}

static const struct idp_json *text_walk(struct idp_secret_walk *walk, struct idp_bytes path,
                                        const struct idp_json *value, bool is_url)
{
    struct idp_text out = {.call = walk->call};
    const struct idp_secret *first = secrets_of(walk->call, value->text, is_url);
    size_t done = 0;
    for (const struct idp_secret *secret = first;; secret = secret->next) {
        size_t to = secret == NULL ? value->text.size : secret->from;
        struct idp_bytes rest = idp_secret_part(value->text, done, to);
        idp_text_add(&out, rest);
        if (walk->faults != NULL) {
            refuse_masks_in(walk, path, rest);
        }
        if (secret == NULL) {
            break;
        }
        idp_text_add(&out,
                     replaced(walk, path, secret, idp_secret_part(value->text, to, secret->to)));
        done = secret->to;
    }
    if (walk->faults != NULL && first != NULL) {
        masked_check(walk, path, first, idp_text_bytes(&out), is_url);
    }
    return first == NULL ? value : idp_json_new_string(walk->call, idp_text_bytes(&out));
}

/* ---- headers and parameters ---- */

static bool is_secret(struct idp_call *call, const struct idp_json *item)
{
    return item->text.size > 0 &&
           (idp_secret_name(item->name) ? is_mask(item->text) || !idp_secret_is_filled(item->text)
                                        : idp_secret_hides(call, item->text));
}

static const struct idp_json *texts_walk(struct idp_secret_walk *walk, struct idp_bytes path,
                                         const struct idp_json *texts)
{
    size_t count;
    const struct idp_json **items = idp_json_sorted(walk->call, texts, &count);
    struct idp_json *out = idp_json_new(walk->call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < count; i++) {
        const struct idp_json *item = items[i];
        struct idp_secret whole = {.is_mask = is_mask(item->text)};
        struct idp_json *node = idp_json_node(walk->call, item);
        if (item->kind == IDP_JSON_STRING && is_secret(walk->call, item)) {
            node = idp_json_new_string(
                walk->call,
                replaced(walk, idp_path_step(walk->call, path, item->name), &whole, item->text));
        } else if (walk->faults != NULL) {
            refuse_masks_in(walk, idp_path_step(walk->call, path, item->name), item->text);
        }
        idp_json_add_named(out, item->name, node);
    }
    return out;
}

/* ---- requests ---- */

bool idp_secret_in(struct idp_bytes name)
{
    return idp_word_in(idp_bytes_of("url body requestParams headers"), name);
}

const struct idp_json *idp_secret_walk_in(struct idp_secret_walk *walk, struct idp_bytes path,
                                          const struct idp_json *value, bool is_url)
{
    return value->kind == IDP_JSON_STRING   ? text_walk(walk, path, value, is_url)
           : value->kind == IDP_JSON_OBJECT ? texts_walk(walk, path, value)
                                            : value;
}

const struct idp_json *idp_connection_reveal(struct idp_call *call, const struct idp_json *document,
                                             const struct idp_json *secrets,
                                             enum idp_sso_request_kind kind)
{
    struct idp_secret_walk walk = {.call = call, .stored = secrets};
    const struct idp_json *request = idp_sso_request_find(document, kind);
    if (request == NULL) {
        return NULL;
    }
    struct idp_json *out = idp_json_new(call, IDP_JSON_OBJECT);
    for (const struct idp_json *member = request->child; member != NULL; member = member->next) {
        struct idp_bytes path =
            idp_path_step(call, idp_bytes_of(idp_sso_request_path(kind)), member->name);
        const struct idp_json *value =
            idp_secret_in(member->name)
                ? idp_secret_walk_in(&walk, path, member, idp_bytes_is(member->name, "url"))
                : member;
        idp_json_add_named(out, member->name, idp_json_node(call, value));
    }
    return out;
}
