/* SPDX-License-Identifier: Apache-2.0 */
/* stored_keys.c - the keys of providers as rows. Whoever cannot verify a token may ask for newer
 * ones, one at a time and not again at once: a thousand bad tokens are one request. What a failing
 * provider had last goes on to count. */
#include "core/sso/session.h"

enum {
    COOLDOWN_S = 30,
    LIFETIME_S = 3600,
    LIFETIME_MIN_S = 60,
    LIFETIME_MAX_S = 86400,
    FETCH_S = 15, /* longer than one may take that idplane-httpd begins */
    PATIENCE_S = 5,
    HTTP_OK = 200
};
#define SECOND_US INT64_C(1000000)

enum { GET, CLAIM, KEEP, FAIL, FORGET };

const struct idp_statement idp_stored_keys_statements[] = {
    [GET] = {"SELECT jwks, expires_at, tried_at, answered_at, failure FROM idplane.sso_keys"
             " WHERE tenant = $1 AND connection = $2 AND url = $3",
             "ttt", "tzzzt", .kept = true},
    /* $5: before it a try is long ago. $7: what somebody set ends then, which is never, and is not
     * fetched over by itself. Keys from elsewhere are none. */
    [CLAIM] = {"INSERT INTO idplane.sso_keys (tenant, connection, url, tried_at)"
               " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, connection) DO UPDATE SET"
               " tried_at = excluded.tried_at, url = excluded.url,"
               " jwks = CASE WHEN idplane.sso_keys.url = excluded.url"
               " THEN idplane.sso_keys.jwks END"
               " WHERE $6 OR idplane.sso_keys.url <> excluded.url"
               " OR (idplane.sso_keys.tried_at <= $5 AND (idplane.sso_keys.expires_at IS NULL"
               " OR idplane.sso_keys.expires_at < $7))",
               "tttzzbz", ""},
    [KEEP] = {"UPDATE idplane.sso_keys SET jwks = $4, fetched_at = $5, answered_at = $5,"
              " expires_at = $6, failure = NULL WHERE tenant = $1 AND connection = $2 AND url = $3",
              "ttttzz", ""},
    [FAIL] = {"UPDATE idplane.sso_keys SET failure = $4, answered_at = $5"
              " WHERE tenant = $1 AND connection = $2 AND url = $3",
              "ttttz", ""},
    [FORGET] = {"DELETE FROM idplane.sso_keys WHERE tenant = $1 AND connection = $2", "tt", ""},
};
const size_t idp_stored_keys_statement_count = IDP_COUNT(idp_stored_keys_statements);

/* ---- where ---- */

bool idp_key_place_of(const struct idp_connection *connection, struct idp_key_place *out)
{
    static const struct {
        const char *member, *url;
        enum idp_key_source source;
    } places[] = {
        {"aad", "publicKeyDiscoveryUrl", IDP_KEYS_AAD},
        {"adfsManifest", "manifestUrl", IDP_KEYS_ADFS},
        {"jwks", "jwksUri", IDP_KEYS_JWKS},
        {"manual", NULL, IDP_KEYS_MANUAL},
    };
    const struct idp_json *config =
        idp_json_member(connection->document, "signatureVerificationConfig");
    size_t i = 0;
    while (i < IDP_COUNT(places) &&
           !idp_json_is(idp_json_member(config, places[i].member), IDP_JSON_OBJECT)) {
        i++;
    }
    if (i == IDP_COUNT(places)) {
        return false;
    }
    const struct idp_json *part = idp_json_member(config, places[i].member);
    *out = (struct idp_key_place){.source = places[i].source};
    out->url = places[i].url == NULL ? out->url : idp_json_string(part, places[i].url);
    return true;
}

/* ---- reading ---- */

static int64_t cooldown_us(const struct idp_connection *connection)
{
    int64_t cooldown_s;
    bool is_said =
        idp_json_integer(idp_connection_option(connection, "key_cooldown_s"), &cooldown_s);
    return (is_said ? cooldown_s : COOLDOWN_S) * SECOND_US;
}

/* What CLAIM asks, for those who only look. */
static bool is_due(struct idp_call *call, const struct idp_connection *connection,
                   const struct idp_value *row)
{
    bool is_set = row[1].kind != 0 && idp_integer_of(row[1]) >= IDP_TIME_MAX_US;
    return !is_set && idp_integer_of(row[2]) <= idp_now_us(call) - cooldown_us(connection);
}

/* Somebody is asking; or may in a moment. */
static bool is_coming(struct idp_call *call, const struct idp_connection *connection,
                      const struct idp_value *row)
{
    int64_t now_us = idp_now_us(call), tried_us = idp_integer_of(row[2]);
    bool is_asked = row[3].kind == 0 || idp_integer_of(row[3]) < tried_us;
    int64_t rest_us = tried_us + cooldown_us(connection) - now_us;
    return (is_asked && now_us < tried_us + FETCH_S * SECOND_US) ||
           (rest_us > 0 && rest_us <= PATIENCE_S * SECOND_US);
}

struct idp_stored_keys idp_stored_keys_load(struct idp_call *call,
                                            const struct idp_connection *connection)
{
    const char *why;
    struct idp_key_place place;
    if (!idp_key_place_of(connection, &place)) {
        return (struct idp_stored_keys){0};
    }
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(connection->id),
                              idp_value_text(place.url)};
    const struct idp_value *row = idp_run_one(call, &idp_stored_keys_statements[GET], key);
    if (row == NULL) {
        return (struct idp_stored_keys){.is_expired = true, .is_due = true};
    }
    bool is_there = row[0].kind != 0;
    return (struct idp_stored_keys){
        .jwks = is_there ? idp_json_read(call, idp_text_of(row[0]), &why) : NULL,
        .is_expired = !is_there || idp_integer_of(row[1]) <= idp_now_us(call),
        .is_coming = is_coming(call, connection, row),
        .is_due = is_due(call, connection, row),
        .failure = idp_text_of(row[4]),
    };
}

bool idp_stored_keys_claim(struct idp_call *call, const struct idp_connection *connection,
                           bool by_force)
{
    int64_t now_us = idp_now_us(call);
    struct idp_key_place place;
    if (!idp_key_place_of(connection, &place) || place.url.data == NULL) {
        return false;
    }
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(connection->id),
        idp_value_text(place.url),
        idp_value_time(now_us),
        idp_value_time(now_us - cooldown_us(connection)),
        idp_value_bool(by_force),
        idp_value_time(IDP_TIME_MAX_US),
    };
    return idp_run(call, &idp_stored_keys_statements[CLAIM], row).affected == 1;
}

/* ---- keeping ---- */

/* The number behind "name=" in a Cache-Control header (RFC 9111 §5.2); false: it is not there. */
static bool directive(struct idp_call *call, struct idp_bytes header, const char *name,
                      int64_t *out)
{
    struct idp_bytes text = idp_lower_case(call, header);
    const char *found = text.size == 0 ? NULL : memmem(text.data, text.size, name, strlen(name));
    if (found == NULL) {
        return false;
    }
    const char *at = found + strlen(name), *end = text.data + text.size;
    int64_t number = 0;
    for (; at < end && *at >= '0' && *at <= '9' && number < LIFETIME_MAX_S; at++) {
        number = number * 10 + (*at - '0');
    }
    *out = number;
    return true;
}

static int64_t lifetime_of(struct idp_call *call, const struct idp_json *headers)
{
    int64_t lifetime_s;
    struct idp_bytes control = idp_json_string(headers, "cache-control");
    if (!directive(call, control, "max-age=", &lifetime_s)) {
        bool is_none = directive(call, control, "no-store", &lifetime_s) ||
                       directive(call, control, "no-cache", &lifetime_s);
        lifetime_s = is_none ? 0 : LIFETIME_S;
    }
    lifetime_s = lifetime_s < LIFETIME_MIN_S ? LIFETIME_MIN_S : lifetime_s;
    return lifetime_s > LIFETIME_MAX_S ? LIFETIME_MAX_S : lifetime_s;
}

static struct idp_json *jwks_of(struct idp_call *call, const struct idp_connection *connection,
                                const struct idp_json *answer, const char **why)
{
    int64_t status = 0;
    struct idp_key_place place;
    struct idp_bytes error = idp_json_string(answer, "error_description");
    if (error.data != NULL) {
        *why = idp_text_c(call, error);
        return NULL;
    }
    if (!idp_json_integer(idp_json_member(answer, "status"), &status) || status != HTTP_OK) {
        struct idp_text text = {.call = call};
        idp_text_add_c(&text, "The address of the keys did not answer 200 but ");
        idp_text_add_integer(&text, status);
        idp_text_add_char(&text, '.');
        *why = idp_text_bytes(&text).data;
        return NULL;
    }
    struct idp_bytes body = idp_json_string(answer, "body");
    struct idp_bytes encoded = idp_json_string(answer, "body_base64");
    bool is_rsa = idp_json_is(idp_connection_option(connection, "rsa_only"), IDP_JSON_TRUE);
    if (!idp_key_place_of(connection, &place)) {
        *why = "The connection does not say where its keys are.";
        return NULL;
    }
    return idp_keys_of_document(
        call, place.source, is_rsa,
        body.data == NULL && encoded.data != NULL ? idp_base64_decode(call, encoded) : body, why);
}

const char *idp_stored_keys_take(struct idp_call *call, const struct idp_connection *connection,
                                 const struct idp_json *answer)
{
    const char *why = NULL;
    struct idp_key_place place = {0};
    int64_t now_us = idp_now_us(call);
    struct idp_json *jwks = jwks_of(call, connection, answer, &why);
    bool is_known = idp_key_place_of(connection, &place);
    int64_t lifetime_s = lifetime_of(call, idp_json_member(answer, "headers"));
    bool is_set = idp_json_is_true(answer, "set");
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(connection->id),
        idp_value_text(is_known ? place.url : (struct idp_bytes){"", 0}),
        idp_value_text(jwks == NULL ? idp_bytes_of(why) : idp_json_text(call, jwks)),
        idp_value_time(now_us),
        idp_value_time(is_set ? IDP_TIME_MAX_US : now_us + lifetime_s * SECOND_US),
    };
    idp_run(call, &idp_stored_keys_statements[jwks == NULL ? FAIL : KEEP], row);
    return jwks == NULL ? why : NULL;
}

/* ---- SQL ---- */

void idp_stored_keys_forget(struct idp_call *call, const struct idp_connection *connection)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(connection->id)};
    idp_run(call, &idp_stored_keys_statements[FORGET], key);
}

/* NULL: its keys may be changed; else why not. */
static struct idp_json *unchangeable(struct idp_call *call, struct idp_bytes id,
                                     struct idp_connection *connection)
{
    struct idp_key_place place;
    if (!idp_connection_find(call, id, connection)) {
        return idp_connection_answer(call, "not_found", IDP_NO_CONNECTION);
    }
    if (idp_connection_is_restricted(call, connection)) {
        return idp_connection_answer(call, "restricted", IDP_CONNECTION_RESTRICTED);
    }
    return !idp_key_place_of(connection, &place) || place.url.data == NULL
               ? idp_connection_answer(
                     call, "refused",
                     "The connection does not say that its keys are somewhere else.")
               : NULL;
}

/* The answer that keys came by is kept, where it has any. */
static struct idp_value change(struct idp_call *call, const struct idp_connection *connection,
                               const struct idp_json *answer, const char *failure)
{
    const char *why = NULL;
    if (jwks_of(call, connection, answer, &why) == NULL) {
        return idp_value_json(idp_connection_answer(call, failure, why));
    }
    call->host->begin(call);
    if (!idp_stored_keys_claim(call, connection, true)) {
        idp_fail(call, IDP_BUSY);
    }
    why = idp_stored_keys_take(call, connection, answer);
    return idp_value_json(why == NULL ? idp_connection_answer(call, "ok", NULL)
                                      : idp_connection_answer(call, failure, why));
}

/* set_sso_keys(connection, document) → {"status"}: for databases that fetch nothing themselves */
struct idp_value idp_sql_set_sso_keys(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_connection connection;
    struct idp_json *refusal =
        unchangeable(call, idp_connection_argument(call, arguments[0]), &connection);
    if (refusal != NULL) {
        return idp_value_json(refusal);
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_integer(call, answer, "status", HTTP_OK);
    idp_json_add_string(call, answer, "body", arguments[1].bytes);
    idp_json_add_bool(call, answer, "set", true);
    return change(call, &connection, answer, "invalid");
}

/* fetch_issuer_keys(connection) → {"status","message"}; nobody waits for a row meanwhile */
struct idp_value idp_sql_fetch_issuer_keys(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_connection connection;
    struct idp_key_place place;
    struct idp_json *refusal =
        unchangeable(call, idp_connection_argument(call, arguments[0]), &connection);
    if (refusal != NULL || !idp_key_place_of(&connection, &place)) {
        return idp_value_json(refusal);
    }
    struct idp_json *fetch = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, fetch, "url", place.url);
    return change(call, &connection, idp_step_run(call, fetch), "failed");
}
