/* SPDX-License-Identifier: Apache-2.0 */
/* step.c - work that waits for somebody else's server: what is to be fetched, and where to go on
 * then. A front that carries it to and fro can neither read nor make up where that is, and comes
 * back with it once. */
#include <strings.h>

#include "core/jose/jose.h"

#define ISSUER "idplane:step"

enum { WAIT_MS = 200, LIFETIME_S = 300, ANSWER_SIZE_MAX = 384 << 10 };

/* ---- where to go on ---- */

static struct idp_bytes seal_context(struct idp_call *call)
{
    struct idp_bytes parts[] = {idp_tenant(call)};
    return idp_digest(call, "sso_step", parts, IDP_COUNT(parts));
}

struct idp_json *idp_step_close(struct idp_call *call, struct idp_json *answer)
{
    const struct idp_json *resume = idp_json_member(answer, "resume");
    if (resume == NULL) {
        return answer;
    }
    struct idp_json *timed = idp_json_with(call, resume, "until", NULL);
    idp_json_add_integer(call, timed, "until", idp_now_us(call) + LIFETIME_S * IDP_SECOND_US);
    call->host->begin(call);
    struct idp_bytes sealed = idp_seal(call, idp_json_text(call, timed), seal_context(call));
    return idp_json_with(call, answer, "resume",
                         idp_json_new_string(call, idp_base64url_encode(call, sealed)));
}

const struct idp_json *idp_step_open(struct idp_call *call, const struct idp_json *resume)
{
    const char *why;
    int64_t until_us;
    bool is_text = idp_json_is(resume, IDP_JSON_STRING);
    struct idp_bytes sealed =
        is_text ? idp_base64url_decode(call, resume->text) : (struct idp_bytes){0};
    if (sealed.data == NULL) {
        return NULL;
    }
    call->host->begin(call);
    const struct idp_json *step =
        idp_json_read(call, idp_unseal(call, sealed, seal_context(call)), &why);
    struct idp_bytes name = idp_base64url_encode(call, idp_sha256(call, sealed));
    if (!idp_json_integer(idp_json_member(step, "until"), &until_us) ||
        idp_now_us(call) >= until_us) {
        return NULL;
    }
    return idp_json_is_true(step, "repeatable") ||
                   idp_token_use(call, idp_bytes_of(ISSUER), name, until_us)
               ? step
               : NULL;
}

/* ---- what is next ---- */

struct idp_json *idp_step_wait(struct idp_call *call, const struct idp_json *resume)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_integer(call, answer, "wait_ms", WAIT_MS);
    idp_json_add(answer, "resume", idp_json_node(call, resume));
    return answer;
}

static bool has_header(const struct idp_json *headers, const char *name)
{
    const struct idp_json *header = headers == NULL ? NULL : headers->child;
    while (header != NULL && !(header->name.size == strlen(name) &&
                               strncasecmp(header->name.data, name, header->name.size) == 0)) {
        header = header->next;
    }
    return header != NULL;
}

/* A body is a form unless the template says otherwise. */
static const struct idp_json *with_type(struct idp_call *call, const struct idp_json *request)
{
    const struct idp_json *headers = idp_json_member(request, "headers");
    struct idp_bytes body = idp_json_string(request, "body");
    if (body.data == NULL || has_header(headers, "content-type")) {
        return request;
    }
    const char *type = body.size > 0 && body.data[0] == '{' ? "application/json"
                                                            : "application/x-www-form-urlencoded";
    headers =
        idp_json_with(call, headers, "Content-Type", idp_json_new_string(call, idp_bytes_of(type)));
    return idp_json_with(call, request, "headers", headers);
}

/* What comes must fit into an argument, escaped. */
static struct idp_json *options_of(struct idp_call *call, const struct idp_json *request)
{
    static const char *const members[] = {"method", "headers", "body"};
    struct idp_json *options = idp_json_new(call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < IDP_COUNT(members); i++) {
        const struct idp_json *member = idp_json_member(request, members[i]);
        if (member != NULL) {
            idp_json_add_shared(call, options, members[i], member);
        }
    }
    idp_json_add_integer(call, options, "size_max", ANSWER_SIZE_MAX);
    return options;
}

struct idp_json *idp_step_fetch(struct idp_call *call, const struct idp_json *request,
                                const struct idp_json *resume)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *fetch = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, fetch, "url", idp_json_string(request, "url"));
    idp_json_add(fetch, "options", options_of(call, with_type(call, request)));
    idp_json_add(answer, "fetch", fetch);
    idp_json_add(answer, "resume", idp_json_node(call, resume));
    return answer;
}

/* ---- the same in SQL ---- */

/* In no group of statements: most databases have no such function. */
static const struct idp_statement fetch_statement = {"SELECT idplane.idplane_fetch($1, $2)", "tj",
                                                     "j", .is_fetch = true};

const struct idp_json *idp_step_run(struct idp_call *call, const struct idp_json *fetch)
{
    const char *why;
    const struct idp_json *options = idp_json_member(fetch, "options");
    struct idp_value arguments[] = {
        idp_value_text(idp_json_string(fetch, "url")),
        idp_value_json_text(options == NULL ? idp_bytes_of("{}") : idp_json_text(call, options)),
    };
    const struct idp_value *row = idp_run_row(call, &fetch_statement, arguments);
    const struct idp_json *answer = idp_json_read(call, idp_text_of(row[0]), &why);
    if (answer == NULL) {
        idp_fail(call, IDP_STORE);
    }
    return answer;
}

/* No address: the module looks whether it may fetch behind a write, and then for one. */
void idp_step_ready(struct idp_call *call)
{
    struct idp_json *nothing = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, nothing, "url", "");
    (void)idp_step_run(call, nothing);
}
