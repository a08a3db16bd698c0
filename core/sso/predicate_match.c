/* SPDX-License-Identifier: Apache-2.0 */
/* predicate_match.c - whether claims meet a rule, and for people why: leaf by leaf. No recursion:
 * how deep a rule is costs a place in an array. */
#include "core/sso/predicate.h"

static bool is_branch(const struct idp_predicate_node *node)
{
    return node->kind < IDP_OPERATOR_EQ;
}

/* True where one child with this result decides its branch. */
static bool decides(const struct idp_predicate_node *branch, bool result)
{
    return result == (branch->kind == IDP_OPERATOR_OR);
}

bool idp_predicate_match(struct idp_call *call, const struct idp_json *claims,
                         const struct idp_predicate *predicate)
{
    size_t branches[IDP_PREDICATE_DEPTH_MAX], depth = 0, i = 0;
    const struct idp_predicate_node *nodes = predicate->nodes;
    bool result = false;
    do {
        while (is_branch(&nodes[i])) {
            branches[depth++] = i++;
        }
        result = idp_claim_meets(call, claims, &nodes[i], &predicate->options);
        i = nodes[i].end;
        while (depth > 0) {
            const struct idp_predicate_node *branch = &nodes[branches[depth - 1]];
            if (!decides(branch, result) && i < branch->end) {
                break; /* the next child is asked */
            }
            i = branch->end;
            depth--;
        }
    } while (depth > 0);
    return result;
}

/* ---- explaining ---- */

static struct idp_json *node_json(struct idp_call *call, const struct idp_predicate_node *node,
                                  bool matched)
{
    struct idp_json *json = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, json, "operator", idp_operator_name(node->kind));
    if (!is_branch(node)) {
        idp_json_add_string(call, json, "parameterPath", node->path);
        idp_json_add_string(call, json, "value", node->value);
    }
    idp_json_add_bool(call, json, "matched", matched);
    return json;
}

/* Of a branch: what its children, which are known, make of it. */
static bool branch_result(const struct idp_predicate *predicate, size_t index, const bool *results)
{
    const struct idp_predicate_node *branch = &predicate->nodes[index];
    size_t child = index + 1;
    while (child < branch->end && !decides(branch, results[child])) {
        child = predicate->nodes[child].end;
    }
    bool is_decided = child < branch->end;
    return is_decided == (branch->kind == IDP_OPERATOR_OR);
}

/* Those that are not as they are where nobody says anything. */
static void options_tell(struct idp_call *call, struct idp_json *root,
                         const struct idp_predicate_options *options)
{
    struct idp_json *json = idp_json_new(call, IDP_JSON_OBJECT);
    if (options->neq_missing) {
        idp_json_add_bool(call, json, "neq_missing", true);
    }
    if (options->strict_eq) {
        idp_json_add_bool(call, json, "strict_eq", true);
    }
    if (options->star_only) {
        idp_json_add_bool(call, json, "escape_backslash", false);
    }
    if (json->child != NULL) {
        idp_json_add(root, "options", json);
    }
}

struct idp_json *idp_predicate_explain(struct idp_call *call, const struct idp_json *claims,
                                       const struct idp_predicate *predicate)
{
    bool *results = idp_allocate(call, predicate->count * sizeof *results);
    struct idp_json **lines = idp_allocate(call, predicate->count * sizeof(struct idp_json *));
    for (size_t i = predicate->count; i-- > 0;) {
        const struct idp_predicate_node *node = &predicate->nodes[i];
        results[i] = is_branch(node) ? branch_result(predicate, i, results)
                                     : idp_claim_meets(call, claims, node, &predicate->options);
        lines[i] = node_json(call, node, results[i]);
        if (!is_branch(node)) {
            continue;
        }
        struct idp_json *children = idp_json_new(call, IDP_JSON_ARRAY);
        for (size_t child = i + 1; child < node->end; child = predicate->nodes[child].end) {
            idp_json_add(children, NULL, lines[child]);
        }
        idp_json_add(lines[i], "childPredicates", children);
    }
    options_tell(call, lines[0], &predicate->options);
    return lines[0];
}
