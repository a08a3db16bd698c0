/* SPDX-License-Identifier: Apache-2.0 */
/* crl.c - the list of what an issuer has revoked (RFC 5280 §5), which is all authorities of one
 * name and key, as verifiers see it. It is signed when somebody asks for it, and kept until a
 * certificate is revoked or its time is nearly over. Each one that is signed has a number of its
 * own; what has expired since the last one is listed once more (§3.3). */
#include "core/oauth/oauth.h"
#include "core/pki/x509.h"

enum { LIFETIME_S = 86400, RENEWED_EARLY_S = 3600, TRY_COUNT_MAX = 8 };

enum { CURRENT, REPLACE, ISSUERS, REVOKED };

/* A list may be longer than what one statement returns: it is read in pieces. It is out of date
 * once more was revoked than when it was made: who revokes counts, and who lists sees to it that
 * nobody has counted since. */
const struct idp_statement idp_crl_statements[] = {
    [CURRENT] = {"SELECT number, change_count, listed_change_count = change_count AND"
                 " next_update > $3, list, next_update FROM idplane.certificate_list"
                 " WHERE tenant = $1 AND ca_id = $2",
                 "ttz", "iibxz"},
    [REPLACE] = {"UPDATE idplane.certificate_list SET number = number + 1,"
                 " listed_change_count = change_count, next_update = $5, list = $6"
                 " WHERE tenant = $1 AND ca_id = $2 AND number = $3 AND change_count = $4",
                 "ttiizx", ""},
    [ISSUERS] = {"SELECT ca_id FROM idplane.certificate_authority WHERE tenant = $1"
                 " AND list_id = $2 ORDER BY ca_id",
                 "tt", "t"},
    [REVOKED] = {"SELECT serial, reason, revoked_at FROM idplane.certificate"
                 " WHERE tenant = $1 AND ca_id = $2 AND status = 'revoked' AND not_after > $3"
                 " AND serial > $4 ORDER BY serial LIMIT $5",
                 "ttzti", "ttz"},
};
const size_t idp_crl_statement_count = IDP_COUNT(idp_crl_statements);

/* Serial, when, and why: unspecified is not said. */
static struct idp_bytes entry_of(struct idp_call *call, const struct idp_value *row)
{
    static const struct idp_bytes oid = IDP_LITERAL("\x06\x03\x55\x1d\x15");
    int code = idp_revocation_reason(idp_text_of(row[1]));
    char enumerated[] = {0x0a, 1, (char)code};
    struct idp_bytes reason =
        idp_extension_of(call, oid, false, (struct idp_bytes){enumerated, sizeof enumerated});
    struct idp_bytes parts[] = {idp_der_number(call, idp_hex_decode(call, idp_text_of(row[0]))),
                                idp_der_time(call, idp_integer_of(row[2])),
                                code > 0 ? idp_der_put(call, IDP_DER_SEQUENCE, reason)
                                         : (struct idp_bytes){"", 0}};
    return idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts));
}

/* Of what was good after the time. */
static void entries_add(struct idp_call *call, struct idp_text *entries, struct idp_bytes ca_id,
                        int64_t since_us)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(ca_id),
                              idp_value_time(since_us), idp_value_text(idp_bytes_of("")),
                              idp_value_integer(IDP_ROW_COUNT_MAX)};
    for (size_t count = IDP_ROW_COUNT_MAX; count == IDP_ROW_COUNT_MAX;) {
        struct idp_rows rows = idp_run(call, &idp_crl_statements[REVOKED], key);
        count = rows.count;
        for (size_t i = 0; i < count; i++) {
            key[3] = rows.values[i * rows.columns];
            idp_text_add(entries, entry_of(call, rows.values + i * rows.columns));
        }
    }
}

static struct idp_bytes entries_of(struct idp_call *call, struct idp_bytes list_id,
                                   int64_t since_us)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(list_id)};
    struct idp_text entries = {.call = call};
    struct idp_rows rows = idp_run(call, &idp_crl_statements[ISSUERS], key);
    for (size_t i = 0; i < rows.count; i++) {
        entries_add(call, &entries, idp_text_of(rows.values[i]), since_us);
    }
    struct idp_bytes made = idp_text_bytes(&entries);
    return made.size == 0 ? made : idp_der_put(call, IDP_DER_SEQUENCE, made);
}

static struct idp_bytes extensions_of(struct idp_call *call, const struct idp_ca *ca,
                                      int64_t number)
{
    static const struct idp_bytes oid = IDP_LITERAL("\x06\x03\x55\x1d\x14");
    struct idp_bytes parts[] = {
        idp_authority_key_identifier(call, ca->key_identifier),
        idp_extension_of(call, oid, false, idp_der_integer(call, (uint64_t)number))};
    struct idp_bytes list = idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts));
    return idp_der_put(call, IDP_DER_EXPLICIT, list);
}

/* since_us: when the list before it was signed. */
static struct idp_bytes list_sign(struct idp_call *call, const struct idp_ca *ca, int64_t number,
                                  int64_t since_us, int64_t next_us)
{
    struct idp_bytes parts[] = {idp_der_integer(call, 1), /* version 2 */
                                idp_x509_algorithm(call, ca->key),
                                ca->subject,
                                idp_der_time(call, idp_now_us(call)),
                                idp_der_time(call, next_us),
                                entries_of(call, ca->list_id, since_us),
                                extensions_of(call, ca, number)};
    return idp_x509_wrap(call, ca->key,
                         idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts)));
}

/* Who verifies finds the list by how the certificate of its issuer identifies the key, and several
 * of one key may do so in several ways: then it is signed anew for the other one. */
static bool is_of_identifier(struct idp_call *call, struct idp_bytes list, const struct idp_ca *ca)
{
    struct idp_bytes parts, contents = {"", 0}, extensions;
    struct idp_der last = {0};
    bool is_read = idp_der_only(list, IDP_DER_SEQUENCE, &parts) &&
                   idp_der_take(&parts, IDP_DER_SEQUENCE, &contents);
    while (is_read && contents.size > 0) {
        is_read = idp_der_next(&contents, &last);
    }
    return is_read && idp_der_only(last.contents, IDP_DER_SEQUENCE, &extensions) &&
           idp_bytes_start(extensions, idp_authority_key_identifier(call, ca->key_identifier));
}

/* What was signed last, if it is good for who asks now. */
static bool is_current(struct idp_call *call, const struct idp_value *row, const struct idp_ca *ca)
{
    struct idp_bytes list = idp_text_of(row[3]);
    return list.size > 0 && (call->host->in_recovery(call) ||
                             (idp_bool_of(row[2]) && is_of_identifier(call, list, ca)));
}

static struct idp_bytes list_of(struct idp_call *call, const struct idp_ca *ca)
{
    int64_t now_us = idp_now_us(call), next_us = now_us + LIFETIME_S * IDP_SECOND_US;
    struct idp_value tenant = idp_value_text(idp_tenant(call));
    struct idp_value list_id = idp_value_text(ca->list_id);
    struct idp_value look[] = {tenant, list_id,
                               idp_value_time(now_us + RENEWED_EARLY_S * IDP_SECOND_US)};
    if (!call->host->in_recovery(call)) {
        idp_renewals_end(call);
    }
    for (size_t i = 0; i < TRY_COUNT_MAX; i++) {
        if (i > 0) { /* somebody came first: now nobody does */
            idp_list_lock(call, ca->list_id);
        }
        const struct idp_value *row = idp_run_row(call, &idp_crl_statements[CURRENT], look);
        if (is_current(call, row, ca)) {
            return idp_text_of(row[3]);
        }
        call->host->begin(call);
        struct idp_bytes list =
            list_sign(call, ca, idp_integer_of(row[0]) + 1,
                      idp_integer_of(row[4]) - LIFETIME_S * IDP_SECOND_US, next_us);
        struct idp_value next[] = {
            tenant, list_id, row[0], row[1], idp_value_time(next_us), idp_value_blob(list)};
        if (idp_run(call, &idp_crl_statements[REPLACE], next).affected == 1) {
            return list;
        }
    }
    idp_fail(call, IDP_BUSY);
}

/* Where lists can be had is known once the tenant has an address. What stands before an at sign is
 * a user to some who read URLs. */
struct idp_bytes idp_crl_url(struct idp_call *call, const struct idp_ca *ca)
{
    struct idp_bytes base_url = idp_settings_load(call).base_url;
    struct idp_text url = {.call = call};
    if (base_url.size == 0) {
        return base_url;
    }
    idp_text_add(&url, base_url);
    idp_text_add_c(&url, "/crl/");
    idp_text_add(&url, ca->name);
    idp_text_add_c(&url, "%40");
    idp_text_add_integer(&url, ca->generation);
    return idp_text_bytes(&url);
}

struct idp_bytes idp_crl_of(struct idp_call *call, struct idp_bytes name)
{
    struct idp_ca ca;
    return idp_ca_find(call, name, &ca) ? list_of(call, &ca) : (struct idp_bytes){NULL, 0};
}

/* crl(ca) → DER */
struct idp_value idp_sql_crl(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_ca ca = idp_ca_load(call, idp_text_of(arguments[0]));
    return idp_value_blob(list_of(call, &ca));
}
