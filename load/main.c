/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - the command line of idplane-load. All or nothing: what fails leaves the database as it
 * was, and ends with status 1 and a sentence on standard error. */
#include "load/load.h"

#include <argp.h>
#include <stdio.h>

enum { SQLITE = 1, POSTGRES, TENANT, DRY_RUN, KEYSTORES, OPTION_COUNT };

enum { PROVIDER, CLIENTS, SOURCES, FILE_COUNT };

static const char *option[OPTION_COUNT];
static const char *files[FILE_COUNT];

static const struct argp_option rows[] = {
    {"sqlite", SQLITE, "FILE", 0, "Loads into this database, made where there is none", 0},
    {"postgres", POSTGRES, "CONNINFO", 0, "Into this one; CREATE EXTENSION idplane first", 0},
    {"tenant", TENANT, "NAME", 0, "The tenant; default: default", 0},
    {"dry-run", DRY_RUN, NULL, 0, "Says what would change, and changes nothing", 0},
    {"keystores", KEYSTORES, "DIR", 0, "Where the keys are; default: keystores/ beside PROVIDER",
     0},
    {0}};

static const char about[] =
    "Loads the definition of a provider and its clients into a database\v"
    "The files are YAML, as those of IBM Security Verify Access OIDC Provider; see docs/load.md. "
    "Environment: IDPLANE_MASTER_KEY_FILE (with a database of SQLite).";

static error_t option_take(int name, char *value, struct argp_state *state)
{
    if (name == ARGP_KEY_ARG && state->arg_num < FILE_COUNT) {
        files[state->arg_num] = value;
        return 0;
    }
    if (name == ARGP_KEY_END && state->arg_num < SOURCES) {
        argp_error(state, "name the definition and the clients");
    }
    if (name == ARGP_KEY_END && (option[SQLITE] == NULL) == (option[POSTGRES] == NULL)) {
        argp_error(state, "name one database, --sqlite FILE or --postgres CONNINFO");
    }
    if (name < SQLITE || name >= OPTION_COUNT) {
        return ARGP_ERR_UNKNOWN;
    }
    option[name] = value != NULL ? value : "";
    return 0;
}

/* Standard output is for what was done: where nothing was, it says nothing of it. */
static int load(struct loader *loader, struct job *job, char **printed, size_t *printed_size)
{
    FILE *shown = stdout, *held = open_memstream(printed, printed_size);
    stdout = held != NULL ? held : shown;
    volatile int status = 0;
    if (setjmp(loader->failed) == 0) {
        job->provider = provider_read(loader, files[PROVIDER], files[SOURCES], option[KEYSTORES]);
        job->clients = clients_read(loader, files[CLIENTS], &job->provider.secrets);
        job->database->open(loader, option[SQLITE] != NULL ? option[SQLITE] : option[POSTGRES],
                            job->dry_run);
        apply(loader, job);
        job->database->end(loader, !job->dry_run);
    } else {
        status = 1;
    }
    stdout = shown;
    if (held != NULL) {
        fclose(held);
    }
    return status;
}

int main(int count, char **arguments)
{
    struct argp argp = {rows,  option_take, "PROVIDER.yml CLIENTS.yml [ATTRIBUTESOURCES.yml]",
                        about, NULL,        NULL,
                        NULL};
    struct loader loader;
    char *printed = NULL;
    size_t printed_size = 0;
    argp_program_version = "idplane-load " IDP_VERSION;
    argp_parse(&argp, count, arguments, 0, NULL, NULL);
    loader_open(&loader);
    struct job job = {.database = option[SQLITE] != NULL ? &database_sqlite : &database_postgres,
                      .tenant = option[TENANT],
                      .dry_run = option[DRY_RUN] != NULL};
    int status = load(&loader, &job, &printed, &printed_size);
    if (status == 0) {
        fputs(printed != NULL ? printed : "", stdout);
        puts(job.dry_run ? "dry run: nothing is changed" : "loaded");
    } else {
        fprintf(stderr, "%s\n", loader.fault);
        if (setjmp(loader.failed) == 0) {
            job.database->end(&loader, false);
        }
    }
    free(printed);
    loader_close(&loader);
    return status;
}
