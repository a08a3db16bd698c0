/* SPDX-License-Identifier: Apache-2.0 */
/* connection.h - connections to identity providers, between the files of the area that check, keep
 * and use them. A connection is one document, of the shape that Cumulocity's login options have. */
#ifndef IDPLANE_SSO_CONNECTION_H
#define IDPLANE_SSO_CONNECTION_H

#include "core/sso/sso.h"

#define IDP_CONNECTION_MASK "****"
#define IDP_MANAGEMENT_TENANT "management"
#define IDP_CONNECTION_RESTRICTED "Only the tenant management may change this connection."
#define IDP_NO_CONNECTION "Cannot find the specified configuration"

/* What is wrong (errors) or may not be meant (warnings): lists of {path, code, message}. */
struct idp_connection_faults {
    struct idp_call *call;
    struct idp_json *errors, *warnings;
};

struct idp_connection_faults idp_connection_faults_new(struct idp_call *call);

/* ---- requests ---- */

enum idp_sso_request_kind {
    IDP_SSO_AUTHORIZATION,
    IDP_SSO_TOKEN,
    IDP_SSO_REFRESH,
    IDP_SSO_LOGOUT,
    IDP_SSO_VALIDATION, /* of tokens of others, by introspection or userinfo */
    IDP_SSO_REQUEST_COUNT
};

/* Where the request stands in a document: "/tokenRequest". */
const char *idp_sso_request_path(enum idp_sso_request_kind kind);

/* The template in a document; NULL: none. */
const struct idp_json *idp_sso_request_find(const struct idp_json *document,
                                            enum idp_sso_request_kind kind);

/* ---- documents (connection_form.c, connection_shape.c, connection_check.c) ---- */

/* The document in the spelling that is stored: both spellings of a name are one, words of lists are
 * in their case, each mapping has an id. What is of a wrong type stays. */
const struct idp_json *idp_connection_form(struct idp_connection_faults *faults,
                                           const struct idp_json *document);

/* Types, words and sizes: what idp_connection_check may take for granted where it adds none. */
void idp_connection_shape(struct idp_connection_faults *faults, const struct idp_json *document);

/* All that is wrong with a document of idp_connection_form. */
void idp_connection_check(struct idp_connection_faults *faults, const struct idp_json *document);

/* The part of it about one list of rules, "mappings" or "inventoryMappings" (rule_check.c). */
void idp_rules_check(struct idp_connection_faults *faults, const struct idp_json *mapping,
                     const char *name);

/* True for a member that the top of a document may have. */
bool idp_connection_knows(struct idp_bytes name);

/* ---- addresses (address.c) ---- */

/* What an address may hold; a redirect also has no fragment, and an asterisk at its end only where
 * it may end open. */
void idp_address_check(struct idp_connection_faults *faults, struct idp_bytes path,
                       struct idp_bytes url);
void idp_address_check_redirect(struct idp_connection_faults *faults, struct idp_bytes path,
                                struct idp_bytes url, bool may_end_open);

/* True where scheme, host or port differ, as the template says them. */
bool idp_address_is_moved(struct idp_call *call, struct idp_bytes before, struct idp_bytes after);

/* ---- rows (connection.c) ---- */

struct idp_connection {
    struct idp_bytes id, type, provider_name;
    bool visible, restricted;
    int64_t version;                 /* 0: not yet stored */
    struct idp_bytes text;           /* the document, masked */
    const struct idp_json *document; /* the same, read */
    struct idp_bytes sealed_secrets; /* empty: none; in idp_connection_save NULL: as in the row */
    const struct idp_json *secrets;  /* the same, where they are known already */
};

/* The connection of this id, else the first of this type in the order of login options, by any
 * case. False: none. */
bool idp_connection_find(struct idp_call *call, struct idp_bytes name, struct idp_connection *out);

bool idp_connection_find_id(struct idp_call *call, struct idp_bytes id, struct idp_connection *out);
bool idp_connection_find_in(struct idp_call *call, struct idp_bytes tenant, struct idp_bytes name,
                            struct idp_connection *out);

/* All of the tenant, in the order of login options: OAUTH2_INTERNAL, BASIC, OAUTH2; then by
 * options.priority and id. */
struct idp_connection *idp_connection_list(struct idp_call *call, size_t *count);

/* A member of the document's `options`; NULL: it is not said. */
const struct idp_json *idp_connection_option(const struct idp_connection *connection,
                                             const char *name);

/* The document as it is shown: with its id, and whether it is restricted. */
const struct idp_json *idp_connection_shown(struct idp_call *call,
                                            const struct idp_connection *connection);

/* What idp_connection_mask took out, by its place; an empty object where that is nothing. */
const struct idp_json *idp_connection_secrets(struct idp_call *call,
                                              const struct idp_connection *connection);

/* The same as sealed_secrets. */
struct idp_bytes idp_connection_seal(struct idp_call *call, struct idp_bytes id,
                                     const struct idp_json *secrets);

/* Makes version 1, or takes version - 1 to version. False: somebody was faster. The caller has
 * called host->begin. */
bool idp_connection_save(struct idp_call *call,
                         const struct idp_connection *connection) IDP_MUST_CHECK;
bool idp_connection_delete(struct idp_call *call,
                           const struct idp_connection *connection) IDP_MUST_CHECK;
void idp_connection_restrict(struct idp_call *call, struct idp_bytes tenant,
                             const struct idp_connection *connection);

/* True where the tenant of the call may not change it. */
bool idp_connection_is_restricted(struct idp_call *call, const struct idp_connection *connection);

/* ---- secrets (connection_secret.c, connection_mask.c) ---- */

/* A document and its secrets apart: those that it says, and the places of masks in it, each of
 * which stands for the secret that is stored for its place. */
struct idp_masking {
    const struct idp_json *document;
    struct idp_json *given, *kept;
    bool keeps_all; /* and says none: what is sealed stays as it is */
};

/* Masks the secrets of a document of idp_connection_check. A mask that stands for nothing that is
 * stored in `before`, or would send it to another host, is a fault. Unseals nothing. */
void idp_connection_mask(struct idp_connection_faults *faults, const struct idp_json *document,
                         const struct idp_connection *before, struct idp_masking *masking);

/* All that is to be sealed. */
const struct idp_json *idp_masking_secrets(struct idp_call *call, const struct idp_masking *masking,
                                           const struct idp_connection *before);

/* The template of a masked document with its secrets in their places; NULL: there is none. */
const struct idp_json *idp_connection_reveal(struct idp_call *call, const struct idp_json *document,
                                             const struct idp_json *secrets,
                                             enum idp_sso_request_kind kind);

/* ---- changes (connection_change.c) ---- */

/* One change of a document. `edit` makes the new one of the old (NULL: there is none), or answers
 * instead, where it returns NULL. */
struct idp_connection_change {
    struct idp_call *call;
    struct idp_bytes id;
    const struct idp_json *(*edit)(struct idp_connection_change *change,
                                   const struct idp_json *before);
    const struct idp_json *given; /* argument of edit */
    struct idp_bytes mapping_id;
    bool is_inventory;
    bool is_whole;      /* `id` is an id and no type */
    bool ends_sessions; /* that began by the connection as it was */
    struct idp_json *answer;
};

/* Makes the change, again where somebody was faster. The answer has `status`: ok, invalid (with
 * errors), restricted, or what edit said. */
struct idp_json *idp_connection_change(struct idp_connection_change *change);

struct idp_json *idp_connection_answer(struct idp_call *call, const char *status,
                                       const char *message);

/* An argument that names a connection. */
struct idp_bytes idp_connection_argument(struct idp_call *call, struct idp_value value);

#endif
