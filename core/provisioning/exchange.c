/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.c - a certificate that a maker puts into many devices, and that each of them exchanges
 * once for one of its own. All have its key, so a device is known by the key that it made itself,
 * which its request shows; and who got a certificate and never used it does not keep the name. */
#include "core/provisioning/session.h"

enum { ACTIVATION_S = 3600 };

bool idp_is_shared(const struct idp_enrollment *enrollment)
{
    return idp_json_is_true(idp_json_member(enrollment->document, "x509"), "shared");
}

int64_t idp_exchange_activation_s(const struct idp_enrollment *enrollment)
{
    int64_t activation_s = ACTIVATION_S;
    const struct idp_json *x509 = idp_json_member(enrollment->document, "x509");
    const struct idp_json *member = idp_json_member(x509, "activation_s");
    bool is_known = member == NULL || idp_json_integer(member, &activation_s);
    return idp_is_shared(enrollment) && is_known ? activation_s : 0;
}

bool idp_is_exchanged(struct idp_call *call, const struct idp_enrollment *enrollment,
                      const struct idp_record *record)
{
    return idp_is_shared(enrollment) && record->serial.data != NULL &&
           !idp_awaits_activation(call, record->serial);
}

/* Of the shared certificate is said whether it is denied, of the device what it asks for. */
static bool denies(struct idp_call *call, const struct idp_enrollment *enrollment,
                   struct idp_bytes spki, struct idp_bytes name)
{
    struct idp_listed device = {.spki = spki, .name = name};
    return idp_enrollment_denies(call, enrollment, &device);
}

/* Not the id of a maker's key: that is of a device which came with a certificate of its own. */
static struct idp_bytes registration_of(struct idp_call *call, struct idp_bytes spki)
{
    struct idp_text name = {.call = call};
    idp_text_add_c(&name, "idplane shared certificate");
    idp_text_add(&name, spki);
    return idp_uuid_of(call, IDP_UUID_X500, idp_text_bytes(&name));
}

struct idp_bytes idp_exchange_id(struct idp_call *call, struct idp_bytes csr)
{
    struct idp_request_facts facts;
    bool is_read = csr.data != NULL && idp_request_read(call, csr, &facts) == NULL;
    return is_read ? registration_of(call, facts.spki) : (struct idp_bytes){0};
}

void idp_exchange_arrive(struct idp_call *call, struct idp_bytes csr, struct idp_arrival *arrival)
{
    struct idp_request_facts facts;
    const char *why = csr.data == NULL ? "csr" : idp_request_read(call, csr, &facts);
    if (why == NULL && idp_bytes_equal(facts.spki, arrival->key)) {
        why = "shared_key";
    }
    if (why != NULL) {
        arrival->error = IDP_INVALID_CSR;
        arrival->reason = why;
        arrival->registration_id = (struct idp_bytes){0};
        return;
    }
    arrival->registration_id = registration_of(call, facts.spki);
    if (denies(call, arrival->enrollment, facts.spki, facts.common_name)) {
        arrival->error = IDP_DEVICE_DENIED;
    }
}

bool idp_exchange_again(const struct idp_device_session *session, struct idp_issue *issue)
{
    struct idp_call *call = session->call;
    struct idp_bytes serial = session->record.serial;
    bool is_there = idp_is_shared(&session->enrollment) && serial.data != NULL &&
                    idp_bytes_equal(session->record.enrollment_id, session->enrollment.id) &&
                    idp_awaits_activation(call, serial) && idp_certificate_is_good(call, serial);
    if (is_there) {
        issue->serial = serial;
    }
    return is_there;
}

enum idp_error idp_exchange_check(const struct idp_device_session *session,
                                  const struct idp_issue *issue, const char **reason)
{
    struct idp_call *call = session->call;
    const struct idp_enrollment *enrollment = &session->enrollment;
    *reason = NULL;
    if (!idp_is_shared(enrollment)) {
        return IDP_OK;
    }
    if (!idp_bytes_equal(registration_of(call, issue->spki), session->record.id)) {
        *reason = "other_key";
        return IDP_INVALID_CSR;
    }
    if (idp_is_exchanged(call, enrollment, &session->record)) {
        return IDP_ALREADY_PROVISIONED;
    }
    return denies(call, enrollment, issue->spki, issue->common_name) ? IDP_DEVICE_DENIED : IDP_OK;
}
