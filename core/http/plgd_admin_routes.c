/* SPDX-License-Identifier: Apache-2.0 */
/* plgd_admin_routes.c - enrollment groups, hubs and records with the paths, filters and documents
 * of plgd's device provisioning service. Whoever asks sees and changes what their token owns: its
 * claim owner, else its subject. */
#include "core/http/plgd.h"

enum { PAGE_COUNT = 1000 };

/* A request of an administrator. */
struct admin {
    struct idp_call *call;
    const struct idp_request *request;
    struct idp_bytes owner;
    const struct idp_json *query; /* its parameters, lists */
    struct idp_json *filter;
    struct idp_text lines; /* of a list */
    int64_t count;         /* lines, or what was removed */
    struct idp_bytes next; /* data NULL: nothing follows */
};

/* A parameter of the query, in lower case, and the filter of the list that it is. */
struct parameter {
    const char *name, *filter;
};

static const struct parameter group_parameters[] = {
    {"idfilter", "ids"},
    {"hubidfilter", "hubs"},
    {"attestationmechanismx509certificatenames", "authorities"},
    {0}};
static const struct parameter hub_parameters[] = {{"idfilter", "ids"}, {"hubidfilter", "ids"}, {0}};
static const struct parameter record_parameters[] = {{"idfilter", "registration_ids"},
                                                     {"deviceidfilter", "devices"},
                                                     {"enrollmentgroupidfilter", "enrollments"},
                                                     {0}};

/* What has owners. */
struct kind {
    const char *member; /* of a list */
    struct idp_value (*list)(struct idp_call *call, const struct idp_value *arguments);
    struct idp_value (*show)(struct idp_call *call, const struct idp_value *arguments);
    struct idp_value (*set)(struct idp_call *call, const struct idp_value *arguments);
    struct idp_value (*make)(struct idp_call *call, const struct idp_value *arguments);
    const struct idp_json *(*read)(struct idp_plgd_sent *sent);
    struct idp_json *(*write)(struct idp_call *call, const struct idp_json *shown);
    const char *id_member; /* of a new one; NULL: it gets one */
    const struct parameter *parameters;
};

static const struct kind groups = {
    "enrollments",          idp_sql_enrollments, idp_sql_enrollment,   idp_sql_set_enrollment,
    idp_sql_set_enrollment, idp_plgd_group_read, idp_plgd_group_write, NULL,
    group_parameters};
static const struct kind hubs = {
    "hubs",        idp_sql_hubs,      idp_sql_hub,        idp_sql_set_hub,
    idp_hub_make,  idp_plgd_hub_read, idp_plgd_hub_write, "hubId",
    hub_parameters};

/* ---- who asks, and for what ---- */

static bool is_method(const struct admin *admin, const char *method)
{
    return idp_bytes_is(admin->request->method, method);
}

static struct idp_response answered(const struct admin *admin, const struct idp_json *answer)
{
    return idp_content_answer(admin->call, admin->request, IDP_CONTENT_JSON, answer);
}

/* A list that stands there already is narrowed. */
static void filter_add(struct admin *admin, const char *name, const struct idp_json *values)
{
    struct idp_call *call = admin->call;
    const struct idp_json *before = idp_json_member(admin->filter, name);
    if (values == NULL || values->child == NULL) {
        return;
    }
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    for (const struct idp_json *item = values->child; item != NULL; item = item->next) {
        if (before == NULL || idp_json_holds(before, item->text)) {
            idp_json_add(list, NULL, idp_json_node(call, item));
        }
    }
    const struct idp_json *with = idp_json_with(call, admin->filter, name, list);
    admin->filter = idp_json_copy(call, with);
}

static bool is_parameter(const struct parameter *parameters, struct idp_bytes name)
{
    while (parameters->name != NULL && !idp_bytes_is(name, parameters->name)) {
        parameters++;
    }
    return parameters->name != NULL;
}

/* Others than these are passed over, as plgd does, but where something is removed: a filter with a
 * slip in it, or with nothing, would remove all. False: *refusal is the answer. */
static bool filters_take(struct admin *admin, const struct parameter *parameters,
                         struct idp_response *refusal)
{
    const struct idp_json *list = admin->query->child;
    while (is_method(admin, "DELETE") && list != NULL) {
        if (!is_parameter(parameters, list->name) || list->child == NULL) {
            static const char why[] = "A parameter of the query is no filter, or is empty: it "
                                      "would remove all there is.";
            *refusal = answered(admin, idp_error_json_with(admin->call, IDP_INVALID_REQUEST, why));
            return false;
        }
        list = list->next;
    }
    for (size_t i = 0; parameters[i].name != NULL; i++) {
        filter_add(admin, parameters[i].filter, idp_json_member(admin->query, parameters[i].name));
    }
    return true;
}

/* False: *refusal is the answer. */
static bool enter(struct admin *admin, struct idp_response *refusal)
{
    struct idp_call *call = admin->call;
    const struct idp_json *claims =
        idp_request_claims(call, admin->request, IDP_SCOPE_PROVISIONING, refusal);
    if (claims == NULL) {
        return false;
    }
    struct idp_bytes owner = idp_json_string(claims, "owner");
    admin->owner = owner.size > 0 ? owner : idp_json_string(claims, "sub");
    admin->filter = idp_json_new(call, IDP_JSON_OBJECT);
    admin->lines = (struct idp_text){.call = call};
    admin->query = idp_request_query_lists(call, admin->request);
    bool is_somebody = admin->owner.size > 0 && admin->owner.size <= IDP_SUBJECT_SIZE_MAX;
    if (admin->query == NULL || !is_somebody) {
        *refusal =
            answered(admin, idp_error_json(is_somebody ? IDP_INVALID_REQUEST : IDP_ACCESS_DENIED));
        return false;
    }
    const struct idp_json *cursor = idp_json_member(admin->query, "cursor");
    if (cursor != NULL && cursor->child != NULL) {
        admin->next = cursor->child->text;
    }
    return true;
}

/* ---- lists ---- */

/* A page from where the last one ended. */
static const struct idp_json *page(struct admin *admin,
                                   struct idp_value (*list)(struct idp_call *call,
                                                            const struct idp_value *arguments))
{
    struct idp_call *call = admin->call;
    struct idp_json *filter = idp_json_copy(call, admin->filter);
    idp_json_add_integer(call, filter, "limit", PAGE_COUNT);
    idp_json_add_string(call, filter, "cursor", admin->next);
    struct idp_value argument = idp_value_json_text(idp_json_text(call, filter));
    const struct idp_json *answer = list(call, &argument).json;
    admin->next = idp_json_string(answer, "next");
    return answer;
}

static void line_add(struct admin *admin, struct idp_json *result)
{
    struct idp_json *line = idp_json_new(admin->call, IDP_JSON_OBJECT);
    idp_json_add(line, "result", result);
    idp_text_add(&admin->lines, idp_json_text(admin->call, line));
    idp_text_add_char(&admin->lines, '\n');
    admin->count++;
}

static void owner_filter_add(struct admin *admin)
{
    struct idp_json *owners = idp_json_new(admin->call, IDP_JSON_ARRAY);
    idp_json_add(owners, NULL, idp_json_new_string(admin->call, admin->owner));
    idp_json_add(admin->filter, "owners", owners);
}

/* Where the rest is: the same query, from where this answer ended. */
static void link_add(struct admin *admin, struct idp_response *response)
{
    struct idp_call *call = admin->call;
    struct idp_text link = {.call = call};
    idp_text_add_c(&link, "<?cursor=");
    idp_text_add(&link, idp_url_encode(call, admin->next));
    for (const struct idp_json *list = admin->query->child; list != NULL; list = list->next) {
        bool is_cursor = idp_bytes_is(list->name, "cursor");
        for (const struct idp_json *item = is_cursor ? NULL : list->child; item != NULL;
             item = item->next) {
            idp_text_add_char(&link, '&');
            idp_text_add(&link, idp_url_encode(call, list->name));
            idp_text_add_char(&link, '=');
            idp_text_add(&link, idp_url_encode(call, item->text));
        }
    }
    idp_text_add_c(&link, ">; rel=\"next\"");
    idp_json_add_string(call, response->headers, "Link", idp_text_bytes(&link));
}

static struct idp_response lines_response(struct admin *admin)
{
    struct idp_call *call = admin->call;
    struct idp_response response = {.status = 200,
                                    .headers = idp_json_new(call, IDP_JSON_OBJECT),
                                    .body = idp_text_bytes(&admin->lines)};
    idp_json_add_c(call, response.headers, "Content-Type", "application/x-ndjson");
    idp_json_add_c(call, response.headers, "Cache-Control", "no-store");
    if (admin->next.data != NULL) {
        link_add(admin, &response);
    }
    return response;
}

static struct idp_response count_response(const struct admin *admin)
{
    struct idp_json *answer = idp_json_new(admin->call, IDP_JSON_OBJECT);
    idp_json_add_integer(admin->call, answer, "count", admin->count);
    return answered(admin, answer);
}

static struct idp_response listed(struct admin *admin, const struct kind *kind)
{
    do {
        const struct idp_json *items = idp_json_member(page(admin, kind->list), kind->member);
        for (const struct idp_json *item = items->child; item != NULL; item = item->next) {
            line_add(admin, kind->write(admin->call, item));
        }
    } while (admin->next.data != NULL && admin->count < IDP_ROW_COUNT_MAX);
    return lines_response(admin);
}

static struct idp_response removed(struct admin *admin, const struct kind *kind)
{
    do {
        const struct idp_json *items = idp_json_member(page(admin, kind->list), kind->member);
        for (const struct idp_json *item = items->child; item != NULL; item = item->next) {
            struct idp_value arguments[] = {idp_value_text(idp_json_string(item, "id")),
                                            idp_null()};
            kind->set(admin->call, arguments);
            admin->count++;
        }
    } while (admin->next.data != NULL);
    return count_response(admin);
}

/* ---- made and replaced ---- */

static const struct idp_json *shown(const struct admin *admin, const struct kind *kind,
                                    struct idp_bytes id)
{
    struct idp_value argument = idp_value_text(id);
    struct idp_value found = kind->show(admin->call, &argument);
    return found.kind == 'j' ? found.json : NULL;
}

static const struct idp_json *invalid(struct idp_plgd_sent *sent)
{
    struct idp_json *answer = idp_json_copy(sent->call, idp_error_json(IDP_INVALID_ENROLLMENT));
    idp_json_add(answer, "errors", sent->faults);
    return answer;
}

static struct idp_response saved(const struct admin *admin, const struct kind *kind,
                                 struct idp_plgd_sent *sent)
{
    struct idp_call *call = admin->call;
    const struct idp_json *document = kind->read(sent);
    if (sent->faults->child != NULL) {
        return answered(admin, invalid(sent));
    }
    struct idp_value arguments[] = {idp_value_text(sent->id),
                                    idp_value_json_text(idp_json_text(call, document))};
    bool is_new = sent->before == NULL;
    const struct idp_json *answer = (is_new ? kind->make : kind->set)(call, arguments).json;
    return answered(admin,
                    idp_json_member(answer, "error") != NULL ? answer : kind->write(call, answer));
}

static struct idp_bytes new_id(const struct admin *admin, const struct kind *kind,
                               const struct idp_json *body)
{
    struct idp_bytes id =
        kind->id_member == NULL ? (struct idp_bytes){0} : idp_json_string(body, kind->id_member);
    return id.size > 0 && id.size <= IDP_NAME_SIZE_MAX ? id : idp_uuid(admin->call);
}

static struct idp_response made(const struct admin *admin, const struct kind *kind,
                                const struct idp_json *body)
{
    struct idp_plgd_sent sent = {.call = admin->call,
                                 .body = body,
                                 .id = new_id(admin, kind, body),
                                 .owner = admin->owner,
                                 .faults = idp_json_new(admin->call, IDP_JSON_ARRAY)};
    return saved(admin, kind, &sent);
}

static struct idp_response replaced(const struct admin *admin, const struct kind *kind,
                                    const struct idp_json *body)
{
    struct idp_plgd_sent sent = {.call = admin->call,
                                 .body = body,
                                 .id = admin->request->segment,
                                 .owner = admin->owner,
                                 .before = shown(admin, kind, admin->request->segment),
                                 .faults = idp_json_new(admin->call, IDP_JSON_ARRAY)};
    bool is_own = idp_bytes_equal(idp_json_string(sent.before, "owner"), admin->owner);
    return sent.before != NULL && is_own ? saved(admin, kind, &sent)
                                         : answered(admin, idp_error_json(IDP_NOT_FOUND));
}

static struct idp_response administered(struct idp_call *call, const struct idp_request *request,
                                        const struct kind *kind)
{
    struct idp_response refusal;
    struct admin admin = {.call = call, .request = request};
    if (!enter(&admin, &refusal)) {
        return refusal;
    }
    bool is_post = is_method(&admin, "POST"), is_delete = is_method(&admin, "DELETE");
    if (!is_method(&admin, "GET")) {
        idp_tenant_lock(call); /* an owner is asked for, and then something is written */
    }
    if (is_post || is_method(&admin, "PUT")) {
        const struct idp_json *body = idp_content_read(call, request, &refusal);
        return body == NULL ? refusal
               : is_post    ? made(&admin, kind, body)
                            : replaced(&admin, kind, body);
    }
    if (!filters_take(&admin, kind->parameters, &refusal)) {
        return refusal;
    }
    owner_filter_add(&admin);
    return is_delete ? removed(&admin, kind) : listed(&admin, kind);
}

struct idp_response idp_answer_plgd_groups(struct idp_call *call, const struct idp_request *request)
{
    return administered(call, request, &groups);
}

struct idp_response idp_answer_plgd_hubs(struct idp_call *call, const struct idp_request *request)
{
    return administered(call, request, &hubs);
}

/* ---- records ---- */

/* It is gone from here, with all that it was given, unless it became another owner's meanwhile. */
static void record_remove(struct admin *admin, const struct idp_json *record)
{
    struct idp_bytes device = idp_json_string(record, "device");
    admin->count +=
        device.data != NULL && idp_device_deprovision(admin->call, device, admin->owner) != NULL;
}

static void records_take(struct admin *admin, const struct idp_json *records, bool is_delete)
{
    for (const struct idp_json *record = records->child; record != NULL; record = record->next) {
        if (is_delete) {
            record_remove(admin, record);
        } else {
            line_add(admin, idp_plgd_record_write(admin->call, record, admin->owner));
        }
    }
}

struct idp_response idp_answer_plgd_records(struct idp_call *call,
                                            const struct idp_request *request)
{
    struct idp_response refusal;
    struct admin admin = {.call = call, .request = request};
    if (!enter(&admin, &refusal)) {
        return refusal;
    }
    if (admin.next.data != NULL && !idp_is_record_cursor(call, admin.next)) {
        return answered(&admin, idp_error_json(IDP_INVALID_REQUEST));
    }
    bool is_delete = is_method(&admin, "DELETE");
    if (!filters_take(&admin, record_parameters, &refusal)) {
        return refusal;
    }
    owner_filter_add(&admin);
    if (is_delete) {
        idp_tenant_lock(call);
    }
    do {
        const struct idp_json *answer = page(&admin, idp_sql_provisioning_records);
        records_take(&admin, idp_json_member(answer, "records"), is_delete);
    } while (admin.next.data != NULL && (is_delete || admin.count < IDP_ROW_COUNT_MAX));
    return is_delete ? count_response(&admin) : lines_response(&admin);
}
