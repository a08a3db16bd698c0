/* SPDX-License-Identifier: Apache-2.0 */
/* merge.c - what a request makes of record and effective configuration.
 *
 * The record is what was sent, whole. What is effective is laid over: provisioning lays the request
 * over the defaults, an update over what was effective. An empty field lays nothing, "-" takes away
 * where the origin says so; a list replaces everything. Where the documents of the origin and its
 * code differ, the rules say which is followed. */
#include "core/oidc/config.h"

struct merge {
    struct idp_call *call;
    struct idp_oidc_rules rules;
    struct idp_oidc_config defaults;
    enum idp_oidc_operation operation;
};

/* ---- required claims: "claim=value" items become members, of those that are twice the last ----
 */

static bool is_dash(const struct idp_json *value)
{
    return idp_json_is(value, IDP_JSON_STRING) && idp_bytes_is(value->text, "-");
}

static struct idp_json *member_named(struct idp_json *object, struct idp_bytes name)
{
    struct idp_json *member = object->child;
    while (member != NULL && !idp_bytes_equal(member->name, name)) {
        member = member->next;
    }
    return member;
}

static void claim_set(struct idp_call *call, struct idp_json *claims, struct idp_bytes item)
{
    const char *sign = item.size == 0 ? NULL : memchr(item.data, '=', item.size);
    if (sign == NULL) {
        return; /* validation lets none in */
    }
    size_t size = (size_t)(sign - item.data);
    struct idp_bytes name = {item.data, size};
    struct idp_bytes value = {sign + 1, item.size - size - 1};
    struct idp_json *known = member_named(claims, name);
    if (known != NULL) {
        known->text = value;
    } else {
        idp_json_add_named(claims, name, idp_json_new_string(call, value));
    }
}

const struct idp_json *idp_oidc_claims_of(struct idp_call *call, const struct idp_json *items)
{
    struct idp_json *claims = idp_json_new(call, IDP_JSON_OBJECT);
    for (const struct idp_json *item = items->child; item != NULL; item = item->next) {
        claim_set(call, claims, item->text);
    }
    return claims;
}

/* ---- one configuration over another ---- */

static void lay_claims(struct merge *merge, const struct idp_json *sent,
                       const struct idp_json **field)
{
    if (idp_oidc_is_empty(sent)) {
        return;
    }
    bool clears = is_dash(sent->child) && sent->child->next == NULL;
    *field = clears ? NULL : idp_oidc_claims_of(merge->call, sent);
}

static void lay_field(struct merge *merge, enum idp_oidc_field field, const struct idp_json *sent,
                      struct idp_oidc_config *under)
{
    if (field == IDP_OIDC_REQUIRED_CLAIMS) {
        lay_claims(merge, sent, &under->fields[field]);
    } else if (!idp_oidc_is_empty(sent)) {
        under->fields[field] = field == IDP_OIDC_JWKS && is_dash(sent) ? NULL : sent;
    }
}

static struct idp_oidc_config laid(struct merge *merge, const struct idp_oidc_config *over,
                                   struct idp_oidc_config under)
{
    for (size_t i = 0; i < merge->rules.field_count; i++) {
        lay_field(merge, (enum idp_oidc_field)i, over->fields[i], &under);
    }
    return under;
}

/* The code assigns the algorithms that were sent, also none. */
static void assign_algorithms(struct merge *merge, const struct idp_oidc_config *sent,
                              struct idp_oidc_config *effective)
{
    const struct idp_json *algorithms = sent->fields[IDP_OIDC_SIGNING_ALGS];
    effective->fields[IDP_OIDC_SIGNING_ALGS] =
        algorithms != NULL ? algorithms : idp_json_new(merge->call, IDP_JSON_ARRAY);
}

/* ---- lists ---- */

/* An item inherits nothing, but for the prefix of groups when it is provisioned. */
static const struct idp_json *item_of(struct merge *merge, const struct idp_json *sent)
{
    struct idp_oidc_config item = idp_oidc_config_of(sent);
    const struct idp_json *claims = item.fields[IDP_OIDC_REQUIRED_CLAIMS];
    item.fields[IDP_OIDC_REQUIRED_CLAIMS] = NULL;
    lay_claims(merge, claims, &item.fields[IDP_OIDC_REQUIRED_CLAIMS]);
    const struct idp_json **prefix = &item.fields[IDP_OIDC_GROUPS_PREFIX];
    if (merge->operation == IDP_OIDC_PROVISION && idp_oidc_is_empty(*prefix)) {
        *prefix = merge->defaults.fields[IDP_OIDC_GROUPS_PREFIX];
    }
    return idp_oidc_config_json(merge->call, &item);
}

static const struct idp_json *list_of(struct merge *merge, const struct idp_json *sent)
{
    struct idp_json *document = idp_json_new(merge->call, IDP_JSON_OBJECT);
    struct idp_json *list = idp_json_new(merge->call, IDP_JSON_ARRAY);
    for (const struct idp_json *item = sent->child; item != NULL; item = item->next) {
        idp_json_add(list, NULL, idp_json_node(merge->call, item_of(merge, item)));
    }
    idp_json_add(document, "list", list);
    return document;
}

/* ---- operations ---- */

/* What was effective; of a list the first, as the origin has it. */
static struct idp_oidc_config before_of(const struct idp_json *effective)
{
    const struct idp_json *list = idp_json_member(effective, "list");
    return idp_oidc_config_of(idp_json_is(list, IDP_JSON_ARRAY) ? list->child : effective);
}

/* The first era fills what was never effective from the defaults of today. */
static struct idp_oidc_config under_update(struct merge *merge, const struct idp_json *effective)
{
    struct idp_oidc_config before = before_of(effective);
    return merge->rules.is_first ? laid(merge, &before, merge->defaults) : before;
}

static const struct idp_json *updated(struct merge *merge, const struct idp_oidc_request *request,
                                      struct idp_oidc_state state)
{
    struct idp_oidc_config under = under_update(merge, state.effective);
    struct idp_oidc_config sent = request->object;
    if (merge->rules.is_first && request->says_nothing) {
        sent = idp_oidc_config_of(state.record);
    }
    struct idp_oidc_config effective = laid(merge, &sent, under);
    if (merge->rules.as_code && !merge->rules.is_first) {
        assign_algorithms(merge, &request->object, &effective);
    }
    return idp_oidc_config_json(merge->call, &effective);
}

static struct idp_oidc_state provision(struct merge *merge, const struct idp_oidc_request *request)
{
    struct idp_oidc_state state = {.record = request->document};
    if (request->form == IDP_OIDC_LIST) {
        state.effective = list_of(merge, request->list);
        return state;
    }
    struct idp_oidc_config effective = laid(merge, &request->object, merge->defaults);
    state.effective = idp_oidc_config_json(merge->call, &effective);
    return state;
}

static struct idp_oidc_state update(struct merge *merge, const struct idp_oidc_request *request,
                                    struct idp_oidc_state state)
{
    if (request->form == IDP_OIDC_LIST) {
        return (struct idp_oidc_state){request->document, list_of(merge, request->list)};
    }
    bool is_silent = request->form == IDP_OIDC_ABSENT || request->says_nothing;
    if (is_silent && merge->rules.is_first && idp_json_member(state.effective, "list") != NULL) {
        return state; /* of a later era: the first one has nothing to say of it */
    }
    bool touches = merge->rules.is_first ||
                   (merge->rules.as_code && request->form == IDP_OIDC_OBJECT) || !is_silent;
    if (touches) {
        state.effective = updated(merge, request, state);
    }
    if (!is_silent) {
        state.record = request->document;
    }
    return state;
}

/* No requirement and no keys are anybody's default. */
static struct idp_oidc_config defaults_of(const struct idp_json *document,
                                          const struct idp_oidc_rules *rules)
{
    struct idp_oidc_config defaults = idp_oidc_config_of(document);
    size_t count = rules->is_first ? IDP_OIDC_FIRST_COUNT : IDP_OIDC_DEFAULT_COUNT;
    for (size_t i = count; i < IDP_OIDC_FIELD_COUNT; i++) {
        defaults.fields[i] = NULL;
    }
    return defaults;
}

static bool is_same(struct idp_call *call, struct idp_oidc_state left, struct idp_oidc_state right)
{
    return idp_bytes_equal(idp_oidc_normal_text(call, left.record),
                           idp_oidc_normal_text(call, right.record)) &&
           idp_bytes_equal(idp_oidc_effective_text(call, left.effective),
                           idp_oidc_effective_text(call, right.effective));
}

static const struct idp_json *too_large(struct idp_call *call)
{
    struct idp_oidc_faults faults = idp_oidc_faults_new(call);
    idp_oidc_fault_add(&faults, "", "too_large",
                       "the effective OIDC configuration must not be larger than 256 KiB");
    return faults.list;
}

struct idp_oidc_result idp_oidc_merge(struct idp_call *call, enum idp_oidc_operation operation,
                                      const struct idp_json *request, struct idp_oidc_state state,
                                      const struct idp_json *defaults)
{
    struct merge merge = {
        .call = call, .rules = idp_oidc_rules_of(call, defaults), .operation = operation};
    const struct idp_json *record = operation == IDP_OIDC_UPDATE ? state.record : NULL;
    const struct idp_json *faults = idp_oidc_validate(call, request, record, &merge.rules);
    if (faults->child != NULL) {
        return (struct idp_oidc_result){.state = state, .faults = faults};
    }
    struct idp_oidc_request wanted = idp_oidc_request_of(request, &merge.rules);
    merge.defaults = defaults_of(defaults, &merge.rules);
    struct idp_oidc_state made = operation == IDP_OIDC_PROVISION ? provision(&merge, &wanted)
                                                                 : update(&merge, &wanted, state);
    if (made.effective != NULL &&
        idp_json_written_size(call, made.effective) > IDP_OIDC_EFFECTIVE_SIZE_MAX) {
        return (struct idp_oidc_result){.state = state, .faults = too_large(call)};
    }
    return (struct idp_oidc_result){
        .is_valid = true,
        .is_changed = !is_same(call, state, made),
        .state = made,
        .faults = faults,
    };
}
