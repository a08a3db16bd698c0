/* SPDX-License-Identifier: Apache-2.0 */
/* audit_seal.c - chains the rows of the audit in batches, and signs the head of the chain.
 *
 * Which rows a seal holds is written to each of them, not told by their times: a transaction that
 * commits late is simply in a later seal. A row that was not written by idplane has no proof under
 * the master key; it gets into no seal, and is marked. Sealers follow one another by a lock of
 * their tenant, and the key of the table refuses a second seal of one number. */
#include "core/oauth/audit_seal.h"

enum { SEAL_ROWS_MAX = 10000 };

enum { SEAL_LAST, SEAL_INSERT, ROWS_UNSEALED, ROW_SEAL, SEALS_FIND, SEAL_RESEAL };

enum { COLUMN_ID, COLUMN_TIME, COLUMN_TYPE, COLUMN_PROOF = IDP_AUDIT_COLUMN_COUNT };

const struct idp_statement idp_audit_seal_statements[] = {
    [SEAL_LAST] = {"SELECT " IDP_SEAL_COLUMNS " FROM idplane.audit_seal WHERE tenant = $1"
                   " ORDER BY number DESC LIMIT 1",
                   "t", IDP_SEAL_KINDS},
    [SEAL_INSERT] = {"INSERT INTO idplane.audit_seal (tenant, number, sealed_at, first_at, last_at,"
                     " row_count, rows_digest, members, previous_digest, digest, sealed_digest,"
                     " token) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
                     " ON CONFLICT (tenant, number) DO NOTHING",
                     "tizzzixxxxxt", ""},
    [ROWS_UNSEALED] = {"SELECT " IDP_AUDIT_COLUMNS ", proof FROM idplane.audit"
                       " WHERE tenant = $1 AND seal IS NULL"
                       " ORDER BY seal, occurred_at, audit_id LIMIT $2",
                       "ti", IDP_AUDIT_KINDS "x"},
    [ROW_SEAL] = {"UPDATE idplane.audit SET seal = $4, proof = NULL"
                  " WHERE tenant = $1 AND occurred_at = $2 AND audit_id = $3 AND seal IS NULL",
                  "tzti", ""},
    [SEALS_FIND] = {"SELECT tenant, CAST(number AS text), sealed_digest FROM idplane.audit_seal"
                    " WHERE substr(sealed_digest, 1, length($1)) <> $1"
                    " ORDER BY tenant, number LIMIT $2",
                    "xi", "ttx"},
    [SEAL_RESEAL] = {"UPDATE idplane.audit_seal SET sealed_digest = $4"
                     " WHERE tenant = $1 AND number = CAST($2 AS bigint) AND sealed_digest = $3",
                     "ttxx", ""},
};
const size_t idp_audit_seal_statement_count = IDP_COUNT(idp_audit_seal_statements);

const struct idp_sealed_column idp_audit_sealed = {&idp_audit_seal_statements[SEALS_FIND],
                                                   &idp_audit_seal_statements[SEAL_RESEAL],
                                                   idp_audit_seal_context};

/* ---- seals ---- */

struct idp_audit_seal idp_audit_seal_of(const struct idp_value *row)
{
    return (struct idp_audit_seal){
        .number = idp_integer_of(row[0]),
        .sealed_at_us = idp_integer_of(row[1]),
        .first_at_us = idp_integer_of(row[2]),
        .last_at_us = idp_integer_of(row[3]),
        .row_count = idp_integer_of(row[4]),
        .rows_digest = idp_text_of(row[5]),
        .members = idp_text_of(row[6]),
        .previous = idp_text_of(row[7]),
        .digest = idp_text_of(row[8]),
        .sealed_digest = idp_text_of(row[9]),
        .token = idp_text_of(row[10]),
        .purged_at_us = idp_integer_of(row[11]),
    };
}

struct idp_audit_seal idp_audit_seal_last(struct idp_call *call)
{
    struct idp_value tenant = idp_value_text(idp_tenant(call));
    const struct idp_value *row = idp_run_one(call, &idp_audit_seal_statements[SEAL_LAST], &tenant);
    return row != NULL ? idp_audit_seal_of(row)
                       : (struct idp_audit_seal){.digest = idp_bytes_of("")};
}

static void add_digest(struct idp_call *call, struct idp_json *object, const char *name,
                       struct idp_bytes digest)
{
    idp_json_add_string(call, object, name, idp_base64url_encode(call, digest));
}

struct idp_bytes idp_audit_seal_digest(struct idp_call *call, const struct idp_audit_seal *seal)
{
    struct idp_json *object = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, object, "tenant", idp_tenant(call));
    idp_json_add_integer(call, object, "number", seal->number);
    idp_json_add_integer(call, object, "sealed_at", seal->sealed_at_us);
    idp_json_add_integer(call, object, "first_at", seal->first_at_us);
    idp_json_add_integer(call, object, "last_at", seal->last_at_us);
    idp_json_add_integer(call, object, "row_count", seal->row_count);
    add_digest(call, object, "rows", seal->rows_digest);
    add_digest(call, object, "previous", seal->previous);
    return idp_sha256(call, idp_json_canonical(call, object));
}

struct idp_bytes idp_audit_seal_context(struct idp_call *call, struct idp_bytes tenant,
                                        struct idp_bytes number)
{
    struct idp_bytes parts[] = {tenant, number};
    return idp_digest(call, "idplane audit seal", parts, IDP_COUNT(parts));
}

struct idp_json *idp_audit_head_json(struct idp_call *call, const struct idp_audit_seal *seal)
{
    struct idp_json *head = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, head, "tenant", idp_tenant(call));
    idp_json_add_integer(call, head, "number", seal->number);
    add_digest(call, head, "digest", seal->digest);
    if (seal->number > 0) {
        idp_json_add_string(call, head, "sealed_at", idp_time_text(call, seal->sealed_at_us));
    }
    return head;
}

/* An end, so that its key need not be published for ever; whoever keeps a head longer keeps the key
 * with it. */
static struct idp_bytes head_token(struct idp_call *call, const struct idp_settings *settings,
                                   const struct idp_audit_seal *seal)
{
    struct idp_json *header = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *claims = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, header, "typ", "audit-head+jwt");
    idp_json_add_string(call, claims, "iss", settings->issuer);
    idp_json_add_integer(call, claims, "iat", idp_now_s(call));
    idp_json_add_integer(call, claims, "exp", idp_now_s(call) + settings->audit_retention_s);
    idp_json_add(claims, "head", idp_audit_head_json(call, seal));
    return idp_key_store_sign(call, &idp_key_scheduler, claims, (struct idp_bytes){0}, header);
}

/* ---- sealing ---- */

/* Rows of one batch: those that have a proof, in their order. */
struct batch {
    struct idp_text members;
    int64_t count, refused, first_at_us, last_at_us;
};

static void mark(struct idp_call *call, const struct idp_value *row, int64_t seal)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)), row[COLUMN_TIME],
                                    row[COLUMN_ID], idp_value_integer(seal)};
    if (idp_run(call, &idp_audit_seal_statements[ROW_SEAL], arguments).affected != 1) {
        idp_fail_with(call, IDP_BUSY, "A row of the audit went while it was sealed. Try again.");
    }
}

static void batch_add(struct idp_call *call, struct batch *batch, const struct idp_value *row,
                      int64_t number)
{
    struct idp_bytes digest = idp_audit_digest(call, row);
    if (!idp_proof_holds(call, idp_text_of(row[COLUMN_PROOF]), digest)) {
        mark(call, row, 0);
        batch->refused++;
        return;
    }
    mark(call, row, number);
    idp_text_add(&batch->members, digest);
    batch->last_at_us = idp_integer_of(row[COLUMN_TIME]);
    batch->first_at_us = batch->count == 0 ? batch->last_at_us : batch->first_at_us;
    batch->count++;
}

static void seal_insert(struct idp_call *call, const struct idp_settings *settings,
                        struct batch *batch, const struct idp_audit_seal *last)
{
    struct idp_text number = {.call = call};
    struct idp_audit_seal seal = {.number = last->number + 1,
                                  .sealed_at_us = idp_now_us(call),
                                  .first_at_us = batch->first_at_us,
                                  .last_at_us = batch->last_at_us,
                                  .row_count = batch->count,
                                  .members = idp_text_bytes(&batch->members),
                                  .previous = last->digest};
    seal.rows_digest = idp_sha256(call, seal.members);
    seal.digest = idp_audit_seal_digest(call, &seal);
    idp_text_add_integer(&number, seal.number);
    struct idp_bytes context =
        idp_audit_seal_context(call, idp_tenant(call), idp_text_bytes(&number));
    struct idp_value row[] = {idp_value_text(idp_tenant(call)),
                              idp_value_integer(seal.number),
                              idp_value_time(seal.sealed_at_us),
                              idp_value_time(seal.first_at_us),
                              idp_value_time(seal.last_at_us),
                              idp_value_integer(seal.row_count),
                              idp_value_blob(seal.rows_digest),
                              idp_value_blob(seal.members),
                              idp_value_blob(seal.previous),
                              idp_value_blob(seal.digest),
                              idp_value_blob(idp_seal(call, seal.digest, context)),
                              idp_value_text(head_token(call, settings, &seal))};
    if (idp_run(call, &idp_audit_seal_statements[SEAL_INSERT], row).affected != 1) {
        idp_fail_with(call, IDP_BUSY, "Another one sealed at the same time. Try again.");
    }
}

/* One batch; how many rows it found. */
static int64_t seal_batch(struct idp_call *call, const struct idp_settings *settings,
                          int64_t rows_max, struct batch *batch)
{
    struct idp_audit_seal last = idp_audit_seal_last(call);
    struct idp_value key[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_integer(rows_max < IDP_SEAL_ROW_COUNT_MAX ? rows_max : IDP_SEAL_ROW_COUNT_MAX)};
    struct idp_rows rows = idp_run(call, &idp_audit_seal_statements[ROWS_UNSEALED], key);
    for (size_t i = 0; i < rows.count; i++) {
        batch_add(call, batch, rows.values + i * rows.columns, last.number + 1);
    }
    if (batch->count > 0) {
        seal_insert(call, settings, batch, &last);
    }
    idp_audit_total_add(call, rows, COLUMN_TYPE);
    return (int64_t)rows.count;
}

/* ---- SQL ---- */

struct idp_value idp_sql_seal_audit(struct idp_call *call, const struct idp_value *arguments)
{
    int64_t left = arguments[0].integer, sealed = 0, refused = 0, found = 1;
    if (left < 1 || left > SEAL_ROWS_MAX) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument max_rows must be from 1 to %d.",
                      SEAL_ROWS_MAX);
    }
    idp_audit_lock(call);
    idp_master_key_sealing(call); /* without the file every row would be refused */
    struct idp_settings settings = idp_settings_load(call);
    struct idp_scratch *scratch = idp_scratch_new(call);
    while (left > 0 && found > 0) {
        idp_scratch_begin(call, scratch);
        struct batch batch = {.members = {.call = call}};
        found = seal_batch(call, &settings, left, &batch);
        idp_scratch_end(call, scratch);
        sealed += batch.count;
        refused += batch.refused;
        left -= found;
    }
    struct idp_audit_seal last = idp_audit_seal_last(call);
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_integer(call, result, "sealed", sealed);
    idp_json_add_integer(call, result, "refused", refused);
    idp_json_add_integer(call, result, "number", last.number);
    return idp_value_json(result);
}

struct idp_value idp_sql_audit_head(struct idp_call *call, const struct idp_value *arguments)
{
    (void)arguments;
    struct idp_audit_seal last = idp_audit_seal_last(call);
    struct idp_json *head = idp_audit_head_json(call, &last);
    idp_json_add_string(call, head, "token", last.token);
    return idp_value_json(head);
}
