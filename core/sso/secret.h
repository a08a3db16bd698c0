/* SPDX-License-Identifier: Apache-2.0 */
/* secret.h - what in a text is a secret, between the files that look for it. A secret is known by
 * its name, and a mask by what it is. */
#ifndef IDPLANE_SSO_SECRET_H
#define IDPLANE_SSO_SECRET_H

#include "core/sso/connection.h"

/* ---- names (secret_name.c) ---- */

/* True for client_secret, X-Auth-Token, auth[password] and the like, in any spelling. */
bool idp_secret_name(struct idp_bytes name);

/* True for one placeholder that we fill, alone or behind Basic or Bearer. */
bool idp_secret_is_filled(struct idp_bytes value);

/* ---- texts (secret_text.c) ---- */

/* A secret, or a mask, in a text: its place there, and its bytes from..to. */
struct idp_secret {
    struct idp_bytes place; /* "#name", or in JSON ":" and a pointer */
    size_t from, to;
    bool is_mask;
    bool is_token; /* of JSON: with its quotes */
    struct idp_secret *next;
};

/* One search; it ends behind IDP_CONNECTION_SECRET_COUNT_MAX, where a document is refused. */
struct idp_secret_search {
    struct idp_call *call;
    struct idp_bytes text;
    size_t depth; /* texts around this one */
    struct idp_secret *first, *last;
    size_t count;
};

/* In the order in which they stand: JSON by its members, a form by its pairs, else by words. */
const struct idp_secret *idp_secrets_of_text(struct idp_call *call, struct idp_bytes text);
const struct idp_secret *idp_secrets_of_url(struct idp_call *call, struct idp_bytes url);

/* True where the text of an innocent name, as a whole, is a mask or has a secret within. */
bool idp_secret_hides(struct idp_call *call, struct idp_bytes text);

/* A part of a text; and the place of the next of some characters, or the end. */
struct idp_bytes idp_secret_part(struct idp_bytes text, size_t from, size_t to);
size_t idp_secret_skip_to(struct idp_bytes text, size_t at, const char *characters);

/* True where a value is to be masked; is_named: its name, or one above, is a secret's. */
bool idp_secret_is(const struct idp_secret_search *search, bool is_named, struct idp_bytes text);

/* Adds what stands at from..to; the search is over where there are too many. */
struct idp_secret *idp_secret_add(struct idp_secret_search *search, const char *mark,
                                  struct idp_bytes name, size_t from, size_t to);
bool idp_secret_search_is_over(const struct idp_secret_search *search);

/* False: the text is no JSON, also where numbers were for its placeholders (secret_json.c). */
bool idp_secret_search_json(struct idp_secret_search *search);

/* Texts that are neither JSON nor a form: XML, headers, anything (secret_scan.c). */
void idp_secret_scan(struct idp_secret_search *search);

/* ---- walks (connection_secret.c, connection_mask.c) ---- */

enum { IDP_SECRET_STEP_COUNT_MAX = IDP_JSON_DEPTH_MAX + 2 }; /* connection_form may add levels */

/* One walk over a document, which is masked; without faults it is revealed. */
struct idp_secret_walk {
    struct idp_call *call;
    struct idp_connection_faults *faults;
    const struct idp_json *stored; /* by place; NULL: each mask is one that is stored */
    const struct idp_json *before; /* the document whose secrets those are */
    struct idp_masking *found;
    size_t count;
    bool is_moved;   /* to another host than what is stored */
    bool is_foreign; /* within a member that we do not know */
    bool is_rule;
    size_t step; /* of the path, which begins at its end */
    struct idp_bytes steps[IDP_SECRET_STEP_COUNT_MAX];
};

/* Takes a secret, or a mask, of the document. */
void idp_secret_take(struct idp_secret_walk *walk, struct idp_bytes path, struct idp_bytes place,
                     const struct idp_json *secret, bool is_mask);

/* A place: a path and what follows it, or "=" and the path of a member that is a secret itself, so
 * that no member can pass for a place in a text. */
struct idp_bytes idp_secret_place(struct idp_call *call, struct idp_bytes path,
                                  struct idp_bytes rest);

/* The secret of a place; NULL: none. */
const struct idp_json *idp_secret_find(const struct idp_json *secrets, struct idp_bytes place);

/* One of url, body, requestParams and headers of a request. */
bool idp_secret_in(struct idp_bytes name);
const struct idp_json *idp_secret_walk_in(struct idp_secret_walk *walk, struct idp_bytes path,
                                          const struct idp_json *value, bool is_url);

#endif
