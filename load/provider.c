/* SPDX-License-Identifier: Apache-2.0 */
/* provider.c - provider.yml and attributesources.yml become one document for configure(), which
 * knows the nesting and the spellings. Here it only gets its preset, and loses its secrets. */
#include "load/load.h"

static struct node *document_read(struct loader *loader, const char *file)
{
    struct bytes text = file_read(loader, file, IDP_YAML_SIZE_MAX, NULL);
    return yaml_read(loader, file, text.data, text.size);
}

/* Both names are in use. */
static void add_sources(struct loader *loader, struct node *document, const char *file)
{
    struct node *loaded = document_read(loader, file);
    struct node *sources = member(loaded, "attribute_sources");
    struct node *other = member(loaded, "attributesources");
    if ((sources == NULL) == (other == NULL)) {
        fail(loader, "%s: must hold attribute_sources: a list of sources", file);
    }
    sources = sources != NULL ? sources : other;
    if (member(document, "attribute_sources") != NULL) {
        fail_at(loader, member(document, "attribute_sources"), "is in %s as well: give it once",
                file);
    }
    secrets_drop(loader, sources);
    node_remove(sources);
    node_add(document, sources, "attribute_sources");
}

/* Of the definition all texts may be in files; what is kept keeps its references. */
static void resolve(struct loader *loader, struct node *document)
{
    struct node *definition = member(document, "definition");
    if (definition != NULL && definition->kind != NODE_OBJECT) {
        fail_at(loader, definition, "must be an object: grant_types, base_url, …");
    }
    if (definition != NULL) {
        files_resolve(loader, definition);
    }
    secrets_drop(loader, document);
}

struct provider provider_read(struct loader *loader, const char *file, const char *sources,
                              const char *keystores)
{
    struct provider provider = {.file = file, .document = document_read(loader, file)};
    struct node *document = provider.document;
    const char *folder = keystores != NULL ? keystores : file_beside(loader, file, "keystores");
    provider.secrets = secrets_take(loader, document);
    if (sources != NULL) {
        add_sources(loader, document, sources);
    }
    resolve(loader, document);
    provider.keys = keys_read(loader, document, folder);
    if (member(document, "preset") == NULL &&
        member(member(document, "definition"), "preset") == NULL) {
        member_set(loader, document, "preset", "isvaop");
    }
    provider.settings = json_of(loader, document);
    return provider;
}
