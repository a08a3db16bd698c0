/* SPDX-License-Identifier: Apache-2.0 */
/* adapter.h - what the files of the module idplane_fetch for SQLite share. It has a call and
 * nothing else: no statement of idplane's, no transaction, no table. */
#ifndef IDPLANE_SQLITE_FETCH_ADAPTER_H
#define IDPLANE_SQLITE_FETCH_ADAPTER_H

#include <setjmp.h>

#include <sqlite3ext.h>

#include "core/fetch/fetch.h"

enum { IDP_FETCH_MESSAGE_SIZE_MAX = 512 };

/* One call, on the C stack; what ends it early jumps to `escape`. */
struct idp_fetch_frame {
    struct idp_call call;
    struct idp_arena arena;
    struct idp_fetch_host host;
    sqlite3 *db;
    sqlite3_stmt *probe; /* fails where the connection was interrupted */
    jmp_buf escape;
    int code; /* of SQLite */
    char message[IDP_FETCH_MESSAGE_SIZE_MAX];
};

/* Fills the settings from the environment; raises where one cannot be read. */
void idp_fetch_settings_of(struct idp_call *call, struct idp_fetch_settings *settings);

#endif
