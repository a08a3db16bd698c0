/* SPDX-License-Identifier: Apache-2.0 */
/* predicate.c - a rule as its document says it, checked whole and kept by the process: a statement
 * that asks it of a million rows reads it once.
 *
 * A leaf is known by its operator: documents give it empty children. */
#include "core/sso/predicate.h"

enum { TOTAL_MAX = 256 << 10 };

static const char *const operators[] = {"AND", "OR", "EQ", "NEQ", "GT", "LT", "GTE", "LTE", "IN"};
_Static_assert(IDP_COUNT(operators) == IDP_OPERATOR_COUNT, "a name for each operator");

const char *idp_operator_name(enum idp_operator kind)
{
    return operators[kind];
}

/* ---- what is wrong ---- */

/* A document on its way in; `steps` lead to the node that is read. */
struct reading {
    struct idp_call *call;
    struct idp_predicate_node *nodes;
    size_t count, depth;
    const struct idp_json *branches[IDP_PREDICATE_DEPTH_MAX]; /* whose children are read */
    size_t branch_nodes[IDP_PREDICATE_DEPTH_MAX], child_index[IDP_PREDICATE_DEPTH_MAX];
};

static const char *refuse(struct reading *reading, const char *what)
{
    struct idp_text text = {.call = reading->call};
    for (size_t i = 0; i < reading->depth; i++) {
        idp_text_add_c(&text, "/childPredicates/");
        idp_text_add_integer(&text, (int64_t)reading->child_index[i]);
    }
    idp_text_add_c(&text, reading->depth == 0 ? "" : ": ");
    idp_text_add_c(&text, what);
    return idp_text_bytes(&text).data;
}

/* ---- nodes ---- */

static bool operator_find(struct idp_bytes name, enum idp_operator *out)
{
    size_t i = 0;
    while (i < IDP_OPERATOR_COUNT && !idp_bytes_is(name, operators[i])) {
        i++;
    }
    *out = (enum idp_operator)i;
    return i < IDP_OPERATOR_COUNT;
}

/* No empty name, and no more of them than are looked for. */
static bool is_path(struct idp_bytes path)
{
    size_t count = 1;
    for (size_t i = 0; i < path.size; i++) {
        bool is_dot = path.data[i] == '.';
        if (is_dot && (i == 0 || i + 1 == path.size || path.data[i + 1] == '.')) {
            return false;
        }
        count += is_dot;
    }
    return path.size > 0 && count <= IDP_PREDICATE_STEP_COUNT_MAX;
}

static const char *read_leaf(struct reading *reading, const struct idp_json *json,
                             struct idp_predicate_node *node)
{
    const struct idp_json *path = idp_json_member(json, "parameterPath");
    const struct idp_json *value = idp_json_member(json, "value");
    if (!idp_json_is(path, IDP_JSON_STRING) || !is_path(path->text)) {
        return refuse(reading, "parameterPath must be 1 to 16 names with dots between");
    }
    if (!idp_json_is(value, IDP_JSON_STRING)) {
        return refuse(reading, "value must be a string");
    }
    node->path = path->text;
    node->value = value->text;
    return NULL;
}

static const char *enter(struct reading *reading, const struct idp_json *json, size_t node)
{
    const struct idp_json *children = idp_json_member(json, "childPredicates");
    if (!idp_json_is(children, IDP_JSON_ARRAY) || children->child == NULL) {
        return refuse(reading, "AND and OR need childPredicates");
    }
    if (reading->depth == IDP_PREDICATE_DEPTH_MAX) {
        return refuse(reading, "a predicate must not be deeper than 64");
    }
    reading->branches[reading->depth] = children->child;
    reading->branch_nodes[reading->depth] = node;
    reading->child_index[reading->depth++] = SIZE_MAX; /* the first one is the next */
    return NULL;
}

static const char *read_node(struct reading *reading, const struct idp_json *json)
{
    enum idp_operator kind;
    if (!idp_json_is(json, IDP_JSON_OBJECT)) {
        return refuse(reading, "a predicate must be an object");
    }
    if (!operator_find(idp_json_string(json, "operator"), &kind)) {
        return refuse(reading, "operator must be EQ, NEQ, GT, LT, GTE, LTE, IN, AND or OR");
    }
    if (reading->count == IDP_PREDICATE_NODE_COUNT_MAX) {
        return refuse(reading, "a predicate must not have more than 1024 nodes");
    }
    size_t index = reading->count++;
    struct idp_predicate_node *node = &reading->nodes[index];
    *node = (struct idp_predicate_node){.kind = kind, .end = index + 1};
    return kind < IDP_OPERATOR_EQ ? enter(reading, json, index) : read_leaf(reading, json, node);
}

/* Ends the branches that have no child left; the next child, or NULL: all is read. */
static const struct idp_json *next_of(struct reading *reading)
{
    while (reading->depth > 0) {
        size_t top = reading->depth - 1;
        const struct idp_json *child = reading->branches[top];
        if (child != NULL) {
            reading->branches[top] = child->next;
            reading->child_index[top]++;
            return child;
        }
        reading->nodes[reading->branch_nodes[top]].end = reading->count;
        reading->depth--;
    }
    return NULL;
}

/* ---- options, a member of the root ---- */

static const char *read_option(const struct idp_json *member, struct idp_predicate_options *out)
{
    bool is_true = member->kind == IDP_JSON_TRUE;
    if (!is_true && member->kind != IDP_JSON_FALSE) {
        return "options are true or false";
    }
    if (idp_bytes_is(member->name, "neq_missing")) {
        out->neq_missing = is_true;
    } else if (idp_bytes_is(member->name, "strict_eq")) {
        out->strict_eq = is_true;
    } else if (idp_bytes_is(member->name, "escape_backslash")) {
        out->star_only = !is_true;
    } else {
        return "options are neq_missing, strict_eq and escape_backslash";
    }
    return NULL;
}

static const char *read_options(const struct idp_json *json, struct idp_predicate_options *out)
{
    const struct idp_json *options = idp_json_member(json, "options");
    const char *why = NULL;
    if (options != NULL && options->kind != IDP_JSON_OBJECT) {
        return "options must be an object";
    }
    for (const struct idp_json *member = options == NULL ? NULL : options->child;
         member != NULL && why == NULL; member = member->next) {
        why = read_option(member, out);
    }
    return why;
}

const char *idp_predicate_read(struct idp_call *call, const struct idp_json *json,
                               struct idp_predicate_node *room, struct idp_predicate *out)
{
    struct reading reading = {.call = call, .nodes = room};
    const struct idp_json *next = json;
    do {
        const char *why = read_node(&reading, next);
        if (why != NULL) {
            return why;
        }
        next = next_of(&reading);
    } while (next != NULL);
    *out = (struct idp_predicate){.count = reading.count, .nodes = reading.nodes};
    return read_options(json, &out->options);
}

struct idp_predicate_node *idp_predicate_room(struct idp_call *call, const struct idp_json *json)
{
    return idp_allocate(call, idp_json_count(json) * sizeof(struct idp_predicate_node));
}

/* ---- keeping ---- */

static struct idp_cache kept = {
    .release = idp_json_kept_release, .weight_max = TOTAL_MAX, .mutex = PTHREAD_MUTEX_INITIALIZER};

/* The predicate again, in a block of its own; that it was read before means that nothing raises. */
static const struct idp_predicate *keep(struct idp_call *call, struct idp_bytes text,
                                        const struct idp_json *json,
                                        const struct idp_predicate *predicate)
{
    const struct idp_json *copy;
    size_t nodes_size = predicate->count * sizeof(struct idp_predicate_node);
    struct idp_predicate *made = idp_json_keep(json, sizeof *made + nodes_size, &copy);
    if (made == NULL) {
        return predicate;
    }
    const char *why = idp_predicate_read(call, copy, (struct idp_predicate_node *)(made + 1), made);
    return why == NULL ? idp_cache_put(call, &kept, text, made, text.size + nodes_size) : predicate;
}

const char *idp_predicate_of(struct idp_call *call, struct idp_bytes text,
                             struct idp_predicate *out)
{
    const char *why;
    const struct idp_predicate *found = idp_cache_get(call, &kept, text);
    if (found != NULL) {
        *out = *found;
        return NULL;
    }
    const struct idp_json *json = idp_json_read(call, text, &why);
    why = json == NULL ? why : idp_predicate_read(call, json, idp_predicate_room(call, json), out);
    if (why == NULL) {
        *out = *keep(call, text, json, out);
    }
    return why;
}
