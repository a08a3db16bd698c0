/* SPDX-License-Identifier: Apache-2.0 */
/* test_profile.c - whatever a certificate says that its profile does not give is seen before it is
 * signed, whoever put it there; and asterisks stand for what they may. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/pki/profile.h"
#include "regress/unit/host.h"

enum { EXTENSION_COUNT = 8 };

/* All that is judged, each of which a test may change. */
struct making {
    struct idp_call *call;
    const struct idp_key *key;
    struct idp_profile profile;
    struct idp_ca ca;
    struct idp_csr csr;
    struct idp_bytes extensions[EXTENSION_COUNT]; /* size 0: none */
    struct idp_certificate_plan plan;
};

enum { CONSTRAINTS, USAGE, PURPOSES, NAMES, SUBJECT_KEY, AUTHORITY_KEY, PLACES, MORE };

static struct idp_bytes extension(struct making *making, const char *oid, bool is_critical,
                                  const char *value, size_t size)
{
    struct idp_bytes whole = idp_der_put(making->call, IDP_DER_OID, idp_bytes_of(oid));
    return idp_extension_of(making->call, whole, is_critical, (struct idp_bytes){value, size});
}

static const char san[] = "\x30\x0c\x82\x0a"
                          "a.example.";

static struct idp_profile profile_of(struct idp_call *call, const char *settings)
{
    const char *why;
    struct idp_text faults = {.call = call};
    const struct idp_json *json = idp_json_read(call, idp_bytes_of(settings), &why);
    struct idp_profile profile = idp_profile_read(call, idp_bytes_of("p"), json, &faults);
    host_require(faults.size == 0);
    return profile;
}

/* One with which all is well. */
static void make(struct idp_call *call, struct making *out)
{
    const char *why;
    const struct idp_json *jwk = idp_jwk_generate(call, idp_algorithm_find(idp_bytes_of("EdDSA")),
                                                  (struct idp_bytes){NULL, 0});
    *out = (struct making){.call = call, .key = idp_key_read_private(call, jwk)};
    out->profile =
        profile_of(call, "{\"subject\":{\"O\":\"Us\"},\"sans\":{\"dns\":[\"*.example\"]},"
                         "\"subject_from_request\":[\"OU\"],\"lifetime_s\":3600}");
    out->csr.spki = idp_spki_write(call, out->key);
    out->csr.key = idp_spki_read(call, out->csr.spki, &why);
    struct idp_bytes key = idp_key_identifier(call, out->csr.spki);
    int64_t now_us = idp_now_us(call);
    out->ca = (struct idp_ca){.subject = idp_name_of(call, idp_bytes_of("ca")),
                              .key_identifier = key,
                              .key = out->key,
                              .not_before_us = now_us - 86400 * IDP_SECOND_US,
                              .not_after_us = now_us + 86400 * IDP_SECOND_US};
    out->extensions[CONSTRAINTS] = idp_basic_constraints(call, false, -1);
    out->extensions[USAGE] = idp_key_usage(call, IDP_USAGE_DIGITAL_SIGNATURE);
    out->extensions[PURPOSES] = extension(out, "\x55\x1d\x25", false,
                                          "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02", 12);
    out->extensions[NAMES] = extension(out, "\x55\x1d\x11", false,
                                       "\x30\x0b\x82\x09"
                                       "a.example",
                                       13);
    out->extensions[SUBJECT_KEY] = idp_subject_key_identifier(call, key);
    out->extensions[AUTHORITY_KEY] = idp_authority_key_identifier(call, key);
    out->extensions[PLACES] = idp_crl_distribution_point(call, idp_bytes_of("https://a/crl"));
    const char *subject = "{\"O\":\"Us\",\"OU\":\"x\",\"CN\":\"n\"}";
    out->plan = (struct idp_certificate_plan){
        .serial = idp_serial_new(call),
        .issuer = out->ca.subject,
        .subject = idp_name_of_json(call, idp_json_read(call, idp_bytes_of(subject), &why)),
        .spki = out->csr.spki,
        .not_before_us = now_us - 3600 * IDP_SECOND_US,
        .not_after_us = now_us + 3600 * IDP_SECOND_US};
}

static const char *judge(struct making *making)
{
    struct idp_judged judged = {&making->profile, &making->ca, &making->csr,
                                idp_bytes_of("https://a/crl")};
    making->plan.extensions = making->extensions;
    making->plan.extension_count = EXTENSION_COUNT;
    return idp_profile_judge(
        making->call, &judged,
        idp_certificate_to_be_signed(making->call, making->key, &making->plan));
}

/* ---- changes ---- */

static void subject_set(struct making *making, const char *json)
{
    const char *why;
    making->plan.subject =
        idp_name_of_json(making->call, idp_json_read(making->call, idp_bytes_of(json), &why));
}

static void be_authority(struct making *m)
{
    m->extensions[CONSTRAINTS] = idp_basic_constraints(m->call, true, -1);
}
static void lack_constraints(struct making *m)
{
    m->extensions[CONSTRAINTS].size = 0;
}
static void sign_certificates(struct making *m)
{
    m->extensions[USAGE] =
        idp_key_usage(m->call, IDP_USAGE_DIGITAL_SIGNATURE | IDP_USAGE_KEY_CERT_SIGN);
}
static void agree(struct making *m)
{
    m->extensions[USAGE] = idp_key_usage(m->call, IDP_USAGE_KEY_AGREEMENT);
}
static void serve(struct making *m)
{
    m->extensions[PURPOSES] =
        extension(m, "\x55\x1d\x25", false, "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01", 12);
}
static void have_no_purpose(struct making *m)
{
    m->extensions[PURPOSES].size = 0;
}
static void have_other_name(struct making *m)
{
    m->extensions[NAMES] = extension(m, "\x55\x1d\x11", false, san, sizeof san - 1);
}
static void have_name_without_pattern(struct making *m)
{
    m->profile.sans = NULL;
}
static void have_critical_name(struct making *m)
{
    m->extensions[NAMES] = extension(m, "\x55\x1d\x11", true,
                                     "\x30\x0b\x82\x09"
                                     "a.example",
                                     13);
}
static void name_other_key(struct making *m)
{
    m->extensions[SUBJECT_KEY] =
        idp_subject_key_identifier(m->call, idp_bytes_of("01234567890123456789"));
}
static void name_other_authority(struct making *m)
{
    m->extensions[AUTHORITY_KEY] =
        idp_authority_key_identifier(m->call, idp_bytes_of("01234567890123456789"));
}
static void name_other_place(struct making *m)
{
    m->extensions[PLACES] = idp_crl_distribution_point(m->call, idp_bytes_of("https://b/crl"));
}
static void say_more(struct making *m)
{
    m->extensions[MORE] = extension(m, "\x2a\x03\x04", false, "\x05\x00", 2);
}
static void last_longer(struct making *m)
{
    m->plan.not_after_us += IDP_SECOND_US;
}
static void outlive_authority(struct making *m)
{
    m->ca.not_after_us = m->plan.not_after_us - IDP_SECOND_US;
}
static void begin_earlier(struct making *m)
{
    m->plan.not_before_us -= IDP_SECOND_US;
}
static void be_of_other_issuer(struct making *m)
{
    m->plan.issuer = idp_name_of(m->call, idp_bytes_of("another"));
}
static void be_of_others(struct making *m)
{
    subject_set(m, "{\"O\":\"Them\",\"CN\":\"n\"}");
}
static void be_of_nobody(struct making *m)
{
    subject_set(m, "{\"CN\":\"n\"}");
}
static void be_somewhere(struct making *m)
{
    subject_set(m, "{\"O\":\"Us\",\"L\":\"here\",\"CN\":\"n\"}");
}
static void be_unnamed(struct making *m)
{
    subject_set(m, "{\"O\":\"Us\"}");
}
static void be_named_otherwise(struct making *m)
{
    m->profile.common_name = idp_bytes_of("m*");
}

static const struct {
    const char *name;
    void (*change)(struct making *making);
} changes[] = {
    {"an authority", be_authority},
    {"no constraints", lack_constraints},
    {"signs certificates", sign_certificates},
    {"agrees with a key that can't", agree},
    {"another purpose", serve},
    {"no purpose", have_no_purpose},
    {"a name of no pattern", have_other_name},
    {"a name where none may be", have_name_without_pattern},
    {"a critical name", have_critical_name},
    {"another key", name_other_key},
    {"another authority", name_other_authority},
    {"another list", name_other_place},
    {"an extension more", say_more},
    {"a second longer", last_longer},
    {"longer than the authority", outlive_authority},
    {"a second earlier", begin_earlier},
    {"another issuer", be_of_other_issuer},
    {"others' organization", be_of_others},
    {"no organization", be_of_nobody},
    {"a place", be_somewhere},
    {"no common name", be_unnamed},
    {"another common name", be_named_otherwise},
};

static void what_a_profile_gives_is_well(void **state)
{
    struct host *host = *state;
    struct making *making = idp_allocate(&host->call, sizeof *making);
    make(&host->call, making);
    assert_null(judge(making));
    making->extensions[NAMES].size = 0;
    making->extensions[PLACES].size = 0;
    assert_null(judge(making));
}

static void anything_else_is_seen(void **state)
{
    struct host *host = *state;
    struct making *making = idp_allocate(&host->call, sizeof *making);
    for (size_t i = 0; i < IDP_COUNT(changes); i++) {
        make(&host->call, making);
        changes[i].change(making);
        const char *why = judge(making);
        if (why == NULL || strcmp(why, "policy") != 0) {
            fail_msg("%s", changes[i].name);
        }
    }
}

static bool is_no_dot(char c)
{
    return c != '.';
}

static const struct {
    const char *pattern, *text;
    bool matches, matches_label;
} patterns[] = {
    {"", "", true, true},
    {"", "a", false, false},
    {"*", "", true, true},
    {"*", "a.b", true, false},
    {"a*", "a", true, true},
    {"*.example", "a.example", true, true},
    {"*.example", "a.b.example", true, false},
    {"*.example", ".example", true, true},
    {"*.*.example", "a.b.example", true, true},
    {"*ab", "aab", true, true},
    {"a*b*c", "a1b2b3c", true, true},
    {"a*b*c", "a.b2c", true, false},
    {"a**", "a", true, true},
    {"a*b", "a", false, false},
    {"*a*", "bbb", false, false},
    {"abc", "ab", false, false},
};

static void asterisks_stand_for_what_they_may(void **state)
{
    (void)state;
    for (size_t i = 0; i < IDP_COUNT(patterns); i++) {
        struct idp_bytes pattern = idp_bytes_of(patterns[i].pattern);
        struct idp_bytes text = idp_bytes_of(patterns[i].text);
        if (idp_pattern_match(pattern, text, NULL) != patterns[i].matches ||
            idp_pattern_match(pattern, text, is_no_dot) != patterns[i].matches_label) {
            fail_msg("%s and %s", patterns[i].pattern, patterns[i].text);
        }
    }
}

/* What is built in is what certificate_profile() says that it is. */
static void built_in_ones_are_as_they_are_told(void **state)
{
    static const char *const names[] = {"identity", "client"};
    struct host *host = *state;
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        struct idp_value name = {.kind = 't', .bytes = idp_bytes_of(names[i])};
        struct idp_value told = host_invoke_named(host, "certificate_profile", &name, 1);
        assert_int_equal(told.kind, 'j');
        struct idp_profile read =
            profile_of(&host->call, idp_json_text(&host->call, told.json).data);
        const struct idp_profile *made = idp_profile_built_in(name.bytes);
        assert_int_equal(read.key_usage, made->key_usage);
        assert_true(idp_bytes_equal(read.purposes, made->purposes));
        assert_int_equal(read.lifetime_s, made->lifetime_s);
        assert_int_equal(read.backdate_s, made->backdate_s);
        assert_int_equal(read.names_device, made->names_device);
        assert_null(read.common_name.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_a_profile_gives_is_well, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(anything_else_is_seen, host_setup, host_teardown),
        cmocka_unit_test(asterisks_stand_for_what_they_may),
        cmocka_unit_test_setup_teardown(built_in_ones_are_as_they_are_told, host_setup,
                                        host_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
