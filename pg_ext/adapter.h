/* SPDX-License-Identifier: Apache-2.0 */
/* adapter.h - what the files of the PostgreSQL adapter share. Nothing here knows what idplane does:
 * it converts values, keeps plans, pins the search path and raises errors. */
#ifndef IDPLANE_PG_ADAPTER_H
#define IDPLANE_PG_ADAPTER_H

#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "utils/jsonb.h"

#include "core/idplane.h"

/* One call of one SQL function (frame.c). */
struct idp_frame {
    struct idp_call call;
    struct idp_arena arena;
    MemoryContext memory; /* of this call, or the caller's */
    bool connected;       /* to SPI, path pinned */
    int path_level;
    Oid caller;        /* role that called; InvalidOid: whoever is in force */
    bool in_statement; /* a statement of ours is running: its errors may quote rows */
};

extern const struct idp_host idp_pg_host;

/* host->fail (fault.c). */
void idp_pg_fail(struct idp_call *call, enum idp_error error, const char *sentence) IDP_NORETURN;

/* Raises unless the database is encoded in UTF8. */
void idp_pg_check_encoding(void);

/* Defines the settings under `idplane.`. */
void idp_pg_define_settings(void);

/* Their values; the session ones are empty when unset. */
const char *idp_pg_session_setting(enum idp_session variable);
const char *idp_pg_master_key_setting(void);

void idp_pg_frames_init(void);

/* The frame of a call that begins. Its arena ends with the close, or with what an error ends. A new
 * one is for a call that may run statements, whatever the function's row says. */
struct idp_frame *idp_pg_frame_open(const struct idp_function *function);
struct idp_frame *idp_pg_frame_new(const struct idp_function *function);
void idp_pg_frame_close(struct idp_frame *frame);

/* ---- rows kept by the backend (kept.c) ---- */

/* What a look into the kept rows found, or needs to put some there. */
struct idp_kept {
    struct idp_bytes key; /* data NULL: nothing may be kept */
    uint64 change_count;
    struct idp_rows rows;
};

void idp_pg_kept_init(void);

/* True with kept->rows where the rows of the statement are kept. */
bool idp_pg_kept_get(struct idp_frame *frame, const struct idp_statement *statement,
                     const struct idp_value *arguments, struct idp_kept *kept);

/* Keeps rows that were read since the look, unless their tables changed meanwhile. */
void idp_pg_kept_put(const struct idp_kept *kept, const struct idp_statement *statement,
                     SPIPlanPtr plan, struct idp_rows rows);

/* ---- commits (commit.c) ---- */

void idp_pg_commit_init(void);

/* Around a write that a crash may forget: true where the transaction had none but such, and where
 * nothing else is written along with it. */
bool idp_pg_forgettable_begin(SPIPlanPtr plan);
void idp_pg_forgettable_end(bool was_alone);

/* ---- what an administrator registered (query.c), and what may be undone (attempt.c) ---- */

struct idp_bytes idp_pg_query_register(struct idp_call *call, const struct idp_query *query);
struct idp_query_answer idp_pg_query_run(struct idp_call *call, const struct idp_query *query,
                                         struct idp_bytes request);
bool idp_pg_attempt(struct idp_call *call, bool (*body)(struct idp_call *call, void *data),
                    void *data);

/* Leaves SPI and unpins the path, of a frame that is connected. */
void idp_pg_leave_spi(struct idp_frame *frame);

/* The same where a statement was run; inline, because the short pure functions run none. */
static inline void idp_pg_disconnect(struct idp_frame *frame)
{
    if (frame->connected) {
        idp_pg_leave_spi(frame);
    }
}

/* The type of a value kind. */
Oid idp_pg_type(char kind);

/* The text of a jsonb, in the current memory context; and that of one which is argument `index` of
 * a call, where it is good until the next call from the same place. */
struct idp_bytes idp_pg_jsonb_text(Datum datum);
struct idp_bytes idp_pg_jsonb_repeated(FmgrInfo *function, size_t index, Datum datum);

/* Values in and out; text is detoasted into `memory`. A value is written where it is to be: a copy
 * of what was just written in parts waits for each of them. */
void idp_pg_value(struct idp_frame *frame, Datum datum, bool is_null, char kind,
                  struct idp_value *value);
Datum idp_pg_datum(const struct idp_value *value, bool *is_null);

/* A result, in the current memory context. */
Datum idp_pg_result(const struct idp_value *value, bool *is_null);

#endif
