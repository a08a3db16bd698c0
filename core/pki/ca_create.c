/* SPDX-License-Identifier: Apache-2.0 */
/* ca_create.c - a new authority: with a key that is made here, signed by itself or by another one
 * of the tenant. */
#include "core/oauth/oauth.h"
#include "core/pki/x509.h"

enum { LIFETIME_S_DEFAULT = 10 * 365 * 86400, PATH_LENGTH_MAX = 8 };
static const int64_t lifetime_s_max = INT64_C(100) * 365 * 86400;

/* What create_ca() was told, checked. */
struct making {
    struct idp_bytes name, subject; /* whole */
    const struct idp_algorithm *algorithm;
    int64_t lifetime_s, path_length; /* path_length below 0: none */
    bool has_parent, is_next, replaces;
    struct idp_ca parent;
};

static int64_t integer_option(struct idp_call *call, const struct idp_json *options,
                              const char *name, int64_t least, int64_t most, int64_t otherwise)
{
    const struct idp_json *member = idp_json_member(options, name);
    int64_t number = otherwise;
    if (member != NULL && (!idp_json_integer(member, &number) || number < least || number > most)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The option %s is an integer from %lld to %lld.",
                      name, (long long)least, (long long)most);
    }
    return number;
}

/* Of a wrong kind it would count as absent, and the authority be another one than was meant. */
static struct idp_bytes text_option(struct idp_call *call, const struct idp_json *options,
                                    const char *name)
{
    const struct idp_json *member = idp_json_member(options, name);
    if (member != NULL && member->kind != IDP_JSON_STRING) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The option %s is a text.", name);
    }
    return idp_json_string(options, name);
}

static const struct idp_algorithm *algorithm_option(struct idp_call *call,
                                                    const struct idp_json *options)
{
    struct idp_bytes name = text_option(call, options, "alg");
    const struct idp_algorithm *algorithm =
        idp_algorithm_find(name.data == NULL ? idp_bytes_of("ES256") : name);
    if (!idp_algorithm_is_public(algorithm)) {
        idp_fail(call, IDP_UNSUPPORTED_ALGORITHM);
    }
    return algorithm;
}

static struct idp_bytes subject_option(struct idp_call *call, const struct idp_json *options,
                                       struct idp_bytes name)
{
    const struct idp_json *subject = idp_json_member(options, "subject");
    struct idp_bytes made = subject == NULL ? idp_name_of(call, name) : (struct idp_bytes){NULL, 0};
    if (idp_json_is(subject, IDP_JSON_OBJECT)) {
        made = idp_name_of_json(call, subject);
    }
    if (made.data == NULL) {
        idp_fail_with(
            call, IDP_INVALID_ARGUMENT,
            "The option subject is an object of texts of up to 64 characters, none of them a "
            "control character: DC, C, ST, L, O, OU, CN, serialNumber, UID, emailAddress.");
    }
    return made;
}

/* What the parent lets stand below it (RFC 5280 §4.2.1.9). */
static void parent_check(struct idp_call *call, const struct making *making)
{
    struct idp_certificate parent;
    int64_t most = -1, own = making->path_length;
    bool is_ca = idp_certificate_parse(making->parent.certificate, &parent) &&
                 idp_certificate_is_ca(&parent, &most);
    bool fits = is_ca && (most < 0 || (own >= 0 && own < most));
    if (!fits) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The parent does not let so many authorities stand below it: its path_length "
                      "is %lld, and that of this one has to be less.",
                      (long long)most);
    }
}

static struct making making_of(struct idp_call *call, struct idp_bytes name,
                               const struct idp_json *options)
{
    struct idp_bytes parent = text_option(call, options, "parent");
    idp_json_members_check(call, options, "options",
                           "alg lifetime_s next parent path_length replace subject");
    idp_ca_name_check(call, name);
    struct making making = {
        .name = name,
        .subject = subject_option(call, options, name),
        .algorithm = algorithm_option(call, options),
        .lifetime_s =
            integer_option(call, options, "lifetime_s", 60, lifetime_s_max, LIFETIME_S_DEFAULT),
        .path_length = integer_option(call, options, "path_length", 0, PATH_LENGTH_MAX, -1),
        .has_parent = parent.data != NULL,
        .is_next = idp_json_flag(call, options, "next"),
        .replaces = idp_json_flag(call, options, "replace")};
    if (making.is_next && making.replaces) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The options next and replace exclude each other.");
    }
    if (making.has_parent) {
        making.parent = idp_ca_load_signing(call, parent);
        parent_check(call, &making);
    }
    return making;
}

static struct idp_bytes certificate_of(struct idp_call *call, const struct making *making,
                                       const struct idp_key *key, struct idp_certificate_plan *plan)
{
    struct idp_bytes identifier = idp_key_identifier(call, plan->spki);
    struct idp_bytes url =
        making->has_parent ? idp_crl_url(call, &making->parent) : (struct idp_bytes){"", 0};
    struct idp_bytes extensions[] = {
        idp_basic_constraints(call, true, making->path_length),
        idp_key_usage(call,
                      IDP_USAGE_KEY_CERT_SIGN | IDP_USAGE_CRL_SIGN | IDP_USAGE_DIGITAL_SIGNATURE),
        idp_subject_key_identifier(call, identifier),
        idp_authority_key_identifier(call, making->has_parent ? making->parent.key_identifier
                                                              : identifier),
        url.size == 0 ? url : idp_crl_distribution_point(call, url)};
    plan->extensions = extensions;
    plan->extension_count = IDP_COUNT(extensions);
    return idp_certificate_make(call, making->has_parent ? making->parent.key : key, plan);
}

static struct idp_certificate_plan plan_of(struct idp_call *call, const struct making *making,
                                           const struct idp_key *key)
{
    int64_t now_us = idp_now_us(call), from_us = now_us - IDP_ISSUED_EARLY_S * IDP_SECOND_US;
    int64_t till_us = now_us + making->lifetime_s * IDP_SECOND_US;
    if (making->has_parent) {
        from_us = from_us < making->parent.not_before_us ? making->parent.not_before_us : from_us;
        till_us = till_us > making->parent.not_after_us ? making->parent.not_after_us : till_us;
    }
    return (struct idp_certificate_plan){
        .serial = idp_serial_new(call),
        .issuer = making->has_parent ? making->parent.subject : making->subject,
        .subject = making->subject,
        .spki = idp_spki_write(call, key),
        .not_before_us = from_us - from_us % IDP_SECOND_US,
        .not_after_us = till_us - till_us % IDP_SECOND_US,
    };
}

/* What the parent has signed it can revoke. */
static void row_write(struct idp_call *call, const struct making *making,
                      const struct idp_certificate_plan *plan, struct idp_bytes certificate)
{
    struct idp_name subject;
    if (idp_name_read(call, plan->subject, &subject) != NULL) {
        idp_fail(call, IDP_CRYPTO);
    }
    struct idp_issued_row issued = {
        .ca = &making->parent,
        .serial = idp_hex_encode(call, plan->serial),
        .profile = idp_bytes_of(IDP_AUTHORITY_PROFILE),
        .subject = subject.text,
        .common_name = subject.common_name.data == NULL ? idp_bytes_of("") : subject.common_name,
        .key_digest = idp_sha256(call, plan->spki),
        .certificate = certificate,
        .not_before_us = plan->not_before_us,
        .not_after_us = plan->not_after_us};
    idp_issued_write(call, &issued);
}

static bool is_alone(const struct idp_json *options)
{
    const struct idp_json *member = options->child;
    while (member != NULL &&
           (idp_bytes_is(member->name, "replace") || idp_bytes_is(member->name, "next"))) {
        member = member->next;
    }
    return member == NULL;
}

/* Who calls again since no answer came gets no root in place of what stood below another one. */
static void issuer_check(struct idp_call *call, const struct making *making)
{
    struct idp_ca before;
    if ((making->replaces || making->is_next) && !making->has_parent &&
        idp_ca_find(call, making->name, &before) && before.chain.size > 0) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The authority stands below another one: name the parent of its new key, or "
                      "call import_ca with replace where that is none of here. With replace alone "
                      "the next key signs, which is made first, with parent and next.");
    }
}

/* create_ca(name, options) → what it is, with its certificate */
struct idp_value idp_sql_create_ca(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *options = idp_json_object_argument(call, arguments[1], "options");
    idp_tenant_lock(call); /* who revokes the parent comes before, or after */
    struct making making = making_of(call, arguments[0].bytes, options);
    struct idp_json *promoted =
        making.replaces && is_alone(options) ? idp_ca_promote(call, making.name) : NULL;
    if (promoted != NULL) {
        return idp_value_json(promoted);
    }
    issuer_check(call, &making);
    const struct idp_json *jwk =
        idp_jwk_generate(call, making.algorithm, (struct idp_bytes){NULL, 0});
    const struct idp_key *key = idp_key_read_private(call, jwk);
    struct idp_certificate_plan plan = plan_of(call, &making, key);
    struct idp_bytes above[] = {making.parent.certificate, making.parent.chain};
    struct idp_ca ca = {.name = making.name,
                        .certificate = certificate_of(call, &making, key, &plan),
                        .subject = making.subject,
                        .state = idp_bytes_of(making.is_next ? "next" : "active"),
                        .key_identifier = idp_key_identifier(call, plan.spki),
                        .not_before_us = plan.not_before_us,
                        .not_after_us = plan.not_after_us};
    struct idp_text chain = {.call = call};
    for (size_t i = 0; making.has_parent && i < IDP_COUNT(above); i++) {
        idp_text_add(&chain, above[i]);
    }
    ca.chain = idp_text_bytes(&chain);
    struct idp_json *told = idp_ca_store(call, &ca, jwk, making.replaces);
    if (making.has_parent) {
        row_write(call, &making, &plan, ca.certificate);
    }
    return idp_value_json(told);
}
