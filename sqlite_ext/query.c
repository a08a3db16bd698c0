/* SPDX-License-Identifier: Apache-2.0 */
/* query.c - SQL that an administrator registered: an expression over :request.
 *
 * It runs in a database of its own, in memory, made for the one question. There the authorizer, the
 * progress handler and the limits are ours: on the connection of the host they may be the host's,
 * and SQLite does not tell which to put back. Tables that it may read are brought in by
 * outer_table.c, row by row and with what the running transaction has written. */
#include "core/base/base.h"
#include "sqlite_ext/adapter.h"

#include <time.h>

SQLITE_EXTENSION_INIT3

enum { STEPS_BETWEEN = 1000, TIME_NS_PER_MS = 1000000 };

/* Of SQLite's own functions those that depend on their arguments alone, and cost what these do. */
static const char allowed_functions[] =
    "-> ->> abs acos asin atan atan2 avg ceil ceiling char coalesce concat concat_ws cos count"
    " degrees dense_rank exp first_value floor format glob group_concat hex ifnull iif instr json"
    " json_array json_array_length json_extract json_group_array json_group_object json_insert"
    " json_object json_patch json_quote json_remove json_replace json_set json_type json_valid lag"
    " last_value lead length like likelihood likely ln log log10 log2 lower ltrim max min mod"
    " nth_value ntile nullif octet_length percent_rank pi pow power printf quote radians rank"
    " replace round row_number rtrim sign sin soundex sqrt string_agg substr substring sum tan"
    " total trim trunc typeof unhex unicode unlikely upper";

static const char allowed_tables[] = "json_each json_tree";

/* Their first use declares them, which the authorizer would refuse. */
static const char connected[] = "SELECT 1 FROM json_each('[]'), json_tree('[]')";

struct query_run {
    struct idp_frame *frame;
    const struct idp_query *query;
    const char *tables[IDP_QUERY_TABLE_COUNT_MAX];
    size_t table_count;
    struct idp_query_budget budget;
    struct idp_outer outer;
    struct idp_connection *connection; /* of the functions in db */
    sqlite3 *db;
    sqlite3_stmt *statement;
};

/* ---- what it may take ---- */

static int64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 * TIME_NS_PER_MS + time.tv_nsec;
}

static void budget_start(struct idp_query_budget *budget)
{
    *budget = (struct idp_query_budget){.step_count = IDP_QUERY_STEP_COUNT_MAX,
                                        .memory_start = sqlite3_memory_used(),
                                        .ends_at_ns = now_ns() + (int64_t)IDP_QUERY_TIME_MS_MAX *
                                                                     TIME_NS_PER_MS};
}

bool idp_query_spend(struct idp_query_budget *budget, int64_t step_count)
{
    budget->step_count -= step_count;
    bool is_over = budget->step_count < 0 || now_ns() > budget->ends_at_ns ||
                   sqlite3_memory_used() - budget->memory_start > IDP_QUERY_MEMORY_MAX;
    budget->is_spent = budget->is_spent || is_over;
    return !budget->is_spent;
}

static int progress(void *context)
{
    return !idp_query_spend(context, STEPS_BETWEEN);
}

/* ---- what it may do ---- */

static bool is_ours(const char *name)
{
    const struct idp_function *function = idp_function_find(name);
    return function != NULL && function->effect == IDP_PURE;
}

static bool is_listed(const struct idp_json *tables, const char *name)
{
    return tables != NULL && idp_json_holds(tables, idp_bytes_of(name));
}

/* Where a row is counted and nothing of it read, what has a name may also be a part of the query.
 */
static bool is_readable(const struct query_run *run, const char *table, const char *column)
{
    bool is_counted = *column == '\0' && sqlite3_strnicmp(table, "sqlite_", 7) != 0 &&
                      sqlite3_strnicmp(table, "pragma_", 7) != 0;
    return is_counted || is_listed(run->query->tables, table) ||
           idp_word_in(idp_bytes_of(allowed_tables), idp_bytes_of(table));
}

static int authorize(void *context, int action, const char *first, const char *second,
                     const char *database, const char *inner)
{
    (void)database, (void)inner;
    const struct query_run *run = context;
    bool is_allowed = false;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_READ:
        is_allowed = is_readable(run, first, second);
        break;
    case SQLITE_FUNCTION:
        is_allowed =
            idp_word_in(idp_bytes_of(allowed_functions), idp_bytes_of(second)) || is_ours(second);
        break;
    default:
        break;
    }
    return is_allowed ? SQLITE_OK : SQLITE_DENY;
}

/* ---- a database for it ---- */

static void set_limits(sqlite3 *db)
{
    static const struct {
        int limit, value;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH, IDP_JSON_SIZE_MAX * 4},
        {SQLITE_LIMIT_SQL_LENGTH, IDP_QUERY_DEFINITION_SIZE_MAX * 2},
        {SQLITE_LIMIT_EXPR_DEPTH, 200},
        {SQLITE_LIMIT_COMPOUND_SELECT, 50},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };
    for (size_t i = 0; i < IDP_COUNT(limits); i++) {
        sqlite3_limit(db, limits[i].limit, limits[i].value);
    }
}

static int add_functions(struct query_run *run)
{
    int code = SQLITE_OK;
    run->connection = idp_connection_open(run->db);
    if (run->connection == NULL) {
        return SQLITE_NOMEM;
    }
    for (size_t i = 0; i < idp_function_count && code == SQLITE_OK; i++) {
        if (idp_functions[i].effect == IDP_PURE) {
            code = idp_register_function(run->connection, &idp_functions[i]);
        }
    }
    return code;
}

static int add_tables(struct query_run *run)
{
    int code = idp_outer_register(run->db, &run->outer);
    for (size_t i = 0; i < run->table_count && code == SQLITE_OK; i++) {
        code = idp_outer_table(run->db, run->tables[i]);
    }
    return code;
}

/* Temporary tables, too, count as memory. */
static int open_database(struct query_run *run)
{
    int code =
        sqlite3_open_v2(":memory:", &run->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_exec(run->db, "PRAGMA temp_store = memory", NULL, NULL, NULL);
    }
    if (code == SQLITE_OK) {
        (void)sqlite3_exec(run->db, connected, NULL, NULL, NULL);
    }
    code = code == SQLITE_OK ? add_functions(run) : code;
    code = code == SQLITE_OK ? add_tables(run) : code;
    if (code == SQLITE_OK) {
        set_limits(run->db);
        sqlite3_progress_handler(run->db, STEPS_BETWEEN, progress, &run->budget);
        code = sqlite3_set_authorizer(run->db, authorize, run);
    }
    return code;
}

static void close_database(struct query_run *run)
{
    sqlite3_finalize(run->statement);
    sqlite3_close(run->db);
    if (run->connection != NULL) {
        idp_connection_release(run->connection);
    }
}

/* The line end is for a comment at the end of the definition. */
static int prepare(struct query_run *run)
{
    const char *tail = NULL;
    struct idp_bytes definition = run->query->definition;
    char *text = sqlite3_mprintf("SELECT (%.*s\n)", (int)definition.size, definition.data);
    if (text == NULL) {
        return SQLITE_NOMEM;
    }
    int code = sqlite3_prepare_v2(run->db, text, -1, &run->statement, &tail);
    bool is_whole = code == SQLITE_OK && run->statement != NULL && *tail == '\0' &&
                    sqlite3_column_count(run->statement) == 1;
    sqlite3_free(text);
    return code == SQLITE_OK && !is_whole ? SQLITE_MISUSE : code;
}

static bool has_limits(void)
{
#ifdef SQLITE_CORE
    return true;
#else
    return sqlite3_api->set_authorizer != NULL && sqlite3_api->progress_handler != NULL;
#endif
}

/* The run stays where it is from here on: what is registered points into it. */
static int start(struct query_run *run)
{
    run->outer = (struct idp_outer){run->frame->connection->db, &run->budget};
    budget_start(&run->budget);
    int code = has_limits() ? open_database(run) : SQLITE_MISUSE;
    return code == SQLITE_OK ? prepare(run) : code;
}

/* ---- asked ---- */

/* Memory may lack: then it has failed for that. */
static struct idp_bytes copy_of(struct idp_frame *frame, const char *data, size_t size)
{
    char *copy = idp_allocate_or_null(&frame->call, size + 1);
    if (copy == NULL) {
        return (struct idp_bytes){0};
    }
    return (struct idp_bytes){memcpy(copy, data, size), size};
}

static struct idp_query_answer failure_of(struct query_run *run, int code)
{
    const char *message = code == SQLITE_MISUSE   ? "it is no single expression"
                          : code == SQLITE_TOOBIG ? "its answer is too large"
                          : run->db == NULL       ? sqlite3_errstr(code)
                                                  : sqlite3_errmsg(run->db);
    struct idp_query_answer answer = {.failure = run->budget.is_spent    ? "ended"
                                                 : code == SQLITE_TOOBIG ? "too_large"
                                                                         : "raised",
                                      .cause = copy_of(run->frame, message, strlen(message))};
    sqlite3_log(code, "idplane: what an administrator registered failed: %s", message);
    return answer;
}

static int bind(struct query_run *run, struct idp_bytes request)
{
    int index = sqlite3_bind_parameter_index(run->statement, ":request");
    if (sqlite3_bind_parameter_count(run->statement) != (index > 0 ? 1 : 0)) {
        return SQLITE_MISUSE;
    }
    return index == 0 ? SQLITE_OK
                      : sqlite3_bind_text64(run->statement, index, request.data, request.size,
                                            SQLITE_STATIC, SQLITE_UTF8);
}

static struct idp_query_answer answer_of(struct query_run *run)
{
    const char *text = (const char *)sqlite3_column_text(run->statement, 0);
    size_t size = (size_t)sqlite3_column_bytes(run->statement, 0);
    if (text == NULL) {
        return (struct idp_query_answer){0};
    }
    if (size > IDP_QUERY_ANSWER_SIZE_MAX) {
        return failure_of(run, SQLITE_TOOBIG);
    }
    struct idp_bytes copy = copy_of(run->frame, text, size);
    return copy.data == NULL ? failure_of(run, SQLITE_NOMEM)
                             : (struct idp_query_answer){.text = copy};
}

/* Whatever may raise is done before anything is open. */
static struct query_run run_of(struct idp_call *call, const struct idp_query *query)
{
    struct idp_frame *frame = call->context;
    struct query_run run = {.frame = frame, .query = query};
    for (const struct idp_json *table = query->tables == NULL ? NULL : query->tables->child;
         table != NULL && run.table_count < IDP_QUERY_TABLE_COUNT_MAX; table = table->next) {
        run.tables[run.table_count++] = idp_text_c(call, table->text);
    }
    return run;
}

struct idp_query_answer idp_query_run(struct idp_call *call, const struct idp_query *query,
                                      struct idp_bytes request)
{
    struct query_run run = run_of(call, query);
    int code = start(&run);
    code = code == SQLITE_OK ? bind(&run, request) : code;
    code = code == SQLITE_OK ? sqlite3_step(run.statement) : code;
    struct idp_query_answer answer = code == SQLITE_ROW ? answer_of(&run) : failure_of(&run, code);
    close_database(&run);
    return answer;
}

/* ---- registered ---- */

static void check_tables(struct idp_call *call, const struct idp_json *tables)
{
    for (const struct idp_json *table = tables == NULL ? NULL : tables->child; table != NULL;
         table = table->next) {
        struct idp_bytes name = idp_lower_case(call, table->text);
        if (idp_bytes_start(name, idp_bytes_of("idplane_")) ||
            idp_bytes_start(name, idp_bytes_of("sqlite_"))) {
            idp_frame_fail(call->context, IDP_INVALID_ARGUMENT,
                           "The tables of idplane and of SQLite are not for queries.");
        }
    }
}

static IDP_NORETURN void refuse(struct idp_call *call, struct idp_bytes cause)
{
    struct idp_text sentence = {.call = call};
    idp_text_add_c(&sentence, "The definition is no expression that may run: ");
    idp_text_add(&sentence, cause);
    idp_text_add_c(&sentence, ".");
    if (idp_bytes_start(cause, idp_bytes_of("no such table"))) {
        idp_text_add_c(&sentence, " The option tables names those that it reads.");
    }
    idp_frame_fail(call->context, IDP_INVALID_ARGUMENT, idp_text_bytes(&sentence).data);
}

struct idp_bytes idp_query_register(struct idp_call *call, const struct idp_query *query)
{
    check_tables(call, query->tables);
    struct query_run run = run_of(call, query);
    int code = start(&run);
    code = code == SQLITE_OK ? bind(&run, idp_bytes_of("{}")) : code;
    struct idp_query_answer answer = {0};
    if (code != SQLITE_OK) {
        answer = failure_of(&run, code);
    }
    close_database(&run);
    if (answer.failure != NULL) {
        refuse(call, answer.cause);
    }
    return (struct idp_bytes){0};
}
