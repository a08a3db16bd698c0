/* SPDX-License-Identifier: Apache-2.0 */
/* key_rotation.c - the life of a signing key: next, active, retired, removed; or compromised.
 *
 * A successor is published before it signs, so that verifiers have it when the first token comes; a
 * retired key stays published until the last token it signed has expired. Time does most of it:
 * what is due is done by whoever signs next. Each transition is one conditional statement, and
 * unique indexes keep the tenant at one active key and one next: who comes second changes nothing
 * and looks again. A key that will not sign any more loses its private half at once. */
#include "core/jose/key_store.h"

#include <string.h>

enum { TRY_COUNT_MAX = 8, SECOND_US = 1000000 };

enum { SIGNING, INSERT_ACTIVE, INSERT_NEXT, RETIRE, ACTIVATE, COMPROMISE, REMOVE, FORGET };

const struct idp_statement idp_key_rotation_statements[] = {
    /* The settings come along: they say when keys change, and another statement costs as much. */
    [SIGNING] = {"SELECT " IDP_STORED_KEY_COLUMNS ", t.settings FROM idplane.signing_key k"
                 " LEFT JOIN idplane.tenant t ON t.tenant = k.tenant"
                 " WHERE k.tenant = $1 AND k.state IN ('active', 'next')",
                 "t", IDP_STORED_KEY_KINDS "j"},
    [INSERT_ACTIVE] = {"INSERT INTO idplane.signing_key (tenant, kid, algorithm, state, public_jwk,"
                       " sealed_private_key, created_at, activated_at)"
                       " VALUES ($1, $2, $3, 'active', $4, $5, $6, $6) ON CONFLICT DO NOTHING",
                       "tttjxz", ""},
    [INSERT_NEXT] = {"INSERT INTO idplane.signing_key (tenant, kid, algorithm, state, public_jwk,"
                     " sealed_private_key, created_at, activates_at)"
                     " VALUES ($1, $2, $3, 'next', $4, $5, $6, $7) ON CONFLICT DO NOTHING",
                     "tttjxzz", ""},
    [RETIRE] = {"UPDATE idplane.signing_key SET state = 'retired', retired_at = $3,"
                " sealed_private_key = $4 WHERE tenant = $1 AND kid = $2"
                " AND state IN ('active', 'next') AND (state = 'active') = $5",
                "ttzxb", ""},
    [ACTIVATE] = {"UPDATE idplane.signing_key SET state = 'active', activated_at = $3"
                  " WHERE tenant = $1 AND kid = $2 AND state = 'next'",
                  "ttz", ""},
    [COMPROMISE] = {"UPDATE idplane.signing_key SET state = 'compromised',"
                    " retired_at = CASE WHEN retired_at IS NULL THEN $3 ELSE retired_at END,"
                    " sealed_private_key = $4"
                    " WHERE tenant = $1 AND kid = $2 AND (state = 'active') = $5",
                    "ttzxb", ""},
    [REMOVE] = {"UPDATE idplane.signing_key SET state = 'removed', removed_at = $2"
                " WHERE tenant = $1 AND state = 'retired' AND kid IN"
                " (SELECT k.kid FROM idplane.signing_key k"
                " WHERE k.tenant = $1 AND k.state = 'retired'"
                " AND k.kid NOT IN (SELECT e.kid FROM idplane.signing_key_expiry e"
                " WHERE e.tenant = $1 AND e.last_expiry_at > $2) LIMIT $3)",
                "tzi", ""},
    [FORGET] = {"DELETE FROM idplane.signing_key_expiry WHERE tenant = $1 AND expiry_id IN"
                " (SELECT e.expiry_id FROM idplane.signing_key_expiry e"
                " WHERE e.tenant = $1 AND e.last_expiry_at <= $2 LIMIT $3)",
                "tzi", ""},
};
const size_t idp_key_rotation_statement_count = IDP_COUNT(idp_key_rotation_statements);

enum { COLUMN_SETTINGS = sizeof IDP_STORED_KEY_KINDS - 1 };

/* The keys that can sign; kid.data NULL: there is none. */
struct signing_keys {
    struct idp_stored_key active, next;
    struct idp_key_schedule schedule; /* where there is a key */
};

static struct signing_keys keys_load(struct idp_call *call, const struct idp_scheduler *scheduler)
{
    struct signing_keys keys = {0};
    struct idp_value tenant = idp_value_text(idp_tenant(call));
    struct idp_rows rows = idp_run(call, &idp_key_rotation_statements[SIGNING], &tenant);
    for (size_t i = 0; i < rows.count; i++) {
        struct idp_stored_key key = idp_stored_key_of(rows.values + i * rows.columns);
        *(key.active ? &keys.active : &keys.next) = key;
    }
    if (rows.count > 0) {
        keys.schedule = scheduler->read(call, rows.values[COLUMN_SETTINGS]);
    }
    return keys;
}

static bool exists(const struct idp_stored_key *key)
{
    return key->kid.data != NULL;
}

/* ---- transitions ---- */

/* Makes a key and inserts it, as next with the time from which it may sign, or active at once (0).
 * Data NULL where another was first. */
static struct idp_bytes key_make(struct idp_call *call, const struct idp_algorithm *algorithm,
                                 int64_t activates_us)
{
    struct idp_json *jwk = idp_jwk_generate(call, algorithm, (struct idp_bytes){0});
    struct idp_bytes kid = idp_json_string(jwk, "kid");
    struct idp_bytes context = idp_key_store_context(call, idp_tenant(call), kid);
    struct idp_value arguments[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(kid),
        idp_value_text(idp_bytes_of(algorithm->name)),
        idp_value_json_text(idp_json_text(call, idp_jwk_public(call, jwk))),
        idp_value_blob(idp_seal(call, idp_json_text(call, jwk), context)),
        idp_value_time(idp_now_us(call)),
        idp_value_time(activates_us),
    };
    int insert = activates_us == 0 ? INSERT_ACTIVE : INSERT_NEXT;
    bool first = idp_run(call, &idp_key_rotation_statements[insert], arguments).affected == 1;
    return first ? kid : (struct idp_bytes){0};
}

/* Moves the key of this kid, if it is the active one or if it is not; false where it was moved
 * before. */
static bool key_move(struct idp_call *call, int statement, struct idp_bytes kid, bool is_active)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)), idp_value_text(kid),
                                    idp_value_time(idp_now_us(call)),
                                    idp_value_blob(idp_bytes_of("")), idp_value_bool(is_active)};
    return idp_run(call, &idp_key_rotation_statements[statement], arguments).affected == 1;
}

/* The next key takes over. Who finds the active one retired already has nothing to do. */
static void promote(struct idp_call *call, const struct signing_keys *keys)
{
    if (!exists(&keys->active) || key_move(call, RETIRE, keys->active.kid, true)) {
        key_move(call, ACTIVATE, keys->next.kid, false);
    }
}

static const struct idp_algorithm *algorithm_of(const struct idp_stored_key *key)
{
    const struct idp_algorithm *algorithm = exists(key) ? idp_algorithm_find(key->algorithm) : NULL;
    return algorithm != NULL ? algorithm : idp_algorithm_find(idp_bytes_of("ES256"));
}

/* ---- what time asks for ---- */

static bool next_is_due(struct idp_call *call, const struct signing_keys *keys)
{
    return exists(&keys->next) && keys->next.activates_us <= idp_now_us(call);
}

static bool successor_is_due(struct idp_call *call, const struct signing_keys *keys)
{
    const struct idp_key_schedule *schedule = &keys->schedule;
    int64_t age_us = idp_now_us(call) - keys->active.activated_us;
    return schedule->lifetime_s > 0 && !exists(&keys->next) &&
           age_us >= (schedule->lifetime_s - schedule->publication_s) * SECOND_US;
}

static void publish_successor(struct idp_call *call, const struct signing_keys *keys,
                              const struct idp_algorithm *algorithm)
{
    key_make(call, algorithm, idp_now_us(call) + keys->schedule.publication_s * SECOND_US);
}

/* Needs no transaction of its own, so that a token can be signed within a statement that writes:
 * what one step leaves behind, the next caller goes on from. */
struct idp_stored_key idp_key_store_active(struct idp_call *call,
                                           const struct idp_scheduler *scheduler)
{
    for (size_t i = 0; i < TRY_COUNT_MAX; i++) {
        struct signing_keys keys = keys_load(call, scheduler);
        if (exists(&keys.active) && !next_is_due(call, &keys) && !successor_is_due(call, &keys)) {
            return keys.active;
        }
        if (next_is_due(call, &keys)) {
            promote(call, &keys);
        } else if (exists(&keys.active)) {
            publish_successor(call, &keys, algorithm_of(&keys.active));
        } else {
            key_make(call, algorithm_of(&keys.next), 0);
        }
    }
    idp_fail(call, IDP_BUSY);
}

struct idp_key_purge idp_key_store_purge(struct idp_call *call, int64_t rows_max)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)),
                                    idp_value_time(idp_now_us(call)), idp_value_integer(rows_max)};
    struct idp_key_purge purge = {
        .key_count = idp_run(call, &idp_key_rotation_statements[REMOVE], arguments).affected};
    purge.expiry_count = idp_run(call, &idp_key_rotation_statements[FORGET], arguments).affected;
    return purge;
}

/* ---- what an administrator asks for ---- */

static void check_algorithm(struct idp_call *call, const struct idp_algorithm *algorithm)
{
    if (algorithm != NULL && algorithm->type == IDP_KEY_OCT) {
        idp_fail_with(call, IDP_UNSUPPORTED_ALGORITHM,
                      "A stored signing key is asymmetric: its public half is published.");
    }
}

struct idp_bytes idp_key_store_create(struct idp_call *call, const struct idp_scheduler *scheduler,
                                      const struct idp_algorithm *algorithm)
{
    check_algorithm(call, algorithm);
    call->host->begin(call);
    for (size_t i = 0; i < TRY_COUNT_MAX; i++) {
        struct signing_keys keys = keys_load(call, scheduler);
        if (exists(&keys.active)) {
            key_move(call, RETIRE, keys.active.kid, true);
        }
        struct idp_bytes kid = key_make(call, algorithm, 0);
        if (kid.data != NULL) {
            return kid;
        }
    }
    idp_fail(call, IDP_BUSY);
}

struct idp_bytes idp_key_store_rotate(struct idp_call *call, const struct idp_scheduler *scheduler,
                                      const struct idp_algorithm *algorithm)
{
    check_algorithm(call, algorithm);
    call->host->begin(call);
    for (size_t i = 0; i < TRY_COUNT_MAX; i++) {
        struct signing_keys keys = keys_load(call, scheduler);
        const struct idp_algorithm *wanted =
            algorithm != NULL ? algorithm : algorithm_of(&keys.active);
        if (!exists(&keys.active)) {
            key_make(call, wanted, 0);
            return idp_key_store_active(call, scheduler).kid;
        }
        if (!exists(&keys.next)) {
            publish_successor(call, &keys, wanted);
            continue;
        }
        if (algorithm_of(&keys.next) == wanted || algorithm == NULL) {
            return next_is_due(call, &keys) ? idp_key_store_active(call, scheduler).kid
                                            : keys.next.kid;
        }
        key_move(call, RETIRE, keys.next.kid, false); /* of another algorithm: it gives way */
    }
    idp_fail(call, IDP_BUSY);
}

/* Whether the key was active says the statement that moved it: others may have moved it while that
 * waited for them. */
static bool withdraw_active(struct idp_call *call, int statement, struct idp_bytes kid)
{
    for (size_t i = 0; i < TRY_COUNT_MAX; i++) {
        bool is_active = i % 2 == 0;
        if (key_move(call, statement, kid, is_active)) {
            return is_active;
        }
    }
    idp_fail(call, IDP_NO_SUCH_KEY);
}

/* Takes a key out of signing, and has its successor sign where it was the active one. */
static struct idp_bytes withdraw(struct idp_call *call, const struct idp_scheduler *scheduler,
                                 int statement, struct idp_bytes kid)
{
    call->host->begin(call);
    struct signing_keys before = keys_load(call, scheduler);
    if (withdraw_active(call, statement, kid)) {
        struct signing_keys left = keys_load(call, scheduler);
        if (exists(&left.next)) {
            key_move(call, ACTIVATE, left.next.kid, false);
        } else {
            key_make(call, algorithm_of(&before.active), 0);
        }
    }
    return idp_key_store_active(call, scheduler).kid;
}

struct idp_bytes idp_key_store_retire(struct idp_call *call, const struct idp_scheduler *scheduler,
                                      struct idp_bytes kid)
{
    return withdraw(call, scheduler, RETIRE, kid);
}

struct idp_bytes idp_key_store_compromise(struct idp_call *call,
                                          const struct idp_scheduler *scheduler,
                                          struct idp_bytes kid)
{
    return withdraw(call, scheduler, COMPROMISE, kid);
}
