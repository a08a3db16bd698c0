/* SPDX-License-Identifier: Apache-2.0 */
/* settings_cache.c - settings that were read lately, found by the text of their document. Reading
 * one costs more than everything else that the core does to issue a code. A row that somebody
 * changed without configure() is checked as configure() would: the core relies on what it says. */
#include "core/oauth/settings.h"

enum { DOCUMENT_TOTAL_MAX = 256 << 10 };

static struct idp_cache documents = {.release = idp_json_kept_release,
                                     .weight_max = DOCUMENT_TOTAL_MAX,
                                     .mutex = PTHREAD_MUTEX_INITIALIZER};

struct idp_settings idp_settings_read(struct idp_call *call, struct idp_value column)
{
    struct idp_bytes text = idp_text_of(column);
    if (text.data == NULL) {
        return idp_settings_of(NULL);
    }
    const struct idp_settings *found = idp_cache_get(call, &documents, text);
    if (found != NULL) {
        return *found;
    }
    const struct idp_json *document = idp_json_argument(call, column, "settings"), *copy;
    const char *faults = idp_settings_check(call, document);
    if (faults != NULL) {
        idp_fail_with(call, IDP_INVALID_SETTINGS,
                      "The stored settings were changed by hand; mend them with configure(). %s",
                      faults);
    }
    struct idp_settings *kept = idp_json_keep(document, sizeof *kept, &copy);
    if (kept == NULL) {
        return idp_settings_of(document);
    }
    *kept = idp_settings_of(copy);
    idp_cache_put(call, &documents, text, kept, text.size);
    return *kept;
}
