/* SPDX-License-Identifier: Apache-2.0 */
/* functions.c - the SQL functions of this area: arguments in, value out. */
#include "core/jose/key.h"

enum { KID_SIZE_MAX = 255 };

static struct idp_value value_or_null(const struct idp_json *json)
{
    return json ? idp_value_json(json) : idp_null();
}

struct idp_bytes idp_kid_argument(struct idp_call *call, struct idp_value value)
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
    struct idp_policy policy = idp_policy_argument(call, arguments[2], IDP_POLICY_JWT);

    return idp_value_json(
        idp_jwt_judge(call, idp_text_of(arguments[0]), idp_text_of(arguments[1]), &policy));
}

struct idp_value idp_sql_jwt_valid(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_policy policy = idp_policy_argument(call, arguments[2], IDP_POLICY_JWT);
    const struct idp_json *claims;
    struct idp_jws jws;
    enum idp_reason reason = idp_jwt_check(call, idp_text_of(arguments[0]),
                                           idp_text_of(arguments[1]), &policy, &jws, &claims);

    return idp_value_bool(reason == IDP_REASON_VALID);
}

struct idp_value idp_sql_jws_verify(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_policy policy = idp_policy_argument(call, arguments[2], IDP_POLICY_JWS);
    struct idp_jws jws;
    bool read = idp_jws_read(call, idp_text_of(arguments[0]), &jws);

    return idp_value_json(idp_jws_verify(call, read, &jws, idp_text_of(arguments[1]), &policy));
}

struct idp_value idp_sql_jws_verify_detached(struct idp_call *call,
                                             const struct idp_value *arguments)
{
    struct idp_policy policy = idp_policy_argument(call, arguments[3], IDP_POLICY_JWS);
    struct idp_jws jws;
    bool read =
        idp_jws_read_detached(call, idp_text_of(arguments[0]), idp_text_of(arguments[1]), &jws);

    return idp_value_json(idp_jws_verify(call, read, &jws, idp_text_of(arguments[2]), &policy));
}

static const struct idp_key *signing_key_of(struct idp_call *call, struct idp_value text)
{
    struct idp_key_set set = idp_keys_read_private(call, idp_text_of(text));

    if (set.count != 1) {
        idp_fail(call, IDP_INVALID_KEY);
    }
    return set.keys[0];
}

struct idp_value idp_sql_jws_sign(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *header = idp_json_object_argument(call, arguments[2], "header");

    return idp_value_text(
        idp_jws_sign(call, signing_key_of(call, arguments[1]), header, idp_text_of(arguments[0])));
}

/* As for a token that names no key. */
struct idp_value idp_sql_signature_valid(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_key *keys[IDP_KEY_TRY_COUNT_MAX];
    struct idp_jws_header header = {.algorithm = idp_algorithm_find(idp_text_of(arguments[3]))};

    if (!header.algorithm) {
        idp_fail(call, IDP_UNSUPPORTED_ALGORITHM);
    }

    size_t count = idp_keys_select(idp_keys_read(call, idp_text_of(arguments[2])), &header, keys);

    return idp_value_bool(count == 1 &&
                          idp_key_verify(call, keys[0], header.algorithm, idp_text_of(arguments[0]),
                                         idp_text_of(arguments[1])));
}

struct idp_value idp_sql_jwt_decode(struct idp_call *call, const struct idp_value *arguments)
{
    return value_or_null(idp_jwt_decode(call, idp_text_of(arguments[0])));
}

struct idp_value idp_sql_jwt_sign_with(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *claims = idp_json_object_argument(call, arguments[0], "claims");
    const struct idp_json *header = idp_json_object_argument(call, arguments[2], "header");

    return idp_value_text(idp_jwt_sign(call, signing_key_of(call, arguments[1]), claims, header));
}

struct idp_value idp_sql_jwk_generate(struct idp_call *call, const struct idp_value *arguments)
{
    return idp_value_json(idp_jwk_generate(call, algorithm_of(call, arguments[0]),
                                           idp_kid_argument(call, arguments[1])));
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

/* The only key of the text, private where there is one: never the public half of a private key that
 * is refused. */
static const struct idp_key *asymmetric_key_of(struct idp_call *call, struct idp_bytes text)
{
    struct idp_key_set set = idp_keys_read_private(call, text);

    if (set.count == 0 && !set.doubtful) {
        set = idp_keys_read(call, text);
    }
    if (set.count != 1 || !set.keys[0]->pkey) {
        idp_fail(call, IDP_INVALID_KEY);
    }
    if (set.keys[0]->signs && !idp_pkey_is_whole(set.keys[0]->pkey)) {
        idp_fail_with(call, IDP_INVALID_KEY,
                      "A private RSA key needs its members p, q, dp, dq and qi for this.");
    }
    return set.keys[0];
}

struct idp_value idp_sql_jwk_from_pem(struct idp_call *call, const struct idp_value *arguments)
{
    return idp_value_json(idp_jwk_of_key(call, asymmetric_key_of(call, idp_text_of(arguments[0]))));
}

struct idp_value idp_sql_jwk_to_pem(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_key *key = asymmetric_key_of(call, idp_text_of(arguments[0]));

    return idp_value_text(idp_pem_write(call, key, key->signs));
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
