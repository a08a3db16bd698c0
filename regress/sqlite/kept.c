/* SPDX-License-Identifier: Apache-2.0 */
/* kept.c - a connection keeps rows that it has read in a transaction: what anybody changes counts
 * from the next transaction on, what is rolled back never does.
 *
 *   kept EXTENSION FILE */
#include <sqlite3.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char extension_usage[] = "usage: kept EXTENSION FILE\n";
static const char *extension;

static void give_up(sqlite3 *db, const char *what)
{
    fprintf(stderr, "kept: %s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static sqlite3 *opened(const char *file)
{
    sqlite3 *db;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI;
    if (sqlite3_open_v2(file, &db, flags, NULL) != SQLITE_OK ||
        sqlite3_enable_load_extension(db, 1) != SQLITE_OK ||
        sqlite3_load_extension(db, extension, NULL, NULL) != SQLITE_OK) {
        give_up(db, file);
    }
    return db;
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        give_up(db, sql);
    }
}

/* The name or the reason, each time anew. */
static void judged(sqlite3 *db, const char *expected, const char *name)
{
    sqlite3_stmt *statement;
    const char sql[] = "SELECT coalesce(answer ->> 'username', answer ->> 'reason') FROM (SELECT"
                       " oidc_authenticate('kept', token) AS answer FROM made)";
    for (int i = 0; i < 2; i++) {
        if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK ||
            sqlite3_step(statement) != SQLITE_ROW) {
            give_up(db, sql);
        }
        const char *seen = (const char *)sqlite3_column_text(statement, 0);
        bool is_it = seen != NULL && strcmp(seen, expected) == 0;
        printf("%s - %s%s\n", is_it ? "ok" : "not ok", name, i == 0 ? "" : ", again");
        if (!is_it) {
            printf("#   expected %s, saw %s\n", expected, seen == NULL ? "NULL" : seen);
        }
        sqlite3_finalize(statement);
    }
}

static const char keys[] = "SELECT set_issuer_keys('https://id.example', json_object('keys',"
                           " json_array(json(jwk_public(%s))))) FROM made";

static void set_keys(sqlite3 *db, const char *which)
{
    char *sql = sqlite3_mprintf(keys, which);
    run(db, sql);
    sqlite3_free(sql);
}

static void install(sqlite3 *db)
{
    run(db,
        "SELECT idplane_install();"
        "SELECT set_oidc_default('{\"clientID\":\"d\",\"issuerURL\":\"https://d.example\"}');"
        "SELECT provision_oidc('kept', '{\"clientID\":\"api\",\"signingAlgs\":[\"ES256\"],"
        "\"issuerURL\":\"https://id.example\",\"usernamePrefix\":\"-\"}');"
        "CREATE TABLE made AS SELECT jwk_generate('ES256') AS first,"
        " jwk_generate('ES256') AS second, NULL AS token;"
        "UPDATE made SET token = jwt_sign_with('{\"iss\":\"https://id.example\",\"aud\":\"api\","
        "\"sub\":\"jane\",\"exp\":4102444800}', first)");
    set_keys(db, "first");
}

static void changes_of_others(sqlite3 *db, sqlite3 *other)
{
    run(db, "BEGIN");
    judged(db, "jane", "a token is judged in a transaction");
    set_keys(other, "second");
    judged(db, "jane", "which does not see what another connection changes meanwhile");
    run(db, "COMMIT; BEGIN");
    judged(db, "key", "but the next one does");
    run(db, "COMMIT");
    set_keys(other, "first");
    judged(db, "jane", "and so does one of its own");
}

static void changes_of_its_own(sqlite3 *db)
{
    run(db, "BEGIN");
    judged(db, "jane", "a token is judged before a change");
    set_keys(db, "second");
    judged(db, "key", "what the transaction changes counts at once");
    run(db, "ROLLBACK; BEGIN");
    judged(db, "jane", "and no more when it is rolled back");
    run(db, "SAVEPOINT before");
    set_keys(db, "second");
    judged(db, "key", "a change behind a savepoint counts");
    run(db, "ROLLBACK TO before");
    judged(db, "jane", "and no more when that is rolled back");
    run(db, "COMMIT; BEGIN");
    judged(db, "jane", "nor later");
    run(db, "COMMIT; BEGIN IMMEDIATE; UPDATE idplane_oidc_instance"
            " SET effective = json_set(effective, '$.clientID', 'other'); COMMIT; BEGIN");
    judged(db, "audience", "a change past the functions counts");
    run(db, "COMMIT; UPDATE idplane_oidc_instance"
            " SET effective = json_set(effective, '$.clientID', 'api'); BEGIN");
    judged(db, "jane", "and its opposite");
    run(db, "DELETE FROM idplane_oidc_instance");
    judged(db, "no_instance", "what was deleted is gone");
    run(db, "ROLLBACK");
}

/* Its version may be that of the database before it. */
static void deserialized(void)
{
    sqlite3_int64 size;
    sqlite3 *db = opened(":memory:"), *other = opened(":memory:");
    install(other);
    unsigned char *image = sqlite3_serialize(other, "main", &size, 0);
    for (int i = 0; i < 2; i++) {
        unsigned char *copy = sqlite3_malloc64((sqlite3_uint64)size);
        memcpy(copy, image, (size_t)size);
        if (sqlite3_deserialize(db, "main", copy, size, size, SQLITE_DESERIALIZE_FREEONCLOSE) !=
            SQLITE_OK) {
            give_up(db, "deserialize");
        }
        run(db, "BEGIN");
        judged(db, i == 0 ? "jane" : "key", "another database in memory is looked at anew");
        run(db, "COMMIT");
        sqlite3_free(image);
        set_keys(other, "second");
        image = sqlite3_serialize(other, "main", &size, 0);
    }
    sqlite3_free(image);
    sqlite3_close(db);
    sqlite3_close(other);
}

/* What is not committed is seen where somebody asks for it, and kept nowhere. */
static void uncommitted(void)
{
    static const char shared[] = "file:kept?mode=memory&cache=shared";
    sqlite3 *db = opened(shared), *other = opened(shared);
    install(db);
    run(other, "PRAGMA read_uncommitted = 1; BEGIN");
    judged(other, "jane", "connections may share a cache");
    run(db, "BEGIN IMMEDIATE; UPDATE idplane_oidc_instance"
            " SET effective = json_set(effective, '$.usernamePrefix', 'evil:')");
    judged(other, "evil:jane", "what is not committed is seen by who wants to");
    run(db, "ROLLBACK");
    judged(other, "jane", "and is not kept");
    sqlite3_close(other);
    sqlite3_close(db);
}

int main(int count, char **arguments)
{
    if (count != 3) {
        fputs(extension_usage, stderr);
        return 2;
    }
    extension = arguments[1];
    sqlite3 *db = opened(arguments[2]), *other = opened(arguments[2]);
    run(db, "PRAGMA journal_mode = WAL");
    install(db);
    changes_of_others(db, other);
    changes_of_its_own(db);
    sqlite3_close(db);
    sqlite3_close(other);
    deserialized();
    uncommitted();
    return 0;
}
