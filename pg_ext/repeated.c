/* SPDX-License-Identifier: Apache-2.0 */
/* repeated.c - jsonb arguments that are the same from row to row: a rule beside a table of claims.
 *
 * The text of a rule costs more than asking it. So each place of a query where a function is called
 * keeps the text of an argument that came twice, until the query ends: as long as the argument
 * itself is there. What an argument is, not where it stands, tells whether it came again. */
#include "pg_ext/adapter.h"

#include "utils/memutils.h"

enum { KEPT_SIZE_MAX = 256 << 10 }; /* a query may have hundreds of places */

/* One argument; size 0: nothing is kept. The text stands behind the datum. */
struct repeated {
    Size last_size; /* of the datum that came last */
    Size size, capacity;
    char *kept;
    struct idp_bytes text;
};

struct site {
    struct repeated arguments[IDP_ARGUMENT_COUNT_MAX];
};

static struct site *site_of(FmgrInfo *function)
{
    if (function->fn_extra == NULL) {
        function->fn_extra = MemoryContextAllocZero(function->fn_mcxt, sizeof(struct site));
    }
    return function->fn_extra;
}

static void make_room(FmgrInfo *function, struct repeated *repeated, Size size)
{
    if (size <= repeated->capacity) {
        return;
    }
    char *room = MemoryContextAlloc(function->fn_mcxt, size);
    if (repeated->kept != NULL) {
        pfree(repeated->kept);
    }
    repeated->kept = room;
    repeated->capacity = size;
}

static void keep(FmgrInfo *function, struct repeated *repeated, const struct varlena *datum,
                 struct idp_bytes text)
{
    Size size = VARSIZE_ANY(datum);
    repeated->size = 0;
    make_room(function, repeated, size + text.size + 1);
    memcpy(repeated->kept, datum, size);
    char *copy = memcpy(repeated->kept + size, text.data, text.size + 1);
    repeated->text = (struct idp_bytes){copy, text.size};
    repeated->size = size;
}

struct idp_bytes idp_pg_jsonb_repeated(FmgrInfo *function, size_t index, Datum datum)
{
    struct varlena *value = (struct varlena *)DatumGetPointer(datum);
    if (VARATT_IS_EXTERNAL(value)) {
        return idp_pg_jsonb_text(datum);
    }
    struct repeated *repeated = &site_of(function)->arguments[index];
    Size size = VARSIZE_ANY(value);
    if (repeated->size == size && memcmp(repeated->kept, value, size) == 0) {
        return repeated->text;
    }
    struct idp_bytes text = idp_pg_jsonb_text(datum);
    if (repeated->last_size == size && size + text.size < KEPT_SIZE_MAX) {
        keep(function, repeated, value, text);
    }
    repeated->last_size = size;
    return text;
}
