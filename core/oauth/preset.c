/* SPDX-License-Identifier: Apache-2.0 */
/* preset.c - the preset isvaop: what a tenant that replaces IBM Security Verify Access does where
 * its settings say nothing. A value in the document wins as ever, and is checked as ever: a user
 * code of six characters is what that system does by default, and refuses when it is asked for. */
#include "core/oauth/settings.h"

#define FIELD(name) offsetof(struct idp_settings, name)

static const struct idp_setting preset_rows[] = {
    {.kind = IDP_SETTING_INTEGER, .integer = 6, .field = FIELD(user_code_length)},
    {.kind = IDP_SETTING_CHARSET,
     .text = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
     .field = FIELD(user_code_charset)},
    {.kind = IDP_SETTING_SLOW_DOWN, .text = "fixed", .field = FIELD(slow_down_fixed)},
};

const struct idp_setting *idp_preset_row(const struct idp_setting *row)
{
    for (size_t i = 0; i < IDP_COUNT(preset_rows); i++) {
        if (preset_rows[i].field == row->field) {
            return &preset_rows[i];
        }
    }
    return NULL;
}
