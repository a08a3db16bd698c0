/* SPDX-License-Identifier: Apache-2.0 */
/* attach.c - triggers of the core on tables of others: attach_NAME(table, column[, derived]) makes
 * them, detach_NAME(table, column) drops them.
 *
 * They stay in the file, so they call nothing but pure functions, and a BEFORE trigger cannot
 * change a row here: these come after it and write it once more. Tables are those of the main
 * database. */
#include "core/base/base.h"
#include "sqlite_ext/adapter.h"

SQLITE_EXTENSION_INIT3

enum { NAME_SIZE_MAX = 128 };

/* One pair of triggers. */
struct attachment {
    struct idp_frame *frame;
    const struct idp_trigger *trigger;
    const char *table, *column, *derived; /* derived NULL: none */
    const char *key;                      /* SQL that is true for the row that fired */
    const char *row_key;                  /* SQL of a text that names that row */
    const char *context;                  /* SQL of the last argument */
};

static sqlite3 *database_of(struct idp_frame *frame)
{
    return frame->connection->db;
}

/* ---- SQL text ---- */

/* Text in the call's arena; raises where there was no memory for it. */
static const char *finished(struct idp_frame *frame, sqlite3_str *text)
{
    char *made = sqlite3_str_finish(text);
    if (made == NULL) {
        idp_frame_fail(frame, IDP_OUT_OF_MEMORY, NULL);
    }
    return idp_own(&frame->call, made, sqlite3_free);
}

/* What was there before the trigger may be no text; it is then nothing. */
static void append_old(sqlite3_str *text, const char *column)
{
    if (column == NULL) {
        sqlite3_str_appendall(text, "NULL, ");
    } else {
        sqlite3_str_appendf(text, "CASE typeof(OLD.\"%w\") WHEN 'text' THEN OLD.\"%w\" END, ",
                            column, column);
    }
}

static const char *step_of(const struct attachment *attachment, bool is_insert, const char *member)
{
    const struct idp_trigger *trigger = attachment->trigger;
    sqlite3_str *text = sqlite3_str_new(database_of(attachment->frame));
    sqlite3_str_appendf(text, "%s(%Q, NEW.\"%w\", ", trigger->step,
                        is_insert ? trigger->on_insert : trigger->on_update, attachment->column);
    append_old(text, is_insert ? NULL : attachment->column);
    append_old(text, is_insert ? NULL : attachment->derived);
    sqlite3_str_appendf(text, "(%s), %Q)", attachment->context, member);
    return finished(attachment->frame, text);
}

/* The column stays as it was inserted. */
static const char *insert_body(const struct attachment *attachment)
{
    const char *derived = step_of(attachment, true, "derived");
    sqlite3_str *text = sqlite3_str_new(database_of(attachment->frame));
    if (attachment->derived == NULL) {
        sqlite3_str_appendf(text, "SELECT %s;", derived);
    } else {
        sqlite3_str_appendf(text, "UPDATE \"%w\" SET \"%w\" = %s WHERE %s;", attachment->table,
                            attachment->derived, derived, attachment->key);
    }
    return finished(attachment->frame, text);
}

/* What is put back would fire the trigger again where triggers are recursive: the guard knows it.
 */
static void put_back(const struct attachment *attachment, const char *name, sqlite3_str *text)
{
    const char *take = step_of(attachment, false, "take"), *column = attachment->column;
    sqlite3_str_appendf(text,
                        "DELETE FROM idplane_trigger_guard WHERE attached = %Q;"
                        " INSERT INTO idplane_trigger_guard SELECT %Q, %s, NEW.\"%w\", OLD.\"%w\""
                        " WHERE %s = '\"old\"' AND OLD.\"%w\" IS NOT NEW.\"%w\";",
                        name, name, attachment->row_key, column, column, take, column, column);
    sqlite3_str_appendf(text,
                        " UPDATE \"%w\" SET \"%w\" = OLD.\"%w\" WHERE %s"
                        " AND EXISTS (SELECT 1 FROM idplane_trigger_guard WHERE attached = %Q);",
                        attachment->table, column, column, attachment->key, name);
    sqlite3_str_appendf(text, " DELETE FROM idplane_trigger_guard WHERE attached = %Q;", name);
}

static const char *update_body(const struct attachment *attachment, const char *name)
{
    sqlite3_str *text = sqlite3_str_new(database_of(attachment->frame));
    if (attachment->derived != NULL) {
        sqlite3_str_appendf(text, "UPDATE \"%w\" SET \"%w\" = %s WHERE %s; ", attachment->table,
                            attachment->derived, step_of(attachment, false, "derived"),
                            attachment->key);
    }
    put_back(attachment, name, text);
    return finished(attachment->frame, text);
}

/* ---- the row that fired ---- */

/* A statement about the table, its name and another one bound; whoever asks finalizes it. */
static sqlite3_stmt *about_table(const struct attachment *attachment, const char *sql,
                                 const char *name)
{
    struct idp_frame *frame = attachment->frame;
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(database_of(frame), sql, -1, &statement, NULL);
    if (code != SQLITE_OK) {
        idp_frame_fail_sqlite(frame, code);
    }
    sqlite3_bind_text(statement, 1, attachment->table, -1, SQLITE_STATIC);
    if (name != NULL) {
        sqlite3_bind_text(statement, 2, name, -1, SQLITE_STATIC);
    }
    return statement;
}

static bool is_true(const struct attachment *attachment, const char *sql, const char *name)
{
    sqlite3_stmt *statement = about_table(attachment, sql, name);
    bool is = sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_int(statement, 0) != 0;
    sqlite3_finalize(statement);
    return is;
}

/* Of any kind; of those that can be written. */
static bool has_column(const struct attachment *attachment, const char *column)
{
    return is_true(
        attachment,
        "SELECT count(*) FROM pragma_table_xinfo(?, 'main') WHERE name = ? COLLATE NOCASE", column);
}

static void check_table(const struct attachment *attachment)
{
    static const char sql[] = "SELECT count(*) FROM pragma_table_list"
                              " WHERE schema = 'main' AND name = ? COLLATE NOCASE";
    struct idp_call *call = &attachment->frame->call;
    if (!is_true(attachment, sql, NULL)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The main database has no such table.");
    }
    if (sqlite3_strnicmp(attachment->table, "idplane_", 8) == 0) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The tables of idplane have their own rules.");
    }
    if (!is_true(attachment,
                 "SELECT count(*) FROM pragma_table_list WHERE schema = 'main'"
                 " AND type = 'table' AND name = ? COLLATE NOCASE",
                 NULL)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "That is a view or a virtual table.");
    }
}

static void check_column(const struct attachment *attachment, const char *column)
{
    struct idp_call *call = &attachment->frame->call;
    if (!has_column(attachment, column)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The table has no such column.");
    }
    if (!is_true(attachment,
                 "SELECT count(*) FROM pragma_table_xinfo(?, 'main')"
                 " WHERE name = ? COLLATE NOCASE AND hidden = 0",
                 column)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "That is a generated column.");
    }
}

static bool has_rowid(const struct attachment *attachment)
{
    return is_true(attachment,
                   "SELECT NOT wr FROM pragma_table_list WHERE schema = 'main'"
                   " AND name = ? COLLATE NOCASE",
                   NULL);
}

static const char *formatted(const struct attachment *attachment, const char *format,
                             const char *first, const char *second)
{
    sqlite3_str *text = sqlite3_str_new(database_of(attachment->frame));
    sqlite3_str_appendf(text, format, first, second);
    return finished(attachment->frame, text);
}

/* A column may have taken a name of the rowid; where all are taken there is no way to it. */
static void rowid_key(struct attachment *attachment)
{
    static const char *const names[] = {"rowid", "_rowid_", "oid"};
    size_t i = 0;
    while (i < IDP_COUNT(names) && has_column(attachment, names[i])) {
        i++;
    }
    if (i == IDP_COUNT(names)) {
        idp_fail_with(
            &attachment->frame->call, IDP_INVALID_ARGUMENT,
            "The table has columns named rowid, _rowid_ and oid: its rows cannot be named.");
    }
    attachment->key = formatted(attachment, "%s = NEW.%s", names[i], names[i]);
    attachment->row_key = formatted(attachment, "quote(NEW.%s)", names[i], "");
}

/* The key's index may have another collation than its columns: the first comparison finds the rows,
 * the second the one. */
static void primary_key(struct attachment *attachment)
{
    sqlite3_str *text = sqlite3_str_new(database_of(attachment->frame));
    sqlite3_str *row_key = sqlite3_str_new(database_of(attachment->frame));
    sqlite3_stmt *statement = about_table(
        attachment, "SELECT name FROM pragma_table_info(?, 'main') WHERE pk > 0 ORDER BY pk", NULL);
    const char *joint = "", *comma = "";
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(statement, 0);
        sqlite3_str_appendf(text, "%s\"%w\" = NEW.\"%w\" AND \"%w\" = NEW.\"%w\" COLLATE BINARY",
                            joint, name, name, name, name);
        sqlite3_str_appendf(row_key, "%squote(NEW.\"%w\")", comma, name);
        joint = " AND ";
        comma = " || ',' || ";
    }
    sqlite3_finalize(statement);
    attachment->row_key = finished(attachment->frame, row_key);
    attachment->key = finished(attachment->frame, text);
}

/* ---- attaching ---- */

/* The context with the tenant of the connection in place of its parameter. */
static const char *context_of(struct idp_frame *frame, const struct idp_trigger *trigger)
{
    char *sql = idp_translate(trigger->context->text);
    const char *parameter = sql == NULL ? NULL : strstr(sql, "$1");
    if (parameter == NULL) {
        idp_frame_fail(frame, IDP_OUT_OF_MEMORY, NULL);
    }
    idp_own(&frame->call, sql, sqlite3_free);
    sqlite3_str *text = sqlite3_str_new(database_of(frame));
    sqlite3_str_appendf(text, "%.*scurrent_tenant()%s", (int)(parameter - sql), sql, parameter + 2);
    return finished(frame, text);
}

static const char *name_argument(struct idp_call *call, const struct idp_value *arguments,
                                 size_t index, const char *name)
{
    if (arguments[index].kind == 0) {
        return NULL;
    }
    idp_check_text(call, arguments[index], name, NAME_SIZE_MAX);
    return idp_text_c(call, arguments[index].bytes);
}

/* "attach_oidc_merge" and "detach_oidc_merge" end in the trigger's name. */
static const struct idp_trigger *trigger_of(const struct idp_function *function)
{
    size_t i = 0;
    while (strcmp(strchr(function->name, '_') + 1, idp_triggers[i]->name) != 0) {
        i++;
    }
    return idp_triggers[i];
}

static struct attachment attachment_of(struct idp_call *call, const struct idp_value *arguments)
{
    struct attachment attachment = {
        .frame = call->context,
        .trigger = trigger_of(call->function),
        .table = name_argument(call, arguments, 0, "table"),
        .column = name_argument(call, arguments, 1, "column"),
        .derived = name_argument(call, arguments, 2, "derived"),
    };
    check_table(&attachment);
    check_column(&attachment, attachment.column);
    if (attachment.derived != NULL) {
        check_column(&attachment, attachment.derived);
    }
    if (attachment.derived != NULL && sqlite3_stricmp(attachment.column, attachment.derived) == 0) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "The two columns must be different ones.");
    }
    return attachment;
}

static void execute(struct idp_frame *frame, const char *sql)
{
    int code = sqlite3_exec(database_of(frame), sql, NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        idp_frame_fail_sqlite(frame, code);
    }
}

/* The size tells where the table's name ends and the column's begins. */
static const char *name_of(const struct attachment *attachment, const char *event)
{
    sqlite3_str *text = sqlite3_str_new(database_of(attachment->frame));
    sqlite3_str_appendf(text, "idplane_%s_%s_%d_%s_%s", attachment->trigger->name, event,
                        (int)strlen(attachment->table), attachment->table, attachment->column);
    return finished(attachment->frame, text);
}

/* False where there is none. After its table was renamed, a trigger of this name is another's. */
static bool drop(const struct attachment *attachment, const char *event)
{
    const char *name = name_of(attachment, event);
    if (is_true(attachment,
                "SELECT count(*) FROM main.sqlite_master WHERE type = 'trigger'"
                " AND tbl_name <> ? COLLATE NOCASE AND name = ? COLLATE NOCASE",
                name)) {
        idp_fail_with(&attachment->frame->call, IDP_ALREADY_EXISTS,
                      "A table that was renamed has the trigger: DROP TRIGGER \"%s\".", name);
    }
    bool is_there = is_true(attachment,
                            "SELECT count(*) FROM main.sqlite_master WHERE type = 'trigger'"
                            " AND tbl_name = ? COLLATE NOCASE AND name = ? COLLATE NOCASE",
                            name);
    sqlite3_str *text = sqlite3_str_new(database_of(attachment->frame));
    sqlite3_str_appendf(text, "DROP TRIGGER IF EXISTS main.\"%w\"", name);
    execute(attachment->frame, finished(attachment->frame, text));
    return is_there;
}

static void create_insert(const struct attachment *attachment)
{
    sqlite3_str *text = sqlite3_str_new(database_of(attachment->frame));
    sqlite3_str_appendf(text, "CREATE TRIGGER main.\"%w\" AFTER INSERT ON \"%w\" BEGIN %s END",
                        name_of(attachment, "insert"), attachment->table, insert_body(attachment));
    execute(attachment->frame, finished(attachment->frame, text));
}

static void create_update(const struct attachment *attachment)
{
    const char *name = name_of(attachment, "update");
    sqlite3_str *text = sqlite3_str_new(database_of(attachment->frame));
    sqlite3_str_appendf(
        text,
        "CREATE TRIGGER main.\"%w\" AFTER UPDATE OF \"%w\" ON \"%w\" WHEN NOT EXISTS"
        " (SELECT 1 FROM idplane_trigger_guard WHERE attached = %Q AND row_key = %s"
        " AND before IS OLD.\"%w\" AND after IS NEW.\"%w\") BEGIN %s END",
        name, attachment->column, attachment->table, name, attachment->row_key, attachment->column,
        attachment->column, update_body(attachment, name));
    execute(attachment->frame, finished(attachment->frame, text));
}

static struct idp_value attach(struct idp_call *call, const struct idp_value *arguments)
{
    struct attachment attachment = attachment_of(call, arguments);
    idp_schema_check(attachment.frame);
    if (has_rowid(&attachment)) {
        rowid_key(&attachment);
    } else {
        primary_key(&attachment);
    }
    attachment.context = context_of(attachment.frame, attachment.trigger);
    call->host->begin(call);
    drop(&attachment, "insert");
    drop(&attachment, "update");
    create_insert(&attachment);
    create_update(&attachment);
    return arguments[0];
}

static struct idp_value detach(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_value names[] = {arguments[0], arguments[1], {0}};
    struct attachment attachment = attachment_of(call, names);
    call->host->begin(call);
    bool dropped = drop(&attachment, "insert");
    if (!drop(&attachment, "update") && !dropped) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "Nothing is attached to this column, by the name that it has now.");
    }
    return arguments[0];
}

/* ---- rows of the function table ---- */

static void name_write(char *name, const char *verb, const struct idp_trigger *trigger)
{
    sqlite3_snprintf(IDP_ATTACH_NAME_SIZE_MAX, name, "%s_%s", verb, trigger->name);
}

void idp_attach_functions(struct idp_connection *connection)
{
    for (size_t i = 0; i < idp_trigger_count && i < IDP_ATTACH_COUNT_MAX; i++) {
        struct idp_attach *made = &connection->attach[i];
        name_write(made->attach_name, "attach", idp_triggers[i]);
        name_write(made->detach_name, "detach", idp_triggers[i]);
        made->attach = (struct idp_function){.name = made->attach_name,
                                             .arguments = "ttt",
                                             .argument_names = "table column derived",
                                             .required_count = 2,
                                             .result = 't',
                                             .effect = IDP_WRITES,
                                             .entry = attach};
        made->detach = (struct idp_function){.name = made->detach_name,
                                             .arguments = "tt",
                                             .argument_names = "table column",
                                             .required_count = 2,
                                             .result = 't',
                                             .effect = IDP_WRITES,
                                             .entry = detach};
    }
}
