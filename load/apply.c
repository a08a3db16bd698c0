/* SPDX-License-Identifier: Apache-2.0 */
/* apply.c - the calls, in the transaction that the database has begun, and what they say of it.
 * What the database refuses is shown where it stands in the file. */
#include "load/load.h"

#include <stdio.h>

#include <cjson/cJSON.h>

/* ---- faults of the database ---- */

/* The first node of that name, at any depth. */
static const struct node *named(const struct node *node, const char *name)
{
    if (node->name != NULL && strcmp(node->name, name) == 0) {
        return node;
    }
    const struct node *found = NULL;
    for (const struct node *item = node->child; item != NULL && found == NULL; item = item->next) {
        found = named(item, name);
    }
    return found;
}

/* A setting under the name that the core has for it, or in its other spelling. */
static const struct node *setting_named(struct loader *loader, const struct node *document,
                                        const char *name)
{
    static const char suffix[] = "_in_secs";
    const struct node *found = named(document, name);
    size_t size = strlen(name);
    if (found == NULL && size > strlen(suffix) &&
        strcmp(name + size - strlen(suffix), suffix) == 0) {
        found =
            named(document, text_of(loader, "%.*s_seconds", (int)(size - strlen(suffix)), name));
    }
    return found;
}

/* A sentence begins with the setting that it is about, `section.name` or `name`. */
static const struct node *subject_of(struct loader *loader, const struct node *document,
                                     const char *sentence)
{
    static const char of_names[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
    const char *word = text_copy(loader, sentence, strspn(sentence, of_names));
    const char *dot = strrchr(word, '.');
    return setting_named(loader, document, dot == NULL ? word : dot + 1);
}

/* "idplane: invalid_settings: …" without its head. */
static const char *sentence_of(const char *fault)
{
    const char *head = strstr(fault, "idplane: ");
    const char *sentence = head == NULL ? NULL : strstr(head + strlen("idplane: "), ": ");
    return sentence == NULL ? fault : sentence + 2;
}

static void fail_settings(struct loader *loader, const struct provider *provider,
                          const char *fault) IDP_NORETURN;

/* All faults come in one text, with semicolons between. */
static void fail_settings(struct loader *loader, const struct provider *provider, const char *fault)
{
    const char *all = "", *rest = sentence_of(fault);
    while (*rest != '\0') {
        const char *end = strstr(rest, "; ");
        size_t size = end == NULL ? strlen(rest) : (size_t)(end - rest);
        const char *sentence = text_copy(loader, rest, size);
        const struct node *node = subject_of(loader, provider->document, sentence);
        const char *line = node == NULL ? "" : text_of(loader, ":%zu", node->line);
        all = text_of(loader, "%s%s%s%s: %s", all, *all == '\0' ? "" : "\n", provider->file, line,
                      sentence);
        rest += size + (end == NULL ? 0 : 2);
    }
    fail(loader, "%s", all);
}

/* "Member scope must be …" */
static void fail_client(struct loader *loader, const struct client *client,
                        const char *fault) IDP_NORETURN;

static void fail_client(struct loader *loader, const struct client *client, const char *fault)
{
    static const char head[] = "Member ";
    const char *sentence = sentence_of(fault);
    if (strncmp(sentence, head, strlen(head)) == 0) {
        const char *word = sentence + strlen(head), *end = strchr(word, ' ');
        const struct node *node =
            end == NULL ? NULL
                        : member(client->node, text_copy(loader, word, (size_t)(end - word)));
        if (node != NULL) {
            fail_at(loader, node, "%s", end + 1);
        }
    }
    fail_at(loader, client->node, "%s", sentence);
}

/* ---- the calls ---- */

static const char *require(struct loader *loader, struct answer answer)
{
    if (answer.fault != NULL) {
        fail(loader, "the database: %s", answer.fault);
    }
    return answer.text;
}

static void apply_settings(struct loader *loader, const struct job *job)
{
    const char *before = require(loader, call(loader, job->database, "configuration", NULL, 0));
    struct answer answer = call(loader, job->database, "configure", &job->provider.settings, 1);
    if (answer.fault != NULL) {
        fail_settings(loader, &job->provider, answer.fault);
    }
    report_settings(before, answer.text);
}

static void apply_key(struct loader *loader, const struct database *database, const struct key *key)
{
    const char *arguments[] = {key->kid, key->pem, key->alg, key->certificate};
    struct answer answer = call(loader, database, "import_signing_key", arguments, 4);
    if (answer.fault != NULL) {
        fail_at(loader, key->node, "the key %s: %s", key->kid, sentence_of(answer.fault));
    }
    cJSON *said = cJSON_Parse(answer.text);
    bool changed = cJSON_IsTrue(cJSON_GetObjectItem(said, "changed"));
    bool active = cJSON_IsTrue(cJSON_GetObjectItem(said, "active"));
    const char *alg = cJSON_GetStringValue(cJSON_GetObjectItem(said, "alg"));
    printf("key %s: %s, %s%s\n", key->kid, changed ? "imported" : "unchanged",
           alg != NULL ? alg : "", active ? ", active" : ", on standby");
    cJSON_Delete(said);
}

static void apply_client(struct loader *loader, const struct database *database,
                         const struct client *client)
{
    const char *arguments[] = {client->client_id, client->metadata};
    struct answer before = call(loader, database, "client", arguments, 1);
    if (before.fault != NULL) {
        fail_client(loader, client, before.fault);
    }
    struct answer after = call(
        loader, database, before.text == NULL ? "register_client" : "update_client", arguments, 2);
    if (after.fault != NULL) {
        fail_client(loader, client, after.fault);
    }
    report_client(client, before.text, after.text);
}

void apply(struct loader *loader, const struct job *job)
{
    if (job->tenant != NULL) {
        require(loader, call(loader, job->database, "set_tenant", &job->tenant, 1));
    }
    apply_settings(loader, job);
    for (const struct key *key = job->provider.keys; key != NULL; key = key->next) {
        apply_key(loader, job->database, key);
    }
    for (const struct client *client = job->clients; client != NULL; client = client->next) {
        apply_client(loader, job->database, client);
    }
    report_notes(require(loader, call(loader, job->database, "configuration", NULL, 0)));
}
