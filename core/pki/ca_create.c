/* SPDX-License-Identifier: Apache-2.0 */
/* ca_create.c - a new authority: with a key that is made here, signed by itself or by another one
 * of the tenant. */
#include "core/pki/x509.h"

enum { LIFETIME_S_DEFAULT = 10 * 365 * 86400, PATH_LENGTH_MAX = 8 };
static const int64_t lifetime_s_max = INT64_C(100) * 365 * 86400;
enum { DIGITAL_SIGNATURE = 0x80, KEY_CERT_SIGN = 0x04, CRL_SIGN = 0x02 };

enum { INSERT };

const struct idp_statement idp_ca_create_statements[] = {
    [INSERT] = {"INSERT INTO idplane.certificate_authority (tenant, ca_id, ca, generation, state,"
                " subject, subject_name, certificate, chain, key_identifier, sealed_private_key,"
                " not_before, not_after, created_at)"
                " VALUES ($1, $2, $3, $4, 'active', $5, $6, $7, $8, $9, $10, $11, $12, $13)"
                " ON CONFLICT DO NOTHING",
                "tttitxxxxxzzz", ""},
};
const size_t idp_ca_create_statement_count = IDP_COUNT(idp_ca_create_statements);

/* What create_ca() was told, checked. */
struct making {
    struct idp_bytes name, subject; /* whole */
    const struct idp_algorithm *algorithm;
    int64_t lifetime_s, path_length; /* path_length below 0: none */
    bool has_parent;
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

static const struct idp_algorithm *algorithm_option(struct idp_call *call,
                                                    const struct idp_json *options)
{
    struct idp_bytes name = idp_json_string(options, "alg");
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
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The option subject is an object of texts of up to 64 characters: CN, O, OU, "
                      "ST, L, UID; in ASCII C (two letters), serialNumber, DC, emailAddress.");
    }
    return made;
}

/* A name stands in URLs. */
static bool is_name(struct idp_bytes name)
{
    static const char characters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    for (size_t i = 0; i < name.size; i++) {
        if (memchr(characters, name.data[i], sizeof characters - 1) == NULL) {
            return false;
        }
    }
    return name.size > 0 && name.size <= IDP_CA_NAME_SIZE_MAX;
}

static struct making making_of(struct idp_call *call, struct idp_bytes name,
                               const struct idp_json *options)
{
    struct idp_bytes parent = idp_json_string(options, "parent");
    if (!is_name(name)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "A name has letters, digits, dots, dashes and underscores; at most %d.",
                      IDP_CA_NAME_SIZE_MAX);
    }
    struct making making = {
        .name = name,
        .subject = subject_option(call, options, name),
        .algorithm = algorithm_option(call, options),
        .lifetime_s =
            integer_option(call, options, "lifetime_s", 60, lifetime_s_max, LIFETIME_S_DEFAULT),
        .path_length = integer_option(call, options, "path_length", 0, PATH_LENGTH_MAX, -1),
        .has_parent = parent.data != NULL};
    if (making.has_parent) {
        making.parent = idp_ca_load_signing(call, parent);
    }
    return making;
}

static struct idp_bytes certificate_of(struct idp_call *call, const struct making *making,
                                       const struct idp_key *key, struct idp_certificate_plan *plan)
{
    struct idp_bytes identifier = idp_key_identifier(call, plan->spki);
    struct idp_bytes extensions[] = {
        idp_basic_constraints(call, true, making->path_length),
        idp_key_usage(call, KEY_CERT_SIGN | CRL_SIGN | DIGITAL_SIGNATURE),
        idp_subject_key_identifier(call, identifier),
        idp_authority_key_identifier(call, making->has_parent ? making->parent.key_identifier
                                                              : identifier)};
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

static struct idp_json *told(struct idp_call *call, const struct idp_ca *ca,
                             const struct idp_certificate_plan *plan)
{
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_name subject;
    const char *why = idp_name_read(call, ca->subject, &subject);
    idp_json_add_string(call, result, "ca", idp_ca_full_name(call, ca));
    idp_json_add_string(call, result, "subject",
                        why == NULL ? subject.text : (struct idp_bytes){NULL, 0});
    idp_json_add_string(call, result, "serial", idp_hex(call, plan->serial));
    idp_json_add_string(call, result, "key_identifier", idp_hex(call, ca->key_identifier));
    idp_json_add_string(call, result, "not_before", idp_time_text(call, ca->not_before_us));
    idp_json_add_string(call, result, "not_after", idp_time_text(call, ca->not_after_us));
    idp_json_add_string(call, result, "certificate",
                        idp_pem_of(call, ca->certificate, "CERTIFICATE"));
    return result;
}

static void store(struct idp_call *call, const struct idp_ca *ca, const struct idp_json *jwk)
{
    struct idp_bytes ca_id = idp_ca_full_name(call, ca);
    struct idp_bytes context = idp_ca_seal_context(call, idp_tenant(call), ca_id);
    struct idp_name subject;
    const char *why = idp_name_read(call, ca->subject, &subject);
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(ca_id),
        idp_value_text(ca->name),
        idp_value_integer(ca->generation),
        idp_value_text(why == NULL ? subject.text : idp_bytes_of("")),
        idp_value_blob(ca->subject),
        idp_value_blob(ca->certificate),
        idp_value_blob(ca->chain),
        idp_value_blob(ca->key_identifier),
        idp_value_blob(idp_seal(call, idp_json_text(call, jwk), context)),
        idp_value_time(ca->not_before_us),
        idp_value_time(ca->not_after_us),
        idp_value_time(idp_now_us(call)),
    };
    if (idp_run(call, &idp_ca_create_statements[INSERT], row).affected != 1) {
        idp_fail_with(call, IDP_ALREADY_EXISTS, "There is an authority of this name.");
    }
}

/* create_ca(name, options) → what it is, with its certificate */
struct idp_value idp_sql_create_ca(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *options = idp_json_object_argument(call, arguments[1], "options");
    call->host->begin(call);
    struct making making = making_of(call, arguments[0].bytes, options);
    const struct idp_json *jwk =
        idp_jwk_generate(call, making.algorithm, (struct idp_bytes){NULL, 0});
    const struct idp_key *key = idp_key_read_private(call, jwk);
    struct idp_certificate_plan plan = plan_of(call, &making, key);
    struct idp_bytes above[] = {making.parent.certificate, making.parent.chain};
    struct idp_ca ca = {.name = making.name,
                        .generation = 1,
                        .certificate = certificate_of(call, &making, key, &plan),
                        .subject = making.subject,
                        .key_identifier = idp_key_identifier(call, plan.spki),
                        .not_before_us = plan.not_before_us,
                        .not_after_us = plan.not_after_us};
    struct idp_text chain = {.call = call};
    for (size_t i = 0; making.has_parent && i < IDP_COUNT(above); i++) {
        idp_text_add(&chain, above[i]);
    }
    ca.chain = idp_text_bytes(&chain);
    store(call, &ca, jwk);
    return idp_value_json(told(call, &ca, &plan));
}
