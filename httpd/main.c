/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - starts the server on the engine of choice. */
#include "httpd/httpd.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cjson/cJSON.h>

void complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("idplane-httpd: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("idplane-httpd: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

char *base_url_settings(const char *base_url)
{
    cJSON *settings = cJSON_CreateObject();
    cJSON_AddStringToObject(settings, "base_url", base_url);
    char *text = cJSON_PrintUnformatted(settings);
    cJSON_Delete(settings);
    if (!text)
        die("out of memory");
    return text;
}

int main(int count, char **arguments)
{
    struct options options = options_read(count, arguments);
    return server_run(&options, *options.sqlite ? &engine_sqlite : &engine_postgres);
}
