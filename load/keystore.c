/* SPDX-License-Identifier: Apache-2.0 */
/* keystore.c - the signing keys of a definition: KEYSTORES/STORE/LABEL.key, and LABEL.crt beside it
 * where there is a certificate. A key is known to verifiers by its label. */
#include "load/load.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { KEYSTORE_ENTRY_COUNT_MAX = 1024 };

static const struct node *text_member(struct loader *loader, const struct node *object,
                                      const char *name)
{
    const struct node *node = member(object, name);
    if (node != NULL && (node->kind != NODE_STRING || *node->text == '\0')) {
        fail_at(loader, node, "must be a text; put it in quotes");
    }
    return node;
}

/* Of a store or a label: a name of a file, and no way to another folder. */
static void check_name(struct loader *loader, const struct node *node, const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t size = strlen(name);
    if (size == 0 || size > 128 || name[0] == '.' || strspn(name, allowed) != size) {
        fail_at(loader, node,
                "must name a file: letters, digits, dots, dashes and underscores, no dot first");
    }
}

static struct key *key_read(struct loader *loader, const struct node *node, const char *folder,
                            const char *label)
{
    struct key *key = obtain(loader, sizeof *key);
    const char *certificate = text_of(loader, "%s/%s.crt", folder, label);
    key->kid = label;
    key->node = node;
    key->pem = file_text(loader, text_of(loader, "%s/%s.key", folder, label), node);
    if (access(certificate, F_OK) == 0) {
        key->certificate = file_text(loader, certificate, node);
    }
    return key;
}

/* ---- the one that signs ---- */

/* `ks:STORE/LABEL` is both in one. */
static void split(struct loader *loader, struct node *settings)
{
    struct node *label = member(settings, "signing_keylabel");
    const struct node *store = member(settings, "signing_keystore");
    if (label == NULL || strncmp(label->text, "ks:", 3) != 0) {
        return;
    }
    const char *slash = strchr(label->text, '/');
    if (slash == NULL) {
        fail_at(loader, label, "must be like ks:STORE/LABEL, or a label");
    }
    const char *named = text_copy(loader, label->text + 3, (size_t)(slash - label->text - 3));
    if (store != NULL && strcmp(store->text, named) != 0) {
        fail_at(loader, label, "names another keystore than signing_keystore: give it once");
    }
    member_set(loader, settings, "signing_keystore", named);
    label->text = slash + 1;
}

static struct key *signing_key(struct loader *loader, struct node *settings, const char *keystores)
{
    text_member(loader, settings, "signing_keylabel");
    text_member(loader, settings, "signing_keystore");
    split(loader, settings);
    const struct node *label = member(settings, "signing_keylabel");
    const struct node *store = member(settings, "signing_keystore");
    const struct node *alg = text_member(loader, settings, "signing_alg");
    if (label == NULL && store == NULL) {
        return NULL;
    }
    if (label == NULL || store == NULL) {
        fail_at(loader, label != NULL ? label : store,
                "needs the other one, too: signing_keystore and signing_keylabel name a key");
    }
    check_name(loader, store, store->text);
    check_name(loader, label, label->text);
    struct key *key =
        key_read(loader, label, text_of(loader, "%s/%s", keystores, store->text), label->text);
    key->alg = alg == NULL ? NULL : alg->text;
    return key;
}

/* ---- those that are published ---- */

static int is_key(const struct dirent *entry)
{
    const char *end = strrchr(entry->d_name, '.');
    return entry->d_name[0] != '.' && end != NULL && strcmp(end, ".key") == 0;
}

static bool is_listed(const struct key *keys, const char *kid)
{
    bool found = false;
    for (const struct key *key = keys; key != NULL; key = key->next) {
        found = found || strcmp(key->kid, kid) == 0;
    }
    return found;
}

static void add_key(struct loader *loader, struct key **keys, const struct node *store,
                    const char *folder, const char *file)
{
    const char *label = text_copy(loader, file, strlen(file) - strlen(".key"));
    if (is_listed(*keys, label)) {
        return;
    }
    check_name(loader, store, label);
    struct key *key = key_read(loader, store, folder, label);
    while (*keys != NULL) {
        keys = &(*keys)->next;
    }
    *keys = key;
}

static void add_published(struct loader *loader, struct key **keys, const struct node *store,
                          const char *keystores)
{
    check_name(loader, store, store->text);
    const char *folder = text_of(loader, "%s/%s", keystores, store->text);
    struct dirent **entries;
    int count = scandir(folder, &entries, is_key, alphasort);
    if (count < 0) {
        fail_at(loader, store, "the keystore %s cannot be read: %s", folder, strerror(errno));
    }
    const char **names = obtain(loader, ((size_t)count + 1) * sizeof *names);
    for (int i = 0; i < count; i++) {
        names[i] = text_copy(loader, entries[i]->d_name, strlen(entries[i]->d_name));
        free(entries[i]);
    }
    free(entries);
    for (int i = 0; i < count && i < KEYSTORE_ENTRY_COUNT_MAX; i++) {
        add_key(loader, keys, store, folder, names[i]);
    }
}

struct key *keys_read(struct loader *loader, struct node *document, const char *keystores)
{
    struct node *definition = member(document, "definition");
    struct node *settings = member(definition, "token_settings");
    settings = settings != NULL ? settings : member(document, "token_settings");
    struct key *keys = settings == NULL ? NULL : signing_key(loader, settings, keystores);
    const struct node *store = text_member(loader, member(document, "jwks"), "signing_keystore");
    if (store != NULL) {
        add_published(loader, &keys, store, keystores);
    }
    return keys;
}
