/* SPDX-License-Identifier: Apache-2.0 */
/* hook.h - what the files about hooks share: SQL that an administrator registered and that is asked
 * before tokens are made, after that, and for claims. It may add and narrow, never widen; where it
 * fails there are no tokens, and the request has changed nothing. */
#ifndef IDPLANE_OAUTH_HOOK_H
#define IDPLANE_OAUTH_HOOK_H

#include "core/oauth/token.h"

/* ---- those that there are (hook.c) ---- */

struct idp_hook {
    struct idp_bytes name;
    struct idp_query query;
};

/* The one of this name; NULL: there is none. */
const struct idp_hook *idp_hook_named(const struct idp_hooks *hooks, struct idp_bytes name);

/* ---- asking one (hook_ask.c) ---- */

/* failure: raised, ended, too_large, not_json, null or refused; NULL: there is an answer. cause is
 * for administrators. */
struct idp_asked {
    const struct idp_json *request, *answer;
    const char *failure;
    struct idp_bytes cause;
};
struct idp_asked idp_hook_ask(struct idp_call *call, const struct idp_hook *hook,
                              const struct idp_json *request);

/* ---- tokens under way (token.c) ---- */

struct idp_token_issue {
    const struct idp_token_request *request;
    struct idp_grant *grant;
    struct idp_token_rules rules; /* as the hooks narrowed them */
    bool is_refresh_wanted;
    const struct idp_json *attributes; /* claims of both tokens; NULL: none */
    /* Claims that a hook adds; NULL: none */
    const struct idp_json *access_added, *id_added, *introspection_added;
    const struct idp_json *denial;  /* an error; NULL: nobody denied it */
    struct idp_asked before, after; /* request NULL: nobody was asked */
};

/* True where there is an ID token: not of a client that acts for itself, nor of one exchanged. */
bool idp_token_issue_has_id_token(const struct idp_token_issue *issue);

/* Asks for attributes and the hook before tokens. NULL, or the error that the client is told. */
const struct idp_json *idp_token_issue_prepare(struct idp_call *call,
                                               struct idp_token_issue *issue);

/* Asks the hook after tokens, and adds what it says to the answer. NULL, or an error. */
const struct idp_json *idp_token_issue_finish(struct idp_call *call, struct idp_token_issue *issue,
                                              const struct idp_json *claims,
                                              struct idp_json *answer);

/* ---- what a hook is asked and answers (hook_request.c, hook_answer.c) ---- */

/* The request of an event; claims: of the access token, NULL: as they would be. */
struct idp_json *idp_hook_request(struct idp_call *call, const struct idp_token_issue *issue,
                                  const char *event, const struct idp_json *claims);

/* Takes an answer. NULL, or the sentence that says what is wrong with it; nothing of it counts
 * then. */
const char *idp_answer_take(struct idp_call *call, const struct idp_json *answer,
                            struct idp_token_issue *issue);
const char *idp_response_take(struct idp_call *call, const struct idp_json *answer,
                              struct idp_json *response);

/* ---- attributes (attribute_map.c) ---- */

/* Claims by attribute_map of the settings; false: one of its queries failed, *asked says how. */
bool idp_attributes_find(struct idp_call *call, const struct idp_token_issue *issue,
                         const struct idp_json **claims, struct idp_asked *asked) IDP_MUST_CHECK;

#endif
