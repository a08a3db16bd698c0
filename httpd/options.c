/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - the command line: a row for each option. */
#include "httpd/httpd.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "idplane-httpd - OAuth endpoints over HTTP, straight from the database\n"
    "\n"
    "  --sqlite FILE           the database, made where there is none, or\n"
    "  --postgres CONNINFO     a libpq connection string; CREATE EXTENSION idplane first\n"
    "  --listen ADDRESS:PORT   127.0.0.1:8080; [::1]:8080 for IPv6; port 0 picks a free one\n"
    "  --base-url URL          configures where clients reach the default tenant\n"
    "  --body-size-max BYTES   65536; a larger request body is answered 413\n"
    "  --timeout SECONDS       15; an idle connection is closed, a slow request after twice that\n"
    "  --synchronous MODE      full (default) or normal: what a SQLite commit waits for\n"
    "  --no-group-commit       SQLite: commit each request by itself\n"
    "  --quiet                 no line for each request on stderr\n"
    "  --help, --version\n";

static const struct option rows[] = {
    {"sqlite", required_argument, NULL, 's'},      {"postgres", required_argument, NULL, 'p'},
    {"listen", required_argument, NULL, 'l'},      {"base-url", required_argument, NULL, 'u'},
    {"body-size-max", required_argument, NULL, 'b'}, {"timeout", required_argument, NULL, 't'},
    {"synchronous", required_argument, NULL, 'y'}, {"no-group-commit", no_argument, NULL, 'n'},
    {"quiet", no_argument, NULL, 'q'},             {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'v'},           {0}};

static unsigned number_read(unsigned max)
{
    char *end;
    unsigned long number = strtoul(optarg, &end, 10);
    if (*optarg < '0' || *optarg > '9' || *end || number == 0 || number > max)
        die("%s is not a number from 1 to %u", optarg, max);
    return (unsigned)number;
}

static bool word_is_first(const char *first, const char *second)
{
    if (strcmp(optarg, first) != 0 && strcmp(optarg, second) != 0)
        die("%s is neither %s nor %s", optarg, first, second);
    return strcmp(optarg, first) == 0;
}

static void show(const char *text)
{
    fputs(text, stdout);
    exit(0);
}

struct options options_read(int count, char **arguments)
{
    struct options o = {"", "", "127.0.0.1:8080", NULL, IDP_FORM_SIZE_MAX, 15, true, true, false};
    for (int row; (row = getopt_long(count, arguments, "", rows, NULL)) != -1;) {
        switch (row) {
        case 's': o.sqlite = optarg; break;
        case 'p': o.postgres = optarg; break;
        case 'l': o.listen = optarg; break;
        case 'u': o.base_url = optarg; break;
        case 'b': o.body_size_max = number_read(IDP_ARGUMENT_SIZE_MAX); break;
        case 't': o.timeout_s = number_read(3600); break;
        case 'y': o.synchronous_full = word_is_first("full", "normal"); break;
        case 'n': o.group_commit = false; break;
        case 'q': o.quiet = true; break;
        case 'h': show(help); break;
        case 'v': show("idplane-httpd " IDP_VERSION "\n"); break;
        default: die("see --help");
        }
    }
    if (optind < count || !*o.sqlite == !*o.postgres)
        die("name the database: --sqlite FILE or --postgres CONNINFO; see --help");
    return o;
}
