/* SPDX-License-Identifier: Apache-2.0 */
/* key_period.c - when a published key is good: from nbf on and before exp (OpenID Federation 1.0
 * §8.7.2), to the microsecond. */
#include "core/jose/jose.h"

#include <stdio.h>

/* A NumericDate. What certificates say before 1970 are whole seconds. */
static struct idp_json *date_of(struct idp_call *call, int64_t time_us)
{
    enum { US_OF_S = 1000000 };
    int64_t fraction = time_us % US_OF_S;
    if (fraction == 0) {
        return idp_json_new_integer(call, time_us / US_OF_S);
    }
    char text[32];
    int size = snprintf(text, sizeof text, "%lld.%06lld", (long long)(time_us / US_OF_S),
                        (long long)fraction);
    while (text[size - 1] == '0') {
        size--;
    }
    struct idp_json *date = idp_json_new(call, IDP_JSON_NUMBER);
    date->text = idp_bytes_copy(call, (struct idp_bytes){text, (size_t)size});
    return date;
}

void idp_key_period_add(struct idp_call *call, const struct idp_public_key *key)
{
    if (key->from_us != INT64_MIN) {
        idp_json_add(key->jwk, "nbf", date_of(call, key->from_us));
    }
    if (key->till_us != INT64_MAX) {
        idp_json_add(key->jwk, "exp", date_of(call, key->till_us));
    }
}

/* ---- by time ---- */

/* What is stored may have been changed: a limit that is none is one that nothing meets. */
static bool is_in_force(const struct idp_json *key, int64_t now_us)
{
    const struct idp_json *nbf = idp_json_member(key, "nbf"), *exp = idp_json_member(key, "exp");
    int64_t from_us, till_us;
    return (nbf == NULL || (idp_numeric_date(nbf, &from_us) && from_us <= now_us)) &&
           (exp == NULL || (idp_numeric_date(exp, &till_us) && now_us < till_us));
}

static struct idp_json *set_of(struct idp_call *call, struct idp_json *keys)
{
    struct idp_json *set = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add(set, "keys", keys);
    return set;
}

struct idp_json *idp_keys_at(struct idp_call *call, const struct idp_json *jwks, int64_t time_us)
{
    struct idp_json *keys = idp_json_new(call, IDP_JSON_ARRAY);
    const struct idp_json *list = idp_json_member(jwks, "keys");
    const struct idp_json *key = idp_json_is(list, IDP_JSON_ARRAY) ? list->child : NULL;
    for (; key != NULL; key = key->next) {
        if (is_in_force(key, time_us)) {
            idp_json_add_shared(call, keys, NULL, key);
        }
    }
    return set_of(call, keys);
}

struct idp_bytes idp_keys_in_force(struct idp_call *call, const struct idp_json *jwks,
                                   int64_t now_us)
{
    return idp_json_text(call, idp_keys_at(call, jwks, now_us));
}

static bool is_name(struct idp_bytes member)
{
    return idp_bytes_is(member, "kid") || idp_bytes_is(member, "x5t") ||
           idp_bytes_is(member, "x5t#S256");
}

struct idp_bytes idp_key_in_force(struct idp_call *call, const struct idp_json *key, int64_t now_us)
{
    struct idp_json *keys = idp_json_new(call, IDP_JSON_ARRAY);
    if (idp_json_is(key, IDP_JSON_OBJECT) && is_in_force(key, now_us)) {
        struct idp_json *nameless = idp_json_new(call, IDP_JSON_OBJECT);
        for (const struct idp_json *member = key->child; member != NULL; member = member->next) {
            if (!is_name(member->name)) {
                idp_json_add_named(nameless, member->name, idp_json_node(call, member));
            }
        }
        idp_json_add(keys, NULL, nameless);
    }
    return idp_json_text(call, set_of(call, keys));
}
