/* SPDX-License-Identifier: Apache-2.0 */
/* language.c - which language a page is in: the one that the browser likes best of those that are
 * here. A new one is a file of strings and a row. */
#include "core/http/http.h"

#include <strings.h>

const struct idp_language *const idp_languages[] = {&idp_language_en, &idp_language_de};
const size_t idp_language_count = IDP_COUNT(idp_languages);

/* The language of a range, whatever its country; NULL: it is not here. */
static const struct idp_language *language_find(struct idp_bytes range)
{
    struct idp_bytes primary = idp_part_next(&range, '-');
    for (size_t i = 0; i < idp_language_count; i++) {
        size_t size = strlen(idp_languages[i]->tag);
        if (primary.size == size && strncasecmp(primary.data, idp_languages[i]->tag, size) == 0) {
            return idp_languages[i];
        }
    }
    return idp_bytes_is(primary, "*") ? idp_languages[0] : NULL;
}

const struct idp_language *idp_language_of(struct idp_bytes accepted)
{
    const struct idp_language *best = idp_languages[0];
    int best_weight = 0;
    while (accepted.size > 0) {
        struct idp_bytes rest = idp_part_next(&accepted, ',');
        const struct idp_language *found = language_find(idp_part_next(&rest, ';'));
        int weight = found == NULL ? 0 : idp_accept_weight(rest);
        if (weight > best_weight) {
            best = found;
            best_weight = weight;
        }
    }
    return best;
}

const char *idp_language_error(const struct idp_language *language, enum idp_error error)
{
    bool is_there = language->errors != NULL && error <= IDP_TEMPORARILY_UNAVAILABLE &&
                    language->errors[error] != NULL;
    return is_there ? language->errors[error] : idp_error_row(error)->sentence;
}
