/* SPDX-License-Identifier: Apache-2.0 */
/* test_point.c - public keys of certificates and requests that are points: taken where they are on
 * their curve, in the one spelling that they have. No further check comes behind the reading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/x509.h>

#include "core/jose/jose.h"
#include "regress/unit/host.h"

enum { SPKI_SIZE_MAX = 160 };

static const struct curve {
    const char *name;
    size_t coordinate_size;
} curves[] = {{"P-256", 32}, {"P-384", 48}, {"P-521", 66}};

struct spki {
    unsigned char bytes[SPKI_SIZE_MAX];
    size_t size;
};

static struct spki spki_new(const char *name)
{
    struct spki spki;
    unsigned char *at = spki.bytes;
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", name);
    assert_in_range(i2d_PUBKEY(key, NULL), 1, SPKI_SIZE_MAX);
    spki.size = (size_t)i2d_PUBKEY(key, &at);
    EVP_PKEY_free(key);
    return spki;
}

/* The point ends the value. */
static unsigned char *x_of(struct spki *spki, const struct curve *curve)
{
    return spki->bytes + spki->size - 2 * curve->coordinate_size;
}

static const struct idp_key *key_of(void **state, const struct spki *spki)
{
    const char *why = NULL;
    struct idp_bytes bytes = {(const char *)spki->bytes, spki->size};
    const struct idp_key *key = idp_spki_read(&((struct host *)*state)->call, bytes, &why);
    if (key == NULL)
        assert_string_equal(why, "key");
    return key;
}

static void a_point_is_read(void **state)
{
    for (size_t i = 0; i < IDP_COUNT(curves); i++) {
        struct spki spki = spki_new(curves[i].name);
        const struct idp_key *key = key_of(state, &spki);
        assert_non_null(key);
        struct idp_bytes again = idp_spki_write(&((struct host *)*state)->call, key);
        assert_int_equal(again.size, spki.size);
        assert_memory_equal(again.data, spki.bytes, spki.size);
    }
}

static void what_is_not_on_the_curve_is_refused(void **state)
{
    for (size_t i = 0; i < IDP_COUNT(curves); i++) {
        struct spki spki = spki_new(curves[i].name), changed = spki;
        changed.bytes[changed.size - 1] ^= 1;
        assert_null(key_of(state, &changed));
        changed = spki;
        memset(x_of(&changed, &curves[i]), 0, 2 * curves[i].coordinate_size);
        assert_null(key_of(state, &changed));
        memset(x_of(&changed, &curves[i]), 0xff, 2 * curves[i].coordinate_size);
        assert_null(key_of(state, &changed));
    }
}

/* Compressed, both hybrid forms, and the point at infinity. */
static void other_forms_are_refused(void **state)
{
    for (size_t i = 0; i < IDP_COUNT(curves); i++) {
        const struct spki spki = spki_new(curves[i].name);
        for (unsigned char form = 0; form < 8; form++) {
            struct spki changed = spki;
            x_of(&changed, &curves[i])[-1] = form;
            assert_int_equal(key_of(state, &changed) != NULL, form == 4);
        }
    }
    static const char infinity[] = "\x30\x17\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08"
                                   "\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x02\x00\x00";
    struct spki none = {.size = sizeof infinity - 1};
    memcpy(none.bytes, infinity, none.size);
    assert_null(key_of(state, &none));
}

/* ---- lent ---- */

/* A key pair, and the signature of a text by it. */
struct signer {
    struct spki spki;
    unsigned char signature[80];
    size_t size;
};

static const struct idp_bytes signed_text = IDP_LITERAL("signed");
static const struct idp_bytes ecdsa_sha256 =
    IDP_LITERAL("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02");

static struct signer signer_new(void)
{
    struct signer signer = {.size = sizeof signer.signature};
    unsigned char *at = signer.spki.bytes;
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    signer.spki.size = (size_t)i2d_PUBKEY(key, &at);
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(EVP_DigestSign(context, signer.signature, &signer.size,
                                    (const unsigned char *)signed_text.data, signed_text.size),
                     1);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return signer;
}

static bool has_signed(void **state, const struct idp_key *key, const struct signer *signer)
{
    struct idp_bytes signature = {(const char *)signer->signature, signer->size};
    return idp_x509_verify(&((struct host *)*state)->call, key, ecdsa_sha256, signed_text,
                           signature) == NULL;
}

/* Also one whose signature was refused, which gives its context up, and one that was no point. */
static void a_key_that_was_lent_is_the_one_that_was_read(void **state)
{
    struct host *host = *state;
    const struct signer one = signer_new(), other = signer_new();
    struct spki none = other.spki;
    none.bytes[none.size - 1] ^= 1;
    for (int i = 0; i < 8; i++) {
        const struct signer *mine = i % 2 == 0 ? &one : &other,
                            *not_mine = i % 2 == 0 ? &other : &one;
        const struct idp_key *key = key_of(state, &mine->spki);
        assert_true(has_signed(state, key, mine));
        assert_true(i < 4 || !has_signed(state, key, not_mine));
        assert_true(i < 2 || key_of(state, &none) == NULL);
        assert_true(has_signed(state, key, mine));
        host_end_call(host);
    }
}

static void keys_that_are_lent_at_once_are_apart(void **state)
{
    const struct signer one = signer_new(), other = signer_new();
    const struct idp_key *first = key_of(state, &one.spki), *second = key_of(state, &other.spki);
    for (int i = 0; i < 2; i++) {
        assert_true(has_signed(state, first, &one));
        assert_true(has_signed(state, second, &other));
        assert_false(has_signed(state, first, &other));
        assert_false(has_signed(state, second, &one));
    }
}

/* Adds the prime of the curve to a coordinate: the same point by its residues. */
static void prime_add(unsigned char *coordinate, const struct curve *curve)
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(EC_curve_nist2nid(curve->name));
    int size = (int)curve->coordinate_size;
    BIGNUM *number = BN_bin2bn(coordinate, size, NULL);
    assert_int_equal(BN_add(number, number, EC_GROUP_get0_field(group)), 1);
    assert_int_equal(BN_bn2binpad(number, coordinate, size), size);
    BN_free(number);
    EC_GROUP_free(group);
}

static void coordinates_are_below_the_prime(void **state)
{
    static const struct curve wide = {"P-521", 66}, narrow = {"P-256", 32};
    const struct spki spki = spki_new(wide.name);
    for (size_t i = 0; i < 2; i++) {
        struct spki changed = spki;
        prime_add(x_of(&changed, &wide) + i * wide.coordinate_size, &wide);
        assert_null(key_of(state, &changed));
    }
    static const unsigned char root_of_b[] = {0x66, 0x48, 0x5c, 0x78, 0x0e, 0x2f, 0x83, 0xd7,
                                              0x24, 0x33, 0xbd, 0x5d, 0x84, 0xa0, 0x6b, 0xb6,
                                              0x54, 0x1c, 0x2a, 0xf3, 0x1d, 0xae, 0x87, 0x17,
                                              0x28, 0xbf, 0x85, 0x6a, 0x17, 0x4f, 0x93, 0xf4};
    struct spki zero = spki_new(narrow.name);
    memset(x_of(&zero, &narrow), 0, narrow.coordinate_size);
    memcpy(x_of(&zero, &narrow) + narrow.coordinate_size, root_of_b, sizeof root_of_b);
    assert_non_null(key_of(state, &zero));
    prime_add(x_of(&zero, &narrow), &narrow);
    assert_null(key_of(state, &zero));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_point_is_read, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(what_is_not_on_the_curve_is_refused, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(other_forms_are_refused, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_key_that_was_lent_is_the_one_that_was_read, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(keys_that_are_lent_at_once_are_apart, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(coordinates_are_below_the_prime, host_setup, host_teardown),
    };
    return cmocka_run_group_tests_name("point", tests, NULL, NULL);
}
