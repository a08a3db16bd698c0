/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_hook.c - any answer of any hook: it narrows and adds, or there are no tokens. Whatever it
 * says, the claims and members that are the server's word stay the server's.
 *
 * The input: the refused block; which grant and settings it is about; how the query ends; then what
 * the hook before tokens answers, and what the one after them does. */
#include "core/oauth/hook.h"
#include "regress/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    IS_GRANT = 1,
    IS_OPENID = 2,
    IS_MAPPED = 4,
    IS_REFRESH = 8,
    HAS_END = 16,
    HAS_SHORT_END = 32
};

static const char settings_text[] =
    "{\"issuer\":\"https://id.example\",\"attribute_sources\":[{\"name\":\"rank\",\"type\":\"sql\","
    "\"value\":\"rank\"},{\"name\":\"7\",\"id\":7,\"type\":\"ldap\",\"value\":\"x\"}],"
    "\"attribute_map\":{\"rank\":\"rank\",\"none\":\"nobody\",\"cn\":\"7\","
    "\"level\":{\"type\":\"value\",\"value\":[1,null]},\"missing\":{\"type\":\"sql\",\"value\":"
    "\"gone\"},\"who\":{\"type\":\"credential\",\"value\":\"subject\"},\"all\":{\"type\":"
    "\"credential\",\"value\":\"claims\"},\"given\":{\"type\":\"credential\",\"value\":\"given\"}}"
    "}";
static const char metadata_text[] =
    "{\"client_name\":\"TV\",\"client_secret\":\"s3cr3t-s3cr3t\",\"scope\":\"read\"}";
static const char details_text[] =
    "{\"claims\":{\"given\":\"Ada\",\"iss\":\"evil\"},\"auth_time\":1767225000,\"amr\":[\"pwd\"]}";

/* What a request was before its hooks, and the words that it may become. */
struct subject {
    struct idp_hook all[3];
    struct idp_hooks hooks;
    struct idp_token_request request;
    struct idp_grant grant;
    struct idp_token_issue issue;
    struct idp_token_rules rules;
};

static struct host_answer improvise(struct idp_call *call, const struct idp_statement *statement)
{
    static struct idp_value row[2];
    (void)call;
    row[0] = idp_value_json_text(idp_bytes_of(metadata_text));
    row[1] = idp_value_time(0);
    return (struct host_answer){row, strcmp(statement->columns, "jz") == 0, 1};
}

static const struct idp_json *read_text(struct idp_call *call, const char *text)
{
    const char *why;
    const struct idp_json *json = idp_json_read(call, idp_bytes_of(text), &why);
    host_require(json != NULL);
    return json;
}

/* ---- what is asked about ---- */

static void hooks_make(struct subject *subject)
{
    subject->all[0].name = idp_bytes_of("pre_token");
    subject->all[1].name = idp_bytes_of("post_token");
    subject->all[2].name = idp_bytes_of("rank");
    subject->hooks =
        (struct idp_hooks){.all = subject->all, .count = IDP_COUNT(subject->all), .is_any = true};
    subject->hooks.before = idp_hook_named(&subject->hooks, idp_bytes_of("pre_token"));
    subject->hooks.after = idp_hook_named(&subject->hooks, idp_bytes_of("post_token"));
}

static void subject_make(struct idp_call *call, struct subject *subject, unsigned char flags)
{
    int64_t end_us = idp_now_us(call) + (flags & HAS_SHORT_END ? 1 : 7200) * INT64_C(1000000);
    hooks_make(subject);
    subject->grant = (struct idp_grant){.client_id = idp_bytes_of("tv"),
                                        .subject = idp_bytes_of("u"),
                                        .grant_type = idp_bytes_of(IDP_GRANT_DEVICE_CODE),
                                        .scope = idp_bytes_of("read write"),
                                        .details = read_text(call, details_text),
                                        .binding = {.jkt = idp_bytes_of("thumbprint")}};
    if (flags & IS_GRANT)
        subject->grant.grant_id = idp_bytes_of("grant");
    if (flags & IS_OPENID)
        subject->grant.scope = idp_bytes_of("openid read write");
    if (flags & HAS_END)
        subject->grant.expires_at_us = end_us;
    subject->request = (struct idp_token_request){
        .grant_type = subject->grant.grant_type,
        .settings = idp_settings_of(flags & IS_MAPPED ? read_text(call, settings_text) : NULL),
        .hooks = &subject->hooks};
    subject->rules = idp_token_rules_of(call, &subject->request.settings, subject->grant.client_id);
    subject->request.rules = subject->rules;
    subject->issue = (struct idp_token_issue){.request = &subject->request,
                                              .grant = &subject->grant,
                                              .rules = subject->rules,
                                              .is_refresh_wanted = (flags & IS_REFRESH) != 0};
}

static void query_ends(struct idp_call *call, unsigned char end, struct idp_bytes answer)
{
    static const char *const failures[] = {NULL, "raised", "ended", "too_large"};
    struct host *host = call->context;
    const char *failure = failures[end < 64 ? 0 : end / 64];
    host->query_answer = (struct idp_query_answer){
        .failure = failure,
        .cause = failure == NULL ? (struct idp_bytes){0} : idp_bytes_of("the engine's own words"),
        .text = answer.data == NULL ? answer : idp_bytes_copy(call, answer)};
}

/* ---- what must hold ---- */

/* RFC 6749 §5.2. */
static bool is_plain(struct idp_bytes text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < ' ' || text.data[i] > '~' || text.data[i] == '"' || text.data[i] == '\\')
            return false;
    return text.size > 0;
}

/* An answer was refused for a reason that administrators are told; or the hook denied. */
static void check_error(const struct idp_json *error, const struct idp_asked *asked,
                        const struct idp_json *denial)
{
    int64_t status;
    host_require(is_plain(idp_json_string(error, "error")));
    host_require(is_plain(idp_json_string(error, "error_description")));
    if (error == denial) {
        const struct idp_json *given = idp_json_member(error, "http_status");
        host_require(given == NULL ||
                     (idp_json_integer(given, &status) && status >= 400 && status < 500));
        return;
    }
    host_require(idp_bytes_is(idp_json_string(error, "error"), "server_error"));
    host_require(asked->failure != NULL && asked->cause.data != NULL);
}

static void check_same(struct idp_call *call, const struct idp_json *now,
                       const struct idp_json *before, const char *name)
{
    const struct idp_json *one = idp_json_member(now, name);
    const struct idp_json *other = idp_json_member(before, name);
    host_require((one == NULL) == (other == NULL));
    host_require(one == NULL ||
                 idp_bytes_equal(idp_json_text(call, one), idp_json_text(call, other)));
}

static void check_narrower(const struct subject *subject, struct idp_bytes scope)
{
    const struct idp_token_rules *now = &subject->issue.rules, *before = &subject->rules;
    host_require(idp_scope_valid(subject->grant.scope));
    host_require(idp_scope_within(subject->grant.scope, scope));
    host_require(now->access_token_lifetime_s > 0 && now->refresh_token_lifetime_s > 0);
    host_require(now->access_token_lifetime_s <= before->access_token_lifetime_s);
    host_require(now->refresh_token_lifetime_s <= before->refresh_token_lifetime_s);
    host_require(now->grant_lifetime_s <= before->grant_lifetime_s);
    host_require(now->id_token_lifetime_s == before->id_token_lifetime_s);
    host_require(now->is_opaque == before->is_opaque && now->is_rotated == before->is_rotated);
}

/* The claims of a token, beside what they were before anybody was asked. */
static void check_claims(struct idp_call *call, const struct idp_json *now,
                         const struct idp_json *before)
{
    static const char *const ours[] = {"iss",       "sub",     "aud",       "client_id", "cnf",
                                       "auth_time", "amr",     "act",       "azp",       "nonce",
                                       "iat",       "nbf",     "jti",       "typ",       "sid",
                                       "active",    "at_hash", "token_use", "token_type"};
    for (size_t i = 0; i < IDP_COUNT(ours); i++)
        check_same(call, now, before, ours[i]);
    int64_t end_s, end_before_s;
    host_require(idp_json_integer(idp_json_member(now, "exp"), &end_s));
    host_require(idp_json_integer(idp_json_member(before, "exp"), &end_before_s));
    host_require(end_s <= end_before_s);
}

static void check_headers(const struct idp_json *headers)
{
    size_t count = 0;
    for (const struct idp_json *item = headers == NULL ? NULL : headers->child; item != NULL;
         item = item->next) {
        host_require(item->kind == IDP_JSON_STRING && is_plain(item->name));
        host_require(memchr(item->name.data, ':', item->name.size) == NULL);
        host_require(memchr(item->name.data, ' ', item->name.size) == NULL);
        host_require(!idp_text_has_control(item->text));
        host_require(++count <= IDP_HOOK_HEADER_COUNT_MAX);
    }
}

/* ---- both hooks ---- */

static const struct idp_json *response_of(struct idp_call *call)
{
    return read_text(call, "{\"access_token\":\"a\",\"token_type\":\"DPoP\",\"expires_in\":60,"
                           "\"refresh_token\":\"r\",\"scope\":\"read\"}");
}

static void finish(struct idp_call *call, struct subject *subject, const struct idp_json *claims)
{
    static const char *const ours[] = {"access_token", "token_type", "expires_in", "refresh_token",
                                       "id_token",     "scope",      "error",      "http_status"};
    const struct idp_json *before = response_of(call);
    struct idp_json *answer = idp_json_node(call, before);
    const struct idp_json *error = idp_token_issue_finish(call, &subject->issue, claims, answer);
    if (error != NULL) {
        check_error(error, &subject->issue.after, NULL);
        return;
    }
    for (size_t i = 0; i < IDP_COUNT(ours); i++)
        check_same(call, answer, before, ours[i]);
    check_headers(idp_json_member(answer, "http_headers"));
    host_require(idp_json_text(call, answer).size > 0);
}

struct asking {
    struct subject subject;
    struct idp_bytes after;
};

/* As the token endpoint does it, but that nothing is signed. */
static const struct idp_json *ask(struct idp_call *call, void *data)
{
    struct asking *asking = data;
    struct subject *subject = &asking->subject;
    struct idp_bytes jti = idp_bytes_of("grant.jti"), scope = subject->grant.scope;
    const struct idp_json *access = idp_claims_for_access(call, &subject->issue, jti);
    const struct idp_json *id = idp_claims_for_id(call, &subject->issue);
    const struct idp_json *error = idp_token_issue_prepare(call, &subject->issue);
    if (error != NULL) {
        check_error(error, &subject->issue.before, subject->issue.denial);
        subject->hooks.is_refused = true;
        return error;
    }
    check_narrower(subject, scope);
    const struct idp_json *claims = idp_claims_for_access(call, &subject->issue, jti);
    check_claims(call, claims, access);
    if (idp_token_issue_has_id_token(&subject->issue))
        check_claims(call, idp_claims_for_id(call, &subject->issue), id);
    query_ends(call, 0, asking->after);
    finish(call, subject, claims);
    return claims;
}

static void check(struct idp_call *call, struct idp_bytes *rest)
{
    struct host *host = call->context;
    struct asking *asking = idp_allocate(call, sizeof *asking);
    unsigned char flags = input_byte(rest), end = input_byte(rest);
    struct idp_bytes before = input_part(rest);
    asking->after = input_part(rest);
    host->improvise = improvise;
    call->function = idp_function_find("token_request");
    subject_make(call, &asking->subject, flags);
    query_ends(call, end, before);
    host_require(idp_hooked(call, &asking->subject.hooks, ask, asking) != NULL);
    host_require(host->undone_count == asking->subject.hooks.is_refused);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, check);
}
