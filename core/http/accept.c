/* SPDX-License-Identifier: Apache-2.0 */
/* accept.c - what a client likes best of what there is: weights as RFC 9110 §12.4.2 has them. */
#include <strings.h>

#include "core/http/http.h"

enum { WEIGHT_MAX = 1000 };

/* In thousandths; one that cannot be read is 0, as what is not wanted. */
static int weight_read(struct idp_bytes text)
{
    int weight = 0, unit = WEIGHT_MAX;
    for (size_t i = 0; i < text.size && unit > 0; i++) {
        char digit = text.data[i];
        if (i == 1 && digit == '.') {
            continue;
        }
        if (digit < '0' || digit > '9') {
            return 0;
        }
        weight += (digit - '0') * unit;
        unit /= 10;
    }
    return weight <= WEIGHT_MAX ? weight : 0;
}

int idp_accept_weight(struct idp_bytes parameters)
{
    while (parameters.size > 0) {
        struct idp_bytes parameter = idp_part_next(&parameters, ';');
        if (parameter.size >= 2 && strncasecmp(parameter.data, "q=", 2) == 0) {
            return weight_read((struct idp_bytes){parameter.data + 2, parameter.size - 2});
        }
    }
    return WEIGHT_MAX;
}

/* How closely a range names a type: 3 as it is, 2 its kind, 1 whatever it is; 0 not at all. */
static int closeness(struct idp_bytes range, const char *type)
{
    size_t kind_size = strcspn(type, "/") + 1;
    if (range.size == strlen(type) && strncasecmp(range.data, type, range.size) == 0) {
        return 3;
    }
    if (range.size == kind_size + 1 && range.data[kind_size] == '*' &&
        strncasecmp(range.data, type, kind_size) == 0) {
        return 2;
    }
    return idp_bytes_is(range, "*/*") ? 1 : 0;
}

/* The range that names a type most closely says how much it is liked. */
static int weight_of(struct idp_bytes accepted, const char *type)
{
    int weight = 0, closest = 0;
    while (accepted.size > 0) {
        struct idp_bytes parameters = idp_part_next(&accepted, ',');
        int close = closeness(idp_part_next(&parameters, ';'), type);
        if (close > closest) {
            closest = close;
            weight = idp_accept_weight(parameters);
        }
    }
    return weight;
}

size_t idp_accept_choose(struct idp_bytes accepted, const char *const *types, size_t count,
                         size_t usual)
{
    size_t best = usual;
    int best_weight = weight_of(accepted, types[usual]);
    for (size_t i = 0; i < count; i++) {
        int weight = weight_of(accepted, types[i]);
        if (weight > best_weight) {
            best = i;
            best_weight = weight;
        }
    }
    return best;
}
