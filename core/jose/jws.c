/* SPDX-License-Identifier: Apache-2.0 */
/* jws.c - compact JWS (RFC 7515 §7.1, appendix F): taking apart and checking.
 *
 * A token says which algorithm and key it claims; the caller's list and the keys decide. No
 * critical extension is understood but b64 (RFC 7797), and that only where the payload comes by
 * itself. */
#include "core/jose/key.h"

#include <string.h>
#include <strings.h>

/* The segments of a token, still encoded. */
struct segments {
    struct idp_bytes header, payload, signature;
};

static bool next_segment(struct idp_bytes *rest, struct idp_bytes *out)
{
    const char *dot = memchr(rest->data, '.', rest->size);
    if (dot == NULL) {
        return false;
    }
    *out = (struct idp_bytes){rest->data, (size_t)(dot - rest->data)};
    *rest = (struct idp_bytes){dot + 1, rest->size - out->size - 1};
    return true;
}

/* A third dot would be in the signature, where it is no digit. */
static bool segments_read(struct idp_bytes token, struct segments *out)
{
    out->signature = token;
    return token.data != NULL && token.size <= IDP_TOKEN_SIZE_MAX &&
           next_segment(&out->signature, &out->header) &&
           next_segment(&out->signature, &out->payload);
}

static bool ends_read(struct idp_call *call, const struct segments *segments, struct idp_jws *out)
{
    out->signature = idp_base64url_decode(call, segments->signature);
    return out->signature.data != NULL && idp_jws_header_read(call, segments->header, &out->header);
}

bool idp_jws_read(struct idp_call *call, struct idp_bytes token, struct idp_jws *out)
{
    struct segments segments;
    if (!segments_read(token, &segments)) {
        return false;
    }
    out->input = (struct idp_bytes){token.data, token.size - segments.signature.size - 1};
    out->payload = idp_base64url_decode(call, segments.payload);
    return out->payload.data != NULL && ends_read(call, &segments, out);
}

bool idp_jws_read_detached(struct idp_call *call, struct idp_bytes token, struct idp_bytes payload,
                           struct idp_jws *out)
{
    struct segments segments;
    if (payload.size > IDP_ARGUMENT_SIZE_MAX || !segments_read(token, &segments) ||
        segments.payload.size > 0 || !ends_read(call, &segments, out)) {
        return false;
    }
    bool unencoded = out->header.extension == IDP_EXTENSION_UNENCODED;
    if (unencoded || out->header.extension == IDP_EXTENSION_ENCODED) {
        out->header.extension = IDP_EXTENSION_NONE;
    }
    struct idp_text input = {.call = call};
    idp_text_add(&input, segments.header);
    idp_text_add_char(&input, '.');
    idp_text_add(&input, unencoded ? payload : idp_base64url_encode(call, payload));
    out->input = idp_text_bytes(&input);
    out->payload = payload;
    return true;
}

/* ---- checking ---- */

enum idp_reason idp_jws_check(struct idp_call *call, const struct idp_jws *jws,
                              struct idp_bytes keys, const struct idp_json *algorithms)
{
    const struct idp_jws_header *header = &jws->header;
    const struct idp_key *candidates[IDP_KEY_TRY_COUNT_MAX];
    if (!header->well_formed) {
        return IDP_REASON_MALFORMED;
    }
    if (header->extension != IDP_EXTENSION_NONE) {
        return IDP_REASON_CRITICAL;
    }
    if (header->algorithm == NULL ||
        (algorithms != NULL && !idp_json_holds(algorithms, header->alg))) {
        return IDP_REASON_ALGORITHM;
    }
    size_t count = idp_keys_select(idp_keys_read(call, keys), header, candidates);
    for (size_t i = 0; i < count; i++) {
        if (idp_key_verify(call, candidates[i], header->algorithm, jws->input, jws->signature)) {
            return IDP_REASON_VALID;
        }
    }
    return count > 0 ? IDP_REASON_SIGNATURE : IDP_REASON_KEY;
}

/* Media types compare without case, and "application/" may be left out (RFC 7515 §4.1.9). */
static struct idp_bytes subtype(struct idp_bytes type)
{
    static const char prefix[] = "application/";
    size_t size = sizeof prefix - 1;
    if (type.size <= size || strncasecmp(type.data, prefix, size) != 0) {
        return type;
    }
    return (struct idp_bytes){type.data + size, type.size - size};
}

bool idp_jws_type_is(const struct idp_jws *jws, struct idp_bytes expected)
{
    if (jws->header.typ.data == NULL) {
        return false;
    }
    struct idp_bytes actual = subtype(jws->header.typ);
    expected = subtype(expected);
    return actual.size == expected.size &&
           strncasecmp(actual.data, expected.data, actual.size) == 0;
}

/* ---- verdicts ---- */

static const char *const reason_words[IDP_REASON_COUNT] = {
    [IDP_REASON_MALFORMED] = "malformed",
    [IDP_REASON_ALGORITHM] = "algorithm",
    [IDP_REASON_KEY] = "key",
    [IDP_REASON_SIGNATURE] = "signature",
    [IDP_REASON_EXPIRED] = "expired",
    [IDP_REASON_NOT_YET_VALID] = "not_yet_valid",
    [IDP_REASON_ISSUED_IN_FUTURE] = "issued_in_future",
    [IDP_REASON_ISSUER] = "issuer",
    [IDP_REASON_AUDIENCE] = "audience",
    [IDP_REASON_TYPE] = "type",
    [IDP_REASON_MISSING_CLAIM] = "missing_claim",
    [IDP_REASON_CRITICAL] = "critical",
};

const char *idp_reason_word(enum idp_reason reason)
{
    return reason_words[reason];
}

struct idp_json *idp_verdict(struct idp_call *call, enum idp_reason reason)
{
    struct idp_json *verdict = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_bool(call, verdict, "valid", reason == IDP_REASON_VALID);
    if (reason != IDP_REASON_VALID) {
        idp_json_add_c(call, verdict, "reason", reason_words[reason]);
    }
    return verdict;
}

bool idp_jws_signs(struct idp_call *call, struct idp_bytes token, struct idp_bytes keys,
                   struct idp_bytes payload)
{
    struct idp_jws jws = {0};
    return idp_jws_read(call, token, &jws) && idp_bytes_equal(jws.payload, payload) &&
           idp_jws_check(call, &jws, keys, NULL) == IDP_REASON_VALID;
}

struct idp_json *idp_jws_verify(struct idp_call *call, bool read, const struct idp_jws *jws,
                                struct idp_bytes keys, const struct idp_policy *policy)
{
    enum idp_reason reason =
        read ? idp_jws_check(call, jws, keys, policy->algs) : IDP_REASON_MALFORMED;
    if (reason == IDP_REASON_VALID && policy->typ.data != NULL &&
        !idp_jws_type_is(jws, policy->typ)) {
        reason = IDP_REASON_TYPE;
    }
    struct idp_json *verdict = idp_verdict(call, reason);
    if (reason == IDP_REASON_VALID) {
        idp_json_add(verdict, "header", idp_json_node(call, jws->header.document));
        idp_json_add_string(call, verdict, "payload_base64url",
                            idp_base64url_encode(call, jws->payload));
    }
    return verdict;
}
