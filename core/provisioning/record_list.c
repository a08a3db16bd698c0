/* SPDX-License-Identifier: Apache-2.0 */
/* record_list.c - devices and what they did, for who looks after them: any of the values of one
 * filter, all of the filters. The latest come first, and a page ends with where the next one
 * begins. */
#include "core/provisioning/session.h"

enum { PAGE_COUNT = 100, PAGE_COUNT_MAX = 1000, LOOK_COUNT_MAX = 10000, HISTORY_COUNT = 1000 };

enum { PAGE, BY_ID, BY_DEVICE, OWNER_OF, STEPS, EVENTS, REFUSED };

#define COLUMNS                                                                                    \
    "registration_id, enrollment_id, approval, device, owner, hub_id, serial, subject,"            \
    " created_at, changed_at, completed_at, other_enrollment_id, other_approval"
#define KINDS "ttttttttzzztt"

enum column {
    ID,
    ENROLLMENT,
    APPROVAL,
    DEVICE,
    OWNER,
    HUB,
    SERIAL,
    SUBJECT,
    CREATED,
    CHANGED,
    COMPLETED,
    OTHER_ENROLLMENT,
    OTHER_APPROVAL
};

static const char *const names[] = {
    "registration_id", "enrollment", "approval",   "device",     "owner",        "hub",
    "serial",          "subject",    "created_at", "changed_at", "completed_at", "other_enrollment",
    "other_approval"};

const struct idp_statement idp_record_list_statements[] = {
    /* $5: the one owner that is asked for, or empty: whoever has few devices among many of others
     * is not shown through all of these. */
    [PAGE] = {"SELECT " COLUMNS " FROM idplane.provisioning_record"
              " WHERE tenant = $1 AND changed_at <= $2"
              " AND (changed_at < $2 OR registration_id > $3)"
              " AND ($5 = '' OR owner = $5 OR (owner IS NULL AND enrollment_id IN"
              " (SELECT e.enrollment_id FROM idplane.enrollment e WHERE e.tenant = $1"
              " AND e.owner = $5)))"
              " ORDER BY changed_at DESC, registration_id LIMIT $4",
              "tztit", KINDS},
    [BY_ID] = {"SELECT " COLUMNS " FROM idplane.provisioning_record"
               " WHERE tenant = $1 AND registration_id = $2",
               "tt", KINDS},
    [BY_DEVICE] = {"SELECT " COLUMNS " FROM idplane.provisioning_record"
                   " WHERE tenant = $1 AND device = $2",
                   "tt", KINDS},
    [OWNER_OF] = {"SELECT owner FROM idplane.enrollment"
                  " WHERE tenant = $1 AND enrollment_id = $2",
                  "tt", "t"},
    [STEPS] =
        {"SELECT step, outcome, occurred_at FROM (SELECT step, outcome, occurred_at, event_id,"
         " row_number() OVER (PARTITION BY step ORDER BY occurred_at DESC, event_id DESC)"
         " AS place FROM idplane.provisioning_event"
         " WHERE tenant = $1 AND registration_id = $2) latest"
         " WHERE place = 1 ORDER BY occurred_at, step",
         "tt", "ttz"},
    /* A device asks as often as it likes. */
    [EVENTS] = {"SELECT step, outcome, occurred_at, enrollment_id, device, details"
                " FROM (SELECT step, outcome, occurred_at, enrollment_id, device, details, event_id"
                " FROM idplane.provisioning_event WHERE tenant = $1 AND registration_id = $2"
                " ORDER BY occurred_at DESC, event_id DESC LIMIT $3) latest"
                " ORDER BY occurred_at, event_id",
                "tti", "ttzttj"},
    [REFUSED] = {"SELECT step, outcome, occurred_at, enrollment_id, device, details,"
                 " registration_id FROM idplane.provisioning_event"
                 " WHERE tenant = $1 AND occurred_at <= $2 AND step = 'begin' AND outcome <> 'ok'"
                 " ORDER BY occurred_at DESC, event_id LIMIT $3",
                 "tzi", "ttzttjt"},
};
const size_t idp_record_list_statement_count = IDP_COUNT(idp_record_list_statements);

/* ---- filters ---- */

struct filtering {
    struct idp_call *call;
    const struct idp_json *filter;
    int64_t after_us, before_us, limit, count;
    struct idp_json *records;
};

static const struct {
    const char *name;
    enum column column;
} lists[] = {{"registration_ids", ID}, {"devices", DEVICE}, {"hubs", HUB}, {"owners", OWNER}};

/* Whose a device is: as it was decided of it, else as its enrollment says. */
static struct idp_bytes value_of(struct idp_call *call, const struct idp_value *row,
                                 enum column column)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), row[ENROLLMENT]};
    if (column != OWNER || row[OWNER].kind != 0) {
        return idp_text_of(row[column]);
    }
    const struct idp_value *owner = idp_run_one(call, &idp_record_list_statements[OWNER_OF], key);
    return owner == NULL ? (struct idp_bytes){0} : idp_text_of(owner[0]);
}

/* True where the filter has no such list, too. */
static bool holds(const struct filtering *filtering, const char *name, struct idp_bytes value)
{
    const struct idp_json *list = idp_json_member(filtering->filter, name);
    return list == NULL || (value.data != NULL && idp_json_holds(list, value));
}

/* What is decided is of one enrollment: of its own, or where it waits. */
static bool is_decided(const struct filtering *filtering, const struct idp_value *row)
{
    bool is_asked = idp_json_member(filtering->filter, "approvals") != NULL;
    bool is_own = holds(filtering, "approvals", idp_text_of(row[APPROVAL])) &&
                  holds(filtering, "enrollments", idp_text_of(row[ENROLLMENT]));
    bool is_other = is_asked && row[OTHER_APPROVAL].kind != 0 &&
                    holds(filtering, "approvals", idp_text_of(row[OTHER_APPROVAL])) &&
                    holds(filtering, "enrollments", idp_text_of(row[OTHER_ENROLLMENT]));
    return is_own || is_other;
}

static bool passes(const struct filtering *filtering, const struct idp_value *row)
{
    int64_t changed_us = idp_integer_of(row[CHANGED]);
    if (changed_us <= filtering->after_us || changed_us > filtering->before_us) {
        return false;
    }
    const struct idp_json *completed = idp_json_member(filtering->filter, "completed");
    if (completed != NULL && idp_json_is(completed, IDP_JSON_TRUE) != (row[COMPLETED].kind != 0)) {
        return false;
    }
    for (size_t i = 0; i < IDP_COUNT(lists); i++) {
        const struct idp_json *list = idp_json_member(filtering->filter, lists[i].name);
        if (list != NULL &&
            !holds(filtering, lists[i].name, value_of(filtering->call, row, lists[i].column))) {
            return false;
        }
    }
    return is_decided(filtering, row);
}

/* ---- records ---- */

static struct idp_json *event_json(struct idp_call *call, const struct idp_value *row)
{
    struct idp_json *event = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, event, "step", idp_text_of(row[0]));
    idp_json_add_string(call, event, "outcome", idp_text_of(row[1]));
    idp_json_add_string(call, event, "date", idp_time_text(call, idp_integer_of(row[2])));
    idp_json_add_string(call, event, "enrollment", idp_text_of(row[3]));
    idp_json_add_string(call, event, "device", idp_text_of(row[4]));
    idp_json_add_shared(call, event, "details", idp_json_argument(call, row[5], "details"));
    return event;
}

static struct idp_json *history_of(struct idp_call *call, struct idp_bytes registration_id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(registration_id),
                              idp_value_integer(HISTORY_COUNT)};
    struct idp_rows rows = idp_run(call, &idp_record_list_statements[EVENTS], key);
    struct idp_json *history = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < rows.count; i++) {
        idp_json_add(history, NULL, event_json(call, rows.values + i * rows.columns));
    }
    return history;
}

/* The last of each step. */
static struct idp_json *steps_of(struct idp_call *call, struct idp_bytes registration_id)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(registration_id)};
    struct idp_rows rows = idp_run(call, &idp_record_list_statements[STEPS], key);
    struct idp_json *steps = idp_json_new(call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < rows.count; i++) {
        const struct idp_value *row = rows.values + i * rows.columns;
        struct idp_json *step = idp_json_new(call, IDP_JSON_OBJECT);
        idp_json_add_string(call, step, "outcome", idp_text_of(row[1]));
        idp_json_add_string(call, step, "date", idp_time_text(call, idp_integer_of(row[2])));
        idp_json_add_named(steps, idp_text_of(row[0]), step);
    }
    return steps;
}

static void record_add(struct filtering *filtering, const struct idp_value *row)
{
    struct idp_call *call = filtering->call;
    struct idp_json *record = idp_json_new(call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        if (row[i].kind == 'z') {
            idp_json_add_string(call, record, names[i],
                                idp_time_text(call, idp_integer_of(row[i])));
        } else {
            idp_json_add_string(call, record, names[i], value_of(call, row, (enum column)i));
        }
    }
    idp_json_add(record, "steps", steps_of(call, idp_text_of(row[ID])));
    if (idp_json_is_true(filtering->filter, "history")) {
        idp_json_add(record, "history", history_of(call, idp_text_of(row[ID])));
    }
    idp_json_add(filtering->records, NULL, record);
    filtering->count++;
}

/* ---- found ---- */

/* By what names single rows. */
static void look_up(struct filtering *filtering, size_t statement, const struct idp_json *list)
{
    struct idp_call *call = filtering->call;
    for (const struct idp_json *item = list->child;
         item != NULL && filtering->count < filtering->limit; item = item->next) {
        struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(item->text)};
        const struct idp_value *row =
            idp_json_is_repeated(list, item)
                ? NULL
                : idp_run_one(call, &idp_record_list_statements[statement], key);
        if (row != NULL && passes(filtering, row)) {
            record_add(filtering, row);
        }
    }
}

/* Where a page ends that others follow; data NULL: none do. */
static struct idp_bytes cursor_of(struct idp_call *call, const struct idp_value *row)
{
    struct idp_text cursor = {.call = call};
    idp_text_add_integer(&cursor, idp_integer_of(row[CHANGED]));
    idp_text_add_char(&cursor, ' ');
    idp_text_add(&cursor, idp_text_of(row[ID]));
    return idp_base64url_encode(call, idp_text_bytes(&cursor));
}

/* Empty: none, or several. */
static struct idp_bytes owner_asked(const struct filtering *filtering)
{
    const struct idp_json *owners = idp_json_member(filtering->filter, "owners");
    const struct idp_json *first = owners == NULL ? NULL : owners->child;
    return first == NULL || first->next != NULL ? (struct idp_bytes){"", 0} : first->text;
}

static struct idp_bytes scan(struct filtering *filtering, int64_t from_us, struct idp_bytes from_id)
{
    struct idp_call *call = filtering->call;
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_time(from_us),
                              idp_value_text(from_id), idp_value_integer(LOOK_COUNT_MAX),
                              idp_value_text(owner_asked(filtering))};
    struct idp_rows rows = idp_run(call, &idp_record_list_statements[PAGE], key);
    for (size_t i = 0; i < rows.count; i++) {
        const struct idp_value *row = rows.values + i * rows.columns;
        if (passes(filtering, row)) {
            record_add(filtering, row);
        }
        if (filtering->count == filtering->limit || i + 1 == LOOK_COUNT_MAX) {
            return cursor_of(call, row);
        }
    }
    return (struct idp_bytes){0};
}

/* ---- the argument ---- */

static void filter_fail(struct idp_call *call)
{
    idp_fail_with(call, IDP_INVALID_ARGUMENT,
                  "A filter has arrays of texts registration_ids, devices, enrollments, hubs, "
                  "owners, approvals; times changed_after, changed_before; limit from 1 to 1000, "
                  "cursor as it was given, completed, history and refused true or false.");
}

static int64_t time_member(struct idp_call *call, const struct idp_json *filter, const char *name,
                           int64_t usual_us)
{
    struct idp_bytes text = idp_json_string(filter, name);
    int64_t time_us = usual_us;
    if (idp_json_member(filter, name) != NULL && !idp_time_read(text, &time_us)) {
        filter_fail(call);
    }
    return time_us;
}

static void members_check(struct idp_call *call, const struct idp_json *filter)
{
    static const char known[] = "registration_ids devices enrollments hubs owners approvals "
                                "changed_after changed_before limit cursor history refused "
                                "completed";
    for (const struct idp_json *member = filter == NULL ? NULL : filter->child; member != NULL;
         member = member->next) {
        bool is_list = idp_bytes_end(member->name, idp_bytes_of("s"));
        if (!idp_word_in(idp_bytes_of(known), member->name) ||
            (is_list && !idp_is_string_list(member))) {
            filter_fail(call);
        }
    }
}

static struct filtering filtering_of(struct idp_call *call, const struct idp_json *filter)
{
    struct filtering filtering = {
        .call = call, .filter = filter, .limit = PAGE_COUNT, .records = NULL};
    const struct idp_json *limit = idp_json_member(filter, "limit");
    members_check(call, filter);
    const struct idp_json *completed = idp_json_member(filter, "completed");
    if (completed != NULL && !idp_json_is(completed, IDP_JSON_TRUE) &&
        !idp_json_is(completed, IDP_JSON_FALSE)) {
        filter_fail(call);
    }
    filtering.records = idp_json_new(call, IDP_JSON_ARRAY);
    filtering.after_us = time_member(call, filter, "changed_after", -1);
    filtering.before_us = time_member(call, filter, "changed_before", IDP_TIME_MAX_US);
    if (limit != NULL && (!idp_json_integer(limit, &filtering.limit) || filtering.limit < 1 ||
                          filtering.limit > PAGE_COUNT_MAX)) {
        filter_fail(call);
    }
    return filtering;
}

/* What cursor_of() wrote; false: it is something else. */
static bool cursor_read(struct idp_call *call, struct idp_bytes cursor, int64_t *from_us,
                        struct idp_bytes *from_id)
{
    struct idp_bytes text = idp_base64url_decode(call, cursor);
    struct idp_bytes number = text.data == NULL ? text : idp_word_next(&text);
    struct idp_json json = {.kind = IDP_JSON_NUMBER, .text = number};
    bool is_read = number.size > 0 && idp_json_integer(&json, from_us) && *from_us >= 0 &&
                   *from_us <= IDP_TIME_MAX_US && idp_utf8_valid(text);
    *from_id = idp_bytes_trim(text);
    return is_read;
}

bool idp_is_record_cursor(struct idp_call *call, struct idp_bytes cursor)
{
    int64_t from_us;
    struct idp_bytes from_id;
    return cursor_read(call, cursor, &from_us, &from_id);
}

/* ---- what was refused at the door ---- */

static struct idp_value refusals(struct filtering *filtering)
{
    struct idp_call *call = filtering->call;
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_value key[] = {idp_value_text(idp_tenant(call)),
                              idp_value_time(filtering->before_us),
                              idp_value_integer(filtering->limit)};
    struct idp_rows rows = idp_run(call, &idp_record_list_statements[REFUSED], key);
    for (size_t i = 0; i < rows.count; i++) {
        const struct idp_value *row = rows.values + i * rows.columns;
        struct idp_json *event = event_json(call, row);
        idp_json_add_string(call, event, "registration_id", idp_text_of(row[6]));
        idp_json_add(filtering->records, NULL, event);
    }
    idp_json_add(answer, "refused", filtering->records);
    return idp_value_json(answer);
}

/* provisioning_records(filter) → {"records":[…],"next"} */
struct idp_value idp_sql_provisioning_records(struct idp_call *call,
                                              const struct idp_value *arguments)
{
    const struct idp_json *filter = idp_json_object_argument(call, arguments[0], "filter");
    struct filtering filtering = filtering_of(call, filter);
    const struct idp_json *ids = idp_json_member(filter, "registration_ids");
    const struct idp_json *devices = idp_json_member(filter, "devices");
    struct idp_bytes cursor = idp_json_string(filter, "cursor"), next = {0};
    if (idp_json_is_true(filter, "refused")) {
        return refusals(&filtering);
    }
    if (ids != NULL || devices != NULL) {
        look_up(&filtering, ids != NULL ? BY_ID : BY_DEVICE, ids != NULL ? ids : devices);
    } else {
        int64_t from_us = filtering.before_us;
        struct idp_bytes from_id = {"", 0};
        if (cursor.data != NULL && !cursor_read(call, cursor, &from_us, &from_id)) {
            filter_fail(call);
        }
        next = scan(&filtering, from_us, from_id);
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add(answer, "records", filtering.records);
    idp_json_add_string(call, answer, "next", next);
    return idp_value_json(answer);
}
