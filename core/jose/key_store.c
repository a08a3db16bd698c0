/* SPDX-License-Identifier: Apache-2.0 */
/* key_store.c - the tenant's signing keys: one active, the private halves sealed.
 *
 * The unique index on the active key decides every race: whoever inserts second changes nothing and
 * looks again. An opened key is cached under the digest of its sealed bytes, tenant, kid and master
 * key, so that signing neither opens nor parses anything, and a connection that has not the master
 * key finds nothing. */
#include "core/jose/key.h"

enum { CREATE_TRY_COUNT_MAX = 8 };

enum { ACTIVE, NAMED, PUBLISHED, RETIRE, INSERT };

const struct idp_statement idp_key_store_statements[] = {
    [ACTIVE] = {"SELECT kid, sealed_private_key FROM idplane.signing_key "
                "WHERE tenant = $1 AND state = 'active'",
                "t", "tx"},
    [NAMED] = {"SELECT kid, sealed_private_key FROM idplane.signing_key "
               "WHERE tenant = $1 AND kid = $2 AND state IN ('active', 'next')",
               "tt", "tx"},
    [PUBLISHED] = {"SELECT public_jwk FROM idplane.signing_key "
                   "WHERE tenant = $1 AND state IN ('active', 'next', 'retired') "
                   "ORDER BY CASE state WHEN 'active' THEN 0 WHEN 'next' THEN 1 ELSE 2 END, "
                   "created_at DESC, kid",
                   "t", "j"},
    [RETIRE] = {"UPDATE idplane.signing_key SET state = 'retired', retired_at = $2 "
                "WHERE tenant = $1 AND state = 'active'",
                "tz", ""},
    [INSERT] = {"INSERT INTO idplane.signing_key (tenant, kid, algorithm, state, public_jwk, "
                "sealed_private_key, created_at, activated_at) "
                "VALUES ($1, $2, $3, 'active', $4, $5, $6, $6) ON CONFLICT DO NOTHING",
                "tttjxz", ""},
};
const size_t idp_key_store_statement_count = IDP_COUNT(idp_key_store_statements);

/* What a sealed key is bound to. */
static struct idp_bytes seal_context(struct idp_call *call, struct idp_bytes kid)
{
    struct idp_bytes parts[] = {idp_tenant(call), kid};

    return idp_digest(call, "idplane signing key", parts, IDP_COUNT(parts));
}

/* A new key that is not in the table yet. */
struct fresh_key {
    struct idp_bytes kid, public_jwk, sealed;
};

static struct fresh_key key_make(struct idp_call *call, const struct idp_algorithm *algorithm)
{
    struct idp_json *jwk = idp_jwk_generate(call, algorithm, (struct idp_bytes){NULL, 0});
    struct idp_bytes kid = idp_json_string(jwk, "kid");

    return (struct fresh_key){
        .kid = kid,
        .public_jwk = idp_json_text(call, idp_jwk_public(call, jwk)),
        .sealed = idp_seal(call, idp_json_text(call, jwk), seal_context(call, kid)),
    };
}

/* False where the tenant has an active key. */
static bool key_insert(struct idp_call *call, const struct idp_algorithm *algorithm,
                       const struct fresh_key *key)
{
    struct idp_value arguments[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(key->kid),
        idp_value_text(idp_bytes_of(algorithm->name)),
        idp_value_json_text(key->public_jwk),
        idp_value_blob(key->sealed),
        idp_value_time(idp_now_us(call)),
    };

    return idp_run(call, &idp_key_store_statements[INSERT], arguments).affected == 1;
}

struct idp_bytes idp_key_store_create(struct idp_call *call, const struct idp_algorithm *algorithm)
{
    if (algorithm->type == IDP_KEY_OCT) {
        idp_fail_with(call, IDP_UNSUPPORTED_ALGORITHM,
                      "A stored signing key is asymmetric: its public half is published.");
    }
    call->host->begin(call);

    struct fresh_key key = key_make(call, algorithm);
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)),
                                    idp_value_time(idp_now_us(call))};

    for (size_t i = 0; i < CREATE_TRY_COUNT_MAX; i++) {
        idp_run(call, &idp_key_store_statements[RETIRE], arguments);
        if (key_insert(call, algorithm, &key)) {
            return key.kid;
        }
    }
    idp_fail(call, IDP_BUSY);
}

static const struct idp_key *key_open(struct idp_call *call, struct idp_bytes kid,
                                      struct idp_bytes sealed)
{
    struct idp_bytes context = seal_context(call, kid);
    struct idp_bytes parts[] = {idp_seal_fingerprint(call, sealed), context, sealed};
    struct idp_bytes digest = idp_digest(call, "idplane sealed key", parts, IDP_COUNT(parts));
    struct idp_key_set cached = idp_key_cache_get(call, digest);
    const char *why;

    if (cached.count > 0) {
        return cached.keys[0];
    }

    const struct idp_json *jwk = idp_json_read(call, idp_unseal(call, sealed, context), &why);
    const struct idp_key *key = idp_jwk_read(call, jwk, true);

    if (!key) {
        idp_fail(call, IDP_SEAL_BROKEN);
    }
    return idp_key_cache_put(call, digest, (struct idp_key_set){.count = 1, .keys = &key}).keys[0];
}

/* The row of the active key; where there is none, one is made by whoever is first. */
static const struct idp_value *active_row(struct idp_call *call)
{
    struct idp_value tenant = idp_value_text(idp_tenant(call));
    const struct idp_statement *statement = &idp_key_store_statements[ACTIVE];
    const struct idp_value *row = idp_run_one(call, statement, &tenant);

    if (row) {
        return row;
    }

    const struct idp_algorithm *algorithm = idp_algorithm_find(idp_bytes_of("ES256"));

    call->host->begin(call);

    struct fresh_key key = key_make(call, algorithm);

    key_insert(call, algorithm, &key);
    return idp_run_one(call, statement, &tenant);
}

static const struct idp_value *named_row(struct idp_call *call, struct idp_bytes kid)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)), idp_value_text(kid)};

    return idp_run_one(call, &idp_key_store_statements[NAMED], arguments);
}

struct idp_bytes idp_key_store_sign(struct idp_call *call, const struct idp_json *claims,
                                    struct idp_bytes kid, const struct idp_json *header)
{
    const struct idp_value *row = kid.data ? named_row(call, kid) : active_row(call);

    if (!row) {
        idp_fail(call, IDP_NO_SUCH_KEY);
    }

    const struct idp_key *key = key_open(call, idp_text_of(row[0]), idp_text_of(row[1]));

    return idp_jwt_sign(call, key, claims, header);
}

struct idp_json *idp_key_store_jwks(struct idp_call *call)
{
    struct idp_value tenant = idp_value_text(idp_tenant(call));
    struct idp_rows rows = idp_run(call, &idp_key_store_statements[PUBLISHED], &tenant);
    struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *keys = idp_json_new(call, IDP_JSON_ARRAY);
    const char *why;

    for (size_t i = 0; i < rows.count; i++) {
        const struct idp_json *jwk = idp_json_read(call, idp_text_of(rows.values[i]), &why);

        if (!jwk) {
            idp_fail(call, IDP_STORE);
        }
        idp_json_add(keys, NULL, idp_json_copy(call, jwk));
    }
    idp_json_add(document, "keys", keys);
    return document;
}
