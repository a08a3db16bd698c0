/* SPDX-License-Identifier: Apache-2.0 */
/* session_resume.c - devices that hold no session of ours in their hands, as plgd's: who they are
 * says the certificate of each TLS connection. That of the maker begins a session, or goes on with
 * the last one of its key; the identity certificate confirms the one that it was issued in. */
#include "core/provisioning/session.h"

enum { OF_MAKER, OF_IDENTITY };

#define LAST(condition)                                                                            \
    "SELECT session_digest, request_digest, serial, enrollment_id FROM "                           \
    "idplane.provisioning_session"                                                                 \
    " WHERE tenant = $1 AND registration_id = $2 AND expires_at > $3 AND " condition               \
    " ORDER BY created_at DESC, session_digest LIMIT 1"

const struct idp_statement idp_session_resume_statements[] = {
    /* What is given to an identity is not given to the maker's certificate; and it has its identity
     * by one enrollment. */
    [OF_MAKER] = {LAST("attestation = 'x509' AND (state = 'proven' OR (state = 'identified'"
                       " AND enrollment_id = (SELECT r.enrollment_id"
                       " FROM idplane.provisioning_record r WHERE r.tenant = $1"
                       " AND r.registration_id = $2)))"),
                  "ttz", "xxtt"},
    [OF_IDENTITY] = {LAST("serial = $4"), "ttzt", "xxtt"},
};
const size_t idp_session_resume_statement_count = IDP_COUNT(idp_session_resume_statements);

static const struct idp_value *last_of(struct idp_call *call, size_t statement,
                                       struct idp_bytes registration_id, struct idp_bytes serial)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(registration_id),
                              idp_value_time(idp_now_us(call)), idp_value_text(serial)};
    return idp_run_one(call, &idp_session_resume_statements[statement], key);
}

static const struct idp_json *refused(struct idp_call *call, const char *reason)
{
    struct idp_json *answer = idp_json_copy(call, idp_error_json(IDP_ATTESTATION_REFUSED));
    idp_json_add_c(call, answer, "reason", reason);
    return answer;
}

/* ---- the certificate of the maker ---- */

/* Of who shares its certificate a session is found by the request, and goes on until it has given
 * a certificate: whoever asks again begins anew, and gets the same one. */
static bool is_open(struct idp_call *call, struct idp_bytes enrollment_id, bool is_shared)
{
    struct idp_enrollment enrollment;
    return idp_enrollment_find(call, enrollment_id, &enrollment) && enrollment.is_enabled &&
           idp_is_shared(&enrollment) == is_shared;
}

/* One that has had a certificate goes on while that is good, where nothing else is asked for, and
 * the device would be let in today; one without, while it is of that enrollment. */
static bool goes_on(struct idp_call *call, const struct idp_value *row, struct idp_bytes chain,
                    struct idp_bytes csr, bool is_shared)
{
    struct idp_bytes before = idp_text_of(row[1]), serial = idp_text_of(row[2]);
    struct idp_bytes enrollment_id = idp_text_of(row[3]);
    bool is_good = serial.data == NULL || (!is_shared && idp_certificate_is_good(call, serial));
    bool is_same = csr.data == NULL || before.data == NULL ||
                   idp_bytes_equal(before, idp_request_digest(call, csr));
    if (!is_good || !is_same || !is_open(call, enrollment_id, is_shared)) {
        return false;
    }
    const struct idp_match *match = idp_match_find(call, chain, IDP_AT_PRESENT);
    return match->error == IDP_OK &&
           (serial.data != NULL || idp_bytes_equal(match->chosen->enrollment.id, enrollment_id));
}

static bool find_open(struct idp_call *call, struct idp_bytes registration_id,
                      struct idp_bytes chain, struct idp_bytes csr, bool is_shared,
                      struct idp_bytes *session)
{
    const struct idp_value *row =
        registration_id.data == NULL
            ? NULL
            : last_of(call, OF_MAKER, registration_id, (struct idp_bytes){0});
    bool is_found = row != NULL && goes_on(call, row, chain, csr, is_shared);
    if (is_found) {
        *session = idp_session_handle(call, idp_text_of(row[0]));
    }
    return is_found;
}

const struct idp_json *idp_session_of_maker(struct idp_call *call, struct idp_bytes chain,
                                            const struct idp_certificate_facts *leaf,
                                            struct idp_bytes csr, struct idp_bytes *session)
{
    struct idp_bytes own = idp_uuid_of(call, IDP_UUID_X500, leaf->spki);
    if (find_open(call, own, chain, csr, false, session) ||
        find_open(call, idp_exchange_id(call, csr), chain, csr, true, session)) {
        return NULL;
    }
    struct idp_json *options = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, options, "csr", csr);
    const struct idp_json *begun = idp_provisioning_begin(call, chain, options, true);
    *session = idp_json_string(begun, "session");
    return session->data == NULL ? begun : NULL;
}

/* ---- the identity certificate ---- */

static const struct idp_json *of_identity(struct idp_call *call,
                                          const struct idp_certificate_facts *facts,
                                          struct idp_bytes device, struct idp_bytes *session)
{
    struct idp_record record;
    struct idp_bytes certificate = idp_pem_of(call, facts->der, "CERTIFICATE");
    const struct idp_value *row = idp_record_of_device(call, device, &record)
                                      ? last_of(call, OF_IDENTITY, record.id, facts->serial)
                                      : NULL;
    if (row == NULL) {
        return idp_error_json(IDP_INVALID_DEVICE_SESSION);
    }
    *session = idp_session_handle(call, idp_text_of(row[0]));
    const struct idp_json *answer =
        idp_identity_confirm(call, *session, (struct idp_bytes){0}, certificate);
    return idp_json_member(answer, "error") != NULL ? answer : NULL;
}

const struct idp_json *idp_provisioning_resume(struct idp_call *call, struct idp_bytes chain,
                                               struct idp_bytes csr, struct idp_bytes *session)
{
    size_t count = 0;
    struct idp_issued issued;
    struct idp_certificate_facts *facts =
        idp_allocate(call, (IDP_CHAIN_SENT_COUNT_MAX + 1) * sizeof *facts);
    if (!idp_certificates_read(call, chain, facts, IDP_CHAIN_SENT_COUNT_MAX + 1, &count)) {
        return refused(call, "format");
    }
    bool is_ours = idp_certificate_issued(call, facts->serial, &issued) &&
                   idp_bytes_equal(issued.certificate, facts->der);
    if (!is_ours || issued.device.data == NULL) { /* we may be the maker */
        return idp_session_of_maker(call, chain, facts, csr, session);
    }
    if (issued.is_revoked || facts->not_after_us < idp_now_us(call)) {
        return refused(call, issued.is_revoked ? "revoked" : "expired");
    }
    return of_identity(call, facts, issued.device, session);
}
