/* SPDX-License-Identifier: Apache-2.0 */
/* keys_step.c - the keys of a provider, when a token wants them that are not here: one asks for
 * them, the others wait for what it gets. */
#include "core/sso/session.h"

/* A key that is not known here may be known there by now; one that has no name, too. */
static bool is_of_unknown_key(const struct idp_tokens *tokens,
                              const struct idp_token_verdict *verdict, enum idp_token_use use)
{
    bool is_unnamed = idp_json_member(verdict->header, "kid") == NULL;
    return tokens->text[use].data != NULL && verdict->reason != NULL &&
           (strcmp(verdict->reason, "key") == 0 ||
            (strcmp(verdict->reason, "signature") == 0 && is_unnamed));
}

static bool is_missing(const struct idp_keys_step *step)
{
    struct idp_token_verdict verdicts[IDP_TOKEN_USE_COUNT];
    idp_tokens_verify(step->call, step->connection, step->tokens, verdicts);
    size_t use = 0;
    while (use < IDP_TOKEN_USE_COUNT &&
           !is_of_unknown_key(step->tokens, &verdicts[use], (enum idp_token_use)use)) {
        use++;
    }
    return use < IDP_TOKEN_USE_COUNT;
}

static struct idp_json *fetch(const struct idp_keys_step *step, struct idp_bytes url)
{
    struct idp_json *request = idp_json_new(step->call, IDP_JSON_OBJECT);
    struct idp_json *resume = idp_json_with(step->call, step->resume, "repeatable", NULL);
    idp_json_add_string(step->call, request, "url", url);
    idp_json_add_bool(step->call, resume, "keys", true);
    return idp_step_fetch(step->call, request, resume);
}

struct idp_json *idp_keys_step(const struct idp_keys_step *step)
{
    struct idp_key_place place;
    if (!idp_key_place_of(step->connection, &place) || place.url.data == NULL ||
        idp_json_member(step->resume, "keys") != NULL) {
        return NULL;
    }
    struct idp_stored_keys stored = idp_stored_keys_load(step->call, step->connection);
    bool missing = is_missing(step);
    if ((missing || stored.is_expired) && stored.is_due) {
        if (!step->patient || idp_stored_keys_claim(step->call, step->connection, false)) {
            return fetch(step, place.url);
        }
        stored.is_coming = true; /* somebody was faster */
    }
    return missing && stored.is_coming && step->patient ? idp_step_wait(step->call, step->resume)
                                                        : NULL;
}

void idp_keys_step_take(struct idp_call *call, const struct idp_connection *connection,
                        const struct idp_json *resume, const struct idp_json *answer, bool patient)
{
    if (idp_json_member(resume, "keys") == NULL) {
        return;
    }
    call->host->begin(call);
    if (patient || idp_stored_keys_claim(call, connection, false)) {
        idp_stored_keys_take(call, connection, answer);
    }
}
