/* SPDX-License-Identifier: Apache-2.0 */
/* enrollment_index.c - by what enrollments are found: groups by the names of their authorities,
 * which the certificates of devices have as issuer; single devices by what only they have. */
#include "core/provisioning/enrollment.h"

enum {
    END_ANCHORS,
    END_IDENTITIES,
    ANCHOR,
    IDENTITY,
    OF_IDENTITY,
    OF_IDENTITY_THEN,
    OF_ISSUER,
    OF_ISSUER_THEN
};

#define THEN_OF(row, time)                                                                         \
    " AND " row "valid_from <= " time " AND (" row "valid_until IS NULL OR " row                   \
    "valid_until > " time ")"
#define THEN(time) THEN_OF("", time)
/* What decides of those that are equally near comes first, so that a cut takes it from none. */
#define OF_SUBJECT(table)                                                                          \
    "SELECT a.enrollment_id, e.enabled, e.priority FROM idplane.enrollment_anchor a, "             \
    "idplane." table " e WHERE a.tenant = $1 AND a.subject_digest = $2"                            \
    " AND e.tenant = $1 AND e.enrollment_id = a.enrollment_id"
#define BY_RANK                                                                                    \
    " GROUP BY a.enrollment_id, e.enabled, e.priority"                                             \
    " ORDER BY e.enabled, e.priority DESC, a.enrollment_id LIMIT $3"

const struct idp_statement idp_enrollment_index_statements[] = {
    [END_ANCHORS] = {"UPDATE idplane.enrollment_anchor SET valid_until = $3"
                     " WHERE tenant = $1 AND enrollment_id = $2 AND valid_until IS NULL",
                     "ttz", ""},
    [END_IDENTITIES] = {"UPDATE idplane.enrollment_identity SET valid_until = $3"
                        " WHERE tenant = $1 AND enrollment_id = $2 AND valid_until IS NULL",
                        "ttz", ""},
    [ANCHOR] = {"INSERT INTO idplane.enrollment_anchor (tenant, enrollment_id, version, position,"
                " subject_digest, valid_from) VALUES ($1, $2, $3, $4, $5, $6)",
                "ttiixz", ""},
    [IDENTITY] = {"INSERT INTO idplane.enrollment_identity (tenant, identity_kind,"
                  " identity_digest, enrollment_id, version, valid_from)"
                  " VALUES ($1, $2, $3, $4, $5, $6)"
                  " ON CONFLICT (tenant, identity_kind, identity_digest) WHERE valid_until IS NULL"
                  " DO NOTHING",
                  "ttxtiz", ""},
    [OF_IDENTITY] = {"SELECT enrollment_id FROM idplane.enrollment_identity WHERE tenant = $1"
                     " AND identity_kind = $2 AND identity_digest = $3 AND valid_until IS NULL",
                     "ttx", "t"},
    [OF_IDENTITY_THEN] = {"SELECT enrollment_id FROM idplane.enrollment_identity WHERE tenant = $1"
                          " AND identity_kind = $2 AND identity_digest = $3" THEN("$4"),
                          "ttxz", "t"},
    [OF_ISSUER] = {OF_SUBJECT("enrollment") " AND a.valid_until IS NULL" BY_RANK, "txi", "tbi"},
    [OF_ISSUER_THEN] = {OF_SUBJECT("enrollment_version") THEN_OF("a.", "$4") THEN_OF("e.", "$4")
                            BY_RANK,
                        "txiz", "tbi"},
};
const size_t idp_enrollment_index_statement_count = IDP_COUNT(idp_enrollment_index_statements);

/* ---- written ---- */

/* A version of an enrollment. */
struct indexing {
    struct idp_call *call;
    struct idp_bytes id;
    int64_t version;
};

static void anchors_write(const struct indexing *indexing, struct idp_bytes chain)
{
    struct idp_call *call = indexing->call;
    size_t count = 0;
    struct idp_certificate_facts *facts =
        idp_allocate(call, IDP_ENROLLMENT_CHAIN_COUNT_MAX * sizeof *facts);
    if (!idp_certificates_read(call, chain, facts, IDP_ENROLLMENT_CHAIN_COUNT_MAX, &count)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct idp_value row[] = {idp_value_text(idp_tenant(call)),
                                  idp_value_text(indexing->id),
                                  idp_value_integer(indexing->version),
                                  idp_value_integer((int64_t)i),
                                  idp_value_blob(idp_sha256(call, facts[i].subject)),
                                  idp_value_time(idp_now_us(call))};
        idp_run(call, &idp_enrollment_index_statements[ANCHOR], row);
    }
}

static bool identity_write(const struct indexing *indexing, const char *kind,
                           struct idp_bytes digest)
{
    struct idp_call *call = indexing->call;
    struct idp_value row[] = {idp_value_text(idp_tenant(call)),
                              idp_value_text(idp_bytes_of(kind)),
                              idp_value_blob(digest),
                              idp_value_text(indexing->id),
                              idp_value_integer(indexing->version),
                              idp_value_time(idp_now_us(call))};
    return digest.data == NULL ||
           idp_run(call, &idp_enrollment_index_statements[IDENTITY], row).affected == 1;
}

static struct idp_bytes certificate_digest(struct idp_call *call, struct idp_bytes text)
{
    size_t count;
    struct idp_certificate_facts facts;
    bool is_read = text.data != NULL && idp_certificates_read(call, text, &facts, 1, &count);
    return is_read ? idp_sha256(call, facts.der) : (struct idp_bytes){0};
}

static struct idp_bytes digest_member(struct idp_call *call, const struct idp_json *object,
                                      const char *name)
{
    struct idp_bytes text = idp_json_string(object, name);
    return text.data == NULL ? text : idp_hex_decode(call, text);
}

static struct idp_bytes registration_digest(struct idp_call *call, const struct idp_json *object)
{
    struct idp_bytes id = idp_json_string(object, "registration_id");
    return id.data == NULL ? id : idp_sha256(call, id);
}

void idp_enrollment_unindex(struct idp_call *call, struct idp_bytes id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(id),
                              idp_value_time(idp_now_us(call))};
    idp_run(call, &idp_enrollment_index_statements[END_ANCHORS], key);
    idp_run(call, &idp_enrollment_index_statements[END_IDENTITIES], key);
}

bool idp_enrollment_index(struct idp_call *call, struct idp_bytes id, int64_t version,
                          const struct idp_json *document)
{
    struct indexing indexing = {call, id, version};
    const struct idp_json *x509 = idp_json_member(document, "x509");
    const struct idp_json *tpm = idp_json_member(document, "tpm");
    const struct idp_json *key = idp_json_member(document, "symmetric_key");
    struct idp_bytes chain = idp_json_string(x509 != NULL ? x509 : tpm, "chain");
    idp_enrollment_unindex(call, id);
    if (chain.data != NULL && !idp_bytes_is(idp_json_string(document, "kind"), "individual")) {
        anchors_write(&indexing, chain);
    }
    return identity_write(&indexing, "certificate",
                          certificate_digest(call, idp_json_string(x509, "certificate"))) &&
           identity_write(&indexing, "key", digest_member(call, x509, "key_sha256")) &&
           identity_write(&indexing, "key", digest_member(call, tpm, "ek_sha256")) &&
           identity_write(&indexing, "registration", registration_digest(call, key));
}

/* ---- found ---- */

struct idp_bytes idp_enrollment_of_identity(struct idp_call *call, const char *kind,
                                            struct idp_bytes identity_digest, int64_t then_us)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(idp_bytes_of(kind)),
                              idp_value_blob(identity_digest), idp_value_time(then_us)};
    size_t which = then_us == IDP_AT_PRESENT ? OF_IDENTITY : OF_IDENTITY_THEN;
    struct idp_rows rows = idp_run(call, &idp_enrollment_index_statements[which], key);
    return rows.count == 0 ? (struct idp_bytes){0} : idp_text_of(rows.values[0]);
}

static bool is_in(const struct idp_id_set *set, struct idp_bytes id)
{
    for (size_t i = 0; i < set->count; i++) {
        if (idp_bytes_equal(set->ids[i], id)) {
            return true;
        }
    }
    return false;
}

void idp_enrollments_of_issuer(struct idp_call *call, struct idp_bytes subject, int64_t then_us,
                               struct idp_id_set *out)
{
    struct idp_value key[] = {
        idp_value_text(idp_tenant(call)), idp_value_blob(idp_sha256(call, subject)),
        idp_value_integer(IDP_ENROLLMENT_CANDIDATE_COUNT_MAX + 1), idp_value_time(then_us)};
    size_t which = then_us == IDP_AT_PRESENT ? OF_ISSUER : OF_ISSUER_THEN;
    struct idp_rows rows = idp_run(call, &idp_enrollment_index_statements[which], key);
    for (size_t i = 0; i < rows.count; i++) {
        struct idp_bytes id = idp_text_of(rows.values[i * rows.columns]);
        bool is_new = !is_in(out, id);
        out->is_cut = out->is_cut || (is_new && out->count == IDP_COUNT(out->ids));
        if (is_new && !out->is_cut) {
            out->ids[out->count++] = id;
        }
    }
}
