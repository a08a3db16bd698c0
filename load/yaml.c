/* SPDX-License-Identifier: Apache-2.0 */
/* yaml.c - a YAML document as values of JSON, by libyaml's events.
 *
 * Whatever a file holds, memory and time stay in proportion to its size: depth and values have
 * limits, and the values that an alias repeats count again. An anchor is known once it is complete,
 * so that nothing holds itself. */
#include "load/load.h"

#include <yaml.h>

enum { ANCHOR_COUNT_MAX = 256, MESSAGE_SIZE_MAX = 200 };

struct anchor {
    const char *name;
    const struct node *node;
};

struct reader {
    struct loader *loader;
    const char *file;
    yaml_parser_t parser;
    yaml_event_t event; /* the current one */
    bool has_event;
    size_t depth, value_count, anchor_count;
    struct anchor anchors[ANCHOR_COUNT_MAX];
};

static void reader_close(struct reader *reader)
{
    if (reader->has_event) {
        yaml_event_delete(&reader->event);
    }
    yaml_parser_delete(&reader->parser);
}

/* A fault at a line; libyaml's memory goes first. */
static void refuse(struct reader *reader, size_t line, const char *sentence) IDP_NORETURN;

static void refuse(struct reader *reader, size_t line, const char *sentence)
{
    struct loader *loader = reader->loader;
    const char *text = text_of(loader, "%s:%zu: %s", reader->file, line + 1, sentence);
    reader_close(reader);
    fail(loader, "%s", text);
}

static size_t here(const struct reader *reader)
{
    return reader->event.start_mark.line;
}

static yaml_event_type_t advance(struct reader *reader)
{
    if (reader->has_event) {
        yaml_event_delete(&reader->event);
    }
    reader->has_event = yaml_parser_parse(&reader->parser, &reader->event) != 0;
    if (!reader->has_event) {
        const yaml_parser_t *parser = &reader->parser;
        const char *problem = parser->problem != NULL ? parser->problem : "it cannot be read";
        refuse(reader, parser->problem_mark.line,
               text_of(reader->loader, "this is not YAML: %.*s", MESSAGE_SIZE_MAX, problem));
    }
    return reader->event.type;
}

/* ---- values ---- */

/* Where the next value goes: an array, or under a name and in a line of an object. */
struct place {
    struct node *parent; /* NULL: it is the whole */
    const char *name;
    size_t line; /* 0: where it begins */
};

/* It is put in its place at once, so that a fault in it knows its path. */
static struct node *value_new(struct reader *reader, struct place place, enum kind kind)
{
    if (++reader->value_count > IDP_YAML_VALUE_COUNT_MAX) {
        refuse(reader, here(reader), "the document has too many values, aliases counted each time");
    }
    struct node *node = node_new(reader->loader, kind, NULL);
    node->file = reader->file;
    node->line = place.line != 0 ? place.line : here(reader) + 1;
    if (place.parent != NULL) {
        node_add(place.parent, node, place.name);
    }
    return node;
}

static void refuse_at(struct reader *reader, const struct node *node,
                      const char *sentence) IDP_NORETURN;

static void refuse_at(struct reader *reader, const struct node *node, const char *sentence)
{
    refuse(reader, node->line - 1,
           text_of(reader->loader, "%s: %s", path_of(reader->loader, node), sentence));
}

static void anchor_set(struct reader *reader, const char *name, const struct node *node)
{
    if (name == NULL) {
        return;
    }
    if (reader->anchor_count == ANCHOR_COUNT_MAX) {
        refuse(reader, node->line - 1, "the document has too many anchors");
    }
    reader->anchors[reader->anchor_count++] = (struct anchor){name, node};
}

/* The latest of that name, as YAML has it. */
static const struct node *anchor_find(struct reader *reader)
{
    const char *name = (const char *)reader->event.data.alias.anchor;
    for (size_t i = reader->anchor_count; i > 0; i--) {
        if (strcmp(reader->anchors[i - 1].name, name) == 0) {
            return reader->anchors[i - 1].node;
        }
    }
    refuse(reader, here(reader), "the alias names no anchor above it");
}

static void check_depth(struct reader *reader, size_t depth)
{
    if (depth > IDP_YAML_DEPTH_MAX) {
        refuse(reader, here(reader), "the document is nested too deeply");
    }
}

/* An alias: the same values again. */
static void repeat(struct reader *reader, struct place place, const struct node *node, size_t depth)
{
    check_depth(reader, depth);
    struct node *copy = value_new(reader, place, node->kind);
    copy->text = node->text;
    for (const struct node *item = node->child; item != NULL; item = item->next) {
        repeat(reader, (struct place){copy, item->name, 0}, item, depth + 1);
    }
}

/* Only the tags that say what is so anyway: another could ask for anything. */
static void check_tag(struct reader *reader, const yaml_char_t *tag, const char *own)
{
    const char *name = (const char *)tag;
    if (name != NULL && strcmp(name, "!") != 0 && strcmp(name, own) != 0) {
        refuse(reader, here(reader), "tags are not taken: leave it out");
    }
}

static const char *scalar_text(struct reader *reader)
{
    const char *text = (const char *)reader->event.data.scalar.value;
    size_t size = reader->event.data.scalar.length;
    if (memchr(text, '\0', size) != NULL) {
        refuse(reader, here(reader), "a text must not hold a NUL");
    }
    return text_copy(reader->loader, text, size);
}

static struct node *scalar(struct reader *reader, struct place place)
{
    const yaml_char_t *tag = reader->event.data.scalar.tag;
    bool plain = reader->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && tag == NULL;
    check_tag(reader, tag, YAML_STR_TAG);
    struct node *node = value_new(reader, place, NODE_STRING);
    node->text = scalar_text(reader);
    const char *problem = plain ? scalar_resolve(reader->loader, node) : NULL;
    if (problem != NULL) {
        refuse_at(reader, node, problem);
    }
    return node;
}

/* ---- collections ---- */

static struct node *value(struct reader *reader, struct place place);

static struct node *sequence(struct reader *reader, struct place place)
{
    check_tag(reader, reader->event.data.sequence_start.tag, YAML_SEQ_TAG);
    struct node *node = value_new(reader, place, NODE_ARRAY);
    check_depth(reader, ++reader->depth);
    while (advance(reader) != YAML_SEQUENCE_END_EVENT) {
        value(reader, (struct place){node, NULL, 0});
    }
    reader->depth--;
    return node;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp((*(const struct node *const *)left)->name,
                  (*(const struct node *const *)right)->name);
}

/* Which of two would count nobody can tell. */
static void refuse_doubles(struct reader *reader, const struct node *object, size_t count)
{
    const struct node **sorted = obtain(reader->loader, (count + 1) * sizeof *sorted);
    size_t at = 0;
    for (const struct node *item = object->child; item != NULL; item = item->next) {
        sorted[at++] = item;
    }
    qsort(sorted, count, sizeof *sorted, compare_names);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0) {
            size_t first = sorted[i - 1]->line, second = sorted[i]->line;
            refuse_at(reader, first > second ? sorted[i - 1] : sorted[i],
                      text_of(reader->loader, "the key is there twice, in line %zu as well",
                              first > second ? second : first));
        }
    }
}

static struct node *mapping(struct reader *reader, struct place place)
{
    check_tag(reader, reader->event.data.mapping_start.tag, YAML_MAP_TAG);
    struct node *node = value_new(reader, place, NODE_OBJECT);
    size_t count = 0;
    check_depth(reader, ++reader->depth);
    for (; advance(reader) != YAML_MAPPING_END_EVENT; count++) {
        if (reader->event.type != YAML_SCALAR_EVENT || reader->event.data.scalar.length == 0) {
            refuse(reader, here(reader), "a key must be a text");
        }
        const char *name = scalar_text(reader);
        if (strcmp(name, "<<") == 0) {
            refuse(reader, here(reader), "merge keys are not taken: write the members out");
        }
        size_t line = here(reader) + 1;
        advance(reader);
        value(reader, (struct place){node, name, line});
    }
    refuse_doubles(reader, node, count);
    reader->depth--;
    return node;
}

static const char *anchor_of(struct reader *reader)
{
    const yaml_char_t *name = NULL;
    switch (reader->event.type) {
    case YAML_SCALAR_EVENT:
        name = reader->event.data.scalar.anchor;
        break;
    case YAML_SEQUENCE_START_EVENT:
        name = reader->event.data.sequence_start.anchor;
        break;
    default:
        name = reader->event.data.mapping_start.anchor;
    }
    const char *text = (const char *)name;
    return text == NULL ? NULL : text_copy(reader->loader, text, strlen(text));
}

/* The value that begins with the current event. */
static struct node *value(struct reader *reader, struct place place)
{
    if (reader->event.type == YAML_ALIAS_EVENT) {
        repeat(reader, place, anchor_find(reader), reader->depth);
        return place.parent->last;
    }
    const char *anchor = anchor_of(reader);
    struct node *node = reader->event.type == YAML_SCALAR_EVENT           ? scalar(reader, place)
                        : reader->event.type == YAML_SEQUENCE_START_EVENT ? sequence(reader, place)
                                                                          : mapping(reader, place);
    anchor_set(reader, anchor, node);
    return node;
}

struct node *yaml_read(struct loader *loader, const char *file, const char *text, size_t size)
{
    struct reader *reader = obtain(loader, sizeof *reader);
    reader->loader = loader;
    reader->file = file;
    if (yaml_parser_initialize(&reader->parser) == 0) {
        fail(loader, "out of memory");
    }
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)text, size);
    advance(reader); /* the stream */
    if (advance(reader) != YAML_DOCUMENT_START_EVENT) {
        refuse(reader, 0, "the file is empty");
    }
    if (advance(reader) != YAML_MAPPING_START_EVENT) {
        refuse(reader, here(reader), "a document begins with a key, as in `definition:`");
    }
    struct node *node = value(reader, (struct place){0});
    advance(reader); /* the end of the document */
    if (advance(reader) != YAML_STREAM_END_EVENT) {
        refuse(reader, here(reader), "a file holds one document");
    }
    reader_close(reader);
    return node;
}
