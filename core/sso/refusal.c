/* SPDX-License-Identifier: Apache-2.0 */
/* refusal.c - what an administrator is told of a refusal beside its reason: which request to the
 * provider failed and how, which issuer was expected. */
#include "core/sso/login.h"

/* What anybody may have sent is shown as far as this, in whole characters. */
static struct idp_bytes cut(struct idp_bytes text)
{
    enum { SHOWN_SIZE_MAX = 255 };
    if (text.size <= SHOWN_SIZE_MAX) {
        return text;
    }
    size_t size = SHOWN_SIZE_MAX;
    while (size > 0 && ((unsigned char)text.data[size] & 0xc0) == 0x80) {
        size--;
    }
    return (struct idp_bytes){text.data, size};
}

void idp_refusal_add_answer(struct idp_call *call, struct idp_json *details, const char *request,
                            const struct idp_json *answer)
{
    int64_t status;
    idp_json_add_c(call, details, "request", request);
    if (idp_json_integer(idp_json_member(answer, "status"), &status)) {
        idp_json_add_integer(call, details, "status", status);
    }
}

void idp_refusal_add_issuer(struct idp_call *call, struct idp_json *details,
                            const struct idp_connection *connection, struct idp_bytes received)
{
    struct idp_bytes expected = idp_json_string(connection->document, "issuer");
    idp_json_add_string(call, details, "expected_issuer", cut(expected));
    idp_json_add_string(call, details, "received_issuer", cut(received));
}

/* The issuer of the first token that is of another one. */
static struct idp_bytes issuer_of(const struct idp_identity *identity)
{
    size_t use = 0;
    while (use < IDP_TOKEN_USE_COUNT && (identity->verdicts[use].reason == NULL ||
                                         strcmp(identity->verdicts[use].reason, "issuer") != 0)) {
        use++;
    }
    return use == IDP_TOKEN_USE_COUNT ? (struct idp_bytes){0}
                                      : idp_json_string(identity->verdicts[use].claims, "iss");
}

void idp_refusal_add(struct idp_call *call, struct idp_json *details,
                     const struct idp_connection *connection, const struct idp_identity *identity)
{
    if (identity->reason == NULL) {
        return;
    }
    if (strcmp(identity->reason, "issuer") == 0) {
        idp_refusal_add_issuer(call, details, connection, issuer_of(identity));
    }
    struct idp_bytes failure = {0};
    if (strcmp(identity->reason, "key") == 0) {
        struct idp_published_keys keys = idp_connection_keys(connection);
        failure = idp_published_keys_load(call, &keys).failure;
    }
    if (failure.data != NULL) {
        idp_json_add_c(call, details, "request", "keys");
        idp_json_add_string(call, details, "keys_error", failure);
    }
    if (identity->validation != NULL) {
        idp_refusal_add_answer(call, details, "validation", identity->validation);
        idp_json_add_string(call, details, "provider_error",
                            idp_json_string(identity->validation, "error"));
    }
}
