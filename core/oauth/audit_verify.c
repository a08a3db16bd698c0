/* SPDX-License-Identifier: Apache-2.0 */
/* audit_verify.c - whether the audit is as it was sealed: seal by seal from the first, then what is
 * in none. The first thing that is wrong is named, and ends the search.
 *
 * In SQLite others may write between two statements. So a row that is in no seal and one whose seal
 * is not there are looked for in one statement each, and a seal whose rows do not fit is read
 * again: purge() may have taken them. */
#include "core/oauth/audit_seal.h"

enum { SEALS_NEXT, SEAL_ROWS, ROW_STRAY, ROWS_OPEN };

enum { SEAL_PAGE = 16, OPEN_PAGE = 500 };

const struct idp_statement idp_audit_verify_statements[] = {
    [SEALS_NEXT] = {"SELECT " IDP_SEAL_COLUMNS " FROM idplane.audit_seal"
                    " WHERE tenant = $1 AND number > $2 ORDER BY number LIMIT $3",
                    "tii", IDP_SEAL_KINDS},
    [SEAL_ROWS] = {"SELECT " IDP_AUDIT_COLUMNS " FROM idplane.audit WHERE tenant = $1 AND seal = $2"
                   " ORDER BY seal, occurred_at, audit_id LIMIT $3",
                   "tii", IDP_AUDIT_KINDS},
    [ROW_STRAY] = {"SELECT a.audit_id, a.seal FROM idplane.audit a"
                   " WHERE a.tenant = $1 AND (a.seal > $2 OR a.seal < 1 OR a.seal IS NULL AND "
                   "a.occurred_at < $3)"
                   " AND NOT EXISTS"
                   " (SELECT 1 FROM idplane.audit_seal s WHERE s.tenant = $1 AND s.number = a.seal)"
                   " ORDER BY a.seal, a.occurred_at, a.audit_id LIMIT 1",
                   "tiz", "ti"},
    [ROWS_OPEN] = {"SELECT " IDP_AUDIT_COLUMNS ", proof FROM idplane.audit"
                   " WHERE tenant = $1 AND seal IS NULL AND occurred_at >= $2"
                   " AND (occurred_at > $2 OR audit_id > $3)"
                   " ORDER BY seal, occurred_at, audit_id LIMIT $4",
                   "tzti", IDP_AUDIT_KINDS "x"},
};
const size_t idp_audit_verify_statement_count = IDP_COUNT(idp_audit_verify_statements);

enum { NAME_SIZE = 64 };

/* The year 1: no event is older. */
#define TIME_MIN_US INT64_C(-62135596800000000)

/* The search. Nothing here points into memory of one round. */
struct search {
    struct idp_call *call;
    int64_t number; /* of the last seal that was good */
    unsigned char digest[IDP_DIGEST_SIZE];
    size_t digest_size;
    int64_t row_count, purged_count, open_count, retention_s;
    int64_t head_number; /* of the head that was kept; 0: none */
    struct idp_bytes head_digest;
    const char *problem; /* NULL: none yet */
    int64_t seal;        /* where; 0: in none */
    char audit_id[NAME_SIZE];
};

static bool fail(struct search *search, const char *problem, int64_t seal,
                 struct idp_bytes audit_id)
{
    search->problem = problem;
    search->seal = seal;
    if (audit_id.size < NAME_SIZE) {
        memcpy(search->audit_id, audit_id.data == NULL ? "" : audit_id.data, audit_id.size);
    }
    return false;
}

/* ---- a seal ---- */

static bool is_member(struct idp_bytes members, struct idp_bytes digest)
{
    for (size_t at = 0; at + IDP_DIGEST_SIZE <= members.size; at += IDP_DIGEST_SIZE) {
        if (idp_bytes_equal((struct idp_bytes){members.data + at, IDP_DIGEST_SIZE}, digest)) {
            return true;
        }
    }
    return false;
}

/* A row that is no member was changed, or came later where all members are there without it. */
static const char *rows_problem(struct search *search, const struct idp_audit_seal *seal,
                                struct idp_rows rows, struct idp_bytes *audit_id)
{
    struct idp_text digests = {.call = search->call};
    for (size_t i = 0; i < rows.count; i++) {
        idp_text_add(&digests, idp_audit_digest(search->call, rows.values + i * rows.columns));
    }
    struct idp_bytes present = idp_text_bytes(&digests);
    if (idp_bytes_equal(present, seal->members)) {
        return NULL;
    }
    for (size_t i = 0; i < rows.count; i++) {
        struct idp_bytes digest = {present.data + i * IDP_DIGEST_SIZE, IDP_DIGEST_SIZE};
        if (!is_member(seal->members, digest)) {
            *audit_id = idp_text_of(rows.values[i * rows.columns]);
            return (int64_t)rows.count > seal->row_count ? "row_inserted" : "row_changed";
        }
    }
    return "row_removed";
}

static bool is_old(const struct search *search, const struct idp_audit_seal *seal)
{
    return seal->last_at_us + search->retention_s * 1000000 <= idp_now_us(search->call);
}

/* Of a seal whose rows went by retention none may be left, and all of them must have been old. */
static bool check_rows(struct search *search, const struct idp_audit_seal *seal)
{
    struct idp_bytes audit_id = {0};
    struct idp_value key[] = {idp_value_text(idp_tenant(search->call)),
                              idp_value_integer(seal->number),
                              idp_value_integer(IDP_SEAL_ROW_COUNT_MAX + 1)};
    struct idp_rows rows = idp_run(search->call, &idp_audit_verify_statements[SEAL_ROWS], key);
    bool is_purged = seal->purged_at_us != 0;
    if (is_purged && rows.count > 0) {
        return fail(search, "row_inserted", seal->number, idp_text_of(rows.values[0]));
    }
    if (is_purged && !is_old(search, seal)) {
        return fail(search, "rows_purged_early", seal->number, audit_id);
    }
    const char *problem = is_purged ? NULL : rows_problem(search, seal, rows, &audit_id);
    search->row_count += (int64_t)rows.count;
    search->purged_count += is_purged ? seal->row_count : 0;
    return problem == NULL || fail(search, problem, seal->number, audit_id);
}

static bool rows_fit(struct search *search, const struct idp_audit_seal *seal)
{
    struct search before = *search;
    if (check_rows(search, seal)) {
        return true;
    }
    struct idp_value key[] = {idp_value_text(idp_tenant(search->call)),
                              idp_value_integer(seal->number - 1), idp_value_integer(1)};
    const struct idp_value *row =
        idp_run_one(search->call, &idp_audit_verify_statements[SEALS_NEXT], key);
    if (row == NULL || seal->purged_at_us != 0 || idp_audit_seal_of(row).purged_at_us == 0) {
        return false;
    }
    struct idp_audit_seal again = idp_audit_seal_of(row);
    *search = before;
    return check_rows(search, &again);
}

static bool digests_fit(struct search *search, const struct idp_audit_seal *seal)
{
    bool has_members =
        seal->purged_at_us != 0 ||
        (seal->members.size == (size_t)seal->row_count * IDP_DIGEST_SIZE &&
         idp_bytes_equal(idp_sha256(search->call, seal->members), seal->rows_digest));
    return has_members &&
           idp_bytes_equal(seal->previous,
                           (struct idp_bytes){(const char *)search->digest, search->digest_size}) &&
           idp_bytes_equal(seal->digest, idp_audit_seal_digest(search->call, seal));
}

static bool is_proven(struct search *search, const struct idp_audit_seal *seal)
{
    struct idp_text number = {.call = search->call};
    idp_text_add_integer(&number, seal->number);
    struct idp_bytes context =
        idp_audit_seal_context(search->call, idp_tenant(search->call), idp_text_bytes(&number));
    return idp_seal_holds(search->call, seal->sealed_digest, context, seal->digest);
}

static bool seal_fits(struct search *search, const struct idp_audit_seal *seal)
{
    struct idp_bytes nothing = {0};
    if (seal->number != search->number + 1) {
        return fail(search, "seal_removed", search->number + 1, nothing);
    }
    if (!digests_fit(search, seal)) {
        return fail(search, "seal_changed", seal->number, nothing);
    }
    if (!is_proven(search, seal)) {
        return fail(search, "seal_forged", seal->number, nothing);
    }
    if (seal->number == search->head_number &&
        !idp_bytes_equal(search->head_digest, seal->digest)) {
        return fail(search, "head_differs", seal->number, nothing);
    }
    if (!rows_fit(search, seal)) {
        return false;
    }
    search->number = seal->number;
    search->digest_size = seal->digest.size;
    memcpy(search->digest, seal->digest.data, seal->digest.size);
    return true;
}

/* ---- rounds: each has memory of its own ---- */

static bool seals_round(struct search *search, bool *is_done)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(search->call)),
                              idp_value_integer(search->number), idp_value_integer(SEAL_PAGE)};
    struct idp_rows rows = idp_run(search->call, &idp_audit_verify_statements[SEALS_NEXT], key);
    *is_done = rows.count == 0;
    for (size_t i = 0; i < rows.count; i++) {
        struct idp_audit_seal seal = idp_audit_seal_of(rows.values + i * rows.columns);
        if (!seal_fits(search, &seal)) {
            return false;
        }
    }
    return true;
}

/* Where the last round ended. */
struct place {
    int64_t time_us;
    size_t size;
    char audit_id[NAME_SIZE];
};

static bool open_round(struct search *search, struct place *place, bool *is_done)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(search->call)),
                              idp_value_time(place->time_us),
                              idp_value_text((struct idp_bytes){place->audit_id, place->size}),
                              idp_value_integer(OPEN_PAGE)};
    struct idp_rows rows = idp_run(search->call, &idp_audit_verify_statements[ROWS_OPEN], key);
    *is_done = rows.count == 0;
    for (size_t i = 0; i < rows.count; i++) {
        const struct idp_value *row = rows.values + i * rows.columns;
        struct idp_bytes audit_id = idp_text_of(row[0]);
        if (audit_id.size >= NAME_SIZE ||
            !idp_proof_holds(search->call, idp_text_of(row[IDP_AUDIT_COLUMN_COUNT]),
                             idp_audit_digest(search->call, row))) {
            return fail(search, "row_unproven", 0, audit_id);
        }
        place->time_us = idp_integer_of(row[1]);
        place->size = audit_id.size;
        memcpy(place->audit_id, audit_id.data, audit_id.size);
    }
    search->open_count += (int64_t)rows.count;
    return true;
}

static bool no_strays(struct search *search)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(search->call)),
                              idp_value_integer(search->number), idp_value_time(TIME_MIN_US)};
    const struct idp_value *row =
        idp_run_one(search->call, &idp_audit_verify_statements[ROW_STRAY], key);
    if (row == NULL) {
        return true;
    }
    bool is_refused = row[1].kind != 0 && idp_integer_of(row[1]) == 0;
    return fail(search, is_refused ? "row_refused" : "row_inserted", 0, idp_text_of(row[0]));
}

static bool run(struct search *search)
{
    struct idp_scratch *scratch = idp_scratch_new(search->call);
    struct place place = {.time_us = TIME_MIN_US};
    bool is_done = false, is_good = true;
    while (is_good && !is_done) {
        idp_scratch_begin(search->call, scratch);
        is_good = seals_round(search, &is_done);
        idp_scratch_end(search->call, scratch);
    }
    if (is_good && search->number < search->head_number) {
        is_good = fail(search, "head_missing", search->head_number, (struct idp_bytes){0});
    }
    is_good = is_good && no_strays(search);
    is_done = false;
    while (is_good && !is_done) {
        idp_scratch_begin(search->call, scratch);
        is_good = open_round(search, &place, &is_done);
        idp_scratch_end(search->call, scratch);
    }
    return is_good;
}

/* ---- SQL ---- */

static void read_head(struct search *search, const struct idp_json *head)
{
    struct idp_bytes tenant = idp_json_string(head, "tenant");
    if (head == NULL) {
        return;
    }
    search->head_digest = idp_base64url_decode(search->call, idp_json_string(head, "digest"));
    if (!idp_json_integer(idp_json_member(head, "number"), &search->head_number) ||
        search->head_number < 0 || search->head_digest.data == NULL ||
        !idp_bytes_equal(tenant, idp_tenant(search->call))) {
        idp_fail_with(search->call, IDP_INVALID_ARGUMENT,
                      "Argument head must be what audit_head() returned for this tenant.");
    }
}

static struct idp_json *answer(const struct search *search, bool is_good)
{
    struct idp_call *call = search->call;
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_bool(call, result, "valid", is_good);
    if (is_good) {
        idp_json_add_integer(call, result, "seals", search->number);
        idp_json_add_integer(call, result, "rows", search->row_count);
        idp_json_add_integer(call, result, "purged", search->purged_count);
        idp_json_add_integer(call, result, "unsealed", search->open_count);
        return result;
    }
    idp_json_add_c(call, result, "problem", search->problem);
    if (search->seal > 0) {
        idp_json_add_integer(call, result, "number", search->seal);
    }
    if (search->audit_id[0] != 0) {
        idp_json_add_string(call, result, "audit_id",
                            idp_bytes_copy(call, idp_bytes_of(search->audit_id)));
    }
    return result;
}

struct idp_value idp_sql_verify_audit(struct idp_call *call, const struct idp_value *arguments)
{
    struct search search = {.call = call, .retention_s = idp_settings_load(call).audit_retention_s};
    read_head(&search, idp_json_object_argument(call, arguments[0], "head"));
    bool is_good = run(&search);
    if (!is_good) {
        idp_master_key_sealing(call); /* without the file nothing would be proven: that is raised */
    }
    return idp_value_json(answer(&search, is_good));
}
