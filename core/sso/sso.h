/* SPDX-License-Identifier: Apache-2.0 */
/* sso.h - single sign-on through the identity provider of somebody else: what its tokens say of a
 * user, and what the user may do here. What comes from a provider is data, never a pattern. */
#ifndef IDPLANE_SSO_H
#define IDPLANE_SSO_H

#include "core/base/base.h"

/* ---- patterns (wildcard.c) ---- */

/* Which backslashes escape. STAR: "\*" is an asterisk. ALL: "\\" is a backslash, too. */
enum idp_wildcard_escape { IDP_WILDCARD_ESCAPE_ALL, IDP_WILDCARD_ESCAPE_STAR };

struct idp_wildcard {
    struct idp_bytes pattern;
    enum idp_wildcard_escape escape;
    char *room; /* NULL at first: made for the literals of a pattern that has escapes */
};

/* The pattern stays the caller's, and must outlive it. */
struct idp_wildcard idp_wildcard_of(struct idp_bytes pattern, enum idp_wildcard_escape escape);

/* True where the pattern matches the whole text, byte by byte: "*" is zero or more characters.
 * Time grows with both sizes, not with their product, and memory with the pattern, for any number
 * of texts that are asked of one. */
bool idp_wildcard_match(struct idp_call *call, struct idp_wildcard *wildcard,
                        struct idp_bytes text);

/* ---- placeholders (placeholder.c) ---- */

/* The text with "${name}" replaced by the string of that name in `values`, an object; others stay.
 */
struct idp_bytes idp_placeholders_fill(struct idp_call *call, struct idp_bytes text,
                                       const struct idp_json *values);

/* ---- connections ---- */

/* What a login page offers, in the order in which it should (login_option.c). */
struct idp_json *idp_login_options(struct idp_call *call);

/* ---- logins (authorize.c, login_state.c, exchange.c) ---- */

/* {"url","state","browser","expires_in"}, or {"error"}. options: redirect_uri, return_to, browser,
 * idp_hint, each a string or absent. */
struct idp_json *idp_sso_authorize(struct idp_call *call, struct idp_bytes connection,
                                   const struct idp_json *options);

/* True for a path of this server: no other host may be the end of a login. */
bool idp_own_path_valid(struct idp_bytes path) IDP_MUST_CHECK;

/* True for what idp_random_text makes of 32 bytes: states, browsers, sessions. */
bool idp_login_secret_valid(struct idp_bytes text);

/* What a provider sent a browser back with: code or error, state, iss; and the browser's secret.
 * {"fetch":{"url","options"},"resume"}: fetch it, and go on with idp_sso_resume; or the end, as
 * idp_sso_resume has it. One that is not patient fetches within the call: it raises before anything
 * is used up where it cannot. */
struct idp_json *idp_sso_return(struct idp_call *call, struct idp_bytes connection,
                                const struct idp_json *parameters, struct idp_bytes browser,
                                bool patient);

/* The next step, with what idplane_fetch answered: {"fetch","resume"}; {"wait_ms","resume"} where
 * somebody else is fetching the same and the caller is patient; or the end: what sso_login()
 * answers, with `session` where it is one, and `return_to`. */
struct idp_json *idp_sso_resume(struct idp_call *call, const struct idp_json *resume,
                                const struct idp_json *answer, bool patient);

/* ---- sessions (session.c, logout.c) ---- */

/* {"user","connection","started_at","expires_at","csrf_token"} of a session, which is used now;
 * NULL: there is none, any more. */
struct idp_json *idp_sso_session_find(struct idp_call *call, struct idp_bytes cookie);

/* True where the token is the session's: a form with it came from a page of ours. */
bool idp_sso_csrf_valid(struct idp_call *call, struct idp_bytes cookie,
                        struct idp_bytes token) IDP_MUST_CHECK;

/* Ends the session of the cookie. {"status","url"}: where the browser goes next, so that it is
 * signed out there, too; no url: nowhere. */
struct idp_json *idp_sso_logout(struct idp_call *call, struct idp_bytes cookie,
                                struct idp_bytes redirect_uri);

/* What sso_backchannel_logout() answers; or where keys have to be fetched first, as above. */
struct idp_json *idp_sso_backchannel(struct idp_call *call, struct idp_bytes connection,
                                     struct idp_bytes logout_token);
struct idp_json *idp_sso_backchannel_resume(struct idp_call *call, const struct idp_json *resume,
                                            const struct idp_json *answer);

/* ---- access tokens of providers (bearer.c) ---- */

/* {"ok":true,"user","connection","access"}, {"ok":false,"reason"}, or {"fetch","resume"}, to go on
 * with idp_bearer_resume and what was fetched. */
struct idp_json *idp_bearer(struct idp_call *call, struct idp_bytes token, bool patient);
struct idp_json *idp_bearer_resume(struct idp_call *call, const struct idp_json *resume,
                                   const struct idp_json *answer, bool patient);

/* ---- users ---- */

/* True for what may name a user: no space, no control, none of / \\ + $ : ; (connection_check.c).
 */
bool idp_user_id_valid(struct idp_bytes id);

/* ---- SQL functions (functions.c): design §3 ---- */

struct idp_value idp_sql_wildcard_match(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_claim_match(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_claim_explain(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_fill_placeholders(struct idp_call *call,
                                           const struct idp_value *arguments);
struct idp_value idp_sql_provider_keys(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_map_access(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_set_sso_connection(struct idp_call *call,
                                            const struct idp_value *arguments);
struct idp_value idp_sql_sso_connection(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_sso_connections(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_delete_sso_connection(struct idp_call *call,
                                               const struct idp_value *arguments);
struct idp_value idp_sql_restrict_sso_connection(struct idp_call *call,
                                                 const struct idp_value *arguments);
struct idp_value idp_sql_login_options(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_sso_template(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_set_access_mapping(struct idp_call *call,
                                            const struct idp_value *arguments);
struct idp_value idp_sql_access_mappings(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_delete_access_mapping(struct idp_call *call,
                                               const struct idp_value *arguments);
struct idp_value idp_sql_set_inventory_mapping(struct idp_call *call,
                                               const struct idp_value *arguments);
struct idp_value idp_sql_inventory_mappings(struct idp_call *call,
                                            const struct idp_value *arguments);
struct idp_value idp_sql_delete_inventory_mapping(struct idp_call *call,
                                                  const struct idp_value *arguments);
struct idp_value idp_sql_sso_request(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_start_sso_login(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_set_sso_keys(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_sso_login(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_sso_explain(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_sso_user(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_delete_sso_user(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_set_user_access(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_sso_exchange(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_fetch_issuer_keys(struct idp_call *call,
                                           const struct idp_value *arguments);
struct idp_value idp_sql_authenticate_external(struct idp_call *call,
                                               const struct idp_value *arguments);
struct idp_value idp_sql_open_sso_session(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_sso_session(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_end_sso_session(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_end_sso_sessions(struct idp_call *call, const struct idp_value *arguments);
struct idp_value idp_sql_sso_backchannel_logout(struct idp_call *call,
                                                const struct idp_value *arguments);

extern const struct idp_sealed_column idp_connection_sealed, idp_sso_session_sealed;
extern const struct idp_statement idp_connection_statements[], idp_login_state_statements[],
    idp_stored_keys_statements[], idp_sso_user_statements[], idp_sso_session_statements[],
    idp_bearer_statements[];
extern const size_t idp_connection_statement_count, idp_login_state_statement_count,
    idp_stored_keys_statement_count, idp_sso_user_statement_count, idp_sso_session_statement_count,
    idp_bearer_statement_count;

#endif
