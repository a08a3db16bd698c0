/* SPDX-License-Identifier: Apache-2.0 */
/* convert.c - values of the core to Datums and back. Results of kind `j` are built as jsonb
 * directly from the tree, without a detour through text; jsonb arguments reach the core as text. */
#include "pg_ext/adapter.h"

#include "catalog/pg_type.h"
#include "datatype/timestamp.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

static const int64 epoch_shift_us =
    (int64)(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY * USECS_PER_SEC;

Oid idp_pg_type(char kind)
{
    switch (kind) {
    case 't':
        return TEXTOID;
    case 'i':
        return INT8OID;
    case 'b':
        return BOOLOID;
    case 'x':
        return BYTEAOID;
    case 'z':
        return TIMESTAMPTZOID;
    default:
        return JSONBOID;
    }
}

static struct idp_bytes varlena_bytes(Datum datum)
{
    struct varlena *data = PG_DETOAST_DATUM_PACKED(datum);
    return (struct idp_bytes){VARDATA_ANY(data), VARSIZE_ANY_EXHDR(data)};
}

struct idp_bytes idp_pg_jsonb_text(Datum datum)
{
    Jsonb *document = DatumGetJsonbP(datum);
    char *text = JsonbToCString(NULL, &document->root, VARSIZE(document));
    return (struct idp_bytes){text, strlen(text)};
}

/* A policy is the same beside each token, whatever statement asks, and its text costs more than the
 * rest of the call. So the texts of a few are kept; such arguments hold no secret. */
enum { TEXT_COUNT = 16, TEXT_JSONB_SIZE_MAX = 2048, TEXT_SIZE_MAX = 8192 };

static struct jsonb_text {
    Size size;
    Jsonb *document;
    struct idp_bytes text;
} texts[TEXT_COUNT];

static void text_keep(struct jsonb_text *kept, Jsonb *document, struct idp_bytes text)
{
    Size size = VARSIZE(document);
    char *block =
        MemoryContextAllocExtended(TopMemoryContext, size + text.size + 1, MCXT_ALLOC_NO_OOM);
    if (block == NULL) {
        return;
    }
    if (kept->document != NULL) {
        pfree(kept->document);
    }
    memcpy(block, document, size);
    memcpy(block + size, text.data, text.size + 1);
    *kept = (struct jsonb_text){size, (Jsonb *)block, {block + size, text.size}};
}

/* The text is good for this call: none that keeps texts calls another. */
static struct idp_bytes jsonb_bytes_kept(Datum datum)
{
    Jsonb *document = DatumGetJsonbP(datum);
    Size size = VARSIZE(document);
    struct jsonb_text *kept = &texts[size % TEXT_COUNT];
    if (kept->size == size && memcmp(kept->document, document, size) == 0) {
        return kept->text;
    }
    struct idp_bytes text = idp_pg_jsonb_text(datum);
    if (size <= TEXT_JSONB_SIZE_MAX && text.size <= TEXT_SIZE_MAX) {
        text_keep(kept, document, text);
    }
    return text;
}

/* Apart, lest each argument that is there as it stands pay for the registers that this one saves.
 */
static pg_noinline struct idp_bytes bytes_unpacked(struct idp_frame *frame, Datum datum, char kind)
{
    MemoryContext previous = MemoryContextSwitchTo(frame->memory);
    bool is_kept = frame->call.function->effect == IDP_CLOCKED;
    struct idp_bytes bytes = kind != 'j' ? varlena_bytes(datum)
                             : is_kept   ? jsonb_bytes_kept(datum)
                                         : idp_pg_jsonb_text(datum);
    MemoryContextSwitchTo(previous);
    return bytes;
}

static struct idp_bytes bytes_of(struct idp_frame *frame, Datum datum, char kind)
{
    struct varlena *data = (struct varlena *)DatumGetPointer(datum);
    if (kind != 'j' && !VARATT_IS_EXTERNAL(data) && !VARATT_IS_COMPRESSED(data)) {
        return (struct idp_bytes){VARDATA_ANY(data), VARSIZE_ANY_EXHDR(data)};
    }
    return bytes_unpacked(frame, datum, kind);
}

void idp_pg_value(struct idp_frame *frame, Datum datum, bool is_null, char kind,
                  struct idp_value *value)
{
    if (is_null) {
        *value = (struct idp_value){0};
        return;
    }
    value->kind = kind;
    switch (kind) {
    case 'i':
        value->integer = DatumGetInt64(datum);
        break;
    case 'b':
        value->integer = DatumGetBool(datum);
        break;
    case 'z':
        value->integer = DatumGetTimestampTz(datum) + epoch_shift_us;
        break;
    default:
        value->bytes = bytes_of(frame, datum, kind);
    }
}

static Datum varlena_datum(struct idp_bytes bytes)
{
    return PointerGetDatum(cstring_to_text_with_len(bytes.data, (int)bytes.size));
}

static Datum jsonb_text_datum(struct idp_bytes text)
{
    return DirectFunctionCall1(jsonb_in, CStringGetDatum(pnstrdup(text.data, text.size)));
}

Datum idp_pg_datum(const struct idp_value *value, bool *is_null)
{
    *is_null = value->kind == 0;
    switch (value->kind) {
    case 0:
        return (Datum)0;
    case 'i':
        return Int64GetDatum(value->integer);
    case 'b':
        return BoolGetDatum(value->integer != 0);
    case 'z':
        return TimestampTzGetDatum(value->integer - epoch_shift_us);
    case 'j':
        return jsonb_text_datum(value->bytes);
    default:
        return varlena_datum(value->bytes);
    }
}

/* ---- jsonb from the tree ---- */

static JsonbValue *push_string(JsonbParseState **state, JsonbIteratorToken token,
                               struct idp_bytes text)
{
    JsonbValue value = {.type = jbvString};
    value.val.string.val = (char *)text.data;
    value.val.string.len = (int)text.size;
    return pushJsonbValue(state, token, &value);
}

static JsonbValue number_value(const struct idp_json *json)
{
    JsonbValue value = {.type = jbvNumeric};
    struct idp_bytes text = json->text;
    int64_t integer;
    if (idp_json_integer(json, &integer)) {
        value.val.numeric = int64_to_numeric(integer);
        return value;
    }
    value.val.numeric = DatumGetNumeric(
        DirectFunctionCall3(numeric_in, CStringGetDatum(pnstrdup(text.data, text.size)),
                            ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
    return value;
}

static JsonbValue scalar_value(const struct idp_json *json)
{
    JsonbValue value = {.type = jbvNull};
    switch (json->kind) {
    case IDP_JSON_TRUE:
    case IDP_JSON_FALSE:
        value.type = jbvBool;
        value.val.boolean = json->kind == IDP_JSON_TRUE;
        return value;
    case IDP_JSON_NUMBER:
        return number_value(json);
    case IDP_JSON_STRING:
        value.type = jbvString;
        value.val.string.val = (char *)json->text.data;
        value.val.string.len = (int)json->text.size;
        return value;
    default:
        return value;
    }
}

static JsonbValue *push_tree(JsonbParseState **state, const struct idp_json *json);

static void push_child(JsonbParseState **state, const struct idp_json *child, bool in_object)
{
    if (in_object) {
        push_string(state, WJB_KEY, child->name);
    }
    if (child->kind == IDP_JSON_ARRAY || child->kind == IDP_JSON_OBJECT) {
        push_tree(state, child);
        return;
    }
    JsonbValue value = scalar_value(child);
    pushJsonbValue(state, in_object ? WJB_VALUE : WJB_ELEM, &value);
}

static JsonbValue *push_tree(JsonbParseState **state, const struct idp_json *json)
{
    bool in_object = json->kind == IDP_JSON_OBJECT;
    pushJsonbValue(state, in_object ? WJB_BEGIN_OBJECT : WJB_BEGIN_ARRAY, NULL);
    for (const struct idp_json *child = json->child; child != NULL; child = child->next) {
        push_child(state, child, in_object);
    }
    return pushJsonbValue(state, in_object ? WJB_END_OBJECT : WJB_END_ARRAY, NULL);
}

static Datum jsonb_datum(const struct idp_json *json)
{
    if (json->kind == IDP_JSON_ARRAY || json->kind == IDP_JSON_OBJECT) {
        JsonbParseState *state = NULL;
        return JsonbPGetDatum(JsonbValueToJsonb(push_tree(&state, json)));
    }
    JsonbValue value = scalar_value(json);
    return JsonbPGetDatum(JsonbValueToJsonb(&value));
}

/* Of trees that are the same in every call: made once, copied since. */
static Datum constant_datum(const struct idp_json *json)
{
    static Jsonb *constants[UINT8_MAX + 1];
    Jsonb *kept = constants[json->constant];
    if (kept == NULL) {
        Jsonb *made = DatumGetJsonbP(jsonb_datum(json));
        kept = MemoryContextAlloc(TopMemoryContext, VARSIZE(made));
        constants[json->constant] = memcpy(kept, made, VARSIZE(made));
    }
    return PointerGetDatum(memcpy(palloc(VARSIZE(kept)), kept, VARSIZE(kept)));
}

Datum idp_pg_result(const struct idp_value *value, bool *is_null)
{
    if (value->kind == 'j') {
        *is_null = false;
        return value->json->constant != 0 ? constant_datum(value->json) : jsonb_datum(value->json);
    }
    return idp_pg_datum(value, is_null);
}
