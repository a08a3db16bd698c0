/* SPDX-License-Identifier: Apache-2.0 */
/* old_engine.c - loads the extension into an engine that says it is SQLite 3.36.
 *
 *   old_engine EXTENSION
 *
 * Prints what the extension says; everything but the three functions it needs for that is NULL. */
#include <sqlite3ext.h>

#include <dlfcn.h>
#include <stdio.h>

#undef sqlite3_mprintf
#undef sqlite3_free

static const char *version(void)
{
    return "3.36.0";
}

static int version_number(void)
{
    return 3036000;
}

int main(int count, char **arguments)
{
    void *module = count == 2 ? dlopen(arguments[1], RTLD_NOW) : NULL;
    if (module == NULL) {
        fprintf(stderr, "%s\n", count == 2 ? dlerror() : "usage: old_engine EXTENSION");
        return 2;
    }
    int (*initialise)(sqlite3 *, char **, const sqlite3_api_routines *);
    *(void **)&initialise = dlsym(module, "sqlite3_idplane_init");
    sqlite3_api_routines engine = {
        .libversion = version, .libversion_number = version_number, .mprintf = sqlite3_mprintf};
    char *message = NULL;
    int code = initialise(NULL, &message, &engine);
    printf("%d %s\n", code, message != NULL ? message : "");
    sqlite3_free(message);
    return 0;
}
