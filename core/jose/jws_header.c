/* SPDX-License-Identifier: Apache-2.0 */
/* jws_header.c - what the protected header of a JWS claims (RFC 7515 §4.1, RFC 7797 §3). */
#include "core/jose/key.h"

enum { HEADER_SIZE_MAX = 1024, HEADER_TOTAL_MAX = 64 << 10 };

static bool is_string_or_absent(const struct idp_json *object, const char *name)
{
    const struct idp_json *member = idp_json_member(object, name);
    return member == NULL || idp_json_is(member, IDP_JSON_STRING);
}

static bool are_strings(const struct idp_json *object)
{
    static const char *const names[] = {"kid", "typ", "x5t", "x5t#S256"};
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        if (!is_string_or_absent(object, names[i])) {
            return false;
        }
    }
    return idp_json_is(idp_json_member(object, "alg"), IDP_JSON_STRING);
}

/* True for exactly ["b64"]: the one extension there is. */
static bool is_b64_alone(const struct idp_json *crit)
{
    return idp_json_is(crit, IDP_JSON_ARRAY) && idp_json_is(crit->child, IDP_JSON_STRING) &&
           crit->child->next == NULL && idp_bytes_is(crit->child->text, "b64");
}

static enum idp_extension extension_of(const struct idp_json *object)
{
    const struct idp_json *crit = idp_json_member(object, "crit");
    const struct idp_json *b64 = idp_json_member(object, "b64");
    if (crit == NULL && b64 == NULL) {
        return IDP_EXTENSION_NONE;
    }
    if (!is_b64_alone(crit)) {
        return IDP_EXTENSION_UNKNOWN;
    }
    if (idp_json_is(b64, IDP_JSON_FALSE)) {
        return IDP_EXTENSION_UNENCODED;
    }
    return idp_json_is(b64, IDP_JSON_TRUE) ? IDP_EXTENSION_ENCODED : IDP_EXTENSION_UNKNOWN;
}

struct idp_jws_header idp_jws_header_of(const struct idp_json *object)
{
    return (struct idp_jws_header){
        .document = object,
        .well_formed = are_strings(object),
        .alg = idp_json_string(object, "alg"),
        .algorithm = idp_algorithm_find(idp_json_string(object, "alg")),
        .typ = idp_json_string(object, "typ"),
        .kid = idp_json_string(object, "kid"),
        .x5t = idp_json_string(object, "x5t"),
        .x5t_s256 = idp_json_string(object, "x5t#S256"),
        .extension = extension_of(object),
    };
}

/* An issuer's tokens have the same few headers, over and over. */
static struct idp_cache headers = {.release = idp_json_kept_release,
                                   .weight_max = HEADER_TOTAL_MAX,
                                   .mutex = PTHREAD_MUTEX_INITIALIZER};

bool idp_jws_header_read(struct idp_call *call, struct idp_bytes segment,
                         struct idp_jws_header *out)
{
    const struct idp_jws_header *found = idp_cache_get(call, &headers, segment);
    if (found != NULL) {
        *out = *found;
        return true;
    }
    const char *why;
    struct idp_bytes text = idp_base64url_decode(call, segment);
    const struct idp_json *object = text.data == NULL ? NULL : idp_json_read(call, text, &why);
    if (!idp_json_is(object, IDP_JSON_OBJECT)) {
        return false;
    }
    const struct idp_json *copy;
    struct idp_jws_header *kept =
        segment.size > HEADER_SIZE_MAX ? NULL : idp_json_keep(object, sizeof *kept, &copy);
    if (kept == NULL) {
        *out = idp_jws_header_of(object);
        return true;
    }
    *out = *kept = idp_jws_header_of(copy);
    idp_cache_put(call, &headers, segment, kept, segment.size);
    return true;
}
