/* SPDX-License-Identifier: Apache-2.0 */
/* fetch_call.c - a whole login, or a refresh of keys, in one call of SQL, where the database has
 * the module idplane_fetch. Nothing else here opens a connection, and nothing does so by itself. */
#include "core/sso/session.h"

/* In no group of statements: most databases have no such function. */
static const struct idp_statement fetch_statement = {"SELECT idplane.idplane_fetch($1, $2)", "tj",
                                                     "j"};

const struct idp_json *idp_fetch_call(struct idp_call *call, const struct idp_json *fetch)
{
    const char *why;
    const struct idp_json *options = idp_json_member(fetch, "options");
    struct idp_value arguments[] = {
        idp_value_text(idp_json_string(fetch, "url")),
        idp_value_json_text(options == NULL ? idp_bytes_of("{}") : idp_json_text(call, options)),
    };
    const struct idp_value *row = idp_run_row(call, &fetch_statement, arguments);
    const struct idp_json *answer = idp_json_read(call, idp_text_of(row[0]), &why);
    if (answer == NULL) {
        idp_fail(call, IDP_STORE);
    }
    return answer;
}

/* sso_exchange(connection, {"code","state","browser",…}) → as sso_login(), with a session */
struct idp_value idp_sql_sso_exchange(struct idp_call *call, const struct idp_value *arguments)
{
    enum { STEP_COUNT_MAX = 8 };
    struct idp_bytes id = idp_connection_argument(call, arguments[0]);
    const struct idp_json *parameters = idp_json_object_argument(call, arguments[1], "parameters");
    struct idp_json *answer =
        idp_sso_return(call, id, parameters, idp_json_string(parameters, "browser"));
    for (size_t i = 0; i < STEP_COUNT_MAX; i++) {
        const struct idp_json *resume = idp_json_member(answer, "resume");
        const struct idp_json *fetch = idp_json_member(answer, "fetch");
        if (resume == NULL) {
            return idp_value_json(answer);
        }
        answer = fetch != NULL ? idp_sso_resume(call, resume, idp_fetch_call(call, fetch))
                               : idp_sso_finish(call, resume);
    }
    idp_fail(call, IDP_BUSY);
}

/* fetch_issuer_keys(connection) → {"status","message"} */
struct idp_value idp_sql_fetch_issuer_keys(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_connection connection;
    struct idp_key_place place;
    struct idp_bytes id = idp_connection_argument(call, arguments[0]);
    if (!idp_connection_find(call, id, &connection)) {
        return idp_value_json(idp_connection_answer(call, "not_found", IDP_NO_CONNECTION));
    }
    if (!idp_key_place_of(&connection, &place) || place.url.data == NULL ||
        !idp_stored_keys_claim(call, &connection, true)) {
        return idp_value_json(idp_connection_answer(
            call, "refused", "The connection does not say where its keys are to be fetched."));
    }
    struct idp_json *fetch = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, fetch, "url", place.url);
    const char *why = idp_stored_keys_take(call, &connection, idp_fetch_call(call, fetch));
    return idp_value_json(why == NULL ? idp_connection_answer(call, "ok", NULL)
                                      : idp_connection_answer(call, "failed", why));
}
