/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_jwk.c - any key text: what is read is usable for what it says, and nothing raises. Also as a
 * policy, which may raise but only as misuse. */
#include "core/jose/key.h"
#include "regress/unit/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_verifying(struct idp_call *call, struct idp_bytes text)
{
    struct idp_key_set set = idp_keys_read(call, text);

    host_require(set.count <= IDP_KEY_COUNT_MAX);
    for (size_t i = 0; i < set.count; i++) {
        const struct idp_algorithm *algorithm = idp_algorithm_usual(set.keys[i]);

        host_require(algorithm && set.keys[i]->verifies && !set.keys[i]->signs);
        host_require(!idp_key_verify(call, set.keys[i], algorithm, text, text));
    }
}

static void check_signing(struct idp_call *call, struct idp_bytes text)
{
    struct idp_key_set set = idp_keys_read_private(call, text);

    for (size_t i = 0; i < set.count; i++) {
        const struct idp_algorithm *algorithm = idp_algorithm_usual(set.keys[i]);

        host_require(algorithm && set.keys[i]->signs);
        host_require(idp_key_sign(call, set.keys[i], algorithm, text).size > 0);
    }
}

static void check_members(struct idp_call *call, struct idp_bytes text)
{
    const char *why;
    const struct idp_json *jwk = idp_json_read(call, text, &why);
    const struct idp_json *public_jwk = idp_jwk_public(call, jwk);
    struct idp_bytes thumbprint = idp_jwk_thumbprint(call, jwk);

    host_require(!idp_json_member(public_jwk, "d") && !idp_json_member(public_jwk, "k"));
    host_require(!thumbprint.data || thumbprint.size == 43);
}

static void check(struct idp_call *call, void *data)
{
    struct idp_bytes text = *(struct idp_bytes *)data;

    check_verifying(call, text);
    check_signing(call, text);
    check_members(call, text);
}

static void check_policy(struct idp_call *call, void *data)
{
    const char *why;
    const struct idp_json *policy = idp_json_read(call, *(struct idp_bytes *)data, &why);

    idp_jwt_verify(call, idp_bytes_of("a.b.c"), idp_bytes_of("{}"), policy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct idp_bytes text = {(const char *)data, size};
    struct host host;

    host_start(&host);
    host_require(host_try(&host, check, &text));
    host_require(host_try(&host, check_policy, &text) || host.error == IDP_INVALID_ARGUMENT);
    host_end_call(&host);
    host_require(host.block_live_count == 0);
    return 0;
}
