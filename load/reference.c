/* SPDX-License-Identifier: Apache-2.0 */
/* reference.c - what stands for something else: "@file", "OBF:…" and "ENC:…". Sealed texts are
 * opened where a secret is asked for only, and what is kept in the database holds none. */
#include "load/load.h"

#include <stdio.h>

static bool is_reference(const struct node *node)
{
    return node->kind == NODE_STRING && node->text[0] == '@' && node->text[1] != '\0';
}

void files_resolve(struct loader *loader, struct node *node)
{
    if (is_reference(node)) {
        node->text = file_text(loader, file_beside(loader, node->file, node->text + 1), node);
    }
    for (struct node *item = node->child; item != NULL; item = item->next) {
        files_resolve(loader, item);
    }
}

static void require_text(struct loader *loader, const struct node *node)
{
    if (node->kind != NODE_STRING || *node->text == '\0') {
        fail_at(loader, node, "must be a text; put it in quotes");
    }
}

static void obf_resolve(struct loader *loader, const struct secrets *secrets, struct node *node)
{
    if (secrets->obf_key == NULL) {
        fail_at(loader, node, "is OBF:, and the provider has no secrets.obf_key to open it with");
    }
    node->text = obf_open(loader, secrets->obf_key, node->text);
    if (node->text == NULL) {
        fail_at(loader, node,
                "does not open with secrets.obf_key: see that the key is right, that no character "
                "was lost, and that printable text without a line end was sealed");
    }
}

static void enc_resolve(struct loader *loader, const struct secrets *secrets, struct node *node)
{
    if (secrets->enc_key == NULL) {
        fail_at(loader, node, "is ENC:, and the provider has no secrets.enc_key to open it with");
    }
    node->text = enc_open(loader, secrets->enc_key, node->text);
    if (node->text == NULL) {
        fail_at(loader, node,
                "does not open with secrets.enc_key: see that it is an RSA key of 2048 bits or "
                "more in PEM, without a password, and the one that this was encrypted for");
    }
}

void secret_resolve(struct loader *loader, const struct secrets *secrets, struct node *node)
{
    require_text(loader, node);
    if (strncmp(node->text, "OBF:", 4) == 0) {
        obf_resolve(loader, secrets, node);
    } else if (is_sealed(node->text)) {
        enc_resolve(loader, secrets, node);
    }
}

struct secrets secrets_take(struct loader *loader, struct node *document)
{
    struct secrets secrets = {0};
    struct node *section = member(document, "secrets");
    if (section == NULL) {
        return secrets;
    }
    struct node *enc_key = member(section, "enc_key"), *obf_key = member(section, "obf_key");
    if (section->kind != NODE_OBJECT) {
        fail_at(loader, section, "must hold obf_key or enc_key");
    }
    files_resolve(loader, section);
    if (enc_key != NULL) {
        require_text(loader, enc_key);
        secrets.enc_key = enc_key->text;
    }
    if (obf_key != NULL) {
        secret_resolve(loader, &secrets, obf_key);
        secrets.obf_key = obf_key->text;
    }
    node_remove(section);
    return secrets;
}

static bool is_secret(const struct node *node)
{
    static const char *const names[] = {"password", "secret", "passphrase"};
    bool named = false;
    for (size_t i = 0; node->name != NULL && i < IDP_COUNT(names); i++) {
        named = named || strcasestr(node->name, names[i]) != NULL;
    }
    return node->kind == NODE_STRING &&
           (named || is_sealed(node->text) || strstr(node->text, "PRIVATE KEY-----") != NULL);
}

void secrets_drop(struct loader *loader, struct node *node)
{
    struct node *next;
    for (struct node *item = node->child; item != NULL; item = next) {
        next = item->next;
        if (is_secret(item)) {
            printf("left out %s: a secret that nothing here needs\n", path_of(loader, item));
            node_remove(item);
        } else {
            secrets_drop(loader, item);
        }
    }
}
