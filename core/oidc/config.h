/* SPDX-License-Identifier: Apache-2.0 */
/* config.h - what the files of the area share: fields, requests, faults. */
#ifndef IDPLANE_OIDC_CONFIG_H
#define IDPLANE_OIDC_CONFIG_H

#include "core/oidc/oidc.h"

enum { IDP_OIDC_MEMBER_SIZE_MAX = 32, IDP_OIDC_ALGORITHM_COUNT = 9 };

/* ---- fields (fields.c) ---- */

enum idp_oidc_field {
    IDP_OIDC_CLIENT_ID,
    IDP_OIDC_ISSUER_URL,
    IDP_OIDC_GROUPS_CLAIM,
    IDP_OIDC_SIGNING_ALGS,
    IDP_OIDC_USERNAME_CLAIM,
    IDP_OIDC_USERNAME_PREFIX,
    IDP_OIDC_FIRST_COUNT, /* of the first era */
    IDP_OIDC_GROUPS_PREFIX = IDP_OIDC_FIRST_COUNT,
    IDP_OIDC_DEFAULT_COUNT, /* that have a default */
    IDP_OIDC_REQUIRED_CLAIMS = IDP_OIDC_DEFAULT_COUNT,
    IDP_OIDC_JWKS,
    IDP_OIDC_FIELD_COUNT
};

/* One configuration. A field is NULL where it is absent; null is absent. */
struct idp_oidc_config {
    const struct idp_json *fields[IDP_OIDC_FIELD_COUNT];
};

const char *idp_oidc_field_name(enum idp_oidc_field field);

/* True for those that are lists of strings; the others are strings. */
bool idp_oidc_field_is_list(enum idp_oidc_field field);

/* The field named so, by exact case; IDP_OIDC_FIELD_COUNT: none. */
enum idp_oidc_field idp_oidc_field_find(struct idp_bytes name);

/* The known members of an object; others, and NULL, give nothing. */
struct idp_oidc_config idp_oidc_config_of(const struct idp_json *object);

/* An object of the fields that are there, in the order of the table. */
struct idp_json *idp_oidc_config_json(struct idp_call *call, const struct idp_oidc_config *config);

/* True for what says nothing: NULL, null, "" and []. */
bool idp_oidc_is_empty(const struct idp_json *value);

/* True where the first `count` fields say nothing. */
bool idp_oidc_config_is_empty(const struct idp_oidc_config *config, size_t count);

/* The document without members that say nothing, as canonical text: equal for those that mean the
 * same. NULL and null give "null". */
struct idp_bytes idp_oidc_normal_text(struct idp_call *call, const struct idp_json *document);

/* The same of what is effective, where an empty name of a claim says something. */
struct idp_bytes idp_oidc_effective_text(struct idp_call *call, const struct idp_json *effective);

/* ---- rules (rules.c) ---- */

/* How the origin is followed. Members of the defaults: `compat` "0.0.1" or "head" (default), `rule`
 * "doc" (default) or "code", `opaque_jwks`. */
struct idp_oidc_rules {
    bool is_first;    /* compat 0.0.1: six fields, no list */
    bool as_code;     /* as its code does where its documents say otherwise */
    bool opaque_jwks; /* encodedJwksArray may hold any bytes */
    size_t field_count;
};

/* Raises IDP_INVALID_ARGUMENT naming the member that is wrong; NULL gives the defaults. */
struct idp_oidc_rules idp_oidc_rules_of(struct idp_call *call, const struct idp_json *defaults);

/* ---- faults (fault.c) ---- */

/* Collects {path, code, message}; the path is a JSON pointer (RFC 6901). */
struct idp_oidc_faults {
    struct idp_call *call;
    struct idp_json *list;
    int64_t index; /* of the list item that is judged; -1: none */
};

struct idp_oidc_faults idp_oidc_faults_new(struct idp_call *call);

/* `member` "": the configuration itself. `detail` goes behind the message. For an item of the list
 * the path and the message say which. */
void idp_oidc_fault_add(struct idp_oidc_faults *faults, const char *member, const char *code,
                        const char *message);
void idp_oidc_fault_add_with(struct idp_oidc_faults *faults, const char *member, const char *code,
                             const char *message, struct idp_bytes detail);

/* ---- requests (request.c) ---- */

enum idp_oidc_form {
    IDP_OIDC_ABSENT, /* nothing that is known */
    IDP_OIDC_OBJECT,
    IDP_OIDC_LIST,
    IDP_OIDC_BOTH
};

/* The `oidc` member of a request; a record has the same shape. */
struct idp_oidc_request {
    enum idp_oidc_form form;
    const struct idp_json *document; /* as sent; NULL: absent */
    struct idp_oidc_config object;
    const struct idp_json *list;
    bool says_nothing; /* an object, all of whose fields are empty */
};

/* A request as JSON; NULL: absent, or a fault was added. Never raises. */
const struct idp_json *idp_oidc_request_read(struct idp_oidc_faults *faults,
                                             struct idp_value value);

/* What a request asks for; its types were checked (shape.c). */
struct idp_oidc_request idp_oidc_request_of(const struct idp_json *document,
                                            const struct idp_oidc_rules *rules);

/* ---- checks (shape.c, validate.c, issuer_url.c, key_set.c) ---- */

/* Types, names and counts: what the other files may take for granted. */
void idp_oidc_shape_check(struct idp_oidc_faults *faults, const struct idp_json *document,
                          const struct idp_oidc_rules *rules);

/* The faults of a request, given the record so far (NULL: none): first those of its shape, and only
 * if there are none its contents, in the order of the origin. */
struct idp_json *idp_oidc_validate(struct idp_call *call, const struct idp_json *document,
                                   const struct idp_json *record,
                                   const struct idp_oidc_rules *rules);

/* Go's url.Parse (RFC 3986, with its leniencies). */
struct idp_oidc_url {
    bool is_parsed, has_host, has_userinfo, has_query, has_fragment, is_https;
};
struct idp_oidc_url idp_oidc_url_of(struct idp_bytes text);

/* The bytes of encodedJwksArray: standard base64, line ends ignored; data NULL where it is not. */
struct idp_bytes idp_oidc_jwks_decode(struct idp_call *call, struct idp_bytes encoded);

/* The first of the algorithms that a configuration may name, RS256 before all. */
struct idp_json *idp_oidc_algorithms(struct idp_call *call, size_t count);

/* How many keys of a JWKS can verify by one of them; 0 also where it is none, or holds a private
 * key or a secret.
 */
size_t idp_oidc_jwks_count(struct idp_call *call, struct idp_bytes jwks);

/* ---- merge (merge.c) ---- */

enum idp_oidc_operation { IDP_OIDC_PROVISION, IDP_OIDC_UPDATE };

/* Arguments (functions.c): "provision" or "update"; an object, NULL for NULL and null. Others
 * raise. */
enum idp_oidc_operation idp_oidc_operation_of(struct idp_call *call, struct idp_value value);
const struct idp_json *idp_oidc_optional_object(struct idp_call *call, struct idp_value value,
                                                const char *name);
/* An answer, or one member of it: NULL where that is absent or null. */
struct idp_value idp_oidc_part_of(struct idp_call *call, const struct idp_json *answer,
                                  struct idp_value member);

/* What is stored of an instance; NULL: nothing. Effective is an object or {"list":[…]}. */
struct idp_oidc_state {
    const struct idp_json *record, *effective;
};

struct idp_oidc_result {
    bool is_valid, is_changed;
    struct idp_oidc_state state; /* unchanged where the request is invalid */
    const struct idp_json *faults;
};

/* Required claims as an object, from "claim=value" items. */
const struct idp_json *idp_oidc_claims_of(struct idp_call *call, const struct idp_json *items);

/* What a request makes of an instance. Pure, and the same when applied again. */
struct idp_oidc_result idp_oidc_merge(struct idp_call *call, enum idp_oidc_operation operation,
                                      const struct idp_json *request, struct idp_oidc_state state,
                                      const struct idp_json *defaults);

#endif
