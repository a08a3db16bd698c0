/* SPDX-License-Identifier: Apache-2.0 */
/* key_choice.c - which key in a connection a token names. */
#include "core/sso/keys.h"
#include "core/sso/predicate.h"

/* A field of the header decides, whatever it holds. */
const struct idp_json *idp_keys_named(const struct idp_json *jwks, const struct idp_json *header,
                                      const struct idp_json *claims, struct idp_bytes field)
{
    const struct idp_json *list = idp_json_member(jwks, "keys");
    const struct idp_json *key = idp_json_is(list, IDP_JSON_ARRAY) ? list->child : NULL;
    if (field.data == NULL) {
        return key != NULL && key->next == NULL ? key : NULL;
    }
    const struct idp_json *id = idp_claim_find(header, field);
    id = id == NULL ? idp_claim_find(claims, field) : id;
    while (key != NULL && !(idp_json_is(id, IDP_JSON_STRING) &&
                            idp_bytes_equal(idp_json_string(key, "kid"), id->text))) {
        key = key->next;
    }
    return key;
}
