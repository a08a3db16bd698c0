/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - what is different now. Settings hold no secrets, so that their values are shown; of a
 * client only the names of its members are. */
#include "load/load.h"

#include <stdio.h>

#include <cjson/cJSON.h>

/* Control characters would do things to a terminal. */
static void print_text(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        putchar((unsigned char)*at < ' ' || *at == 0x7f ? '?' : *at);
    }
}

static void print_value(const cJSON *value)
{
    char *text = value == NULL ? NULL : cJSON_PrintUnformatted(value);
    print_text(text == NULL ? "not set" : text);
    cJSON_free(text);
}

static void report_value(const char *section, const char *name, const cJSON *before,
                         const cJSON *after)
{
    if (cJSON_Compare(before, after, true) || (before == NULL && after == NULL)) {
        return;
    }
    printf("set %s%s%s: ", section, *section != '\0' ? "." : "", name);
    print_value(before);
    fputs(" -> ", stdout);
    print_value(after);
    putchar('\n');
}

static void report_section(const char *section, const cJSON *before, const cJSON *after)
{
    static const char *const apart[] = {"warnings", "kept"};
    const cJSON *item;
    cJSON_ArrayForEach(item, after)
    {
        bool skip = false;
        for (size_t i = 0; i < IDP_COUNT(apart); i++) {
            skip = skip || strcmp(item->string, apart[i]) == 0;
        }
        const cJSON *old = cJSON_GetObjectItemCaseSensitive(before, item->string);
        bool section_like = *section == '\0' && cJSON_IsObject(item) && cJSON_IsObject(old);
        if (section_like && !skip) {
            report_section(item->string, old, item);
        } else if (!skip) {
            report_value(section, item->string, old, item);
        }
    }
    cJSON_ArrayForEach(item, before)
    {
        if (cJSON_GetObjectItemCaseSensitive(after, item->string) == NULL &&
            strcmp(item->string, "kept") != 0) {
            report_value(section, item->string, item, NULL);
        }
    }
}

void report_settings(const char *before, const char *after)
{
    cJSON *old = cJSON_Parse(before), *new = cJSON_Parse(after);
    report_section("", old, new);
    cJSON_Delete(old);
    cJSON_Delete(new);
}

static bool report_members(const cJSON *old, const cJSON *new, const char *head)
{
    const cJSON *item;
    bool changed = false;
    cJSON_ArrayForEach(item, new)
    {
        if (strcmp(item->string, "client_secret") != 0 &&
            !cJSON_Compare(cJSON_GetObjectItemCaseSensitive(old, item->string), item, true)) {
            fputs(changed ? ", " : head, stdout);
            print_text(item->string);
            changed = true;
        }
    }
    return changed;
}

static void report_warnings(const cJSON *document)
{
    const cJSON *warning;
    cJSON_ArrayForEach(warning, cJSON_GetObjectItemCaseSensitive(document, "warnings"))
    {
        fputs("warning: ", stdout);
        print_text(warning->valuestring);
        putchar('\n');
    }
}

void report_client(const struct client *client, const char *before, const char *after)
{
    cJSON *old = before == NULL ? NULL : cJSON_Parse(before), *new = cJSON_Parse(after);
    fputs("client ", stdout);
    print_text(client->client_id);
    fputs(before == NULL ? ": registered" : ":", stdout);
    bool changed = before != NULL && report_members(old, new, " changed ");
    fputs(before == NULL || changed ? "" : " unchanged", stdout);
    puts(client->has_secret ? ", with the secret of the file" : "");
    report_warnings(new);
    cJSON_Delete(old);
    cJSON_Delete(new);
}

static void report_kept(const char *path, const cJSON *kept)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, kept)
    {
        char inner[256];
        snprintf(inner, sizeof inner, "%s%s%s", path, *path != '\0' ? "." : "", item->string);
        if (cJSON_IsObject(item) && item->child != NULL) {
            report_kept(inner, item);
        } else {
            fputs("kept, without effect here: ", stdout);
            print_text(inner);
            putchar('\n');
        }
    }
}

void report_notes(const char *configuration)
{
    cJSON *document = cJSON_Parse(configuration);
    report_kept("", cJSON_GetObjectItemCaseSensitive(document, "kept"));
    report_warnings(document);
    cJSON_Delete(document);
}
