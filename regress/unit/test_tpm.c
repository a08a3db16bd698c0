/* SPDX-License-Identifier: Apache-2.0 */
/* test_tpm.c - MakeCredential byte for byte, as a TPM took it: known seeds come from the host's
 * randomness. And what the functions for sessions say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/pki/tpm.h"
#include "regress/unit/host.h"
#include "regress/unit/swtpm.h"

enum { FILE_SIZE_MAX = 1 << 16 };

struct trial {
    struct idp_bytes wanted; /* random bytes, the last ones of those that are asked for */
    const struct idp_json *vectors;
    struct idp_host host;
};
static struct trial trial;

static void random_wanted(struct idp_call *call, void *out, size_t size)
{
    (void)call;
    memset(out, 0, size);
    assert_true(trial.wanted.size <= size);
    memcpy((char *)out + (size - trial.wanted.size), trial.wanted.data, trial.wanted.size);
}

/* The vectors; a test without them is skipped. */
static struct idp_call *begin(void **state)
{
    struct host *host = *state;
    struct idp_call *call = &host->call;
    const char *why;
    FILE *file = host_vectors_open("tpm-fixtures/makecred_vectors.json");

    if (!file)
        skip();
    char *text = idp_allocate(call, FILE_SIZE_MAX);
    size_t size = fread(text, 1, FILE_SIZE_MAX, file);
    fclose(file);
    trial.vectors = idp_json_read(call, (struct idp_bytes){text, size}, &why);
    assert_non_null(trial.vectors);
    trial.host = *call->host;
    trial.host.random = random_wanted;
    call->host = &trial.host;
    return call;
}

static struct idp_bytes hex(struct idp_call *call, const struct idp_json *object, const char *name)
{
    struct idp_bytes bytes = idp_hex_decode(call, idp_json_string(object, name));
    assert_non_null(bytes.data);
    return bytes;
}

static struct idp_bytes vector(struct idp_call *call, const char *name)
{
    return hex(call, trial.vectors, name);
}

static struct idp_tpm_key endorsement_key(struct idp_call *call, const char *name)
{
    struct idp_tpm_key key;
    assert_null(idp_tpm_endorsement_key(call, vector(call, name), &key));
    return key;
}

static void names_are_of_the_public_area(void **state)
{
    struct idp_call *call = begin(state);
    struct idp_tpm_key key;
    struct idp_bytes bytes = vector(call, "ak_public_tpm2b");

    assert_null(idp_tpm_attestation_key(call, bytes, &key));
    assert_true(idp_bytes_equal(key.name, vector(call, "ak_name")));
    assert_string_equal(idp_tpm_identity_key(call, bytes, &key), "identity_attributes");
    assert_string_equal(idp_tpm_endorsement_key(call, bytes, &key), "ek_attributes");
}

static void keys_out_of_a_seed(void **state)
{
    struct idp_call *call = begin(state);
    const struct idp_tpm_hash *hash = idp_tpm_hash_named(idp_bytes_of("sha256"));
    struct idp_bytes seed = vector(call, "seed"), nothing = {"", 0};

    assert_true(
        idp_bytes_equal(idp_tpm_kdfa(call, hash, seed, "STORAGE", vector(call, "ak_name"), 16),
                        vector(call, "sym_key")));
    assert_true(idp_bytes_equal(idp_tpm_kdfa(call, hash, seed, "INTEGRITY", nothing, 32),
                                vector(call, "hmac_key")));
}

static void a_credential_of_rsa(void **state)
{
    struct idp_call *call = begin(state);
    struct idp_tpm_key key = endorsement_key(call, "ek_rsa_tpm2b");
    struct idp_bytes blob, secret;

    trial.wanted = vector(call, "seed");
    idp_tpm_make_credential(call, &key, vector(call, "ak_name"), vector(call, "credential"), &blob,
                            &secret);
    assert_true(idp_bytes_equal(blob, vector(call, "id_object_tpm2b")));
    assert_int_equal(secret.size, 2 + 256);
    assert_memory_equal(secret.data, "\x01\x00", 2);
}

static void a_seed_of_a_curve(void **state)
{
    struct idp_call *call = begin(state);
    struct idp_tpm_key key = endorsement_key(call, "ek_ecc_tpm2b");
    const struct idp_json *ecc = idp_json_member(trial.vectors, "ecc");
    struct idp_text sent = {.call = call};

    trial.wanted = idp_hex_decode(call, idp_bytes_of("1122334455667788"));
    struct idp_tpm_seed seed = idp_tpm_seed_make(call, &key);
    idp_tpm_sized_add(&sent, hex(call, ecc, "eph_x"));
    idp_tpm_sized_add(&sent, hex(call, ecc, "eph_y"));
    assert_true(idp_bytes_equal(seed.seed, hex(call, ecc, "seed")));
    assert_true(idp_bytes_equal(seed.sent, idp_text_bytes(&sent)));
}

static void a_credential_of_a_curve(void **state)
{
    struct idp_call *call = begin(state);
    struct idp_tpm_key key = endorsement_key(call, "ek_ecc_tpm2b");
    struct idp_bytes blob, secret;

    trial.wanted = idp_hex_decode(call, idp_bytes_of("1122334455667788"));
    idp_tpm_make_credential(call, &key, vector(call, "ak_name"), vector(call, "credential"), &blob,
                            &secret);
    assert_int_equal(blob.size, 2 + 2 + 32 + 2 + 32);
    assert_int_equal(secret.size, 2 + 2 * (2 + 32));
}

/* ---- what swtpm attests, for a session ---- */

static struct idp_bytes decoded(struct idp_call *call, const char *text)
{
    struct idp_bytes bytes = idp_base64_decode(call, idp_bytes_of(text));
    assert_non_null(bytes.data);
    return bytes;
}

static void keys_are_certified(void **state)
{
    struct idp_call *call = &((struct host *)*state)->call;
    struct idp_tpm_key ak, identity;
    struct idp_tpm_clock clock = {0};
    struct idp_bytes said = decoded(call, SWTPM_CREATION),
                     by = decoded(call, SWTPM_CREATION_SIGNATURE);
    struct idp_bytes nonce = {"\xaa\xbb\xcc", 3}, other = {"\xaa\xbb\xcd", 3};

    assert_null(idp_tpm_attestation_key(call, decoded(call, SWTPM_AK), &ak));
    assert_null(idp_tpm_identity_key(call, decoded(call, SWTPM_IDENTITY), &identity));
    assert_null(idp_tpm_certified(call, said, by, &ak, &identity, nonce, &clock));
    assert_true(clock.is_safe && clock.reset_count == 1 && clock.clock_ms > 0);
    assert_null(idp_tpm_certified(call, said, by, &ak, &identity, nonce, NULL));
    assert_string_equal(idp_tpm_certified(call, said, by, &ak, &identity, other, &clock), "nonce");
    assert_string_equal(idp_tpm_certified(call, said, by, &ak, &ak, nonce, &clock), "name");
    static const struct idp_bytes none;
    static const struct idp_tpm_key unread;
    assert_string_equal(idp_tpm_certified(call, said, by, &ak, &identity, none, NULL), "nonce");
    assert_string_equal(idp_tpm_certified(call, said, by, &ak, &unread, nonce, NULL), "name");
    assert_string_equal(idp_tpm_certified(call, decoded(call, SWTPM_QUOTE),
                                          decoded(call, SWTPM_QUOTE_SIGNATURE), &ak, &identity,
                                          nonce, &clock),
                        "type");
}

static void registers_are_quoted(void **state)
{
    struct idp_call *call = &((struct host *)*state)->call;
    struct idp_tpm_key ak;
    struct idp_tpm_clock clock = {0};
    struct idp_bytes said = decoded(call, SWTPM_QUOTE), by = decoded(call, SWTPM_QUOTE_SIGNATURE);
    struct idp_bytes nonce = {"\x01\x02\x03\x04\x05", 5};
    char text[512];
    const char *why;

    snprintf(text, sizeof text, "{\"sha256\":{\"0\":\"%064d\",\"7\":\"%064d\",\"23\":\"%064d\"}}",
             0, 0, 0);
    const struct idp_json *pcrs = idp_json_read(call, idp_bytes_of(text), &why);
    assert_true(idp_tpm_pcrs_valid(call, pcrs));
    assert_null(idp_tpm_attestation_key(call, decoded(call, SWTPM_AK), &ak));
    assert_null(idp_tpm_quoted(call, said, by, &ak, nonce, pcrs, &clock));
    assert_true(clock.is_safe && clock.reset_count == 1);
    assert_null(idp_tpm_quoted(call, said, by, &ak, nonce, NULL, NULL));
    assert_string_equal(
        idp_tpm_quoted(call, decoded(call, SWTPM_CREATION), by, &ak, nonce, pcrs, NULL), "type");
}

/* Every size, and every byte changed, of a public area that is known to be good. */
static void nothing_is_read_beyond_the_end(void **state)
{
    struct idp_call *call = begin(state);
    struct idp_bytes whole = vector(call, "ek_ecc_tpm2b");
    struct idp_tpm_key key;

    for (size_t size = 0; size < whole.size; size++) {
        struct idp_bytes cut = idp_bytes_copy(call, (struct idp_bytes){whole.data, size});
        assert_non_null(idp_tpm_endorsement_key(call, cut, &key));
    }
    for (size_t i = 0; i < whole.size; i++) {
        struct idp_bytes other = idp_bytes_copy(call, whole);
        ((char *)(uintptr_t)other.data)[i] ^= 1;
        (void)idp_tpm_endorsement_key(call, other, &key);
    }
    assert_null(
        idp_tpm_endorsement_key(call, (struct idp_bytes){whole.data + 2, whole.size - 2}, &key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_are_of_the_public_area, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(keys_out_of_a_seed, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_credential_of_rsa, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_seed_of_a_curve, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_credential_of_a_curve, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(keys_are_certified, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(registers_are_quoted, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(nothing_is_read_beyond_the_end, host_setup, host_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
