/* SPDX-License-Identifier: Apache-2.0 */
/* jws.c - compact JWS (RFC 7515 §7.1): taking apart, checking, signing.
 *
 * A token says which algorithm and key it claims; the caller's list and the keys decide. Header
 * members that bring or point to keys (jwk, jku, x5u, x5c) are never looked at. No critical
 * extension is understood, so `crit` and `b64` (RFC 7797) end the check. */
#include "core/jose/key.h"

#include <string.h>

static bool next_segment(struct idp_bytes *rest, struct idp_bytes *out)
{
    const char *dot = memchr(rest->data, '.', rest->size);

    if (!dot) {
        return false;
    }
    *out = (struct idp_bytes){rest->data, (size_t)(dot - rest->data)};
    *rest = (struct idp_bytes){dot + 1, rest->size - out->size - 1};
    return true;
}

bool idp_jws_read(struct idp_call *call, struct idp_bytes token, struct idp_jws *out)
{
    struct idp_bytes header, payload, signature = token;
    const char *why;

    if (!token.data || token.size > IDP_TOKEN_SIZE_MAX || !next_segment(&signature, &header) ||
        !next_segment(&signature, &payload) || memchr(signature.data, '.', signature.size)) {
        return false;
    }
    header = idp_base64url_decode(call, header);
    out->input = (struct idp_bytes){token.data, token.size - signature.size - 1};
    out->payload = idp_base64url_decode(call, payload);
    out->signature = idp_base64url_decode(call, signature);
    if (!header.data || !out->payload.data || !out->signature.data) {
        return false;
    }
    out->header = idp_json_read(call, header, &why);
    return idp_json_is(out->header, IDP_JSON_OBJECT);
}

static bool is_string_or_absent(const struct idp_json *object, const char *name)
{
    const struct idp_json *member = idp_json_member(object, name);

    return !member || idp_json_is(member, IDP_JSON_STRING);
}

static bool is_listed(const struct idp_json *list, struct idp_bytes name)
{
    if (!list) {
        return true;
    }
    for (const struct idp_json *item = list->child; item; item = item->next) {
        if (idp_bytes_equal(item->text, name)) {
            return true;
        }
    }
    return false;
}

static bool has_kid(const struct idp_key *key, struct idp_bytes kid)
{
    return key->kid.data && idp_bytes_equal(key->kid, kid);
}

/* Keys of exactly this kid that fit, as many as may be tried; *known: some key has the kid. */
static size_t select_by_kid(struct idp_key_set set, const struct idp_algorithm *algorithm,
                            struct idp_bytes kid, const struct idp_key **out, bool *known)
{
    size_t count = 0;

    for (size_t i = 0; i < set.count && count < IDP_KEY_TRY_COUNT_MAX; i++) {
        if (!has_kid(set.keys[i], kid)) {
            continue;
        }
        *known = true;
        if (idp_algorithm_fits(algorithm, set.keys[i])) {
            out[count++] = set.keys[i];
        }
    }
    return count;
}

/* The one key that fits; a key with a kid only where the token has none. */
static size_t select_only(struct idp_key_set set, const struct idp_algorithm *algorithm,
                          bool token_has_kid, const struct idp_key **out)
{
    size_t count = 0;

    for (size_t i = 0; i < set.count; i++) {
        if ((token_has_kid && set.keys[i]->kid.data) ||
            !idp_algorithm_fits(algorithm, set.keys[i])) {
            continue;
        }
        out[0] = set.keys[i];
        count++;
    }
    return count == 1 ? 1 : 0;
}

static size_t select_keys(struct idp_key_set set, const struct idp_algorithm *algorithm,
                          struct idp_bytes kid, const struct idp_key **out)
{
    bool known = false;
    size_t count = kid.data ? select_by_kid(set, algorithm, kid, out, &known) : 0;

    return count > 0 || known ? count : select_only(set, algorithm, kid.data != NULL, out);
}

enum idp_reason idp_jws_check(struct idp_call *call, const struct idp_jws *jws,
                              struct idp_bytes keys, const struct idp_json *algorithms)
{
    const struct idp_key *candidates[IDP_KEY_TRY_COUNT_MAX];
    struct idp_bytes name = idp_json_string(jws->header, "alg");

    if (!name.data || !is_string_or_absent(jws->header, "kid") ||
        !is_string_or_absent(jws->header, "typ")) {
        return IDP_REASON_MALFORMED;
    }
    if (idp_json_member(jws->header, "crit") || idp_json_member(jws->header, "b64")) {
        return IDP_REASON_CRITICAL;
    }

    const struct idp_algorithm *algorithm = idp_algorithm_find(name);

    if (!algorithm || !is_listed(algorithms, name)) {
        return IDP_REASON_ALGORITHM;
    }

    size_t count = select_keys(idp_keys_read(call, keys), algorithm,
                               idp_json_string(jws->header, "kid"), candidates);

    for (size_t i = 0; i < count; i++) {
        if (idp_key_verify(call, candidates[i], algorithm, jws->input, jws->signature)) {
            return IDP_REASON_VALID;
        }
    }
    return count > 0 ? IDP_REASON_SIGNATURE : IDP_REASON_KEY;
}

/* The algorithm a header asks for where the key leaves the choice, else the key's usual one. */
static const struct idp_algorithm *
signing_algorithm(struct idp_call *call, const struct idp_key *key, const struct idp_json *header)
{
    const struct idp_json *asked = idp_json_member(header, "alg");

    if (!asked) {
        return idp_algorithm_usual(key);
    }

    const struct idp_algorithm *algorithm = idp_algorithm_find(idp_json_string(header, "alg"));

    if (!algorithm || !idp_algorithm_fits(algorithm, key)) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The member alg of header is not an algorithm that the key is for.");
    }
    return algorithm;
}

static void check_header(struct idp_call *call, const struct idp_key *key,
                         const struct idp_json *header)
{
    const struct idp_json *kid = idp_json_member(header, "kid");

    if (idp_json_member(header, "crit") || idp_json_member(header, "b64")) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The header may not have crit or b64; no extension is supported.");
    }
    if (kid && !(idp_json_is(kid, IDP_JSON_STRING) &&
                 (!key->kid.data || idp_bytes_equal(kid->text, key->kid)))) {
        idp_fail_with(call, IDP_INVALID_ARGUMENT,
                      "The member kid of header is not the key's; leave it out.");
    }
}

static struct idp_bytes header_text(struct idp_call *call, const struct idp_key *key,
                                    const struct idp_algorithm *algorithm,
                                    const struct idp_json *header)
{
    struct idp_json *out = idp_json_new(call, IDP_JSON_OBJECT);

    idp_json_add_c(call, out, "alg", algorithm->name);
    idp_json_add_string(call, out, "kid",
                        key->kid.data ? key->kid : idp_json_string(header, "kid"));
    for (const struct idp_json *item = header ? header->child : NULL; item; item = item->next) {
        if (!idp_bytes_is(item->name, "alg") && !idp_bytes_is(item->name, "kid")) {
            idp_json_add_named(out, item->name, idp_json_copy(call, item));
        }
    }
    return idp_json_text(call, out);
}

struct idp_bytes idp_jws_sign(struct idp_call *call, const struct idp_key *key,
                              const struct idp_json *header, struct idp_bytes payload)
{
    struct idp_text token = {.call = call};

    check_header(call, key, header);

    const struct idp_algorithm *algorithm = signing_algorithm(call, key, header);

    idp_text_add(&token, idp_base64url_encode(call, header_text(call, key, algorithm, header)));
    idp_text_add_char(&token, '.');
    idp_text_add(&token, idp_base64url_encode(call, payload));

    struct idp_bytes signature = idp_key_sign(call, key, algorithm, idp_text_bytes(&token));

    idp_text_add_char(&token, '.');
    idp_text_add(&token, idp_base64url_encode(call, signature));
    return idp_text_bytes(&token);
}
