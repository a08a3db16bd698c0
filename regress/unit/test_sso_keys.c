/* SPDX-License-Identifier: Apache-2.0 */
/* test_sso_keys.c - the keys of a provider: which a document gives, when they are good, and that a
 * token is checked with those alone. Keys and certificates are made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/xmlerror.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "core/jose/key.h"
#include "core/sso/keys.h"
#include "regress/unit/host.h"

#define BEGIN_S INT64_C(1767225600) /* 2026-01-01, the host's time */
#define END_S INT64_C(1798761600)
#define US INT64_C(1000000)
#define METADATA "urn:oasis:names:tc:SAML:2.0:metadata"
#define SIGNATURE "http://www.w3.org/2000/09/xmldsig#"

enum { SIGNING, NEXT, OTHER, KEY_COUNT };

/* Private JWKs and their certificates as base64: made once, RSA takes its time. */
static struct host made;
static struct idp_json *jwks[KEY_COUNT];
static struct idp_bytes certificates[KEY_COUNT];

static struct idp_call *call_of(void **state)
{
    return &((struct host *)*state)->call;
}

/* ---- making ---- */

static struct idp_bytes certificate_of(struct idp_call *call, const struct idp_json *jwk)
{
    EVP_PKEY *pkey = idp_key_read_private(call, jwk)->pkey;
    bool is_okp = idp_bytes_is(idp_json_string(jwk, "kty"), "OKP");
    X509 *certificate = X509_new();
    unsigned char *der = NULL;
    ASN1_TIME_set(X509_getm_notBefore(certificate), BEGIN_S);
    ASN1_TIME_set(X509_getm_notAfter(certificate), END_S);
    assert_int_equal(X509_set_pubkey(certificate, pkey), 1);
    assert_true(X509_sign(certificate, pkey, is_okp ? NULL : EVP_sha256()) > 0);
    int size = i2d_X509(certificate, &der);
    struct idp_bytes base64 =
        idp_base64_encode(call, (struct idp_bytes){(const char *)der, (size_t)size});
    OPENSSL_free(der);
    X509_free(certificate);
    return base64;
}

static size_t told_count;

/* What libxml2 tells the process, whose handler may be somebody else's. */
static void be_told(void *context, const xmlError *error)
{
    (void)context, (void)error;
    told_count++;
}

static int make_keys(void **state)
{
    static const char *const names[KEY_COUNT] = {"RS256", "RS256", "EdDSA"};
    (void)state;
    xmlSetStructuredErrorFunc(NULL, (xmlStructuredErrorFunc)be_told);
    host_start(&made);
    for (size_t i = 0; i < KEY_COUNT; i++) {
        const struct idp_algorithm *algorithm = idp_algorithm_find(idp_bytes_of(names[i]));
        jwks[i] = idp_jwk_generate(&made.call, algorithm, (struct idp_bytes){NULL, 0});
        certificates[i] = certificate_of(&made.call, jwks[i]);
    }
    return 0;
}

static int drop_keys(void **state)
{
    (void)state;
    host_end_call(&made);
    return told_count == 0 ? 0 : -1;
}

/* The template with "@" replaced by the certificates in turn. */
static struct idp_bytes filled(struct idp_call *call, const char *template)
{
    struct idp_text text = {.call = call};
    size_t next = 0;
    for (; *template != 0; template ++) {
        if (*template == '@')
            idp_text_add(&text, certificates[next++]);
        else
            idp_text_add_char(&text, *template);
    }
    return idp_text_bytes(&text);
}

static const char roles[] =
    "<?xml version=\"1.0\"?><EntityDescriptor xmlns=\"" METADATA "\" entityID=\"x\">"
    "<IDPSSODescriptor><KeyDescriptor use=\"signing\"><KeyInfo xmlns=\"" SIGNATURE "\"><X509Data>"
    "<X509Certificate>\n@\n</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
    "<KeyDescriptor><KeyInfo xmlns=\"" SIGNATURE "\"><X509Data><X509Certificate>@"
    "</X509Certificate></X509Data></KeyInfo></KeyDescriptor></IDPSSODescriptor>"
    "<Organization title=\"\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80\"/></EntityDescriptor>";

/* ---- what a document gives ---- */

static struct idp_json *keys_of(struct idp_call *call, enum idp_key_source source,
                                struct idp_bytes document)
{
    const char *why;
    struct idp_json *keys = idp_keys_of_document(call, source, false, document, &why);
    assert_true((keys == NULL) == (why != NULL));
    return keys;
}

static const char *why_not(struct idp_call *call, enum idp_key_source source,
                           struct idp_bytes document)
{
    const char *why;
    assert_null(idp_keys_of_document(call, source, false, document, &why));
    return why;
}

static size_t key_count(const struct idp_json *keys)
{
    size_t count = 0;
    const struct idp_json *list = idp_json_member(keys, "keys");
    for (const struct idp_json *key = list != NULL ? list->child : NULL; key != NULL;
         key = key->next)
        count++;
    return count;
}

static bool has_member(const struct idp_json *keys, size_t index, const char *name,
                       const char *expected)
{
    const struct idp_json *key = idp_json_member(keys, "keys")->child;
    while (index-- > 0)
        key = key->next;
    const struct idp_json *member = idp_json_member(key, name);
    return member == NULL ? expected == NULL : host_text_is(member->text, expected);
}

static void metadata_gives_certificates_with_their_names_and_periods(void **state)
{
    struct idp_json *keys = keys_of(call_of(state), IDP_KEYS_ADFS, filled(call_of(state), roles));
    struct idp_key key;
    assert_int_equal(key_count(keys), 2);
    assert_non_null(idp_certificate_read(
        call_of(state), idp_base64_decode(call_of(state), certificates[SIGNING]), &key));
    assert_true(has_member(keys, 0, "kid", key.x5t.data));
    assert_true(has_member(keys, 0, "x5t", key.x5t.data));
    assert_true(has_member(keys, 0, "x5t#S256", key.x5t_s256.data));
    assert_true(has_member(keys, 0, "nbf", "1767225600"));
    assert_true(has_member(keys, 0, "exp", "1798761600"));
    assert_true(has_member(keys, 0, "n", idp_json_string(jwks[SIGNING], "n").data));
    assert_true(has_member(keys, 1, "n", idp_json_string(jwks[NEXT], "n").data));
}

/* ---- encodings ---- */

static unsigned character_next(const unsigned char **at)
{
    unsigned first = *(*at)++, count = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    unsigned character = count == 0 ? first : first & (0x3F >> count);
    while (count-- > 0)
        character = character << 6 | (*(*at)++ & 0x3F);
    return character;
}

static void unit_add(struct idp_text *text, unsigned unit, bool is_big)
{
    idp_text_add_char(text, (char)(is_big ? unit >> 8 : unit));
    idp_text_add_char(text, (char)(is_big ? unit : unit >> 8));
}

static struct idp_bytes utf16_of(struct idp_call *call, struct idp_bytes utf8, bool is_big)
{
    struct idp_text text = {.call = call};
    const unsigned char *at = (const unsigned char *)utf8.data, *end = at + utf8.size;
    unit_add(&text, 0xFEFF, is_big);
    while (at < end) {
        unsigned character = character_next(&at);
        if (character >= 0x10000) {
            unit_add(&text, 0xD800 | (character - 0x10000) >> 10, is_big);
            character = 0xDC00 | (character & 0x3FF);
        }
        unit_add(&text, character, is_big);
    }
    return idp_text_bytes(&text);
}

static void metadata_may_be_utf_16(void **state)
{
    struct idp_call *call = call_of(state);
    struct idp_bytes utf8 = filled(call, roles);
    struct idp_bytes text;
    for (int is_big = 0; is_big < 2; is_big++) {
        const char *why;
        struct idp_bytes utf16 = utf16_of(call, utf8, is_big);
        text = idp_metadata_text(call, utf16, &why);
        assert_true(idp_bytes_equal(text, utf8));
        assert_int_equal(key_count(keys_of(call, IDP_KEYS_ADFS, utf16)), 2);
    }
}

static void a_mark_of_utf_8_is_no_text(void **state)
{
    struct idp_text text = {.call = call_of(state)};
    idp_text_add_c(&text, "\xEF\xBB\xBF");
    idp_text_add(&text, filled(call_of(state), roles));
    assert_int_equal(key_count(keys_of(call_of(state), IDP_KEYS_ADFS, idp_text_bytes(&text))), 2);
}

static void what_is_no_text_is_refused(void **state)
{
    static const struct idp_bytes texts[] = {
        {"", 0},
        {"\xFF\xFE", 2},
        {"\xFF\xFE<\0x", 5},
        {"\xFF\xFE\0\xD8", 4},
        {"\xFF\xFE\0\xD8<\0", 6},
        {"\xFE\xFF\xDC\0\0<", 6},
        {"\xFF\xFE\0\0<\0\0\0", 8},
        {"<\0?\0", 4},
        {"<a>\xC3</a>", 8},
        {"<a\0/>", 5},
    };
    for (size_t i = 0; i < IDP_COUNT(texts); i++)
        assert_string_equal(why_not(call_of(state), IDP_KEYS_ADFS, texts[i]),
                            "The document is neither UTF-8 nor UTF-16.");
}

/* ---- hostile documents ---- */

static void what_may_expand_or_load_is_refused(void **state)
{
    static const char *const documents[] = {
        "<!DOCTYPE x><x/>",
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>",
        "<!DOCTYPE x SYSTEM \"http://127.0.0.1:1/\"><x/>",
        "<x/><!-- <!DOCTYPE -->",
        "\xFF\xFE<\0!\0D\0O\0C\0T\0Y\0P\0E\0 \0x\0>\0",
    };
    for (size_t i = 0; i < IDP_COUNT(documents); i++) {
        struct idp_bytes text = {documents[i], i == 4 ? 26 : strlen(documents[i])};
        assert_string_equal(why_not(call_of(state), IDP_KEYS_ADFS, text),
                            "The document has a DOCTYPE, which is not read.");
    }
}

static struct idp_bytes repeated(struct idp_call *call, const char *before, const char *what,
                                 size_t count, const char *after)
{
    struct idp_text text = {.call = call};
    idp_text_add_c(&text, before);
    while (count-- > 0)
        idp_text_add_c(&text, what);
    idp_text_add_c(&text, after);
    return idp_text_bytes(&text);
}

static void deep_and_wide_documents_are_refused(void **state)
{
    struct idp_call *call = call_of(state);
    static const char start[] = "<EntityDescriptor xmlns=\"" METADATA "\">";
    static const char deep[] = "The document has elements that are nested deeper than 32.";
    static const char wide[] = "The document has a tag of more than 100 attributes.";
    static const char none[] = "The document has no key that can verify.";
    static const struct {
        const char *before, *what, *after, *why;
        size_t count;
    } cases[] = {
        {start, "<a>", "", deep, 300000},
        {start, "<a>", "", deep, 32},
        {start, "<a>", "", "The document is no well-formed XML.", 31},
        {start, "<a/>", "</EntityDescriptor>", none, 200000},
        {"<a", " b=\"\"", "/>", wide, 101},
        {"<a", " b\n= '<'", "/>", wide, 101},
        {"<EntityDescriptor xmlns=\"" METADATA "\" x=\"", "= ", "\"/>", none, 1000},
    };
    for (size_t i = 0; i < IDP_COUNT(cases); i++) {
        struct idp_bytes text =
            repeated(call, cases[i].before, cases[i].what, cases[i].count, cases[i].after);
        const char *expected = i == 5 ? "The document is no well-formed XML." : cases[i].why;
        assert_string_equal(why_not(call, IDP_KEYS_ADFS, text), expected);
    }
}

/* The errors of a document stay with its parser. */
static void nobody_else_is_told(void **state)
{
    static const char *const documents[] = {"<a",
                                            "<a>&b;</a>",
                                            "<a><b></a>",
                                            "<a b='<'/>",
                                            "<?xml version='9'?><a:b/>",
                                            "<a xmlns='%'/>",
                                            "<?xml version='1.0' encoding='x-none'?><a/>",
                                            "<a xml:lang='!' xml:lang='?'/>"};
    for (size_t i = 0; i < IDP_COUNT(documents); i++)
        why_not(call_of(state), IDP_KEYS_ADFS, idp_bytes_of(documents[i]));
    assert_int_equal(told_count, 0);
}

static void what_is_too_large_is_refused(void **state)
{
    struct idp_call *call = call_of(state);
    struct idp_bytes large = repeated(call, "", " ", IDP_ARGUMENT_SIZE_MAX + 1, "");
    static const enum idp_key_source sources[] = {IDP_KEYS_AAD, IDP_KEYS_ADFS, IDP_KEYS_MANUAL,
                                                  IDP_KEYS_JWKS};
    for (size_t i = 0; i < IDP_COUNT(sources); i++)
        assert_string_equal(why_not(call, sources[i], large),
                            "The document is longer than 1048576 bytes.");
}

/* ---- how many ---- */

/* A JWKS of this many keys, each with a kid of this size. */
static struct idp_bytes set_of(struct idp_call *call, size_t count, size_t kid_size)
{
    struct idp_text text = {.call = call};
    idp_text_add_c(&text, "{\"keys\":[");
    for (size_t i = 0; i < count; i++) {
        idp_text_add_c(&text, i == 0 ? "" : ",");
        idp_text_add(&text, repeated(call, "{\"kid\":\"", "k", kid_size, "\","));
        idp_text_add_c(&text, "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
                              "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}");
    }
    idp_text_add_c(&text, "]}");
    return idp_text_bytes(&text);
}

static void a_set_has_limits(void **state)
{
    struct idp_call *call = call_of(state);
    struct idp_json *keys = keys_of(call, IDP_KEYS_JWKS, set_of(call, IDP_KEY_COUNT_MAX, 9));
    struct idp_bytes text = idp_keys_in_force(call, keys, 0);
    assert_int_equal(idp_keys_read(call, text).count, IDP_KEY_COUNT_MAX);
    assert_string_equal(why_not(call, IDP_KEYS_JWKS, set_of(call, IDP_KEY_COUNT_MAX + 1, 9)),
                        "The document has more than 256 keys.");
    assert_string_equal(why_not(call, IDP_KEYS_JWKS, set_of(call, IDP_KEY_COUNT_MAX, 1000)),
                        "The keys are longer than 262144 bytes.");
}

/* Certificates that differ in their signatures only, which nobody checks. */
static struct idp_bytes many_certificates(struct idp_call *call, size_t count)
{
    struct idp_text text = {.call = call};
    struct idp_bytes der = idp_base64_decode(call, certificates[OTHER]);
    char *end = (char *)(uintptr_t)der.data + der.size;
    idp_text_add_c(&text, "<EntityDescriptor xmlns=\"" METADATA "\"><RoleDescriptor>");
    for (size_t i = 0; i < count; i++) {
        end[-1] = (char)i;
        end[-2] = (char)(i >> 8);
        idp_text_add_c(&text, "<KeyDescriptor><KeyInfo xmlns=\"" SIGNATURE
                              "\"><X509Data><X509Certificate>");
        idp_text_add(&text, idp_base64_encode(call, der));
        idp_text_add_c(&text, "</X509Certificate></X509Data></KeyInfo></KeyDescriptor>");
    }
    idp_text_add_c(&text, "</RoleDescriptor></EntityDescriptor>");
    return idp_text_bytes(&text);
}

static void metadata_has_limits(void **state)
{
    struct idp_call *call = call_of(state);
    struct idp_json *keys =
        keys_of(call, IDP_KEYS_ADFS, many_certificates(call, IDP_KEY_COUNT_MAX));
    assert_int_equal(key_count(keys), IDP_KEY_COUNT_MAX);
    assert_string_equal(
        why_not(call, IDP_KEYS_ADFS, many_certificates(call, IDP_KEY_COUNT_MAX + 1)),
        "The document has more than 256 keys.");
}

/* ---- tokens ---- */

static struct idp_bytes token_of(struct idp_call *call, size_t key, const char *header)
{
    const char *why;
    struct idp_json *claims = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, claims, "appid", "b");
    struct idp_json *jwk = idp_json_copy(call, jwks[key]);
    return idp_jwt_sign(call, idp_key_read_private(call, jwk), claims,
                        idp_json_read(call, idp_bytes_of(header), &why));
}

static bool is_valid(struct idp_call *call, struct idp_bytes token, struct idp_bytes keys)
{
    struct idp_json *verdict = idp_jwt_verify(call, token, keys, NULL);
    return idp_json_is(idp_json_member(verdict, "valid"), IDP_JSON_TRUE);
}

static void a_token_is_good_while_its_key_is(void **state)
{
    struct idp_call *call = call_of(state);
    struct idp_bytes x5c = filled(call, "{\"keys\":[{\"kty\":\"RSA\",\"x5c\":[\"@\"]}]}");
    struct idp_json *keys = keys_of(call, IDP_KEYS_AAD, x5c);
    struct idp_json *named = keys_of(call, IDP_KEYS_ADFS, filled(call, roles));
    struct idp_bytes token = token_of(call, SIGNING, "{}");
    static const struct {
        int64_t now_us;
        bool good;
    } moments[] = {{BEGIN_S * US - 1, false},
                   {BEGIN_S * US, true},
                   {END_S * US - 1, true},
                   {END_S * US, false}};
    for (size_t i = 0; i < IDP_COUNT(moments); i++) {
        struct idp_bytes text = idp_keys_in_force(call, keys, moments[i].now_us);
        assert_int_equal(is_valid(call, token, text), moments[i].good);
    }
    /* whose kid no key of theirs has */
    assert_false(is_valid(call, token, idp_keys_in_force(call, named, BEGIN_S * US)));
    assert_false(
        is_valid(call, token_of(call, NEXT, "{}"), idp_keys_in_force(call, keys, BEGIN_S * US)));
}

static void what_is_stored_and_spoilt_is_never_good(void **state)
{
    const char *why;
    struct idp_call *call = call_of(state);
    static const char *const sets[] = {"{\"keys\":[{\"nbf\":\"1\"}]}",
                                       "{\"keys\":[{\"exp\":null}]}", "{\"keys\":{}}", "[]"};
    for (size_t i = 0; i < IDP_COUNT(sets); i++) {
        const struct idp_json *keys = idp_json_read(call, idp_bytes_of(sets[i]), &why);
        assert_true(host_text_is(idp_keys_in_force(call, keys, BEGIN_S * US), "{\"keys\":[]}"));
    }
    assert_true(host_text_is(idp_key_in_force(call, NULL, 0), "{\"keys\":[]}"));
}

/* ---- manual ---- */

static const char two[] = "{\"certIdFromField\":true,\"certIdField\":\"appid\",\"certificates\":{"
                          "\"a\":{\"alg\":\"PCKS\",\"publicKey\":\"@\"},"
                          "\"b\":{\"alg\":\"PCKS\",\"publicKey\":\"@\"}}}";

/* Whether a token with this header is good by the key that it names. */
static bool is_good_by_name(void **state, size_t key, const char *header, struct idp_bytes field)
{
    struct idp_call *call = call_of(state);
    struct idp_json *keys = keys_of(call, IDP_KEYS_MANUAL, filled(call, two));
    struct idp_bytes token = token_of(call, key, header);
    struct idp_json *decoded = idp_jwt_decode(call, token);
    const struct idp_json *named = idp_keys_named(keys, idp_json_member(decoded, "header"),
                                                  idp_json_member(decoded, "claims"), field);
    return is_valid(call, token, idp_key_in_force(call, named, BEGIN_S * US));
}

static void a_token_names_its_key(void **state)
{
    struct idp_bytes appid = idp_bytes_of("appid");
    assert_true(is_good_by_name(state, NEXT, "{}", appid));                   /* claims say b */
    assert_false(is_good_by_name(state, SIGNING, "{}", appid));               /* that is a */
    assert_true(is_good_by_name(state, SIGNING, "{\"appid\":\"a\"}", appid)); /* header first */
    assert_false(is_good_by_name(state, NEXT, "{\"appid\":\"a\"}", appid));
    assert_false(is_good_by_name(state, NEXT, "{\"appid\":\"c\"}", appid)); /* and alone */
    assert_false(is_good_by_name(state, NEXT, "{\"appid\":7}", appid));
    assert_false(is_good_by_name(state, NEXT, "{}", idp_bytes_of("tid")));
    assert_false(is_good_by_name(state, NEXT, "{}", idp_bytes_of("")));
    assert_false(is_good_by_name(state, NEXT, "{}", (struct idp_bytes){NULL, 0}));
}

/* No name in a token contradicts the only key that there is. */
static void one_certificate_needs_no_name(void **state)
{
    struct idp_call *call = call_of(state);
    struct idp_json *keys = keys_of(
        call, IDP_KEYS_MANUAL,
        filled(call, "{\"certificates\":{\"default\":{\"alg\":\"PCKS\",\"publicKey\":\"@\"}}}"));
    const struct idp_json *key = idp_keys_named(keys, NULL, NULL, (struct idp_bytes){NULL, 0});
    struct idp_bytes token = token_of(call, SIGNING, "{\"x5t\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAA\"}");
    assert_true(is_valid(call, token, idp_key_in_force(call, key, BEGIN_S * US)));
    assert_false(is_valid(call, token, idp_key_in_force(call, key, END_S * US)));
    assert_false(is_valid(call, token, idp_keys_in_force(call, keys, BEGIN_S * US)));
}

static void the_field_is_what_the_flag_says(void **state)
{
    static const struct {
        const char *manual, *field;
    } cases[] = {
        {"{}", NULL},
        {"{\"certIdField\":\"kid\"}", NULL},
        {"{\"certIdFromField\":false,\"certIdField\":\"kid\"}", NULL},
        {"{\"certIdFromField\":true,\"certIdField\":\"kid\"}", "kid"},
        {"{\"certIdFromField\":true}", ""},
    };
    for (size_t i = 0; i < IDP_COUNT(cases); i++) {
        const char *why;
        struct idp_bytes text = idp_bytes_of(cases[i].manual);
        struct idp_bytes field = idp_manual_field(idp_json_read(call_of(state), text, &why));
        assert_int_equal(field.data == NULL, cases[i].field == NULL);
        assert_true(field.data == NULL || host_text_is(field, cases[i].field));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(metadata_gives_certificates_with_their_names_and_periods,
                                        host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(metadata_may_be_utf_16, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_mark_of_utf_8_is_no_text, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_text_is_refused, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(what_may_expand_or_load_is_refused, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(deep_and_wide_documents_are_refused, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(nobody_else_is_told, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(what_is_too_large_is_refused, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_set_has_limits, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(metadata_has_limits, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_token_is_good_while_its_key_is, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(what_is_stored_and_spoilt_is_never_good, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_token_names_its_key, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(one_certificate_needs_no_name, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(the_field_is_what_the_flag_says, host_setup, host_teardown),
    };
    return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
