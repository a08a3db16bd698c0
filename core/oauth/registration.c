/* SPDX-License-Identifier: Apache-2.0 */
/* registration.c - clients that register themselves (RFC 7591) and look after that (RFC 7592). They
 * are strangers: of their metadata only the standard members count, and they get no more than the
 * settings have for them. */
#include "core/oauth/client.h"

enum { TOKEN_SIZE = 32, CLIENT_ID_SIZE = 16 };
enum { LIFETIME_DEFAULT_S = 86400, LIFETIME_MAX_S = 31536000, USE_COUNT_MAX = 1000000 };

enum { INITIAL_INSERT, INITIAL_GOOD, INITIAL_USE, TOKEN_SET, TOKEN_CHECK };

const struct idp_statement idp_registration_statements[] = {
    [INITIAL_INSERT] =
        {"INSERT INTO idplane.initial_access_token (tenant, token_digest, created_at,"
         " expires_at, use_count_left) VALUES ($1, $2, $3, $4, $5)",
         "txzzi", ""},
    [INITIAL_GOOD] = {"SELECT use_count_left FROM idplane.initial_access_token"
                      " WHERE tenant = $1 AND token_digest = $2 AND expires_at > $3"
                      " AND use_count_left > 0",
                      "txz", "i"},
    [INITIAL_USE] = {"UPDATE idplane.initial_access_token SET use_count_left = use_count_left - 1"
                     " WHERE tenant = $1 AND token_digest = $2 AND expires_at > $3"
                     " AND use_count_left > 0",
                     "txz", ""},
    [TOKEN_SET] = {"UPDATE idplane.client SET registration_digest = $3"
                   " WHERE tenant = $1 AND client_id = $2",
                   "ttx", ""},
    [TOKEN_CHECK] = {"SELECT registration_digest FROM idplane.client"
                     " WHERE tenant = $1 AND client_id = $2 AND registration_digest IS NOT NULL",
                     "tt", "x"},
};
const size_t idp_registration_statement_count = IDP_COUNT(idp_registration_statements);

/* ---- tokens ---- */

static struct idp_bytes initial_digest(struct idp_call *call, struct idp_bytes token)
{
    return idp_token_digest(call, "idplane initial access token", token);
}

static struct idp_bytes registration_digest(struct idp_call *call, struct idp_bytes token)
{
    return idp_token_digest(call, "idplane registration access token", token);
}

static int64_t in_range(struct idp_call *call, struct idp_value argument, const char *name,
                        int64_t absent, int64_t max)
{
    int64_t number = argument.kind == 0 ? absent : idp_integer_of(argument);
    if (number < 1 || number > max) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument %s must be from 1 to %lld.", name,
                      (long long)max);
    }
    return number;
}

/* create_initial_access_token(lifetime_s, use_count) → a token */
struct idp_value idp_sql_create_initial_access_token(struct idp_call *call,
                                                     const struct idp_value *arguments)
{
    struct idp_bytes token = idp_random_text(call, TOKEN_SIZE);
    int64_t now_us = idp_now_us(call);
    int64_t lifetime_s =
        in_range(call, arguments[0], "lifetime_s", LIFETIME_DEFAULT_S, LIFETIME_MAX_S);
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)), idp_value_blob(initial_digest(call, token)),
        idp_value_time(now_us), idp_value_time(now_us + lifetime_s * INT64_C(1000000)),
        idp_value_integer(in_range(call, arguments[1], "use_count", 1, USE_COUNT_MAX))};
    idp_run(call, &idp_registration_statements[INITIAL_INSERT], row);
    return idp_value_text(token);
}

/* A request that fails for another reason leaves it as it was. */
static bool initial_take(struct idp_call *call, struct idp_bytes token, bool is_used)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)),
                              idp_value_blob(initial_digest(call, token)),
                              idp_value_time(idp_now_us(call))};
    return is_used ? idp_run(call, &idp_registration_statements[INITIAL_USE], key).affected == 1
                   : idp_run_one(call, &idp_registration_statements[INITIAL_GOOD], key) != NULL;
}

static bool is_own(struct idp_call *call, struct idp_bytes client_id, struct idp_bytes token)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(client_id)};
    const struct idp_value *row = idp_run_one(call, &idp_registration_statements[TOKEN_CHECK], key);
    return row != NULL && token.data != NULL &&
           idp_equal(registration_digest(call, token), idp_text_of(row[0]));
}

/* ---- metadata of strangers ---- */

static const char *const taken[] = {"redirect_uris",
                                    "token_endpoint_auth_method",
                                    "token_endpoint_auth_signing_alg",
                                    "grant_types",
                                    "client_name",
                                    "client_uri",
                                    "logo_uri",
                                    "scope",
                                    "contacts",
                                    "tos_uri",
                                    "policy_uri",
                                    "jwks",
                                    "jwks_uri",
                                    "software_id",
                                    "software_version",
                                    "application_type",
                                    "post_logout_redirect_uris",
                                    "id_token_signed_response_alg",
                                    "introspection_signed_response_alg",
                                    "dpop_bound_access_tokens",
                                    "tls_client_certificate_bound_access_tokens",
                                    "tls_client_auth_subject_dn",
                                    "tls_client_auth_san_dns",
                                    "tls_client_auth_san_uri",
                                    "tls_client_auth_san_ip",
                                    "tls_client_auth_san_email"};

/* What the grant types say, whatever was asked for: no other is served, and the two may not
 * contradict each other (RFC 7591 §2.1). */
static void set_response_types(struct idp_call *call, struct idp_json *document)
{
    const struct idp_json *grants = idp_json_member(document, "grant_types");
    bool has_code = idp_json_is(grants, IDP_JSON_ARRAY) &&
                    idp_json_holds(grants, idp_bytes_of(IDP_GRANT_AUTHORIZATION_CODE));
    idp_json_add(document, "response_types", idp_json_words(call, has_code ? "code" : ""));
}

/* With the defaults of RFC 7591 §2 where it is silent. */
static struct idp_json *document_of(struct idp_call *call, const struct idp_json *asked,
                                    const struct idp_settings *settings)
{
    struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < IDP_COUNT(taken); i++) {
        const struct idp_json *member = idp_json_member(asked, taken[i]);
        if (member != NULL && member->kind != IDP_JSON_NULL) {
            idp_json_add_shared(call, document, taken[i], member);
        }
    }
    if (idp_json_member(document, "token_endpoint_auth_method") == NULL) {
        idp_json_add_c(call, document, "token_endpoint_auth_method", "client_secret_basic");
    }
    if (idp_json_member(document, "grant_types") == NULL) {
        idp_json_add(document, "grant_types", idp_json_words(call, IDP_GRANT_AUTHORIZATION_CODE));
    }
    if (idp_json_member(document, "scope") == NULL) {
        idp_json_add_string(call, document, "scope", settings->registration_scope);
    }
    set_response_types(call, document);
    return document;
}

/* Grants by which a user decides each time; what acts without one is for an administrator to give.
 */
static bool grants_allowed(const struct idp_client_metadata *metadata)
{
    static const char allowed[] =
        IDP_GRANT_AUTHORIZATION_CODE " " IDP_GRANT_REFRESH_TOKEN " " IDP_GRANT_DEVICE_CODE;
    return idp_scope_within(metadata->grant_types, idp_bytes_of(allowed));
}

/* NULL where they are good; it has an error of its own (RFC 7591 §3.2.2). */
static const struct idp_json *judge_uris(struct idp_call *call, const struct idp_json *document)
{
    const struct idp_json *uris = idp_json_member(document, "redirect_uris");
    const struct idp_json *grants = idp_json_member(document, "grant_types");
    bool has_any = false, is_valid = true, is_list = idp_json_is(uris, IDP_JSON_ARRAY);
    for (const struct idp_json *one = is_list ? uris->child : NULL; one != NULL; one = one->next) {
        has_any = true;
        is_valid = is_valid && one->kind == IDP_JSON_STRING && idp_redirect_uri_valid(one->text);
    }
    bool is_needed = idp_json_is(grants, IDP_JSON_ARRAY) &&
                     idp_json_holds(grants, idp_bytes_of(IDP_GRANT_AUTHORIZATION_CODE));
    if (!is_valid) {
        return idp_error_json_with(call, IDP_INVALID_REDIRECT_URI,
                                   "Member redirect_uris has one that is not valid.");
    }
    return is_needed && !has_any ? idp_error_json_with(call, IDP_INVALID_REDIRECT_URI,
                                                       "Member redirect_uris is needed.")
                                 : NULL;
}

/* NULL where it may be registered, else the error. */
static const struct idp_json *judge(struct idp_call *call, const struct idp_json *document,
                                    const struct idp_settings *settings)
{
    struct idp_client_metadata metadata;
    struct idp_bytes scope = settings->registration_scope;
    const struct idp_json *error = judge_uris(call, document);
    if (error != NULL) {
        return error;
    }
    const char *wrong = idp_client_metadata_check(call, document, &metadata);
    if (wrong == NULL && !grants_allowed(&metadata)) {
        wrong = "Member grant_types has one that is not for clients that register themselves.";
    }
    if (wrong == NULL &&
        !idp_scope_within(metadata.scope, scope.data == NULL ? idp_bytes_of("") : scope)) {
        wrong = "Member scope has one that is not for clients that register themselves.";
    }
    if (wrong == NULL && (idp_json_written_size(call, document) > IDP_METADATA_SIZE_MAX / 2 ||
                          idp_json_count(document) > IDP_JSON_MEMBER_COUNT_MAX / 2)) {
        wrong = "The metadata is too large.";
    }
    if (wrong != NULL) {
        return idp_error_json_with(call, IDP_INVALID_METADATA, wrong);
    }
    return NULL;
}

/* ---- answers ---- */

static const struct idp_json *answer(struct idp_call *call, const struct idp_settings *settings,
                                     const struct idp_json *client, struct idp_bytes token)
{
    struct idp_text uri = {.call = call};
    idp_text_add(&uri, settings->base_url);
    idp_text_add_c(&uri, "/register/");
    idp_text_add(&uri, idp_url_encode(call, idp_json_string(client, "client_id")));
    struct idp_json *result = idp_json_with(call, client, "enabled", NULL);
    idp_json_add_string(call, result, "registration_client_uri", idp_text_bytes(&uri));
    idp_json_add_string(call, result, "registration_access_token", token);
    return result;
}

static struct idp_bytes token_give(struct idp_call *call, struct idp_bytes client_id)
{
    struct idp_bytes token = idp_random_text(call, TOKEN_SIZE);
    struct idp_value row[] = {idp_value_text(idp_tenant(call)), idp_value_text(client_id),
                              idp_value_blob(registration_digest(call, token))};
    idp_run(call, &idp_registration_statements[TOKEN_SET], row);
    return token;
}

const struct idp_json *idp_registration_create(struct idp_call *call, struct idp_bytes token,
                                               const struct idp_json *asked)
{
    struct idp_settings settings = idp_settings_load(call);
    if (!settings.dynamic_registration) {
        return idp_error_json(IDP_NOT_FOUND);
    }
    const struct idp_json *document = document_of(call, asked, &settings);
    const struct idp_json *error = judge(call, document, &settings);
    call->host->begin(call);
    if (settings.initial_token_required &&
        (token.data == NULL || !initial_take(call, token, error == NULL))) {
        return idp_error_json(IDP_INVALID_TOKEN);
    }
    if (error != NULL) {
        return error;
    }
    if (!settings.initial_token_required && !idp_guard_registration(call, &settings)) {
        return idp_error_json(IDP_TOO_MANY_REGISTRATIONS);
    }
    struct idp_value arguments[] = {idp_value_text(idp_random_text(call, CLIENT_ID_SIZE)),
                                    idp_value_json_text(idp_json_text(call, document))};
    const struct idp_json *client = idp_sql_register_client(call, arguments).json;
    return answer(call, &settings, client, token_give(call, arguments[0].bytes));
}

const struct idp_json *idp_registration_read(struct idp_call *call, struct idp_bytes client_id,
                                             struct idp_bytes token)
{
    struct idp_settings settings = idp_settings_load(call);
    struct idp_value argument = idp_value_text(client_id);
    if (!is_own(call, client_id, token)) {
        return idp_error_json(IDP_INVALID_TOKEN);
    }
    return answer(call, &settings, idp_sql_client(call, &argument).json, token);
}

/* Members that it has no more are taken away (RFC 7592 §2.2). */
static struct idp_json *change_of(struct idp_call *call, struct idp_bytes client_id,
                                  const struct idp_json *document)
{
    struct idp_json *change = idp_json_copy(call, document);
    const struct idp_json *before = idp_client_metadata(call, client_id);
    for (size_t i = 0; i < IDP_COUNT(taken); i++) {
        if (idp_json_member(before, taken[i]) != NULL &&
            idp_json_member(document, taken[i]) == NULL) {
            idp_json_add(change, taken[i], idp_json_new(call, IDP_JSON_NULL));
        }
    }
    return change;
}

/* A secret is for the server to choose; the one that the client has may stand there (RFC 7592
 * §2.2).
 */
static bool is_secret_kept(struct idp_call *call, struct idp_bytes client_id,
                           const struct idp_json *asked)
{
    struct idp_client client;
    struct idp_bytes secret = idp_json_string(asked, "client_secret");
    return idp_json_member(asked, "client_secret") == NULL ||
           (secret.data != NULL && idp_client_find(call, client_id, &client) &&
            idp_equal(idp_client_secret_digest(call, secret), client.secret_digest));
}

/* Each address of keys is one that a stranger has us fetch from: a further one is as much as a
 * further client, which fetches no more often. */
static bool may_move(struct idp_call *call, const struct idp_settings *settings,
                     struct idp_bytes client_id, const struct idp_json *document)
{
    struct idp_bytes uri = idp_json_string(document, "jwks_uri");
    struct idp_bytes before = idp_json_string(idp_client_metadata(call, client_id), "jwks_uri");
    return uri.data == NULL || idp_bytes_equal(uri, before) ||
           idp_guard_registration(call, settings);
}

const struct idp_json *idp_registration_replace(struct idp_call *call, struct idp_bytes client_id,
                                                struct idp_bytes token,
                                                const struct idp_json *asked)
{
    struct idp_settings settings = idp_settings_load(call);
    const struct idp_json *document = document_of(call, asked, &settings);
    if (!is_own(call, client_id, token)) {
        return idp_error_json(IDP_INVALID_TOKEN);
    }
    if (!idp_bytes_equal(idp_json_string(asked, "client_id"), client_id)) {
        return idp_error_json_with(call, IDP_INVALID_REQUEST,
                                   "Member client_id must be that of the client (RFC 7592 2.2).");
    }
    if (!is_secret_kept(call, client_id, asked)) {
        return idp_error_json_with(call, IDP_INVALID_METADATA,
                                   "Member client_secret must be that of the client, or absent.");
    }
    const struct idp_json *error = judge(call, document, &settings);
    if (error != NULL) {
        return error;
    }
    if (!may_move(call, &settings, client_id, document)) {
        return idp_error_json(IDP_TOO_MANY_REGISTRATIONS);
    }
    struct idp_value arguments[] = {
        idp_value_text(client_id),
        idp_value_json_text(idp_json_text(call, change_of(call, client_id, document)))};
    return answer(call, &settings, idp_sql_update_client(call, arguments).json, token);
}

const struct idp_json *idp_registration_remove(struct idp_call *call, struct idp_bytes client_id,
                                               struct idp_bytes token)
{
    struct idp_value argument = idp_value_text(client_id);
    if (!is_own(call, client_id, token)) {
        return idp_error_json(IDP_INVALID_TOKEN);
    }
    (void)idp_sql_remove_client(call, &argument);
    return idp_json_new(call, IDP_JSON_OBJECT);
}
