/* SPDX-License-Identifier: Apache-2.0 */
/* enrollment.c - who may be provisioned: set, shown, and found again at each step of a device, so
 * that a change counts from the next step on. */
#include "core/oauth/oauth.h"
#include "core/provisioning/enrollment.h"

enum { FIND, SAVE, REMOVE, DISABLE, SEALED, RESEAL };

#define COLUMNS "kind, enabled, priority, version, document, sealed_secrets"
#define KINDS "tbiijx"

const struct idp_statement idp_enrollment_statements[] = {
    [FIND] = {"SELECT " COLUMNS ", created_at, changed_at FROM idplane.enrollment"
              " WHERE tenant = $1 AND enrollment_id = $2",
              "tt", KINDS "zz"},
    [SAVE] = {"INSERT INTO idplane.enrollment (tenant, enrollment_id, kind, enabled, priority,"
              " version, document, sealed_secrets, created_at, changed_at, owner)"
              " VALUES ($1, $2, $3, $4, $5, $9, $6, $7, $8, $8, $10)"
              " ON CONFLICT (tenant, enrollment_id) DO UPDATE SET kind = excluded.kind,"
              " enabled = excluded.enabled, priority = excluded.priority,"
              " version = excluded.version, document = excluded.document,"
              " sealed_secrets = excluded.sealed_secrets, changed_at = excluded.changed_at,"
              " owner = excluded.owner",
              "tttbijxzit", ""},
    [REMOVE] = {"DELETE FROM idplane.enrollment WHERE tenant = $1 AND enrollment_id = $2", "tt",
                ""},
    [DISABLE] = {"UPDATE idplane.enrollment SET enabled = false, version = $4, changed_at = $3"
                 " WHERE tenant = $1 AND enrollment_id = $2 AND enabled",
                 "ttzi", ""},
    [SEALED] = {"SELECT tenant, enrollment_id, sealed_secrets FROM idplane.enrollment"
                " WHERE sealed_secrets IS NOT NULL AND substr(sealed_secrets, 1, length($1)) <> $1"
                " ORDER BY tenant, enrollment_id LIMIT $2",
                "xi", "ttx"},
    [RESEAL] = {"UPDATE idplane.enrollment SET sealed_secrets = $4"
                " WHERE tenant = $1 AND enrollment_id = $2 AND sealed_secrets = $3",
                "ttxx", ""},
};
const size_t idp_enrollment_statement_count = IDP_COUNT(idp_enrollment_statements);

/* ---- secrets ---- */

static struct idp_bytes seal_context(struct idp_call *call, struct idp_bytes tenant,
                                     struct idp_bytes id)
{
    struct idp_bytes parts[] = {tenant, id};
    return idp_digest(call, "idplane enrollment", parts, IDP_COUNT(parts));
}

const struct idp_sealed_column idp_enrollment_sealed = {
    &idp_enrollment_statements[SEALED], &idp_enrollment_statements[RESEAL], seal_context};

static const struct idp_json *secrets_open(struct idp_call *call,
                                           const struct idp_enrollment *enrollment)
{
    const char *why;
    struct idp_bytes context;
    if (enrollment->sealed_secrets.data == NULL) {
        return NULL;
    }
    context = seal_context(call, idp_tenant(call), enrollment->id);
    return idp_json_read(call, idp_unseal(call, enrollment->sealed_secrets, context), &why);
}

struct idp_bytes idp_enrollment_secret(struct idp_call *call,
                                       const struct idp_enrollment *enrollment, const char *name)
{
    return idp_json_string(secrets_open(call, enrollment), name);
}

/* ---- found ---- */

static struct idp_enrollment enrollment_of(struct idp_call *call, struct idp_bytes id,
                                           const struct idp_value *row)
{
    struct idp_enrollment enrollment = {
        .id = id,
        .is_individual = idp_bytes_is(idp_text_of(row[0]), "individual"),
        .is_enabled = idp_bool_of(row[1]),
        .priority = idp_integer_of(row[2]),
        .version = idp_integer_of(row[3]),
        .document = idp_json_argument(call, row[4], "document"),
        .sealed_secrets = idp_text_of(row[5]),
    };
    return enrollment;
}

static const struct idp_value *find(struct idp_call *call, struct idp_bytes id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(id)};
    return idp_run_one(call, &idp_enrollment_statements[FIND], key);
}

bool idp_enrollment_find(struct idp_call *call, struct idp_bytes id, struct idp_enrollment *out)
{
    const struct idp_value *row = find(call, id);
    if (row != NULL) {
        *out = enrollment_of(call, id, row);
    }
    return row != NULL;
}

void idp_enrollment_disable(struct idp_call *call, struct idp_bytes id)
{
    idp_tenant_lock(call);
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(id),
                              idp_value_time(idp_now_us(call)),
                              idp_value_integer(idp_enrollment_version_next(call, id))};
    if (idp_run(call, &idp_enrollment_statements[DISABLE], row).affected == 1) {
        idp_enrollment_version_write(call, id, false);
    }
}

/* ---- set ---- */

/* A document whose secrets are taken out: there they are true. */
struct splitting {
    struct idp_call *call;
    struct idp_checking checking;
    const struct idp_json *before; /* secrets that are there */
    struct idp_json *secrets;
};

static const struct idp_json *take(struct splitting *splitting, const struct idp_json *object,
                                   const char *name)
{
    const struct idp_json *secret = idp_json_member(object, name);
    if (secret == NULL) {
        return object;
    }
    struct idp_bytes text =
        secret->kind == IDP_JSON_STRING ? secret->text : idp_json_string(splitting->before, name);
    if (text.data == NULL) {
        idp_checking_fault(&splitting->checking, idp_bytes_of(""), "missing",
                           "a secret is true, and there is none yet");
    }
    idp_json_add_string(splitting->call, splitting->secrets, name, text);
    return idp_json_with(splitting->call, object, name, idp_json_new_bool(splitting->call, true));
}

static const struct idp_json *split(struct splitting *splitting, const struct idp_json *document)
{
    const struct idp_json *key = idp_json_member(document, "symmetric_key");
    document = take(splitting, document, "pre_shared_key");
    if (key == NULL) {
        return document;
    }
    key = take(splitting, take(splitting, key, "primary"), "secondary");
    return idp_json_with(splitting->call, document, "symmetric_key", key);
}

static void save(struct idp_call *call, struct idp_bytes id, int64_t version,
                 const struct idp_json *document, const struct idp_json *secrets)
{
    int64_t priority = 0;
    struct idp_bytes kind = idp_json_string(document, "kind");
    struct idp_bytes sealed = {0};
    bool is_disabled = idp_json_is(idp_json_member(document, "enabled"), IDP_JSON_FALSE);
    const struct idp_json *member = idp_json_member(document, "priority");
    priority = member != NULL && idp_json_integer(member, &priority) ? priority : 0;
    if (secrets->child != NULL) {
        sealed =
            idp_seal(call, idp_json_text(call, secrets), seal_context(call, idp_tenant(call), id));
    }
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(id),
        idp_value_text(kind.data == NULL ? idp_bytes_of("group") : kind),
        idp_value_bool(!is_disabled),
        idp_value_integer(priority),
        idp_value_json_text(idp_json_text(call, document)),
        idp_value_blob(sealed),
        idp_value_time(idp_now_us(call)),
        idp_value_integer(version),
        idp_value_text(idp_json_string(document, "owner")),
    };
    idp_run(call, &idp_enrollment_statements[SAVE], row);
    idp_enrollment_version_write(call, id, false);
}

/* ---- SQL ---- */

struct idp_json *idp_enrollment_shown(struct idp_call *call, struct idp_bytes id)
{
    const struct idp_value *row = find(call, id);
    if (row == NULL) {
        return NULL;
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_enrollment enrollment = enrollment_of(call, id, row);
    const struct idp_json *document = idp_json_with(call, enrollment.document, "enabled",
                                                    idp_json_new_bool(call, enrollment.is_enabled));
    idp_json_add_string(call, answer, "id", id);
    for (const struct idp_json *member = document->child; member != NULL; member = member->next) {
        idp_json_add_named(answer, member->name, idp_json_node(call, member));
    }
    idp_json_add_integer(call, answer, "version", enrollment.version);
    idp_json_add_string(call, answer, "created_at", idp_time_text(call, idp_integer_of(row[6])));
    idp_json_add_string(call, answer, "changed_at", idp_time_text(call, idp_integer_of(row[7])));
    return answer;
}

static void audit(struct idp_call *call, const char *type, struct idp_bytes id)
{
    struct idp_audit event = {type, "granted", (struct idp_bytes){0}, id,
                              idp_json_new(call, IDP_JSON_OBJECT)};
    idp_audit_add(call, &event);
}

static struct idp_value removed(struct idp_call *call, struct idp_bytes id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(id)};
    idp_tenant_lock(call);
    idp_enrollment_unindex(call, id);
    idp_enrollment_members_end(call, id);
    idp_records_forget(call, id);
    idp_enrollment_version_write(call, id, true);
    if (idp_run(call, &idp_enrollment_statements[REMOVE], key).affected == 1) {
        audit(call, "enrollment_removed", id);
    }
    return idp_null();
}

struct saving {
    struct idp_bytes id;
    const struct idp_json *document, *secrets;
    const char *fault; /* why it is not written */
};

static bool write(struct idp_call *call, void *data)
{
    struct saving *saving = data;
    int64_t version = idp_enrollment_version_next(call, saving->id);
    save(call, saving->id, version, saving->document, saving->secrets);
    audit(call, "enrollment_set", saving->id);
    if (!idp_owner_id_reserve(call, idp_json_string(saving->document, "owner"))) {
        saving->fault = "a device or a hub has the UUID of its owner";
        return false;
    }
    idp_rule_ids_reserve(call, idp_json_member(saving->document, "acl"));
    saving->fault = "another enrollment is of the same device";
    return idp_enrollment_index(call, saving->id, version, saving->document);
}

/* set_enrollment(enrollment, document) → it, or {"error":"invalid_enrollment"}; NULL: removed */
struct idp_value idp_sql_set_enrollment(struct idp_call *call, const struct idp_value *arguments)
{
    idp_check_text(call, arguments[0], "enrollment", IDP_NAME_SIZE_MAX);
    const struct idp_json *document = idp_json_object_argument(call, arguments[1], "document");
    struct idp_bytes id = arguments[0].bytes;
    struct idp_enrollment before = {0};
    if (document == NULL) {
        return removed(call, id);
    }
    call->host->begin(call);
    idp_tenant_lock(call);
    struct splitting splitting = {call, idp_checking_new(call), NULL,
                                  idp_json_new(call, IDP_JSON_OBJECT)};
    if (idp_enrollment_find(call, id, &before)) {
        splitting.before = secrets_open(call, &before);
    }
    idp_enrollment_check(&splitting.checking, document);
    if (splitting.checking.faults->child == NULL) {
        document = split(&splitting, document);
    }
    const struct idp_json *answer = idp_checking_answer(&splitting.checking);
    if (answer != NULL) {
        return idp_value_json(answer);
    }
    idp_attestation_policy_check(call, &(struct idp_enrollment){.id = id, .document = document});
    struct saving saving = {id, document, splitting.secrets, NULL};
    if (!call->host->attempt(call, write, &saving)) {
        idp_checking_fault(&splitting.checking, idp_bytes_of(""), "value", saving.fault);
        return idp_value_json(idp_checking_answer(&splitting.checking));
    }
    return idp_value_json(idp_enrollment_shown(call, id));
}

/* enrollment(enrollment) → it, without its secrets; NULL: there is none */
struct idp_value idp_sql_enrollment(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *found = idp_enrollment_shown(call, arguments[0].bytes);
    return found == NULL ? idp_null() : idp_value_json(found);
}
