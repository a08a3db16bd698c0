/* SPDX-License-Identifier: Apache-2.0 */
/* visitor.c - who is there: whom the session of a cookie is of; or, where the tenant has a
 * subject_header, whom a trusted proxy names in it, request by request. Then no row says that
 * somebody is signed in, so what proves that a form came from a page of ours follows from a secret
 * of the browser, kept in the cookie that a session would have, and from who they are. */
#include "core/http/http.h"
#include "core/sso/sso.h"

enum { COOKIE_SIZE = 32 };

/* Whom the proxy names; data NULL: nobody, several, or what no subject can be. */
static struct idp_bytes named_by_proxy(struct idp_call *call, const struct idp_request *request)
{
    struct idp_bytes header = idp_settings_load(call).subject_header;
    struct idp_bytes subject = idp_request_header(request, idp_text_c(call, header));
    bool is_good = subject.size > 0 && subject.size <= IDP_SUBJECT_SIZE_MAX &&
                   idp_utf8_valid(subject) && !idp_text_has_control(subject);
    return is_good ? subject : (struct idp_bytes){0};
}

static struct idp_bytes csrf_of(struct idp_call *call, struct idp_bytes cookie,
                                struct idp_bytes subject)
{
    struct idp_bytes parts[] = {idp_tenant(call), cookie, subject};
    return idp_base64url_encode(call, idp_digest(call, "proxy_csrf", parts, IDP_COUNT(parts)));
}

static struct idp_json *session_by_proxy(struct idp_call *call, const struct idp_request *request)
{
    struct idp_bytes subject = named_by_proxy(call, request);
    struct idp_bytes cookie = idp_cookie_read(call, request, IDP_COOKIE_SESSION);
    bool is_new = !idp_login_secret_valid(cookie);
    if (subject.data == NULL || !idp_subject_enabled(call, subject)) {
        return NULL;
    }
    cookie = is_new ? idp_random_text(call, COOKIE_SIZE) : cookie;
    struct idp_json *session = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, session, "user", subject);
    idp_json_add_string(call, session, "csrf_token", csrf_of(call, cookie, subject));
    idp_json_add_string(call, session, "new_cookie", is_new ? cookie : (struct idp_bytes){0});
    return session;
}

struct idp_json *idp_request_session(struct idp_call *call, const struct idp_request *request)
{
    if (idp_settings_load(call).subject_header.data != NULL) {
        return session_by_proxy(call, request);
    }
    struct idp_bytes cookie = idp_cookie_read(call, request, IDP_COOKIE_SESSION);
    return idp_login_secret_valid(cookie) ? idp_sso_session_find(call, cookie) : NULL;
}

const struct idp_json *idp_session_hand_out(struct idp_call *call, const struct idp_json *session,
                                            struct idp_response *response)
{
    struct idp_bytes cookie = idp_json_string(session, "new_cookie");
    if (cookie.data == NULL) {
        return session;
    }
    idp_cookie_add(call, response, IDP_COOKIE_SESSION, cookie,
                   idp_settings_load(call).session_absolute_lifetime_s);
    return idp_json_with(call, session, "new_cookie", NULL);
}

bool idp_request_is_ours(struct idp_call *call, const struct idp_request *request,
                         const struct idp_json *form)
{
    struct idp_bytes cookie = idp_cookie_read(call, request, IDP_COOKIE_SESSION);
    struct idp_bytes field = idp_json_string(form, "csrf_token");
    struct idp_bytes token =
        field.data != NULL ? field : idp_request_header(request, IDP_CSRF_HEADER);
    if (!idp_login_secret_valid(cookie) || token.data == NULL) {
        return false;
    }
    if (idp_settings_load(call).subject_header.data == NULL) {
        return idp_sso_csrf_valid(call, cookie, token);
    }
    struct idp_bytes subject = named_by_proxy(call, request);
    return subject.data != NULL && idp_equal(csrf_of(call, cookie, subject), token);
}

/* ---- who is not ---- */

static struct idp_response proxy_page(struct idp_call *call, const struct idp_request *request)
{
    struct idp_page page = idp_page_begin(call, request, NULL);
    bool is_locked = named_by_proxy(call, request).data != NULL;
    idp_page_add(&page, "<p role=\"alert\">", is_locked ? IDP_SAY_LOCKED : IDP_SAY_PROXY_LOGIN,
                 "</p>");
    return idp_page_end(&page, is_locked ? 403 : 401,
                        is_locked ? IDP_TITLE_LOCKED : IDP_TITLE_NOT_SIGNED_IN);
}

/* True for what may stand in a Location, and be read by the login as a path. */
static bool is_printable(struct idp_bytes text)
{
    size_t i = 0;
    while (i < text.size && text.data[i] > ' ' && text.data[i] < 0x7f && text.data[i] != '\\') {
        i++;
    }
    return i == text.size;
}

/* This address, as a path of its host; without a query that a login would not take. */
static struct idp_bytes here_of(struct idp_call *call, const struct idp_request *request)
{
    struct idp_text here = {.call = call};
    idp_text_add(&here, idp_url_path(idp_settings_load(call).base_url));
    idp_text_add(&here, request->path);
    if (request->query.size > 0 && here.size + request->query.size < IDP_URL_SIZE_MAX &&
        is_printable(request->query)) {
        idp_text_add_char(&here, '?');
        idp_text_add(&here, request->query);
    }
    return idp_text_bytes(&here);
}

struct idp_response idp_response_sign_in(struct idp_call *call, const struct idp_request *request)
{
    struct idp_text url = {.call = call};
    if (idp_settings_load(call).subject_header.data != NULL) {
        return proxy_page(call, request);
    }
    idp_text_add(&url, idp_settings_load(call).base_url);
    idp_text_add_c(&url, "/login?return_to=");
    idp_text_add(&url, idp_url_encode(call, here_of(call, request)));
    return idp_response_redirect(call, idp_text_bytes(&url));
}
