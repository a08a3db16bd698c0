/* SPDX-License-Identifier: Apache-2.0 */
/* key_store.c - signing with the tenant's keys, and publishing their public halves.
 *
 * An opened key is cached under the digest of its sealed bytes, tenant, kid and master key, so that
 * signing neither opens nor parses anything, and a connection that has not the master key finds
 * nothing. A row remembers until when the tokens live that its key signed: it says so a little
 * ahead, and is written only when a token outlives that. */
#include "core/jose/key_store.h"

enum { EXPIRY_ID_SIZE = 9 };

enum { NAMED, PUBLISHED, PUBLISHED_NAMED, EXTEND, SEALED, RESEAL, SIGNING_COUNT };

/* Also of a key that is marked as removed: its last token may have been signed by a transaction
 * that was not yet over. */
#define IS_PUBLISHED                                                                               \
    "(k." IDP_KEY_SIGNS " OR k.state IN ('retired', 'removed')"                                    \
    " AND " IDP_LAST_EXPIRY " > $2)"

const struct idp_statement idp_key_store_statements[] = {
    [NAMED] = {"SELECT " IDP_STORED_KEY_COLUMNS " FROM idplane.signing_key k"
               " WHERE k.tenant = $1 AND k.kid = $2 AND k." IDP_KEY_SIGNS,
               "tt", IDP_STORED_KEY_KINDS},
    [PUBLISHED] = {"SELECT k.public_jwk FROM idplane.signing_key k"
                   " WHERE k.tenant = $1 AND " IS_PUBLISHED
                   " ORDER BY CASE k.state WHEN 'active' THEN 0 WHEN 'next' THEN 1"
                   " WHEN 'standby' THEN 2 ELSE 3 END,"
                   " k.created_at DESC, k.kid",
                   "tz", "j"},
    [PUBLISHED_NAMED] = {"SELECT k.public_jwk FROM idplane.signing_key k"
                         " WHERE k.tenant = $1 AND k.kid = $3 AND " IS_PUBLISHED,
                         "tzt", "j"},
    [EXTEND] = {"INSERT INTO idplane.signing_key_expiry (tenant, kid, last_expiry_at, expiry_id)"
                " VALUES ($1, $2, $3, $4)",
                "ttzt", ""},
    [SEALED] = {"SELECT tenant, kid, sealed_private_key FROM idplane.signing_key"
                " WHERE " IDP_KEY_SIGNS " AND substr(sealed_private_key, 1, length($1)) <> $1"
                " ORDER BY tenant, kid LIMIT $2",
                "xi", "ttx"},
    /* A key that was sealed or withdrawn meanwhile is left as it is, and looked at again. */
    [RESEAL] = {"UPDATE idplane.signing_key SET sealed_private_key = $4"
                " WHERE tenant = $1 AND kid = $2 AND sealed_private_key = $3",
                "ttxx", ""},
    [SIGNING_COUNT] = {"SELECT count(*) FROM idplane.signing_key"
                       " WHERE tenant = $1 AND kid = $2 AND " IDP_KEY_SIGNS,
                       "tt", "i"},
};
const size_t idp_key_store_statement_count = IDP_COUNT(idp_key_store_statements);

static enum idp_key_state state_of(struct idp_bytes word)
{
    return idp_bytes_is(word, "active") ? IDP_KEY_ACTIVE
           : idp_bytes_is(word, "next") ? IDP_KEY_NEXT
                                        : IDP_KEY_STANDBY;
}

struct idp_stored_key idp_stored_key_of(const struct idp_value *row)
{
    return (struct idp_stored_key){
        .kid = idp_text_of(row[0]),
        .sealed = idp_text_of(row[1]),
        .algorithm = idp_text_of(row[2]),
        .activated_us = idp_integer_of(row[3]),
        .activates_us = idp_integer_of(row[4]),
        .last_expiry_us = idp_integer_of(row[5]),
        .state = state_of(idp_text_of(row[6])),
    };
}

/* ---- sealed keys ---- */

struct idp_bytes idp_key_store_context(struct idp_call *call, struct idp_bytes tenant,
                                       struct idp_bytes kid)
{
    struct idp_bytes parts[] = {tenant, kid};
    return idp_digest(call, "idplane signing key", parts, IDP_COUNT(parts));
}

const struct idp_sealed_column idp_signing_key_sealed = {
    &idp_key_store_statements[SEALED], &idp_key_store_statements[RESEAL], idp_key_store_context};

/* By what a key is found: the first two have fixed sizes, so no other three read the same. */
static struct idp_bytes sealed_name(struct idp_call *call, struct idp_bytes sealed,
                                    struct idp_bytes context)
{
    struct idp_text name = {.call = call};
    idp_text_add(&name, idp_seal_fingerprint(call, sealed));
    idp_text_add(&name, context);
    idp_text_add(&name, sealed);
    return idp_text_bytes(&name);
}

const struct idp_key *idp_sealed_key_open(struct idp_call *call, struct idp_bytes sealed,
                                          struct idp_bytes context)
{
    struct idp_bytes name = sealed_name(call, sealed, context);
    struct idp_key_set cached = idp_key_cache_get(call, IDP_KEYS_STORED, name);
    if (cached.count > 0) {
        return cached.keys[0];
    }
    const char *why;
    const struct idp_json *jwk = idp_json_read(call, idp_unseal(call, sealed, context), &why);
    bool doubtful = false;
    const struct idp_key *key = idp_jwk_read(call, jwk, true, &doubtful);
    if (key == NULL) {
        idp_fail(call, doubtful ? IDP_CRYPTO : IDP_SEAL_BROKEN);
    }
    return idp_key_cache_put(call, IDP_KEYS_STORED, name,
                             (struct idp_key_set){.count = 1, .keys = &key})
        .keys[0];
}

static const struct idp_key *key_open(struct idp_call *call, const struct idp_stored_key *stored)
{
    return idp_sealed_key_open(call, stored->sealed,
                               idp_key_store_context(call, idp_tenant(call), stored->kid));
}

/* ---- signing ---- */

static struct idp_stored_key key_named(struct idp_call *call, struct idp_bytes kid)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)), idp_value_text(kid)};
    const struct idp_value *row = idp_run_one(call, &idp_key_store_statements[NAMED], arguments);
    if (row == NULL) {
        idp_fail(call, IDP_NO_SUCH_KEY);
    }
    return idp_stored_key_of(row);
}

/* How long a key stays published for the tokens it signs beyond what they need now: a quarter of
 * their life, so that a key that signs all the time is written four times in a life. */
static int64_t expiry_ahead(int64_t now_us, int64_t expiry_us)
{
    int64_t ahead_us = expiry_us + (expiry_us - now_us) / 4;
    return ahead_us > IDP_TIME_MAX_US ? IDP_TIME_MAX_US : ahead_us;
}

/* A token without exp never expires, so that its key stays until it is compromised. */
static void note_expiry(struct idp_call *call, const struct idp_stored_key *stored,
                        const struct idp_json *claims)
{
    int64_t now_us = idp_now_us(call), expiry_us;
    if (!idp_numeric_date(idp_json_member(claims, "exp"), &expiry_us) ||
        expiry_us > IDP_TIME_MAX_US) {
        expiry_us = IDP_TIME_MAX_US;
    }
    if (expiry_us <= now_us || expiry_us <= stored->last_expiry_us) {
        return;
    }
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)), idp_value_text(stored->kid),
                                    idp_value_time(expiry_ahead(now_us, expiry_us)),
                                    idp_value_text(idp_random_text(call, EXPIRY_ID_SIZE))};
    idp_run(call, &idp_key_store_statements[EXTEND], arguments);
}

bool idp_key_store_can_sign(struct idp_call *call, struct idp_bytes kid)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)), idp_value_text(kid)};
    return idp_run_row(call, &idp_key_store_statements[SIGNING_COUNT], arguments)[0].integer > 0;
}

/* An RSA key takes more than one algorithm, so that the header has to say which. */
static struct idp_bytes sign_with(struct idp_call *call, const struct idp_stored_key *stored,
                                  const struct idp_json *claims, const struct idp_json *header)
{
    const struct idp_algorithm *algorithm = idp_algorithm_find(stored->algorithm);
    if (algorithm != NULL && algorithm->type == IDP_KEY_RSA &&
        idp_json_member(header, "alg") == NULL) {
        const struct idp_json *plain =
            header != NULL ? header : idp_json_new(call, IDP_JSON_OBJECT);
        header = idp_json_with(call, plain, "alg", idp_json_new_string(call, stored->algorithm));
    }
    struct idp_bytes token = idp_jwt_sign(call, key_open(call, stored), claims, header);
    note_expiry(call, stored, claims);
    return token;
}

struct idp_bytes idp_key_store_sign_as(struct idp_call *call, const struct idp_scheduler *scheduler,
                                       const struct idp_json *claims,
                                       const struct idp_algorithm *algorithm,
                                       const struct idp_json *header)
{
    struct idp_stored_key stored = idp_key_store_for(call, scheduler, algorithm);
    return sign_with(call, &stored, claims, header);
}

struct idp_bytes idp_key_store_sign(struct idp_call *call, const struct idp_scheduler *scheduler,
                                    const struct idp_json *claims, struct idp_bytes kid,
                                    const struct idp_json *header)
{
    struct idp_stored_key stored =
        kid.data == NULL ? idp_key_store_active(call, scheduler) : key_named(call, kid);
    return sign_with(call, &stored, claims, header);
}

struct idp_bytes idp_key_store_algorithm(struct idp_call *call,
                                         const struct idp_scheduler *scheduler)
{
    return idp_key_store_active(call, scheduler).algorithm;
}

/* ---- publishing ---- */

struct idp_json *idp_key_store_jwks(struct idp_call *call)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)),
                                    idp_value_time(idp_now_us(call))};
    struct idp_rows rows = idp_run(call, &idp_key_store_statements[PUBLISHED], arguments);
    struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *keys = idp_json_new(call, IDP_JSON_ARRAY);
    const char *why;
    for (size_t i = 0; i < rows.count; i++) {
        const struct idp_json *jwk = idp_json_read(call, idp_text_of(rows.values[i]), &why);
        if (jwk == NULL) {
            idp_fail(call, IDP_STORE);
        }
        idp_json_add(keys, NULL, idp_json_node(call, jwk));
    }
    idp_json_add(document, "keys", keys);
    return document;
}

struct idp_bytes idp_key_store_public(struct idp_call *call, struct idp_bytes kid)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)),
                                    idp_value_time(idp_now_us(call)), idp_value_text(kid)};
    const struct idp_value *row =
        idp_run_one(call, &idp_key_store_statements[PUBLISHED_NAMED], arguments);
    return row == NULL ? (struct idp_bytes){0} : idp_text_of(row[0]);
}
