/* SPDX-License-Identifier: Apache-2.0 */
/* sso.c - SSO connections in SQLite: a wildcard against GLOB where pattern and text are short, and
 * what it costs where they grow; access mapping over a table of claims.
 *
 *   sso EXTENSION DATABASE COUNT */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/database.h"
#include "bench/pair.h"

enum { SLICE_MS = 30, SIZE_MAX_OF_TEXT = 100000, SIZE_OF_GLOB = 10000, RULE_COUNT = 100 };

static const char section[] = "SSO connections in SQLite";
static const char ours[] = "SELECT wildcard_match(?1, ?2)", glob[] = "SELECT ?2 GLOB ?1";

/* A statement about a pattern and a text. */
struct match {
    const char *pattern, *text;
    char pattern_room[SIZE_MAX_OF_TEXT + 32], text_room[SIZE_MAX_OF_TEXT + 1];
    sqlite3_stmt *statement;
    const char *answer;
};

struct bench {
    sqlite3 *db;
    struct match reference, measured;
};

static void reference_step(void *context)
{
    const struct match *match = &((struct bench *)context)->reference;
    database_step(match->statement, match->answer);
}

static void measured_step(void *context)
{
    const struct match *match = &((struct bench *)context)->measured;
    database_step(match->statement, match->answer);
}

static void match_open(sqlite3 *db, struct match *match, const char *sql, bool matches)
{
    match->statement = database_prepare(db, sql);
    match->answer = matches ? "1" : "0";
    sqlite3_bind_text(match->statement, 1, match->pattern, -1, SQLITE_STATIC);
    sqlite3_bind_text(match->statement, 2, match->text, -1, SQLITE_STATIC);
}

static void measure(struct bench *bench, const char *name, const char *reference, const char *goal)
{
    pair_measure(&(struct pair){.section = section,
                                .name = name,
                                .reference = reference,
                                .goal = goal,
                                .reference_step = reference_step,
                                .case_step = measured_step,
                                .context = bench,
                                .slice_ms = SLICE_MS});
    sqlite3_finalize(bench->reference.statement);
    sqlite3_finalize(bench->measured.statement);
}

/* ---- short ones ---- */

static const struct {
    const char *name, *pattern, *text;
} shorts[] = {
    {"wildcard_match, literal", "device-admin", "device-admin"},
    {"wildcard_match, prefix", "cumulocity-*", "cumulocity-business"},
    {"wildcard_match, suffix", "*@example.com", "john.wick@example.com"},
    {"wildcard_match, address", "https://*.example.com/groups/*",
     "https://north.example.com/groups/readers"},
    {"wildcard_match, three asterisks", "*tenant=*,ou=*,dc=example",
     "cn=a,tenant=b,ou=c,dc=example"},
};

static void measure_short(struct bench *bench, size_t i)
{
    for (struct match *match = &bench->reference; match <= &bench->measured; match++) {
        match->pattern = shorts[i].pattern;
        match->text = shorts[i].text;
    }
    match_open(bench->db, &bench->reference, glob, true);
    match_open(bench->db, &bench->measured, ours, true);
    measure(bench, shorts[i].name, "GLOB", ">= 0.9");
}

/* ---- families that grow, over a text of the letter a ---- */

/* A pattern: what it begins with, a unit for each two letters of the text, what it ends with. */
static const struct family {
    const char *name, *start, *unit, *end;
    bool matches;
} families[] = {
    {"a*a*a*a*a*a*a*b", "a*a*a*a*a*a*a*b", "", "", false},
    {"*a{16}b*", "*aaaaaaaaaaaaaaaab*", "", "", false},
    {"*a{n/2}b*", "*", "a", "b*", false},
    {"(*a){n/2}", "", "*a", "", true},
};

static void match_grow(sqlite3 *db, struct match *match, const struct family *family, size_t size,
                       const char *sql)
{
    memset(match->text_room, 'a', size);
    match->text_room[size] = '\0';
    char *pattern = stpcpy(match->pattern_room, family->start);
    for (size_t i = 0; i < size; i += 2)
        pattern = stpcpy(pattern, family->unit);
    stpcpy(pattern, family->end);
    match->pattern = match->pattern_room;
    match->text = match->text_room;
    match_open(db, match, sql, family->matches);
}

/* The time of the larger text by that of the smaller: a ratio of rates the other way about. */
static void measure_growth(struct bench *bench, const struct family *family, size_t size)
{
    char name[64];
    snprintf(name, sizeof name, "%s, n = %zu, its time by that of", family->name, size);
    match_grow(bench->db, &bench->reference, family, size, ours);
    match_grow(bench->db, &bench->measured, family, size / 10, ours);
    measure(bench, name, "a tenth of n", "<= 13");
}

static void measure_family(struct bench *bench, const struct family *family)
{
    for (size_t size = 1000; size <= SIZE_MAX_OF_TEXT; size *= 10)
        measure_growth(bench, family, size);
}

static void measure_glob(struct bench *bench)
{
    match_grow(bench->db, &bench->reference, &families[2], SIZE_OF_GLOB, glob);
    match_grow(bench->db, &bench->measured, &families[2], SIZE_OF_GLOB, ours);
    measure(bench, "*a{n/2}b*, n = 10000", "GLOB", ">= 100");
}

/* ---- access mapping ---- */

/* Rule i is for the department i in one of two clouds; a document has one department. */
static void documents_make(sqlite3 *db, const char *count)
{
    static const char rules[] =
        "CREATE TABLE rules AS WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
        " WHERE i + 1 < %d) SELECT json_object('onNewUser', json_object('dynamicMapping',"
        " json_object('mappings', json_group_array(json_object('when', json_object("
        "'operator', 'AND', 'childPredicates', json_array("
        " json_object('operator', 'IN', 'parameterPath', 'groups', 'value', 'department-' || i),"
        " json_object('operator', 'EQ', 'parameterPath', 'email', 'value', '*@example.com'))),"
        " 'thenGroups', json_array(i)))))) AS rules FROM n";
    static const char documents[] =
        "CREATE TABLE documents AS WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
        " WHERE i + 1 < %s) SELECT json_object('sub', 'user-' || i, 'email', 'user-' || i ||"
        " '@example.com', 'groups', json_array('everybody', 'department-' || (i * 7919 %% 200)),"
        " 'iss', 'https://id.example.com', 'aud', 'cloud') AS claims FROM n";
    char sql[1024];
    snprintf(sql, sizeof sql, rules, RULE_COUNT);
    database_run(db, sql);
    snprintf(sql, sizeof sql, documents, count);
    database_run(db, sql);
}

/* Half of the documents have a department that no rule is for. */
static void measure_mapping(sqlite3 *db, const char *count)
{
    static const char sql[] = "SELECT 2 * sum(map_access(rules, claims) ->> 'decision' = 'granted')"
                              " FROM documents, rules";
    struct timespec start, end;
    documents_make(db, count);
    sqlite3_stmt *statement = database_prepare(db, sql);
    clock_gettime(CLOCK_MONOTONIC, &start);
    database_step(statement, count);
    clock_gettime(CLOCK_MONOTONIC, &end);
    sqlite3_finalize(statement);
    double seconds =
        (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    row_print(section, "map_access of 100 rules, thousand documents in a second", "",
              strtod(count, NULL) / seconds / 1000, "");
}

int main(int count, char **arguments)
{
    static struct bench bench;
    require(count == 4, "usage: sso EXTENSION DATABASE COUNT");
    bench.db = database_open(arguments[1], arguments[2]);
    for (size_t i = 0; i < sizeof shorts / sizeof shorts[0]; i++)
        measure_short(&bench, i);
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        measure_family(&bench, &families[i]);
    measure_glob(&bench);
    measure_mapping(bench.db, arguments[3]);
    require(sqlite3_close(bench.db) == SQLITE_OK, "the connection does not close");
    return 0;
}
