/* SPDX-License-Identifier: Apache-2.0 */
/* database.c - a call of one of our functions, in either engine. */
#include "load/load.h"

struct answer call(struct loader *loader, const struct database *database, const char *function,
                   const char *const *arguments, size_t count)
{
    const char *places = "";
    for (size_t i = 1; i <= count; i++) {
        places = text_of(loader, "%s%s$%zu", places, i == 1 ? "" : ", ", i);
    }
    const char *sql = text_of(loader, "SELECT %s%s(%s)", database->schema, function, places);
    return database->run(loader, sql, arguments, count);
}
