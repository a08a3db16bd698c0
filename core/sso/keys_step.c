/* SPDX-License-Identifier: Apache-2.0 */
/* keys_step.c - the keys of a provider, when the tokens of a login want them that are not here. */
#include "core/sso/session.h"

static bool is_missing(const struct idp_keys_step *step)
{
    struct idp_token_verdict verdicts[IDP_TOKEN_USE_COUNT];
    idp_tokens_verify(step->call, step->connection, step->tokens, verdicts);
    size_t use = 0;
    while (use < IDP_TOKEN_USE_COUNT &&
           !(step->tokens->text[use].data != NULL &&
             idp_key_may_be_new(verdicts[use].reason, verdicts[use].header))) {
        use++;
    }
    return use < IDP_TOKEN_USE_COUNT;
}

struct idp_json *idp_keys_step(const struct idp_keys_step *step)
{
    struct idp_published_keys keys = idp_connection_keys(step->connection);
    if (keys.url.data == NULL || idp_json_member(step->resume, "keys") != NULL) {
        return NULL;
    }
    return idp_published_keys_step(step->call, &keys, is_missing(step), step->resume,
                                   step->patient);
}

void idp_keys_step_take(struct idp_call *call, const struct idp_connection *connection,
                        const struct idp_json *resume, const struct idp_json *answer, bool patient)
{
    struct idp_published_keys keys = idp_connection_keys(connection);
    idp_published_keys_take(call, &keys, resume, answer, patient);
}
