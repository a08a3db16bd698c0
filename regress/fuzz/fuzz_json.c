/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_json.c - any bytes: either refused with a reason, or a tree that survives being written and
 * read again, to the byte. A block of memory is refused at a place that the input chooses. */
#include "regress/unit/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_json(struct idp_call *call, void *data)
{
    const char *why = NULL;
    const struct idp_json *json = idp_json_read(call, *(struct idp_bytes *)data, &why);
    host_require((json == NULL) == (why != NULL));
    if (json == NULL)
        return;
    struct idp_bytes text = idp_json_text(call, json);
    const struct idp_json *again = idp_json_read(call, text, &why);
    host_require(again != NULL && idp_bytes_equal(idp_json_text(call, again), text));

    /* A canonical text may be too long to read (1e400), else it is its own canonical text. */
    struct idp_bytes canonical = idp_json_canonical(call, idp_json_copy(call, json));
    again = idp_json_read(call, canonical, &why);
    if (again != NULL)
        host_require(idp_bytes_equal(idp_json_canonical(call, again), canonical));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct host host;
    host_start(&host);
    struct idp_bytes text = {(const char *)data + 1, size - 1};
    host.block_fail_at = data[0] < 8 ? data[0] : 0;
    bool ended = host_try(&host, check_json, &text);
    host_require(ended || host.error == IDP_OUT_OF_MEMORY);
    host_end_call(&host);
    host_require(host.block_live_count == 0);
    return 0;
}
