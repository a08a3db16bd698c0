/* SPDX-License-Identifier: Apache-2.0 */
/* published_keys.c - the keys that somebody publishes, as rows. Whoever cannot verify a token may
 * ask for newer ones, one at a time and not again at once: a thousand bad tokens are one request.
 * What a failing owner had last goes on to count. */
#include "core/jose/jose.h"

enum {
    FETCH_S = 15, /* longer than one may take that idplane-httpd begins */
    PATIENCE_S = 5,
    HTTP_OK = 200
};
/* ---- reading ---- */

static int64_t cooldown_us(const struct idp_published_keys *keys)
{
    return keys->cooldown_s * IDP_SECOND_US;
}

/* What CLAIM asks, for those who only look. */
static bool is_due(struct idp_call *call, const struct idp_published_keys *keys,
                   const struct idp_value *row)
{
    bool is_set = row[1].kind != 0 && idp_integer_of(row[1]) >= IDP_TIME_MAX_US;
    return !is_set && idp_integer_of(row[2]) <= idp_now_us(call) - cooldown_us(keys);
}

/* Somebody is asking; or may in a moment. */
static bool is_coming(struct idp_call *call, const struct idp_published_keys *keys,
                      const struct idp_value *row)
{
    int64_t now_us = idp_now_us(call), tried_us = idp_integer_of(row[2]);
    bool is_asked = row[3].kind == 0 || idp_integer_of(row[3]) < tried_us;
    int64_t rest_us = tried_us + cooldown_us(keys) - now_us;
    return (is_asked && now_us < tried_us + FETCH_S * IDP_SECOND_US) ||
           (rest_us > 0 && rest_us <= PATIENCE_S * IDP_SECOND_US);
}

struct idp_stored_keys idp_published_keys_load(struct idp_call *call,
                                               const struct idp_published_keys *keys)
{
    const char *why;
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(keys->owner),
                              idp_value_text(keys->url)};
    const struct idp_value *row = idp_run_one(call, &keys->statements[IDP_PUBLISHED_GET], key);
    if (row == NULL) {
        return (struct idp_stored_keys){.is_expired = true, .is_due = true};
    }
    bool is_there = row[0].kind != 0;
    return (struct idp_stored_keys){
        .jwks = is_there ? idp_json_read(call, idp_text_of(row[0]), &why) : NULL,
        .is_expired = !is_there || idp_integer_of(row[1]) <= idp_now_us(call),
        .is_coming = is_coming(call, keys, row),
        .is_due = is_due(call, keys, row),
        .failure = idp_text_of(row[4]),
    };
}

bool idp_published_keys_claim(struct idp_call *call, const struct idp_published_keys *keys,
                              bool by_force)
{
    int64_t now_us = idp_now_us(call);
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(keys->owner),
        idp_value_text(keys->url),
        idp_value_time(now_us),
        idp_value_time(now_us - cooldown_us(keys)),
        idp_value_bool(by_force),
        idp_value_time(IDP_TIME_MAX_US),
    };
    return keys->url.data != NULL &&
           idp_run(call, &keys->statements[IDP_PUBLISHED_CLAIM], row).affected == 1;
}

/* ---- keeping ---- */

static const char *status_reason(struct idp_call *call, int64_t status)
{
    struct idp_text text = {.call = call};
    idp_text_add_c(&text, "The address of the keys did not answer 200 but ");
    idp_text_add_integer(&text, status);
    idp_text_add_char(&text, '.');
    return idp_text_bytes(&text).data;
}

static struct idp_json *jwks_of(struct idp_call *call, const struct idp_published_keys *keys,
                                const struct idp_json *answer, const char **why)
{
    int64_t status = 0;
    struct idp_bytes error = idp_json_string(answer, "error_description");
    if (error.data != NULL) {
        *why = idp_text_c(call, error);
        return NULL;
    }
    if (!idp_json_integer(idp_json_member(answer, "status"), &status) || status != HTTP_OK) {
        *why = status_reason(call, status);
        return NULL;
    }
    struct idp_bytes body = idp_json_string(answer, "body");
    struct idp_bytes encoded = idp_json_string(answer, "body_base64");
    return keys->read(
        call, keys->context,
        body.data == NULL && encoded.data != NULL ? idp_base64_decode(call, encoded) : body, why);
}

const char *idp_published_keys_keep(struct idp_call *call, const struct idp_published_keys *keys,
                                    const struct idp_json *answer)
{
    const char *why = NULL;
    int64_t now_us = idp_now_us(call);
    struct idp_json *jwks = jwks_of(call, keys, answer, &why);
    const struct idp_json *headers = idp_json_member(answer, "headers");
    int64_t lifetime_s =
        idp_cache_control_lifetime_s(call, idp_json_string(headers, "cache-control"));
    bool is_set = idp_json_is_true(answer, "set");
    struct idp_value row[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(keys->owner),
        idp_value_text(keys->url),
        idp_value_text(jwks == NULL ? idp_bytes_of(why) : idp_json_text(call, jwks)),
        idp_value_time(now_us),
        idp_value_time(is_set ? IDP_TIME_MAX_US : now_us + lifetime_s * IDP_SECOND_US),
    };
    idp_run(call, &keys->statements[jwks == NULL ? IDP_PUBLISHED_FAIL : IDP_PUBLISHED_KEEP], row);
    return jwks == NULL ? why : NULL;
}

void idp_published_keys_forget(struct idp_call *call, const struct idp_published_keys *keys)
{
    struct idp_value key[] = {idp_value_text(idp_tenant(call)), idp_value_text(keys->owner)};
    idp_run(call, &keys->statements[IDP_PUBLISHED_FORGET], key);
}

/* ---- by hand ---- */

const char *idp_published_keys_change(struct idp_call *call, const struct idp_published_keys *keys,
                                      const struct idp_json *answer)
{
    const char *why = NULL;
    if (jwks_of(call, keys, answer, &why) == NULL) {
        return why;
    }
    call->host->begin(call);
    if (!idp_published_keys_claim(call, keys, true)) {
        idp_fail(call, IDP_BUSY);
    }
    return idp_published_keys_keep(call, keys, answer);
}

const char *idp_published_keys_fetch(struct idp_call *call, const struct idp_published_keys *keys)
{
    struct idp_json *fetch = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, fetch, "url", keys->url);
    return idp_published_keys_change(call, keys, idp_step_run(call, fetch));
}
