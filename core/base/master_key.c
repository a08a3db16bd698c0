/* SPDX-License-Identifier: Apache-2.0 */
/* master_key.c - which key seals, and when one may be made.
 *
 * The database keeps fingerprints only. A key is made where the database has none and no file is
 * there, by a writing function outside recovery; in every other case a missing key is a file that
 * somebody has to copy here, and making a new one would hide that all sealed values are lost. */
#include "core/base/master_key.h"

#include <string.h>

enum { KEY_ID_RANDOM_SIZE = 9 };

enum { FINGERPRINTS, RECORD };

const struct idp_statement idp_master_key_statements[] = {
    [FINGERPRINTS] = {"SELECT key_id, fingerprint FROM idplane.master_key ORDER BY key_id", "",
                      "tx", true},
    [RECORD] = {"INSERT INTO idplane.master_key (key_id, fingerprint, created_at) "
                "VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                "txz", ""},
};
const size_t idp_master_key_statement_count = IDP_COUNT(idp_master_key_statements);

static const struct idp_master_key *ephemeral_key(struct idp_call *call,
                                                  const unsigned char secret[IDP_MASTER_KEY_SIZE])
{
    static const char id[] = "ephemeral";
    struct idp_master_key *key = idp_allocate(call, sizeof *key);

    memcpy(key->id, id, sizeof id - 1);
    key->id_size = sizeof id - 1;
    memcpy(key->key, secret, IDP_MASTER_KEY_SIZE);
    return key;
}

static struct idp_bytes id_of(const struct idp_master_key *key)
{
    return (struct idp_bytes){key->id, key->id_size};
}

static struct idp_bytes fingerprint_of(struct idp_call *call, const struct idp_master_key *key)
{
    struct idp_bytes secret = {(const char *)key->key, IDP_MASTER_KEY_SIZE};

    return idp_digest(call, "idplane master key", &secret, 1);
}

/* Whether the database's fingerprints hold this key; *clash: its id with another fingerprint. */
static bool is_recorded(struct idp_call *call, struct idp_rows rows,
                        const struct idp_master_key *key, bool *clash)
{
    for (size_t i = 0; i < rows.count; i++) {
        const struct idp_value *row = rows.values + i * rows.columns;

        if (!idp_bytes_equal(idp_text_of(row[0]), id_of(key))) {
            continue;
        }
        if (idp_equal(idp_text_of(row[1]), fingerprint_of(call, key))) {
            return true;
        }
        *clash = true;
    }
    return false;
}

static bool may_write(struct idp_call *call)
{
    return call->function && call->function->effect == IDP_WRITES && !call->host->in_recovery(call);
}

static void record(struct idp_call *call, const char *path, const struct idp_master_key *key)
{
    if (!may_write(call)) {
        idp_fail_with(call, IDP_MASTER_KEY_MISSING,
                      "The key in %s was never recorded in this database; call a function that "
                      "writes, such as create_signing_key(), on the primary first.",
                      path);
    }

    struct idp_value arguments[] = {idp_value_text(id_of(key)),
                                    idp_value_blob(fingerprint_of(call, key)),
                                    idp_value_time(idp_now_us(call))};

    idp_run(call, &idp_master_key_statements[RECORD], arguments);
}

/* A database that knows keys accepts a new first one only beside one of those it knows. True where
 * it knows the first. */
static bool check_ring(struct idp_call *call, const char *path, const struct idp_key_ring *ring,
                       struct idp_rows rows)
{
    bool known = rows.count == 0, knows_first = false, clash = false;

    for (size_t i = 0; i < ring->count; i++) {
        bool recorded = is_recorded(call, rows, &ring->keys[i], &clash);
        known = recorded || known;
        knows_first = knows_first || (recorded && i == 0);
    }
    if (clash || !known) {
        idp_fail_with(
            call, IDP_MASTER_KEY_MISSING,
            "The keys in %s are not those of this database; copy the master key file that "
            "belongs to it there.",
            path);
    }
    return knows_first;
}

/* What a call has read it goes by to its end: looking at the file costs more than the digests that
 * it is for, and a signature needs it twice. */
static const struct idp_key_ring *ring_read(struct idp_call *call, const char *path)
{
    if (call->key_ring != NULL) {
        return call->key_ring;
    }
    const struct idp_key_ring *ring = idp_key_ring_read(call, path);
    if (ring->count > 0) {
        call->key_ring = ring;
    }
    return ring;
}

static const struct idp_key_ring *make_ring(struct idp_call *call, const char *path,
                                            struct idp_rows rows)
{
    struct idp_master_key *key = idp_allocate(call, sizeof *key);
    struct idp_bytes id = idp_random_text(call, KEY_ID_RANDOM_SIZE);

    if (rows.count > 0) {
        idp_fail_with(call, IDP_MASTER_KEY_MISSING,
                      "The master key file of this database is missing; copy it to %s.", path);
    }
    if (!may_write(call)) {
        idp_fail_with(call, IDP_MASTER_KEY_MISSING,
                      "There is no master key at %s yet; a function that writes makes it, on the "
                      "primary.",
                      path);
    }
    memcpy(key->id, id.data, id.size);
    key->id_size = id.size;
    memcpy(key->key, idp_random(call, IDP_MASTER_KEY_SIZE).data, IDP_MASTER_KEY_SIZE);
    idp_key_ring_create(call, path, key);

    const struct idp_key_ring *ring = ring_read(call, path);

    if (ring->count == 0) {
        idp_fail(call, IDP_MASTER_KEY_MISSING);
    }
    return ring;
}

const struct idp_master_key *idp_master_key_sealing(struct idp_call *call)
{
    unsigned char secret[IDP_MASTER_KEY_SIZE] = {0};
    const char *path = call->host->master_key_path(call, secret);

    if (!path) {
        const struct idp_master_key *key = ephemeral_key(call, secret);

        idp_wipe(secret, sizeof secret);
        return key;
    }

    struct idp_rows rows = idp_run(call, &idp_master_key_statements[FINGERPRINTS], NULL);
    const struct idp_key_ring *ring = ring_read(call, path);

    if (ring->count == 0) {
        ring = make_ring(call, path, rows);
    }
    if (!check_ring(call, path, ring, rows)) {
        record(call, path, &ring->keys[0]);
    }
    return &ring->keys[0];
}

/* NULL: there is none of this id. *path: the file that was looked at; NULL: the key is in memory.
 */
static const struct idp_master_key *key_find(struct idp_call *call, struct idp_bytes id,
                                             const char **path)
{
    unsigned char secret[IDP_MASTER_KEY_SIZE] = {0};
    *path = call->host->master_key_path(call, secret);
    if (*path == NULL) {
        const struct idp_master_key *key = ephemeral_key(call, secret);
        idp_wipe(secret, sizeof secret);
        return idp_bytes_equal(id, id_of(key)) ? key : NULL;
    }
    const struct idp_key_ring *ring = ring_read(call, *path);
    size_t i = 0;
    while (i < ring->count && !idp_bytes_equal(id, id_of(&ring->keys[i]))) {
        i++;
    }
    return i < ring->count ? &ring->keys[i] : NULL;
}

bool idp_master_key_has(struct idp_call *call, struct idp_bytes id)
{
    const char *path;
    return key_find(call, id, &path) != NULL;
}

const struct idp_master_key *idp_master_key_named(struct idp_call *call, struct idp_bytes id)
{
    const char *path;
    const struct idp_master_key *key = key_find(call, id, &path);
    if (key != NULL) {
        return key;
    }
    if (path == NULL) {
        idp_fail(call, IDP_MASTER_KEY_MISSING);
    }
    idp_fail_with(call, IDP_MASTER_KEY_MISSING,
                  "A stored secret was sealed with a master key that is not in %s; copy the master "
                  "key file of this database there.",
                  path);
}
