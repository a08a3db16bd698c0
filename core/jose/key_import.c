/* SPDX-License-Identifier: Apache-2.0 */
/* key_import.c - a signing key that was made elsewhere: under the kid that verifiers know it by,
 * with its certificate where they ask for one.
 *
 * To import a key again is no change, a new certificate for it is one; a retired key comes back.
 * A kid is one key for good, so that another key under it is refused. Each step is one conditional
 * statement on the row as it was seen: who comes second looks again. */
#include "core/jose/key_store.h"

enum { TRY_COUNT_MAX = 8 };

enum { FIND, INSERT, RENEW };

const struct idp_statement idp_key_import_statements[] = {
    [FIND] = {"SELECT state, algorithm, public_jwk FROM idplane.signing_key"
              " WHERE tenant = $1 AND kid = $2",
              "tt", "ttj"},
    [INSERT] = {"INSERT INTO idplane.signing_key (tenant, kid, algorithm, public_jwk,"
                " sealed_private_key, created_at, activates_at, state)"
                " VALUES ($1, $2, $3, $4, $5, $6, $6, 'standby') ON CONFLICT DO NOTHING",
                "tttjxz", ""},
    [RENEW] = {"UPDATE idplane.signing_key SET algorithm = $3, public_jwk = $4,"
               " sealed_private_key = $5,"
               " activates_at = CASE WHEN " IDP_KEY_SIGNS " THEN activates_at ELSE $6 END,"
               " retired_at = CASE WHEN " IDP_KEY_SIGNS " THEN retired_at ELSE NULL END,"
               " removed_at = CASE WHEN " IDP_KEY_SIGNS " THEN removed_at ELSE NULL END,"
               " state = CASE WHEN " IDP_KEY_SIGNS " THEN state ELSE 'standby' END"
               " WHERE tenant = $1 AND kid = $2 AND state = $7",
               "tttjxzt", ""},
};
const size_t idp_key_import_statement_count = IDP_COUNT(idp_key_import_statements);

/* ---- the key ---- */

static const struct idp_key *key_of(struct idp_call *call, struct idp_bytes text)
{
    struct idp_key_set set = idp_keys_read_private(call, text);
    if (set.count != 1 || set.keys[0]->pkey == NULL) {
        idp_fail_with(call, IDP_INVALID_KEY,
                      "A signing key is one private RSA, EC or Ed key as PEM or JWK, without a "
                      "password.");
    }
    if (!idp_pkey_is_whole(set.keys[0]->pkey)) {
        idp_fail_with(call, IDP_INVALID_KEY,
                      "A private RSA key needs its members p, q, dp, dq and qi for this.");
    }
    return set.keys[0];
}

const struct idp_json *idp_private_jwk_of(struct idp_call *call, struct idp_bytes text,
                                          const struct idp_key **key)
{
    *key = key_of(call, text);
    return idp_jwk_of_key(call, *key);
}

/* Of a key that says nothing: what the tenant signs by, else PS256 for RSA, else the one that fits.
 */
static const struct idp_algorithm *default_algorithm(const struct idp_key *key,
                                                     const struct idp_algorithm *scheduled)
{
    const struct idp_algorithm *const choices[] = {
        scheduled, idp_algorithm_find(idp_bytes_of("PS256")), idp_algorithm_usual(key)};
    for (size_t i = 0; i < IDP_COUNT(choices); i++) {
        if (choices[i] != NULL && idp_algorithm_fits(choices[i], key)) {
            return choices[i];
        }
    }
    return NULL;
}

static const struct idp_algorithm *algorithm_for(struct idp_call *call, const struct idp_key *key,
                                                 const struct idp_algorithm *asked,
                                                 const struct idp_algorithm *scheduled)
{
    const struct idp_algorithm *algorithm =
        asked != NULL ? asked : default_algorithm(key, scheduled);
    if (algorithm == NULL || !idp_algorithm_fits(algorithm, key)) {
        idp_fail_with(call, IDP_UNSUPPORTED_ALGORITHM, "The key is not one for this algorithm.");
    }
    return algorithm;
}

static void add_certificate(struct idp_call *call, struct idp_json *jwk, struct idp_bytes text)
{
    struct idp_json *chain = idp_pem_chain(call, text);
    bool doubtful = false;
    if (chain == NULL) {
        idp_fail_with(call, IDP_INVALID_KEY,
                      "A certificate is PEM, followed by those of its issuers; %d at most.",
                      IDP_CERTIFICATE_COUNT_MAX);
    }
    idp_json_add(jwk, "x5c", chain);
    const struct idp_key *read = idp_jwk_read(call, jwk, true, &doubtful);
    if (read == NULL) {
        idp_fail_with(call, IDP_INVALID_KEY, "The certificate is not one of this key.");
    }
    idp_json_add_string(call, jwk, "x5t#S256", read->x5t_s256);
}

/* An RSA key is not bound to one of its algorithms: clients may ask for several. */
static struct idp_json *jwk_of(struct idp_call *call, const struct idp_key *key,
                               const struct idp_key_import *import,
                               const struct idp_algorithm *algorithm)
{
    struct idp_json *jwk = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, jwk, "kty", idp_key_type_name(key->type));
    idp_jwk_members_add(call, jwk, key->type, key->curve, key->pkey, true);
    idp_json_add_string(call, jwk, "kid", import->kid);
    if (algorithm->type != IDP_KEY_RSA) {
        idp_json_add_c(call, jwk, "alg", algorithm->name);
    }
    idp_json_add_c(call, jwk, "use", "sig");
    if (import->certificate.data != NULL) {
        add_certificate(call, jwk, import->certificate);
    }
    return jwk;
}

/* ---- the row ---- */

static bool signs(struct idp_bytes state)
{
    return idp_bytes_is(state, "active") || idp_bytes_is(state, "next") ||
           idp_bytes_is(state, "standby");
}

static void check_same_key(struct idp_call *call, const struct idp_value *row,
                           const struct idp_json *stored, const struct idp_json *jwk)
{
    if (!idp_bytes_equal(idp_jwk_thumbprint(call, stored), idp_jwk_thumbprint(call, jwk))) {
        idp_fail_with(call, IDP_ALREADY_EXISTS,
                      "Another key has this kid, for good: give the new key one of its own.");
    }
    if (idp_bytes_is(idp_text_of(row[0]), "compromised")) {
        idp_fail_with(call, IDP_INVALID_KEY, "This key was compromised: it signs no more.");
    }
}

/* True where the row had to be made or changed. */
static bool write_row(struct idp_call *call, struct idp_bytes kid, const struct idp_json *jwk,
                      const struct idp_algorithm *algorithm)
{
    struct idp_json *published = idp_jwk_public(call, jwk);
    struct idp_bytes context = idp_key_store_context(call, idp_tenant(call), kid);
    struct idp_value arguments[] = {
        idp_value_text(idp_tenant(call)),
        idp_value_text(kid),
        idp_value_text(idp_bytes_of(algorithm->name)),
        idp_value_json_text(idp_json_text(call, published)),
        idp_value_blob(idp_seal(call, idp_json_text(call, jwk), context)),
        idp_value_time(idp_now_us(call)),
        idp_null(),
    };
    for (size_t i = 0; i < TRY_COUNT_MAX; i++) {
        if (idp_run(call, &idp_key_import_statements[INSERT], arguments).affected == 1) {
            return true;
        }
        const struct idp_value *row =
            idp_run_row(call, &idp_key_import_statements[FIND], arguments);
        const struct idp_json *stored = idp_json_argument(call, row[2], "public_jwk");
        check_same_key(call, row, stored, jwk);
        if (signs(idp_text_of(row[0])) && idp_bytes_is(idp_text_of(row[1]), algorithm->name) &&
            idp_bytes_equal(idp_json_canonical(call, stored),
                            idp_json_canonical(call, published))) {
            return false;
        }
        arguments[6] = row[0];
        if (idp_run(call, &idp_key_import_statements[RENEW], arguments).affected == 1) {
            return true;
        }
    }
    idp_fail(call, IDP_BUSY);
}

struct idp_json *idp_key_store_import(struct idp_call *call, const struct idp_scheduler *scheduler,
                                      const struct idp_key_import *import)
{
    call->host->begin(call);
    const struct idp_key *key = key_of(call, import->key);
    const struct idp_algorithm *algorithm = algorithm_for(
        call, key, import->algorithm, idp_key_store_schedule(call, scheduler).algorithm);
    const struct idp_json *jwk = jwk_of(call, key, import, algorithm);
    bool changed = write_row(call, import->kid, jwk, algorithm);
    struct idp_stored_key active = idp_key_store_settle(call, scheduler, import->kid);
    struct idp_json *result = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_string(call, result, "kid", import->kid);
    idp_json_add_c(call, result, "alg", algorithm->name);
    idp_json_add_bool(call, result, "active",
                      active.kid.data != NULL && idp_bytes_equal(active.kid, import->kid));
    idp_json_add_bool(call, result, "changed", changed);
    return result;
}
