/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_oidc.c - any request to any instance: it is refused with faults and changes nothing, or it
 * is merged, and then the same again changes nothing more. Any claims under what came of it make
 * somebody, or nobody.
 *
 * The input: the refused block; rules and operation; then the request, what was provisioned before,
 * and the claims. */
#include "regress/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OPERATION = 1, FIRST_ERA = 2, CODE = 4, OPAQUE = 8 };

static struct idp_bytes defaults_of(struct idp_call *call, unsigned char flags)
{
    struct idp_text text = {.call = call};
    idp_text_add_c(
        &text, "{\"clientID\":\"d\",\"issuerURL\":\"https://d.example\",\"groupsPrefix\":\"-\"");
    idp_text_add_c(&text, flags & FIRST_ERA ? ",\"compat\":\"0.0.1\"" : "");
    idp_text_add_c(&text, flags & CODE ? ",\"rule\":\"code\"" : "");
    idp_text_add_c(&text, flags & OPAQUE ? ",\"opaque_jwks\":true}" : "}");
    return idp_text_bytes(&text);
}

static struct idp_value json_or_null(struct idp_call *call, const struct idp_json *json)
{
    bool is_null = json == NULL || json->kind == IDP_JSON_NULL;
    return is_null ? idp_null() : idp_value_json_text(idp_json_text(call, json));
}

/* NULL where a block was refused. */
static const struct idp_json *merge(struct idp_call *call, const char *operation,
                                    struct idp_bytes request, const struct idp_json *state,
                                    struct idp_bytes defaults)
{
    struct idp_value arguments[] = {
        idp_value_text(idp_bytes_of(operation)),
        request.data == NULL ? idp_null() : idp_value_json_text(request),
        json_or_null(call, idp_json_member(state, "record")),
        json_or_null(call, idp_json_member(state, "effective")),
        idp_value_json_text(defaults),
    };
    struct idp_value value = input_call(call, "oidc_merge", arguments, IDP_COUNT(arguments), 0);
    return value.kind == 0 ? NULL : value.json;
}

static bool is_ok(const struct idp_json *answer)
{
    return idp_bytes_is(idp_json_string(answer, "status"), "ok");
}

static bool is_same(struct idp_call *call, const struct idp_json *left,
                    const struct idp_json *right, const char *member)
{
    const struct idp_json *one = idp_json_member(left, member);
    const struct idp_json *other = idp_json_member(right, member);
    return one != NULL && other != NULL &&
           idp_bytes_equal(idp_json_canonical(call, one), idp_json_canonical(call, other));
}

static void check_claims(struct idp_call *call, const struct idp_json *answer,
                         struct idp_bytes claims, unsigned char flags)
{
    static const char *const profiles[] = {"documented", "apiserver", "structured", "owa"};
    const char *why;
    const struct idp_json *effective = idp_json_member(answer, "effective");
    if (claims.data == NULL || !idp_json_is(idp_json_read(call, claims, &why), IDP_JSON_OBJECT) ||
        !idp_json_is(effective, IDP_JSON_OBJECT))
        return;
    struct idp_value arguments[] = {
        idp_value_json_text(idp_json_text(call, effective)),
        idp_value_json_text(claims),
        idp_value_text(idp_bytes_of(profiles[flags / 16 % IDP_COUNT(profiles)])),
    };
    struct idp_value value = input_call(call, "oidc_map_claims", arguments, IDP_COUNT(arguments),
                                        INPUT_RAISES(IDP_INVALID_ARGUMENT));
    if (value.kind != 0) {
        const struct idp_json *username = idp_json_member(value.json, "username");
        bool ok = idp_json_is(idp_json_member(value.json, "ok"), IDP_JSON_TRUE);
        host_require(ok == (username != NULL));
        host_require(ok || idp_json_string(value.json, "reason").size > 0);
    }
}

static void check(struct idp_call *call, struct idp_bytes *rest)
{
    unsigned char flags = input_byte(rest);
    const char *operation = flags & OPERATION ? "update" : "provision";
    struct idp_bytes request = input_part(rest), before = input_part(rest),
                     claims = input_part(rest), defaults = defaults_of(call, flags);
    const struct idp_json *state =
        before.data == NULL ? NULL : merge(call, "provision", before, NULL, defaults);
    const struct idp_json *answer = merge(call, operation, request, state, defaults);
    if (answer == NULL)
        return;
    if (!is_ok(answer)) {
        host_require(idp_json_string(answer, "message").size > 0);
        host_require(state == NULL || (is_same(call, answer, state, "record") &&
                                       is_same(call, answer, state, "effective")));
        return;
    }
    check_claims(call, answer, claims, flags);
    const struct idp_json *again = merge(call, operation, request, answer, defaults);
    if (again != NULL) {
        host_require(is_ok(again));
        host_require(is_same(call, again, answer, "record"));
        host_require(is_same(call, again, answer, "effective"));
        host_require(idp_json_is(idp_json_member(again, "changed"), IDP_JSON_FALSE));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, check);
}
