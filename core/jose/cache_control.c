/* SPDX-License-Identifier: Apache-2.0 */
/* cache_control.c - for how long an answer may be kept, as its server says (RFC 9111 §5.2). */
#include "core/jose/jose.h"

#include <string.h>

enum { LIFETIME_S = 3600, LIFETIME_MIN_S = 60, LIFETIME_MAX_S = 86400 };

static struct idp_bytes trimmed(struct idp_bytes text, const char *around)
{
    while (text.size > 0 && strchr(around, text.data[0]) != NULL) {
        text = (struct idp_bytes){text.data + 1, text.size - 1};
    }
    while (text.size > 0 && strchr(around, text.data[text.size - 1]) != NULL) {
        text.size--;
    }
    return text;
}

/* -1: it is no number. How much more than the maximum it is does not matter. */
static int64_t seconds_of(struct idp_bytes digits)
{
    int64_t number = 0;
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9') {
            return -1;
        }
        number = number > LIFETIME_MAX_S ? number : number * 10 + (digits.data[i] - '0');
    }
    return digits.size == 0 ? -1 : number;
}

/* The first max-age counts; one that is no number is as if it were not there. */
int64_t idp_cache_control_lifetime_s(struct idp_call *call, struct idp_bytes header)
{
    struct idp_bytes rest = idp_lower_case(call, header);
    bool may_keep = true;
    int64_t age_s = -1;
    while (rest.size > 0) {
        struct idp_bytes directive = idp_part_next(&rest, ',');
        const char *equals = memchr(directive.data, '=', directive.size);
        size_t size = equals == NULL ? directive.size : (size_t)(equals - directive.data);
        struct idp_bytes name = trimmed((struct idp_bytes){directive.data, size}, " \t");
        if (equals != NULL && age_s < 0 && idp_bytes_is(name, "max-age")) {
            struct idp_bytes value = {equals + 1, directive.size - size - 1};
            age_s = seconds_of(trimmed(value, " \t\""));
        }
        may_keep = may_keep && !idp_bytes_is(name, "no-store") && !idp_bytes_is(name, "no-cache");
    }
    int64_t lifetime_s = age_s >= 0 ? age_s : may_keep ? LIFETIME_S : 0;
    lifetime_s = lifetime_s < LIFETIME_MIN_S ? LIFETIME_MIN_S : lifetime_s;
    return lifetime_s > LIFETIME_MAX_S ? LIFETIME_MAX_S : lifetime_s;
}
