/* SPDX-License-Identifier: Apache-2.0 */
/* ca_store.c - an authority is written down, or the next generation of one: from then on that one
 * signs, and the one before goes on to tell what it has revoked. */
#include "core/pki/x509.h"

enum { COUNT, RETIRE, PROMOTE, NEXT, SAME, INSERT, LIST };

const struct idp_statement idp_ca_store_statements[] = {
    [COUNT] = {"SELECT count(*) FROM idplane.certificate_authority WHERE tenant = $1 AND ca = $2",
               "tt", "i"},
    [RETIRE] = {"UPDATE idplane.certificate_authority SET state = 'retired'"
                " WHERE tenant = $1 AND ca = $2 AND state IN ('active', 'next') AND ca_id <> $3",
                "ttt", ""},
    [PROMOTE] = {"UPDATE idplane.certificate_authority SET state = 'active'"
                 " WHERE tenant = $1 AND ca_id = $2 AND state = 'next'",
                 "tt", ""},
    [NEXT] = {"SELECT ca_id FROM idplane.certificate_authority"
              " WHERE tenant = $1 AND ca = $2 AND state = 'next' AND revoked_at IS NULL"
              " AND not_after > $3",
              "ttz", "t"},
    [SAME] = {"SELECT list_id, certificate FROM idplane.certificate_authority"
              " WHERE tenant = $1 AND subject_name = $2 ORDER BY ca_id",
              "tx", "tx"},
    [INSERT] = {"INSERT INTO idplane.certificate_authority (tenant, ca_id, ca, generation, state,"
                " subject, subject_name, certificate, chain, key_identifier, sealed_private_key,"
                " not_before, not_after, created_at, list_id)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
                " ON CONFLICT DO NOTHING",
                "tttittxxxxxzzzt", ""},
    /* Signed when somebody asks for it. */
    [LIST] = {"INSERT INTO idplane.certificate_list (tenant, ca_id, number, change_count,"
              " listed_change_count, next_update, list) VALUES ($1, $2, 0, 0, -1, $3, $4)"
              " ON CONFLICT DO NOTHING",
              "ttzx", ""},
};
const size_t idp_ca_store_statement_count = IDP_COUNT(idp_ca_store_statements);

/* A name stands in URLs. */
bool idp_ca_name_is(struct idp_bytes name)
{
    static const char characters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    bool is_name = name.size > 0 && name.size <= IDP_CA_NAME_SIZE_MAX;
    for (size_t i = 0; i < name.size; i++) {
        is_name = is_name && memchr(characters, name.data[i], sizeof characters - 1) != NULL;
    }
    return is_name;
}

void idp_ca_name_check(struct idp_call *call, struct idp_bytes name)
{
    if (!idp_ca_name_is(name)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "A name has letters, digits, dots, dashes and underscores; at most %d.",
                      IDP_CA_NAME_SIZE_MAX);
    }
}

static struct idp_json *told(struct idp_call *call, const struct idp_ca *ca)
{
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_certificate read;
    struct idp_name subject;
    if (!idp_certificate_parse(ca->certificate, &read) ||
        idp_name_read(call, ca->subject, &subject) != NULL) {
        idp_fail(call, IDP_CRYPTO);
    }
    idp_json_add_string(call, result, "ca", idp_ca_full_name(call, ca));
    idp_json_add_string(call, result, "subject", subject.text);
    idp_json_add_string(call, result, "serial", idp_certificate_serial(call, &read));
    idp_json_add_string(call, result, "key_identifier", idp_hex_encode(call, ca->key_identifier));
    idp_json_add_string(call, result, "not_before", idp_time_text(call, ca->not_before_us));
    idp_json_add_string(call, result, "not_after", idp_time_text(call, ca->not_after_us));
    idp_json_add_string(call, result, "certificate",
                        idp_pem_of(call, ca->certificate, "CERTIFICATE"));
    return result;
}

/* To verifiers an issuer is a name and a key, by whatever certificate and key identifier: what it
 * has revoked is on one list, whose number only grows. */
static struct idp_bytes list_id_of(struct idp_call *call, const struct idp_ca *ca)
{
    struct idp_certificate own, other;
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_blob(ca->subject)};
    struct idp_rows rows = idp_run(call, &idp_ca_store_statements[SAME], key);
    for (size_t i = 0; i < rows.count && idp_certificate_parse(ca->certificate, &own); i++) {
        const struct idp_value *row = rows.values + i * rows.columns;
        if (idp_certificate_parse(idp_text_of(row[1]), &other) &&
            idp_bytes_equal(other.spki, own.spki)) {
            return idp_text_of(row[0]);
        }
    }
    return idp_ca_full_name(call, ca);
}

/* Who comes second finds that the one it would follow signs no more. */
static void row_write(struct idp_call *call, const struct idp_ca *ca, const struct idp_json *jwk)
{
    struct idp_bytes ca_id = idp_ca_full_name(call, ca);
    struct idp_bytes context = idp_ca_seal_context(call, idp_tenant(call), ca_id);
    struct idp_name subject;
    if (idp_name_read(call, ca->subject, &subject) != NULL) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The subject of the certificate is no name.");
    }
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(ca_id),
        idp_value_text(ca->name),
        idp_value_integer(ca->generation),
        idp_value_text(ca->state),
        idp_value_text(subject.text),
        idp_value_blob(ca->subject),
        idp_value_blob(ca->certificate),
        idp_value_blob(ca->chain),
        idp_value_blob(ca->key_identifier),
        idp_value_blob(idp_seal(call, idp_json_text(call, jwk), context)),
        idp_value_time(ca->not_before_us),
        idp_value_time(ca->not_after_us),
        idp_value_time(idp_now_us(call)),
        idp_value_text(ca->list_id),
    };
    struct idp_value list[] = {row[0], idp_value_text(ca->list_id),
                               idp_value_time(idp_now_us(call)),
                               idp_value_blob((struct idp_bytes){"", 0})};
    if (idp_run(call, &idp_ca_store_statements[INSERT], row).affected != 1) {
        idp_fail(call, IDP_BUSY);
    }
    idp_run(call, &idp_ca_store_statements[LIST], list);
}

static void audit(struct idp_call *call, const char *type, const struct idp_ca *ca)
{
    struct idp_audit event = {type, "granted", ca->name, idp_ca_full_name(call, ca),
                              idp_json_new(call, IDP_JSON_OBJECT)};
    idp_audit_add(call, &event);
}

/* data NULL: no other key waits that could sign. */
static struct idp_bytes next_of(struct idp_call *call, struct idp_bytes name)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(name),
                              idp_value_time(idp_now_us(call))};
    const struct idp_value *row = idp_run_one(call, &idp_ca_store_statements[NEXT], key);
    return row == NULL ? (struct idp_bytes){0} : idp_text_of(row[0]);
}

/* Whoever follows has to know beforehand that there is something to follow. */
static void next_check(struct idp_call *call, struct idp_bytes name)
{
    if (!idp_ca_exists(call, name)) {
        idp_fail_with(call, IDP_NO_SUCH_CA,
                      "There is no authority of this name yet, which one "
                      "could be the next of.");
    }
    if (next_of(call, name).data != NULL) {
        idp_fail_with(call, IDP_ALREADY_EXISTS, "The authority has a next key already.");
    }
}

struct idp_json *idp_ca_store(struct idp_call *call, struct idp_ca *ca, const struct idp_json *jwk,
                              bool replaces)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(ca->name),
                              idp_value_text(idp_bytes_of(""))};
    int64_t count = idp_run_row(call, &idp_ca_store_statements[COUNT], key)[0].integer;
    bool is_next = idp_bytes_is(ca->state, "next");
    if (is_next) {
        next_check(call, ca->name);
    } else if (count > 0 && !replaces) {
        idp_fail_with(call, IDP_ALREADY_EXISTS,
                      "There is an authority of this name; the option replace makes its next key.");
    } else {
        ca->state = idp_bytes_of("active");
        idp_run(call, &idp_ca_store_statements[RETIRE], key);
    }
    ca->generation = count + 1;
    ca->list_id = list_id_of(call, ca);
    row_write(call, ca, jwk);
    audit(call, "authority_made", ca);
    return told(call, ca);
}

struct idp_json *idp_ca_promote(struct idp_call *call, struct idp_bytes name)
{
    struct idp_bytes ca_id = next_of(call, name);
    if (ca_id.data == NULL) {
        return NULL;
    }
    struct idp_value promoted[] = {idp_value_text(idp_tenant(call)), idp_value_text(ca_id)};
    struct idp_value others[] = {promoted[0], idp_value_text(name), promoted[1]};
    idp_run(call, &idp_ca_store_statements[RETIRE], others);
    idp_run(call, &idp_ca_store_statements[PROMOTE], promoted);
    struct idp_ca ca = idp_ca_load_signing(call, ca_id);
    audit(call, "authority_promoted", &ca);
    return told(call, &ca);
}
