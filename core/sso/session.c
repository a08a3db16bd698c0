/* SPDX-License-Identifier: Apache-2.0 */
/* session.c - sessions of browsers. The cookie is a secret of its own, kept as a digest; what
 * proves that a form came from a page of ours follows from it, and is kept nowhere. */
#include "core/oauth/oauth.h"
#include "core/sso/request.h"
#include "core/sso/session.h"

enum { TOUCH_S = 60 };

enum { OPEN, FIND, TOUCH, END, END_USER, END_CONNECTION, END_SUBJECT, END_SID, SEALED, RESEAL };

const struct idp_statement idp_sso_session_statements[] = {
    [OPEN] = {"INSERT INTO idplane.sso_session (tenant, session_digest, user_id, connection,"
              " provider_subject, provider_session, sealed_id_token, started_at, used_at,"
              " expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)",
              "txttttxzz", ""},
    /* $3: now. $4: before it a session was used too long ago. It ends with its user, and with what
     * set_subject() said of them since. */
    [FIND] = {"SELECT s.user_id, s.connection, s.started_at, s.used_at, s.expires_at"
              " FROM idplane.sso_session s JOIN idplane.sso_user u"
              " ON u.tenant = s.tenant AND u.user_id = s.user_id"
              " WHERE s.tenant = $1 AND s.session_digest = $2 AND s.expires_at > $3"
              " AND s.used_at > $4 AND NOT EXISTS (SELECT 1 FROM idplane.subject b"
              " WHERE b.tenant = s.tenant AND b.subject = s.user_id"
              " AND (NOT b.enabled OR b.changed_at > s.started_at))",
              "txzz", "ttzzz"},
    [TOUCH] = {"UPDATE idplane.sso_session SET used_at = $3"
               " WHERE tenant = $1 AND session_digest = $2 AND used_at < $4",
               "txzz", ""},
    [END] = {"DELETE FROM idplane.sso_session WHERE tenant = $1 AND session_digest = $2"
             " RETURNING user_id, connection, sealed_id_token",
             "tx", "ttx"},
    [END_USER] = {"DELETE FROM idplane.sso_session WHERE tenant = $1 AND user_id = $2", "tt", ""},
    [END_CONNECTION] = {"DELETE FROM idplane.sso_session WHERE tenant = $1 AND connection = $2",
                        "tt", ""},
    [END_SUBJECT] = {"DELETE FROM idplane.sso_session WHERE tenant = $1 AND connection = $2"
                     " AND provider_subject = $3",
                     "ttt", ""},
    /* Of the subject $4; empty: of any. The last condition is that of the index. */
    [END_SID] = {"DELETE FROM idplane.sso_session WHERE tenant = $1 AND connection = $2"
                 " AND provider_session = $3 AND ($4 = '' OR provider_subject = $4)"
                 " AND provider_session <> ''",
                 "tttt", ""},
    [SEALED] = {"SELECT tenant, session_digest, sealed_id_token FROM idplane.sso_session"
                " WHERE length(sealed_id_token) > 0"
                " AND substr(sealed_id_token, 1, length($1)) <> $1"
                " ORDER BY tenant, session_digest LIMIT $2",
                "xi", "txx"},
    [RESEAL] = {"UPDATE idplane.sso_session SET sealed_id_token = $4"
                " WHERE tenant = $1 AND session_digest = $2 AND sealed_id_token = $3",
                "txxx", ""},
};
const size_t idp_sso_session_statement_count = IDP_COUNT(idp_sso_session_statements);

static struct idp_value key_of(struct idp_call *call, struct idp_bytes cookie)
{
    return idp_value_blob(idp_token_digest(call, "sso_session", cookie));
}

static struct idp_bytes csrf_of(struct idp_call *call, struct idp_bytes cookie)
{
    return idp_base64url_encode(call, idp_token_digest(call, "sso_csrf", cookie));
}

static struct idp_bytes or_empty(struct idp_bytes text)
{
    return text.data == NULL ? (struct idp_bytes){"", 0} : text;
}

static struct idp_bytes seal_context(struct idp_call *call, struct idp_bytes tenant,
                                     struct idp_bytes session_digest)
{
    struct idp_bytes parts[] = {tenant, session_digest};
    return idp_digest(call, "sso_session_id_token", parts, IDP_COUNT(parts));
}

const struct idp_sealed_column idp_sso_session_sealed = {
    &idp_sso_session_statements[SEALED], &idp_sso_session_statements[RESEAL], seal_context};

/* ---- opening ---- */

struct idp_json *idp_sso_session_open(struct idp_call *call, const struct idp_session_start *start)
{
    int64_t now_us = idp_now_us(call);
    int64_t expires_us =
        now_us + idp_settings_load(call).session_absolute_lifetime_s * IDP_SECOND_US;
    struct idp_bytes cookie = idp_random_text(call, IDP_LOGIN_SECRET_SIZE);
    struct idp_value key = key_of(call, cookie);
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        key,
        idp_value_text(start->user_id),
        idp_value_text(start->connection),
        idp_value_text(or_empty(start->provider_subject)),
        idp_value_text(or_empty(start->provider_session)),
        idp_value_blob(
            start->id_token.data == NULL
                ? (struct idp_bytes){"", 0}
                : idp_seal(call, start->id_token, seal_context(call, idp_tenant(call), key.bytes))),
        idp_value_time(now_us),
        idp_value_time(expires_us),
    };
    idp_run(call, &idp_sso_session_statements[OPEN], row);
    struct idp_json *session = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, session, "cookie", cookie);
    idp_json_add_string(call, session, "csrf_token", csrf_of(call, cookie));
    idp_json_add_string(call, session, "expires_at", idp_time_text(call, expires_us));
    return session;
}

/* By what the token calls user and session the provider may end it. */
static struct idp_json *open_by(struct idp_call *call, struct idp_bytes connection,
                                struct idp_bytes user_id, const struct idp_tokens *tokens)
{
    struct idp_bytes id_token = tokens->text[IDP_ID_TOKEN];
    struct idp_bytes token = id_token.data != NULL ? id_token : tokens->text[IDP_ACCESS_TOKEN];
    const struct idp_json *claims =
        token.data == NULL ? NULL : idp_json_member(idp_jwt_decode(call, token), "claims");
    struct idp_session_start start = {
        .user_id = user_id,
        .connection = connection,
        .id_token = id_token,
        .provider_subject = idp_json_string(claims, "sub"),
        .provider_session = idp_json_string(claims, "sid"),
    };
    return idp_sso_session_open(call, &start);
}

struct idp_json *idp_sso_sign_in(struct idp_call *call, const struct idp_connection *connection,
                                 const struct idp_tokens *tokens)
{
    call->host->begin(call);
    struct idp_json *answer = idp_sso_login(call, connection, tokens);
    struct idp_bytes user_id = idp_json_string(answer, "user");
    if (user_id.data != NULL) {
        idp_json_add(answer, "session", open_by(call, connection->id, user_id, tokens));
    }
    return answer;
}

/* ---- using ---- */

/* A write a minute is enough to know who is idle; a standby writes none. */
static void touch(struct idp_call *call, struct idp_bytes cookie, int64_t used_us)
{
    int64_t now_us = idp_now_us(call), border_us = now_us - TOUCH_S * IDP_SECOND_US;
    if (used_us >= border_us || call->host->in_recovery(call)) {
        return;
    }
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), key_of(call, cookie),
                              idp_value_time(now_us), idp_value_time(border_us)};
    idp_run(call, &idp_sso_session_statements[TOUCH], key);
}

struct idp_json *idp_sso_session_find(struct idp_call *call, struct idp_bytes cookie)
{
    int64_t now_us = idp_now_us(call);
    int64_t idle_us = idp_settings_load(call).session_idle_lifetime_s * IDP_SECOND_US;
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), key_of(call, cookie),
                              idp_value_time(now_us), idp_value_time(now_us - idle_us)};
    const struct idp_value *row = idp_run_one(call, &idp_sso_session_statements[FIND], key);
    if (row == NULL) {
        return NULL;
    }
    touch(call, cookie, idp_integer_of(row[3]));
    struct idp_json *session = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, session, "user", idp_text_of(row[0]));
    idp_json_add_string(call, session, "connection", idp_text_of(row[1]));
    idp_json_add_string(call, session, "started_at", idp_time_text(call, idp_integer_of(row[2])));
    idp_json_add_string(call, session, "expires_at", idp_time_text(call, idp_integer_of(row[4])));
    idp_json_add_string(call, session, "csrf_token", csrf_of(call, cookie));
    return session;
}

bool idp_sso_csrf_valid(struct idp_call *call, struct idp_bytes cookie, struct idp_bytes token)
{
    return token.data != NULL && idp_equal(csrf_of(call, cookie), token);
}

/* ---- ending ---- */

bool idp_sso_session_end(struct idp_call *call, struct idp_bytes cookie,
                         struct idp_session_start *out)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), key_of(call, cookie)};
    const struct idp_value *row = idp_run_one(call, &idp_sso_session_statements[END], key);
    if (row == NULL) {
        return false;
    }
    struct idp_bytes sealed = idp_text_of(row[2]);
    *out = (struct idp_session_start){.user_id = idp_text_of(row[0]),
                                      .connection = idp_text_of(row[1])};
    if (sealed.size > 0 && idp_seal_opens(call, sealed)) {
        out->id_token =
            idp_unseal(call, sealed, seal_context(call, idp_tenant(call), key[1].bytes));
    }
    return true;
}

int64_t idp_sso_session_end_user(struct idp_call *call, struct idp_bytes user_id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(user_id)};
    return idp_run(call, &idp_sso_session_statements[END_USER], key).affected;
}

int64_t idp_sso_session_end_connection(struct idp_call *call, struct idp_bytes connection)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(connection)};
    return idp_run(call, &idp_sso_session_statements[END_CONNECTION], key).affected;
}

int64_t idp_sso_session_end_provider(struct idp_call *call, struct idp_bytes connection,
                                     struct idp_bytes subject, struct idp_bytes session)
{
    bool has_session = session.size > 0;
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(connection),
                              idp_value_text(has_session ? session : or_empty(subject)),
                              idp_value_text(or_empty(subject))};
    return idp_run(call, &idp_sso_session_statements[has_session ? END_SID : END_SUBJECT], key)
        .affected;
}

/* ---- SQL ---- */

static struct idp_bytes cookie_argument(struct idp_call *call, struct idp_value value)
{
    idp_check_text(call, value, "cookie", IDP_CONNECTION_ID_SIZE_MAX);
    return value.bytes;
}

/* open_sso_session(user_id, tokens) → {"cookie","csrf_token","expires_at"}; NULL: no such user */
struct idp_value idp_sql_open_sso_session(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_sso_user user;
    const struct idp_json *json = idp_json_object_argument(call, arguments[1], "tokens");
    struct idp_tokens tokens = {.text = {
                                    [IDP_ACCESS_TOKEN] = idp_json_string(json, "access_token"),
                                    [IDP_ID_TOKEN] = idp_json_string(json, "id_token"),
                                }};
    idp_check_text(call, arguments[0], "user_id", IDP_SUBJECT_SIZE_MAX);
    struct idp_connection connection;
    bool is_there = idp_sso_user_find(call, arguments[0].bytes, &user) &&
                    idp_connection_find_id(call, user.connection, &connection) &&
                    connection.visible && idp_subject_enabled(call, user.user_id);
    return is_there ? idp_value_json(open_by(call, user.connection, user.user_id, &tokens))
                    : idp_null();
}

/* sso_session(cookie) → the session; NULL: there is none, any more */
struct idp_value idp_sql_sso_session(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_bytes cookie = cookie_argument(call, arguments[0]);
    return idp_value_json(idp_sso_session_find(call, cookie));
}

/* end_sso_sessions(user_id) → how many */
struct idp_value idp_sql_end_sso_sessions(struct idp_call *call, const struct idp_value *arguments)
{
    idp_check_text(call, arguments[0], "user_id", IDP_SUBJECT_SIZE_MAX);
    return idp_value_integer(idp_sso_session_end_user(call, arguments[0].bytes));
}
