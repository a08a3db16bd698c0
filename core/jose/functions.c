/* SPDX-License-Identifier: Apache-2.0 */
/* functions.c - the SQL functions of this area: arguments in, value out. */
#include "core/jose/key.h"

enum { KID_SIZE_MAX = 255 };

static struct idp_value value_or_null(const struct idp_json *json)
{
    return json ? idp_value_json(json) : idp_null();
}

static struct idp_bytes kid_of(struct idp_call *call, struct idp_value value)
{
    idp_check_text(call, value, "kid", KID_SIZE_MAX);
    return idp_text_of(value);
}

static const struct idp_algorithm *algorithm_of(struct idp_call *call, struct idp_value value)
{
    struct idp_bytes name = idp_text_of(value);
    const struct idp_algorithm *algorithm =
        idp_algorithm_find(name.data ? name : idp_bytes_of("ES256"));

    if (!algorithm) {
        idp_fail(call, IDP_UNSUPPORTED_ALGORITHM);
    }
    return algorithm;
}

struct idp_value idp_sql_jwt_verify(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *policy = idp_json_object_argument(call, arguments[2], "policy");

    return idp_value_json(
        idp_jwt_verify(call, idp_text_of(arguments[0]), idp_text_of(arguments[1]), policy));
}

struct idp_value idp_sql_jwt_valid(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *policy = idp_json_object_argument(call, arguments[2], "policy"), *claims;
    struct idp_jws jws;
    enum idp_reason reason = idp_jwt_check(call, idp_text_of(arguments[0]),
                                           idp_text_of(arguments[1]), policy, &jws, &claims);

    return idp_value_bool(reason == IDP_REASON_VALID);
}

struct idp_value idp_sql_jwt_decode(struct idp_call *call, const struct idp_value *arguments)
{
    return value_or_null(idp_jwt_decode(call, idp_text_of(arguments[0])));
}

struct idp_value idp_sql_jwt_sign(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *claims = idp_json_object_argument(call, arguments[0], "claims");
    const struct idp_json *header = idp_json_object_argument(call, arguments[2], "header");

    return idp_value_text(idp_key_store_sign(call, claims, kid_of(call, arguments[1]), header));
}

struct idp_value idp_sql_jwt_sign_with(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *claims = idp_json_object_argument(call, arguments[0], "claims");
    const struct idp_json *header = idp_json_object_argument(call, arguments[2], "header");
    struct idp_key_set set = idp_keys_read_private(call, idp_text_of(arguments[1]));

    if (set.count != 1) {
        idp_fail(call, IDP_INVALID_KEY);
    }
    return idp_value_text(idp_jwt_sign(call, set.keys[0], claims, header));
}

struct idp_value idp_sql_jwk_generate(struct idp_call *call, const struct idp_value *arguments)
{
    return idp_value_json(
        idp_jwk_generate(call, algorithm_of(call, arguments[0]), kid_of(call, arguments[1])));
}

struct idp_value idp_sql_jwk_public(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *jwk = idp_json_object_argument(call, arguments[0], "jwk");
    struct idp_json *public_jwk = idp_jwk_public(call, jwk);

    if (!public_jwk) {
        idp_fail(call, IDP_INVALID_KEY);
    }
    return idp_value_json(public_jwk);
}

struct idp_value idp_sql_jwk_thumbprint(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *jwk = idp_json_object_argument(call, arguments[0], "jwk");
    struct idp_bytes thumbprint = idp_jwk_thumbprint(call, jwk);

    if (!thumbprint.data) {
        idp_fail(call, IDP_INVALID_KEY);
    }
    return idp_value_text(thumbprint);
}

struct idp_value idp_sql_create_signing_key(struct idp_call *call,
                                            const struct idp_value *arguments)
{
    return idp_value_text(idp_key_store_create(call, algorithm_of(call, arguments[0])));
}

struct idp_value idp_sql_jwks(struct idp_call *call, const struct idp_value *arguments)
{
    (void)arguments;
    return idp_value_json(idp_key_store_jwks(call));
}
