/* SPDX-License-Identifier: Apache-2.0 */
/* chain.c - verify_chain: a certificate that somebody shows, what they sent along, and whom the
 * caller trusts. Whatever is sent, the answer is a verdict. */
#include "core/pki/chain.h"

static struct idp_json *refusal_of(struct idp_call *call, const struct idp_chain_path *path)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_bool(call, answer, "valid", false);
    idp_json_add_c(call, answer, "reason", path->reason);
    if (path->refused != NULL) {
        idp_json_add_string(call, answer, "subject",
                            idp_certificate_name(call, path->refused->certificate.subject));
    }
    if (path->revocation_reason != NULL) {
        idp_json_add_c(call, answer, "revocation_reason", path->revocation_reason);
    }
    return answer;
}

/* A name that is no text is an empty one here: its place counts. */
static struct idp_bytes name_of(struct idp_call *call, const struct idp_chain_item *item)
{
    struct idp_bytes name = idp_certificate_name(call, item->certificate.subject);
    return name.data == NULL ? (struct idp_bytes){"", 0} : name;
}

static struct idp_json *verdict_of(struct idp_call *call, const struct idp_chain_path *path)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *chain = idp_json_new(call, IDP_JSON_ARRAY);
    const struct idp_chain_item *anchor = path->items[path->length - 1];
    for (size_t i = 0; i < path->length; i++) {
        idp_json_add(chain, NULL, idp_json_new_string(call, name_of(call, path->items[i])));
    }
    idp_json_add_bool(call, answer, "valid", true);
    idp_json_add(answer, "chain", chain);
    idp_json_add_string(call, answer, "anchor", name_of(call, anchor));
    idp_json_add_string(call, answer, "anchor_key_sha256",
                        idp_hex_encode(call, idp_sha256(call, anchor->certificate.spki)));
    idp_json_add_string(call, answer, "key_sha256",
                        idp_hex_encode(call, idp_sha256(call, path->items[0]->certificate.spki)));
    return answer;
}

/* What is sent beside the leaf may stand in its text, behind it, or in the other. */
static const char *sent_read(struct idp_call *call, struct idp_bytes leaf,
                             struct idp_bytes intermediates, struct idp_chain_pool *sent)
{
    if (!idp_chain_pool_add(call, sent, leaf)) {
        return "too_large";
    }
    if (sent->count == 0 || sent->unreadable_count > 0) {
        return "format";
    }
    return idp_chain_pool_add(call, sent, intermediates) ? NULL : "too_large";
}

static void leave_leaf_out(const struct idp_chain_pool *sent, struct idp_chain_pool *anchors)
{
    for (size_t i = 0; i < anchors->count; i++) {
        anchors->items[i]->is_left_out =
            idp_bytes_equal(anchors->items[i]->certificate.der, sent->items[0]->certificate.der);
    }
}

static struct idp_chain_verdict judged(struct idp_call *call, const struct idp_chain_path *path)
{
    struct idp_chain_verdict verdict = {.reason = path->reason};
    if (path->reason != NULL) {
        verdict.shown = refusal_of(call, path);
        return verdict;
    }
    verdict.shown = verdict_of(call, path);
    verdict.length = path->length;
    for (size_t i = 0; i < path->length; i++) {
        verdict.keys[i] = path->items[i]->certificate.spki;
        verdict.certificates[i] = path->items[i]->certificate.der;
    }
    return verdict;
}

struct idp_chain_verdict idp_chain_judge(struct idp_call *call, struct idp_bytes leaf,
                                         struct idp_bytes intermediates, struct idp_bytes anchors,
                                         const struct idp_json *policy)
{
    struct idp_chain_policy read = idp_chain_policy_read(call, policy);
    struct idp_chain_pool sent = {.count_max = IDP_CHAIN_SENT_COUNT_MAX + 1};
    struct idp_chain_pool trusted = {.count_max = IDP_CHAIN_ANCHOR_COUNT_MAX,
                                     .is_of_anchors = true};
    struct idp_chain_path path = {.reason = sent_read(call, leaf, intermediates, &sent)};
    if (path.reason == NULL && !idp_chain_pool_add(call, &trusted, anchors)) {
        path.reason = "too_large";
    }
    if (path.reason == NULL) {
        leave_leaf_out(&sent, &trusted);
        path = idp_chain_path_find(call, &read, &sent, &trusted);
    }
    return judged(call, &path);
}

/* verify_chain(leaf, intermediates, anchors, policy) → {"valid":true,…} or what is wrong */
struct idp_value idp_sql_verify_chain(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *policy = idp_json_object_argument(call, arguments[3], "policy");
    return idp_value_json(idp_chain_judge(call, idp_text_of(arguments[0]),
                                          idp_text_of(arguments[1]), idp_text_of(arguments[2]),
                                          policy)
                              .shown);
}
