/* SPDX-License-Identifier: Apache-2.0 */
/* load.h - idplane-load: documents of a provider in YAML become calls of configure(),
 * import_signing_key(), register_client() and update_client(), in one transaction.
 *
 * It does what SQL must not: it reads files, and opens secrets. Memory lives until the end. A fault
 * jumps out of everything, with a sentence that names file, line and path and holds no secret. */
#ifndef IDPLANE_LOAD_H
#define IDPLANE_LOAD_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/idplane.h"

enum { FAULT_SIZE_MAX = 8192 };

/* ---- memory and faults (loader.c) ---- */

struct loader {
    struct block *blocks;
    jmp_buf failed; /* where fail_* jump to, with `fault` filled */
    char fault[FAULT_SIZE_MAX];
};

void loader_open(struct loader *loader);
void loader_close(struct loader *loader);

/* Zeroed; never NULL. */
void *obtain(struct loader *loader, size_t size);
char *text_copy(struct loader *loader, const char *text, size_t size);
char *text_of(struct loader *loader, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct node;
void fail(struct loader *loader, const char *format, ...) IDP_NORETURN
    __attribute__((format(printf, 2, 3)));
/* The sentence is about this value: its file, line and path come first. */
void fail_at(struct loader *loader, const struct node *node, const char *format, ...) IDP_NORETURN
    __attribute__((format(printf, 3, 4)));

/* ---- values (node.c) ---- */

enum kind { NODE_NULL, NODE_FALSE, NODE_TRUE, NODE_NUMBER, NODE_STRING, NODE_ARRAY, NODE_OBJECT };

/* What JSON has, and where it stood. */
struct node {
    enum kind kind;
    const char *file;
    size_t line;
    const char *name; /* of a member; of others NULL */
    const char *text; /* a number as JSON writes it; a string, UTF-8 without NUL */
    struct node *parent, *child, *last, *next;
};

struct node *node_new(struct loader *loader, enum kind kind, const struct node *where);
void node_add(struct node *parent, struct node *item, const char *name);
/* Takes it out of its parent. */
void node_remove(struct node *node);
/* The member, or NULL; object NULL, or no object, gives NULL. */
struct node *member(const struct node *object, const char *name);
/* Sets a member to a string. */
void member_set(struct loader *loader, struct node *object, const char *name, const char *text);
/* "definition.grant_types[3]" */
const char *path_of(struct loader *loader, const struct node *node);
const char *json_of(struct loader *loader, const struct node *node);

/* ---- YAML (yaml.c, scalar.c) ---- */

/* Reads one document: YAML 1.2 core schema, no tags, no duplicate keys, aliases within the limit of
 * values. `file` is what faults call it. */
struct node *yaml_read(struct loader *loader, const char *file, const char *text, size_t size);

/* Gives a plain scalar its kind and, of a number, its text; NULL, or what is wrong with it. */
const char *scalar_resolve(struct loader *loader, struct node *node);

/* ---- files (file.c) ---- */

struct bytes {
    const char *data;
    size_t size;
};

/* The whole file; `node` is what asks for it, or NULL. */
struct bytes file_read(struct loader *loader, const char *path, size_t size_max,
                       const struct node *node);
/* `name` as seen from the folder of `file`. */
const char *file_beside(struct loader *loader, const char *file, const char *name);
/* The text of a file of keys: PEM or JSON; without the line end at its end. */
const char *file_text(struct loader *loader, const char *path, const struct node *node);

/* ---- secrets (secret.c) ---- */

/* What opens them; NULL: not given. */
struct secrets {
    const char *obf_key;
    const char *enc_key; /* PEM */
};

bool is_sealed(const char *text); /* begins with OBF: or ENC: */

/* The text behind OBF: (openssl enc -aes-256-cbc -pbkdf2 -md sha512 -a) or ENC: (RSA, PKCS #1
 * v1.5); NULL: it does not open. The same for whatever is wrong, so that nobody learns from it. */
const char *obf_open(struct loader *loader, const char *key, const char *text);
const char *enc_open(struct loader *loader, const char *pem, const char *text);

/* ---- references (reference.c) ---- */

/* Takes `secrets` out of the document and opens them. */
struct secrets secrets_take(struct loader *loader, struct node *document);
/* Replaces each "@file" at or below the node by what the file holds. */
void files_resolve(struct loader *loader, struct node *node);
/* Opens the node's text where it is sealed; it must be a string. */
void secret_resolve(struct loader *loader, const struct secrets *secrets, struct node *node);
/* Removes sealed texts, keys and passwords from what is only kept; says so. */
void secrets_drop(struct loader *loader, struct node *node);

/* ---- what is loaded (provider.c, keystore.c, client.c) ---- */

struct key {
    const char *kid, *pem, *certificate, *alg; /* the last two NULL: none */
    const struct node *node;                   /* that asked for it */
    struct key *next;
};

struct provider {
    const char *file;
    struct node *document;
    const char *settings; /* for configure(), JSON */
    struct secrets secrets;
    struct key *keys;
};

struct client {
    const char *client_id;
    const char *metadata; /* JSON */
    const struct node *node;
    bool has_secret;
    struct client *next;
};

struct provider provider_read(struct loader *loader, const char *file, const char *sources,
                              const char *keystores);
/* The keys that the definition names: of token_settings, and all of jwks.signing_keystore. */
struct key *keys_read(struct loader *loader, struct node *document, const char *keystores);
struct client *clients_read(struct loader *loader, const char *file, const struct secrets *secrets);

/* ---- the database (database.c, database_sqlite.c, database_postgres.c) ---- */

/* What a call came to: a text, NULL for NULL; or a fault, "idplane: invalid_settings: …". */
struct answer {
    const char *text, *fault;
};

struct database {
    void (*open)(struct loader *loader, const char *where, bool dry_run); /* begins, too */
    struct answer (*run)(struct loader *loader, const char *sql, const char *const *arguments,
                         size_t count);
    void (*end)(struct loader *loader, bool commit);
    const char *schema; /* before the name of a function */
};
extern const struct database database_sqlite, database_postgres;

/* Calls a function of idplane. */
struct answer call(struct loader *loader, const struct database *database, const char *function,
                   const char *const *arguments, size_t count);

/* ---- the whole (apply.c, report.c) ---- */

struct job {
    const struct database *database;
    const char *tenant; /* NULL: that of the session */
    bool dry_run;
    struct provider provider;
    struct client *clients;
};
void apply(struct loader *loader, const struct job *job);

/* Prints what differs between two JSON documents, member by member. */
void report_settings(const char *before, const char *after);
/* Prints the client, and the names of the members that differ from what was; before NULL: none. */
void report_client(const struct client *client, const char *before, const char *after);
/* Prints the paths in `kept`, and the warnings. */
void report_notes(const char *configuration);

#endif
