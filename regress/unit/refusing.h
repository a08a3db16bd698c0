/* SPDX-License-Identifier: Apache-2.0 */
/* refusing.h - the memory of OpenSSL and libxml2, which is refused when a test says so; for the one
 * test that includes it. */
#ifndef IDPLANE_REFUSING_H
#define IDPLANE_REFUSING_H

#include <libxml/xmlerror.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static size_t foreign_fail_at; /* the n-th allocation from here on is refused; 0: none */

static bool foreign_has_ended; /* every allocation is refused */

static bool foreign_is_refused(void)
{
    if (foreign_has_ended)
        return true;
    return foreign_fail_at > 0 && --foreign_fail_at == 0;
}

static void *foreign_malloc(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return foreign_is_refused() ? NULL : malloc(size);
}

static void *foreign_realloc(void *memory, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return foreign_is_refused() ? NULL : realloc(memory, size);
}

static void foreign_free(void *memory, const char *file, int line)
{
    (void)file, (void)line;
    free(memory);
}

static void *xml_malloc(size_t size)
{
    return foreign_malloc(size, NULL, 0);
}

static void *xml_realloc(void *memory, size_t size)
{
    return foreign_realloc(memory, size, NULL, 0);
}

static char *xml_strdup(const char *text)
{
    char *copy = xml_malloc(strlen(text) + 1);
    return copy == NULL ? NULL : memcpy(copy, text, strlen(text) + 1);
}

/* Of memory that ends libxml2 tells the process, where it has no parser yet. */
static void say_nothing(void *context, const xmlError *error)
{
    (void)context, (void)error;
}

#endif
