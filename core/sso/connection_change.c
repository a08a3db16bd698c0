/* SPDX-License-Identifier: Apache-2.0 */
/* connection_change.c - every change of a connection goes this way: the new document is checked as
 * a whole, its secrets are taken out, and it is laid over the version that it was made of. */
#include "core/sso/request.h"
#include "core/sso/session.h"

enum { TRY_COUNT_MAX = 64 };

struct idp_json *idp_connection_answer(struct idp_call *call, const char *status,
                                       const char *message)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, answer, "status", status);
    if (message != NULL) {
        idp_json_add_c(call, answer, "message", message);
    }
    return answer;
}

static struct idp_json *invalid(struct idp_connection_faults *faults)
{
    struct idp_json *answer = idp_connection_answer(
        faults->call, "invalid", idp_faults_text(faults->call, faults->errors).data);
    idp_json_add(answer, "errors", faults->errors);
    idp_json_add(answer, "warnings", faults->warnings);
    return answer;
}

static struct idp_json *done(struct idp_connection_change *change,
                             struct idp_connection_faults *faults,
                             const struct idp_connection *connection, bool is_changed)
{
    struct idp_json *answer =
        change->answer != NULL ? change->answer : idp_connection_answer(change->call, "ok", NULL);
    idp_json_add_bool(change->call, answer, "changed", is_changed);
    idp_json_add_integer(change->call, answer, "version", connection->version);
    if (change->answer == NULL) {
        idp_json_add_shared(change->call, answer, "connection",
                            idp_connection_shown(change->call, connection));
    }
    idp_json_add(answer, "warnings", faults->warnings);
    return answer;
}

/* ---- what is stored of a document ---- */

/* Its id and its restriction are the row's. */
static const struct idp_json *stored(struct idp_call *call, const struct idp_json *document)
{
    return idp_json_with(call, idp_json_with(call, document, "id", NULL),
                         "onlyManagementTenantAccess", NULL);
}

static void id_check(struct idp_connection_faults *faults, const struct idp_json *document,
                     struct idp_bytes id)
{
    struct idp_bytes own = idp_json_string(document, "id");
    if (own.data != NULL && !idp_bytes_equal(own, id)) {
        idp_fault_add(faults->call, faults->errors, idp_bytes_of("/id"), "value",
                      "the id is not that of the connection");
    }
}

static void size_check(struct idp_connection_faults *faults, const struct idp_json *document)
{
    if (idp_json_written_size(faults->call, document) > IDP_CONNECTION_SIZE_MAX) {
        idp_fault_add(faults->call, faults->errors, idp_bytes_of(""), "size",
                      "the document is longer than 262144 bytes");
    }
}

static void count_check(struct idp_connection_faults *faults)
{
    size_t count;
    idp_connection_list(faults->call, &count);
    if (count >= IDP_CONNECTION_COUNT_MAX) {
        idp_fault_add(faults->call, faults->errors, idp_bytes_of(""), "size",
                      "a tenant has at most 1000 connections");
    }
}

static bool is_same(struct idp_call *call, const struct idp_json *left,
                    const struct idp_json *right)
{
    return left != NULL &&
           idp_bytes_equal(idp_json_canonical(call, left), idp_json_canonical(call, right));
}

/* The master key is needed only where secrets are said, or some of those stored are left out. */
static struct idp_bytes sealed_of(struct idp_call *call, const struct idp_connection *before,
                                  const struct idp_masking *masking)
{
    return masking->keeps_all && before->version > 0
               ? (struct idp_bytes){NULL, 0}
               : idp_connection_seal(call, before->id, idp_masking_secrets(call, masking, before));
}

static bool changes_nothing(struct idp_call *call, const struct idp_connection *before,
                            const struct idp_masking *masking)
{
    return is_same(call, before->document, masking->document) &&
           (masking->keeps_all || is_same(call, idp_connection_secrets(call, before),
                                          idp_masking_secrets(call, masking, before)));
}

/* Members of the row follow from the document. */
static struct idp_connection next_of(struct idp_call *call, const struct idp_connection *before,
                                     const struct idp_masking *masking)
{
    const struct idp_json *document = masking->document;
    return (struct idp_connection){
        .id = before->id,
        .type = idp_json_string(document, "type"),
        .provider_name = idp_json_string(document, "providerName"),
        .visible = idp_json_is_true(document, "visibleOnLoginPage"),
        .restricted = before->restricted,
        .version = before->version + 1,
        .text = idp_json_text(call, document),
        .document = document,
        .sealed_secrets = sealed_of(call, before, masking),
    };
}

/* ---- one try ---- */

/* NULL: somebody was faster. */
static struct idp_json *lay_over(struct idp_connection_change *change,
                                 const struct idp_connection *before,
                                 const struct idp_json *document)
{
    struct idp_call *call = change->call;
    struct idp_connection_faults faults = idp_connection_faults_new(call);
    struct idp_masking masking;
    document = idp_connection_form(&faults, document);
    id_check(&faults, document, change->id);
    idp_connection_check(&faults, document);
    size_check(&faults, document);
    if (before->version == 0) {
        count_check(&faults);
    }
    idp_connection_mask(&faults, stored(call, document), before, &masking);
    if (faults.errors->child != NULL) {
        return invalid(&faults);
    }
    if (changes_nothing(call, before, &masking)) {
        return done(change, &faults, before, false);
    }
    struct idp_connection next = next_of(call, before, &masking);
    if (!idp_connection_save(call, &next)) {
        return NULL;
    }
    if (change->ends_sessions) {
        idp_sso_session_end_connection(call, next.id);
    }
    return done(change, &faults, &next, true);
}

static struct idp_json *once(struct idp_connection_change *change)
{
    struct idp_connection before = {.id = change->id};
    bool exists = change->is_whole ? idp_connection_find_id(change->call, change->id, &before)
                                   : idp_connection_find(change->call, change->id, &before);
    change->answer = NULL;
    change->id = before.id;
    if (idp_connection_is_restricted(change->call, &before)) {
        return idp_connection_answer(change->call, "restricted", IDP_CONNECTION_RESTRICTED);
    }
    const struct idp_json *document = change->edit(change, exists ? before.document : NULL);
    return document == NULL ? change->answer : lay_over(change, &before, document);
}

struct idp_json *idp_connection_change(struct idp_connection_change *change)
{
    change->call->host->begin(change->call);
    for (size_t i = 0; i < TRY_COUNT_MAX; i++) {
        struct idp_json *answer = once(change);
        if (answer != NULL) {
            return answer;
        }
    }
    idp_fail(change->call, IDP_BUSY);
}

struct idp_bytes idp_connection_argument(struct idp_call *call, struct idp_value value)
{
    idp_check_text(call, value, "connection", IDP_CONNECTION_ID_SIZE_MAX);
    if (value.bytes.size == 0) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument connection must not be empty.");
    }
    return value.bytes;
}

/* ---- whole connections ---- */

static const struct idp_json *replace(struct idp_connection_change *change,
                                      const struct idp_json *before)
{
    (void)before;
    return change->given;
}

/* Sessions begun under what was end, unless the caller wants otherwise. */
static bool ends_sessions(struct idp_call *call, struct idp_value value)
{
    static const char name[] = "terminate_user_sessions";
    const struct idp_json *options = idp_json_object_argument(call, value, "options");
    const struct idp_json *first = options == NULL ? NULL : options->child;
    bool is_flag = first != NULL && idp_bytes_is(first->name, name) &&
                   (first->kind == IDP_JSON_TRUE || first->kind == IDP_JSON_FALSE);
    if (first != NULL && (!is_flag || first->next != NULL)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The options have one member, %s, true or false.",
                      name);
    }
    return first == NULL || first->kind == IDP_JSON_TRUE;
}

/* set_sso_connection(connection, config, options) → {"status","changed","version",…} */
struct idp_value idp_sql_set_sso_connection(struct idp_call *call,
                                            const struct idp_value *arguments)
{
    struct idp_bytes id = idp_lower_case(call, idp_connection_argument(call, arguments[0]));
    if (idp_word_in(idp_bytes_of("basic oauth2 oauth2_internal . .."), id)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "Argument connection must not be the name of a type, nor dots alone.");
    }
    struct idp_connection_change change = {
        .call = call,
        .id = idp_connection_argument(call, arguments[0]),
        .edit = replace,
        .is_whole = true,
        .ends_sessions = ends_sessions(call, arguments[2]),
        .given = idp_json_object_argument(call, arguments[1], "config"),
    };
    return idp_value_json(idp_connection_change(&change));
}

/* What began by it ends with it. */
static void leave(struct idp_call *call, const struct idp_connection *connection)
{
    struct idp_published_keys keys = idp_connection_keys(connection);
    idp_sso_session_end_connection(call, connection->id);
    idp_login_state_forget(call, connection);
    idp_published_keys_forget(call, &keys);
    idp_bearer_forget_connection(call, connection->id);
}

/* delete_sso_connection(connection) → {"status"} */
struct idp_value idp_sql_delete_sso_connection(struct idp_call *call,
                                               const struct idp_value *arguments)
{
    struct idp_connection connection;
    struct idp_bytes id = idp_connection_argument(call, arguments[0]);
    call->host->begin(call);
    for (size_t i = 0; i < TRY_COUNT_MAX; i++) {
        if (!idp_connection_find(call, id, &connection)) {
            return idp_value_json(idp_connection_answer(call, "not_found", IDP_NO_CONNECTION));
        }
        if (idp_connection_is_restricted(call, &connection)) {
            return idp_value_json(
                idp_connection_answer(call, "restricted", IDP_CONNECTION_RESTRICTED));
        }
        if (idp_connection_delete(call, &connection)) {
            leave(call, &connection);
            return idp_value_json(idp_connection_answer(call, "ok", NULL));
        }
    }
    idp_fail(call, IDP_BUSY);
}

/* restrict_sso_connection(tenant, connection, {"onlyManagementTenantAccess"}) → {"status"} */
struct idp_value idp_sql_restrict_sso_connection(struct idp_call *call,
                                                 const struct idp_value *arguments)
{
    struct idp_connection connection;
    idp_check_text(call, arguments[0], "tenant", IDP_TENANT_SIZE_MAX);
    struct idp_bytes id = idp_connection_argument(call, arguments[1]);
    const struct idp_json *flag = idp_json_member(
        idp_json_object_argument(call, arguments[2], "document"), "onlyManagementTenantAccess");
    if (!idp_json_is(flag, IDP_JSON_TRUE) && !idp_json_is(flag, IDP_JSON_FALSE)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The document needs onlyManagementTenantAccess, true or false.");
    }
    if (!idp_bytes_is(idp_tenant(call), IDP_MANAGEMENT_TENANT)) {
        return idp_value_json(
            idp_connection_answer(call, "restricted", "Only the tenant management may do this."));
    }
    call->host->begin(call);
    if (!idp_connection_find_in(call, arguments[0].bytes, id, &connection)) {
        return idp_value_json(idp_connection_answer(call, "not_found", IDP_NO_CONNECTION));
    }
    connection.restricted = flag->kind == IDP_JSON_TRUE;
    idp_connection_restrict(call, arguments[0].bytes, &connection);
    return idp_value_json(idp_connection_answer(call, "ok", NULL));
}
