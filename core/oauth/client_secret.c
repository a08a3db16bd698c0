/* SPDX-License-Identifier: Apache-2.0 */
/* client_secret.c - secrets of clients. One is made here from 256 random bits, shown once and kept
 * as a digest; being random it needs no slow hash. A client that signs with its secret
 * (client_secret_jwt) needs it kept, sealed under the master key. */
#include "core/oauth/client.h"

/* RFC 7518 §3.2 for HS256. */
enum { SIGNING_SECRET_SIZE_MIN = 32 };
enum { CLIENT_SECRET_SIZE = 32, OVERLAP_DEFAULT_S = 86400, OVERLAP_MAX_S = 31536000 };

enum { ROTATE, SEALED, RESEAL, OLD_SEALED, OLD_RESEAL };

const struct idp_statement idp_client_secret_statements[] = {
    /* The secret in force becomes the old one, in one statement. */
    [ROTATE] = {"UPDATE idplane.client SET old_secret_digest = secret_digest,"
                " old_sealed_secret = sealed_secret, old_secret_expires_at = $5, secret_digest = "
                "$3, sealed_secret = $4"
                " WHERE tenant = $1 AND client_id = $2 AND secret_digest IS NOT NULL"
                " AND auth_method = $6",
                "ttxxzt", ""},
    [SEALED] = {"SELECT tenant, client_id, sealed_secret FROM idplane.client"
                " WHERE sealed_secret IS NOT NULL AND substr(sealed_secret, 1, length($1)) <> $1"
                " ORDER BY tenant, client_id LIMIT $2",
                "xi", "ttx"},
    [RESEAL] = {"UPDATE idplane.client SET sealed_secret = $4"
                " WHERE tenant = $1 AND client_id = $2 AND sealed_secret = $3",
                "ttxx", ""},
    [OLD_SEALED] =
        {"SELECT tenant, client_id, old_sealed_secret FROM idplane.client"
         " WHERE old_sealed_secret IS NOT NULL AND substr(old_sealed_secret, 1, length($1)) <> $1"
         " ORDER BY tenant, client_id LIMIT $2",
         "xi", "ttx"},
    [OLD_RESEAL] = {"UPDATE idplane.client SET old_sealed_secret = $4"
                    " WHERE tenant = $1 AND client_id = $2 AND old_sealed_secret = $3",
                    "ttxx", ""},
};
const size_t idp_client_secret_statement_count = IDP_COUNT(idp_client_secret_statements);

static struct idp_bytes seal_context(struct idp_call *call, struct idp_bytes tenant,
                                     struct idp_bytes client_id)
{
    struct idp_bytes parts[] = {tenant, client_id};
    return idp_digest(call, "idplane client secret seal", parts, IDP_COUNT(parts));
}

const struct idp_sealed_column idp_client_sealed = {
    &idp_client_secret_statements[SEALED], &idp_client_secret_statements[RESEAL], seal_context};
const struct idp_sealed_column idp_client_old_sealed = {&idp_client_secret_statements[OLD_SEALED],
                                                        &idp_client_secret_statements[OLD_RESEAL],
                                                        seal_context};

bool idp_client_has_secret(struct idp_bytes auth_method)
{
    return idp_bytes_start(auth_method, idp_bytes_of("client_secret_"));
}

struct idp_bytes idp_client_secret_digest(struct idp_call *call, struct idp_bytes secret)
{
    return idp_digest(call, "idplane client secret", &secret, 1);
}

struct idp_client_secret idp_client_secret_make(struct idp_call *call, struct idp_bytes client_id,
                                                struct idp_bytes auth_method,
                                                struct idp_bytes given)
{
    if (!idp_client_has_secret(auth_method)) {
        return (struct idp_client_secret){0};
    }
    struct idp_bytes secret =
        given.data != NULL ? given : idp_random_text(call, CLIENT_SECRET_SIZE);
    struct idp_client_secret made = {.secret = given.data != NULL ? (struct idp_bytes){0} : secret,
                                     .digest = idp_client_secret_digest(call, secret)};
    if (idp_bytes_is(auth_method, "client_secret_jwt")) {
        if (secret.size < SIGNING_SECRET_SIZE_MIN) {
            idp_fail_with(call, IDP_INVALID_METADATA,
                          "Member client_secret needs %d bytes for client_secret_jwt.",
                          SIGNING_SECRET_SIZE_MIN);
        }
        made.sealed = idp_seal(call, secret, seal_context(call, idp_tenant(call), client_id));
    }
    return made;
}

struct idp_bytes idp_client_secret_unseal(struct idp_call *call, struct idp_bytes client_id,
                                          struct idp_bytes sealed)
{
    return sealed.data == NULL
               ? sealed
               : idp_unseal(call, sealed, seal_context(call, idp_tenant(call), client_id));
}

/* ---- rotation ---- */

static int64_t overlap_of(struct idp_call *call, struct idp_value argument)
{
    int64_t overlap_s = argument.kind == 0 ? OVERLAP_DEFAULT_S : idp_integer_of(argument);
    if (overlap_s < 0 || overlap_s > OVERLAP_MAX_S) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT, "Argument overlap_s must be from 0 to %d.",
                      OVERLAP_MAX_S);
    }
    return overlap_s;
}

/* rotate_client_secret(client_id, overlap_s) →
 * {"client_id","client_secret","old_secret_expires_at"}
 */
struct idp_value idp_sql_rotate_client_secret(struct idp_call *call,
                                              const struct idp_value *arguments)
{
    struct idp_client client;
    int64_t ends_us = idp_now_us(call) + overlap_of(call, arguments[1]) * 1000000;
    call->host->begin(call);
    if (!idp_client_find(call, arguments[0].bytes, &client)) {
        idp_fail(call, IDP_NO_SUCH_CLIENT);
    }
    struct idp_client_secret made =
        idp_client_secret_make(call, client.client_id, client.auth_method, (struct idp_bytes){0});
    struct idp_value row[] = {idp_value_text(idp_tenant(call)),
                              arguments[0],
                              made.digest.data == NULL ? idp_null() : idp_value_blob(made.digest),
                              made.sealed.data == NULL ? idp_null() : idp_value_blob(made.sealed),
                              idp_value_time(ends_us),
                              idp_value_text(client.auth_method)};
    if (idp_run(call, &idp_client_secret_statements[ROTATE], row).affected == 0) {
        idp_fail_with(call, IDP_INVALID_METADATA, "The client has no secret to rotate.");
    }
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, result, "client_id", client.client_id);
    idp_json_add_string(call, result, "client_secret", made.secret);
    idp_json_add_integer(call, result, "old_secret_expires_at", ends_us / 1000000);
    return idp_value_json(result);
}
