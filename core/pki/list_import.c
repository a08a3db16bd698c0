/* SPDX-License-Identifier: Apache-2.0 */
/* list_import.c - revocation lists of authorities that are not ours, kept for those who judge
 * chains. One is kept for each key, the one with the highest number: whoever plays back an older
 * list changes nothing, in one conditional statement. */
#include "core/pki/chain.h"
#include "core/pki/list.h"

enum { NUMBER_HEX_SIZE = 40 };

enum { STORE, OF_SUBJECT };

const struct idp_statement idp_list_import_statements[] = {
    [STORE] = {"INSERT INTO idplane.imported_list (tenant, issuer_key, issuer, issuer_name, number,"
               " this_update, next_update, revoked_count, list, imported_at)"
               " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
               " ON CONFLICT (tenant, issuer_key) DO UPDATE SET number = excluded.number,"
               " this_update = excluded.this_update, next_update = excluded.next_update,"
               " revoked_count = excluded.revoked_count, list = excluded.list,"
               " imported_at = excluded.imported_at"
               " WHERE idplane.imported_list.number < excluded.number",
               "tttxtzzixz", ""},
    [OF_SUBJECT] = {"SELECT list FROM idplane.imported_list"
                    " WHERE tenant = $1 AND issuer_name = $2 ORDER BY issuer_key LIMIT $3",
                    "txi", "x"},
};
const size_t idp_list_import_statement_count = IDP_COUNT(idp_list_import_statements);

/* ---- checked ---- */

/* Who gives the certificate vouches for it. `not_a_ca` and `key_usage` where it may sign no lists,
 * or why its key is none. */
static const char *issuer_check(struct idp_call *call, const struct idp_certificate *issuer,
                                const struct idp_key **key)
{
    int64_t path_length;
    struct idp_bytes usage = idp_certificate_key_usage(issuer);
    const char *why = NULL;
    if (!idp_certificate_is_ca(issuer, &path_length)) {
        return "not_a_ca";
    }
    if (usage.size > 0 && (usage.data[0] & IDP_USAGE_CRL_SIGN) == 0) {
        return "key_usage";
    }
    *key = idp_spki_read(call, issuer->spki, &why);
    return *key == NULL ? why : NULL;
}

static const char *list_check(struct idp_call *call, struct idp_bytes text,
                              const struct idp_certificate *issuer, struct idp_list *list)
{
    const struct idp_key *key;
    struct idp_bytes der = idp_pem_only(call, text, "X509 CRL");
    const char *why = der.data == NULL ? "format" : idp_list_read(der, list);
    /* What judges chains has to read it, too: else they could be judged no more. */
    if (why == NULL && idp_chain_list_read(call, text) == NULL) {
        why = "format";
    }
    if (why == NULL) {
        why = issuer_check(call, issuer, &key);
    }
    if (why != NULL) {
        return why;
    }
    if (!idp_bytes_equal(list->issuer, issuer->subject)) {
        return "issuer";
    }
    if (list->this_update_us > idp_now_us(call)) {
        return "not_yet_valid";
    }
    return idp_x509_verify(call, key, list->algorithm, list->to_be_signed, list->signature);
}

/* ---- kept ---- */

/* So that texts compare as the numbers do. */
static struct idp_bytes number_text(struct idp_call *call, struct idp_bytes number)
{
    struct idp_text text = {.call = call};
    for (size_t i = 2 * number.size; i < NUMBER_HEX_SIZE; i++) {
        idp_text_add_char(&text, '0');
    }
    idp_text_add(&text, idp_hex_encode(call, number));
    return idp_text_bytes(&text);
}

/* False where one with this number or a higher one is there. */
static bool list_store(struct idp_call *call, const struct idp_list *list,
                       const struct idp_certificate *issuer)
{
    struct idp_bytes name = idp_certificate_name(call, issuer->subject);
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(idp_hex_encode(call, idp_sha256(call, issuer->spki))),
        idp_value_text(name.data == NULL ? idp_bytes_of("") : name),
        idp_value_blob(issuer->subject),
        idp_value_text(number_text(call, list->number)),
        idp_value_time(list->this_update_us),
        idp_value_time(list->next_update_us),
        idp_value_integer(list->revoked_count),
        idp_value_blob(list->der),
        idp_value_time(idp_now_us(call)),
    };
    return idp_run(call, &idp_list_import_statements[STORE], row).affected == 1;
}

const struct idp_bytes *idp_imported_lists(struct idp_call *call, const struct idp_bytes *subjects,
                                           size_t subject_count, size_t *count)
{
    struct idp_bytes *lists = idp_allocate(call, (IDP_CHAIN_CRL_COUNT_MAX + 1) * sizeof *lists);
    *count = 0;
    for (size_t i = 0; i < subject_count; i++) {
        struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_blob(subjects[i]),
                                  idp_value_integer(IDP_CHAIN_CRL_COUNT_MAX - (int64_t)*count)};
        struct idp_rows rows = idp_run(call, &idp_list_import_statements[OF_SUBJECT], key);
        for (size_t j = 0; j < rows.count; j++) {
            lists[(*count)++] = idp_text_of(rows.values[j]);
        }
    }
    return lists;
}

/* ---- SQL ---- */

static struct idp_value told(struct idp_call *call, const struct idp_list *list, bool is_changed)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_bytes number = list->number;
    idp_json_add_bool(call, answer, "imported", true);
    idp_json_add_bool(call, answer, "changed", is_changed);
    idp_json_add_string(call, answer, "issuer", idp_certificate_name(call, list->issuer));
    idp_json_add_string(call, answer, "number",
                        number.size == 0 ? idp_bytes_of("00") : idp_hex_encode(call, number));
    idp_json_add_string(call, answer, "this_update", idp_time_text(call, list->this_update_us));
    idp_json_add_string(call, answer, "next_update", idp_time_text(call, list->next_update_us));
    idp_json_add_integer(call, answer, "revoked_count", list->revoked_count);
    return idp_value_json(answer);
}

/* import_crl(certificate, crl) → what is kept, or {"imported":false,"reason"} */
struct idp_value idp_sql_import_crl(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_certificate *issuer = idp_allocate(call, sizeof *issuer);
    struct idp_bytes der = idp_pem_only(call, arguments[0].bytes, "CERTIFICATE|X509 CERTIFICATE");
    struct idp_list list;
    if (der.data == NULL || !idp_certificate_parse(der, issuer)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "Argument certificate is one certificate, PEM or base64 of its DER.");
    }
    const char *why = list_check(call, arguments[1].bytes, issuer, &list);
    if (why == NULL) {
        return told(call, &list, list_store(call, &list, issuer));
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_bool(call, answer, "imported", false);
    idp_json_add_c(call, answer, "reason", why);
    return idp_value_json(answer);
}
