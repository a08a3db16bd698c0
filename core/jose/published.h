/* SPDX-License-Identifier: Apache-2.0 */
/* published.h - public keys that their owner, a provider or a client, publishes: the documents that
 * they are in, when they are good, the rows that keep them, and the steps in which a front fetches
 * them. Part of jose.h. */
#ifndef IDPLANE_JOSE_PUBLISHED_H
#define IDPLANE_JOSE_PUBLISHED_H

#include "core/base/base.h"

struct idp_public_key;

/* ---- documents of such keys (key_document.c) ---- */

/* A JWKS under construction. */
struct idp_provider_keys {
    struct idp_call *call;
    bool rsa_only;
    size_t count;
    struct idp_json *list; /* NULL at first */
    const char *why;       /* why there will be none; NULL: so far nothing is wrong */
};

/* The key joins the set, where the set takes it; those of a JWKS do. */
void idp_provider_keys_add(struct idp_provider_keys *keys, const struct idp_public_key *key);
void idp_provider_keys_read(struct idp_provider_keys *keys, struct idp_bytes document);

/* The set; NULL and *why where there is none. */
struct idp_json *idp_provider_keys_end(struct idp_provider_keys *keys, const char **why);

/* {"keys":[…]} of the keys in a JWKS that verify, what limits them as nbf and exp; NULL: it is
 * none, or has none, and *why is a sentence that says so. */
struct idp_json *idp_keys_of_jwks(struct idp_call *call, struct idp_bytes document,
                                  const char **why);

/* False: the document is too large to be read, and *why says so. */
bool idp_key_document_fits(struct idp_bytes document, const char **why) IDP_MUST_CHECK;

/* ---- when they are good (key_period.c) ---- */

/* Adds nbf and exp where the key has them. */
void idp_key_period_add(struct idp_call *call, const struct idp_public_key *key);

/* The set of those that are good at the time. */
struct idp_json *idp_keys_at(struct idp_call *call, const struct idp_json *jwks, int64_t time_us);

/* The same as text for idp_jwt_verify. */
struct idp_bytes idp_keys_in_force(struct idp_call *call, const struct idp_json *jwks,
                                   int64_t now_us);

/* The same of one key that somebody chose, without its names: no name in a token contradicts. */
struct idp_bytes idp_key_in_force(struct idp_call *call, const struct idp_json *key,
                                  int64_t now_us);

/* For how many seconds an answer with this Cache-Control (data NULL: without one) is kept; no-store
 * and no-cache mean the least that there is, which is a minute (cache_control.c). */
int64_t idp_cache_control_lifetime_s(struct idp_call *call, struct idp_bytes header);

/* ---- steps that wait for somebody else's server (step.c) ---- */

/* {"fetch":{"url","options"},"resume"} of a request; {"wait_ms","resume"}. */
struct idp_json *idp_step_fetch(struct idp_call *call, const struct idp_json *request,
                                const struct idp_json *resume);
struct idp_json *idp_step_wait(struct idp_call *call, const struct idp_json *resume);

/* The answer with its `resume`, where it has one, sealed: it tells its bearer nothing, and is good
 * in this tenant, for five minutes; once, unless all that it does is to wait. */
struct idp_json *idp_step_close(struct idp_call *call, struct idp_json *answer);

/* What was sealed; NULL: it is too late, or was here before. Raises IDP_SEAL_BROKEN for what never
 * was sealed. */
const struct idp_json *idp_step_open(struct idp_call *call, const struct idp_json *resume);

/* What the module idplane_fetch answers to {"url","options"}; raises where it is not there. */
const struct idp_json *idp_step_run(struct idp_call *call, const struct idp_json *fetch);

/* Raises where idp_step_run() would, before anything is changed. */
void idp_step_ready(struct idp_call *call);

/* ---- keys that their owner publishes at an address (published_keys.c, published_step.c) ---- */

/* The statements of a table that keeps them, one row for each owner, in the order of the enum. */
enum idp_published_statement {
    IDP_PUBLISHED_GET,
    IDP_PUBLISHED_CLAIM,
    IDP_PUBLISHED_KEEP,
    IDP_PUBLISHED_FAIL,
    IDP_PUBLISHED_FORGET,
    IDP_PUBLISHED_STATEMENT_COUNT
};

/* Of CLAIM: $5: before it a try is long ago. $7: what somebody set ends then, which is never, and
 * is not fetched over by itself. Keys from elsewhere are none. */
#define IDP_PUBLISHED_STATEMENTS(table, owner)                                                     \
    [IDP_PUBLISHED_GET] = {"SELECT jwks, expires_at, tried_at, answered_at, failure"               \
                           " FROM idplane." table " WHERE tenant = $1 AND " owner                  \
                           " = $2 AND url = $3",                                                   \
                           "ttt", "tzzzt", .kept = true},                                          \
    [IDP_PUBLISHED_CLAIM] = {"INSERT INTO idplane." table " (tenant, " owner ", url, tried_at)"    \
                             " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, " owner                \
                             ") DO UPDATE SET"                                                     \
                             " tried_at = excluded.tried_at, url = excluded.url,"                  \
                             " jwks = CASE WHEN idplane." table ".url = excluded.url"              \
                             " THEN idplane." table ".jwks END"                                    \
                             " WHERE $6 OR idplane." table ".url <> excluded.url"                  \
                             " OR (idplane." table ".tried_at <= $5 AND (idplane." table           \
                             ".expires_at IS NULL"                                                 \
                             " OR idplane." table ".expires_at < $7))",                            \
                             "tttzzbz", ""},                                                       \
    [IDP_PUBLISHED_KEEP] = {"UPDATE idplane." table " SET jwks = $4, fetched_at = $5,"             \
                            " answered_at = $5, expires_at = $6, failure = NULL"                   \
                            " WHERE tenant = $1 AND " owner " = $2 AND url = $3",                  \
                            "ttttzz", ""},                                                         \
    [IDP_PUBLISHED_FAIL] = {"UPDATE idplane." table " SET failure = $4, answered_at = $5"          \
                            " WHERE tenant = $1 AND " owner " = $2 AND url = $3",                  \
                            "ttttz", ""},                                                          \
    [IDP_PUBLISHED_FORGET] = {                                                                     \
        "DELETE FROM idplane." table " WHERE tenant = $1 AND " owner " = $2", "tt", ""}

enum { IDP_KEY_COOLDOWN_S = 30 };

/* Whose keys, where they are and how the document is read; url data NULL: nowhere. */
struct idp_published_keys {
    const struct idp_statement *statements;
    struct idp_bytes owner, url;
    int64_t cooldown_s; /* between two tries */
    struct idp_json *(*read)(struct idp_call *call, const void *context, struct idp_bytes document,
                             const char **why);
    const void *context;
};

/* What is kept of them. */
struct idp_stored_keys {
    const struct idp_json *jwks; /* NULL: none */
    bool is_expired;             /* they should be asked for again */
    bool is_coming;              /* others may be there in seconds */
    bool is_due;                 /* idp_published_keys_claim() would say so */
    struct idp_bytes failure;    /* of the last time they were asked for; data NULL: none */
};
struct idp_stored_keys idp_published_keys_load(struct idp_call *call,
                                               const struct idp_published_keys *keys);

/* Forgets them. */
void idp_published_keys_forget(struct idp_call *call, const struct idp_published_keys *keys);

/* True where the caller is to ask for them now: for others there is nothing to do until the
 * cooldown is over. by_force counts no cooldown. */
bool idp_published_keys_claim(struct idp_call *call, const struct idp_published_keys *keys,
                              bool by_force) IDP_MUST_CHECK;

/* Keeps what a fetch of them gave, as idplane_fetch answers; NULL: it is kept, else why not, and
 * the last good ones stay. With `set` in it somebody set them: they do not end. */
const char *idp_published_keys_keep(struct idp_call *call, const struct idp_published_keys *keys,
                                    const struct idp_json *answer);

/* Keeps what somebody brings, whatever the cooldown; where it has no keys nothing changes. */
const char *idp_published_keys_change(struct idp_call *call, const struct idp_published_keys *keys,
                                      const struct idp_json *answer);

/* Fetches them within the call, the same way. */
const char *idp_published_keys_fetch(struct idp_call *call, const struct idp_published_keys *keys);

/* True where the reason (NULL: it is good) of a token with this header may be a key that is not
 * known here, but there by now. */
bool idp_key_may_be_new(const char *reason, const struct idp_json *header) IDP_MUST_CHECK;

/* NULL: the keys are there, or will not be; else what has to be done first. missing: those that are
 * here are not enough. resume: where it goes on, not sealed. patient: each step is a transaction,
 * so whoever asks says so first and others can wait; else nothing is written before they came. */
struct idp_json *idp_published_keys_step(struct idp_call *call,
                                         const struct idp_published_keys *keys, bool missing,
                                         const struct idp_json *resume, bool patient);

/* Keeps what came, where the step was to fetch keys from the address that they have now; a failure
 * leaves the last good ones. */
void idp_published_keys_take(struct idp_call *call, const struct idp_published_keys *keys,
                             const struct idp_json *resume, const struct idp_json *answer,
                             bool patient);

#endif
