/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_tpm.c - any bytes as what a TPM sends give a verdict and no raise. What is taken has one
 * spelling, and is what it says; what somebody else signed, or is a byte longer, is not.
 *
 * The input: the refused block; what is asked; then structures, each with its size in two bytes
 * before it, and the policy as the rest. What would only be reached behind a good signature is
 * signed here. */
#include "core/pki/tpm.h"
#include "regress/fuzz/input.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum asked { PUBLIC, VERIFY, SIGNED, CERTIFICATE, ASKED_COUNT };

static const char jwk_text[] = "{\"kty\":\"EC\",\"crv\":\"P-256\","
                               "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                               "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\","
                               "\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}";
#define POINT                                                                                      \
    "00207fcdce2770f6c45d4183cbee6fdb4b7b580733357be9ef13bacf6e3c7bd154450020c7f144cd1bbd9b7e872c" \
    "df"                                                                                           \
    "edb9eeb9f4b3695d6ea90b24ad8a4623288588e5ad"
static const char ak_hex[] = "0023000b0005007200000010"
                             "0018000b00030010" POINT;
static const char ek_hex[] = "0023000b000300b20020837197674484b3f81a90cc8d46a5d724fd52d76e06520b64"
                             "f2a1da1b331469aa000600800043001000030010" POINT;

/* ---- the input ---- */

static struct idp_bytes part_of(struct idp_bytes *rest)
{
    size_t high = input_byte(rest), size = high << 8 | input_byte(rest);
    struct idp_bytes part = {rest->data, size < rest->size ? size : rest->size};
    *rest = (struct idp_bytes){rest->data + part.size, rest->size - part.size};
    return part;
}

static struct idp_bytes with_byte(struct idp_call *call, struct idp_bytes bytes)
{
    struct idp_text text = {.call = call};
    idp_text_add(&text, bytes);
    idp_text_add_char(&text, 0);
    return idp_text_bytes(&text);
}

static struct idp_value base64(struct idp_call *call, struct idp_bytes bytes)
{
    return idp_value_text(idp_base64_encode(call, bytes));
}

static const struct idp_key *key_of(struct idp_call *call)
{
    const char *why;
    return idp_key_read_private(call, idp_json_read(call, idp_bytes_of(jwk_text), &why));
}

/* ---- what must hold of every verdict ---- */

static const char reasons[] =
    "format too_large key_type key key_weak algorithm scheme ek_attributes ak_attributes "
    "identity_attributes auth_policy symmetric key_mismatch ek_key_usage tpm_model magic type "
    "signature nonce name pcr_selection pcr_digest clock clock_not_safe";

static bool is_good(struct idp_value verdict, bool may_be_of_chain)
{
    if (verdict.kind == 0)
        return false;
    bool is_valid = idp_json_is(idp_json_member(verdict.json, "valid"), IDP_JSON_TRUE);
    struct idp_bytes reason = idp_json_string(verdict.json, "reason");
    host_require(is_valid == (reason.data == NULL));
    host_require(is_valid || may_be_of_chain || idp_word_in(idp_bytes_of(reasons), reason));
    return is_valid;
}

/* ---- public areas ---- */

static struct idp_value inspected(struct idp_call *call, struct idp_bytes bytes)
{
    struct idp_value argument = base64(call, bytes);
    return input_call(call, "tpm_inspect", &argument, 1, 0);
}

static void check_credential(struct idp_call *call, struct idp_bytes bytes, bool is_endorsement)
{
    struct idp_value arguments[] = {base64(call, bytes),
                                    idp_value_text(idp_bytes_of("000b0000000000000000000000000000"
                                                                "00000000000000000000000000000000"
                                                                "0000")),
                                    idp_value_text(idp_bytes_of("AAECAw=="))};
    struct idp_value made = input_call(call, "tpm_make_credential", arguments, 3, 0);
    input_require(is_good(made, false) == is_endorsement);
}

static void check_public(struct idp_call *call, struct idp_bytes bytes)
{
    struct idp_tpm_key key;
    struct idp_text sized = {.call = call};
    struct idp_value told = inspected(call, bytes);
    if (!is_good(told, false)) {
        check_credential(call, bytes, false);
        return;
    }
    host_require(idp_tpm_key_read(call, bytes, &key) == NULL);
    idp_tpm_sized_add(&sized, key.public_area);
    struct idp_value again = inspected(call, idp_text_bytes(&sized));
    input_require(is_good(again, false) && idp_bytes_equal(idp_json_string(again.json, "name"),
                                                           idp_json_string(told.json, "name")));
    input_require(!is_good(inspected(call, with_byte(call, bytes)), false));
    host_require(idp_bytes_equal(idp_spki_write(call, key.key), key.spki));
    check_credential(call, bytes, idp_tpm_endorsement_refusal(&key) == NULL);
}

/* ---- attestations ---- */

static struct idp_value verdict_of(struct idp_call *call, struct idp_bytes public_area,
                                   struct idp_bytes attest, struct idp_bytes signature,
                                   struct idp_value policy)
{
    struct idp_value arguments[] = {base64(call, public_area), base64(call, attest),
                                    base64(call, signature), policy};
    return input_call(call, "tpm_verify", arguments, 4,
                      INPUT_RAISES(IDP_INVALID_ARGUMENT) | INPUT_RAISES(IDP_INVALID_JSON));
}

static struct idp_value policy_of(struct idp_bytes rest)
{
    return rest.size == 0 || !idp_utf8_valid(rest) ? idp_null() : idp_value_json_text(rest);
}

/* It says what it is asked for, nothing else, and every byte of it counts. */
static void check_good(struct idp_call *call, struct idp_bytes public_area, struct idp_bytes attest,
                       struct idp_bytes signature, struct idp_value verdict)
{
    struct idp_json *asked = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_bytes changed = idp_bytes_copy(call, attest);
    idp_json_add_members(call, asked, verdict.json, "type nonce name clock");
    struct idp_value policy = idp_value_json_text(idp_json_text(call, asked));
    struct idp_value other =
        idp_value_json_text(idp_bytes_of("{\"nonce\":\"77\",\"name\":\"77\"}"));
    struct idp_bytes longer = with_byte(call, attest);
    input_require(is_good(verdict_of(call, public_area, attest, signature, policy), false));
    input_require(!is_good(verdict_of(call, public_area, attest, signature, other), false));
    input_require(!is_good(verdict_of(call, public_area, longer, signature, idp_null()), false));
    ((char *)(uintptr_t)changed.data)[attest.size - 1] ^= 1;
    input_require(!is_good(verdict_of(call, public_area, changed, signature, idp_null()), false));
}

static void check_verify(struct idp_call *call, struct idp_bytes rest)
{
    struct idp_bytes public_area = part_of(&rest), attest = part_of(&rest);
    struct idp_bytes signature = part_of(&rest);
    struct idp_value verdict = verdict_of(call, public_area, attest, signature, policy_of(rest));
    if (is_good(verdict, false) && attest.size <= IDP_TPM_STRUCTURE_SIZE_MAX / 2)
        check_good(call, public_area, attest, signature, verdict);
}

/* TPMT_SIGNATURE by the key here. */
static struct idp_bytes signed_by(struct idp_call *call, struct idp_bytes input)
{
    static const struct idp_bytes head = {"\x00\x18\x00\x0b", 4};
    struct idp_text text = {.call = call};
    struct idp_bytes numbers = {0}, r = {0}, s = {0};
    struct idp_bytes der = idp_x509_sign(call, key_of(call), input);
    host_require(idp_der_only(der, IDP_DER_SEQUENCE, &numbers) &&
                 idp_der_take_number(&numbers, &r) && idp_der_take_number(&numbers, &s));
    idp_text_add(&text, head);
    idp_tpm_sized_add(&text, r);
    idp_tpm_sized_add(&text, s);
    return idp_text_bytes(&text);
}

static void check_signed(struct idp_call *call, struct idp_bytes rest)
{
    struct idp_bytes public_area = idp_hex_decode(call, idp_bytes_of(ak_hex));
    struct idp_bytes attest = part_of(&rest), signature = signed_by(call, attest);
    struct idp_value verdict = verdict_of(call, public_area, attest, signature, policy_of(rest));
    if (is_good(verdict, false))
        check_good(call, public_area, attest, signature, verdict);
}

/* ---- certificates of endorsement keys ---- */

static struct idp_bytes extension(struct idp_call *call, const char *oid, struct idp_bytes contents)
{
    struct idp_bytes name = idp_der_oid_contents(call, idp_bytes_of(oid));
    return idp_extension_of(call, idp_der_put(call, IDP_DER_OID, name), true, contents);
}

static struct idp_bytes certificate(struct idp_call *call, const struct idp_bytes *extensions,
                                    size_t count, bool is_leaf)
{
    struct idp_certificate_plan plan = {
        .serial = {"\x01", 1},
        .issuer = idp_name_of(call, idp_bytes_of("Maker")),
        .subject = is_leaf ? idp_der_put(call, IDP_DER_SEQUENCE, (struct idp_bytes){"", 0})
                           : idp_name_of(call, idp_bytes_of("Maker")),
        .spki = idp_spki_write(call, key_of(call)),
        .not_before_us = idp_now_us(call) - IDP_SECOND_US,
        .not_after_us = idp_now_us(call) + 3600 * IDP_SECOND_US,
        .extensions = extensions,
        .extension_count = count};
    return idp_certificate_make(call, key_of(call), &plan);
}

static void check_certificate(struct idp_call *call, struct idp_bytes rest)
{
    unsigned char usage = input_byte(&rest) | 1; /* of no bit there is no extension */
    struct idp_bytes purpose = idp_der_oid_contents(call, idp_bytes_of("2.23.133.8.1"));
    struct idp_bytes identifier = idp_key_identifier(call, idp_spki_write(call, key_of(call)));
    struct idp_bytes of_root[] = {idp_basic_constraints(call, true, -1),
                                  idp_key_usage(call, IDP_USAGE_KEY_CERT_SIGN),
                                  idp_subject_key_identifier(call, identifier)};
    struct idp_bytes of_leaf[] = {
        idp_key_usage(call, usage), idp_authority_key_identifier(call, identifier),
        extension(call, "2.5.29.37",
                  idp_der_put(call, IDP_DER_SEQUENCE, idp_der_put(call, IDP_DER_OID, purpose))),
        extension(call, "2.5.29.17", part_of(&rest))};
    struct idp_bytes ek = usage == 0xff ? rest : idp_hex_decode(call, idp_bytes_of(ek_hex));
    struct idp_value arguments[] = {base64(call, certificate(call, of_leaf, 4, true)),
                                    base64(call, ek), idp_value_text((struct idp_bytes){"", 0}),
                                    base64(call, certificate(call, of_root, 3, false)),
                                    usage == 0xff ? idp_null() : policy_of(rest)};
    struct idp_value verdict =
        input_call(call, "tpm_verify_certificate", arguments, 5,
                   INPUT_RAISES(IDP_INVALID_ARGUMENT) | INPUT_RAISES(IDP_INVALID_JSON));
    if (is_good(verdict, true))
        host_require(idp_json_string(verdict.json, "manufacturer").size > 0 &&
                     (usage & IDP_USAGE_KEY_AGREEMENT) != 0);
}

static void check(struct idp_call *call, struct idp_bytes *rest)
{
    switch (input_byte(rest) % ASKED_COUNT) {
    case PUBLIC:
        check_public(call, *rest);
        return;
    case VERIFY:
        check_verify(call, *rest);
        return;
    case SIGNED:
        check_signed(call, *rest);
        return;
    default:
        check_certificate(call, *rest);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, check);
}
