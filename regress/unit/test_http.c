/* SPDX-License-Identifier: Apache-2.0 */
/* test_http.c - forms, credentials, headers and routes, over scripted tenants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/http/http.h"
#include "regress/unit/host.h"

#define FORM_HEADERS                                                                               \
    "{\"Host\":\"h\",\"Content-Type\":\"application/x-www-form-urlencoded; charset=UTF-8\"}"

static void assert_text(struct idp_bytes bytes, const char *expected)
{
    if (!expected) {
        assert_null(bytes.data);
        return;
    }
    if (!idp_bytes_is(bytes, expected))
        fail_msg("\"%.*s\" is not \"%s\"", (int)bytes.size, bytes.data, expected);
}

/* ---- forms ---- */

static const struct {
    const char *body, *form; /* form NULL: malformed */
} forms[] = {
    {"", "{}"},
    {"a=1&b=2", "{\"a\":\"1\",\"b\":\"2\"}"},
    {"scope=a%20b", "{\"scope\":\"a b\"}"},
    {"scope=a+b", "{\"scope\":\"a b\"}"},
    {"scope=&client_id=x", "{\"client_id\":\"x\"}"},
    {"scope&client_id=x", "{\"client_id\":\"x\"}"},
    {"a=1&&b=2&", "{\"a\":\"1\",\"b\":\"2\"}"},
    {"a=b=c", "{\"a\":\"b=c\"}"},
    {"%61=1", "{\"a\":\"1\"}"},
    {"a=%C3%A9", "{\"a\":\"é\"}"},
    {"a=1&a=1", NULL},
    {"a=1&a=", NULL},
    {"a=&a=1", NULL},
    {"a=1&%61=2", NULL},
    {"unknown=1&unknown=2", NULL},
    {"=1", NULL},
    {"a=%", NULL},
    {"a=%4", NULL},
    {"a=%4g", NULL},
    {"a=%FF", NULL},
    {"a=\xff", NULL},
    {"a=%00", NULL},
    {"%FF=a", NULL},
};

static void forms_are_read_strictly(void **state)
{
    (void)state;
    struct host host;
    host_start(&host);
    for (size_t i = 0; i < IDP_COUNT(forms); i++) {
        const struct idp_json *form = idp_form_read(&host.call, idp_bytes_of(forms[i].body));
        if (!form && forms[i].form)
            fail_msg("%s was refused", forms[i].body);
        assert_text(form ? idp_json_text(&host.call, form) : (struct idp_bytes){0}, forms[i].form);
    }
    host_end_call(&host);
}

static void forms_have_limits(void **state)
{
    (void)state;
    struct host host;
    char body[IDP_FORM_PARAMETER_COUNT_MAX * 8 + 16];
    size_t size = 0;
    host_start(&host);
    for (int i = 0; i < IDP_FORM_PARAMETER_COUNT_MAX; i++)
        size += (size_t)snprintf(body + size, sizeof body - size, "p%d=1&", i);
    assert_non_null(idp_form_read(&host.call, (struct idp_bytes){body, size}));
    size += (size_t)snprintf(body + size, sizeof body - size, "one=1");
    assert_null(idp_form_read(&host.call, (struct idp_bytes){body, size}));
    char *large = idp_allocate(&host.call, IDP_FORM_SIZE_MAX + 1);
    memset(large, 'a', IDP_FORM_SIZE_MAX + 1);
    assert_non_null(idp_form_read(&host.call, (struct idp_bytes){large, IDP_FORM_SIZE_MAX}));
    assert_null(idp_form_read(&host.call, (struct idp_bytes){large, IDP_FORM_SIZE_MAX + 1}));
    host_end_call(&host);
}

/* ---- credentials ---- */

static const struct {
    const char *authorization, *form; /* authorization NULL: no header */
    enum idp_error error;
    enum idp_credential_method method;
    const char *client_id, *client_secret;
} credentials[] = {
    {NULL, "", IDP_OK, IDP_CREDENTIAL_NONE, NULL, NULL},
    {NULL, "client_id=tv", IDP_OK, IDP_CREDENTIAL_NONE, "tv", NULL},
    {NULL, "client_id=tv&client_secret=s", IDP_OK, IDP_CREDENTIAL_POST, "tv", "s"},
    {"Basic dHY6cw==", "", IDP_OK, IDP_CREDENTIAL_BASIC, "tv", "s"},
    {"bAsIc   dHY6cw==", "client_id=tv", IDP_OK, IDP_CREDENTIAL_BASIC, "tv", "s"},
    {"Basic dHY6", "", IDP_OK, IDP_CREDENTIAL_BASIC, "tv", ""},
    {"Basic dHY6czp0", "", IDP_OK, IDP_CREDENTIAL_BASIC, "tv", "s:t"},
    {"Basic YSUzQWIrYzpkJTI1Kw==", "", IDP_OK, IDP_CREDENTIAL_BASIC, "a:b c", "d% "},
    {"Basic dHY6cw==", "client_id=other", IDP_INVALID_REQUEST, IDP_CREDENTIAL_NONE, NULL, NULL},
    {"Basic dHY6cw==", "client_secret=s", IDP_INVALID_REQUEST, IDP_CREDENTIAL_NONE, NULL, NULL},
    {"Bearer x", "client_secret=s", IDP_INVALID_REQUEST, IDP_CREDENTIAL_NONE, NULL, NULL},
    {"Bearer x", "client_id=tv", IDP_INVALID_CLIENT, IDP_CREDENTIAL_NONE, NULL, NULL},
    {"Basic", "", IDP_INVALID_CLIENT, IDP_CREDENTIAL_NONE, NULL, NULL},
    {"Basic ", "", IDP_INVALID_CLIENT, IDP_CREDENTIAL_NONE, NULL, NULL},
    {"", "", IDP_INVALID_CLIENT, IDP_CREDENTIAL_NONE, NULL, NULL},
    {"Basic !", "", IDP_INVALID_CLIENT, IDP_CREDENTIAL_NONE, NULL, NULL},
    {"Basic dHY=", "", IDP_INVALID_CLIENT, IDP_CREDENTIAL_NONE, NULL, NULL},
    {"Basic OnM=", "", IDP_INVALID_CLIENT, IDP_CREDENTIAL_NONE, NULL, NULL},
    {"Basic dHY6JQ==", "", IDP_INVALID_CLIENT, IDP_CREDENTIAL_NONE, NULL, NULL},
    {"Basic /zpz", "", IDP_INVALID_CLIENT, IDP_CREDENTIAL_NONE, NULL, NULL},
};

static void credentials_are_told_one_way(void **state)
{
    (void)state;
    for (size_t i = 0; i < IDP_COUNT(credentials); i++) {
        struct host host;
        struct idp_credentials out = {0};
        host_start(&host);
        struct idp_json *headers = idp_json_new(&host.call, IDP_JSON_OBJECT);
        if (credentials[i].authorization)
            idp_json_add_c(&host.call, headers, "Authorization", credentials[i].authorization);
        struct idp_request request = {.headers = headers};
        const struct idp_json *form = idp_form_read(&host.call, idp_bytes_of(credentials[i].form));
        const char *why;
        assert_int_equal(idp_credentials_read(&host.call, &request, form, &out, &why),
                         credentials[i].error);
        assert_int_equal(why != NULL, credentials[i].error == IDP_INVALID_REQUEST);
        if (!credentials[i].error) {
            assert_int_equal(out.method, credentials[i].method);
            assert_text(out.client_id, credentials[i].client_id);
            assert_text(out.client_secret, credentials[i].client_secret);
        }
        host_end_call(&host);
    }
}

/* ---- headers and targets ---- */

static void headers_are_found_without_case(void **state)
{
    (void)state;
    struct host host;
    const char *why;
    host_start(&host);
    struct idp_request request = {
        .headers = idp_json_read(&host.call,
                                 idp_bytes_of("{\"HOST\":\"h\",\"a\":[\"1\"],\"b\":[\"1\",\"2\"],"
                                              "\"c\":\"1\",\"C\":\"2\",\"d\":7,\"e\":[]}"),
                                 &why)};
    assert_text(idp_request_header(&request, "host"), "h");
    assert_text(idp_request_header(&request, "a"), "1");
    assert_text(idp_request_header(&request, "b"), NULL);
    assert_text(idp_request_header(&request, "c"), NULL);
    assert_text(idp_request_header(&request, "d"), NULL);
    assert_text(idp_request_header(&request, "e"), NULL);
    assert_int_equal(idp_request_header_count(&request, "c"), 2);
    host_end_call(&host);
}

static const struct {
    const char *target, *host, *authority, *path, *query; /* path NULL: refused */
} targets[] = {
    {"/token", "H:8080", "h:8080", "/token", NULL},
    {"/token?a=b?c", "h", "h", "/token", "a=b?c"},
    {"/?", "h", "h", "/", ""},
    {"http://Other/token?x", "h", "other", "/token", "x"},
    {"HTTPS://Other:1/token", NULL, "other:1", "/token", NULL},
    {"/token", NULL, NULL, "/token", NULL},
    {"token", "h", NULL, NULL, NULL},
    {"", "h", NULL, NULL, NULL},
    {"*", "h", NULL, NULL, NULL},
    {"http://other", "h", NULL, NULL, NULL},
    {"/\xff", "h", NULL, NULL, NULL},
};

static void targets_are_located(void **state)
{
    (void)state;
    for (size_t i = 0; i < IDP_COUNT(targets); i++) {
        struct host host;
        host_start(&host);
        struct idp_json *headers = idp_json_new(&host.call, IDP_JSON_OBJECT);
        if (targets[i].host)
            idp_json_add_c(&host.call, headers, "host", targets[i].host);
        struct idp_request request = {.target = idp_bytes_of(targets[i].target),
                                      .headers = headers};
        bool located = idp_request_locate(&host.call, &request) == IDP_OK;
        assert_int_equal(located, targets[i].path != NULL);
        if (located) {
            assert_text(request.authority, targets[i].authority);
            assert_text(request.path, targets[i].path);
            assert_text(request.query, targets[i].query);
        }
        host_end_call(&host);
    }
}

static void media_types_are_compared_without_parameters(void **state)
{
    (void)state;
    static const char *const taken[] = {"application/x-www-form-urlencoded",
                                        "Application/X-WWW-Form-URLencoded ; charset=utf-8"};
    static const char *const refused[] = {"", "application/json", "application/x-www-form",
                                          "application/x-www-form-urlencoded2",
                                          "application/x-www-form-urlencoded,a/b"};
    struct host host;
    host_start(&host);
    for (size_t i = 0; i < IDP_COUNT(taken) + IDP_COUNT(refused); i++) {
        bool take = i < IDP_COUNT(taken);
        struct idp_json *headers = idp_json_new(&host.call, IDP_JSON_OBJECT);
        idp_json_add_c(&host.call, headers, "content-type",
                       take ? taken[i] : refused[i - IDP_COUNT(taken)]);
        struct idp_request request = {.headers = headers};
        assert_int_equal(idp_request_is(&request, IDP_FORM_MEDIA_TYPE), take);
    }
    host_end_call(&host);
}

/* ---- routes ---- */

/* One request, as an adapter would bring it; rows answer the statement that finds the tenant. */
static const struct idp_json *http(struct host *host, const char *method, const char *target,
                                   const char *headers, const char *body, size_t tenant_count)
{
    static struct idp_value rows[4];
    for (size_t i = 0; i < 4; i++)
        rows[i] = idp_value_text(idp_bytes_of(i % 2 == 0 ? "acme" : ""));
    host_start(host);
    host_answer(host, rows, tenant_count, 0);
    struct idp_value arguments[] = {
        idp_value_text(idp_bytes_of(method)), idp_value_text(idp_bytes_of(target)),
        idp_value_json_text(idp_bytes_of(headers)), idp_value_blob(idp_bytes_of(body))};
    struct idp_value result = host_invoke_named(host, "http_request", arguments, 4);
    assert_int_equal(host->error, IDP_OK);
    assert_int_equal(result.kind, 'j');
    return result.json;
}

static const struct {
    const char *method, *target, *headers, *body;
    size_t tenant_count;
    int64_t status;
    const char *header, *value; /* a header of the response; value NULL: not there */
} requests[] = {
    {"GET", "/healthz", "{}", "", 0, 200, "Cache-Control", "no-store"},
    {"GET", "/healthz?x", "{\"Host\":\"any\"}", "", 0, 200, "Allow", NULL},
    {"HEAD", "/healthz", "{}", "", 0, 200, "Content-Type", "application/json"},
    {"POST", "/healthz", "{}", "", 0, 405, "Allow", "GET, HEAD"},
    {"get", "/healthz", "{}", "", 0, 405, "Allow", "GET, HEAD"},
    {"GET", "/token", "{\"Host\":\"h\"}", "", 1, 405, "Allow", "POST"},
    {"DELETE", "/jwks", "{\"Host\":\"h\"}", "", 1, 405, "Cache-Control", "no-store"},
    {"GET", "/jwks", "{\"Host\":\"h\"}", "", 1, 200, "Cache-Control", "public, max-age=300"},
    {"GET", "/nothing", "{\"Host\":\"h\"}", "", 1, 404, "Allow", NULL},
    {"GET", "/healthz/", "{\"Host\":\"h\"}", "", 1, 404, "Allow", NULL},
    {"GET", "/jwks", "{\"Host\":\"h\"}", "", 0, 404, "Pragma", "no-cache"},
    {"GET", "/jwks", "{\"Host\":\"h\"}", "", 2, 404, "Pragma", "no-cache"},
    {"GET", "/jwks", "{}", "", 0, 404, "Pragma", "no-cache"},
    {"GET", "jwks", "{}", "", 0, 400, "Pragma", "no-cache"},
    {"GET", "/jwks", "not JSON", "", 0, 400, "Pragma", "no-cache"},
    {"GET", "/jwks", "[]", "", 0, 400, "Pragma", "no-cache"},
    {"GET", "/healthz", "{\"Host\":[\"a\",\"b\"]}", "", 0, 400, "Pragma", "no-cache"},
    {"GET", "/healthz", "{\"Host\":\"a\",\"host\":\"a\"}", "", 0, 400, "Pragma", "no-cache"},
    {"POST", "/token", "{\"Host\":\"h\"}", "grant_type=x", 1, 400, "Pragma", "no-cache"},
    {"POST", "/token", FORM_HEADERS, "a=1&a=1", 1, 400, "Cache-Control", "no-store"},
    {"POST", "/oauth2/token", FORM_HEADERS, "%", 1, 400, "Cache-Control", "no-store"},
    {"POST", "/device_authorization", FORM_HEADERS, "", 1, 400, "Pragma", "no-cache"},
    {"POST", "/oauth2/device_authorization", FORM_HEADERS, "client_id=a", 1, 401,
     "WWW-Authenticate", "Basic realm=\"idplane\""},
    {"GET", "/.well-known/openid-configuration/p", "{\"Host\":\"h\"}", "", 1, 404, "Allow", NULL},
};

static void requests_are_routed(void **state)
{
    (void)state;
    for (size_t i = 0; i < IDP_COUNT(requests); i++) {
        struct host host;
        int64_t status;
        const struct idp_json *response =
            http(&host, requests[i].method, requests[i].target, requests[i].headers,
                 requests[i].body, requests[i].tenant_count);
        assert_true(idp_json_integer(idp_json_member(response, "status"), &status));
        if (status != requests[i].status)
            fail_msg("%s %s %s: %d", requests[i].method, requests[i].target, requests[i].headers,
                     (int)status);
        assert_text(idp_json_string(idp_json_member(response, "headers"), requests[i].header),
                    requests[i].value);
        host_end_call(&host);
    }
}

static void head_has_no_body(void **state)
{
    (void)state;
    struct host host;
    assert_text(idp_json_string(http(&host, "HEAD", "/healthz", "{}", "", 0), "body"), "");
    host_end_call(&host);
    assert_text(idp_json_string(http(&host, "GET", "/healthz", "{}", "", 0), "body"),
                "{\"status\":\"ok\"}");
    assert_int_equal(host.statement_count, 0);
    host_end_call(&host);
}

static void large_bodies_are_refused(void **state)
{
    (void)state;
    static char body[IDP_FORM_SIZE_MAX + 2];
    struct host host;
    int64_t status;
    memset(body, 'a', sizeof body - 1);
    const struct idp_json *response = http(&host, "POST", "/token", FORM_HEADERS, body, 1);
    assert_true(idp_json_integer(idp_json_member(response, "status"), &status));
    assert_int_equal(status, 413);
    host_end_call(&host);
}

static void well_known_paths_may_be_inserted(void **state)
{
    (void)state;
    const struct idp_value row[] = {idp_value_text(idp_bytes_of("acme")),
                                    idp_value_text(idp_bytes_of("/p"))};
    static const char *const paths[] = {"/.well-known/oauth-authorization-server/p",
                                        "/.well-known/openid-configuration/p",
                                        "/p/.well-known/openid-configuration"};
    for (size_t i = 0; i < IDP_COUNT(paths); i++) {
        struct host host;
        host_start(&host);
        host_answer(&host, row, 1, 0);
        struct idp_request request = {.authority = idp_bytes_of("h"),
                                      .path = idp_bytes_of(paths[i])};
        assert_true(idp_request_find_tenant(&host.call, &request));
        assert_text(host.call.tenant, "acme");
        assert_true(idp_bytes_is(request.path, "/.well-known/openid-configuration") ||
                    idp_bytes_is(request.path, "/.well-known/oauth-authorization-server"));
        host_end_call(&host);
    }
}

static void pages_show_no_marks_of_direction(void **state)
{
    (void)state;
    struct host host;
    host_start(&host);
    struct idp_text html = {.call = &host.call};
    idp_html_add(&html,
                 idp_bytes_of("\u202etv\u200f\u2066\u2069 <b> \u00e9\u2028\u202a\u061c\xe2"));
    assert_text(idp_text_bytes(&html), "tv &lt;b&gt; \u00e9\u2028\xe2");
    host_end_call(&host);
}

/* ---- languages ---- */

static size_t holes_in(const char *text)
{
    size_t count = 0;
    while ((text = strstr(text, "{}")) != NULL) {
        count++;
        text += strlen("{}");
    }
    return count;
}

static void every_language_has_every_string(void **state)
{
    (void)state;
    for (size_t i = 0; i < idp_language_count; i++) {
        const struct idp_language *language = idp_languages[i];
        for (int string = 0; string < IDP_STRING_COUNT; string++) {
            const char *text = language->strings[string];
            if (text == NULL || text[0] == '\0')
                fail_msg("%s lacks string %d", language->tag, string);
            assert_true(idp_utf8_valid(idp_bytes_of(text)));
            assert_int_equal(holes_in(text), holes_in(idp_languages[0]->strings[string]));
        }
        for (int error = 0; language->errors && error <= IDP_TEMPORARILY_UNAVAILABLE; error++)
            if (language->errors[error] == NULL)
                fail_msg("%s lacks error %d", language->tag, error);
    }
}

static const struct {
    const char *accepted, *tag;
} languages[] = {
    {NULL, "en"},
    {"", "en"},
    {"de", "de"},
    {"DE-at", "de"},
    {"deu", "en"},
    {"fr, de;q=0.3", "de"},
    {"en;q=0.7,de;q=0.701", "de"},
    {"en,de", "en"},
    {"de,en", "de"},
    {"*;q=0.5, de;q=0.4", "en"},
    {"de;q=0", "en"},
    {"de;q=0.000, en;q=0", "en"},
    {"de ; Q=0.5", "de"},
    {"de;q=", "en"},
    {"de;q=x", "en"},
    {"de;q=9", "en"},
    {"de;x=1", "de"},
    {",;,q=,-,;;;q=0.9,de-", "de"},
};

static void the_language_is_the_one_liked_best(void **state)
{
    (void)state;
    for (size_t i = 0; i < IDP_COUNT(languages); i++) {
        struct idp_bytes accepted = {0};
        if (languages[i].accepted)
            accepted = idp_bytes_of(languages[i].accepted);
        const char *tag = idp_language_of(accepted)->tag;
        if (strcmp(tag, languages[i].tag) != 0)
            fail_msg("\"%s\" is %s", languages[i].accepted, tag);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_read_strictly),
        cmocka_unit_test(forms_have_limits),
        cmocka_unit_test(credentials_are_told_one_way),
        cmocka_unit_test(headers_are_found_without_case),
        cmocka_unit_test(targets_are_located),
        cmocka_unit_test(media_types_are_compared_without_parameters),
        cmocka_unit_test(requests_are_routed),
        cmocka_unit_test(head_has_no_body),
        cmocka_unit_test(large_bodies_are_refused),
        cmocka_unit_test(well_known_paths_may_be_inserted),
        cmocka_unit_test(pages_show_no_marks_of_direction),
        cmocka_unit_test(every_language_has_every_string),
        cmocka_unit_test(the_language_is_the_one_liked_best),
    };
    return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
