/* SPDX-License-Identifier: Apache-2.0 */
/* hook_ask.c - one question to a hook, and what becomes of a request where one failed. The client
 * is told server_error and nothing else; the engine's log has the cause. */
#include "core/oauth/hook.h"

static void fail(struct idp_asked *asked, const char *failure, const char *sentence)
{
    asked->failure = failure;
    asked->cause = idp_bytes_of(sentence);
}

struct idp_asked idp_hook_ask(struct idp_call *call, const struct idp_hook *hook,
                              const struct idp_json *request)
{
    const char *why = "";
    struct idp_asked asked = {.request = request};
    struct idp_query_answer answer =
        call->host->query_run(call, &hook->query, idp_json_text(call, request));
    if (answer.failure != NULL) {
        asked.failure = answer.failure;
        asked.cause = answer.cause;
    } else if (answer.text.data == NULL) {
        fail(&asked, "null", "It answered NULL.");
    } else if (answer.text.size > IDP_QUERY_ANSWER_SIZE_MAX) {
        fail(&asked, "too_large", "Its answer is too large.");
    } else {
        asked.answer = idp_json_read(call, answer.text, &why);
        if (asked.answer == NULL) {
            fail(&asked, "not_json", why);
        }
    }
    return asked;
}

struct idp_hook_reply idp_hook_call(struct idp_call *call, struct idp_bytes name,
                                    const struct idp_json *question)
{
    struct idp_settings settings = idp_settings_load(call);
    struct idp_hooks hooks = idp_hooks_load(call, &settings);
    const struct idp_hook *hook = idp_hook_named(&hooks, name);
    if (hook == NULL) {
        return (struct idp_hook_reply){NULL, "missing"};
    }
    struct idp_asked asked = idp_hook_ask(call, hook, question);
    return (struct idp_hook_reply){asked.answer, asked.failure};
}

/* ---- requests that hooks are asked about ---- */

struct hooked {
    const struct idp_hooks *hooks;
    const struct idp_json *(*body)(struct idp_call *call, void *data);
    void *data;
    const struct idp_json *answer;
};

static bool run(struct idp_call *call, void *data)
{
    struct hooked *hooked = data;
    hooked->answer = hooked->body(call, hooked->data);
    return !hooked->hooks->is_refused;
}

const struct idp_json *idp_hooked(struct idp_call *call, const struct idp_hooks *hooks,
                                  const struct idp_json *(*body)(struct idp_call *call, void *data),
                                  void *data)
{
    struct hooked hooked = {hooks, body, data, NULL};
    if (!hooks->is_any) {
        return body(call, data);
    }
    call->host->begin(call);
    (void)call->host->attempt(call, run, &hooked);
    return hooked.answer;
}
