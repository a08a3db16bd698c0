/* SPDX-License-Identifier: Apache-2.0 */
/* translate.c - the common SQL dialect as SQLite wants it.
 *
 * One schema and one text for each statement serve both engines. What differs is small and lexical:
 * names of types, the schema prefix, STRICT, COMMENT and COLLATE "C". Quotes and comments are
 * skipped, so that no literal is ever touched. */
#include "sqlite_ext/adapter.h"

#include <ctype.h>
#include <string.h>

SQLITE_EXTENSION_INIT3

static const struct {
    const char *from, *to;
} type_names[] = {
    {"text", "TEXT"},  {"bigint", "INTEGER"},      {"boolean", "INTEGER"},
    {"bytea", "BLOB"}, {"timestamptz", "INTEGER"}, {"jsonb", "TEXT"},
};

struct translation {
    const char *at;
    sqlite3_str *out;
    bool in_create_table;
    bool in_create_index;
};

static bool word_character(char character)
{
    return isalnum((unsigned char)character) || character == '_';
}

static size_t word_size(const char *at)
{
    size_t size = 0;
    while (word_character(at[size])) {
        size++;
    }
    return size;
}

/* Length of a quoted token or comment at `at`; 0 where there is none. */
static size_t quoted_size(const char *at)
{
    if (strncmp(at, "--", 2) == 0) {
        return strcspn(at, "\n");
    }
    if (*at != '\'' && *at != '"') {
        return 0;
    }
    const char *end = strchr(at + 1, *at);
    return end == NULL ? strlen(at) : (size_t)(end - at) + 1;
}

static bool skip_phrase(struct translation *state, const char *phrase)
{
    size_t size = strlen(phrase);
    if (strncmp(state->at, phrase, size) != 0) {
        return false;
    }
    state->at += size;
    return true;
}

/* COMMENT ON … ; has no counterpart: it goes with its semicolon. */
static void skip_comment_on(struct translation *state)
{
    while (*state->at != '\0' && *state->at != ';') {
        size_t quoted = quoted_size(state->at);
        state->at += quoted > 0 ? quoted : 1;
    }
    state->at += *state->at == ';';
}

static void add_word(struct translation *state, const char *word, size_t size)
{
    for (size_t i = 0; i < IDP_COUNT(type_names); i++) {
        if (strlen(type_names[i].from) == size && memcmp(type_names[i].from, word, size) == 0) {
            sqlite3_str_appendall(state->out, type_names[i].to);
            return;
        }
    }
    sqlite3_str_append(state->out, word, (int)size);
}

/* Behind the prefix. A table is that of the main database, whatever TEMP or an attached one has of
 * that name. A function has no database, a column belongs to a table of the statement, and CREATE
 * INDEX takes the database before the name of the index. */
static void translate_name(struct translation *state)
{
    if (strncmp(state->at, "idplane_", strlen("idplane_")) == 0) {
        return; /* a name of another module, which has no schema here */
    }
    char next = state->at[word_size(state->at)];
    bool is_table = next != '(' && next != '.' && !state->in_create_index;
    state->in_create_index = false;
    sqlite3_str_appendall(state->out, is_table ? "main.idplane_" : "idplane_");
}

static void translate_word(struct translation *state)
{
    if (skip_phrase(state, "COLLATE \"C\"")) {
        return;
    }
    if (strncmp(state->at, "COMMENT ON ", 11) == 0) {
        skip_comment_on(state);
        return;
    }
    if (skip_phrase(state, "idplane.")) {
        translate_name(state);
        return;
    }
    if (skip_phrase(state, "INDEX ")) {
        state->in_create_index = true;
        sqlite3_str_appendall(state->out, "INDEX main.");
        return;
    }
    state->in_create_table |= strncmp(state->at, "CREATE TABLE ", 13) == 0;
    size_t size = word_size(state->at);
    add_word(state, state->at, size);
    state->at += size;
}

static void translate_token(struct translation *state)
{
    if (skip_phrase(state, "/* WITHOUT ROWID */")) {
        sqlite3_str_appendall(state->out, "WITHOUT ROWID,"); /* STRICT comes behind it */
        return;
    }
    size_t quoted = quoted_size(state->at);
    if (quoted > 0) {
        sqlite3_str_append(state->out, state->at, (int)quoted);
        state->at += quoted;
        return;
    }
    if (word_character(*state->at)) {
        translate_word(state);
        return;
    }
    if (*state->at == ';' && state->in_create_table) {
        sqlite3_str_appendall(state->out, " STRICT");
        state->in_create_table = false;
    }
    sqlite3_str_appendchar(state->out, 1, *state->at);
    state->at++;
}

char *idp_translate(const char *text)
{
    struct translation state = {.at = text, .out = sqlite3_str_new(NULL)};
    while (*state.at != '\0') {
        translate_token(&state);
    }
    return sqlite3_str_finish(state.out);
}
