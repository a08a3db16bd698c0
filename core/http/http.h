/* SPDX-License-Identifier: Apache-2.0 */
/* http.h - an HTTP request as values in, an HTTP response as values out; no socket here.
 * Arrows point from here to the areas, never back.
 *
 * A front calls http_request(method, target, headers, body) and relays what comes back. It must
 * remove every x-idplane-peer header that a client sent and set its own to the address of the peer:
 * that is the only place where an address is believed. X-Forwarded-For is never read. */
#ifndef IDPLANE_HTTP_H
#define IDPLANE_HTTP_H

#include "core/http/strings.h"
#include "core/oauth/oauth.h"
#include "core/provisioning/provisioning.h"

#define IDP_FORM_MEDIA_TYPE "application/x-www-form-urlencoded"
#define IDP_JSON_MEDIA_TYPE "application/json"
#define IDP_PEER_HEADER "x-idplane-peer"
#define IDP_CSRF_HEADER "x-xsrf-token"

/* RFC 6750 §3. */
#define IDP_BEARER_CHALLENGE "Bearer realm=\"idplane\""

/* Set by the front alone where it met a header a second time; such a request is refused. */
#define IDP_REPEATED_HEADER "x-idplane-repeated"

/* Set by a front that took the certificate of a client, whose key it has seen proven, without
 * asking who vouches for it. */
#define IDP_UNVERIFIED_HEADER "x-idplane-unverified"

/* The scope of access tokens that decide about devices for their subject. */
#define IDP_SCOPE_DEVICE_APPROVAL "device_approval"

struct idp_request {
    struct idp_bytes method, target; /* as sent; target may hold a query */
    struct idp_bytes authority; /* lower case, from Host or an absolute target; data NULL: none */
    struct idp_bytes path;      /* behind the tenant's base path, without the query */
    struct idp_bytes query;     /* data NULL: none */
    struct idp_bytes segment;   /* of the path, decoded, where its route has {} */
    struct idp_bytes segment_second; /* where it has another one */
    const struct idp_json *headers;  /* object; a value is a string or an array of strings */
    struct idp_bytes body;
    const struct idp_json *resume;  /* where a request goes on that was told to fetch; else NULL */
    const struct idp_json *fetched; /* what it fetched */
    bool is_offline;                /* its front says that it cannot fetch */
    bool is_located;                /* it is for a tenant that there is */
};

struct idp_response {
    int64_t status;
    struct idp_json *headers; /* object; a value is a string or an array of strings */
    struct idp_bytes body;
    bool is_binary;           /* the body is no text */
    struct idp_json *pending; /* not NULL: no answer yet, {"fetch" or "wait_ms","resume"} */
    struct idp_json *waiting; /* not NULL: it may be kept back: {"wait_ms","wake_on","resume"} */
};

/* ---- request (request.c) ---- */

/* The value of a header, name in lower case, names compared without case; data NULL: absent or
 * given several times. */
struct idp_bytes idp_request_header(const struct idp_request *request, const char *name);

/* How often a header was given. The router refuses several Host, Authorization, Content-Type. */
size_t idp_request_header_count(const struct idp_request *request, const char *name);

/* Sets authority, path and query from target and Host. IDP_INVALID_REQUEST where they are none. */
enum idp_error idp_request_locate(struct idp_call *call,
                                  struct idp_request *request) IDP_MUST_CHECK;

/* True where the headers can be read in one way only. */
bool idp_request_is_clear(const struct idp_request *request);
/* True where Content-Type is `media_type`, whatever its parameters. */
bool idp_request_is(const struct idp_request *request, const char *media_type);

/* ---- what a client likes best (accept.c) ---- */

/* The weight in the parameters of a range, in thousandths; without one it is all of them. */
int idp_accept_weight(struct idp_bytes parameters);
/* The number of the media type that Accept likes best; of equals, and where it likes none, usual.
 */
size_t idp_accept_choose(struct idp_bytes accepted, const char *const *types, size_t count,
                         size_t usual);

/* ---- JSON or CBOR (content.c) ---- */

enum idp_content { IDP_CONTENT_JSON, IDP_CONTENT_CBOR, IDP_CONTENT_OCF, IDP_CONTENT_COUNT };

/* What a device sent, as idp_content_read() has it; where that cannot be read it is an event of
 * whom session or connection name. (provisioning_routes.c) */
const struct idp_json *idp_device_body(struct idp_call *call, const struct idp_request *request,
                                       struct idp_response *refusal);
/* The object that the body is, by its Content-Type; an empty one where there is no body. NULL:
 * *refusal says why. */
const struct idp_json *idp_content_read(struct idp_call *call, const struct idp_request *request,
                                        struct idp_response *refusal);
/* What an operation returned: 200, or the status of its error, with Retry-After where it has a
 * retry_after. As Accept likes it best, else as the body came, else as `usual`. */
struct idp_response idp_content_answer(struct idp_call *call, const struct idp_request *request,
                                       enum idp_content usual, const struct idp_json *answer);

/* ---- form (form.c) ---- */

/* Reads application/x-www-form-urlencoded into an object of strings (RFC 6749 §3.2: empty is
 * absent). NULL: malformed, repeated or over a limit. */
const struct idp_json *idp_form_read(struct idp_call *call, struct idp_bytes text);

/* The query, read so; NULL also where there is none. */
const struct idp_json *idp_request_query(struct idp_call *call, const struct idp_request *request);

/* The same where a parameter may come several times: an array of texts for each name, in lower
 * case. NULL: malformed, or too many. */
const struct idp_json *idp_request_query_lists(struct idp_call *call,
                                               const struct idp_request *request);

/* ---- credentials (credentials.c) ---- */

/* Credentials of a request: HTTP Basic (form-decoded, RFC 6749 §2.3.1) or the form.
 * IDP_INVALID_REQUEST for both at once, of which *why tells (else NULL: what the error says will
 * do), IDP_INVALID_CLIENT for a malformed Basic header. */
enum idp_error idp_credentials_read(struct idp_call *call, const struct idp_request *request,
                                    const struct idp_json *form, struct idp_credentials *out,
                                    const char **why) IDP_MUST_CHECK;

/* ---- cookies (cookie.c) ---- */

enum idp_cookie { IDP_COOKIE_BROWSER, IDP_COOKIE_SESSION, IDP_COOKIE_CSRF, IDP_COOKIE_COUNT };

/* The value that the browser has; data NULL: none, or several that differ. */
struct idp_bytes idp_cookie_read(struct idp_call *call, const struct idp_request *request,
                                 enum idp_cookie cookie);

/* Adds one to the response, for lifetime_s seconds; 0: removes it. */
void idp_cookie_add(struct idp_call *call, struct idp_response *response, enum idp_cookie cookie,
                    struct idp_bytes value, int64_t lifetime_s);

/* ---- visitors (visitor.c) ---- */

/* Who is there, by a session of theirs, which is used now, or by the header of a trusted proxy,
 * where the tenant has one: {"user","csrf_token",…}; NULL: nobody who may be. */
struct idp_json *idp_request_session(struct idp_call *call, const struct idp_request *request);

/* Adds the cookie that the session needs first, where it does; the session without it. */
const struct idp_json *idp_session_hand_out(struct idp_call *call, const struct idp_json *session,
                                            struct idp_response *response);

/* True where the request comes from a page of ours: by the field csrf_token of its form (may be
 * NULL), or by the header that scripts set. */
bool idp_request_is_ours(struct idp_call *call, const struct idp_request *request,
                         const struct idp_json *form) IDP_MUST_CHECK;

/* For whoever is not there: the login, and back to this address; or, where a proxy signs people in,
 * a page that says that it did not, or that the account is locked. */
struct idp_response idp_response_sign_in(struct idp_call *call, const struct idp_request *request);

/* The path of a URL; empty for none (locate.c). */
struct idp_bytes idp_url_path(struct idp_bytes url);

/* ---- pages (page.c, person.c, language.c) ---- */

/* A page under way, in the language of the browser. Text that is added is shown, and none of it is
 * markup; what people read is in strings.h. */
struct idp_page {
    struct idp_call *call;
    const struct idp_request *request;
    const struct idp_language *language;
    const struct idp_json *session; /* NULL: nobody is there */
    struct idp_text html;           /* its content */
    struct idp_bytes onward;        /* a URL that it leads to by itself; data NULL: none */
};

struct idp_page idp_page_begin(struct idp_call *call, const struct idp_request *request,
                               const struct idp_json *session);

/* The page: never stored, never framed, without script, its forms for this server only. */
struct idp_response idp_page_end(struct idp_page *page, int64_t status, enum idp_string title);

/* Adds markup as it is; text; a string between markup; a string with what its {} stands for, which
 * is in an element where `element` is one. */
void idp_page_markup(struct idp_page *page, const char *markup);
void idp_page_text(struct idp_page *page, struct idp_bytes text);
void idp_page_add(struct idp_page *page, const char *before, enum idp_string string,
                  const char *after);
void idp_page_fill(struct idp_page *page, enum idp_string string, const char *element,
                   struct idp_bytes value);

/* Begins a form that is sent to a path of ours, which has no markup, and ends it; its fields that
 * nobody sees; its buttons, several beside each other. */
void idp_page_form(struct idp_page *page, struct idp_bytes path);
void idp_page_hidden(struct idp_page *page, const char *name, struct idp_bytes value);
void idp_page_button(struct idp_page *page, const char *attributes, enum idp_string string);

/* A link to a path of ours, which has no markup, that looks like a button. */
void idp_page_link(struct idp_page *page, struct idp_bytes path, enum idp_string string);

/* What went wrong: read out at once. The element has the id `error`. */
void idp_page_error(struct idp_page *page, struct idp_bytes sentence);

/* Who is there; the form that ends their session, where they can. */
void idp_page_user(struct idp_page *page);
void idp_page_logout(struct idp_page *page);

/* What somebody is asked to allow (device_request.c). */
void idp_page_scopes(struct idp_page *page, struct idp_bytes scope);

/* What lookup_user_code() found: who asks for what, from where, since when, and the code
 * (device_request.c). */
void idp_page_device_request(struct idp_page *page, const struct idp_json *found);

/* Adds text as HTML shows it. */
void idp_html_add(struct idp_text *html, struct idp_bytes text);

/* True where Accept names text/html: whoever takes anything is a program. */
bool idp_request_is_of_browser(const struct idp_request *request);

/* Where a login ends that was for nothing else. */
struct idp_response idp_response_session_page(struct idp_call *call,
                                              const struct idp_request *request,
                                              const struct idp_json *session);

/* The response, as a page where it tells a person of an error. */
struct idp_response idp_response_for(struct idp_call *call, const struct idp_request *request,
                                     struct idp_response response);

/* Sends the browser on, by GET. */
struct idp_response idp_response_redirect(struct idp_call *call, struct idp_bytes url);

/* ---- QR codes (qr_code.c) ---- */

/* An SVG document of the text, of at most IDP_QR_TEXT_SIZE_MAX bytes, black on white with its quiet
 * zone; data NULL: none could be made. */
struct idp_bytes idp_qr_svg(struct idp_call *call, struct idp_bytes text);
struct idp_value idp_sql_qr_code(struct idp_call *call, const struct idp_value *arguments);

/* ---- what authenticates (credentials.c, access.c) ---- */

/* The certificate of the client's TLS connection in PEM, where the settings say in which header the
 * front passes it; data NULL: none (credentials.c). */
struct idp_bytes idp_request_certificate(struct idp_call *call, const struct idp_request *request);

/* The same, and behind it those of the header with -chain behind its name (RFC 9440 §2.3), if
 * there is one; data NULL also where that is malformed. */
struct idp_bytes idp_request_chain(struct idp_call *call, const struct idp_request *request);

/* The request as a proof names it (access.c): the URL is the one that clients know, wherever the
 * front stands. */
struct idp_origin idp_request_origin(struct idp_call *call, const struct idp_request *request);

/* The access token of an Authorization header (RFC 6750 §2.1); data NULL: none. */
struct idp_bytes idp_request_bearer(const struct idp_request *request);

/* The claims of a token of ours that has the scope, with the proof that it needs, the nonce in it
 * where the settings say so; NULL: *refusal says why not (RFC 6750 §3, RFC 9449 §7.1, §9). */
const struct idp_json *idp_request_claims(struct idp_call *call, const struct idp_request *request,
                                          const char *scope, struct idp_response *refusal);

/* ---- response (response.c) ---- */

/* A JSON document with this status, never stored by caches. */
struct idp_response idp_response_json(struct idp_call *call, int64_t status,
                                      const struct idp_json *document);

/* The same, kept by caches for a short while: it is public and changes rarely. */
struct idp_response idp_response_public(struct idp_call *call, const struct idp_json *document);

/* 200, or the status of the `error` of what an operation returned (RFC 6749 §5). */
int64_t idp_outcome_status(const struct idp_json *outcome);

/* What an operation returned, with that status. */
struct idp_response idp_response_outcome(struct idp_call *call, const struct idp_json *outcome);

/* 401 or 403 for a bearer token (RFC 6750 §3); error NULL: none was sent. */
struct idp_response idp_response_bearer(struct idp_call *call, int64_t status, const char *error,
                                        const char *description);

/* The same for a token under the scheme DPoP (RFC 9449 §7.1). */
struct idp_response idp_response_dpop(struct idp_call *call, int64_t status, const char *error,
                                      const char *description);

/* 401 where no token came at all: either scheme will do. */
struct idp_response idp_response_token_needed(struct idp_call *call);

struct idp_response idp_response_error(struct idp_call *call, enum idp_error error);

/* The error of a word; IDP_SERVER_ERROR for any other. */
enum idp_error idp_error_of_word(struct idp_bytes word);

/* What a front answers where the database could not: a document as http_request returns it, written
 * into `json`. There is no call then, hence no arena. */
void idp_response_refusal(char *json, size_t size, enum idp_error error);

/* ---- routes (router.c, routes.c, and one file for each group of handlers) ---- */

/* Methods as a set; a route that answers GET answers HEAD. */
enum idp_method { IDP_GET = 1, IDP_POST = 2, IDP_PUT = 4, IDP_PATCH = 8, IDP_DELETE = 16 };

/* A row of the route table. Several rows may share a path when their methods differ. */
struct idp_route {
    const char *path; /* {} stands for one segment, twice at most */
    unsigned methods;
    enum idp_effect effect; /* the host sees it as the effect of the call */
    bool any_host;          /* answers whatever the Host: it belongs to no tenant */
    const char *media_type; /* of the body; NULL: no body is read */
    struct idp_response (*answer)(struct idp_call *call, const struct idp_request *request);
};

extern const struct idp_route idp_routes[];
extern const size_t idp_route_count;

struct idp_response idp_answer_device_authorization(struct idp_call *call,
                                                    const struct idp_request *request);
struct idp_response idp_answer_token(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_authorize(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_authorize_decision(struct idp_call *call,
                                                  const struct idp_request *request);
struct idp_response idp_answer_register(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_registration_get(struct idp_call *call,
                                                const struct idp_request *request);
struct idp_response idp_answer_registration_put(struct idp_call *call,
                                                const struct idp_request *request);
struct idp_response idp_answer_registration_delete(struct idp_call *call,
                                                   const struct idp_request *request);
struct idp_response idp_answer_introspect(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_revoke(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_userinfo(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_metadata(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_jwks(struct idp_call *call, const struct idp_request *request);
/* True for a path of what carries its own signature: lists, OCSP (pki_routes.c). */
bool idp_path_is_signed(struct idp_bytes path);
struct idp_response idp_answer_crl(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_ocsp_get(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_ocsp_post(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_est_cacerts(struct idp_call *call,
                                           const struct idp_request *request);
struct idp_response idp_answer_est_attributes(struct idp_call *call,
                                              const struct idp_request *request);
struct idp_response idp_answer_est_enroll(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_est_renew(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_provisioning_begin(struct idp_call *call,
                                                  const struct idp_request *request);
struct idp_response idp_answer_provisioning_prove(struct idp_call *call,
                                                  const struct idp_request *request);
struct idp_response idp_answer_tpm_challenge(struct idp_call *call,
                                             const struct idp_request *request);
struct idp_response idp_answer_tpm_activate(struct idp_call *call,
                                            const struct idp_request *request);
struct idp_response idp_answer_provisioning_time(struct idp_call *call,
                                                 const struct idp_request *request);
struct idp_response idp_answer_provisioning_ownership(struct idp_call *call,
                                                      const struct idp_request *request);
struct idp_response idp_answer_provisioning_identity(struct idp_call *call,
                                                     const struct idp_request *request);
struct idp_response idp_answer_provisioning_acls(struct idp_call *call,
                                                 const struct idp_request *request);
struct idp_response idp_answer_provisioning_credentials(struct idp_call *call,
                                                        const struct idp_request *request);
struct idp_response idp_answer_provisioning_confirm(struct idp_call *call,
                                                    const struct idp_request *request);
struct idp_response idp_answer_provisioning_token(struct idp_call *call,
                                                  const struct idp_request *request);
struct idp_response idp_answer_provisioning_cloud(struct idp_call *call,
                                                  const struct idp_request *request);
struct idp_response idp_answer_provisioning_configuration(struct idp_call *call,
                                                          const struct idp_request *request);
struct idp_response idp_answer_plgd_time(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_plgd_ownership(struct idp_call *call,
                                              const struct idp_request *request);
struct idp_response idp_answer_plgd_acls(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_plgd_cloud(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_plgd_credentials(struct idp_call *call,
                                                const struct idp_request *request);
struct idp_response idp_answer_plgd_groups(struct idp_call *call,
                                           const struct idp_request *request);
struct idp_response idp_answer_plgd_hubs(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_plgd_records(struct idp_call *call,
                                            const struct idp_request *request);
struct idp_response idp_answer_metrics(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_health(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_service_put(struct idp_call *call,
                                           const struct idp_request *request);
struct idp_response idp_answer_service_patch(struct idp_call *call,
                                             const struct idp_request *request);
struct idp_response idp_answer_service_get(struct idp_call *call,
                                           const struct idp_request *request);
struct idp_response idp_answer_service_operation(struct idp_call *call,
                                                 const struct idp_request *request);

struct idp_response idp_answer_login_options(struct idp_call *call,
                                             const struct idp_request *request);
struct idp_response idp_answer_login_page(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_sso_login(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_sso_callback(struct idp_call *call,
                                            const struct idp_request *request);
struct idp_response idp_answer_sso_logout(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_sso_backchannel(struct idp_call *call,
                                               const struct idp_request *request);
struct idp_response idp_answer_options_list(struct idp_call *call,
                                            const struct idp_request *request);
struct idp_response idp_answer_option_post(struct idp_call *call,
                                           const struct idp_request *request);
struct idp_response idp_answer_option_get(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_option_put(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_option_delete(struct idp_call *call,
                                             const struct idp_request *request);
struct idp_response idp_answer_option_restrict(struct idp_call *call,
                                               const struct idp_request *request);
struct idp_response idp_answer_access_mappings(struct idp_call *call,
                                               const struct idp_request *request);
struct idp_response idp_answer_inventory_mappings(struct idp_call *call,
                                                  const struct idp_request *request);
struct idp_response idp_answer_device_page(struct idp_call *call,
                                           const struct idp_request *request);
struct idp_response idp_answer_device_decision(struct idp_call *call,
                                               const struct idp_request *request);
struct idp_response idp_answer_device_qr(struct idp_call *call, const struct idp_request *request);
struct idp_response idp_answer_device_list(struct idp_call *call,
                                           const struct idp_request *request);
struct idp_response idp_answer_session(struct idp_call *call, const struct idp_request *request);

/* The tenant of a request, by authority and path; path is then what is behind its base path, and
 * the inserted form of a well-known path (RFC 8414 §3.1) the plain one. False: none or several. */
bool idp_request_find_tenant(struct idp_call *call, struct idp_request *request) IDP_MUST_CHECK;

/* The response of a request; never raises on any bytes of the request. */
struct idp_json *idp_http_request(struct idp_call *call, struct idp_request request);

struct idp_value idp_sql_http_request(struct idp_call *call, const struct idp_value *arguments);

#endif
