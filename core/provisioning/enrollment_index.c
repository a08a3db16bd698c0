/* SPDX-License-Identifier: Apache-2.0 */
/* enrollment_index.c - by what enrollments are found: groups by the names of their authorities,
 * which the certificates of devices have as issuer; single devices by what only they have. */
#include "core/provisioning/enrollment.h"

enum { FORGET_ANCHORS, FORGET_IDENTITIES, ANCHOR, IDENTITY, OF_IDENTITY, OF_ISSUER };

const struct idp_statement idp_enrollment_index_statements[] = {
    [FORGET_ANCHORS] = {"DELETE FROM idplane.enrollment_anchor"
                        " WHERE tenant = $1 AND enrollment_id = $2",
                        "tt", ""},
    [FORGET_IDENTITIES] = {"DELETE FROM idplane.enrollment_identity"
                           " WHERE tenant = $1 AND enrollment_id = $2",
                           "tt", ""},
    [ANCHOR] = {"INSERT INTO idplane.enrollment_anchor (tenant, enrollment_id, position,"
                " subject_digest) VALUES ($1, $2, $3, $4)",
                "ttix", ""},
    [IDENTITY] = {"INSERT INTO idplane.enrollment_identity (tenant, identity_kind,"
                  " identity_digest, enrollment_id) VALUES ($1, $2, $3, $4)"
                  " ON CONFLICT (tenant, identity_kind, identity_digest) DO NOTHING",
                  "ttxt", ""},
    [OF_IDENTITY] = {"SELECT enrollment_id FROM idplane.enrollment_identity"
                     " WHERE tenant = $1 AND identity_kind = $2 AND identity_digest = $3",
                     "ttx", "t"},
    [OF_ISSUER] = {"SELECT DISTINCT enrollment_id FROM idplane.enrollment_anchor"
                   " WHERE tenant = $1 AND subject_digest = $2 ORDER BY enrollment_id LIMIT $3",
                   "txi", "t"},
};
const size_t idp_enrollment_index_statement_count = IDP_COUNT(idp_enrollment_index_statements);

/* ---- written ---- */

static void anchors_write(struct idp_call *call, struct idp_bytes id, struct idp_bytes chain)
{
    size_t count = 0;
    struct idp_certificate_facts *facts =
        idp_allocate(call, IDP_ENROLLMENT_CHAIN_COUNT_MAX * sizeof *facts);
    if (!idp_certificates_read(call, chain, facts, IDP_ENROLLMENT_CHAIN_COUNT_MAX, &count)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(id),
                                  idp_value_integer((int64_t)i),
                                  idp_value_blob(idp_sha256(call, facts[i].subject))};
        idp_run(call, &idp_enrollment_index_statements[ANCHOR], row);
    }
}

static bool identity_write(struct idp_call *call, struct idp_bytes id, const char *kind,
                           struct idp_bytes digest)
{
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(idp_bytes_of(kind)),
                              idp_value_blob(digest), idp_value_text(id)};
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
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(id)};
    idp_run(call, &idp_enrollment_index_statements[FORGET_ANCHORS], key);
    idp_run(call, &idp_enrollment_index_statements[FORGET_IDENTITIES], key);
}

bool idp_enrollment_index(struct idp_call *call, struct idp_bytes id,
                          const struct idp_json *document)
{
    const struct idp_json *x509 = idp_json_member(document, "x509");
    const struct idp_json *tpm = idp_json_member(document, "tpm");
    const struct idp_json *key = idp_json_member(document, "symmetric_key");
    struct idp_bytes chain = idp_json_string(x509 != NULL ? x509 : tpm, "chain");
    idp_enrollment_unindex(call, id);
    if (chain.data != NULL && !idp_bytes_is(idp_json_string(document, "kind"), "individual")) {
        anchors_write(call, id, chain);
    }
    return identity_write(call, id, "certificate",
                          certificate_digest(call, idp_json_string(x509, "certificate"))) &&
           identity_write(call, id, "key", digest_member(call, x509, "key_sha256")) &&
           identity_write(call, id, "key", digest_member(call, tpm, "ek_sha256")) &&
           identity_write(call, id, "registration", registration_digest(call, key));
}

/* ---- found ---- */

struct idp_bytes idp_enrollment_of_identity(struct idp_call *call, const char *kind,
                                            struct idp_bytes identity_digest)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(idp_bytes_of(kind)),
                              idp_value_blob(identity_digest)};
    const struct idp_value *row =
        idp_run_one(call, &idp_enrollment_index_statements[OF_IDENTITY], key);
    return row == NULL ? (struct idp_bytes){0} : idp_text_of(row[0]);
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

void idp_enrollments_of_issuer(struct idp_call *call, struct idp_bytes subject,
                               struct idp_id_set *out)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)),
                              idp_value_blob(idp_sha256(call, subject)),
                              idp_value_integer(IDP_ENROLLMENT_CANDIDATE_COUNT_MAX)};
    struct idp_rows rows = idp_run(call, &idp_enrollment_index_statements[OF_ISSUER], key);
    for (size_t i = 0; i < rows.count && out->count < IDP_COUNT(out->ids); i++) {
        struct idp_bytes id = idp_text_of(rows.values[i * rows.columns]);
        if (!is_in(out, id)) {
            out->ids[out->count++] = id;
        }
    }
}
