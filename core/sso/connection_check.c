/* SPDX-License-Identifier: Apache-2.0 */
/* connection_check.c - what the types of members do not say: what must be there, what excludes each
 * other, what a URL or a header may hold. What is missing for a login is a warning: a connection is
 * written in steps. */
#include "core/sso/connection.h"
#include "core/sso/keys.h"

enum { CONSTANT_SIZE_MAX = 1000, HEADER_NAME_SIZE_MAX = 256 };

static void error(struct idp_connection_faults *faults, struct idp_bytes path, const char *code,
                  const char *message)
{
    idp_fault_add(faults->call, faults->errors, path, code, message);
}

static void warn(struct idp_connection_faults *faults, const char *path, const char *message)
{
    idp_fault_add(faults->call, faults->warnings, idp_bytes_of(path), "incomplete", message);
}

static struct idp_bytes step(struct idp_connection_faults *faults, struct idp_bytes path,
                             const char *name)
{
    return idp_path_step(faults->call, path, idp_bytes_of(name));
}

/* ---- texts ---- */

/* RFC 9110 §5.6.2. */
static bool is_token(struct idp_bytes name)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        bool is_alphanumeric = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
        if (!is_alphanumeric && (c == 0 || strchr(others, c) == NULL)) {
            return false;
        }
    }
    return name.size > 0 && name.size <= HEADER_NAME_SIZE_MAX;
}

/* ---- requests ---- */

static void headers_check(struct idp_connection_faults *faults, struct idp_bytes path,
                          const struct idp_json *headers)
{
    size_t count;
    const struct idp_json **sorted = idp_json_sorted(faults->call, headers, &count);
    for (size_t i = 0; i < count; i++) {
        struct idp_bytes place = idp_path_step(faults->call, path, sorted[i]->name);
        if (!is_token(sorted[i]->name)) {
            error(faults, place, "header", "this is no name of a header");
        }
        if (idp_text_has_control(sorted[i]->text)) {
            error(faults, place, "header", "a header must hold no line end and no control");
        }
    }
}

static void request_check(struct idp_connection_faults *faults, const struct idp_json *document,
                          enum idp_sso_request_kind kind)
{
    const struct idp_json *request = idp_sso_request_find(document, kind);
    struct idp_bytes path = idp_bytes_of(idp_sso_request_path(kind));
    struct idp_bytes url = idp_json_string(request, "url");
    if (url.size > 0) {
        idp_address_check(faults, step(faults, path, "url"), url);
    }
    const struct idp_json *headers = idp_json_member(request, "headers");
    if (idp_json_is(headers, IDP_JSON_OBJECT)) {
        headers_check(faults, step(faults, path, "headers"), headers);
    }
    static const char *const needed[] = {"method", "operation"};
    for (size_t i = 0; request != NULL && i < IDP_COUNT(needed); i++) {
        if (idp_json_member(request, needed[i]) == NULL) {
            error(faults, step(faults, path, needed[i]), "required",
                  "a request needs url, method and operation");
        }
    }
}

/* ---- users ---- */

static void user_id_check(struct idp_connection_faults *faults, struct idp_bytes path,
                          const struct idp_json *config)
{
    struct idp_bytes constant = idp_json_string(config, "constantValue");
    if (constant.size > 0 && !idp_user_id_valid(constant)) {
        error(faults, step(faults, path, "constantValue"), "value",
              "a user id has at most 255 bytes, no space and none of / \\ + $ : ;");
    }
}

/* ---- signatures ---- */

static void signature_url_check(struct idp_connection_faults *faults, const struct idp_json *part,
                                const char *path)
{
    const char *name = strrchr(path, '/') + 1;
    struct idp_bytes url = idp_json_string(part, name);
    if (part == NULL) {
        return;
    }
    if (url.size == 0) {
        error(faults, idp_bytes_of(path), "required", "the address of the keys is missing");
    } else {
        idp_address_check(faults, idp_bytes_of(path), url);
    }
}

/* What is wrong with keys in the document itself. */
static void manual_fault(void *context, struct idp_bytes path, const char *code,
                         const char *message)
{
    struct idp_connection_faults *faults = context;
    struct idp_text place = {.call = faults->call};
    idp_text_add_c(&place, "/signatureVerificationConfig/manual");
    idp_text_add(&place, path);
    error(faults, idp_text_bytes(&place), code, message);
}

static void manual_check(struct idp_connection_faults *faults, const struct idp_json *manual,
                         bool rsa_only)
{
    const char *why;
    struct idp_manual_faults told = {.add = manual_fault, .context = faults};
    idp_keys_of_manual(faults->call, manual, rsa_only, &told, &why);
}

static void signature_check(struct idp_connection_faults *faults, const struct idp_json *config)
{
    static const char *const sources[] = {"aad", "adfsManifest", "manual", "jwks"};
    static const char *const urls[] = {"/signatureVerificationConfig/aad/publicKeyDiscoveryUrl",
                                       "/signatureVerificationConfig/adfsManifest/manifestUrl",
                                       NULL, "/signatureVerificationConfig/jwks/jwksUri"};
    size_t count = 0;
    for (size_t i = 0; i < IDP_COUNT(sources); i++) {
        const struct idp_json *part = idp_json_member(config, sources[i]);
        count += idp_json_is(part, IDP_JSON_OBJECT);
        if (urls[i] != NULL && idp_json_is(part, IDP_JSON_OBJECT)) {
            signature_url_check(faults, part, urls[i]);
        }
    }
    if (count != 1) {
        error(faults, idp_bytes_of("/signatureVerificationConfig"), "value",
              "there must be exactly one of aad, adfsManifest, manual and jwks");
    }
}

/* ---- redirects ---- */

static void redirects_check(struct idp_connection_faults *faults, const struct idp_json *document)
{
    struct idp_bytes fixed = idp_json_string(document, "redirectToPlatform");
    const struct idp_json *list =
        idp_json_member(idp_json_member(document, "options"), "redirect_uris");
    size_t index = 0;
    if (fixed.size > 0) {
        idp_address_check_redirect(faults, idp_bytes_of("/redirectToPlatform"), fixed, false);
    }
    for (const struct idp_json *item = idp_json_is(list, IDP_JSON_ARRAY) ? list->child : NULL;
         item != NULL; item = item->next) {
        struct idp_bytes place =
            idp_path_index(faults->call, idp_bytes_of("/options/redirect_uris"), index++);
        if (item->kind == IDP_JSON_STRING) {
            idp_address_check_redirect(faults, place, item->text, true);
        }
    }
}

/* ---- all ---- */

static void required_check(struct idp_connection_faults *faults, const struct idp_json *document)
{
    static const char *const names[] = {"type", "providerName"};
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        const struct idp_json *value = idp_json_member(document, names[i]);
        if (value == NULL || (value->kind == IDP_JSON_STRING && value->text.size == 0)) {
            error(faults, step(faults, idp_bytes_of(""), names[i]), "required",
                  "a connection needs a type and a providerName");
        }
    }
}

static void completeness_check(struct idp_connection_faults *faults,
                               const struct idp_json *document)
{
    static const char *const texts[] = {"clientId", "issuer", "audience"};
    static const enum idp_sso_request_kind requests[] = {IDP_SSO_AUTHORIZATION, IDP_SSO_TOKEN};
    for (size_t i = 0; i < IDP_COUNT(texts); i++) {
        if (idp_json_string(document, texts[i]).size == 0) {
            warn(faults, step(faults, idp_bytes_of(""), texts[i]).data,
                 "nobody can sign in while this is missing");
        }
    }
    for (size_t i = 0; i < IDP_COUNT(requests); i++) {
        if (idp_json_string(idp_sso_request_find(document, requests[i]), "url").size == 0) {
            warn(faults, idp_sso_request_path(requests[i]),
                 "nobody can sign in while this request has no address");
        }
    }
    if (idp_json_member(document, "signatureVerificationConfig") == NULL) {
        warn(faults, "/signatureVerificationConfig",
             "nobody can sign in while no keys verify their tokens");
    }
}

static bool names_user(const struct idp_json *config)
{
    bool is_constant = idp_json_is_true(config, "useConstantValue");
    return idp_json_string(config, is_constant ? "constantValue" : "jwtField").size > 0;
}

/* What external tokens need besides: they are let in by these alone. */
static void external_check(struct idp_connection_faults *faults, const struct idp_json *document)
{
    const struct idp_json *config = idp_json_member(document, "externalTokenConfig");
    if (!idp_json_is_true(config, "enabled")) {
        return;
    }
    if (!names_user(idp_json_member(config, "userOrAppIdConfig"))) {
        warn(faults, "/externalTokenConfig/userOrAppIdConfig",
             "no token of the provider is accepted while this does not say whose it is");
    }
    if (idp_json_is_true(config, "validationRequired") &&
        idp_json_string(idp_sso_request_find(document, IDP_SSO_VALIDATION), "url").size == 0) {
        warn(faults, idp_sso_request_path(IDP_SSO_VALIDATION),
             "no token of the provider is accepted while this request has no address");
    }
}

static bool has_rules(const struct idp_json *mapping)
{
    const struct idp_json *rules = idp_json_member(mapping, "mappings");
    const struct idp_json *others = idp_json_member(mapping, "inventoryMappings");
    return (rules != NULL && rules->child != NULL) || (others != NULL && others->child != NULL);
}

void idp_connection_check(struct idp_connection_faults *faults, const struct idp_json *document)
{
    idp_connection_shape(faults, document);
    required_check(faults, document);
    for (size_t kind = 0; kind < IDP_SSO_REQUEST_COUNT; kind++) {
        request_check(faults, document, (enum idp_sso_request_kind)kind);
    }
    redirects_check(faults, document);
    const struct idp_json *mapping =
        idp_json_member(idp_json_member(document, "onNewUser"), "dynamicMapping");
    idp_rules_check(faults, mapping, "mappings");
    idp_rules_check(faults, mapping, "inventoryMappings");
    user_id_check(faults, idp_bytes_of("/userIdConfig"), idp_json_member(document, "userIdConfig"));
    user_id_check(
        faults, idp_bytes_of("/externalTokenConfig/userOrAppIdConfig"),
        idp_json_member(idp_json_member(document, "externalTokenConfig"), "userOrAppIdConfig"));
    const struct idp_json *signature = idp_json_member(document, "signatureVerificationConfig");
    const struct idp_json *manual = idp_json_member(signature, "manual");
    const struct idp_json *rsa_only =
        idp_json_member(idp_json_member(document, "options"), "rsa_only");
    if (idp_json_is(manual, IDP_JSON_OBJECT)) {
        manual_check(faults, manual, idp_json_is(rsa_only, IDP_JSON_TRUE));
    }
    if (idp_json_is(signature, IDP_JSON_OBJECT)) {
        signature_check(faults, signature);
    }
    if (idp_bytes_is(idp_json_string(document, "type"), "OAUTH2")) {
        completeness_check(faults, document);
        external_check(faults, document);
        if (!has_rules(mapping)) {
            warn(faults, "/onNewUser/dynamicMapping/mappings", "nobody gets in without a rule");
        }
    }
}
