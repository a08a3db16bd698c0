/* SPDX-License-Identifier: Apache-2.0 */
/* issue.c - a request becomes a certificate: checked, named, signed and written down in one
 * transaction, for whoever gives the order. The name of a device is held by one key at a time: who
 * has it is one row, and one conditional statement takes it. */
#include "core/pki/profile.h"

enum { HOLD, REGAIN, INSERT, COMPROMISED, ISSUED, COUNT_LOCK, COUNT };

#define OF_NAME "c.tenant = $1 AND c.common_name = $2 AND " IDP_IDENTITY_GOOD("$5")

const struct idp_statement idp_issue_statements[] = {
    /* The same key renews; another one comes when nothing of the name is good any more, or when
     * that itself hands the name on. An id that is a provisioned device's, an owner's or a hub's is
     * given by the steps of that device alone. What a key has is read from certificates: a
     * statement that reads what it writes costs SQLite a journal. */
    [HOLD] =
        {"INSERT INTO idplane.certificate_holder (tenant, common_name, key_digest, valid_until)"
         " SELECT $1, $2, $3, $4 WHERE $7"
         " OR NOT EXISTS (SELECT 1 FROM idplane.device_holder d WHERE d.tenant = $1"
         " AND d.device = $8) OR EXISTS (SELECT 1 FROM idplane.certificate c"
         " WHERE " OF_NAME " AND c.device = $8 AND c.key_digest = $3)"
         " ON CONFLICT (tenant, common_name) DO UPDATE SET"
         " key_digest = excluded.key_digest,"
         " valid_until = CASE WHEN idplane.certificate_holder.valid_until > excluded.valid_until"
         " THEN idplane.certificate_holder.valid_until ELSE excluded.valid_until END"
         " WHERE idplane.certificate_holder.key_digest = excluded.key_digest"
         " OR idplane.certificate_holder.valid_until <= $5"
         " OR idplane.certificate_holder.key_digest = $6",
         "ttxzzxbt", ""},
    /* One that has handed the name on has something good of it still, and its holder has nothing.
     */
    [REGAIN] = {"UPDATE idplane.certificate_holder SET key_digest = $3,"
                " valid_until = CASE WHEN valid_until > $4 THEN valid_until ELSE $4 END"
                " WHERE tenant = $1 AND common_name = $2"
                " AND EXISTS (SELECT 1 FROM idplane.certificate c WHERE " OF_NAME
                " AND (c.key_digest = $3 OR c.key_digest = $6))"
                " AND NOT EXISTS (SELECT 1 FROM idplane.certificate c WHERE " OF_NAME
                " AND c.key_digest = idplane.certificate_holder.key_digest)",
                "ttxzzx", ""},
    [INSERT] = {"INSERT INTO idplane.certificate (tenant, issuer_key_identifier, serial, ca_id,"
                " profile, subject, common_name, key_digest, not_before, not_after, issued_at,"
                " device, sans, status, certificate)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'valid', $14)",
                "tttttttxzzzttx", ""},
    [COMPROMISED] = {"SELECT serial FROM idplane.certificate WHERE tenant = $1"
                     " AND " IDP_KEY_COMPROMISED
                     " AND key_digest = $2 AND revoked_at <= $3 LIMIT 1",
                     "txz", "t"},
    [ISSUED] = {"SELECT certificate, device, ca_id, status, superseded_at, revoked_at"
                " FROM idplane.certificate WHERE tenant = $1 AND serial = $2",
                "tt", "xtttzz"},
    /* Who counts the certificates of a name is alone with it. */
    [COUNT_LOCK] = {"INSERT INTO idplane.certificate_count (tenant, profile, common_name)"
                    " VALUES ($1, $2, $3) ON CONFLICT (tenant, profile, common_name)"
                    " DO UPDATE SET common_name = excluded.common_name",
                    "ttt", ""},
    [COUNT] = {"SELECT count(*) FROM idplane.certificate WHERE tenant = $1 AND profile = $2"
               " AND common_name = $3 AND status = 'valid' AND not_after > $4"
               " AND (superseded_at IS NULL OR superseded_at > $4)",
               "tttz", "i"},
};
const size_t idp_issue_statement_count = IDP_COUNT(idp_issue_statements);

struct idp_issue_parts {
    const struct idp_profile *profile;
    struct idp_ca ca;
    struct idp_csr csr;
    int64_t lifetime_s;
    struct idp_bytes subject;   /* whole */
    struct idp_bytes sans;      /* value of the extension; data NULL: none */
    struct idp_bytes sans_text; /* data NULL: none */
    struct idp_certificate_plan plan;
    struct idp_bytes to_be_signed;
};

/* ---- the order ---- */

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

static struct idp_issue_parts *parts_new(struct idp_call *call, const struct idp_issue *issue)
{
    struct idp_issue_parts *parts = idp_allocate(call, sizeof *parts);
    struct idp_bytes ca = issue->ca;
    parts->profile = idp_profile_load(call, issue->profile);
    parts->lifetime_s = lifetime_option(call, issue->options, parts->profile);
    ca = ca.data == NULL ? idp_json_string(issue->options, "ca") : ca;
    ca = ca.data == NULL ? parts->profile->ca : ca;
    parts->ca = idp_ca_load_signing(call, ca);
    return parts;
}

/* Names are asked for only where the profile has patterns for them. */
static const char *sans_take(struct idp_call *call, struct idp_issue_parts *parts)
{
    const struct idp_extensions *requested = &parts->csr.requested;
    for (size_t i = 0; parts->profile->sans != NULL && i < requested->count; i++) {
        const struct idp_extension_value *item = &requested->items[i];
        if (idp_bytes_equal(item->oid, idp_oid_alternative_name)) {
            parts->sans = item->value;
            return idp_alternative_names_check(call, parts->profile->sans, item->value,
                                               &parts->sans_text);
        }
    }
    return NULL;
}

static const char *request_read(struct idp_call *call, struct idp_issue *issue)
{
    struct idp_issue_parts *parts = issue->parts;
    const struct idp_profile *profile = parts->profile;
    const char *why = idp_csr_read_text(call, issue->csr, &parts->csr);
    if (why == NULL && parts->csr.subject.is_hidden) {
        why = "name";
    }
    if (why == NULL) {
        why = idp_profile_key_check(call, profile, &parts->csr);
    }
    if (why == NULL) {
        why = idp_profile_name(call, profile, &parts->csr.subject, &issue->common_name,
                               &issue->device);
    }
    if (why == NULL) {
        why = idp_profile_subject(call, profile, parts->csr.subject.der, issue->common_name,
                                  &parts->subject);
    }
    return why != NULL ? why : sans_take(call, parts);
}

const char *idp_issue_prepare(struct idp_call *call, struct idp_issue *issue)
{
    idp_keys_lock(call, true); /* who revokes a key, or an authority, comes before, or after */
    issue->parts = parts_new(call, issue);
    const char *why = request_read(call, issue);
    if (why == NULL) {
        issue->request = issue->parts->csr.der;
        issue->spki = issue->parts->csr.spki;
        issue->requested_name = issue->parts->csr.subject.text;
        issue->names = issue->parts->sans_text;
        issue->key_digest = idp_sha256(call, issue->spki);
    }
    return why;
}

/* ---- the certificate ---- */

/* No longer than the authority itself, nor from before it was. */
static void plan_make(struct idp_call *call, struct idp_issue *issue)
{
    struct idp_issue_parts *parts = issue->parts;
    const struct idp_ca *ca = &parts->ca;
    int64_t now_us = idp_now_us(call);
    int64_t from_us = now_us - parts->profile->backdate_s * IDP_SECOND_US;
    int64_t till_us = now_us + parts->lifetime_s * IDP_SECOND_US;
    from_us = from_us < ca->not_before_us ? ca->not_before_us : from_us;
    till_us = till_us > ca->not_after_us ? ca->not_after_us : till_us;
    issue->not_before_us = from_us - from_us % IDP_SECOND_US;
    issue->not_after_us = till_us - till_us % IDP_SECOND_US;
    parts->plan = (struct idp_certificate_plan){
        .serial = idp_serial_new(call),
        .issuer = ca->subject,
        .subject = parts->subject,
        .spki = issue->spki,
        .not_before_us = issue->not_before_us,
        .not_after_us = issue->not_after_us,
    };
}

static struct idp_bytes purposes_of(struct idp_call *call, const struct idp_profile *profile)
{
    static const struct idp_bytes oid = IDP_LITERAL("\x06\x03\x55\x1d\x25");
    return idp_extension_of(call, oid, false,
                            idp_der_put(call, IDP_DER_SEQUENCE, profile->purposes));
}

static struct idp_bytes names_of(struct idp_call *call, struct idp_bytes value)
{
    static const struct idp_bytes oid = IDP_LITERAL("\x06\x03\x55\x1d\x11");
    return value.data == NULL ? (struct idp_bytes){"", 0}
                              : idp_extension_of(call, oid, false, value);
}

/* All that is to be signed. NULL, or `policy` where that is not what the profile gives. */
static const char *certificate_plan(struct idp_call *call, struct idp_issue *issue)
{
    struct idp_issue_parts *parts = issue->parts;
    issue->ca_id = idp_ca_full_name(call, &parts->ca);
    plan_make(call, issue);
    issue->serial = idp_hex_encode(call, parts->plan.serial);
    struct idp_bytes url = idp_crl_url(call, &parts->ca);
    struct idp_bytes extensions[] = {
        idp_basic_constraints(call, false, -1),
        idp_key_usage(call, idp_profile_key_usage(parts->profile, parts->csr.key)),
        purposes_of(call, parts->profile),
        names_of(call, parts->sans),
        idp_subject_key_identifier(call, idp_key_identifier(call, issue->spki)),
        idp_authority_key_identifier(call, parts->ca.key_identifier),
        url.size == 0 ? url : idp_crl_distribution_point(call, url),
    };
    struct idp_judged judged = {parts->profile, &parts->ca, &parts->csr, url};
    parts->plan.extensions = extensions;
    parts->plan.extension_count = IDP_COUNT(extensions);
    parts->to_be_signed = idp_certificate_to_be_signed(call, parts->ca.key, &parts->plan);
    return idp_profile_judge(call, &judged, parts->to_be_signed);
}

/* ---- its rows ---- */

bool idp_key_is_compromised(struct idp_call *call, struct idp_bytes key_digest, int64_t until_us)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_blob(key_digest),
                              idp_value_time(until_us)};
    return idp_run_one(call, &idp_issue_statements[COMPROMISED], key) != NULL;
}

/* NULL, or why the key does not get the name. */
static const char *name_hold(struct idp_call *call, const struct idp_issue *issue)
{
    bool is_handed_on = issue->former_key_digest.data != NULL;
    bool is_its_own = issue->is_provisioned || is_handed_on;
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),  idp_value_text(issue->common_name),
        idp_value_blob(issue->key_digest), idp_value_time(issue->not_after_us),
        idp_value_time(idp_now_us(call)),  idp_value_blob(issue->former_key_digest),
        idp_value_bool(is_its_own),        idp_value_text(issue->device)};
    if (idp_key_is_compromised(call, issue->key_digest, IDP_TIME_MAX_US)) {
        return "key_compromised";
    }
    bool is_held = !issue->parts->profile->names_device ||
                   idp_run(call, &idp_issue_statements[HOLD], row).affected == 1 ||
                   idp_run(call, &idp_issue_statements[REGAIN], row).affected == 1;
    return is_held ? NULL : "common_name_taken";
}

/* `too_many_certificates` where the name has as many good ones as the profile allows. */
static const char *room_take(struct idp_call *call, const struct idp_issue *issue)
{
    const struct idp_profile *profile = issue->parts->profile;
    struct idp_value name[] = {idp_value_text(idp_tenant(call)), idp_value_text(profile->name),
                               idp_value_text(issue->common_name),
                               idp_value_time(idp_now_us(call))};
    if (profile->max_valid == 0 || profile->has_grace) {
        return NULL; /* those that end with the grace do not count */
    }
    idp_run(call, &idp_issue_statements[COUNT_LOCK], name);
    int64_t count = idp_run_row(call, &idp_issue_statements[COUNT], name)[0].integer;
    return count < profile->max_valid ? NULL : "too_many_certificates";
}

/* As text; mostly it is that of the request. */
static struct idp_bytes subject_text(struct idp_call *call, const struct idp_issue_parts *parts)
{
    struct idp_name subject;
    if (idp_bytes_equal(parts->plan.subject, parts->csr.subject.der)) {
        return parts->csr.subject.text;
    }
    return idp_name_read(call, parts->plan.subject, &subject) == NULL ? subject.text
                                                                      : idp_bytes_of("");
}

void idp_issued_write(struct idp_call *call, const struct idp_issued_row *issued)
{
    struct idp_bytes ca_id = idp_ca_full_name(call, issued->ca);
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(idp_hex_encode(call, issued->ca->key_identifier)),
        idp_value_text(issued->serial),
        idp_value_text(ca_id),
        idp_value_text(issued->profile),
        idp_value_text(issued->subject),
        idp_value_text(issued->common_name),
        idp_value_blob(issued->key_digest),
        idp_value_time(issued->not_before_us),
        idp_value_time(issued->not_after_us),
        idp_value_time(idp_now_us(call)),
        idp_value_text(issued->device),
        idp_value_text(issued->sans),
        idp_value_blob(issued->certificate),
    };
    struct idp_json *details = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, details, "ca", ca_id);
    idp_json_add_string(call, details, "profile", issued->profile);
    struct idp_audit event = {"certificate_issued", "granted", issued->common_name, issued->serial,
                              details};
    idp_run(call, &idp_issue_statements[INSERT], row);
    idp_audit_add(call, &event);
}

static void row_write(struct idp_call *call, const struct idp_issue *issue)
{
    const struct idp_issue_parts *parts = issue->parts;
    struct idp_issued_row issued = {.ca = &parts->ca,
                                    .serial = issue->serial,
                                    .profile = parts->profile->name,
                                    .subject = subject_text(call, parts),
                                    .common_name = issue->common_name,
                                    .key_digest = issue->key_digest,
                                    .device = issue->device,
                                    .sans = parts->sans_text,
                                    .certificate = issue->certificate,
                                    .not_before_us = issue->not_before_us,
                                    .not_after_us = issue->not_after_us};
    idp_issued_write(call, &issued);
}

const char *idp_issue_sign(struct idp_call *call, struct idp_issue *issue)
{
    const struct idp_issue_parts *parts = issue->parts;
    const char *why = certificate_plan(call, issue);
    if (why != NULL) {
        return why;
    }
    why = room_take(call, issue);
    if (why == NULL) {
        why = name_hold(call, issue);
    }
    if (why == NULL) {
        issue->certificate = idp_x509_wrap(call, parts->ca.key, parts->to_be_signed);
        issue->chain = idp_ca_chain(call, &parts->ca);
        row_write(call, issue);
        idp_renewal_begin(call, issue, parts->profile);
        idp_activation_await(call, issue);
    }
    return why;
}

bool idp_certificate_issued(struct idp_call *call, struct idp_bytes serial, struct idp_issued *out)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(serial)};
    const struct idp_value *row = idp_run_one(call, &idp_issue_statements[ISSUED], key);
    if (row == NULL) {
        return false;
    }
    struct idp_ca ca = idp_ca_load(call, idp_text_of(row[2]));
    bool is_valid = idp_bytes_is(idp_text_of(row[3]), "valid");
    bool is_over = row[4].kind != 0 && idp_integer_of(row[4]) <= idp_now_us(call);
    *out = (struct idp_issued){.certificate = idp_text_of(row[0]),
                               .device = idp_text_of(row[1]),
                               .chain = idp_ca_chain(call, &ca),
                               .is_revoked = is_over || !is_valid,
                               .revoked_us = idp_integer_of(row[is_valid ? 4 : 5])};
    return true;
}
