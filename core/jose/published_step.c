/* SPDX-License-Identifier: Apache-2.0 */
/* published_step.c - published keys, when a token wants one that is not here: one asks for them,
 * the others wait for what it gets. */
#include "core/jose/jose.h"

bool idp_key_may_be_new(const char *reason, const struct idp_json *header)
{
    bool is_unnamed = idp_json_member(header, "kid") == NULL;
    return reason != NULL &&
           (strcmp(reason, "key") == 0 || (strcmp(reason, "signature") == 0 && is_unnamed));
}

/* What comes is kept as what this address said: the owner may have another one by then. */
static struct idp_json *fetch(struct idp_call *call, struct idp_bytes url,
                              const struct idp_json *resume)
{
    struct idp_json *request = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *further = idp_json_with(call, resume, "repeatable", NULL);
    idp_json_add_string(call, request, "url", url);
    idp_json_add_string(call, further, "keys", url);
    return idp_step_fetch(call, request, further);
}

struct idp_json *idp_published_keys_step(struct idp_call *call,
                                         const struct idp_published_keys *keys, bool missing,
                                         const struct idp_json *resume, bool patient)
{
    if (keys->url.data == NULL || idp_json_member(resume, "keys") != NULL) {
        return NULL;
    }
    struct idp_stored_keys stored = idp_published_keys_load(call, keys);
    if ((missing || stored.is_expired) && stored.is_due) {
        if (!patient || idp_published_keys_claim(call, keys, false)) {
            return fetch(call, keys->url, resume);
        }
        stored.is_coming = true; /* somebody was faster */
    }
    return missing && stored.is_coming && patient ? idp_step_wait(call, resume) : NULL;
}

void idp_published_keys_take(struct idp_call *call, const struct idp_published_keys *keys,
                             const struct idp_json *resume, const struct idp_json *answer,
                             bool patient)
{
    if (keys->url.data == NULL || !idp_bytes_equal(idp_json_string(resume, "keys"), keys->url)) {
        return;
    }
    call->host->begin(call);
    if (patient || idp_published_keys_claim(call, keys, false)) {
        idp_published_keys_keep(call, keys, answer);
    }
}
