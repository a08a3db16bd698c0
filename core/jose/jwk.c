/* SPDX-License-Identifier: Apache-2.0 */
/* jwk.c - JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037): text in, foreign key out.
 *
 * Members of a type are only ever read for that type, so that no symmetric key comes out of an RSA
 * one. Values are canonical base64url of exactly the size that the type demands. A key whose `alg`,
 * `use` or `key_ops` says that it is for something else is no key here. */
#include "core/jose/key.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <string.h>

enum { PARAMETER_COUNT_MAX = 10, UNCOMPRESSED_POINT = 4 };

/* OSSL_PARAM list under construction; ok turns false with the first member that is malformed. */
struct parameters {
    struct idp_call *call;
    struct idp_key *key;
    const struct idp_json *jwk;
    bool ok;
    size_t count;
    OSSL_PARAM list[PARAMETER_COUNT_MAX];
};

static struct idp_bytes member_bytes(struct idp_call *call, const struct idp_json *jwk,
                                     const char *name)
{
    struct idp_bytes text = idp_json_string(jwk, name);

    return text.data ? idp_base64url_decode(call, text) : text;
}

/* OpenSSL takes numbers in the machine's byte order. */
static void add_number(struct parameters *parameters, const char *name, struct idp_bytes bytes)
{
    unsigned char *native = idp_allocate(parameters->call, bytes.size + 1);

    for (size_t i = 0; i < bytes.size; i++) {
        size_t at = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? bytes.size - 1 - i : i;

        native[at] = (unsigned char)bytes.data[i];
    }
    parameters->list[parameters->count++] = OSSL_PARAM_construct_BN(name, native, bytes.size);
}

/* Base64urlUInt (RFC 7518 §2): without leading zeros. */
static void add_member(struct parameters *parameters, const char *member, const char *name)
{
    struct idp_bytes bytes = member_bytes(parameters->call, parameters->jwk, member);

    if (!bytes.data || bytes.size == 0 || bytes.size > IDP_RSA_BITS_MAX / 8 || bytes.data[0] == 0) {
        parameters->ok = false;
    } else {
        add_number(parameters, name, bytes);
    }
}

static EVP_PKEY *from_parameters(struct parameters *parameters, const char *type, bool private)
{
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    int selection = private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;

    parameters->list[parameters->count] = OSSL_PARAM_construct_end();
    ERR_set_mark();
    if (!context || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pkey, selection, parameters->list) != 1) {
        pkey = NULL;
        parameters->key->doubtful = true;
    }
    ERR_pop_to_mark();
    EVP_PKEY_CTX_free(context);
    return pkey;
}

/* The factors come all or none; more than two primes are not supported. */
static void add_rsa_private(struct parameters *parameters)
{
    static const char *const factors[][2] = {
        {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},       {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},
        {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},    {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2},
        {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
    };

    add_member(parameters, "d", OSSL_PKEY_PARAM_RSA_D);
    if (idp_json_member(parameters->jwk, "oth")) {
        parameters->ok = false;
    }
    if (!idp_json_member(parameters->jwk, "p")) {
        return;
    }
    for (size_t i = 0; i < IDP_COUNT(factors); i++) {
        add_member(parameters, factors[i][0], factors[i][1]);
    }
}

static EVP_PKEY *read_rsa(struct idp_call *call, const struct idp_json *jwk, struct idp_key *key,
                          bool private)
{
    struct parameters parameters = {.call = call, .key = key, .jwk = jwk, .ok = true};

    add_member(&parameters, "n", OSSL_PKEY_PARAM_RSA_N);
    add_member(&parameters, "e", OSSL_PKEY_PARAM_RSA_E);
    if (private) {
        add_rsa_private(&parameters);
    }
    return parameters.ok ? from_parameters(&parameters, "RSA", private) : NULL;
}

/* A coordinate or a private scalar: of exactly the curve's size (RFC 7518 §6.2.1.2). */
static struct idp_bytes sized_member(struct idp_call *call, const struct idp_json *jwk,
                                     const char *name, const struct idp_curve *curve)
{
    struct idp_bytes bytes = member_bytes(call, jwk, name);

    if (bytes.data && bytes.size == curve->coordinate_size) {
        return bytes;
    }
    return (struct idp_bytes){NULL, 0};
}

static EVP_PKEY *read_ec(struct idp_call *call, const struct idp_json *jwk, struct idp_key *key,
                         bool private)
{
    struct parameters parameters = {.call = call, .key = key, .jwk = jwk, .ok = true};
    const struct idp_curve *curve = key->curve;
    struct idp_bytes x = sized_member(call, jwk, "x", curve),
                     y = sized_member(call, jwk, "y", curve);
    struct idp_bytes d = sized_member(call, jwk, "d", curve);

    if (!x.data || !y.data || (private && !d.data)) {
        return NULL;
    }

    unsigned char *point = idp_allocate(call, 1 + x.size + y.size);

    point[0] = UNCOMPRESSED_POINT;
    memcpy(point + 1, x.data, x.size);
    memcpy(point + 1 + x.size, y.data, y.size);
    parameters.list[parameters.count++] = OSSL_PARAM_construct_utf8_string(
        OSSL_PKEY_PARAM_GROUP_NAME, (char *)(uintptr_t)curve->openssl_name, 0);
    parameters.list[parameters.count++] =
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 1 + x.size + y.size);
    if (private) {
        add_number(&parameters, OSSL_PKEY_PARAM_PRIV_KEY, d);
    }
    return from_parameters(&parameters, "EC", private);
}

static EVP_PKEY *read_okp(struct idp_call *call, const struct idp_json *jwk, struct idp_key *key,
                          bool private)
{
    struct parameters parameters = {.call = call, .key = key, .jwk = jwk, .ok = true};
    const struct idp_curve *curve = key->curve;
    struct idp_bytes x = sized_member(call, jwk, "x", curve),
                     d = sized_member(call, jwk, "d", curve);

    if (!x.data || (private && !d.data)) {
        return NULL;
    }
    parameters.list[parameters.count++] = OSSL_PARAM_construct_octet_string(
        OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)x.data, x.size);
    if (private) {
        parameters.list[parameters.count++] = OSSL_PARAM_construct_octet_string(
            OSSL_PKEY_PARAM_PRIV_KEY, (void *)(uintptr_t)d.data, d.size);
    }
    return from_parameters(&parameters, curve->openssl_name, private);
}

/* RFC 7517 §4.3: where key_ops is there, it must list the operation. */
static bool allows_operation(const struct idp_json *jwk, const char *operation)
{
    const struct idp_json *list = idp_json_member(jwk, "key_ops");
    bool found = false;

    if (!list) {
        return true;
    }
    if (!idp_json_is(list, IDP_JSON_ARRAY)) {
        return false;
    }
    for (const struct idp_json *item = list->child; item; item = item->next) {
        if (!idp_json_is(item, IDP_JSON_STRING)) {
            return false;
        }
        found = found || idp_bytes_is(item->text, operation);
    }
    return found;
}

/* kid, use, key_ops and alg: strings of the right meaning, or absent. */
static bool read_usage(struct idp_key *key, const struct idp_json *jwk, bool private)
{
    const struct idp_json *kid = idp_json_member(jwk, "kid"), *use = idp_json_member(jwk, "use");
    const struct idp_json *alg = idp_json_member(jwk, "alg");

    if ((kid && !idp_json_is(kid, IDP_JSON_STRING)) ||
        (alg && !idp_json_is(alg, IDP_JSON_STRING))) {
        return false;
    }
    if (use && !(idp_json_is(use, IDP_JSON_STRING) && idp_bytes_is(use->text, "sig"))) {
        return false;
    }
    if (kid) {
        key->kid = kid->text;
    }
    if (alg && !(key->algorithm = idp_algorithm_find(alg->text))) {
        return false;
    }
    key->signs = private;
    key->verifies = !private;
    return allows_operation(jwk, private ? "sign" : "verify");
}

static bool has_public_members(const struct idp_key *key, const struct idp_json *jwk)
{
    return key->type == IDP_KEY_RSA ? idp_json_member(jwk, "n") || idp_json_member(jwk, "e")
                                    : idp_json_member(jwk, "x") || idp_json_member(jwk, "y");
}

/* The key of the members; where there are none, that of the certificate. Both must be one. */
static EVP_PKEY *read_pkey(struct idp_call *call, struct idp_key *key, const struct idp_json *jwk,
                           bool private)
{
    static EVP_PKEY *(*const readers[IDP_KEY_TYPE_COUNT])(
        struct idp_call *, const struct idp_json *, struct idp_key *,
        bool) = {[IDP_KEY_RSA] = read_rsa, [IDP_KEY_EC] = read_ec, [IDP_KEY_OKP] = read_okp};
    EVP_PKEY *leaf;

    if (!idp_certificate_members_read(call, jwk, key, &leaf)) {
        return NULL;
    }
    if (leaf && !private && !has_public_members(key, jwk)) {
        return leaf;
    }

    EVP_PKEY *pkey = readers[key->type](call, jwk, key, private);

    if (!pkey) {
        return NULL;
    }
    idp_own(call, pkey, idp_pkey_release);
    if (leaf && EVP_PKEY_eq(pkey, leaf) != 1) {
        key->doubtful = true;
        return NULL;
    }
    return pkey;
}

static bool read_material(struct idp_call *call, struct idp_key *key, const struct idp_json *jwk,
                          bool private)
{
    if (key->type == IDP_KEY_OCT) {
        key->secret = member_bytes(call, jwk, "k");
        return idp_secret_is_sound(call, key->secret);
    }
    key->curve = idp_curve_find(key->type, idp_json_string(jwk, "crv"));
    if (key->type != IDP_KEY_RSA && !key->curve) {
        return false;
    }

    const struct idp_key stated = *key;
    EVP_PKEY *pkey = read_pkey(call, key, jwk, private);

    return pkey && idp_pkey_admit(key, pkey, private) && key->type == stated.type &&
           key->curve == stated.curve;
}

const struct idp_key *idp_jwk_read(struct idp_call *call, const struct idp_json *jwk, bool private,
                                   bool *doubtful)
{
    struct idp_key *key = idp_allocate(call, sizeof *key);

    if (!idp_key_type_find(idp_json_string(jwk, "kty"), &key->type) ||
        !read_usage(key, jwk, private) || !read_material(call, key, jwk, private)) {
        *doubtful = *doubtful || key->doubtful;
        return NULL;
    }
    return idp_algorithm_usual(key) ? key : NULL;
}
