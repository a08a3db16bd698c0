/* SPDX-License-Identifier: Apache-2.0 */
/* user.c - users that came through a connection. Who vouches for a user is part of it: the tokens
 * of another issuer make no login to the same name. */
#include "core/sso/session.h"

enum { TRY_COUNT_MAX = 64 };
enum { GET, MAKE, SAVE, EDIT, DELETE };

const struct idp_statement idp_sso_user_statements[] = {
    [GET] = {"SELECT user_id, connection, issuer, first_name, last_name, email, phone, access,"
             " version FROM idplane.sso_user WHERE tenant = $1 AND user_id = $2",
             "tt", "tttttttji"},
    [MAKE] = {"INSERT INTO idplane.sso_user (tenant, user_id, connection, issuer, first_name,"
              " last_name, email, phone, access, version, created_at, changed_at, last_login_at)"
              " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $11)"
              " ON CONFLICT (tenant, user_id) DO NOTHING",
              "ttttttttjiz", ""},
    [SAVE] = {"UPDATE idplane.sso_user SET connection = $3, issuer = $4, first_name = $5,"
              " last_name = $6, email = $7, phone = $8, access = $9, version = $10,"
              " changed_at = $11, last_login_at = $11"
              " WHERE tenant = $1 AND user_id = $2 AND version = $10 - 1",
              "ttttttttjiz", ""},
    [EDIT] = {"UPDATE idplane.sso_user SET access = $3, version = $4, changed_at = $5"
              " WHERE tenant = $1 AND user_id = $2 AND version = $4 - 1",
              "ttjiz", ""},
    [DELETE] = {"DELETE FROM idplane.sso_user WHERE tenant = $1 AND user_id = $2", "tt", ""},
};
const size_t idp_sso_user_statement_count = IDP_COUNT(idp_sso_user_statements);

bool idp_sso_user_find(struct idp_call *call, struct idp_bytes user_id, struct idp_sso_user *out)
{
    const char *why;
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(user_id)};
    const struct idp_value *row = idp_run_one(call, &idp_sso_user_statements[GET], key);
    if (row == NULL) {
        return false;
    }
    *out = (struct idp_sso_user){.user_id = idp_text_of(row[0]),
                                 .connection = idp_text_of(row[1]),
                                 .issuer = idp_text_of(row[2]),
                                 .access = idp_json_read(call, idp_text_of(row[7]), &why),
                                 .version = idp_integer_of(row[8])};
    for (size_t i = 0; i < IDP_USER_DATUM_COUNT; i++) {
        out->data[i] = idp_text_of(row[3 + i]);
    }
    if (out->access == NULL) {
        idp_fail(call, IDP_STORE);
    }
    return true;
}

static bool login_save(struct idp_call *call, const struct idp_sso_user *user)
{
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(user->user_id),
        idp_value_text(user->connection),
        idp_value_text(user->issuer),
        idp_value_text(user->data[IDP_FIRST_NAME]),
        idp_value_text(user->data[IDP_LAST_NAME]),
        idp_value_text(user->data[IDP_EMAIL]),
        idp_value_text(user->data[IDP_PHONE]),
        idp_value_json_text(idp_json_text(call, user->access)),
        idp_value_integer(user->version),
        idp_value_time(idp_now_us(call)),
    };
    size_t which = user->version == 1 ? MAKE : SAVE;
    return idp_run(call, &idp_sso_user_statements[which], row).affected == 1;
}

static bool edit_save(struct idp_call *call, const struct idp_sso_user *user)
{
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(user->user_id),
        idp_value_json_text(idp_json_text(call, user->access)),
        idp_value_integer(user->version),
        idp_value_time(idp_now_us(call)),
    };
    return idp_run(call, &idp_sso_user_statements[EDIT], row).affected == 1;
}

bool idp_sso_user_save(struct idp_call *call, const struct idp_sso_user *user, bool is_login)
{
    return is_login ? login_save(call, user) : edit_save(call, user);
}

const struct idp_json *idp_sso_user_json(struct idp_call *call, const struct idp_sso_user *user)
{
    static const char *const names[] = {[IDP_FIRST_NAME] = "firstName",
                                        [IDP_LAST_NAME] = "lastName",
                                        [IDP_EMAIL] = "email",
                                        [IDP_PHONE] = "phone"};
    struct idp_json *json = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, json, "user", user->user_id);
    idp_json_add_string(call, json, "connection", user->connection);
    idp_json_add_string(call, json, "issuer", user->issuer);
    for (size_t i = 0; i < IDP_USER_DATUM_COUNT; i++) {
        idp_json_add_string(call, json, names[i], user->data[i]);
    }
    idp_json_add_shared(call, json, "access", user->access);
    return json;
}

/* ---- SQL ---- */

static struct idp_bytes user_argument(struct idp_call *call, struct idp_value value)
{
    idp_check_text(call, value, "user_id", IDP_SUBJECT_SIZE_MAX);
    return value.bytes;
}

/* sso_user(user) → the user; NULL: there is none */
struct idp_value idp_sql_sso_user(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_sso_user user;
    return idp_sso_user_find(call, user_argument(call, arguments[0]), &user)
               ? idp_value_json(idp_sso_user_json(call, &user))
               : idp_null();
}

/* delete_sso_user(user) → {"status"} */
struct idp_value idp_sql_delete_sso_user(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_bytes id = user_argument(call, arguments[0]);
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(id)};
    call->host->begin(call);
    bool was_there = idp_run(call, &idp_sso_user_statements[DELETE], key).affected == 1;
    idp_sso_session_end_user(call, id);
    idp_bearer_forget_user(call, id);
    return idp_value_json(was_there
                              ? idp_connection_answer(call, "ok", NULL)
                              : idp_connection_answer(call, "not_found", "There is no such user."));
}

/* NULL: they may be edited; else why not. */
static const char *locked(struct idp_call *call, const struct idp_sso_user *user)
{
    struct idp_connection connection;
    if (!idp_connection_find_id(call, user->connection, &connection)) {
        return NULL;
    }
    struct idp_mapping mapping = idp_mapping_of(call, connection.text);
    return mapping.only_for_new || mapping.only_listed
               ? NULL
               : "The rules of the connection set what the user may do at each login: set "
                 "mapRolesOnlyForNewUser or manageRolesOnlyFromAccessMapping there first.";
}

/* What is given replaces what there is, member by member. */
static struct idp_json *edited(struct idp_call *call, const struct idp_json *access,
                               const struct idp_json *given)
{
    static const char *const names[] = {"roles", "applications", "inventoryRoles"};
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        const struct idp_json *member = idp_json_member(given, names[i]);
        access = member == NULL ? access : idp_json_with(call, access, names[i], member);
    }
    for (const struct idp_json *member = given->child; member != NULL; member = member->next) {
        if (!idp_word_in(idp_bytes_of("roles applications inventoryRoles"), member->name)) {
            idp_fail_with(call, IDP_INVALID_ARGUMENT,
                          "The members of access are roles, applications and inventoryRoles.");
        }
    }
    struct idp_access read = idp_access_read(call, access);
    return idp_access_json(call, &read);
}

/* set_user_access(user, access) → {"status","access"} */
struct idp_value idp_sql_set_user_access(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_sso_user user;
    struct idp_bytes id = user_argument(call, arguments[0]);
    const struct idp_json *given = idp_json_object_argument(call, arguments[1], "access");
    for (size_t i = 0; i < TRY_COUNT_MAX; i++) {
        if (!idp_sso_user_find(call, id, &user)) {
            return idp_value_json(
                idp_connection_answer(call, "not_found", "There is no such user."));
        }
        const char *why = locked(call, &user);
        if (why != NULL) {
            return idp_value_json(idp_connection_answer(call, "refused", why));
        }
        user.access = edited(call, user.access, given);
        user.version++;
        if (idp_sso_user_save(call, &user, false)) {
            struct idp_json *answer = idp_connection_answer(call, "ok", NULL);
            idp_json_add_shared(call, answer, "access", user.access);
            return idp_value_json(answer);
        }
    }
    idp_fail(call, IDP_BUSY);
}
