/* SPDX-License-Identifier: Apache-2.0 */
/* loader.c - memory and faults. An obstack holds all there is until the end, so that a fault may
 * jump out from anywhere. */
#include "load/load.h"

#include <stdarg.h>
#include <stdio.h>

static void no_memory(void)
{
    fputs("idplane-load: out of memory\n", stderr);
    exit(1);
}

void loader_open(struct loader *loader)
{
    obstack_alloc_failed_handler = no_memory;
    obstack_init(&loader->memory);
}

void loader_close(struct loader *loader)
{
    (obstack_free)(&loader->memory, NULL); /* the macro would subtract from NULL */
}

void *obtain(struct loader *loader, size_t size)
{
    void *memory = obstack_alloc(&loader->memory, size);
    memset(memory, 0, size);
    return memory;
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

void fail(struct loader *loader, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(loader->fault, sizeof loader->fault, format, arguments);
    va_end(arguments);
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
