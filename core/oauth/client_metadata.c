/* SPDX-License-Identifier: Apache-2.0 */
/* client_metadata.c - client metadata (RFC 7591 §2): members that the server acts on are checked
 * by a table; what each request asks for becomes columns. Others are kept as they are, as the RFC
 * lets a server do. */
#include "core/oauth/client.h"
#include "core/oauth/settings.h"

enum { LIST_COUNT_MAX = 64, LIFETIME_MAX_S = 31536000 };

/* "Member NAME RULE." */
static const char *fault(struct idp_call *call, const char *name, const char *rule)
{
    struct idp_text sentence = {.call = call};
    idp_text_add_c(&sentence, "Member ");
    idp_text_add_c(&sentence, name);
    idp_text_add_char(&sentence, ' ');
    idp_text_add_c(&sentence, rule);
    idp_text_add_char(&sentence, '.');
    return idp_text_bytes(&sentence).data;
}

/* ---- kinds of members: NULL where the value is one, else what it must be ---- */

static const char *check_bool(struct idp_call *call, const struct idp_json *member,
                              const char *words)
{
    (void)call, (void)words;
    bool is_bool = member->kind == IDP_JSON_TRUE || member->kind == IDP_JSON_FALSE;
    return is_bool ? NULL : "must be true or false";
}

static const char *check_text(struct idp_call *call, const struct idp_json *member,
                              const char *words)
{
    (void)call, (void)words;
    bool is_text = member->kind == IDP_JSON_STRING && !idp_text_has_control(member->text);
    return is_text ? NULL : "must be a text";
}

static const char *check_word(struct idp_call *call, const struct idp_json *member,
                              const char *words)
{
    bool is_word = member->kind == IDP_JSON_STRING && member->text.size > 0 &&
                   idp_word_in(idp_bytes_of(words), member->text);
    if (is_word) {
        return NULL;
    }
    struct idp_text rule = {.call = call};
    idp_text_add_c(&rule, "must be one of: ");
    idp_text_add_c(&rule, words);
    return idp_text_bytes(&rule).data;
}

static const char *check_list(struct idp_call *call, const struct idp_json *member,
                              const char *words)
{
    (void)call, (void)words;
    size_t count = 0;
    bool is_list = member->kind == IDP_JSON_ARRAY;
    for (const struct idp_json *item = member->child; item != NULL; item = item->next) {
        is_list = is_list && item->kind == IDP_JSON_STRING && ++count <= LIST_COUNT_MAX &&
                  item->text.size <= IDP_URL_SIZE_MAX;
    }
    return is_list ? NULL : "must be an array of texts, 64 at most";
}

static const char *check_lifetime(struct idp_call *call, const struct idp_json *member,
                                  const char *words)
{
    (void)call, (void)words;
    int64_t lifetime_s;
    bool is_lifetime =
        idp_json_integer(member, &lifetime_s) && lifetime_s >= 1 && lifetime_s <= LIFETIME_MAX_S;
    return is_lifetime ? NULL : "must be seconds from 1 to 31536000";
}

static const char *check_time(struct idp_call *call, const struct idp_json *member,
                              const char *words)
{
    (void)call, (void)words;
    int64_t time_s;
    bool is_time =
        idp_json_integer(member, &time_s) && time_s >= 0 && time_s <= IDP_TIME_MAX_US / 1000000;
    return is_time ? NULL : "must be seconds since 1970, or 0 for never";
}

static const char *check_url(struct idp_call *call, const struct idp_json *member,
                             const char *words)
{
    (void)words;
    struct idp_url url;
    bool is_url = member->kind == IDP_JSON_STRING && idp_url_read(call, member->text, &url);
    return is_url ? NULL : "must be an https URL without query or fragment (http only on loopback)";
}

static const char *check_redirect_uris(struct idp_call *call, const struct idp_json *member,
                                       const char *words)
{
    const char *problem = check_list(call, member, words);
    for (const struct idp_json *item = member->child; problem == NULL && item != NULL;
         item = item->next) {
        problem = idp_redirect_uri_valid(item->text)
                      ? NULL
                      : "must be absolute URIs without fragment: https, http on loopback, or a "
                        "scheme of your own with a dot in it (RFC 8252)";
    }
    return problem;
}

/* Compared with that of a certificate as octets (RFC 8705 §2.1.2). */
static const char *check_address(struct idp_call *call, const struct idp_json *member,
                                 const char *words)
{
    (void)words;
    bool is_address =
        member->kind == IDP_JSON_STRING && idp_ip_address(call, member->text).data != NULL;
    return is_address ? NULL : "must be an IPv4 or IPv6 address";
}

static const char *check_jwks(struct idp_call *call, const struct idp_json *member,
                              const char *words)
{
    (void)words;
    bool is_set = member->kind == IDP_JSON_OBJECT &&
                  idp_keys_read(call, idp_json_text(call, member)).count > 0;
    const struct idp_json *keys = idp_json_member(member, "keys");
    for (const struct idp_json *key = keys == NULL ? NULL : keys->child; key != NULL;
         key = key->next) {
        is_set = is_set && idp_json_member(key, "d") == NULL && idp_json_member(key, "k") == NULL;
    }
    return is_set ? NULL : "must be a JWKS with at least one public key, and no private one";
}

static const char *check_scope(struct idp_call *call, const struct idp_json *member,
                               const char *words)
{
    (void)call, (void)words;
    bool is_scope = member->kind == IDP_JSON_STRING && idp_scope_valid(member->text);
    return is_scope ? NULL : "must be scope tokens separated by one space, none twice";
}

/* ---- the table ---- */

static const struct {
    const char *name;
    const char *(*check)(struct idp_call *call, const struct idp_json *member, const char *words);
    const char *words;
} members[] = {
    {"enabled", check_bool, NULL},
    {"client_name", check_text, NULL},
    {"scope", check_scope, NULL},
    {"grant_types", check_list, NULL},
    {"response_types", check_list, NULL},
    {"redirect_uris", check_redirect_uris, NULL},
    {"post_logout_redirect_uris", check_redirect_uris, NULL},
    {"resources", check_list, NULL},
    {"token_exchange_clients", check_list, NULL},
    {"assertion_issuers", check_list, NULL},
    {"token_endpoint_auth_method", check_word, IDP_AUTH_METHODS " " IDP_TLS_AUTH_METHODS},
    {"token_endpoint_auth_signing_alg", check_word, IDP_SIGNATURE_NAMES " HS256 HS384 HS512"},
    {"client_secret_expires_at", check_time, NULL},
    {"jwks", check_jwks, NULL},
    {"jwks_uri", check_url, NULL},
    {"id_token_signed_response_alg", check_word, IDP_SIGNATURE_NAMES},
    {"introspection_signed_response_alg", check_word, IDP_SIGNATURE_NAMES},
    {"access_token_format", check_word, "jwt opaque"},
    {"access_token_lifetime", check_lifetime, NULL},
    {"refresh_token_lifetime", check_lifetime, NULL},
    {"id_token_lifetime", check_lifetime, NULL},
    {"max_authorization_grant_lifetime", check_lifetime, NULL},
    {"do_not_rotate_refresh_token", check_bool, NULL},
    {"consent_prompt", check_word, "ALWAYS_PROMPT NEVER_PROMPT PROMPT_ONCE"},
    {"tls_client_auth_subject_dn", check_text, NULL},
    {"tls_client_auth_san_dns", check_text, NULL},
    {"tls_client_auth_san_uri", check_text, NULL},
    {"tls_client_auth_san_ip", check_address, NULL},
    {"tls_client_auth_san_email", check_text, NULL},
    {"tls_client_certificate_bound_access_tokens", check_bool, NULL},
    {"dpop_bound_access_tokens", check_bool, NULL},
    {"client_secret", check_text, NULL},
};

static const char *check_members(struct idp_call *call, const struct idp_json *document)
{
    for (size_t i = 0; i < IDP_COUNT(members); i++) {
        const struct idp_json *member = idp_json_member(document, members[i].name);
        const char *rule = member == NULL ? NULL : members[i].check(call, member, members[i].words);
        if (rule != NULL) {
            return fault(call, members[i].name, rule);
        }
    }
    return NULL;
}

static bool is_acted_on(struct idp_bytes name)
{
    size_t i = 0;
    while (i < IDP_COUNT(members) && !idp_bytes_is(name, members[i].name)) {
        i++;
    }
    return i < IDP_COUNT(members);
}

struct idp_bytes idp_client_metadata_idle(struct idp_call *call, const struct idp_json *document)
{
    struct idp_text names = {.call = call};
    for (const struct idp_json *member = document->child; member != NULL; member = member->next) {
        if (!is_acted_on(member->name)) {
            idp_text_add_c(&names, names.size > 0 ? ", " : "");
            idp_text_add(&names, member->name);
        }
    }
    return idp_text_bytes(&names);
}

/* What the server decides is not for the client to say. */
static const char *check_server_members(struct idp_call *call, const struct idp_json *document)
{
    static const char *const names[] = {"client_id", "client_id_issued_at",
                                        "registration_access_token", "registration_client_uri"};
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        if (idp_json_member(document, names[i]) != NULL) {
            return fault(call, names[i], "is made by the server");
        }
    }
    return NULL;
}

/* ---- members that need one another ---- */

static bool has_text(const struct idp_json *document, const char *name)
{
    return idp_json_string(document, name).size > 0;
}

static bool has_certificate_name(const struct idp_json *document)
{
    return has_text(document, "tls_client_auth_subject_dn") +
               has_text(document, "tls_client_auth_san_dns") +
               has_text(document, "tls_client_auth_san_uri") +
               has_text(document, "tls_client_auth_san_ip") +
               has_text(document, "tls_client_auth_san_email") ==
           1;
}

static const char *check_together(struct idp_call *call, const struct idp_json *document,
                                  struct idp_bytes method)
{
    bool has_jwks = idp_json_member(document, "jwks") != NULL;
    bool has_keys = has_jwks || has_text(document, "jwks_uri");
    if (has_jwks && has_text(document, "jwks_uri")) {
        return fault(call, "jwks_uri", "must not stand beside jwks (RFC 7591 2)");
    }
    if (idp_bytes_is(method, "private_key_jwt") && !has_keys) {
        return fault(call, "jwks", "or jwks_uri is needed for private_key_jwt");
    }
    if (idp_bytes_is(method, "self_signed_tls_client_auth") && !has_keys) {
        return fault(call, "jwks", "or jwks_uri is needed for self_signed_tls_client_auth");
    }
    if (idp_bytes_is(method, "tls_client_auth") && !has_certificate_name(document)) {
        return fault(call, "tls_client_auth_subject_dn",
                     "or exactly one tls_client_auth_san member is needed for tls_client_auth");
    }
    return NULL;
}

static struct idp_bytes grant_words(struct idp_call *call, const struct idp_json *document)
{
    struct idp_text words = {.call = call};
    const struct idp_json *list = idp_json_member(document, "grant_types");
    for (const struct idp_json *item = list == NULL ? NULL : list->child; item != NULL;
         item = item->next) {
        if (idp_scope_valid(item->text) && item->text.size > 0 &&
            !idp_word_in(idp_text_bytes(&words), item->text)) {
            idp_text_add_c(&words, words.size > 0 ? " " : "");
            idp_text_add(&words, item->text);
        }
    }
    return idp_text_bytes(&words);
}

/* A device can keep no secret (RFC 8628 §5.6), so a client is public unless it says otherwise. */
static struct idp_client_metadata columns_of(struct idp_call *call, const struct idp_json *document)
{
    int64_t expires_at_s;
    struct idp_bytes method = idp_json_string(document, "token_endpoint_auth_method");
    struct idp_bytes scope = idp_json_string(document, "scope");
    struct idp_client_metadata metadata = {
        .enabled =
            idp_json_member(document, "enabled") == NULL || idp_json_is_true(document, "enabled"),
        .auth_method = method.data == NULL ? idp_bytes_of("none") : method,
        .scope = scope.data == NULL ? idp_bytes_of("") : scope,
        .grant_types = grant_words(call, document),
    };
    if (idp_json_integer(idp_json_member(document, "client_secret_expires_at"), &expires_at_s)) {
        metadata.secret_expires_at_s = expires_at_s;
    }
    metadata.device_grant = idp_word_in(metadata.grant_types, idp_bytes_of(IDP_GRANT_DEVICE_CODE));
    metadata.refresh_grant =
        idp_word_in(metadata.grant_types, idp_bytes_of(IDP_GRANT_REFRESH_TOKEN));
    return metadata;
}

const char *idp_client_metadata_check(struct idp_call *call, const struct idp_json *document,
                                      struct idp_client_metadata *metadata)
{
    const char *wrong = check_server_members(call, document);
    if (wrong == NULL) {
        wrong = check_members(call, document);
    }
    if (wrong != NULL) {
        return wrong;
    }
    *metadata = columns_of(call, document);
    return check_together(call, document, metadata->auth_method);
}

struct idp_client_metadata idp_client_metadata_read(struct idp_call *call,
                                                    const struct idp_json *document)
{
    struct idp_client_metadata metadata;
    const char *wrong = idp_client_metadata_check(call, document, &metadata);
    if (wrong != NULL) {
        idp_fail_with(call, IDP_INVALID_METADATA, "%s", wrong);
    }
    return metadata;
}
