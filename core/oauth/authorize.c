/* SPDX-License-Identifier: Apache-2.0 */
/* authorize.c - a client sends the browser to ask the user (RFC 6749 §4.1.1, RFC 7636, RFC 9700
 * §2.1). Nothing goes back to an address that the client did not register; a code can be redeemed
 * only by who knows the verifier, so a challenge is asked of every client. */
#include "core/oauth/authorize.h"

/* ---- parameters ---- */

/* The one that is asked for, or the only one there is. */
static bool redirect_uri_read(const struct idp_json *metadata, const struct idp_json *parameters,
                              struct idp_authorization *out)
{
    const struct idp_json *registered = idp_json_member(metadata, "redirect_uris");
    struct idp_bytes asked = idp_json_string(parameters, "redirect_uri");
    const struct idp_json *item = registered == NULL ? NULL : registered->child;
    out->is_redirect_uri_given = asked.data != NULL;
    if (asked.data == NULL) {
        bool is_only = item != NULL && item->next == NULL;
        out->redirect_uri = is_only ? item->text : (struct idp_bytes){0};
        return is_only;
    }
    while (item != NULL && !idp_redirect_uri_match(item->text, asked)) {
        item = item->next;
    }
    out->redirect_uri = item == NULL ? (struct idp_bytes){0} : asked;
    return item != NULL;
}

static bool challenge_read(const struct idp_json *parameters, struct idp_authorization *out)
{
    return idp_code_challenge_asked(parameters, &out->code_challenge) &&
           out->code_challenge.data != NULL;
}

static bool age_read(const struct idp_json *parameters, struct idp_authorization *out)
{
    struct idp_bytes text = idp_json_string(parameters, "max_age");
    struct idp_json number = {.kind = IDP_JSON_NUMBER, .text = text};
    out->age_max_s = -1;
    return text.data == NULL || (idp_json_integer(&number, &out->age_max_s) && out->age_max_s >= 0);
}

static enum idp_error resource_read(struct idp_call *call, const struct idp_json *parameters,
                                    struct idp_authorization *out)
{
    struct idp_token_request request = {
        .form = parameters,
        .client = out->client,
        .settings = out->settings,
        .rules = idp_token_rules_of(call, &out->settings, out->client.client_id)};
    return idp_resource_asked(call, &request, &out->resource);
}

/* NULL: that the type is not supported says enough. */
static const char *type_refusal(struct idp_bytes type)
{
    static const struct {
        const char *word, *sentence;
    } refused[] = {
        {"token",
         "The response type token (grant type implicit) is refused: it shows tokens in the "
         "address of the browser (RFC 9700 2.1.2). Use code."},
        {"id_token", "The response type id_token (grant type implicit) is refused: it shows tokens "
                     "in the address of the browser (RFC 9700 2.1.2). Use code."},
    };
    for (size_t i = 0; i < IDP_COUNT(refused); i++) {
        if (idp_word_in(type, idp_bytes_of(refused[i].word))) {
            return refused[i].sentence;
        }
    }
    return NULL;
}

/* What may be told to the client. What will never be comes first: no other client and no other
 * parameter would change it. */
static enum idp_error rest_read(struct idp_call *call, const struct idp_json *parameters,
                                struct idp_authorization *out)
{
    struct idp_bytes type = idp_json_string(parameters, "response_type");
    struct idp_bytes mode = idp_json_string(parameters, "response_mode");
    out->refusal = type_refusal(type);
    if (out->refusal != NULL) {
        return IDP_UNSUPPORTED_RESPONSE_TYPE;
    }
    if (!idp_grant_offered(&out->settings, idp_bytes_of(IDP_GRANT_AUTHORIZATION_CODE)) ||
        !idp_word_in(out->client.grant_types, idp_bytes_of(IDP_GRANT_AUTHORIZATION_CODE))) {
        return IDP_UNAUTHORIZED_CLIENT;
    }
    if (type.data == NULL || !challenge_read(parameters, out) || !age_read(parameters, out) ||
        (mode.data != NULL && !idp_bytes_is(mode, "query"))) {
        return IDP_INVALID_REQUEST;
    }
    if (!idp_bytes_is(type, "code")) {
        return IDP_UNSUPPORTED_RESPONSE_TYPE;
    }
    out->scope = idp_scope_asked(parameters, out->client.scope);
    return out->scope.data == NULL ? IDP_INVALID_SCOPE : resource_read(call, parameters, out);
}

enum idp_error idp_authorization_read(struct idp_call *call, const struct idp_json *parameters,
                                      struct idp_authorization *out)
{
    struct idp_bytes client_id = idp_json_string(parameters, "client_id");
    *out = (struct idp_authorization){.settings = idp_settings_load(call)};
    if (client_id.data == NULL) {
        return IDP_INVALID_REQUEST;
    }
    const struct idp_json *metadata = idp_client_metadata(call, client_id);
    if (metadata == NULL || !idp_client_find(call, client_id, &out->client) ||
        !out->client.enabled) {
        return IDP_INVALID_CLIENT;
    }
    if (!redirect_uri_read(metadata, parameters, out)) {
        return IDP_INVALID_REDIRECT_URI;
    }
    out->state = idp_json_string(parameters, "state");
    out->nonce = idp_json_string(parameters, "nonce");
    out->dpop_jkt = idp_json_string(parameters, "dpop_jkt");
    out->prompt = idp_json_string(parameters, "prompt");
    out->consent_prompt = idp_json_string(metadata, "consent_prompt");
    return rest_read(call, parameters, out);
}

/* ---- answers ---- */

static void add_parameter(struct idp_text *url, const char *name, struct idp_bytes value)
{
    if (value.data == NULL) {
        return;
    }
    bool has_query = memchr(url->data, '?', url->size) != NULL;
    idp_text_add_char(url, has_query ? '&' : '?');
    idp_text_add_c(url, name);
    idp_text_add_char(url, '=');
    idp_text_add(url, idp_url_encode(url->call, value));
}

struct idp_bytes idp_authorization_url(struct idp_call *call,
                                       const struct idp_authorization *request, const char *name,
                                       struct idp_bytes value)
{
    struct idp_text url = {.call = call};
    idp_text_add(&url, request->redirect_uri);
    add_parameter(&url, name, value);
    add_parameter(&url, "state", request->state);
    add_parameter(&url, "iss", request->settings.issuer);
    return idp_text_bytes(&url);
}

static const struct idp_json *refusal(struct idp_call *call,
                                      const struct idp_authorization *request, enum idp_error error)
{
    if (request->redirect_uri.data == NULL) {
        return idp_error_json(error);
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    const char *word = idp_error_row(error)->word;
    idp_json_add_c(call, answer, "error", word);
    idp_json_add_c(call, answer, "error_description",
                   request->refusal != NULL ? request->refusal : idp_error_row(error)->sentence);
    struct idp_text url = {.call = call};
    idp_text_add(&url, idp_authorization_url(call, request, "error", idp_bytes_of(word)));
    add_parameter(&url, "error_description",
                  request->refusal == NULL ? (struct idp_bytes){0}
                                           : idp_bytes_of(request->refusal));
    idp_json_add_string(call, answer, "redirect_to", idp_text_bytes(&url));
    return answer;
}

/* ---- SQL ---- */

static struct idp_bytes prompt_of(const struct idp_authorization *request)
{
    bool is_forced = idp_word_in(request->prompt, idp_bytes_of("consent"));
    return is_forced ? idp_bytes_of("ALWAYS_PROMPT") : request->consent_prompt;
}

const struct idp_json *idp_authorization_ask(struct idp_call *call,
                                             const struct idp_json *parameters,
                                             struct idp_bytes subject)
{
    struct idp_authorization request;
    enum idp_error error = idp_authorization_read(call, parameters, &request);
    if (error != IDP_OK) {
        return refusal(call, &request, error);
    }
    bool is_needed =
        subject.data == NULL || idp_consent_needed(call, prompt_of(&request), subject,
                                                   request.client.client_id, request.scope);
    bool is_silent = idp_word_in(request.prompt, idp_bytes_of("none"));
    if (is_silent && is_needed) {
        return refusal(call, &request,
                       subject.data == NULL ? IDP_LOGIN_REQUIRED : IDP_CONSENT_REQUIRED);
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, answer, "client_id", request.client.client_id);
    idp_json_add_string(call, answer, "client_name",
                        idp_client_name(call, request.client.client_id));
    idp_json_add_string(call, answer, "scope", request.scope);
    idp_json_add_string(call, answer, "redirect_uri", request.redirect_uri);
    idp_json_add_bool(call, answer, "consent_needed", is_needed);
    idp_json_add_bool(call, answer, "login_needed",
                      subject.data == NULL || idp_word_in(request.prompt, idp_bytes_of("login")));
    if (request.age_max_s >= 0) {
        idp_json_add_integer(call, answer, "max_age", request.age_max_s);
    }
    return answer;
}

/* authorization_request(parameters, subject) → what is asked, or an error with where to go */
struct idp_value idp_sql_authorization_request(struct idp_call *call,
                                               const struct idp_value *arguments)
{
    const struct idp_json *parameters = idp_json_object_argument(call, arguments[0], "parameters");
    return idp_value_json(idp_authorization_ask(call, parameters, idp_text_of(arguments[1])));
}

/* What goes along with the grant: how and when the user signed in, and what was asked. */
static struct idp_json *details_of(struct idp_call *call, const struct idp_authorization *request,
                                   const struct idp_json *options)
{
    struct idp_json *details =
        idp_grant_details(call, options, "auth_time amr claims", request->resource);
    idp_json_add_string(call, details, "nonce", request->nonce);
    return details;
}

static enum idp_error decision_read(const struct idp_json *options,
                                    const struct idp_authorization *request,
                                    struct idp_bytes *scope)
{
    struct idp_bytes decision = idp_json_string(options, "decision");
    *scope = idp_scope_asked(options, request->scope);
    if (idp_bytes_is(decision, "deny")) {
        return IDP_ACCESS_DENIED;
    }
    bool is_approved = decision.data == NULL || idp_bytes_is(decision, "approve");
    return !is_approved ? IDP_INVALID_REQUEST : scope->data == NULL ? IDP_INVALID_SCOPE : IDP_OK;
}

/* What nobody is asked, or asked each time, is no word for the next time. */
static bool is_remembered(struct idp_bytes consent_prompt)
{
    return !idp_bytes_is(consent_prompt, "ALWAYS_PROMPT") &&
           !idp_bytes_is(consent_prompt, "NEVER_PROMPT");
}

const struct idp_json *idp_authorization_decide(struct idp_call *call,
                                                const struct idp_json *parameters,
                                                struct idp_bytes subject,
                                                const struct idp_json *options)
{
    struct idp_bytes scope;
    struct idp_authorization request;
    enum idp_error error = idp_authorization_read(call, parameters, &request);
    if (error == IDP_OK) {
        error = decision_read(options, &request, &scope);
    }
    if (error == IDP_OK && !idp_subject_enabled(call, subject)) {
        error = IDP_ACCESS_DENIED;
    }
    if (error != IDP_OK) {
        return refusal(call, &request, error);
    }
    call->host->begin(call);
    if (is_remembered(request.consent_prompt)) {
        idp_consent_remember(call, subject, request.client.client_id, scope);
    }
    struct idp_bytes code = idp_authorization_code_make(call, &request, subject, scope,
                                                        details_of(call, &request, options));
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, answer, "redirect_to",
                        idp_authorization_url(call, &request, "code", code));
    return answer;
}

/* As approve_device_code() takes them. */
static bool details_valid(const struct idp_json *options)
{
    int64_t time_s;
    const struct idp_json *time = idp_json_member(options, "auth_time");
    const struct idp_json *amr = idp_json_member(options, "amr");
    const struct idp_json *claims = idp_json_member(options, "claims");
    return (time == NULL || (idp_json_integer(time, &time_s) && time_s >= 0)) &&
           (amr == NULL || idp_is_string_list(amr)) &&
           (claims == NULL || claims->kind == IDP_JSON_OBJECT);
}

/* authorize(parameters, subject, options) → {"redirect_to"}, or an error, perhaps with that */
struct idp_value idp_sql_authorize(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *parameters = idp_json_object_argument(call, arguments[0], "parameters");
    const struct idp_json *options = idp_json_object_argument(call, arguments[2], "options");
    idp_check_subject(call, arguments[1]);
    if (idp_text_of(arguments[2]).size > IDP_GRANT_DETAILS_SIZE_MAX) {
        idp_fail_with(call, IDP_TOO_LARGE, "Argument options is longer than %d bytes.",
                      IDP_GRANT_DETAILS_SIZE_MAX);
    }
    return idp_value_json(
        details_valid(options)
            ? idp_authorization_decide(call, parameters, arguments[1].bytes, options)
            : idp_error_json(IDP_INVALID_REQUEST));
}
