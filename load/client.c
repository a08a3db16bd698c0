/* SPDX-License-Identifier: Apache-2.0 */
/* client.c - clients.yml becomes metadata for register_client() and update_client(): their names
 * are those of RFC 7591 but for a few. */
#include "load/load.h"

/* What says which client it is, or is the server's to say. */
static const char *const outside[] = {"client_id", "client_id_issued_at"};

static const char *id_of(struct loader *loader, const struct node *client)
{
    const struct node *id = member(client, "client_id");
    if (id == NULL) {
        fail_at(loader, client, "needs a client_id");
    }
    if (id->kind != NODE_STRING || *id->text == '\0') {
        fail_at(loader, id, "must be a text; put it in quotes");
    }
    return id->text;
}

/* `scopes` is a list there, `scope` one text here. */
static void join_scopes(struct loader *loader, struct node *client)
{
    struct node *scopes = member(client, "scopes");
    const struct node *scope = member(client, "scope");
    if (scopes == NULL) {
        return;
    }
    const char *joined = "";
    for (const struct node *item = scopes->child; item != NULL; item = item->next) {
        if (item->kind != NODE_STRING || strchr(item->text, ' ') != NULL) {
            fail_at(loader, item, "must be a text without spaces; put it in quotes");
        }
        joined = text_of(loader, "%s%s%s", joined, *joined != '\0' ? " " : "", item->text);
    }
    if (scopes->kind != NODE_ARRAY) {
        fail_at(loader, scopes, "must be a list");
    }
    if (scope != NULL && (scope->kind != NODE_STRING || strcmp(scope->text, joined) != 0)) {
        fail_at(loader, scopes, "says something else than scope: give one of them");
    }
    member_set(loader, client, "scope", joined);
    member(client, "scope")->line = scopes->line;
    node_remove(scopes);
}

/* A key set may be in a file of its own. */
static void read_jwks(struct loader *loader, struct node *client)
{
    struct node *jwks = member(client, "jwks");
    if (jwks == NULL || jwks->kind != NODE_STRING) {
        return;
    }
    struct node *document = yaml_read(loader, jwks->file, jwks->text, strlen(jwks->text));
    jwks->kind = document->kind;
    jwks->child = document->child;
    jwks->last = document->last;
}

static void refuse_sealed(struct loader *loader, const struct node *node)
{
    if (node->kind == NODE_STRING && is_sealed(node->text)) {
        fail_at(loader, node, "must not be sealed: only client_secret may be OBF: or ENC:");
    }
    for (const struct node *item = node->child; item != NULL; item = item->next) {
        refuse_sealed(loader, item);
    }
}

/* A client with a secret uses it, if it does not say how: RFC 7591 §2. */
static bool resolve_secret(struct loader *loader, const struct secrets *secrets,
                           struct node *client)
{
    struct node *secret = member(client, "client_secret");
    if (secret == NULL) {
        return false;
    }
    secret_resolve(loader, secrets, secret);
    if (strlen(secret->text) > IDP_CLIENT_SECRET_SIZE_MAX) {
        fail_at(loader, secret, "must be at most %d bytes", IDP_CLIENT_SECRET_SIZE_MAX);
    }
    if (member(client, "token_endpoint_auth_method") == NULL) {
        member_set(loader, client, "token_endpoint_auth_method", "client_secret_basic");
    }
    return true;
}

static struct client *client_read(struct loader *loader, const struct secrets *secrets,
                                  struct node *node)
{
    struct client *client = obtain(loader, sizeof *client);
    if (node->kind != NODE_OBJECT) {
        fail_at(loader, node, "must be an object: client_id, grant_types, …");
    }
    files_resolve(loader, node);
    client->node = node;
    client->client_id = id_of(loader, node);
    client->has_secret = resolve_secret(loader, secrets, node);
    join_scopes(loader, node);
    read_jwks(loader, node);
    refuse_sealed(loader, node);
    for (size_t i = 0; i < IDP_COUNT(outside); i++) {
        struct node *own = member(node, outside[i]);
        if (own != NULL) {
            node_remove(own);
        }
    }
    client->metadata = json_of(loader, node);
    return client;
}

static void check_once(struct loader *loader, const struct client *clients,
                       const struct client *client)
{
    for (const struct client *other = clients; other != NULL; other = other->next) {
        if (strcmp(other->client_id, client->client_id) == 0) {
            fail_at(loader, client->node, "has the client_id of the one in line %zu",
                    other->node->line);
        }
    }
}

struct client *clients_read(struct loader *loader, const char *file, const struct secrets *secrets)
{
    struct bytes text = file_read(loader, file, IDP_YAML_SIZE_MAX, NULL);
    struct node *document = yaml_read(loader, file, text.data, text.size);
    struct node *list = member(document, "clients");
    struct client *clients = NULL, **last = &clients;
    for (struct node *item = document->child; item != NULL; item = item->next) {
        if (item != list) {
            fail_at(loader, item, "is unknown: the file holds `clients:`, a list");
        }
    }
    if (list == NULL || list->kind != NODE_ARRAY) {
        fail(loader, "%s: must hold `clients:`, a list", file);
    }
    for (struct node *item = list->child; item != NULL; item = item->next) {
        struct client *client = client_read(loader, secrets, item);
        check_once(loader, clients, client);
        *last = client;
        last = &client->next;
    }
    return clients;
}
