/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_csr.c - any bytes as a certification request: what is taken is what OpenSSL reads in the
 * same bytes, name, key and signature, and nothing raises.
 *
 * The input: the refused block; what the rest is: a text, DER to be put into base64 or PEM, or what
 * a request says, of which one is made here and signed, so that the input also reaches what comes
 * after the signature. */
#include "core/pki/profile.h"
#include "regress/fuzz/input.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PLAIN, BASE64, PEM, PARTS, INFO, WRAP_COUNT };
enum { KEY_SIZE = 32, SIGNATURE_SIZE = 64 };

/* ---- requests of what the input says ---- */

static EVP_PKEY *key_make(unsigned char public_key[KEY_SIZE])
{
    static const unsigned char seed[KEY_SIZE] = {1, 2, 3};
    size_t size = KEY_SIZE;
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof seed);

    host_require(key && EVP_PKEY_get_raw_public_key(key, public_key, &size) == 1);
    return key;
}

/* info: whole. */
static struct idp_bytes signed_of(struct idp_call *call, struct idp_bytes info)
{
    static const struct idp_bytes algorithm = IDP_LITERAL("\x30\x05\x06\x03\x2b\x65\x70");
    unsigned char public_key[KEY_SIZE], signature[SIGNATURE_SIZE];
    size_t size = sizeof signature;
    EVP_PKEY *key = key_make(public_key);
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    host_require(context && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
                 EVP_DigestSign(context, signature, &size, (const unsigned char *)info.data,
                                info.size) == 1);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    struct idp_bytes parts[] = {
        info, algorithm, idp_der_bits(call, (struct idp_bytes){(const char *)signature, size})};
    return idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts));
}

/* Of a name and attributes, with the key. */
static struct idp_bytes parts_of(struct idp_call *call, struct idp_bytes rest)
{
    static const struct idp_bytes algorithm = IDP_LITERAL("\x30\x05\x06\x03\x2b\x65\x70");
    unsigned char public_key[KEY_SIZE];
    EVP_PKEY_free(key_make(public_key));
    struct idp_bytes subject = input_part(&rest), attributes = input_part(&rest);
    struct idp_bytes key[] = {
        algorithm, idp_der_bits(call, (struct idp_bytes){(const char *)public_key, KEY_SIZE})};
    struct idp_bytes parts[] = {idp_der_integer(call, 0), subject,
                                idp_der_wrap(call, IDP_DER_SEQUENCE, key, IDP_COUNT(key)),
                                idp_der_put(call, IDP_DER_EXPLICIT, attributes)};
    return signed_of(call, idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts)));
}

static struct idp_bytes wrap(struct idp_call *call, size_t how, struct idp_bytes bytes)
{
    switch (how) {
    case PLAIN:
        return bytes;
    case BASE64:
        return idp_base64_encode(call, bytes);
    case PEM:
        return idp_pem_of(call, bytes, "CERTIFICATE REQUEST");
    case PARTS:
        return idp_pem_of(call, parts_of(call, bytes), "NEW CERTIFICATE REQUEST");
    default:
        return idp_base64_encode(call, signed_of(call, idp_der_put(call, IDP_DER_SEQUENCE, bytes)));
    }
}

/* ---- what OpenSSL reads ---- */

static bool encodes(int size, unsigned char *encoded, struct idp_bytes expected)
{
    bool is_same = size >= 0 && (size_t)size == expected.size &&
                   memcmp(encoded, expected.data, expected.size) == 0;

    OPENSSL_free(encoded);
    return is_same;
}

static X509_REQ *request_of(struct idp_bytes der)
{
    const unsigned char *at = (const unsigned char *)der.data;
    X509_REQ *request = d2i_X509_REQ(NULL, &at, (long)der.size);

    if (request && at != (const unsigned char *)der.data + der.size) {
        X509_REQ_free(request);
        request = NULL;
    }
    return request;
}

static bool is_verified(X509_REQ *request)
{
    return X509_REQ_verify(request, X509_REQ_get0_pubkey(request)) == 1;
}

/* The same request is read: whole, name and key, and its signature is good. */
static void check_taken(struct idp_bytes der, const struct idp_csr *csr)
{
    unsigned char *whole = NULL, *name = NULL, *key = NULL;
    X509_REQ *request = request_of(der);

    host_require(request != NULL);
    bool is_whole = encodes(i2d_X509_REQ(request, &whole), whole, der);
    bool is_name =
        encodes(i2d_X509_NAME(X509_REQ_get_subject_name(request), &name), name, csr->subject.der);
    bool is_key = encodes(i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(request), &key), key, csr->spki);
    bool is_signed = is_verified(request);

    X509_REQ_free(request);
    host_require(is_whole && is_name && is_key && is_signed);
}

/* A signature that is refused is none to OpenSSL. */
static void check_refused(struct idp_bytes der, const char *why)
{
    X509_REQ *request = strcmp(why, "signature") == 0 ? request_of(der) : NULL;
    bool is_signed = request && is_verified(request);

    X509_REQ_free(request);
    host_require(!is_signed);
}

/* ---- what was read, written ---- */

static void check_name(struct idp_call *call, struct idp_bytes common_name)
{
    struct idp_json *object = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_bytes der = idp_name_of(call, common_name);
    struct idp_name name;

    idp_json_add_string(call, object, "CN", common_name);
    host_require(idp_name_read(call, der, &name) == NULL && name.common_name_count == 1);
    host_require(idp_bytes_equal(name.common_name, common_name));
    struct idp_bytes given = idp_name_of_json(call, object);
    /* No administrator gives a name with what nobody sees. */
    host_require(name.is_hidden ? given.data == NULL : idp_bytes_equal(given, der));
}

/* Names of any pattern: what is taken is what OpenSSL reads. */
static void check_alternative_names(struct idp_call *call, struct idp_bytes value)
{
    static const char patterns[] = "{\"dns\":[\"*.*\",\"*\"],\"uri\":[\"*:*/*\",\"*:*\"],"
                                   "\"email\":[\"*@*\"],\"ip\":[\"0.0.0.0/0\",\"::/0\"]}";
    const char *reason;
    const struct idp_json *allowed = idp_json_read(call, idp_bytes_of(patterns), &reason);
    struct idp_bytes text;

    if (idp_alternative_names_check(call, allowed, value, &text) != NULL)
        return;
    const unsigned char *at = (const unsigned char *)value.data;
    GENERAL_NAMES *names = d2i_GENERAL_NAMES(NULL, &at, (long)value.size);
    bool is_whole = names && at == (const unsigned char *)value.data + value.size;
    GENERAL_NAMES_free(names);
    host_require(is_whole && text.size > 0 && idp_utf8_valid(text));
}

/* Each extension, written again, is the same. */
static void check_extensions(struct idp_call *call, const struct idp_extensions *requested)
{
    struct idp_text list = {.call = call};
    struct idp_extensions again;

    for (size_t i = 0; i < requested->count; i++) {
        const struct idp_extension_value *item = &requested->items[i];

        check_alternative_names(call, item->value);
        idp_text_add(&list, idp_extension_of(call, idp_der_put(call, IDP_DER_OID, item->oid),
                                             item->is_critical, item->value));
    }
    if (requested->count == 0)
        return;
    struct idp_bytes der = idp_der_put(call, IDP_DER_SEQUENCE, idp_text_bytes(&list));
    host_require(idp_extensions_read(der, &again) == NULL && again.count == requested->count);
}

static void check_written(struct idp_call *call, struct idp_bytes der, const struct idp_csr *csr)
{
    struct idp_bytes pem = idp_pem_of(call, der, "CERTIFICATE REQUEST");

    host_require(idp_bytes_equal(idp_pem_only(call, pem, "CERTIFICATE REQUEST"), der));
    host_require(idp_bytes_equal(idp_spki_write(call, csr->key), csr->spki));
    check_extensions(call, &csr->requested);
    host_require(idp_name_json(call, csr->subject.der) != NULL);
    if (csr->subject.common_name_count > 0)
        check_name(call, csr->subject.common_name);
}

/* ---- the function ---- */

static bool is_reason(struct idp_bytes reason)
{
    return idp_word_in(idp_bytes_of("format name extension key key_type key_weak algorithm "
                                    "hash_weak signature"),
                       reason);
}

static void check_told(struct idp_call *call, struct idp_bytes text, const char *why)
{
    struct idp_value argument = idp_value_text(text);
    struct idp_value told = input_call(call, "csr_inspect", &argument, 1, 0);

    if (told.kind == 0)
        return;
    bool is_valid = idp_json_is(idp_json_member(told.json, "valid"), IDP_JSON_TRUE);
    const struct idp_json *reasons = idp_json_member(told.json, "reasons");
    input_require(is_valid == (why == NULL));
    host_require(is_valid == (reasons == NULL));
    host_require(is_valid || is_reason(reasons->child->text));
    host_require(!is_valid || idp_json_string(told.json, "subject").data != NULL);
}

static void check(struct idp_call *call, struct idp_bytes *rest)
{
    size_t how = input_byte(rest) % WRAP_COUNT;
    struct idp_bytes text = wrap(call, how, *rest);
    struct idp_csr csr;
    const char *why = idp_csr_read_text(call, text, &csr);

    if (idp_utf8_valid(text))
        check_told(call, text, why);
    struct idp_bytes der = idp_pem_only(call, text, "CERTIFICATE REQUEST|NEW CERTIFICATE REQUEST");
    if (why == NULL) {
        check_taken(der, &csr);
        check_written(call, der, &csr);
    } else if (der.data != NULL) {
        check_refused(der, why);
    }
    ERR_clear_error(); /* of OpenSSL's own reading here */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, check);
}
