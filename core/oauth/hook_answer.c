/* SPDX-License-Identifier: Apache-2.0 */
/* hook_answer.c - what of an answer is taken. A hook adds claims and members, and narrows scope and
 * lifetimes; anything else that it says is a mistake, and no guess is made at what it meant. */
#include "core/oauth/hook.h"

enum { ERROR_WORD_SIZE_MAX = 64, DESCRIPTION_SIZE_MAX = 512 };

static bool is_known(const char *names, struct idp_bytes name)
{
    return name.size > 0 && idp_word_in(idp_bytes_of(names), name);
}

/* Printable ASCII but quote and backslash: RFC 6749 §5.2. */
static bool is_description(struct idp_bytes text, size_t size_max)
{
    for (size_t i = 0; i < text.size; i++) {
        char at = text.data[i];
        if (at < ' ' || at > '~' || at == '"' || at == '\\') {
            return false;
        }
    }
    return text.size > 0 && text.size <= size_max;
}

/* ---- before tokens ---- */

static const char *take_claims(const struct idp_json *claims, const struct idp_json **into)
{
    if (claims->kind != IDP_JSON_OBJECT) {
        return "Claims must be an object.";
    }
    for (const struct idp_json *claim = claims->child; claim != NULL; claim = claim->next) {
        if (idp_claim_is_protected(claim->name)) {
            return "A claim is the server's own.";
        }
    }
    *into = claims;
    return NULL;
}

static const char *take_scope(const struct idp_json *scope, struct idp_grant *grant)
{
    if (scope->kind != IDP_JSON_STRING || !idp_scope_valid(scope->text) ||
        !idp_scope_within(scope->text, grant->scope)) {
        return "The scope must be part of what was allowed.";
    }
    grant->scope = scope->text;
    return NULL;
}

/* Of two lifetimes the shorter one, as everywhere. */
static const char *take_lifetime(const struct idp_json *value, int64_t *lifetime_s)
{
    int64_t given_s;
    if (!idp_json_integer(value, &given_s) || given_s < 1) {
        return "A lifetime must be a number of seconds.";
    }
    *lifetime_s = given_s < *lifetime_s ? given_s : *lifetime_s;
    return NULL;
}

static const char *take_status(struct idp_call *call, const struct idp_json *status,
                               struct idp_json *error)
{
    int64_t number;
    if (status == NULL) {
        return NULL;
    }
    if (!idp_json_integer(status, &number) || number < 400 || number > 499) {
        return "The status of a denial must be from 400 to 499.";
    }
    idp_json_add_integer(call, error, "http_status", number);
    return NULL;
}

static bool is_error_word(struct idp_bytes word)
{
    return is_description(word, ERROR_WORD_SIZE_MAX) && memchr(word.data, ' ', word.size) == NULL;
}

static const char *take_denial(struct idp_call *call, const struct idp_json *deny,
                               const struct idp_json **denial)
{
    const struct idp_json *word = idp_json_member(deny, "error");
    const struct idp_json *description = idp_json_member(deny, "error_description");
    for (const struct idp_json *member = deny->child; member != NULL; member = member->next) {
        if (!is_known("error error_description status", member->name)) {
            return "A denial has error, error_description and status.";
        }
    }
    bool is_valid =
        deny->kind == IDP_JSON_OBJECT &&
        (word == NULL || (word->kind == IDP_JSON_STRING && is_error_word(word->text))) &&
        (description == NULL || (description->kind == IDP_JSON_STRING &&
                                 is_description(description->text, DESCRIPTION_SIZE_MAX)));
    if (!is_valid) {
        return "A denial has texts of RFC 6749 5.2.";
    }
    struct idp_json *error = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, error, "error",
                        word == NULL ? idp_bytes_of("access_denied") : word->text);
    idp_json_add_string(call, error, "error_description",
                        description == NULL
                            ? idp_bytes_of(idp_error_row(IDP_ACCESS_DENIED)->sentence)
                            : description->text);
    *denial = error;
    return take_status(call, idp_json_member(deny, "status"), error);
}

static const char *take_member(struct idp_call *call, const struct idp_json *member,
                               struct idp_token_issue *issue)
{
    struct idp_token_rules *rules = &issue->rules;
    if (idp_bytes_is(member->name, "access_token_claims")) {
        return take_claims(member, &issue->access_added);
    }
    if (idp_bytes_is(member->name, "id_token_claims")) {
        return take_claims(member, &issue->id_added);
    }
    if (idp_bytes_is(member->name, "introspection_claims")) {
        return take_claims(member, &issue->introspection_added);
    }
    if (idp_bytes_is(member->name, "scope")) {
        return take_scope(member, issue->grant);
    }
    if (idp_bytes_is(member->name, "access_token_lifetime")) {
        return take_lifetime(member, &rules->access_token_lifetime_s);
    }
    if (idp_bytes_is(member->name, "refresh_token_lifetime")) {
        return take_lifetime(member, &rules->refresh_token_lifetime_s);
    }
    if (idp_bytes_is(member->name, "grant_lifetime")) {
        return take_lifetime(member, &rules->grant_lifetime_s);
    }
    return idp_bytes_is(member->name, "deny") ? take_denial(call, member, &issue->denial)
                                              : "The answer has an unknown member.";
}

const char *idp_answer_take(struct idp_call *call, const struct idp_json *answer,
                            struct idp_token_issue *issue)
{
    if (answer->kind != IDP_JSON_OBJECT) {
        return "The answer must be an object.";
    }
    const char *fault = NULL;
    for (const struct idp_json *member = answer->child; member != NULL && fault == NULL;
         member = member->next) {
        fault = take_member(call, member, issue);
    }
    return fault;
}

/* ---- after tokens ---- */

static const char *add_members(struct idp_call *call, const struct idp_json *members,
                               struct idp_json *response)
{
    static const char ours[] =
        "access_token refresh_token id_token token_type issued_token_type expires_in scope error"
        " error_description error_uri http_status http_headers";
    if (members->kind != IDP_JSON_OBJECT) {
        return "The member response must be an object.";
    }
    for (const struct idp_json *member = members->child; member != NULL; member = member->next) {
        if (member->name.size == 0 || is_known(ours, member->name)) {
            return "A member of the response is the server's own.";
        }
        idp_json_add_named(response, member->name, idp_json_node(call, member));
    }
    return NULL;
}

/* RFC 9110 §5.6.2, which is enough for a name. */
static bool is_header_name(struct idp_bytes name)
{
    for (size_t i = 0; i < name.size; i++) {
        char at = name.data[i];
        bool is_letter = (at >= 'a' && at <= 'z') || (at >= 'A' && at <= 'Z');
        if (!is_letter && !(at >= '0' && at <= '9') && at != '-' && at != '_') {
            return false;
        }
    }
    return name.size > 0 && name.size <= IDP_HOOK_NAME_SIZE_MAX;
}

static bool is_header(struct idp_call *call, const struct idp_json *header)
{
    static const char ours[] =
        "cache-control connection content-encoding content-length content-type date dpop-nonce"
        " keep-alive location pragma set-cookie trailer transfer-encoding upgrade vary"
        " www-authenticate";
    return header->kind == IDP_JSON_STRING && is_header_name(header->name) &&
           !is_known(ours, idp_lower_case(call, header->name)) &&
           header->text.size <= IDP_HOOK_HEADER_SIZE_MAX && !idp_text_has_control(header->text);
}

static const char *add_headers(struct idp_call *call, const struct idp_json *headers,
                               struct idp_json *response)
{
    size_t count = 0;
    if (headers->kind != IDP_JSON_OBJECT) {
        return "The member headers must be an object.";
    }
    for (const struct idp_json *header = headers->child; header != NULL; header = header->next) {
        if (!is_header(call, header) || ++count > IDP_HOOK_HEADER_COUNT_MAX) {
            return "A header is the server's own, or none.";
        }
    }
    idp_json_add_shared(call, response, "http_headers", headers);
    return NULL;
}

const char *idp_response_take(struct idp_call *call, const struct idp_json *answer,
                              struct idp_json *response)
{
    if (answer->kind != IDP_JSON_OBJECT) {
        return "The answer must be an object.";
    }
    const char *fault = NULL;
    for (const struct idp_json *member = answer->child; member != NULL && fault == NULL;
         member = member->next) {
        fault = idp_bytes_is(member->name, "response")  ? add_members(call, member, response)
                : idp_bytes_is(member->name, "headers") ? add_headers(call, member, response)
                                                        : "The answer has an unknown member.";
    }
    return fault;
}
