/* SPDX-License-Identifier: Apache-2.0 */
/* scalar.c - what a plain scalar is (YAML 1.2.2 §10.3.2, core schema): null, true, a number, or
 * else a text. `yes`, `0755` and `1:30` are not what older YAML took them for. */
#include "load/load.h"

#include <errno.h>

static bool is_one_of(const char *text, const char *const words[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(text, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

static const char *skip_digits(const char *text)
{
    return text + strspn(text, "0123456789");
}

/* 0o17 and 0x1f, as JSON has no such thing. *problem: where it is too large. */
static bool read_based(struct loader *loader, struct node *node, const char **problem)
{
    const char *text = node->text;
    bool octal = text[0] == '0' && text[1] == 'o', hex = text[0] == '0' && text[1] == 'x';
    const char *digits = octal ? "01234567" : "0123456789abcdefABCDEF";
    if ((!octal && !hex) || text[2] == '\0' || text[2 + strspn(text + 2, digits)] != '\0') {
        return false;
    }
    errno = 0;
    unsigned long long number = strtoull(text + 2, NULL, octal ? 8 : 16);
    if (errno != 0) {
        *problem = "is too large a number; put it in quotes where it is a text";
    }
    node->text = text_of(loader, "%llu", number);
    return true;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool read_decimal(struct loader *loader, struct node *node)
{
    const char *whole = node->text + (*node->text == '-' || *node->text == '+');
    const char *point = skip_digits(whole), *fraction = *point == '.' ? point + 1 : point;
    const char *exponent = skip_digits(fraction), *end = exponent;
    if (point == whole && exponent == fraction) {
        return false;
    }
    if (*exponent == 'e' || *exponent == 'E') {
        const char *digits = exponent + 1 + (exponent[1] == '-' || exponent[1] == '+');
        end = skip_digits(digits);
        if (end == digits) {
            return false;
        }
    }
    if (*end != '\0' || (*point == '.' && point == whole && exponent == fraction)) {
        return false;
    }
    while (whole[0] == '0' && whole + 1 < point) {
        whole++;
    }
    node->text =
        text_of(loader, "%s%.*s%s%.*s%s", *node->text == '-' ? "-" : "",
                point > whole ? (int)(point - whole) : 1, point > whole ? whole : "0",
                exponent > fraction ? "." : "", (int)(exponent - fraction), fraction, exponent);
    return true;
}

static bool is_infinite(const struct node *node)
{
    static const char *const words[] = {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"};
    const char *text = node->text + (*node->text == '-' || *node->text == '+');
    return is_one_of(text, words, IDP_COUNT(words));
}

const char *scalar_resolve(struct loader *loader, struct node *node)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    static const char *const trues[] = {"true", "True", "TRUE"};
    static const char *const falses[] = {"false", "False", "FALSE"};
    const char *problem = NULL;
    if (is_one_of(node->text, nulls, IDP_COUNT(nulls))) {
        node->kind = NODE_NULL;
    } else if (is_one_of(node->text, trues, IDP_COUNT(trues))) {
        node->kind = NODE_TRUE;
    } else if (is_one_of(node->text, falses, IDP_COUNT(falses))) {
        node->kind = NODE_FALSE;
    } else if (read_based(loader, node, &problem) || read_decimal(loader, node)) {
        node->kind = NODE_NUMBER;
    } else if (is_infinite(node)) {
        problem = "is no number that JSON has; put it in quotes where it is a text";
    }
    return problem;
}
