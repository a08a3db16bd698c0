/* SPDX-License-Identifier: Apache-2.0 */
/* claim.c - a claim by its path, and what an operator says of it.
 *
 * The value of a rule is text always; a number in it is compared as a number, exactly. Claims are
 * never patterns. What is not there meets nothing, so that a rule about a missing claim lets nobody
 * in. */
#include "core/sso/predicate.h"

/* ---- paths ---- */

/* An object on the way, where its part of the path begins, and the longest name still to try. */
struct step {
    const struct idp_json *object;
    size_t start, end;
};

static const struct idp_json *member_of(const struct idp_json *object, struct idp_bytes name)
{
    const struct idp_json *member = object->child;
    while (member != NULL && !idp_bytes_equal(member->name, name)) {
        member = member->next;
    }
    return member;
}

/* The end of the next shorter name: at the dot before; start: there is none. */
static size_t shorter(struct idp_bytes path, size_t start, size_t end)
{
    do {
        end--;
    } while (end > start && path.data[end] != '.');
    return end;
}

/* Each object is met on one way only, so that this ends when all have been looked at. */
const struct idp_json *idp_claim_find(const struct idp_json *claims, struct idp_bytes path)
{
    struct step steps[IDP_PREDICATE_STEP_COUNT_MAX] = {{claims, 0, path.size}};
    size_t depth = idp_json_is(claims, IDP_JSON_OBJECT) && path.size > 0;
    while (depth > 0) {
        struct step *step = &steps[depth - 1];
        if (step->end <= step->start) {
            depth--;
            continue;
        }
        size_t end = step->end;
        struct idp_bytes name = {path.data + step->start, end - step->start};
        const struct idp_json *member = member_of(step->object, name);
        step->end = shorter(path, step->start, end);
        if (member == NULL || member->kind == IDP_JSON_NULL ||
            (end < path.size && member->kind != IDP_JSON_OBJECT)) {
            continue;
        }
        if (end == path.size) {
            return member;
        }
        if (depth < IDP_PREDICATE_STEP_COUNT_MAX) {
            steps[depth++] = (struct step){member, end + 1, path.size};
        }
    }
    return NULL;
}

/* ---- numbers ---- */

/* By the grammar of JSON, as a whole. */
static bool is_number(struct idp_call *call, struct idp_bytes text)
{
    const char *why;
    if (text.size == 0 || text.size > IDP_JSON_NUMBER_SIZE_MAX) {
        return false;
    }
    char first = text.data[0], last = text.data[text.size - 1];
    bool may_be = (first == '-' || (first >= '0' && first <= '9')) && last >= '0' && last <= '9';
    return may_be && idp_json_is(idp_json_read(call, text, &why), IDP_JSON_NUMBER);
}

/* ---- one scalar ---- */

static bool is_scalar(const struct idp_json *claim)
{
    return claim->kind != IDP_JSON_OBJECT && claim->kind != IDP_JSON_ARRAY &&
           claim->kind != IDP_JSON_NULL;
}

/* What scalars are compared with, and how; what one of them needs is made once for all. */
struct question {
    struct idp_call *call;
    const struct idp_predicate_node *leaf;
    bool is_pattern, is_number;
    struct idp_wildcard wildcard;
    struct idp_text plain; /* the text of a number */
};

static struct idp_bytes text_of(struct question *question, const struct idp_json *claim)
{
    switch (claim->kind) {
    case IDP_JSON_STRING:
        return claim->text;
    case IDP_JSON_NUMBER:
        question->plain.size = 0;
        idp_json_number_write(&question->plain, claim->text);
        return idp_text_bytes(&question->plain);
    default:
        return idp_bytes_of(claim->kind == IDP_JSON_TRUE ? "true" : "false");
    }
}

static bool scalar_equals(struct question *question, const struct idp_json *claim)
{
    struct idp_bytes value = question->leaf->value;
    if (claim->kind == IDP_JSON_NUMBER && question->is_number) {
        return idp_json_number_compare(claim->text, value) == 0;
    }
    struct idp_bytes text = text_of(question, claim);
    return question->is_pattern ? idp_wildcard_match(question->call, &question->wildcard, text)
                                : idp_bytes_equal(text, value);
}

static bool any_equals(struct question *question, const struct idp_json *claim)
{
    bool has_numbers = claim->kind == IDP_JSON_NUMBER || claim->kind == IDP_JSON_ARRAY;
    question->is_number = has_numbers && is_number(question->call, question->leaf->value);
    if (claim->kind != IDP_JSON_ARRAY) {
        return is_scalar(claim) && scalar_equals(question, claim);
    }
    const struct idp_json *item = claim->child;
    while (item != NULL && !(is_scalar(item) && scalar_equals(question, item))) {
        item = item->next;
    }
    return item != NULL;
}

/* ---- order ---- */

static bool holds(enum idp_operator kind, int order)
{
    switch (kind) {
    case IDP_OPERATOR_GT:
        return order > 0;
    case IDP_OPERATOR_LT:
        return order < 0;
    case IDP_OPERATOR_GTE:
        return order >= 0;
    default:
        return order <= 0;
    }
}

/* Two numbers by value, two texts by bytes; anything else has no order. */
static bool is_ordered(const struct question *question, const struct idp_json *claim)
{
    const struct idp_predicate_node *leaf = question->leaf;
    if (claim->kind != IDP_JSON_NUMBER && claim->kind != IDP_JSON_STRING) {
        return false;
    }
    if (is_number(question->call, claim->text) && is_number(question->call, leaf->value)) {
        return holds(leaf->kind, idp_json_number_compare(claim->text, leaf->value));
    }
    return claim->kind == IDP_JSON_STRING &&
           holds(leaf->kind, idp_bytes_compare(claim->text, leaf->value));
}

bool idp_claim_meets(struct idp_call *call, const struct idp_json *claims,
                     const struct idp_predicate_node *leaf,
                     const struct idp_predicate_options *options)
{
    const struct idp_json *claim = idp_claim_find(claims, leaf->path);
    struct question question = {
        .call = call,
        .leaf = leaf,
        .is_pattern = leaf->kind == IDP_OPERATOR_EQ,
        .wildcard = idp_wildcard_of(leaf->value, options->star_only ? IDP_WILDCARD_ESCAPE_STAR
                                                                    : IDP_WILDCARD_ESCAPE_ALL),
        .plain = {.call = call},
    };
    if (claim == NULL) {
        return leaf->kind == IDP_OPERATOR_NEQ && options->neq_missing &&
               idp_json_is(claims, IDP_JSON_OBJECT);
    }
    switch (leaf->kind) {
    case IDP_OPERATOR_EQ:
        return !(options->strict_eq && claim->kind == IDP_JSON_ARRAY) &&
               any_equals(&question, claim);
    case IDP_OPERATOR_IN:
        return any_equals(&question, claim);
    case IDP_OPERATOR_NEQ:
        return !any_equals(&question, claim);
    default:
        return is_ordered(&question, claim);
    }
}
