/* SPDX-License-Identifier: Apache-2.0 */
/* hooks.c - SQL that an administrator registered in SQLite: it reads what it was given and nothing
 * else, ends, and leaves alone the authorizer and the progress handler of the host.
 *
 *   hooks EXTENSION FILE */
#include <sqlite3.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char extension_usage[] = "usage: hooks EXTENSION FILE\n";

static void give_up(sqlite3 *db, const char *what)
{
    fprintf(stderr, "hooks: %s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static sqlite3 *opened(const char *file, const char *extension)
{
    sqlite3 *db;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (sqlite3_open_v2(file, &db, flags, NULL) != SQLITE_OK ||
        sqlite3_enable_load_extension(db, 1) != SQLITE_OK ||
        sqlite3_load_extension(db, extension, NULL, NULL) != SQLITE_OK) {
        give_up(db, file);
    }
    return db;
}

static void run(sqlite3 *db, const char *sql)
{
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        give_up(db, sql);
    }
}

/* The answer, or the message. */
static char *asked(sqlite3 *db, const char *sql, const char *argument)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
        give_up(db, sql);
    }
    if (argument != NULL) {
        sqlite3_bind_text(statement, 1, argument, -1, SQLITE_STATIC);
    }
    const char *seen = sqlite3_step(statement) == SQLITE_ROW
                           ? (const char *)sqlite3_column_text(statement, 0)
                           : sqlite3_errmsg(db);
    char *copy = sqlite3_mprintf("%s", seen == NULL ? "NULL" : seen);
    sqlite3_finalize(statement);
    return copy;
}

static void judge(const char *name, const char *seen, const char *expected)
{
    bool is_it = strstr(seen, expected) != NULL;
    printf("%s - %s\n", is_it ? "ok" : "not ok", name);
    if (!is_it) {
        printf("#   expected %s, saw %.400s\n", expected, seen);
    }
}

static const char request[] =
    "SELECT token_request('{\"grant_type\":\"client_credentials\"}', '{\"client_id\":\"svc\"}')";
static const char rehearsal[] =
    "SELECT e ->> '$.outcome' || ' ' || coalesce(e ->> '$.pre_token.failure', '') || ' '"
    " || coalesce(e ->> '$.pre_token.cause', e ->> '$.access_token_claims.seen', '') FROM (SELECT"
    " explain_token_request('{\"grant_type\":\"client_credentials\"}', '{\"client_id\":\"svc\"}')"
    " AS e)";
static const char registered[] = "SELECT set_hook('pre_token', ?1,"
                                 " '{\"tables\":[\"plan\",\"indexed\"]}') ->> '$[0].name'";

/* ---- definitions, and what becomes of them ---- */

#define SEEN(expression) "json_object('access_token_claims', json_object('seen', " expression "))"
#define ENDLESS                                                                                    \
    "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT count(*) FROM r"

static const struct {
    const char *name, *definition, *refused, *rehearsed;
} cases[] = {
    {"the request is read", SEEN(":request ->> '$.client.client_id'"), NULL, "issued  svc"},
    {"so is a table that was named", SEEN("(SELECT plan FROM plan WHERE client_id = 'svc')"), NULL,
     "issued  gold"},
    {"and one with an index", SEEN("(SELECT v FROM indexed WHERE k = 4321)"), NULL,
     "issued  v4321"},
    {"whatever is compared", SEEN("(SELECT v FROM indexed WHERE k = '4321')"), NULL,
     "issued  v4321"},
    {"tables are joined", SEEN("(SELECT i.v FROM plan p JOIN indexed i ON i.k = p.number)"), NULL,
     "issued  v7"},
    {"what the same transaction wrote is seen",
     SEEN("(SELECT count(*) FROM plan WHERE client_id = 'new')"), NULL, "issued  1"},
    {"JSON is taken apart", SEEN("(SELECT group_concat(value) FROM json_each('[1,2]'))"), NULL,
     "issued  1,2"},
    {"our pure functions are there", SEEN("wildcard_match('a*', 'abc')"), NULL, "issued  1"},
    {"a comment ends with the line", "'{}' -- here", NULL, "issued  "},
    {"a table that was not named is not there", SEEN("(SELECT 1 FROM secret)"), "no such table",
     NULL},
    {"nor are those of idplane", SEEN("(SELECT 1 FROM idplane_client)"), "no such table", NULL},
    {"nor is the schema", SEEN("(SELECT sql FROM sqlite_schema)"), "prohibited", NULL},
    {"a pragma is no table", SEEN("(SELECT 1 FROM pragma_database_list)"), "prohibited|authorized",
     NULL},
    {"nothing is loaded", SEEN("load_extension('x')"), "not authorized", NULL},
    {"files are not read", SEEN("readfile('/etc/passwd')"), "no such function", NULL},
    {"there is no chance", SEEN("random()"), "not authorized", NULL},
    {"nor the time of day", SEEN("datetime('now')"), "not authorized", NULL},
    {"functions that read rows are not there", SEEN("jwks()"), "no such function", NULL},
    {"nor those that write", SEEN("token_request('{}', '{}')"), "no such function", NULL},
    {"nor those that sign", SEEN("jwk_generate('ES256')"), "no such function", NULL},
    {"a second statement is none", "1); DROP TABLE secret; --", "", NULL},
    {"nor is a statement", "DELETE FROM plan", "syntax error", NULL},
    {"nor is one that returns", "INSERT INTO plan VALUES (1) RETURNING 1", "syntax error", NULL},
    {"nor ATTACH", "ATTACH 'x' AS y", "syntax error", NULL},
    {"nor PRAGMA", "PRAGMA user_version", "syntax error", NULL},
    {"one value is an answer, not two", "1, 2", "invalid_argument", NULL},
    {"one parameter is there", ":other", "no single expression", NULL},
    {"a loop without an end ends", SEEN("(" ENDLESS ")"), NULL, "failed ended interrupted"},
    {"so does one over a table", SEEN("(SELECT count(*) FROM indexed a, indexed b, indexed c)"),
     NULL, "failed ended"},
    {"an answer of 1 GB is none", "printf('%.*c', 1000000000, 'x')", NULL, "failed"},
    {"nor one of 1 MB", "printf('%.*c', 1000000, 'x')", NULL, "failed too_large"},
    {"memory is not without an end",
     "(WITH RECURSIVE r(n, x) AS (SELECT 1, printf('%.*c', 4000000, 'x') UNION SELECT n + 1,"
     " printf('%.*c', 4000000, 'x') FROM r) SELECT count(*) FROM r)",
     NULL, "failed ended"},
    {"NULL is no answer", "NULL", NULL, "failed null"},
    {"nor is what is not JSON", "'{'", NULL, "failed not_json"},
    {"nor is a number", "1", NULL, "failed refused"},
    {"nor is what raises", "json_extract('{', '$')", NULL, "failed raised malformed JSON"},
};

static void try_all(sqlite3 *db)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *seen = asked(db, registered, cases[i].definition);
        if (cases[i].refused != NULL && strchr(cases[i].refused, '|') != NULL) {
            judge(cases[i].name, seen, "invalid_argument");
        } else if (cases[i].refused != NULL) {
            judge(cases[i].name, seen, cases[i].refused);
        }
        if (cases[i].rehearsed != NULL) {
            judge("it may be registered", seen, "pre_token");
            char *outcome = asked(db, rehearsal, NULL);
            judge(cases[i].name, outcome, cases[i].rehearsed);
            sqlite3_free(outcome);
        }
        sqlite3_free(seen);
    }
}

/* ---- the host's own ---- */

struct watch {
    long authorized, progressed;
};

static int authorize(void *context, int action, const char *first, const char *second,
                     const char *database, const char *inner)
{
    (void)action, (void)first, (void)second, (void)database, (void)inner;
    ((struct watch *)context)->authorized++;
    return SQLITE_OK;
}

static int progress(void *context)
{
    ((struct watch *)context)->progressed++;
    return 0;
}

static void leave_alone(sqlite3 *db)
{
    struct watch watch = {0}, before;
    sqlite3_set_authorizer(db, authorize, &watch);
    sqlite3_progress_handler(db, 1, progress, &watch);
    sqlite3_free(asked(db, registered, SEEN("(SELECT plan FROM plan)")));
    sqlite3_free(asked(db, request, NULL));
    sqlite3_free(asked(db, registered, SEEN("(" ENDLESS ")")));
    char *seen = asked(db, request, NULL);
    judge("a hook without an end is server_error", seen, "server_error");
    sqlite3_free(seen);
    before = watch;
    sqlite3_free(asked(db, "SELECT count(*) FROM plan", NULL));
    bool is_kept = watch.authorized > before.authorized && watch.progressed > before.progressed;
    judge("the host's authorizer and progress handler are in force afterwards",
          is_kept ? "yes" : "no", "yes");
    sqlite3_set_authorizer(db, NULL, NULL);
    sqlite3_progress_handler(db, 0, NULL, NULL);
}

/* What a failing hook undoes is the request, not what the caller's transaction did before. */
static void stay_whole(sqlite3 *db)
{
    run(db, "SELECT set_hook('pre_token', '1')");
    run(db, "BEGIN; INSERT INTO secret VALUES ('before')");
    char *seen = asked(db, request, NULL);
    judge("a transaction of the caller", seen, "server_error");
    sqlite3_free(seen);
    run(db, "COMMIT");
    seen = asked(db,
                 "SELECT count(*) || ' ' || (SELECT count(*) FROM idplane_access_token)"
                 " FROM secret WHERE value = 'before'",
                 NULL);
    judge("goes on, and no token is stored", seen, "1 1");
    sqlite3_free(seen);
    run(db, "SELECT set_hook('pre_token', '''{}''')");
    sqlite3_free(asked(db, request, NULL));
    seen = asked(db, "SELECT count(*) FROM idplane_access_token", NULL);
    judge("until the hook is mended", seen, "2");
    sqlite3_free(seen);
    seen = asked(db, "SELECT set_hook('x', '1', '{\"tables\":[\"IDPLANE_client\"]}')", NULL);
    judge("tables of idplane cannot be named", seen, "invalid_argument");
    sqlite3_free(seen);
    seen = asked(db, "SELECT set_hook('x', '1', '{\"tables\":[\"sum_of\"]}')", NULL);
    judge("nor can a view", seen, "invalid_argument");
    sqlite3_free(seen);
}

static void make(sqlite3 *db)
{
    run(db, "SELECT idplane_install();"
            "CREATE TABLE plan (client_id TEXT, plan TEXT, number INTEGER);"
            "INSERT INTO plan VALUES ('svc', 'gold', 7);"
            "CREATE TABLE secret (value TEXT);"
            "CREATE VIEW sum_of AS SELECT count(*) AS n FROM plan;"
            "CREATE TABLE indexed (k INTEGER PRIMARY KEY, v TEXT);"
            "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 20000)"
            " INSERT INTO indexed SELECT x, 'v' || x FROM r;"
            "SELECT register_client('svc', '{\"token_endpoint_auth_method\":\"client_secret_post\","
            "\"access_token_format\":\"opaque\",\"grant_types\":[\"client_credentials\"]}')");
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs(extension_usage, stderr);
        return 2;
    }
    sqlite3 *db = opened(argv[2], argv[1]);
    make(db);
    run(db, "BEGIN; INSERT INTO plan VALUES ('new', 'x', 0)");
    try_all(db);
    run(db, "ROLLBACK");
    leave_alone(db);
    stay_whole(db);
    judge("and the connection closes", sqlite3_close(db) == SQLITE_OK ? "closed" : "busy",
          "closed");
    return 0;
}
