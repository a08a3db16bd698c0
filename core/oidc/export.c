/* SPDX-License-Identifier: Apache-2.0 */
/* export.c - what is effective, in a format of others.
 *
 * What a format cannot say is a fault, and then there is no document: a verifier that took other
 * tokens, or gave other names, would not be this one. Who wants it all the same asks for it lossy,
 * and is told what is lost. */
#include "core/oidc/format.h"
#include "core/oidc/instance.h"

/* ---- what is lost ---- */

static void lose(struct idp_oidc_faults *faults, enum idp_oidc_field field, const char *message)
{
    idp_oidc_fault_add(faults, idp_oidc_field_name(field), "unrepresentable", message);
}

/* A name behind this prefix may begin with "system:". */
static bool may_be_system(struct idp_bytes prefix)
{
    static const char system[] = "system:";
    size_t size = prefix.size < sizeof system - 1 ? prefix.size : sizeof system - 1;
    return size == 0 || memcmp(prefix.data, system, size) == 0;
}

static void check_guard(struct idp_oidc_faults *faults, const struct idp_oidc_format *format,
                        const struct idp_oidc_verifier *verifier)
{
    if (format->is_for_logins || format->guards_system == verifier->guards_system) {
        return;
    }
    if (may_be_system(verifier->username_prefix)) {
        lose(faults, IDP_OIDC_USERNAME_PREFIX,
             "usernamePrefix lets names begin with system:, which is judged another way there");
    }
    if (verifier->groups_claim.data != NULL && may_be_system(verifier->groups_prefix)) {
        lose(faults, IDP_OIDC_GROUPS_PREFIX,
             "groupsPrefix lets groups begin with system:, which is judged another way there");
    }
}

static size_t count_of(const struct idp_json *list)
{
    size_t count = 0;
    for (const struct idp_json *item = list->child; item != NULL; item = item->next) {
        count++;
    }
    return count;
}

static bool is_trimmed(struct idp_bytes text)
{
    return idp_oidc_trimmed(text).size == text.size;
}

static bool are_trimmed(const struct idp_json *claims)
{
    const struct idp_json *claim = claims == NULL ? NULL : claims->child;
    while (claim != NULL && is_trimmed(claim->name) && is_trimmed(claim->text)) {
        claim = claim->next;
    }
    return claim == NULL;
}

static void check_losses(struct idp_oidc_faults *faults, const struct idp_oidc_format *format,
                         const struct idp_oidc_verifier *verifier)
{
    check_guard(faults, format, verifier);
    if (!format->says_algorithms && count_of(verifier->algorithms) < IDP_OIDC_ALGORITHM_COUNT) {
        lose(faults, IDP_OIDC_SIGNING_ALGS, "signingAlgs cannot be chosen there: all are taken");
    }
    if (format->trims_claims && !are_trimmed(verifier->required_claims)) {
        lose(faults, IDP_OIDC_REQUIRED_CLAIMS,
             "requiredClaims lose white space at their ends there");
    }
    if (format->says_keys && !format->is_for_logins && verifier->jwks.data != NULL &&
        idp_oidc_jwks_count(faults->call, verifier->jwks) == 0) {
        lose(faults, IDP_OIDC_JWKS, "encodedJwksArray is no JWKS with a usable key");
    }
    if (!format->says_keys && verifier->jwks.data != NULL) {
        lose(faults, IDP_OIDC_JWKS, "encodedJwksArray has no place there: keys are fetched");
    }
    if (!format->is_for_logins && !format->says_validity &&
        (verifier->validity_max_s > 0 || verifier->extra_claims != NULL)) {
        idp_oidc_fault_add(faults, "", "unrepresentable",
                           "maxTokenExpirationSeconds and extraClaims have no place there");
    }
    if (format->dash_is_no_username_prefix && idp_bytes_is(verifier->username_prefix, "-")) {
        lose(faults, IDP_OIDC_USERNAME_PREFIX, "usernamePrefix of a dash means none there");
    }
    if (format->dash_is_no_groups_prefix && idp_bytes_is(verifier->groups_prefix, "-")) {
        lose(faults, IDP_OIDC_GROUPS_PREFIX, "groupsPrefix of a dash means none there");
    }
}

/* ---- the whole ---- */

struct export
{
    struct idp_call *call;
    struct idp_bytes instance;
    const struct idp_oidc_format *format;
    struct idp_oidc_faults lost, faults;
    struct idp_json *document;
    const struct idp_json *list; /* NULL: an object */
};

static bool issuer_stands_before(const struct export *export, const struct idp_json *config)
{
    struct idp_bytes issuer = idp_json_string(config, "issuerURL");
    const struct idp_json *other = export->list == NULL ? config : export->list->child;
    while (other != config && !idp_bytes_equal(idp_json_string(other, "issuerURL"), issuer)) {
        other = other->next;
    }
    return other != config;
}

/* Gardener takes none that begins so. */
static void check_prefix(struct export *export, enum idp_oidc_field field, struct idp_bytes prefix)
{
    if (export->format->refuses_system && idp_bytes_start(prefix, idp_bytes_of("system:"))) {
        lose(&export->faults, field, "a prefix must not begin with system: there");
    }
}

static void config_add(struct export *export, const struct idp_oidc_profile *profile,
                       const struct idp_json *config, int64_t index)
{
    struct idp_oidc_verifier verifier = idp_oidc_verifier_of(export->call, profile, config, index);
    export->lost.index = export->faults.index = export->list == NULL ? -1 : index;
    check_losses(&export->lost, export->format, &verifier);
    if (export->format->one_of_an_issuer && issuer_stands_before(export, config)) {
        idp_oidc_fault_add(&export->faults, "issuerURL", "unrepresentable",
                           "issuerURL may come once there");
    }
    check_prefix(export, IDP_OIDC_USERNAME_PREFIX, verifier.username_prefix);
    check_prefix(export, IDP_OIDC_GROUPS_PREFIX, verifier.groups_prefix);
    if (verifier.username_claim.data == NULL) {
        idp_oidc_fault_add(&export->faults, "usernameClaim", "unrepresentable",
                           "usernameClaim must be named");
    }
    struct idp_oidc_item item = {&verifier, export->instance, index, export->document};
    export->format->add(export->call, &item);
}

static int64_t configs_add(struct export *export, const struct idp_oidc_profile *profile,
                           const struct idp_json *effective)
{
    int64_t index = 0;
    const struct idp_json *config = export->list == NULL ? effective : export->list->child;
    while (config != NULL) {
        config_add(export, profile, config, index++);
        config = export->list == NULL ? NULL : config->next;
    }
    return index;
}

static struct idp_json *answer_of(struct export *export, bool lossy)
{
    struct idp_json *answer = idp_json_new(export->call, IDP_JSON_OBJECT);
    const struct idp_json *errors =
        export->faults.list->child != NULL || lossy ? export->faults.list : export->lost.list;
    bool is_ok = errors->child == NULL;
    idp_json_add_c(export->call, answer, "status", is_ok ? "ok" : "unrepresentable");
    if (is_ok) {
        idp_json_add(answer, "document", export->document);
        idp_json_add_shared(export->call, answer, "lost", export->lost.list);
        return answer;
    }
    idp_json_add_bool(export->call, answer, "document", false); /* which no import takes */
    idp_json_add_shared(export->call, answer, "errors", errors);
    idp_json_add_string(export->call, answer, "message", idp_faults_text(export->call, errors));
    return answer;
}

static const struct idp_oidc_format *format_of(struct idp_call *call, struct idp_value value)
{
    const struct idp_oidc_format *format = idp_oidc_format_find(idp_text_of(value));
    if (format == NULL) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The format must be flags, structured, openidconnect or kubeconfig.");
    }
    return format;
}

static bool is_lossy(struct idp_call *call, struct idp_value value)
{
    const struct idp_json *options = idp_json_object_argument(call, value, "options");
    const struct idp_json *lossy = idp_json_member(options, "lossy");
    bool is_known = options == NULL || options->child == NULL ||
                    (options->child == lossy && lossy->next == NULL);
    if (!is_known ||
        (lossy != NULL && lossy->kind != IDP_JSON_TRUE && lossy->kind != IDP_JSON_FALSE)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Options have one member, lossy, a boolean.");
    }
    return lossy != NULL && lossy->kind == IDP_JSON_TRUE;
}

struct idp_value idp_sql_oidc_export(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_oidc_instance instance;
    struct idp_oidc_profile profile;
    struct export export = {.call = call,
                            .instance = arguments[0].bytes,
                            .format = format_of(call, arguments[1]),
                            .lost = idp_oidc_faults_new(call),
                            .faults = idp_oidc_faults_new(call)};
    bool lossy = is_lossy(call, arguments[2]);
    if (!idp_oidc_instance_find(call, arguments[0].bytes, &instance)) {
        struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
        idp_json_add_c(call, answer, "status", "not_found");
        idp_json_add_c(call, answer, "message", IDP_OIDC_NO_INSTANCE);
        return idp_value_json(answer);
    }
    export.list = idp_json_member(instance.state.effective, "list");
    export.document = export.format->begin(call);
    if (!idp_oidc_profile_read(call, idp_oidc_profile_json(call, instance.profile), &profile)) {
        idp_fail(call, IDP_STORE);
    }
    int64_t count = configs_add(&export, &profile, instance.state.effective);
    if (export.format->one_only && count != 1) {
        export.faults.index = -1;
        idp_oidc_fault_add(&export.faults, "list", "unrepresentable",
                           "list must hold exactly one configuration there");
    }
    return idp_value_json(answer_of(&export, lossy));
}
