/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - the command line. */
#include "httpd/httpd.h"

#include <getopt.h>

static const char help[] =
    "idplane-httpd - OAuth endpoints over HTTP, straight from the database\n\n"
    "  --sqlite FILE           the database, made where there is none, or\n"
    "  --postgres CONNINFO     a libpq connection string; CREATE EXTENSION idplane first\n"
    "  --listen ADDRESS:PORT   127.0.0.1:8080; [::1]:8080 for IPv6; port 0 takes a free one\n"
    "  --base-url URL          configures where clients reach the default tenant\n"
    "  --body-size-max BYTES   65536; a larger request body is answered 413\n"
    "  --timeout SECONDS       15 until an idle connection is closed, twice that for a slow one\n"
    "  --synchronous MODE      full (default) or normal: what a SQLite commit waits for\n"
    "  --no-group-commit       SQLite: commit each request by itself\n"
    "  --quiet                 no line for each request on stderr\n"
    "  --help, --version\n";

enum { SQLITE, POSTGRES, LISTEN, BASE_URL, BODY, TIMEOUT, SYNC, SINGLE, QUIET, HELP, VERSION };

static const struct option rows[] = {
    {"sqlite", 1, NULL, 0},      {"postgres", 1, NULL, 0},        {"listen", 1, NULL, 0},
    {"base-url", 1, NULL, 0},    {"body-size-max", 1, NULL, 0},   {"timeout", 1, NULL, 0},
    {"synchronous", 1, NULL, 0}, {"no-group-commit", 0, NULL, 0}, {"quiet", 0, NULL, 0},
    {"help", 0, NULL, 0},        {"version", 0, NULL, 0},         {0}};

static unsigned number_read(const char *text, unsigned max)
{
    unsigned number = 0;
    char rest;
    if (sscanf(text, "%u%c", &number, &rest) != 1 || number == 0 || number > max)
        errx(1, "%s is not a number from 1 to %u", text, max);
    return number;
}

struct options options_read(int count, char **arguments)
{
    const char *given[] = {NULL, NULL, "127.0.0.1:8080", NULL, "65536", "15", "full", NULL, NULL,
                           NULL, NULL};
    int code, row;
    while ((code = getopt_long(count, arguments, "", rows, &row)) == 0)
        given[row] = optarg ? optarg : "";
    if (given[HELP] || given[VERSION]) {
        fputs(given[HELP] ? help : "idplane-httpd " IDP_VERSION "\n", stdout);
        exit(0);
    }
    if (code != -1 || optind < count || !given[SQLITE] == !given[POSTGRES])
        errx(1, "name one database, --sqlite FILE or --postgres CONNINFO; see --help");
    if (strcmp(given[SYNC], "full") != 0 && strcmp(given[SYNC], "normal") != 0)
        errx(1, "--synchronous takes full or normal");
    return (struct options){given[SQLITE],
                            given[POSTGRES],
                            given[LISTEN],
                            given[BASE_URL],
                            given[SYNC],
                            number_read(given[BODY], IDP_ARGUMENT_SIZE_MAX),
                            number_read(given[TIMEOUT], 3600),
                            !given[SINGLE],
                            given[QUIET]};
}
