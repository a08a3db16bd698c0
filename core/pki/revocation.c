/* SPDX-License-Identifier: Apache-2.0 */
/* revocation.c - a certificate that is good no more (RFC 5280 §5.3.1). Then the list of its
 * authority is out of date, and the name of its device is free unless its key has another one. */
#include "core/oauth/oauth.h"
#include "core/pki/x509.h"

enum { SUPERSEDED = 4, CESSATION_OF_OPERATION = 5, REMOVE_FROM_CRL = 8 };

enum {
    LISTS,
    LIST_LOCK,
    NAME_LOCK,
    REVOKE,
    FIND,
    CONTENT,
    OF_KEY,
    OUTDATE,
    RELEASE,
    SETTLE,
    STATUS,
    OF_DEVICE
};

/* Those of the certificate, of idp_revocation_statements[CONTENT]. */
enum column { CERTIFICATE, PROFILE, CA_ID, COMMON_NAME };

#define OF_NAME "c.tenant = $1 AND c.common_name = $2 AND " IDP_IDENTITY_GOOD("$3")

const struct idp_statement idp_revocation_statements[] = {
    [LISTS] = {"SELECT ca_id FROM idplane.certificate_list WHERE tenant = $1 ORDER BY ca_id", "t",
               "t"},
    /* These change nothing. */
    [LIST_LOCK] = {"UPDATE idplane.certificate_list SET number = number WHERE tenant = $1"
                   " AND ca_id = (SELECT list_id FROM idplane.certificate_authority"
                   " WHERE tenant = $1 AND ca_id = $2)",
                   "tt", ""},
    [NAME_LOCK] = {"UPDATE idplane.certificate_holder SET valid_until = valid_until"
                   " WHERE tenant = $1 AND common_name = (SELECT c.common_name"
                   " FROM idplane.certificate c WHERE c.tenant = $1 AND c.serial = $2)",
                   "tt", ""},
    /* That the key is somebody else's may turn out later. What had ended by itself ended then. */
    [REVOKE] =
        {"UPDATE idplane.certificate SET status = 'revoked',"
         " reason = CASE WHEN superseded_at <= $4 AND $3 NOT IN ('keyCompromise', 'cACompromise')"
         " THEN " IDP_SUPERSEDED_REASON " ELSE $3 END,"
         " revoked_at = CASE WHEN status <> 'valid' THEN revoked_at"
         " WHEN superseded_at < $4 THEN superseded_at ELSE $4 END"
         " WHERE tenant = $1 AND serial = $2 AND (status = 'valid'"
         " OR $3 = 'keyCompromise' AND reason <> 'keyCompromise'"
         " OR $3 = 'cACompromise' AND reason NOT IN ('keyCompromise', 'cACompromise'))"
         " RETURNING reason",
         "tttz", "t"},
    [FIND] = {"SELECT status, reason, revoked_at, ca_id FROM idplane.certificate"
              " WHERE tenant = $1 AND serial = $2",
              "tt", "ttzt"},
    [CONTENT] = {"SELECT certificate, profile, ca_id, common_name"
                 " FROM idplane.certificate WHERE tenant = $1 AND serial = $2",
                 "tt", "xttt"},
    /* Rare enough for a look at each certificate of the tenant: an index would cost whoever issues.
     */
    [OF_KEY] =
        {"SELECT serial FROM idplane.certificate WHERE tenant = $1 AND key_digest ="
         " (SELECT key_digest FROM idplane.certificate WHERE tenant = $1 AND serial = $2)"
         " AND serial <> $2 AND status = 'valid' AND not_after > $3 ORDER BY serial LIMIT $4",
         "ttzi", "t"},
    [OUTDATE] = {"UPDATE idplane.certificate_list SET change_count = change_count + 1"
                 " WHERE tenant = $1 AND ca_id = (SELECT list_id"
                 " FROM idplane.certificate_authority WHERE tenant = $1 AND ca_id = $2)",
                 "tt", ""},
    [RELEASE] = {"DELETE FROM idplane.certificate_holder WHERE tenant = $1 AND common_name = $2"
                 " AND NOT EXISTS (SELECT 1 FROM idplane.certificate c WHERE " OF_NAME ")",
                 "ttz", ""},
    /* Names are of devices: what else a key has of them keeps none. */
    [SETTLE] = {"UPDATE idplane.certificate_holder SET key_digest = CASE WHEN EXISTS"
                " (SELECT 1 FROM idplane.certificate c WHERE " OF_NAME
                " AND c.key_digest = idplane.certificate_holder.key_digest) THEN key_digest"
                " ELSE (SELECT c.key_digest FROM idplane.certificate c WHERE " OF_NAME
                " ORDER BY c.issued_at DESC, c.serial DESC LIMIT 1) END,"
                " valid_until = (SELECT max(CASE WHEN c.superseded_at < c.not_after"
                " THEN c.superseded_at ELSE c.not_after END)"
                " FROM idplane.certificate c WHERE " OF_NAME ")"
                " WHERE tenant = $1 AND common_name = $2",
                "ttz", ""},
    /* As on the list: of every authority that is the same issuer, and of no other one. */
    [STATUS] = {"SELECT c.status, c.reason, c.revoked_at, c.superseded_at, c.activate_until"
                " FROM idplane.certificate c WHERE c.tenant = $1 AND c.serial = $2"
                " AND EXISTS (SELECT 1 FROM idplane.certificate_authority a WHERE a.tenant = $1"
                " AND a.ca_id = c.ca_id AND a.list_id = $3)",
                "ttt", "ttzzz"},
    [OF_DEVICE] = {"SELECT serial FROM idplane.certificate WHERE tenant = $1"
                   " AND " IDP_CERTIFICATE_OF_DEVICE " AND status = 'valid'"
                   " AND not_after > $3 ORDER BY issued_at, serial LIMIT $4",
                   "ttzi", "t"},
};
const size_t idp_revocation_statement_count = IDP_COUNT(idp_revocation_statements);

/* As RFC 5280 names them, by code. */
static const char *const reasons[] = {
    "unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
    "superseded",    "cessationOfOperation", "certificateHold", NULL,
    "removeFromCRL", "privilegeWithdrawn",   "aACompromise"};

/* removeFromCRL is for lists of changes only. */
int idp_revocation_reason(struct idp_bytes name)
{
    for (size_t i = 0; i < IDP_COUNT(reasons); i++) {
        if (reasons[i] != NULL && i != REMOVE_FROM_CRL && idp_bytes_is(name, reasons[i])) {
            return (int)i;
        }
    }
    return -1;
}

const char *idp_revocation_reason_name(int code)
{
    return code >= 0 && (size_t)code < IDP_COUNT(reasons) ? reasons[code] : NULL;
}

struct idp_certificate_status
idp_certificate_status_of(struct idp_call *call, const struct idp_ca *ca, struct idp_bytes serial)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)),
                              idp_value_text(idp_hex_encode(call, serial)),
                              idp_value_text(ca->list_id)};
    const struct idp_value *row = idp_run_one(call, &idp_revocation_statements[STATUS], key);
    struct idp_certificate_status status = {.is_known = row != NULL};
    if (row != NULL && idp_bytes_is(idp_text_of(row[0]), "revoked")) {
        status.is_revoked = true;
        status.reason = idp_revocation_reason(idp_text_of(row[1]));
        status.revoked_us = idp_integer_of(row[2]);
    } else if (row != NULL && row[3].kind != 0 && idp_integer_of(row[3]) <= idp_now_us(call)) {
        status.is_revoked = true; /* nobody has asked for the list since */
        status.reason = row[4].kind == 0 ? SUPERSEDED : CESSATION_OF_OPERATION;
        status.revoked_us = idp_integer_of(row[3]);
    }
    return status;
}

static struct idp_bytes reason_argument(struct idp_call *call, struct idp_value value)
{
    struct idp_bytes reason = idp_text_of(value);
    reason = reason.data == NULL ? idp_bytes_of("unspecified") : reason;
    if (idp_revocation_reason(reason) < 0) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The reason is one of RFC 5280: unspecified, keyCompromise, cACompromise, "
                      "affiliationChanged, superseded, cessationOfOperation, certificateHold, "
                      "privilegeWithdrawn, aACompromise.");
    }
    return reason;
}

static void lock(struct idp_call *call, size_t statement, struct idp_bytes what)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(what)};
    call->host->begin(call);
    idp_run(call, &idp_revocation_statements[statement], key);
}

void idp_keys_lock(struct idp_call *call, bool is_shared)
{
    call->host->begin(call);
    if (call->host->lock != NULL) {
        call->host->lock(call, idp_tenant(call), is_shared);
    }
}

void idp_name_lock(struct idp_call *call, struct idp_bytes serial)
{
    idp_keys_lock(call, true);
    lock(call, NAME_LOCK, serial);
}

void idp_list_lock(struct idp_call *call, struct idp_bytes ca_id)
{
    lock(call, LIST_LOCK, ca_id);
}

void idp_lists_lock(struct idp_call *call)
{
    struct idp_value tenant = idp_value_text(idp_tenant(call));
    struct idp_rows rows = idp_run(call, &idp_revocation_statements[LISTS], &tenant);
    for (size_t i = 0; i < rows.count; i++) {
        idp_list_lock(call, idp_text_of(rows.values[i]));
    }
}

void idp_name_settle(struct idp_call *call, struct idp_bytes common_name)
{
    struct idp_value name[] = {idp_value_text(idp_tenant(call)), idp_value_text(common_name),
                               idp_value_time(idp_now_us(call))};
    if (idp_run(call, &idp_revocation_statements[RELEASE], name).affected == 0) {
        idp_run(call, &idp_revocation_statements[SETTLE], name);
    }
}

void idp_list_outdate(struct idp_call *call, struct idp_bytes ca_id)
{
    struct idp_value list[] = {idp_value_text(idp_tenant(call)), idp_value_text(ca_id)};
    idp_run(call, &idp_revocation_statements[OUTDATE], list);
}

void idp_revocation_audit(struct idp_call *call, struct idp_bytes serial,
                          struct idp_bytes common_name, struct idp_bytes ca_id,
                          struct idp_bytes reason)
{
    struct idp_json *details = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_audit event = {"certificate_revoked", "granted", common_name, serial, details};
    idp_json_add_string(call, details, "ca", ca_id);
    idp_json_add_string(call, details, "reason", reason);
    idp_audit_add(call, &event);
}

/* certificate: a row of CONTENT. */
static void revoked(struct idp_call *call, struct idp_bytes serial, struct idp_bytes reason,
                    const struct idp_value *certificate)
{
    struct idp_bytes ca_id = idp_text_of(certificate[CA_ID]);
    struct idp_bytes common_name = idp_text_of(certificate[COMMON_NAME]);
    idp_list_outdate(call, ca_id);
    idp_name_settle(call, common_name);
    idp_revocation_audit(call, serial, common_name, ca_id, reason);
}

/* Somebody else has the key; of an authority that is also called cACompromise. */
static bool is_compromise(struct idp_bytes reason)
{
    return idp_bytes_is(reason, "keyCompromise") || idp_bytes_is(reason, "cACompromise");
}

static const struct idp_value *content_of(struct idp_call *call, struct idp_bytes serial)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(serial)};
    return idp_run_one(call, &idp_revocation_statements[CONTENT], key);
}

static bool one_revoke(struct idp_call *call, struct idp_bytes serial, struct idp_bytes reason,
                       int64_t at_us)
{
    const struct idp_value *certificate = content_of(call, serial), *row = NULL;
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(serial),
                              idp_value_text(reason), idp_value_time(at_us)};
    call->host->begin(call);
    if (certificate != NULL) {
        idp_list_lock(call, idp_text_of(certificate[CA_ID]));
        idp_name_lock(call, serial); /* who renews meanwhile comes before, or after */
        row = idp_run_one(call, &idp_revocation_statements[REVOKE], key);
    }
    if (row != NULL) {
        revoked(call, serial, idp_text_of(row[0]), certificate);
    }
    return row != NULL;
}

/* Whoever has the key has it for all certificates of it. True: it had others. */
static bool key_revoke(struct idp_call *call, struct idp_bytes serial, struct idp_bytes reason,
                       int64_t at_us)
{
    bool is_changed = false;
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(serial),
                              idp_value_time(at_us), idp_value_integer(IDP_ROW_COUNT_MAX)};
    for (size_t count = IDP_ROW_COUNT_MAX; count == IDP_ROW_COUNT_MAX;) {
        struct idp_rows rows = idp_run(call, &idp_revocation_statements[OF_KEY], key);
        count = rows.count;
        for (size_t i = 0; i < count; i++) {
            is_changed |= one_revoke(call, idp_text_of(rows.values[i]), reason, at_us);
        }
    }
    return is_changed;
}

bool idp_certificate_revoke(struct idp_call *call, struct idp_bytes serial, struct idp_bytes reason)
{
    int64_t at_us = idp_now_us(call);
    const struct idp_value *row = content_of(call, serial);
    if (row == NULL) {
        return false;
    }
    bool ends_authorities =
        is_compromise(reason) || idp_bytes_is(idp_text_of(row[PROFILE]), IDP_AUTHORITY_PROFILE);
    if (ends_authorities) {
        idp_tenant_lock(call); /* before any row, as who adopts or makes an authority does */
        idp_lists_lock(call);
        idp_keys_lock(call, false);
    }
    bool is_changed = one_revoke(call, serial, reason, at_us);
    if (is_compromise(reason)) {
        is_changed |= key_revoke(call, serial, reason, at_us);
    }
    if (ends_authorities) {
        idp_ca_revoke(call, idp_text_of(row[CERTIFICATE]), is_compromise(reason), at_us);
    }
    return is_changed;
}

/* Who revokes one holds the name of the device, so that nothing is issued for it before the end of
 * the transaction: what was issued until then is found by looking once more. */
int64_t idp_revoke_device(struct idp_call *call, struct idp_bytes device, struct idp_bytes reason)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(device),
                              idp_value_time(idp_now_us(call)),
                              idp_value_integer(IDP_ROW_COUNT_MAX)};
    int64_t count = 0, before = -1;
    while (count > before) {
        struct idp_rows rows = idp_run(call, &idp_revocation_statements[OF_DEVICE], key);
        before = count;
        if (rows.count > 0) {
            idp_lists_lock(call);
        }
        for (size_t i = 0; i < rows.count; i++) {
            count += idp_certificate_revoke(call, idp_text_of(rows.values[i]), reason) ? 1 : 0;
        }
    }
    return count;
}

static bool is_serial(struct idp_bytes text)
{
    size_t i = 0;
    while (i < text.size && idp_hex_digit(text.data[i]) >= 0) {
        i++;
    }
    return i > 0 && i == text.size;
}

/* revoke_certificate(serial, reason) → what it is now; NULL: there is none. One without a row
 * is given as PEM. */
struct idp_value idp_sql_revoke_certificate(struct idp_call *call,
                                            const struct idp_value *arguments)
{
    struct idp_bytes reason = reason_argument(call, arguments[1]);
    struct idp_bytes serial = idp_lower_case(call, arguments[0].bytes);
    if (!is_serial(serial) && !idp_certificate_adopt(call, arguments[0].bytes, &serial)) {
        return idp_null();
    }
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(serial)};
    bool is_changed = idp_certificate_revoke(call, serial, reason);
    const struct idp_value *now = idp_run_one(call, &idp_revocation_statements[FIND], key);
    if (now == NULL) {
        return idp_null();
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, answer, "serial", serial);
    idp_json_add_string(call, answer, "status", idp_text_of(now[0]));
    idp_json_add_string(call, answer, "reason", idp_text_of(now[1]));
    idp_json_add_string(call, answer, "revoked_at", idp_time_text(call, idp_integer_of(now[2])));
    idp_json_add_string(call, answer, "ca", idp_text_of(now[3]));
    idp_json_add_bool(call, answer, "changed", is_changed);
    return idp_value_json(answer);
}
