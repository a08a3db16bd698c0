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
        cmocka_unit_test_setup_teardown(coordinates_are_below_the_prime, host_setup, host_teardown),
    };
    return cmocka_run_group_tests_name("point", tests, NULL, NULL);
}
