/* SPDX-License-Identifier: Apache-2.0 */
/* secret.c - secrets as the documents of IBM Security Verify Access hold them.
 *
 * OBF: is what `openssl enc -aes-256-cbc -pbkdf2 -md sha512 -a` writes. It has no checksum, and a
 * wrong key passes the padding once in 256 times, so that the text must be printable as well. ENC:
 * is RSA with PKCS #1 v1.5; its faults are one fault, lest somebody finds out what a padding was.
 */
#include "load/load.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "core/base/base.h"

enum {
    SALT_SIZE = 8,
    HEAD_SIZE = 8,
    KEY_SIZE = 32,
    BLOCK_SIZE = 16,
    ITERATIONS = 10000,
    PREFIX_SIZE = 4,
    RSA_BITS_MIN = 2048
};

static const char head[] = "Salted__";

bool is_sealed(const char *text)
{
    return strncmp(text, "OBF:", PREFIX_SIZE) == 0 || strncmp(text, "ENC:", PREFIX_SIZE) == 0;
}

static char *without_space(struct loader *loader, const char *text)
{
    char *plain = obtain(loader, strlen(text) + 1), *to = plain;
    for (const char *at = text; *at != '\0'; at++) {
        if (strchr(" \t\r\n", *at) == NULL) {
            *to++ = *at;
        }
    }
    return plain;
}

/* Whole and canonical: what lost a character is not base64 any more. data NULL: it is none. */
static struct bytes decode(struct loader *loader, const char *sealed)
{
    const char *text = without_space(loader, sealed + PREFIX_SIZE);
    int size = (int)strlen(text);
    unsigned char *data = obtain(loader, (size_t)size + 1);
    char *again = obtain(loader, (size_t)size + BLOCK_SIZE);
    if (size == 0 || size % 4 != 0 ||
        EVP_DecodeBlock(data, (const unsigned char *)text, size) < 0) {
        return (struct bytes){0};
    }
    int padding = (text[size - 1] == '=') + (text[size - 2] == '=');
    int count = size / 4 * 3 - padding;
    EVP_EncodeBlock((unsigned char *)again, data, count);
    return strcmp(again, text) == 0 ? (struct bytes){(char *)data, (size_t)count}
                                    : (struct bytes){0};
}

/* A secret that people can type: printable UTF-8, no line end. */
static const char *printable(struct loader *loader, const char *data, size_t size)
{
    struct idp_bytes text = {data, size};
    bool good = size > 0 && idp_utf8_valid(text) && !idp_text_has_control(text);
    return good ? text_copy(loader, data, size) : NULL;
}

/* ---- OBF: ---- */

static int decrypt(const unsigned char *material, struct bytes sealed, unsigned char *out)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int size = 0, rest = 0;
    bool done =
        context != NULL &&
        EVP_DecryptInit_ex(context, EVP_aes_256_cbc(), NULL, material, material + KEY_SIZE) == 1 &&
        EVP_DecryptUpdate(context, out, &size, (const unsigned char *)sealed.data,
                          (int)sealed.size) == 1 &&
        EVP_DecryptFinal_ex(context, out + size, &rest) == 1;
    EVP_CIPHER_CTX_free(context);
    ERR_clear_error();
    return done ? size + rest : -1;
}

const char *obf_open(struct loader *loader, const char *key, const char *text)
{
    unsigned char material[KEY_SIZE + BLOCK_SIZE];
    struct bytes sealed = decode(loader, text);
    if (sealed.data == NULL || sealed.size < HEAD_SIZE + SALT_SIZE + BLOCK_SIZE ||
        sealed.size % BLOCK_SIZE != 0 || memcmp(sealed.data, head, HEAD_SIZE) != 0) {
        return NULL;
    }
    unsigned char *out = obtain(loader, sealed.size);
    int made =
        PKCS5_PBKDF2_HMAC(key, (int)strlen(key), (const unsigned char *)sealed.data + HEAD_SIZE,
                          SALT_SIZE, ITERATIONS, EVP_sha512(), sizeof material, material);
    struct bytes body = {sealed.data + HEAD_SIZE + SALT_SIZE, sealed.size - HEAD_SIZE - SALT_SIZE};
    int size = made == 1 ? decrypt(material, body, out) : -1;
    OPENSSL_cleanse(material, sizeof material);
    return size < 0 ? NULL : printable(loader, (char *)out, (size_t)size);
}

/* ---- ENC: ---- */

/* Nobody types a password here: an encrypted key is none. */
static int no_password(char *buffer, int size, int writing, void *context)
{
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

static EVP_PKEY *key_read(const char *pem)
{
    BIO *input = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = input == NULL ? NULL : PEM_read_bio_PrivateKey(input, NULL, no_password, NULL);
    BIO_free(input);
    if (key != NULL &&
        (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key) < RSA_BITS_MIN)) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    return key;
}

static int unwrap(EVP_PKEY *key, struct bytes sealed, unsigned char *out, size_t room)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    bool done =
        context != NULL && EVP_PKEY_decrypt_init(context) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
        EVP_PKEY_decrypt(context, out, &room, (const unsigned char *)sealed.data, sealed.size) == 1;
    EVP_PKEY_CTX_free(context);
    return done ? (int)room : -1;
}

const char *enc_open(struct loader *loader, const char *pem, const char *text)
{
    struct bytes sealed = decode(loader, text);
    EVP_PKEY *key = key_read(pem);
    size_t room = key == NULL ? 0 : (size_t)EVP_PKEY_get_size(key);
    unsigned char *out = obtain(loader, room + 1);
    int size = key == NULL || sealed.data == NULL ? -1 : unwrap(key, sealed, out, room);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return size < 0 ? NULL : printable(loader, (char *)out, (size_t)size);
}
