/* SPDX-License-Identifier: Apache-2.0 */
/* enrollment_page.c - enrollments and hubs, for who looks after them: any of the values of one
 * filter, all of the filters. They come by their names, and a page ends with the last of them. */
#include "core/jose/jose.h"
#include "core/provisioning/enrollment.h"

enum { PAGE_COUNT = 100, PAGE_COUNT_MAX = 1000 };

enum { ENROLLMENTS, HUBS };

const struct idp_statement idp_enrollment_page_statements[] = {
    [ENROLLMENTS] = {"SELECT enrollment_id FROM idplane.enrollment"
                     " WHERE tenant = $1 AND enrollment_id > $2 ORDER BY enrollment_id LIMIT $3",
                     "tti", "t"},
    [HUBS] = {"SELECT hub_id FROM idplane.hub"
              " WHERE tenant = $1 AND hub_id > $2 ORDER BY hub_id LIMIT $3",
              "tti", "t"},
};
const size_t idp_enrollment_page_statement_count = IDP_COUNT(idp_enrollment_page_statements);

static const struct {
    const char *member, *filters;
    struct idp_json *(*show)(struct idp_call *call, struct idp_bytes id);
} kinds[] = {
    [ENROLLMENTS] = {"enrollments", "ids owners hubs authorities limit cursor",
                     idp_enrollment_shown},
    [HUBS] = {"hubs", "ids owners limit cursor", idp_hub_shown},
};

struct listing {
    struct idp_call *call;
    size_t kind;
    const struct idp_json *filter;
    int64_t limit, count;
    struct idp_json *items;
};

/* ---- filters ---- */

/* What the authority of a group is called: as its enrollment says, or by its first certificate. */
static struct idp_bytes authority_of(struct idp_call *call, const struct idp_json *item)
{
    const struct idp_json *x509 = idp_json_member(item, "x509");
    struct idp_bytes lead = idp_json_string(x509, "lead"), chain = idp_json_string(x509, "chain");
    size_t count = 0;
    struct idp_certificate_facts *facts =
        idp_allocate(call, IDP_ENROLLMENT_CHAIN_COUNT_MAX * sizeof *facts);
    if (lead.data != NULL || chain.data == NULL ||
        !idp_certificates_read(call, chain, facts, IDP_ENROLLMENT_CHAIN_COUNT_MAX, &count)) {
        return lead;
    }
    return facts[0].common_name;
}

static bool holds_any(const struct idp_json *list, const struct idp_json *values)
{
    const struct idp_json *value = values == NULL ? NULL : values->child;
    while (value != NULL && !idp_json_holds(list, value->text)) {
        value = value->next;
    }
    return value != NULL;
}

static bool holds(const struct idp_json *list, struct idp_bytes value)
{
    return list == NULL || (value.data != NULL && idp_json_holds(list, value));
}

static bool passes(const struct listing *listing, const struct idp_json *item)
{
    const struct idp_json *filter = listing->filter;
    const struct idp_json *hubs = idp_json_member(filter, "hubs");
    const struct idp_json *authorities = idp_json_member(filter, "authorities");
    return holds(idp_json_member(filter, "ids"), idp_json_string(item, "id")) &&
           holds(idp_json_member(filter, "owners"), idp_json_string(item, "owner")) &&
           (hubs == NULL || holds_any(hubs, idp_json_member(item, "hubs"))) &&
           (authorities == NULL || holds(authorities, authority_of(listing->call, item)));
}

/* ---- found ---- */

static void look_at(struct listing *listing, struct idp_bytes id)
{
    struct idp_json *item = kinds[listing->kind].show(listing->call, id);
    if (item != NULL && passes(listing, item)) {
        idp_json_add(listing->items, NULL, item);
        listing->count++;
    }
}

/* Where the next page begins; data NULL: this was the last. */
static struct idp_bytes scan(struct listing *listing, struct idp_bytes from)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(listing->call)), idp_value_text(from),
                              idp_value_integer(IDP_ROW_COUNT_MAX)};
    struct idp_rows rows =
        idp_run(listing->call, &idp_enrollment_page_statements[listing->kind], key);
    for (size_t i = 0; i < rows.count; i++) {
        struct idp_bytes id = idp_text_of(rows.values[i * rows.columns]);
        look_at(listing, id);
        if (listing->count == listing->limit || i + 1 == IDP_ROW_COUNT_MAX) {
            return id;
        }
    }
    return (struct idp_bytes){0};
}

/* ---- the argument ---- */

static void filter_fail(struct idp_call *call)
{
    idp_fail_with(call, IDP_INVALID_ARGUMENT,
                  "A filter has arrays of texts ids and owners, of enrollments also hubs and "
                  "authorities; limit from 1 to 1000, and cursor as it was given.");
}

static void members_check(const struct listing *listing)
{
    struct idp_bytes known = idp_bytes_of(kinds[listing->kind].filters);
    for (const struct idp_json *member = listing->filter == NULL ? NULL : listing->filter->child;
         member != NULL; member = member->next) {
        bool is_list = idp_bytes_end(member->name, idp_bytes_of("s"));
        if (!idp_word_in(known, member->name) || (is_list && !idp_is_string_list(member))) {
            filter_fail(listing->call);
        }
    }
}

static struct listing listing_of(struct idp_call *call, size_t kind, struct idp_value argument)
{
    struct listing listing = {.call = call,
                              .kind = kind,
                              .filter = idp_json_object_argument(call, argument, "filter"),
                              .limit = PAGE_COUNT,
                              .items = idp_json_new(call, IDP_JSON_ARRAY)};
    const struct idp_json *limit = idp_json_member(listing.filter, "limit");
    members_check(&listing);
    if (limit != NULL && (!idp_json_integer(limit, &listing.limit) || listing.limit < 1 ||
                          listing.limit > PAGE_COUNT_MAX)) {
        filter_fail(call);
    }
    return listing;
}

static struct idp_value listed(struct idp_call *call, size_t kind, struct idp_value argument)
{
    struct listing listing = listing_of(call, kind, argument);
    struct idp_bytes next = {0}, cursor = idp_json_string(listing.filter, "cursor");
    const struct idp_json *ids = idp_json_member(listing.filter, "ids");
    if (ids == NULL) {
        next = scan(&listing, cursor.data == NULL ? idp_bytes_of("") : cursor);
    }
    for (const struct idp_json *id = ids == NULL ? NULL : ids->child;
         id != NULL && listing.count < listing.limit; id = id->next) {
        look_at(&listing, id->text);
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add(answer, kinds[kind].member, listing.items);
    idp_json_add_string(call, answer, "next", next);
    return idp_value_json(answer);
}

/* enrollments(filter) → {"enrollments":[…],"next"} */
struct idp_value idp_sql_enrollments(struct idp_call *call, const struct idp_value *arguments)
{
    return listed(call, ENROLLMENTS, arguments[0]);
}

/* hubs(filter) → {"hubs":[…],"next"} */
struct idp_value idp_sql_hubs(struct idp_call *call, const struct idp_value *arguments)
{
    return listed(call, HUBS, arguments[0]);
}
