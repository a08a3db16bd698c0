/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_chain.c - any certificates and lists give a verdict and no raise; what is good stays good
 * with something more in between, and does not without an anchor, or with another signature.
 *
 * The input: the refused block; what the last part is; then anchors, intermediates, policy, leaf as
 * parts. The last part, which may have any bytes, is the leaf as text or as DER, or a list as DER.
 */
#include "regress/fuzz/input.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum last { LEAF_TEXT, LEAF_DER, LIST_DER, LAST_COUNT };

struct asked {
    struct idp_bytes leaf, intermediates, anchors, policy;
};

static struct idp_value verdict_of(struct idp_call *call, const struct asked *asked)
{
    struct idp_value arguments[] = {
        idp_value_text(asked->leaf), idp_value_text(asked->intermediates),
        idp_value_text(asked->anchors),
        asked->policy.size == 0 ? idp_null() : idp_value_json_text(asked->policy)};
    return input_call(call, "verify_chain", arguments, 4,
                      INPUT_RAISES(IDP_INVALID_ARGUMENT) | INPUT_RAISES(IDP_INVALID_JSON));
}

/* A verdict has a path or a reason; false where it raised. */
static bool is_good(struct idp_value verdict)
{
    if (verdict.kind == 0)
        return false;
    bool is_valid = idp_json_is(idp_json_member(verdict.json, "valid"), IDP_JSON_TRUE);
    host_require(is_valid == (idp_json_string(verdict.json, "reason").data == NULL));
    host_require(is_valid == (idp_json_member(verdict.json, "chain") != NULL));
    return is_valid;
}

static struct idp_value inspected(struct idp_call *call, struct idp_bytes text)
{
    struct idp_value argument = idp_value_text(text);
    return input_call(call, "certificate_inspect", &argument, 1, 0);
}

/* ---- what is made of the input ---- */

/* The policy with one list more; as it is where it is no object. */
static struct idp_bytes policy_with_list(struct idp_call *call, struct idp_bytes policy,
                                         struct idp_bytes der)
{
    const char *why;
    const struct idp_json *read =
        idp_json_read(call, policy.size == 0 ? idp_bytes_of("{}") : policy, &why);
    struct idp_json *lists = idp_json_new(call, IDP_JSON_ARRAY);
    if (!idp_json_is(read, IDP_JSON_OBJECT))
        return policy;
    idp_json_add(lists, NULL, idp_json_new_string(call, idp_base64_encode(call, der)));
    return idp_json_text(call, idp_json_with(call, read, "crls", lists));
}

static struct idp_bytes both_of(struct idp_call *call, struct idp_bytes one, struct idp_bytes two)
{
    struct idp_text text = {.call = call};
    idp_text_add(&text, one);
    idp_text_add_c(&text, "\nbetween\n");
    idp_text_add(&text, two);
    return idp_text_bytes(&text);
}

/* ---- what must hold ---- */

static void check_good(struct idp_call *call, const struct asked *asked, struct idp_value verdict,
                       struct idp_bytes der)
{
    struct asked other = *asked;
    struct idp_value leaf = inspected(call, asked->leaf);
    input_require(leaf.kind == 'j' &&
                  (idp_json_member(leaf.json, "valid") != NULL ||
                   idp_bytes_equal(idp_json_string(leaf.json, "key_sha256"),
                                   idp_json_string(verdict.json, "key_sha256"))));
    other.anchors = (struct idp_bytes){"", 0};
    input_require(!is_good(verdict_of(call, &other)));
    if (memmem(asked->intermediates.data, asked->intermediates.size, "-----BEGIN", 10) != NULL &&
        memmem(asked->anchors.data, asked->anchors.size, "-----BEGIN", 10) != NULL) {
        other = *asked;
        other.intermediates = both_of(call, asked->anchors, asked->intermediates);
        input_require(is_good(verdict_of(call, &other)));
    }
    if (der.size > 0) {
        struct idp_bytes copy = idp_bytes_copy(call, der);
        ((char *)(uintptr_t)copy.data)[copy.size - 1] ^= 1;
        other = *asked;
        other.leaf = idp_base64_encode(call, copy);
        input_require(!is_good(verdict_of(call, &other)));
    }
}

static void check(struct idp_call *call, struct idp_bytes *rest)
{
    enum last last = input_byte(rest) % LAST_COUNT;
    struct asked asked = {.anchors = input_part(rest)};
    asked.intermediates = input_part(rest);
    asked.policy = input_part(rest);
    asked.leaf = last == LIST_DER ? input_part(rest) : *rest;
    if (asked.leaf.data == NULL || asked.intermediates.data == NULL || asked.policy.data == NULL)
        return;
    struct idp_bytes der = last == LEAF_DER ? asked.leaf : (struct idp_bytes){NULL, 0};
    if (last == LEAF_DER)
        asked.leaf = idp_base64_encode(call, asked.leaf);
    if (last == LIST_DER && rest->data != NULL)
        asked.policy = policy_with_list(call, asked.policy, *rest);
    inspected(call, asked.leaf);
    struct idp_value verdict = verdict_of(call, &asked);
    if (is_good(verdict))
        check_good(call, &asked, verdict, der);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, check);
}
