/* SPDX-License-Identifier: Apache-2.0 */
/* settings_cache.c - settings that were read lately, found by the text of their document. Reading
 * one costs more than everything else that the core does to issue a code. */
#include "core/oauth/settings.h"

#include <openssl/crypto.h>
#include <string.h>

enum { DOCUMENT_TOTAL_MAX = 256 << 10 };

static void settings_release(void *object)
{
    OPENSSL_free(object);
}

static struct idp_cache documents = {.release = settings_release,
                                     .weight_max = DOCUMENT_TOTAL_MAX,
                                     .mutex = PTHREAD_MUTEX_INITIALIZER};

static bool is_text(const struct idp_setting *row)
{
    return row->kind == IDP_SETTING_TEXT || row->kind == IDP_SETTING_URL ||
           row->kind == IDP_SETTING_CHARSET;
}

static struct idp_bytes *text_of(struct idp_settings *settings, size_t row)
{
    return (struct idp_bytes *)((char *)settings + idp_setting_rows[row].field);
}

/* One block: the settings, and behind them their texts. NULL where there is no memory. */
static struct idp_settings *settings_keep(struct idp_settings settings)
{
    size_t size = sizeof settings;
    for (size_t i = 0; i < idp_setting_row_count; i++) {
        size += is_text(&idp_setting_rows[i]) ? text_of(&settings, i)->size : 0;
    }
    struct idp_settings *kept = OPENSSL_malloc(size);
    if (kept == NULL) {
        return NULL;
    }
    *kept = settings;
    char *place = (char *)(kept + 1);
    for (size_t i = 0; i < idp_setting_row_count; i++) {
        struct idp_bytes *text = text_of(kept, i);
        if (is_text(&idp_setting_rows[i]) && text->data != NULL) {
            text->data = memcpy(place, text->data, text->size);
            place += text->size;
        }
    }
    return kept;
}

struct idp_settings idp_settings_read(struct idp_call *call, struct idp_value document)
{
    struct idp_bytes text = idp_text_of(document);
    if (text.data == NULL) {
        return idp_settings_of(NULL);
    }
    const struct idp_settings *found = idp_cache_get(call, &documents, text);
    if (found != NULL) {
        return *found;
    }
    struct idp_settings settings = idp_settings_of(idp_json_argument(call, document, "settings"));
    struct idp_settings *kept = settings_keep(settings);
    if (kept != NULL) {
        idp_cache_put(call, &documents, text, kept, text.size);
    }
    return kept != NULL ? *kept : settings;
}
