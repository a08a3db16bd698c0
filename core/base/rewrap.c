/* SPDX-License-Identifier: Apache-2.0 */
/* rewrap.c - seals every secret anew under the first key of the master key file. All keys of the
 * file unseal, so at no moment is there a value that nobody can read; once this is committed
 * everywhere, the old lines may go. */
#include "core/base/base.h"

enum { BATCH_SIZE = 1000, IDLE_COUNT_MAX = 100 };

static int64_t rewrap(struct idp_call *call, const struct idp_sealed_column *column,
                      const struct idp_value *row)
{
    struct idp_bytes context = column->context(call, idp_text_of(row[0]), idp_text_of(row[1]));
    struct idp_bytes plain = idp_unseal(call, idp_text_of(row[2]), context);
    struct idp_value arguments[] = {row[0], row[1], row[2],
                                    idp_value_blob(idp_seal(call, plain, context))};
    return idp_run(call, column->reseal, arguments).affected;
}

static int64_t rewrap_batch(struct idp_call *call, const struct idp_sealed_column *column,
                            struct idp_rows rows)
{
    int64_t count = 0;
    for (size_t i = 0; i < rows.count; i++) {
        count += rewrap(call, column, rows.values + i * rows.columns);
    }
    return count;
}

/* Until nothing is seen under another key: waiting for a row may have let new ones in. */
static int64_t rewrap_column(struct idp_call *call, const struct idp_sealed_column *column)
{
    int64_t count = 0;
    struct idp_value arguments[] = {idp_value_blob(idp_seal_header(call)),
                                    idp_value_integer(BATCH_SIZE)};
    for (size_t idle = 0; idle < IDLE_COUNT_MAX;) {
        struct idp_rows rows = idp_run(call, column->find, arguments);
        if (rows.count == 0) {
            return count;
        }
        int64_t rewrapped = rewrap_batch(call, column, rows);
        idle = rewrapped > 0 ? 0 : idle + 1;
        count += rewrapped;
    }
    idp_fail(call, IDP_BUSY);
}

/* rewrap_master_key() → {"key_id","rewrapped"} */
struct idp_value idp_sql_rewrap_master_key(struct idp_call *call, const struct idp_value *arguments)
{
    (void)arguments;
    int64_t count = 0;
    call->host->begin(call);
    const struct idp_master_key *key = idp_master_key_sealing(call);
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, result, "key_id",
                        idp_bytes_copy(call, (struct idp_bytes){key->id, key->id_size}));
    for (size_t i = 0; i < idp_sealed_column_count; i++) {
        count += rewrap_column(call, idp_sealed_columns[i]);
    }
    idp_json_add_integer(call, result, "rewrapped", count);
    return idp_value_json(result);
}
