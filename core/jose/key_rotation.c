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

enum { TRY_COUNT_MAX = 8 };

enum {
    SIGNING,
    INSERT_ACTIVE,
    INSERT_NEXT,
    RETIRE,
    ACTIVATE,
    COMPROMISE,
    REMOVE,
    FORGET,
    INSERT_STANDBY,
    SETTINGS
};

const struct idp_statement idp_key_rotation_statements[] = {
    /* The settings come along: they say when keys change, and another statement costs as much. */
    [SIGNING] = {"SELECT " IDP_STORED_KEY_COLUMNS ", t.settings FROM idplane.signing_key k"
                 " LEFT JOIN idplane.tenant t ON t.tenant = k.tenant"
                 " WHERE k.tenant = $1 AND k." IDP_KEY_SIGNS,
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
                " AND " IDP_KEY_SIGNS " AND (state = 'active') = $5",
                "ttzxb", ""},
    [ACTIVATE] = {"UPDATE idplane.signing_key SET state = 'active', activated_at = $3"
                  " WHERE tenant = $1 AND kid = $2 AND state IN ('next', 'standby')",
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
    [INSERT_STANDBY] = {"INSERT INTO idplane.signing_key (tenant, kid, algorithm, state,"
                        " public_jwk, sealed_private_key, created_at, activates_at)"
                        " VALUES ($1, $2, $3, 'standby', $4, $5, $6, $7) ON CONFLICT DO NOTHING",
                        "tttjxzz", ""},
    [SETTINGS] = {"SELECT settings FROM idplane.tenant WHERE tenant = $1", "t", "j"},
};
const size_t idp_key_rotation_statement_count = IDP_COUNT(idp_key_rotation_statements);

enum { COLUMN_SETTINGS = sizeof IDP_STORED_KEY_KINDS - 1 };

/* The keys that can sign; kid.data NULL: there is none. */
struct signing_keys {
    struct idp_stored_key active, next;
    struct idp_stored_key *standby; /* the newest first */
    size_t standby_count;
    struct idp_key_schedule schedule;
};

static bool exists(const struct idp_stored_key *key)
{
    return key->kid.data != NULL;
}

/* There are few, so that they are sorted as they come. */
static void standby_add(struct signing_keys *keys, struct idp_stored_key key)
{
    size_t at = keys->standby_count++;
    while (at > 0 && keys->standby[at - 1].activates_us < key.activates_us) {
        keys->standby[at] = keys->standby[at - 1];
        at--;
    }
    keys->standby[at] = key;
}

struct idp_key_schedule idp_key_store_schedule(struct idp_call *call,
                                               const struct idp_scheduler *scheduler)
{
    struct idp_value tenant = idp_value_text(idp_tenant(call));
    const struct idp_value *row =
        idp_run_one(call, &idp_key_rotation_statements[SETTINGS], &tenant);
    return scheduler->read(call, row == NULL ? idp_null() : row[0]);
}

static struct signing_keys keys_load(struct idp_call *call, const struct idp_scheduler *scheduler)
{
    struct signing_keys keys = {0};
    struct idp_value tenant = idp_value_text(idp_tenant(call));
    struct idp_rows rows = idp_run(call, &idp_key_rotation_statements[SIGNING], &tenant);
    keys.standby = idp_allocate(call, (rows.count + 1) * sizeof *keys.standby);
    for (size_t i = 0; i < rows.count; i++) {
        struct idp_stored_key key = idp_stored_key_of(rows.values + i * rows.columns);
        if (key.state == IDP_KEY_STANDBY) {
            standby_add(&keys, key);
        } else {
            *(key.state == IDP_KEY_ACTIVE ? &keys.active : &keys.next) = key;
        }
    }
    keys.schedule = rows.count > 0 ? scheduler->read(call, rows.values[COLUMN_SETTINGS])
                                   : idp_key_store_schedule(call, scheduler);
    return keys;
}

/* ---- transitions ---- */

/* Makes a key and inserts it, as the statement says; activates_us is not for an active one. Data
 * NULL where another was first. An RSA key is not bound to one of its algorithms. */
static struct idp_bytes key_make(struct idp_call *call, int insert,
                                 const struct idp_algorithm *algorithm, int64_t activates_us)
{
    struct idp_json *jwk = idp_jwk_generate(call, algorithm, (struct idp_bytes){0});
    if (algorithm->type == IDP_KEY_RSA) {
        jwk = idp_json_with(call, jwk, "alg", NULL);
    }
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

/* What the schedule asks for, else what the key is for, else ES256. */
static const struct idp_algorithm *algorithm_of(const struct signing_keys *keys,
                                                const struct idp_stored_key *key)
{
    const struct idp_algorithm *algorithm = keys->schedule.algorithm != NULL
                                                ? keys->schedule.algorithm
                                            : exists(key) ? idp_algorithm_find(key->algorithm)
                                                          : NULL;
    return algorithm != NULL ? algorithm : idp_algorithm_find(idp_bytes_of("ES256"));
}

/* ---- what the schedule asks for ---- */

bool idp_algorithm_serves(const struct idp_algorithm *made, const struct idp_algorithm *asked)
{
    return made == asked || (made != NULL && asked != NULL && made->type == IDP_KEY_RSA &&
                             asked->type == IDP_KEY_RSA);
}

static bool key_serves(const struct idp_stored_key *key, const struct idp_algorithm *algorithm)
{
    return exists(key) && (algorithm == NULL ||
                           idp_algorithm_serves(idp_algorithm_find(key->algorithm), algorithm));
}

static const struct idp_stored_key *standby_for(const struct signing_keys *keys,
                                                const struct idp_algorithm *algorithm)
{
    for (size_t i = 0; i < keys->standby_count; i++) {
        if (key_serves(&keys->standby[i], algorithm)) {
            return &keys->standby[i];
        }
    }
    return NULL;
}

static bool is_asked_for(const struct signing_keys *keys, const struct idp_stored_key *key)
{
    return exists(key) && keys->schedule.kid.data != NULL &&
           idp_bytes_equal(key->kid, keys->schedule.kid);
}

/* The key that the schedule wants in the place of the active one; NULL: none. */
static const struct idp_stored_key *preferred(const struct signing_keys *keys)
{
    if (is_asked_for(keys, &keys->active)) {
        return NULL;
    }
    if (is_asked_for(keys, &keys->next)) {
        return &keys->next;
    }
    for (size_t i = 0; i < keys->standby_count; i++) {
        if (is_asked_for(keys, &keys->standby[i])) {
            return &keys->standby[i];
        }
    }
    bool satisfied =
        keys->schedule.algorithm == NULL || key_serves(&keys->active, keys->schedule.algorithm);
    return satisfied ? NULL : standby_for(keys, keys->schedule.algorithm);
}

/* Another key takes over at once. */
static void replace_active(struct idp_call *call, const struct signing_keys *keys,
                           const struct idp_stored_key *key)
{
    if (!exists(&keys->active) || key_move(call, RETIRE, keys->active.kid, true)) {
        key_move(call, ACTIVATE, key->kid, false);
    }
}

/* As it is to sign: by the algorithm that the schedule names, where the key can. */
static struct idp_stored_key as_scheduled(const struct signing_keys *keys)
{
    struct idp_stored_key key = keys->active;
    if (keys->schedule.algorithm != NULL && key_serves(&key, keys->schedule.algorithm)) {
        key.algorithm = idp_bytes_of(keys->schedule.algorithm->name);
    }
    return key;
}

/* ---- what time asks for ---- */

/* A key that is asked for by name stays until another name is asked for. */
static bool next_is_due(struct idp_call *call, const struct signing_keys *keys)
{
    return exists(&keys->next) && keys->next.activates_us <= idp_now_us(call) &&
           !is_asked_for(keys, &keys->active);
}

static bool successor_is_due(struct idp_call *call, const struct signing_keys *keys)
{
    const struct idp_key_schedule *schedule = &keys->schedule;
    int64_t age_us = idp_now_us(call) - keys->active.activated_us;
    return schedule->lifetime_s > 0 && !exists(&keys->next) && !is_asked_for(keys, &keys->active) &&
           age_us >= (schedule->lifetime_s - schedule->publication_s) * IDP_SECOND_US;
}

static void publish_successor(struct idp_call *call, const struct signing_keys *keys,
                              const struct idp_algorithm *algorithm)
{
    key_make(call, INSERT_NEXT, algorithm,
             idp_now_us(call) + keys->schedule.publication_s * IDP_SECOND_US);
}

/* One step towards the key that is to sign; false: there it is. */
static bool advance(struct idp_call *call, const struct signing_keys *keys)
{
    const struct idp_stored_key *other = preferred(keys);
    bool unfit = !is_asked_for(keys, &keys->active) && exists(&keys->active) &&
                 !key_serves(&keys->active, keys->schedule.algorithm);
    if (other != NULL) {
        replace_active(call, keys, other);
    } else if (unfit) {
        key_make(call, INSERT_STANDBY, keys->schedule.algorithm, idp_now_us(call));
    } else if (next_is_due(call, keys)) {
        promote(call, keys);
    } else if (!exists(&keys->active)) {
        key_make(call, INSERT_ACTIVE, algorithm_of(keys, &keys->next), 0);
    } else if (successor_is_due(call, keys)) {
        publish_successor(call, keys, algorithm_of(keys, &keys->active));
    } else {
        return false;
    }
    return true;
}

/* Needs no transaction of its own, so that a token can be signed within a statement that writes:
 * what one step leaves behind, the next caller goes on from. */
struct idp_stored_key idp_key_store_active(struct idp_call *call,
                                           const struct idp_scheduler *scheduler)
{
    for (size_t i = 0; i < TRY_COUNT_MAX; i++) {
        struct signing_keys keys = keys_load(call, scheduler);
        if (!advance(call, &keys)) {
            return as_scheduled(&keys);
        }
    }
    idp_fail(call, IDP_BUSY);
}

struct idp_stored_key idp_key_store_for(struct idp_call *call,
                                        const struct idp_scheduler *scheduler,
                                        const struct idp_algorithm *algorithm)
{
    for (size_t i = 0; i < TRY_COUNT_MAX; i++) {
        struct idp_stored_key active = idp_key_store_active(call, scheduler);
        struct signing_keys keys = {.active = active};
        if (!key_serves(&active, algorithm)) {
            keys = keys_load(call, scheduler);
        }
        const struct idp_stored_key *found =
            key_serves(&keys.active, algorithm) ? &keys.active : standby_for(&keys, algorithm);
        if (found != NULL) {
            struct idp_stored_key key = *found;
            key.algorithm = idp_bytes_of(algorithm->name);
            return key;
        }
        key_make(call, INSERT_STANDBY, algorithm, idp_now_us(call));
    }
    idp_fail(call, IDP_BUSY);
}

struct idp_stored_key idp_key_store_settle(struct idp_call *call,
                                           const struct idp_scheduler *scheduler,
                                           struct idp_bytes kid)
{
    struct signing_keys keys = keys_load(call, scheduler);
    const struct idp_stored_key *other = preferred(&keys);
    for (size_t i = 0; i < keys.standby_count && other == NULL && !exists(&keys.active); i++) {
        if (idp_bytes_equal(keys.standby[i].kid, kid) &&
            key_serves(&keys.standby[i], keys.schedule.algorithm)) {
            other = &keys.standby[i];
        }
    }
    if (other != NULL) {
        replace_active(call, &keys, other);
        keys = keys_load(call, scheduler);
    }
    return keys.active;
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
    if (algorithm != NULL && !idp_algorithm_is_public(algorithm)) {
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
        struct idp_bytes kid = key_make(call, INSERT_ACTIVE, algorithm, 0);
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
            algorithm != NULL ? algorithm : algorithm_of(&keys, &keys.active);
        if (!exists(&keys.active)) {
            key_make(call, INSERT_ACTIVE, wanted, 0);
            return idp_key_store_active(call, scheduler).kid;
        }
        if (!exists(&keys.next)) {
            publish_successor(call, &keys, wanted);
            continue;
        }
        if (idp_algorithm_find(keys.next.algorithm) == wanted || algorithm == NULL) {
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
            key_make(call, INSERT_ACTIVE, algorithm_of(&before, &before.active), 0);
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
