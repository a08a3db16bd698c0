/* SPDX-License-Identifier: Apache-2.0 */
/* program.h - for programs that have the adapter linked in. */
#ifndef IDPLANE_SQLITE_PROGRAM_H
#define IDPLANE_SQLITE_PROGRAM_H

#include <stddef.h>

struct sqlite3;
struct sqlite3_api_routines;

/* The functions of idplane on this connection; see sqlite3_load_extension(). */
int sqlite3_idplane_init(struct sqlite3 *db, char **error, const struct sqlite3_api_routines *api);

/* How often this thread wrote, on any connection, what a crash must not forget once it is
 * committed. Who syncs by itself looks whether it is more than before. */
size_t sqlite3_idplane_lasting_writes(void);

/* On the connections of this thread no statement writes but those of idplane, and nobody puts
 * another database in their place: what hardly ever changes is then read once for all the calls of
 * a transaction, also of one that writes. */
void sqlite3_idplane_alone(void);

#endif
