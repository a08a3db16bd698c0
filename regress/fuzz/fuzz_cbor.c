/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_cbor.c - any bytes: either refused with a reason, or a tree that JSON has, too, and that is
 * the same again after it was CBOR once more. What is JSON becomes CBOR, whatever it is. */
#include "regress/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* True where CBOR has all of its numbers as integers: others become doubles, which are not read. */
static bool is_exact(const struct idp_json *json)
{
    if (json->kind == IDP_JSON_NUMBER) {
        int64_t number;
        return idp_json_integer(json, &number) && !idp_bytes_is(json->text, "-0");
    }
    const struct idp_json *item = json->child;
    while (item != NULL && is_exact(item))
        item = item->next;
    return item == NULL;
}

static void check_tree(struct idp_call *call, const struct idp_json *json)
{
    const char *why;
    struct idp_bytes cbor = idp_cbor_write(call, json);
    if (!is_exact(json))
        return;
    const struct idp_json *again = idp_cbor_read(call, cbor, &why);
    host_require(again != NULL &&
                 idp_bytes_equal(idp_json_text(call, again), idp_json_text(call, json)));
}

static void check_cbor(struct idp_call *call, struct idp_bytes *rest)
{
    const char *why = NULL;
    const struct idp_json *json = idp_json_read(call, *rest, &why);
    if (json != NULL)
        check_tree(call, json);
    why = NULL;
    json = idp_cbor_read(call, *rest, &why);
    host_require((json == NULL) == (why != NULL));
    if (json == NULL)
        return;
    host_require(idp_json_count(json) <= IDP_JSON_MEMBER_COUNT_MAX);
    host_require(idp_json_read(call, idp_json_text(call, json), &why) != NULL);
    check_tree(call, json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, check_cbor);
}
