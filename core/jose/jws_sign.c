/* SPDX-License-Identifier: Apache-2.0 */
/* jws_sign.c - makes compact JWS and JWT. The key decides the algorithm where it can; a header that
 * says otherwise is the caller's mistake. */
#include "core/jose/key.h"

/* The algorithm a header asks for where the key leaves the choice, else the key's usual one. */
static const struct idp_algorithm *
signing_algorithm(struct idp_call *call, const struct idp_key *key, const struct idp_json *header)
{
    if (idp_json_member(header, "alg") == NULL) {
        return idp_algorithm_usual(key);
    }
    const struct idp_algorithm *algorithm = idp_algorithm_find(idp_json_string(header, "alg"));
    if (algorithm == NULL || !idp_algorithm_fits(algorithm, key)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The member alg of header is not an algorithm that the key is for.");
    }
    return algorithm;
}

static void check_kid(struct idp_call *call, const struct idp_key *key,
                      const struct idp_json *header)
{
    const struct idp_json *kid = idp_json_member(header, "kid");
    if (kid != NULL && !(idp_json_is(kid, IDP_JSON_STRING) &&
                         (key->kid.data == NULL || idp_bytes_equal(kid->text, key->kid)))) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The member kid of header is not the key's; leave it out.");
    }
}

/* A thumbprint that is not the key's would name a key that verifies nothing of this. */
static void check_thumbprint(struct idp_call *call, struct idp_bytes own,
                             const struct idp_json *header, const char *name)
{
    struct idp_bytes stated = idp_json_string(header, name);
    if (own.data != NULL && stated.data != NULL && !idp_bytes_equal(stated, own)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The member %s of header is not the key's; leave it out.", name);
    }
}

static struct idp_json *header_of(struct idp_call *call, const struct idp_key *key,
                                  const struct idp_algorithm *algorithm,
                                  const struct idp_json *header)
{
    struct idp_json *out = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, out, "alg", algorithm->name);
    idp_json_add_string(call, out, "kid",
                        key->kid.data != NULL ? key->kid : idp_json_string(header, "kid"));
    for (const struct idp_json *item = header == NULL ? NULL : header->child; item != NULL;
         item = item->next) {
        if (!idp_bytes_is(item->name, "alg") && !idp_bytes_is(item->name, "kid")) {
            idp_json_add_named(out, item->name, idp_json_node(call, item));
        }
    }
    return out;
}

/* The extension that this header asks for, as the reader of tokens judges it. */
static enum idp_extension extension_of(struct idp_call *call, const struct idp_json *object)
{
    struct idp_jws_header header = idp_jws_header_of(object);
    if (!header.well_formed) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "A member of header has the wrong type; alg, kid, typ, x5t and x5t#S256 are "
                      "texts.");
    }
    if (header.extension == IDP_EXTENSION_UNKNOWN) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The header asks for an extension that is not supported; crit may list "
                      "b64 only.");
    }
    return header.extension;
}

struct idp_bytes idp_jws_sign(struct idp_call *call, const struct idp_key *key,
                              const struct idp_json *header, struct idp_bytes payload)
{
    check_kid(call, key, header);
    check_thumbprint(call, key->x5t, header, "x5t");
    check_thumbprint(call, key->x5t_s256, header, "x5t#S256");
    const struct idp_algorithm *algorithm = signing_algorithm(call, key, header);
    struct idp_json *protected = header_of(call, key, algorithm, header);
    bool detached = extension_of(call, protected) == IDP_EXTENSION_UNENCODED;
    struct idp_text input = {.call = call}, token = {.call = call};
    struct idp_bytes encoded = idp_base64url_encode(call, idp_json_text(call, protected));
    idp_text_add(&input, encoded);
    idp_text_add_char(&input, '.');
    idp_text_add(&input, detached ? payload : idp_base64url_encode(call, payload));
    struct idp_bytes signature = idp_key_sign(call, key, algorithm, idp_text_bytes(&input));
    idp_text_add(&token, detached ? encoded : idp_text_bytes(&input));
    idp_text_add_c(&token, detached ? ".." : ".");
    idp_text_add(&token, idp_base64url_encode(call, signature));
    return idp_text_bytes(&token);
}

struct idp_bytes idp_jwt_sign(struct idp_call *call, const struct idp_key *key,
                              const struct idp_json *claims, const struct idp_json *header)
{
    struct idp_json *typed = idp_json_new(call, IDP_JSON_OBJECT);
    if (idp_json_member(header, "b64") != NULL || idp_json_member(header, "crit") != NULL) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The header of a JWT may not have crit or b64 (RFC 7797 7).");
    }
    if (idp_json_member(header, "typ") == NULL) {
        idp_json_add_c(call, typed, "typ", "JWT");
    }
    for (const struct idp_json *item = header == NULL ? NULL : header->child; item != NULL;
         item = item->next) {
        idp_json_add_named(typed, item->name, idp_json_node(call, item));
    }
    return idp_jws_sign(call, key, typed, idp_json_text(call, claims));
}
