/* SPDX-License-Identifier: Apache-2.0 */
/* member.c - the devices that an enrollment lists one by one, however many: rows of
 * enrollment_member, which administrators fill, and which hold what only one device has. */
#include "core/provisioning/enrollment.h"

enum { OF, HAS, REMOVE };

#define LISTED(kind, identity)                                                                     \
    "SELECT enrollment_id FROM idplane.enrollment_member WHERE tenant = $1"                        \
    " AND identity_kind = " kind " AND identity = " identity
/* Rows may be there without their enrollment. */
#define LISTED_BY_ANY(kind, identity)                                                              \
    "SELECT m.enrollment_id AS enrollment_id, e.enabled AS enabled, e.priority AS priority"        \
    " FROM idplane.enrollment_member m, idplane.enrollment e WHERE m.tenant = $1"                  \
    " AND m.identity_kind = " kind " AND m.identity = " identity                                   \
    " AND e.tenant = $1 AND e.enrollment_id = m.enrollment_id"
#define OF_IT(kind, identity) LISTED(kind, identity) " AND enrollment_id = $8"

/* A statement for all that a device has: of each a row of the key is looked up. */
const struct idp_statement idp_member_statements[] = {
    [OF] = {LISTED_BY_ANY("$2", "$3") " UNION " LISTED_BY_ANY(
                "$4", "$5") " ORDER BY enabled, priority DESC, enrollment_id LIMIT $6",
            "ttttti", "tbi"},
    [HAS] = {OF_IT("$2", "$3") " UNION ALL " OF_IT("$4", "$5") " UNION ALL " OF_IT("$6", "$7"),
             "tttttttt", "t"},
    [REMOVE] = {"DELETE FROM idplane.enrollment_member WHERE tenant = $1 AND enrollment_id = $2",
                "tt", ""},
};
const size_t idp_member_statement_count = IDP_COUNT(idp_member_statements);

struct idp_bytes idp_identity_digest(struct idp_call *call, struct idp_bytes bytes)
{
    return bytes.data == NULL ? bytes : idp_hex_encode(call, idp_sha256(call, bytes));
}

static struct idp_value word(const char *kind)
{
    return idp_value_text(idp_bytes_of(kind));
}

/* ---- whom an enrollment lists ---- */

/* What is x509 or tpm of it; NULL: it stands on a symmetric key. */
static const struct idp_json *certified_of(const struct idp_enrollment *enrollment)
{
    const struct idp_json *x509 = idp_json_member(enrollment->document, "x509");
    return x509 != NULL ? x509 : idp_json_member(enrollment->document, "tpm");
}

bool idp_enrollment_is_list(const struct idp_enrollment *enrollment)
{
    const struct idp_json *certified = certified_of(enrollment);
    return !enrollment->is_individual && certified != NULL &&
           idp_json_is_true(enrollment->document, "members") &&
           idp_json_member(certified, "chain") == NULL;
}

bool idp_enrollment_lists(struct idp_call *call, const struct idp_enrollment *enrollment,
                          const struct idp_listed *device)
{
    const struct idp_json *certified = certified_of(enrollment);
    bool is_tpm = idp_json_member(enrollment->document, "tpm") != NULL;
    bool is_vouched = idp_json_member(certified, "chain") != NULL;
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        word(certified == NULL ? "registration"
             : is_tpm          ? "ek"
                               : "key"),
        idp_value_text(certified == NULL ? device->name : idp_identity_digest(call, device->spki)),
        word("certificate"),
        idp_value_text(idp_identity_digest(call, device->certificate)),
        word("serial"),
        idp_value_text(is_vouched ? device->serial : (struct idp_bytes){0}),
        idp_value_text(enrollment->id),
    };
    return idp_run(call, &idp_member_statements[HAS], row).count > 0;
}

void idp_enrollments_of_member(struct idp_call *call, const char *key_kind,
                               const struct idp_listed *device, struct idp_id_set *out)
{
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        word(key_kind),
        idp_value_text(idp_identity_digest(call, device->spki)),
        word("certificate"),
        idp_value_text(idp_identity_digest(call, device->certificate)),
        idp_value_integer((int64_t)IDP_COUNT(out->ids) + 1),
    };
    struct idp_rows rows = idp_run(call, &idp_member_statements[OF], row);
    out->is_cut = rows.count > IDP_COUNT(out->ids);
    for (out->count = 0; out->count < rows.count && out->count < IDP_COUNT(out->ids);
         out->count++) {
        out->ids[out->count] = idp_text_of(rows.values[out->count * rows.columns]);
    }
}

void idp_enrollment_members_end(struct idp_call *call, struct idp_bytes id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(id)};
    idp_run(call, &idp_member_statements[REMOVE], key);
}
