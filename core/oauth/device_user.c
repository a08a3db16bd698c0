/* SPDX-License-Identifier: Apache-2.0 */
/* device_user.c - the user's side of the device grant (RFC 8628 §3.3): look at what a code asks
 * for, approve it or deny it. The subject is authenticated by the caller; its decision is final. */
#include "core/oauth/device.h"

enum { USER_FIND, USER_APPROVE, USER_DENY };

const struct idp_statement idp_device_user_statements[] = {
    [USER_FIND] = {"SELECT client_id, state, issued_at, expires_at, scope, device, code_digest"
                   " FROM idplane.device_code WHERE tenant = $1 AND user_code_digest = $2",
                   "tx", "ttzztjx"},
    [USER_APPROVE] = {"UPDATE idplane.device_code SET state = 'approved', subject = $3,"
                      " decided_at = $4, granted_scope = $5, grant_details = $6"
                      " WHERE tenant = $1 AND user_code_digest = $2 AND state = 'pending'"
                      " AND expires_at > $4",
                      "txtztj", ""},
    [USER_DENY] = {"UPDATE idplane.device_code SET state = 'denied', subject = $3, decided_at = $4"
                   " WHERE tenant = $1 AND user_code_digest = $2 AND state = 'pending'"
                   " AND expires_at > $4",
                   "txtz", ""},
};
const size_t idp_device_user_statement_count = IDP_COUNT(idp_device_user_statements);

/* What the user's front says beside code and subject. */
struct options {
    struct idp_bytes source, scope;
    bool from_complete, confirmed;
    struct idp_json *details; /* auth_time, amr, claims: kept with the grant */
};

/* A code that a user may decide on. */
struct request {
    struct idp_bytes user_code, digest, code_digest; /* code: the device's */
    struct idp_settings settings;
    struct idp_client client;
    int64_t issued_at_us, expires_at_us;
    struct idp_bytes scope;
    const struct idp_json *device;
};

/* ---- options ---- */

static bool read_flag(const struct idp_json *member, bool *out)
{
    *out = member->kind == IDP_JSON_TRUE;
    return member->kind == IDP_JSON_TRUE || member->kind == IDP_JSON_FALSE;
}

static bool read_text(const struct idp_json *member, size_t size_max, struct idp_bytes *out)
{
    *out = member->text;
    return member->kind == IDP_JSON_STRING && member->text.size <= size_max;
}

static bool keep_detail(struct idp_call *call, struct options *options,
                        const struct idp_json *member, bool valid)
{
    if (valid) {
        idp_json_add_named(options->details, member->name, idp_json_copy(call, member));
    }
    return valid;
}

static bool read_option(struct idp_call *call, const struct idp_json *member,
                        struct options *options)
{
    int64_t time_s;
    if (member->kind == IDP_JSON_NULL) {
        return true;
    }
    if (idp_bytes_is(member->name, "source")) {
        return read_text(member, IDP_SOURCE_SIZE_MAX, &options->source);
    }
    if (idp_bytes_is(member->name, "scope")) {
        return read_text(member, IDP_SCOPE_SIZE_MAX, &options->scope);
    }
    if (idp_bytes_is(member->name, "from_complete")) {
        return read_flag(member, &options->from_complete);
    }
    if (idp_bytes_is(member->name, "confirmed")) {
        return read_flag(member, &options->confirmed);
    }
    if (idp_bytes_is(member->name, "auth_time")) {
        return keep_detail(call, options, member, idp_json_integer(member, &time_s) && time_s >= 0);
    }
    if (idp_bytes_is(member->name, "amr")) {
        return keep_detail(call, options, member, idp_is_string_list(member));
    }
    return idp_bytes_is(member->name, "claims") &&
           keep_detail(call, options, member, member->kind == IDP_JSON_OBJECT);
}

static bool read_options(struct idp_call *call, struct idp_value argument, struct options *options)
{
    const struct idp_json *document = idp_json_object_argument(call, argument, "options");
    *options = (struct options){.details = idp_json_new(call, IDP_JSON_OBJECT)};
    if (idp_text_of(argument).size > IDP_GRANT_DETAILS_SIZE_MAX) {
        return false;
    }
    for (const struct idp_json *member = document == NULL ? NULL : document->child; member != NULL;
         member = member->next) {
        if (!read_option(call, member, options)) {
            return false;
        }
    }
    return true;
}

/* ---- the request behind a code ---- */

static enum idp_error judge(struct idp_call *call, const struct idp_value *row,
                            struct request *request)
{
    if (!idp_bytes_is(row[1].bytes, "pending")) {
        return IDP_ALREADY_DECIDED;
    }
    if (row[3].integer <= idp_now_us(call)) {
        return IDP_EXPIRED_TOKEN;
    }
    if (!idp_client_find(call, row[0].bytes, &request->client) || !request->client.enabled ||
        !request->client.device_grant) {
        return IDP_UNAUTHORIZED_CLIENT;
    }
    request->issued_at_us = row[2].integer;
    request->expires_at_us = row[3].integer;
    request->scope = row[4].bytes;
    request->device = idp_json_argument(call, row[5], "device");
    request->code_digest = row[6].bytes;
    return IDP_OK;
}

static const struct idp_value *find_row(struct idp_call *call, struct request *request,
                                        struct idp_bytes typed)
{
    request->user_code = idp_user_code_read(call, &request->settings, typed);
    if (request->user_code.data == NULL) {
        return NULL;
    }
    request->digest = idp_user_code_digest(call, request->user_code);
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_blob(request->digest)};
    return idp_run_one(call, &idp_device_user_statements[USER_FIND], key);
}

/* Finds the request of a typed code and keeps the counts: a wrong code stays counted, whatever the
 * answer; a right one is given back. */
static enum idp_error find(struct idp_call *call, const struct idp_value *arguments,
                           const struct options *options, struct request *request)
{
    struct idp_bytes subject = arguments[1].bytes;
    call->host->begin(call);
    *request = (struct request){.settings = idp_settings_load(call)};
    call->source = options->source.data != NULL ? options->source : call->source;
    if (!idp_throttle_enter(call, &request->settings, subject, options->source)) {
        return IDP_TOO_MANY_ATTEMPTS;
    }
    const struct idp_value *row = find_row(call, request, arguments[0].bytes);
    if (row == NULL) {
        struct idp_json *details = idp_json_new(call, IDP_JSON_OBJECT);
        idp_json_add_c(call, details, "guess", "user_code");
        idp_throttle_wrong(call, options->source);
        idp_audit_event(call, &request->settings, IDP_AUDIT_GUESSED, (struct idp_bytes){0}, subject,
                        details);
        return IDP_INVALID_USER_CODE;
    }
    idp_throttle_right(call, subject);
    if (!idp_subject_enabled(call, subject)) {
        return IDP_ACCESS_DENIED;
    }
    return judge(call, row, request);
}

/* ---- decisions ---- */

static enum idp_error approve(struct idp_call *call, const struct request *request,
                              struct idp_bytes subject, const struct options *options)
{
    struct idp_bytes scope = options->scope.data == NULL ? request->scope : options->scope;
    if (!idp_scope_valid(scope) || !idp_scope_within(scope, request->scope)) {
        return IDP_INVALID_SCOPE;
    }
    if (options->from_complete && !options->confirmed) {
        return IDP_CONFIRMATION_REQUIRED;
    }
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)),
                                    idp_value_blob(request->digest),
                                    idp_value_text(subject),
                                    idp_value_time(idp_now_us(call)),
                                    idp_value_text(scope),
                                    idp_value_json_text(idp_json_text(call, options->details))};
    struct idp_rows rows = idp_run(call, &idp_device_user_statements[USER_APPROVE], arguments);
    return rows.affected == 1 ? IDP_OK : IDP_ALREADY_DECIDED;
}

static enum idp_error deny(struct idp_call *call, const struct request *request,
                           struct idp_bytes subject, const struct options *options)
{
    (void)options;
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)),
                                    idp_value_blob(request->digest), idp_value_text(subject),
                                    idp_value_time(idp_now_us(call))};
    struct idp_rows rows = idp_run(call, &idp_device_user_statements[USER_DENY], arguments);
    return rows.affected == 1 ? IDP_OK : IDP_ALREADY_DECIDED;
}

static struct idp_value decide(struct idp_call *call, const struct idp_value *arguments,
                               enum idp_error (*decision)(struct idp_call *, const struct request *,
                                                          struct idp_bytes, const struct options *),
                               enum idp_audit_kind kind)
{
    struct options options;
    struct request request;
    idp_check_subject(call, arguments[1]);
    if (!read_options(call, arguments[2], &options)) {
        return idp_value_json(idp_error_json(IDP_INVALID_REQUEST));
    }
    enum idp_error error = find(call, arguments, &options, &request);
    if (error == IDP_OK) {
        error = decision(call, &request, arguments[1].bytes, &options);
    }
    if (error != IDP_OK) {
        return idp_value_json(idp_error_json(error));
    }
    idp_throttle_reset(call, arguments[1].bytes);
    idp_poll_wake(call, &request.settings, request.code_digest);
    idp_audit_event(call, &request.settings, kind, request.client.client_id, arguments[1].bytes,
                    NULL);
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, result, "status", kind == IDP_AUDIT_APPROVED ? "approved" : "denied");
    idp_json_add_string(call, result, "client_id", request.client.client_id);
    return idp_value_json(result);
}

/* ---- SQL ---- */

struct idp_value idp_sql_lookup_user_code(struct idp_call *call, const struct idp_value *arguments)
{
    struct options options;
    struct request request;
    idp_check_subject(call, arguments[1]);
    if (!read_options(call, arguments[2], &options)) {
        return idp_value_json(idp_error_json(IDP_INVALID_REQUEST));
    }
    enum idp_error error = find(call, arguments, &options, &request);
    if (error != IDP_OK) {
        return idp_value_json(idp_error_json(error));
    }
    idp_audit_event(call, &request.settings, IDP_AUDIT_LOOKED_UP, request.client.client_id,
                    arguments[1].bytes, NULL);
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, result, "user_code",
                        idp_user_code_shown(call, &request.settings, request.user_code));
    idp_json_add_string(call, result, "client_id", request.client.client_id);
    idp_json_add_string(call, result, "client_name",
                        idp_client_name(call, request.client.client_id));
    idp_json_add_string(call, result, "scope", request.scope);
    idp_json_add_string(call, result, "issued_at", idp_time_text(call, request.issued_at_us));
    idp_json_add_integer(call, result, "expires_in",
                         (request.expires_at_us - idp_now_us(call)) / 1000000);
    if (request.device != NULL) {
        idp_json_add(result, "device", idp_json_copy(call, request.device));
    }
    idp_json_add_bool(call, result, "must_confirm", options.from_complete);
    return idp_value_json(result);
}

struct idp_value idp_sql_approve_device_code(struct idp_call *call,
                                             const struct idp_value *arguments)
{
    return decide(call, arguments, approve, IDP_AUDIT_APPROVED);
}

struct idp_value idp_sql_deny_device_code(struct idp_call *call, const struct idp_value *arguments)
{
    return decide(call, arguments, deny, IDP_AUDIT_DENIED);
}
