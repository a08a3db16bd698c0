/* SPDX-License-Identifier: Apache-2.0 */
/* audit.c - rows that say what happened and who was it. They are only inserted, each under a name
 * of its own, so that nobody queues behind another's. */
#include "core/base/base.h"

enum { ROWS_DEFAULT = 100, ROWS_MAX = 1000 };
enum { ADD, LIST };
enum { AUDIT_ID_SIZE = 16 };

const struct idp_statement idp_audit_statements[] = {
    [ADD] = {"INSERT INTO idplane.audit (tenant, audit_id, occurred_at, type, outcome, subject,"
             " object, details, proof) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
             "ttzttttjx", ""},
    /* Empty: any. */
    [LIST] = {"SELECT occurred_at, type, outcome, subject, object, details FROM idplane.audit"
              " WHERE tenant = $1 AND ($2 = '' OR type = $2) AND ($3 = '' OR subject = $3)"
              " AND ($4 = '' OR object = $4) AND ($5 = '' OR outcome = $5)"
              " ORDER BY occurred_at DESC, type, audit_id LIMIT $6",
              "ttttti", "zttttj"},
};
const size_t idp_audit_statement_count = IDP_COUNT(idp_audit_statements);

void idp_audit_add(struct idp_call *call, const struct idp_audit *event)
{
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(idp_random_text(call, AUDIT_ID_SIZE)),
        idp_value_time(idp_now_us(call)),
        idp_value_text(idp_bytes_of(event->type)),
        idp_value_text(idp_bytes_of(event->outcome)),
        idp_value_text(event->subject),
        idp_value_text(event->object),
        idp_value_json_text(idp_json_text(call, event->details)),
        idp_null(),
    };
    call->host->begin(call);
    row[8] = idp_value_blob(idp_proof_make(call, idp_audit_digest(call, row + 1)));
    idp_run(call, &idp_audit_statements[ADD], row);
}

struct idp_bytes idp_audit_digest(struct idp_call *call, const struct idp_value *row)
{
    const char *why;
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    idp_json_add(list, NULL, idp_json_new_string(call, idp_tenant(call)));
    for (size_t i = 0; i < IDP_AUDIT_COLUMN_COUNT; i++) {
        struct idp_bytes text = idp_text_of(row[i]);
        struct idp_json *item = NULL;
        if (row[i].kind == 'z') {
            item = idp_json_new_integer(call, row[i].integer);
        } else if (row[i].kind == 't') {
            item = idp_json_new_string(call, text);
        } else if (row[i].kind == 'j') {
            const struct idp_json *details = idp_json_read(call, text, &why);
            item = details == NULL ? NULL : idp_json_node(call, details);
        }
        idp_json_add(list, NULL, item != NULL ? item : idp_json_new(call, IDP_JSON_NULL));
    }
    return idp_sha256(call, idp_json_canonical(call, list));
}

/* ---- SQL ---- */

static struct idp_json *event_of(struct idp_call *call, const struct idp_value *row)
{
    static const char *const names[] = {"type", "outcome", "subject", "object"};
    const char *why;
    struct idp_json *event = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, event, "occurred_at", idp_time_text(call, idp_integer_of(row[0])));
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        idp_json_add_string(call, event, names[i], idp_text_of(row[1 + i]));
    }
    idp_json_add_shared(call, event, "details", idp_json_read(call, idp_text_of(row[5]), &why));
    return event;
}

static struct idp_bytes filter(const struct idp_json *options, const char *name)
{
    struct idp_bytes text = idp_json_string(options, name);
    return text.data == NULL ? (struct idp_bytes){"", 0} : text;
}

static void check_members(struct idp_call *call, const struct idp_json *options)
{
    static const char members[] = "type subject object outcome max_rows";
    for (const struct idp_json *member = options == NULL ? NULL : options->child; member != NULL;
         member = member->next) {
        bool is_text = member->kind == IDP_JSON_STRING;
        if (!idp_word_in(idp_bytes_of(members), member->name) ||
            is_text == idp_bytes_is(member->name, "max_rows")) {
            idp_fail_with(call, IDP_INVALID_ARGUMENT,
                          "The members of options are: %s; the last a number, the others texts.",
                          members);
        }
    }
}

/* audit_events(options) → what happened last, the latest first */
struct idp_value idp_sql_audit_events(struct idp_call *call, const struct idp_value *arguments)
{
    int64_t rows_max = ROWS_DEFAULT;
    const struct idp_json *options = idp_json_object_argument(call, arguments[0], "options");
    const struct idp_json *wanted = idp_json_member(options, "max_rows");
    check_members(call, options);
    if (wanted != NULL &&
        (!idp_json_integer(wanted, &rows_max) || rows_max < 1 || rows_max > ROWS_MAX)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Member max_rows must be from 1 to %d.",
                      ROWS_MAX);
    }
    struct idp_value key[] = {
        idp_value_text(idp_tenant(call)),           idp_value_text(filter(options, "type")),
        idp_value_text(filter(options, "subject")), idp_value_text(filter(options, "object")),
        idp_value_text(filter(options, "outcome")), idp_value_integer(rows_max)};
    struct idp_rows rows = idp_run(call, &idp_audit_statements[LIST], key);
    struct idp_json *events = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < rows.count; i++) {
        idp_json_add(events, NULL, event_of(call, rows.values + i * rows.columns));
    }
    return idp_value_json(events);
}
