/* SPDX-License-Identifier: Apache-2.0 */
/* loader.c - memory and faults. What was obtained stays until the end, so that a fault may jump
 * out from anywhere. */
#include "load/load.h"

#include <stdarg.h>
#include <stdio.h>

struct block {
    struct block *before;
    size_t size;
    max_align_t data[];
};

void loader_open(struct loader *loader)
{
    loader->blocks = NULL;
}

void loader_close(struct loader *loader)
{
    struct block *before;
    for (struct block *block = loader->blocks; block != NULL; block = before) {
        before = block->before;
        explicit_bzero(block->data, block->size); /* it may have held a secret */
        free(block);
    }
}

void *obtain(struct loader *loader, size_t size)
{
    struct block *block = calloc(1, sizeof *block + size);
    if (block == NULL) {
        fputs("idplane-load: out of memory\n", stderr);
        exit(1);
    }
    block->before = loader->blocks;
    block->size = size;
    loader->blocks = block;
    return block->data;
}

char *text_copy(struct loader *loader, const char *text, size_t size)
{
    char *copy = obtain(loader, size + 1);
    memcpy(copy, text, size);
    return copy;
}

static char *text_format(struct loader *loader, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    char *text = obtain(loader, (size_t)size + 1);
    vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    return text;
}

char *text_of(struct loader *loader, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = text_format(loader, format, arguments);
    va_end(arguments);
    return text;
}

/* Names from a document are in it, and a terminal may show it. */
void fail(struct loader *loader, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(loader->fault, sizeof loader->fault, format, arguments);
    va_end(arguments);
    for (char *at = loader->fault; *at != '\0'; at++) {
        *at = ((unsigned char)*at < ' ' && *at != '\n') || *at == 0x7f ? '?' : *at;
    }
    longjmp(loader->failed, 1);
}

void fail_at(struct loader *loader, const struct node *node, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *sentence = text_format(loader, format, arguments);
    va_end(arguments);
    const char *path = path_of(loader, node);
    fail(loader, "%s:%zu: %s%s%s", node->file, node->line, path, *path ? ": " : "", sentence);
}
