/* SPDX-License-Identifier: Apache-2.0 */
/* issue.c - a request becomes a certificate: checked, named, signed and written down in one
 * transaction. The name of a device is held by one key at a time: who has it is one row, and one
 * conditional statement takes it. */
#include "core/oauth/oauth.h"
#include "core/pki/x509.h"

enum { HOLD, INSERT, COMPROMISED };

const struct idp_statement idp_issue_statements[] = {
    /* The same key renews; another one comes when nothing of the former is good any more. */
    [HOLD] =
        {"INSERT INTO idplane.certificate_holder (tenant, common_name, key_digest, valid_until)"
         " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, common_name) DO UPDATE SET"
         " key_digest = excluded.key_digest,"
         " valid_until = CASE WHEN idplane.certificate_holder.key_digest = excluded.key_digest"
         " AND idplane.certificate_holder.valid_until > excluded.valid_until"
         " THEN idplane.certificate_holder.valid_until ELSE excluded.valid_until END"
         " WHERE idplane.certificate_holder.key_digest = excluded.key_digest"
         " OR idplane.certificate_holder.valid_until <= $5",
         "ttxzz", ""},
    [INSERT] = {"INSERT INTO idplane.certificate (tenant, issuer_key_identifier, serial, ca_id,"
                " profile, subject, common_name, key_digest, not_before, not_after, issued_at,"
                " status, certificate)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'valid', $12)",
                "tttttttxzzzx", ""},
    [COMPROMISED] = {"SELECT count(*) FROM idplane.certificate"
                     " WHERE tenant = $1 AND key_digest = $2 AND reason = 'keyCompromise'",
                     "tx", "i"},
};
const size_t idp_issue_statement_count = IDP_COUNT(idp_issue_statements);

/* A request that passed, and what is made of it. */
struct issuing {
    const struct idp_profile *profile;
    struct idp_ca ca;
    struct idp_csr csr;
    struct idp_bytes common_name;
    int64_t lifetime_s;
    struct idp_certificate_plan plan;
    struct idp_bytes certificate;
};

static int64_t lifetime_option(struct idp_call *call, const struct idp_json *options,
                               const struct idp_profile *profile)
{
    const struct idp_json *member = idp_json_member(options, "lifetime_s");
    int64_t lifetime_s = profile->lifetime_s;
    if (member != NULL && (!idp_json_integer(member, &lifetime_s) || lifetime_s < 1 ||
                           lifetime_s > profile->lifetime_s)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The option lifetime_s is an integer from 1 to %lld, as the profile says.",
                      (long long)profile->lifetime_s);
    }
    return lifetime_s;
}

static void issuing_begin(struct idp_call *call, const struct idp_value *arguments,
                          struct issuing *out)
{
    const struct idp_json *options = idp_json_object_argument(call, arguments[2], "options");
    struct idp_bytes profile = idp_text_of(arguments[1]), ca = idp_json_string(options, "ca");
    out->profile = idp_profile_find(profile.data == NULL ? idp_bytes_of("identity") : profile);
    if (out->profile == NULL) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "There is no profile of this name.");
    }
    out->lifetime_s = lifetime_option(call, options, out->profile);
    out->ca = idp_ca_load_signing(call, ca);
}

/* No longer than the authority itself, nor from before it was. */
static void plan_make(struct idp_call *call, struct issuing *issuing)
{
    int64_t now_us = idp_now_us(call);
    int64_t from_us = now_us - IDP_ISSUED_EARLY_S * IDP_SECOND_US;
    int64_t till_us = now_us + issuing->lifetime_s * IDP_SECOND_US;
    const struct idp_ca *ca = &issuing->ca;
    from_us = from_us < ca->not_before_us ? ca->not_before_us : from_us;
    till_us = till_us > ca->not_after_us ? ca->not_after_us : till_us;
    issuing->plan = (struct idp_certificate_plan){
        .serial = idp_serial_new(call),
        .issuer = ca->subject,
        .subject = idp_name_of(call, issuing->common_name),
        .spki = issuing->csr.spki,
        .not_before_us = from_us - from_us % IDP_SECOND_US,
        .not_after_us = till_us - till_us % IDP_SECOND_US,
    };
}

/* Where lists can be had is known once the tenant has an address. */
static struct idp_bytes list_url(struct idp_call *call, const struct idp_ca *ca)
{
    struct idp_bytes base_url = idp_settings_load(call).base_url;
    struct idp_text url = {.call = call};
    if (base_url.size == 0) {
        return base_url;
    }
    idp_text_add(&url, base_url);
    idp_text_add_c(&url, "/crl/");
    idp_text_add(&url, idp_ca_full_name(call, ca));
    return idp_text_bytes(&url);
}

static struct idp_bytes purposes_of(struct idp_call *call, const struct idp_profile *profile)
{
    static const struct idp_bytes oid = IDP_LITERAL("\x06\x03\x55\x1d\x25");
    return idp_extension_of(call, oid, false,
                            idp_der_put(call, IDP_DER_SEQUENCE, profile->purposes));
}

static void certificate_sign(struct idp_call *call, struct issuing *issuing)
{
    struct idp_bytes url = list_url(call, &issuing->ca);
    struct idp_bytes extensions[] = {
        idp_basic_constraints(call, false, -1),
        idp_key_usage(call, idp_profile_key_usage(issuing->profile, issuing->csr.key)),
        purposes_of(call, issuing->profile),
        idp_subject_key_identifier(call, idp_key_identifier(call, issuing->plan.spki)),
        idp_authority_key_identifier(call, issuing->ca.key_identifier),
        url.size == 0 ? url : idp_crl_distribution_point(call, url),
    };
    issuing->plan.extensions = extensions;
    issuing->plan.extension_count = IDP_COUNT(extensions);
    issuing->certificate = idp_certificate_make(call, issuing->ca.key, &issuing->plan);
}

/* NULL, or why the key does not get the name. */
static const char *name_hold(struct idp_call *call, const struct issuing *issuing)
{
    struct idp_value tenant = idp_value_text(idp_tenant(call));
    struct idp_value digest = idp_value_blob(idp_sha256(call, issuing->csr.spki));
    struct idp_value key[] = {tenant, digest};
    struct idp_value row[] = {tenant, idp_value_text(issuing->common_name), digest,
                              idp_value_time(issuing->plan.not_after_us),
                              idp_value_time(idp_now_us(call))};
    if (idp_run_row(call, &idp_issue_statements[COMPROMISED], key)[0].integer > 0) {
        return "key_compromised";
    }
    bool holds = !issuing->profile->names_device ||
                 idp_run(call, &idp_issue_statements[HOLD], row).affected == 1;
    return holds ? NULL : "common_name_taken";
}

static void row_write(struct idp_call *call, const struct issuing *issuing)
{
    struct idp_name subject;
    const char *why = idp_name_read(call, issuing->plan.subject, &subject);
    struct idp_bytes ca_id = idp_ca_full_name(call, &issuing->ca);
    struct idp_bytes serial = idp_hex_encode(call, issuing->plan.serial);
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(idp_hex_encode(call, issuing->ca.key_identifier)),
        idp_value_text(serial),
        idp_value_text(ca_id),
        idp_value_text(idp_bytes_of(issuing->profile->name)),
        idp_value_text(why == NULL ? subject.text : idp_bytes_of("")),
        idp_value_text(issuing->common_name),
        idp_value_blob(idp_sha256(call, issuing->csr.spki)),
        idp_value_time(issuing->plan.not_before_us),
        idp_value_time(issuing->plan.not_after_us),
        idp_value_time(idp_now_us(call)),
        idp_value_blob(issuing->certificate),
    };
    struct idp_json *details = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, details, "ca", ca_id);
    idp_json_add_c(call, details, "profile", issuing->profile->name);
    struct idp_audit event = {"certificate_issued", "granted", issuing->common_name, serial,
                              details};
    idp_run(call, &idp_issue_statements[INSERT], row);
    idp_audit_add(call, &event);
}

static struct idp_value refused(struct idp_call *call, const char *why)
{
    struct idp_json *answer = idp_json_copy(call, idp_error_json(IDP_INVALID_CSR));
    idp_json_add(answer, "reasons", idp_json_words(call, why));
    return idp_value_json(answer);
}

static struct idp_json *told(struct idp_call *call, const struct issuing *issuing)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    const struct idp_certificate_plan *plan = &issuing->plan;
    idp_json_add_string(call, answer, "certificate",
                        idp_pem_of(call, issuing->certificate, "CERTIFICATE"));
    idp_json_add_string(call, answer, "chain", idp_ca_chain(call, &issuing->ca));
    idp_json_add_string(call, answer, "serial", idp_hex_encode(call, plan->serial));
    idp_json_add_string(call, answer, "not_before", idp_time_text(call, plan->not_before_us));
    idp_json_add_string(call, answer, "not_after", idp_time_text(call, plan->not_after_us));
    idp_json_add_string(call, answer, "ca", idp_ca_full_name(call, &issuing->ca));
    return answer;
}

/* sign_csr(csr, profile, options) → the certificate, or {"error":"invalid_csr","reasons"} */
struct idp_value idp_sql_sign_csr(struct idp_call *call, const struct idp_value *arguments)
{
    struct issuing issuing;
    issuing_begin(call, arguments, &issuing);
    const char *why = idp_csr_read_text(call, arguments[0].bytes, &issuing.csr);
    if (why == NULL) {
        why = idp_profile_name(call, issuing.profile, &issuing.csr, &issuing.common_name);
    }
    if (why != NULL) {
        return refused(call, why);
    }
    plan_make(call, &issuing);
    call->host->begin(call);
    why = name_hold(call, &issuing);
    if (why != NULL) {
        return refused(call, why);
    }
    certificate_sign(call, &issuing);
    row_write(call, &issuing);
    return idp_value_json(told(call, &issuing));
}
