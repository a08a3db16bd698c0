/* SPDX-License-Identifier: Apache-2.0 */
/* signing_keys.c - the SQL functions that work on the tenant's keys: its settings say how long a
 * key signs, the key store does the rest. */
#include "core/jose/jose.h"
#include "core/oauth/oauth.h"

/* The algorithm named; NULL where the argument is. */
static const struct idp_algorithm *algorithm_of(struct idp_call *call, struct idp_value value)
{
    struct idp_bytes name = idp_text_of(value);
    const struct idp_algorithm *algorithm = idp_algorithm_find(name);
    if (name.data != NULL && algorithm == NULL) {
        idp_fail(call, IDP_UNSUPPORTED_ALGORITHM);
    }
    return algorithm;
}

static struct idp_key_schedule schedule_read(struct idp_call *call, struct idp_value settings)
{
    return idp_settings_read(call, settings).keys;
}

const struct idp_scheduler idp_key_scheduler = {schedule_read};

struct idp_value idp_sql_jwt_sign(struct idp_call *call, const struct idp_value *arguments)
{
    const struct idp_json *claims = idp_json_object_argument(call, arguments[0], "claims");
    const struct idp_json *header = idp_json_object_argument(call, arguments[2], "header");
    return idp_value_text(idp_key_store_sign(call, &idp_key_scheduler, claims,
                                             idp_kid_argument(call, arguments[1]), header));
}

struct idp_value idp_sql_create_signing_key(struct idp_call *call,
                                            const struct idp_value *arguments)
{
    const struct idp_algorithm *algorithm = algorithm_of(call, arguments[0]);
    if (algorithm == NULL) {
        algorithm = idp_algorithm_find(idp_bytes_of("ES256"));
    }
    return idp_value_text(idp_key_store_create(call, &idp_key_scheduler, algorithm));
}

struct idp_value idp_sql_import_signing_key(struct idp_call *call,
                                            const struct idp_value *arguments)
{
    struct idp_key_import import = {.kid = idp_kid_argument(call, arguments[0]),
                                    .key = idp_text_of(arguments[1]),
                                    .algorithm = algorithm_of(call, arguments[2]),
                                    .certificate = idp_text_of(arguments[3])};
    idp_check_text(call, arguments[1], "key", IDP_KEY_TEXT_SIZE_MAX);
    idp_check_text(call, arguments[3], "certificate", IDP_KEY_TEXT_SIZE_MAX);
    if (import.kid.size == 0) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument kid must not be empty.");
    }
    return idp_value_json(idp_key_store_import(call, &idp_key_scheduler, &import));
}

struct idp_value idp_sql_rotate_signing_key(struct idp_call *call,
                                            const struct idp_value *arguments)
{
    return idp_value_text(
        idp_key_store_rotate(call, &idp_key_scheduler, algorithm_of(call, arguments[0])));
}

struct idp_value idp_sql_retire_signing_key(struct idp_call *call,
                                            const struct idp_value *arguments)
{
    return idp_value_text(
        idp_key_store_retire(call, &idp_key_scheduler, idp_kid_argument(call, arguments[0])));
}

struct idp_value idp_sql_compromise_signing_key(struct idp_call *call,
                                                const struct idp_value *arguments)
{
    return idp_value_text(
        idp_key_store_compromise(call, &idp_key_scheduler, idp_kid_argument(call, arguments[0])));
}

struct idp_value idp_sql_jwks(struct idp_call *call, const struct idp_value *arguments)
{
    (void)arguments;
    return idp_value_json(idp_key_store_jwks(call));
}
