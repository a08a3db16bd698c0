/* SPDX-License-Identifier: Apache-2.0 */
/* scope.c - scope values as RFC 6749 §3.3 writes them: tokens separated by one space, order free.
 */
#include "core/oauth/oauth.h"

/* %x21 / %x23-5B / %x5D-7E */
static bool scope_character(char character)
{
    return character > ' ' && character < 0x7f && character != '"' && character != '\\';
}

static bool characters_valid(struct idp_bytes scope)
{
    for (size_t i = 0; i < scope.size; i++) {
        bool inner_space = scope.data[i] == ' ' && i > 0 && i + 1 < scope.size;
        if (!scope_character(scope.data[i]) && !(inner_space && scope.data[i - 1] != ' ')) {
            return false;
        }
    }
    return true;
}

bool idp_scope_valid(struct idp_bytes scope)
{
    if (scope.size > IDP_SCOPE_SIZE_MAX || !characters_valid(scope)) {
        return false;
    }
    struct idp_bytes rest = scope;
    for (struct idp_bytes word = idp_word_next(&rest); word.size > 0; word = idp_word_next(&rest)) {
        if (idp_word_in(rest, word)) {
            return false;
        }
    }
    return true;
}

struct idp_bytes idp_scope_common(struct idp_call *call, struct idp_bytes scope,
                                  struct idp_bytes allowed)
{
    struct idp_text common = {.call = call};
    for (struct idp_bytes word = idp_word_next(&scope); word.size > 0;
         word = idp_word_next(&scope)) {
        if (idp_word_in(allowed, word)) {
            idp_text_add_c(&common, common.size > 0 ? " " : "");
            idp_text_add(&common, word);
        }
    }
    return idp_text_bytes(&common);
}

bool idp_scope_is_administrative(struct idp_bytes scope)
{
    static const struct idp_bytes words = IDP_LITERAL(
        IDP_SCOPE_SSO " " IDP_SCOPE_BROKER " " IDP_SCOPE_METRICS " " IDP_SCOPE_PROVISIONING);
    static const struct idp_bytes prefix = IDP_LITERAL(IDP_SCOPE_EST);
    for (struct idp_bytes word = idp_word_next(&scope); word.size > 0;
         word = idp_word_next(&scope)) {
        if (idp_word_in(words, word) || idp_bytes_start(word, prefix)) {
            return true;
        }
    }
    return false;
}

bool idp_scope_within(struct idp_bytes narrow, struct idp_bytes wide)
{
    struct idp_bytes rest = narrow;
    for (struct idp_bytes word = idp_word_next(&rest); word.size > 0; word = idp_word_next(&rest)) {
        if (!idp_word_in(wide, word)) {
            return false;
        }
    }
    return true;
}
