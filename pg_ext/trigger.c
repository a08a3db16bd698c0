/* SPDX-License-Identifier: Apache-2.0 */
/* trigger.c - triggers of the core on tables of others: before a row is written, a column gets what
 * a function makes of it, and another column may get what follows from it.
 *
 *   CREATE TRIGGER … BEFORE INSERT OR UPDATE OF col ON … FOR EACH ROW
 *       EXECUTE FUNCTION idplane.NAME_trigger('col'[, 'derived']) */
#include "pg_ext/adapter.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#pragma GCC visibility push(default)
PG_FUNCTION_INFO_V1(idplane_trigger);
#pragma GCC visibility pop

enum { COLUMN, DERIVED, COLUMN_COUNT };
enum { STEP_ARGUMENT_COUNT = 5 };

/* One firing. A column number 0: not asked for. */
struct firing {
    TriggerData *data;
    const struct idp_trigger *trigger;
    TupleDesc description;
    HeapTuple old_row, new_row; /* old_row NULL: an insert */
    int columns[COLUMN_COUNT];
};

/* ---- what fires ---- */

static void fail_protocol(const char *message) IDP_NORETURN;

static void fail_protocol(const char *message)
{
    ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                    errmsg("idplane: invalid_argument: %s", message),
                    errhint("Create it BEFORE INSERT OR UPDATE OF the column, FOR EACH ROW, with "
                            "one or two columns as arguments.")));
    pg_unreachable();
}

static void fail_column(int state, const char *name, const char *what) pg_attribute_noreturn();

static void fail_column(int state, const char *name, const char *what)
{
    ereport(ERROR,
            (errcode(state),
             errmsg("idplane: invalid_argument: Column \"%s\" of the trigger %s.", name, what),
             errhint("Name a column of the table of type jsonb, json or text, and create the "
                     "trigger anew.")));
    pg_unreachable();
}

static const struct idp_trigger *trigger_of(FunctionCallInfo fcinfo)
{
    static const char suffix[] = "_trigger";
    char *name = get_func_name(fcinfo->flinfo->fn_oid);
    size_t size = name == NULL ? 0 : strlen(name);
    if (size > sizeof suffix - 1 && strcmp(name + size - (sizeof suffix - 1), suffix) == 0) {
        name[size - (sizeof suffix - 1)] = 0;
        for (size_t i = 0; i < idp_trigger_count; i++) {
            if (strcmp(idp_triggers[i]->name, name) == 0) {
                return idp_triggers[i];
            }
        }
    }
    fail_protocol("the library has no trigger of this name");
}

static bool is_fit(TriggerEvent event)
{
    return TRIGGER_FIRED_BEFORE(event) && TRIGGER_FIRED_FOR_ROW(event) &&
           (TRIGGER_FIRED_BY_INSERT(event) || TRIGGER_FIRED_BY_UPDATE(event));
}

static int column_of(TupleDesc description, const char *name)
{
    int column = SPI_fnumber(description, name);
    if (column <= 0) {
        fail_column(ERRCODE_UNDEFINED_COLUMN, name, "does not exist");
    }
    Oid type = TupleDescAttr(description, column - 1)->atttypid;
    if (TupleDescAttr(description, column - 1)->attgenerated != 0) {
        fail_column(ERRCODE_GENERATED_ALWAYS, name, "is a generated one");
    }
    if (type != JSONBOID && type != JSONOID && type != TEXTOID) {
        fail_column(ERRCODE_DATATYPE_MISMATCH, name, "is not of type jsonb, json or text");
    }
    return column;
}

static struct firing firing_of(FunctionCallInfo fcinfo)
{
    if (!CALLED_AS_TRIGGER(fcinfo)) {
        fail_protocol("this function is a trigger");
    }
    TriggerData *data = (TriggerData *)fcinfo->context;
    int count = data->tg_trigger->tgnargs;
    if (!is_fit(data->tg_event) || count < 1 || count > COLUMN_COUNT) {
        fail_protocol("the trigger was created another way");
    }
    bool updates = TRIGGER_FIRED_BY_UPDATE(data->tg_event);
    struct firing firing = {
        .data = data,
        .trigger = trigger_of(fcinfo),
        .description = RelationGetDescr(data->tg_relation),
        .old_row = updates ? data->tg_trigtuple : NULL,
        .new_row = updates ? data->tg_newtuple : data->tg_trigtuple,
    };
    for (int i = 0; i < count; i++) {
        firing.columns[i] = column_of(firing.description, data->tg_trigger->tgargs[i]);
    }
    if (firing.columns[COLUMN] == firing.columns[DERIVED]) {
        fail_protocol("the two columns of the trigger must be different ones");
    }
    return firing;
}

/* ---- columns in and out ---- */

static Oid type_of(const struct firing *firing, int column)
{
    return TupleDescAttr(firing->description, column - 1)->atttypid;
}

static Datum column_datum(const struct firing *firing, HeapTuple row, int column, bool *is_null)
{
    return heap_getattr(row, column, firing->description, is_null);
}

/* As JSON text, whatever the column's type; SQL NULL where there is no row or no column. */
static struct idp_value column_value(struct idp_frame *frame, const struct firing *firing,
                                     HeapTuple row, int column)
{
    if (row == NULL || column == 0) {
        return (struct idp_value){0};
    }
    bool is_null;
    Datum datum = column_datum(firing, row, column, &is_null);
    char kind = type_of(firing, column) == JSONBOID ? 'j' : 't';
    struct idp_value value;
    idp_pg_value(frame, datum, is_null, kind, &value);
    value.kind = value.kind == 0 ? 0 : 'j';
    return value;
}

static Datum derived_datum(struct idp_frame *frame, const struct firing *firing,
                           const struct idp_json *derived)
{
    bool is_null;
    struct idp_value value = {.kind = 'j', .json = derived};
    if (type_of(firing, firing->columns[DERIVED]) == JSONBOID) {
        return idp_pg_result(&value, &is_null);
    }
    struct idp_bytes text = idp_json_text(&frame->call, derived);
    return PointerGetDatum(cstring_to_text_with_len(text.data, (int)text.size));
}

/* ---- firing ---- */

static const struct idp_json *step_run(struct idp_frame *frame, const struct firing *firing)
{
    const char *operation =
        firing->old_row == NULL ? firing->trigger->on_insert : firing->trigger->on_update;
    const int *columns = firing->columns;
    struct idp_value arguments[IDP_ARGUMENT_COUNT_MAX] = {
        {.kind = 't', .bytes = {operation, strlen(operation)}},
        column_value(frame, firing, firing->new_row, columns[COLUMN]),
        column_value(frame, firing, firing->old_row, columns[COLUMN]),
        column_value(frame, firing, firing->old_row, columns[DERIVED]),
        idp_trigger_context(&frame->call, firing->trigger),
    };
    return idp_invoke(&frame->call, arguments, STEP_ARGUMENT_COUNT).json;
}

static HeapTuple row_made(struct idp_frame *frame, const struct firing *firing,
                          const struct idp_json *answer)
{
    int columns[COLUMN_COUNT], count = 0;
    Datum values[COLUMN_COUNT];
    bool nulls[COLUMN_COUNT] = {false, false};
    const struct idp_json *take = answer->child, *derived = take->next;
    if (take->text.data[0] == 'o') {
        columns[count] = firing->columns[COLUMN];
        values[count] = column_datum(firing, firing->old_row, columns[count], &nulls[count]);
        count++;
    }
    if (firing->columns[DERIVED] != 0) {
        columns[count] = firing->columns[DERIVED];
        nulls[count] = derived->kind == IDP_JSON_NULL;
        values[count] = nulls[count] ? (Datum)0 : derived_datum(frame, firing, derived);
        count++;
    }
    return count == 0 ? firing->new_row
                      : heap_modify_tuple_by_cols(firing->new_row, firing->description, count,
                                                  columns, values, nulls);
}

Datum idplane_trigger(PG_FUNCTION_ARGS)
{
    struct firing firing = firing_of(fcinfo);
    struct idp_frame *frame = idp_pg_frame_new(idp_function_find(firing.trigger->step));
    const struct idp_json *answer = step_run(frame, &firing);
    idp_pg_disconnect(frame);
    HeapTuple row = row_made(frame, &firing, answer);
    idp_pg_frame_close(frame);
    return PointerGetDatum(row);
}
