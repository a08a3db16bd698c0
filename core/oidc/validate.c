/* SPDX-License-Identifier: Apache-2.0 */
/* validate.c - what a request must hold, message by message in the order of the origin: of an
 * object URL, algorithms, claims, keys; of an item of a list URL, keys, algorithms, claims. */
#include "core/oidc/config.h"

#include <stdio.h>

enum { PLACE_SIZE = 64 };

struct judge {
    struct idp_oidc_faults faults;
    const struct idp_oidc_rules *rules;
};

static void add(struct judge *judge, enum idp_oidc_field field, const char *code,
                const char *message)
{
    idp_oidc_fault_add(&judge->faults, idp_oidc_field_name(field), code, message);
}

static struct idp_bytes text_of(const struct idp_oidc_config *config, enum idp_oidc_field field)
{
    const struct idp_json *value = config->fields[field];
    return value == NULL ? (struct idp_bytes){"", 0} : value->text;
}

static const struct idp_json *items_of(const struct idp_oidc_config *config,
                                       enum idp_oidc_field field)
{
    return config->fields[field] == NULL ? NULL : config->fields[field]->child;
}

/* ---- client and issuer ---- */

static void check_first_url(struct judge *judge, struct idp_oidc_url url)
{
    if (!url.is_parsed || !url.has_host) {
        add(judge, IDP_OIDC_ISSUER_URL, "url_invalid", "issuerURL must be a valid URL");
    }
    if (url.is_parsed && !url.is_https) {
        add(judge, IDP_OIDC_ISSUER_URL, "url_scheme", "issuerURL must have https scheme");
    }
}

static void check_url(struct judge *judge, struct idp_oidc_url url)
{
    if (!url.is_parsed || !url.has_host) {
        add(judge, IDP_OIDC_ISSUER_URL, "url_invalid",
            "issuerURL must be a valid URL, issuerURL must have https scheme");
        return;
    }
    if (url.has_fragment) {
        add(judge, IDP_OIDC_ISSUER_URL, "url_fragment", "issuerURL must not contain a fragment");
    }
    if (url.has_userinfo) {
        add(judge, IDP_OIDC_ISSUER_URL, "url_userinfo",
            "issuerURL must not contain a username or password");
    }
    if (url.has_query) {
        add(judge, IDP_OIDC_ISSUER_URL, "url_query", "issuerURL must not contain a query");
    }
    if (!url.is_https) {
        add(judge, IDP_OIDC_ISSUER_URL, "url_scheme", "issuerURL must have https scheme");
    }
}

static void check_identity(struct judge *judge, const struct idp_oidc_config *config)
{
    struct idp_bytes issuer = text_of(config, IDP_OIDC_ISSUER_URL);
    if (text_of(config, IDP_OIDC_CLIENT_ID).size == 0) {
        add(judge, IDP_OIDC_CLIENT_ID, "empty", "clientID must not be empty");
    }
    if (issuer.size == 0) {
        add(judge, IDP_OIDC_ISSUER_URL, "empty", "issuerURL must not be empty");
    } else if (judge->rules->is_first) {
        check_first_url(judge, idp_oidc_url_of(issuer));
    } else {
        check_url(judge, idp_oidc_url_of(issuer));
    }
}

/* ---- algorithms, claims, keys ---- */

/* RS, ES or PS with 256, 384 or 512. */
static bool is_algorithm(struct idp_bytes name)
{
    static const char *const names[] = {"RS256", "RS384", "RS512", "ES256", "ES384",
                                        "ES512", "PS256", "PS384", "PS512"};
    size_t i = 0;
    while (i < IDP_COUNT(names) && !idp_bytes_is(name, names[i])) {
        i++;
    }
    return i < IDP_COUNT(names);
}

static void check_algorithms(struct judge *judge, const struct idp_oidc_config *config)
{
    const struct idp_json *item = items_of(config, IDP_OIDC_SIGNING_ALGS);
    while (item != NULL && is_algorithm(item->text)) {
        item = item->next;
    }
    if (item != NULL) {
        add(judge, IDP_OIDC_SIGNING_ALGS, "algorithm",
            "signingAlgs must contain valid signing algorithm(s)");
    }
}

static bool is_claim(struct idp_bytes text)
{
    const char *sign = text.size == 0 ? NULL : memchr(text.data, '=', text.size);
    return sign != NULL && sign > text.data && sign < text.data + text.size - 1;
}

/* The item "-" alone clears what was required before; a list has nothing before. */
static void check_claims(struct judge *judge, const struct idp_oidc_config *config)
{
    const struct idp_json *first = items_of(config, IDP_OIDC_REQUIRED_CLAIMS);
    bool may_clear = judge->faults.index < 0;
    if (may_clear && first != NULL && first->next == NULL && idp_bytes_is(first->text, "-")) {
        return;
    }
    unsigned at = 0;
    for (const struct idp_json *item = first; item != NULL; item = item->next, at++) {
        if (!is_claim(item->text)) {
            char place[PLACE_SIZE];
            snprintf(place, sizeof place, "requiredClaims/%u", at);
            idp_oidc_fault_add_with(
                &judge->faults, place, "claim",
                "requiredClaims must be in claim=value format, invalid claim: ", item->text);
        }
    }
}

static void check_keys(struct judge *judge, const struct idp_oidc_config *config)
{
    struct idp_bytes encoded = text_of(config, IDP_OIDC_JWKS);
    bool may_clear = judge->faults.index < 0;
    if (encoded.size == 0 || (may_clear && idp_bytes_is(encoded, "-"))) {
        return;
    }
    struct idp_bytes jwks = idp_oidc_jwks_decode(judge->faults.call, encoded);
    if (jwks.data == NULL) {
        add(judge, IDP_OIDC_JWKS, "jwks_encoding",
            may_clear ? "encodedJwksArray must be a valid base64-encoded value or set to '-' to "
                        "disable it if it was used previously"
                      : "encodedJwksArray must be a valid base64 encoded value");
    } else if (!judge->rules->opaque_jwks && idp_oidc_jwks_count(judge->faults.call, jwks) == 0) {
        add(judge, IDP_OIDC_JWKS, "jwks", "encodedJwksArray must hold a JWKS with a usable key");
    }
}

/* ---- objects and lists ---- */

static void check_object(struct judge *judge, const struct idp_oidc_config *config)
{
    check_identity(judge, config);
    check_algorithms(judge, config);
    if (!judge->rules->is_first) {
        check_claims(judge, config);
        check_keys(judge, config);
    }
}

/* The origin's schema wants these of an item, its documents call empty ones valid. */
static void check_complete(struct judge *judge, const struct idp_oidc_config *config)
{
    static const struct {
        enum idp_oidc_field field;
        const char *message;
    } wanted[] = {{IDP_OIDC_GROUPS_CLAIM, "groupsClaim must not be empty"},
                  {IDP_OIDC_SIGNING_ALGS, "signingAlgs must not be empty"},
                  {IDP_OIDC_USERNAME_CLAIM, "usernameClaim must not be empty"},
                  {IDP_OIDC_USERNAME_PREFIX, "usernamePrefix must not be empty"},
                  {IDP_OIDC_GROUPS_PREFIX, "groupsPrefix must not be empty"}};
    for (size_t i = 0; i < IDP_COUNT(wanted); i++) {
        if (idp_oidc_is_empty(config->fields[wanted[i].field])) {
            add(judge, wanted[i].field, "empty", wanted[i].message);
        }
    }
}

static void check_list(struct judge *judge, const struct idp_json *list)
{
    for (const struct idp_json *item = list->child; item != NULL; item = item->next) {
        struct idp_oidc_config config = idp_oidc_config_of(item);
        judge->faults.index++;
        check_identity(judge, &config);
        check_keys(judge, &config);
        check_algorithms(judge, &config);
        check_claims(judge, &config);
        if (judge->rules->as_code) {
            check_complete(judge, &config);
        }
    }
    judge->faults.index = -1;
}

static void refuse(struct judge *judge, const char *code, const char *message)
{
    idp_oidc_fault_add(&judge->faults, "", code, message);
}

static void check_request(struct judge *judge, const struct idp_oidc_request *request,
                          const struct idp_oidc_request *record)
{
    switch (request->form) {
    case IDP_OIDC_ABSENT:
        return;
    case IDP_OIDC_BOTH:
        refuse(judge, "both_forms", "both list and object OIDC cannot be set");
        return;
    case IDP_OIDC_LIST:
        check_list(judge, request->list);
        return;
    case IDP_OIDC_OBJECT:
        break;
    }
    if (record->form == IDP_OIDC_LIST) {
        refuse(judge, "object_after_list",
               "an object OIDC cannot be used because the instance OIDC configuration uses a list");
    } else if (!request->says_nothing) {
        check_object(judge, &request->object);
    }
}

struct idp_json *idp_oidc_validate(struct idp_call *call, const struct idp_json *document,
                                   const struct idp_json *record,
                                   const struct idp_oidc_rules *rules)
{
    struct judge judge = {.faults = idp_oidc_faults_new(call), .rules = rules};
    idp_oidc_shape_check(&judge.faults, document, rules);
    if (judge.faults.list->child == NULL) {
        struct idp_oidc_request request = idp_oidc_request_of(document, rules);
        struct idp_oidc_request before = idp_oidc_request_of(record, rules);
        check_request(&judge, &request, &before);
    }
    return judge.faults.list;
}
