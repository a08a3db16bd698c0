/* SPDX-License-Identifier: Apache-2.0 */
/* pem.c - keys in PEM (RFC 7468) and in bare base64: SPKI, PKCS#8, PKCS#1, SEC1 and certificates.
 *
 * What is read here is an asymmetric key or nothing: no public key text can become an HMAC secret.
 * Encrypted blocks are no keys, since nobody asks for a password inside a database. */
#include "core/jose/key.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

/* One block on its way to a key. */
struct block {
    struct idp_call *call;
    struct idp_bytes der;
    bool doubtful; /* OpenSSL said no, perhaps for want of memory only */
};

/* ---- DER of each label ---- */

static EVP_PKEY *read_spki(const unsigned char **at, long size)
{
    return d2i_PUBKEY(NULL, at, size);
}

static EVP_PKEY *read_pkcs1_public(const unsigned char **at, long size)
{
    return d2i_PublicKey(EVP_PKEY_RSA, NULL, at, size);
}

static EVP_PKEY *read_pkcs8(const unsigned char **at, long size)
{
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, at, size);
    EVP_PKEY *pkey = info == NULL ? NULL : EVP_PKCS82PKEY(info);
    PKCS8_PRIV_KEY_INFO_free(info);
    return pkey;
}

static EVP_PKEY *read_pkcs1(const unsigned char **at, long size)
{
    return d2i_PrivateKey(EVP_PKEY_RSA, NULL, at, size);
}

static EVP_PKEY *read_sec1(const unsigned char **at, long size)
{
    return d2i_PrivateKey(EVP_PKEY_EC, NULL, at, size);
}

static const struct {
    const char *label;
    bool private;
    EVP_PKEY *(*read)(const unsigned char **at, long size);
} forms[] = {
    {PEM_STRING_PUBLIC, false, read_spki},      {PEM_STRING_RSA_PUBLIC, false, read_pkcs1_public},
    {PEM_STRING_PKCS8INF, true, read_pkcs8},    {PEM_STRING_RSA, true, read_pkcs1},
    {PEM_STRING_ECPRIVATEKEY, true, read_sec1},
};

/* All of the DER must be the key. A private key can verify, too. */
static EVP_PKEY *read_form(struct block *block, const char *label, bool private)
{
    const unsigned char *at = (const unsigned char *)block->der.data, *end = at + block->der.size;
    EVP_PKEY *pkey = NULL;
    for (size_t i = 0; i < IDP_COUNT(forms); i++) {
        if (strcmp(label, forms[i].label) == 0 && (forms[i].private || !private)) {
            ERR_set_mark();
            pkey = forms[i].read(&at, (long)block->der.size);
            ERR_pop_to_mark();
            block->doubtful = pkey == NULL;
        }
    }
    if (pkey == NULL) {
        return NULL;
    }
    idp_own(block->call, pkey, idp_pkey_release);
    return at == end ? pkey : NULL;
}

static const struct idp_key *key_of(struct block *block, const char *label, bool private)
{
    struct idp_key *key = idp_allocate(block->call, sizeof *key);
    bool is_certificate = strcmp(label, PEM_STRING_X509) == 0 && !private;
    EVP_PKEY *pkey = is_certificate ? idp_certificate_read(block->call, block->der, key)
                                    : read_form(block, label, private);
    key->signs = private;
    key->verifies = !private;
    bool usable = pkey != NULL && idp_pkey_admit(key, pkey, private) && idp_algorithm_usual(key);
    block->doubtful = block->doubtful || key->doubtful;
    return usable ? key : NULL;
}

/* ---- texts ---- */

/* What PEM_read_bio() gives, owned before it is asked. */
struct foreign_block {
    char *label, *header;
    unsigned char *data;
    long size;
};

static void foreign_release(void *object)
{
    struct foreign_block *foreign = object;
    OPENSSL_free(foreign->label);
    OPENSSL_free(foreign->header);
    OPENSSL_clear_free(foreign->data, (size_t)foreign->size);
}

/* The next PEM block; NULL behind the last, and *doubtful where it may not have been the last. */
static const struct foreign_block *block_next(struct idp_call *call, BIO *input, bool *doubtful)
{
    struct foreign_block *foreign = idp_allocate(call, sizeof *foreign);
    idp_own(call, foreign, foreign_release);
    ERR_set_mark();
    bool more =
        PEM_read_bio(input, &foreign->label, &foreign->header, &foreign->data, &foreign->size) == 1;
    *doubtful =
        *doubtful || (!more && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE);
    ERR_pop_to_mark();
    return more ? foreign : NULL;
}

static void bio_release(void *bio)
{
    BIO_free(bio);
}

size_t idp_pem_read(struct idp_call *call, struct idp_bytes text, bool private,
                    const struct idp_key **keys, size_t key_count_max, bool *doubtful)
{
    BIO *input = BIO_new_mem_buf(text.data, (int)text.size);
    const struct foreign_block *foreign;
    size_t count = 0;
    idp_own(call, input, bio_release);
    while (count < key_count_max && (foreign = block_next(call, input, doubtful)) != NULL) {
        struct block block = {.call = call,
                              .der = {(const char *)foreign->data, (size_t)foreign->size}};
        bool is_encrypted = foreign->header[0] != 0;
        const struct idp_key *key = is_encrypted ? NULL : key_of(&block, foreign->label, private);
        if (key != NULL) {
            keys[count++] = key;
        }
        *doubtful = *doubtful || block.doubtful;
    }
    return count;
}

struct idp_json *idp_pem_chain(struct idp_call *call, struct idp_bytes text)
{
    BIO *input = BIO_new_mem_buf(text.data, (int)text.size);
    const struct foreign_block *foreign;
    struct idp_json *chain = idp_json_new(call, IDP_JSON_ARRAY);
    bool doubtful = false;
    idp_own(call, input, bio_release);
    for (size_t i = 0; (foreign = block_next(call, input, &doubtful)) != NULL; i++) {
        struct idp_bytes der = {(const char *)foreign->data, (size_t)foreign->size};
        if (strcmp(foreign->label, PEM_STRING_X509) != 0 || i == IDP_CERTIFICATE_COUNT_MAX) {
            return NULL;
        }
        idp_json_add(chain, NULL, idp_json_new_string(call, idp_base64_encode(call, der)));
    }
    return chain->child != NULL && !doubtful ? chain : NULL;
}

static struct idp_bytes without_space(struct idp_call *call, struct idp_bytes text)
{
    char *out = idp_allocate(call, text.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (strchr(" \t\r\n", text.data[i]) == NULL) {
            out[size++] = text.data[i];
        }
    }
    return (struct idp_bytes){out, size};
}

const struct idp_key *idp_base64_key_read(struct idp_call *call, struct idp_bytes text)
{
    static const char *const labels[] = {PEM_STRING_X509, PEM_STRING_PUBLIC};
    struct block block = {.call = call, .der = idp_base64_decode(call, without_space(call, text))};
    const struct idp_key *key = NULL;
    for (size_t i = 0; block.der.data != NULL && key == NULL && i < IDP_COUNT(labels); i++) {
        key = key_of(&block, labels[i], false);
    }
    return key;
}

/* ---- writing ---- */

struct idp_bytes idp_pem_write(struct idp_call *call, const struct idp_key *key, bool private)
{
    BIO *output = BIO_new(BIO_s_secmem());
    char *text;
    idp_own(call, output, bio_release);
    ERR_set_mark();
    int done = private ? PEM_write_bio_PKCS8PrivateKey(output, key->pkey, NULL, NULL, 0, NULL, NULL)
                       : PEM_write_bio_PUBKEY(output, key->pkey);
    ERR_pop_to_mark();
    long size = BIO_get_mem_data(output, &text);
    if (done != 1 || size <= 0) {
        idp_fail(call, IDP_CRYPTO);
    }
    return idp_bytes_copy(call, (struct idp_bytes){text, (size_t)size});
}
