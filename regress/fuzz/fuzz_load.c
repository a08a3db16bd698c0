/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_load.c - what idplane-load reads: any bytes as YAML are refused with a place, or are JSON
 * that is read again as the same YAML; sealed texts open to what was sealed, or not at all. */
#include "load/load.h"

#include <stdint.h>
#include <stdio.h>

#include <cjson/cJSON.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "core/base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Above it a key of JSON may be too long for YAML. */
enum { JSON_SIZE_MAX = 1000, TEXT_SIZE_MAX = 64, SEALED_SIZE_MAX = 1024 };

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* ---- YAML ---- */

static bool is_plain(const char *json)
{
    while (*json >= ' ' && *json < 0x7f) {
        json++;
    }
    return *json == '\0';
}

static void check_yaml(struct loader *loader, const char *text, size_t size)
{
    struct node *node = yaml_read(loader, "fuzz", text, size);
    const char *json = json_of(loader, node);
    cJSON *tree = cJSON_Parse(json);
    require(tree != NULL);
    cJSON_Delete(tree);
    require(node->kind == NODE_OBJECT && member(node, "") == NULL);
    if (strlen(json) < JSON_SIZE_MAX && is_plain(json)) {
        const char *again = json_of(loader, yaml_read(loader, "again", json, strlen(json)));
        require(strcmp(again, json) == 0);
    }
    while (node->child != NULL) {
        require(member(node, node->child->name) == node->child);
        member_set(loader, node, node->child->name, "");
        node_remove(node->last);
    }
}

/* ---- secrets ---- */

static bool is_secret(const char *text)
{
    struct idp_bytes bytes = {text, strlen(text)};
    return bytes.size > 0 && idp_utf8_valid(bytes) && !idp_text_has_control(bytes);
}

static const char *encoded(struct loader *loader, const char *prefix, const unsigned char *data,
                           int size)
{
    char *text = obtain(loader, (size_t)size * 2 + 8);
    memcpy(text, prefix, 4);
    EVP_EncodeBlock((unsigned char *)text + 4, data, size);
    return text;
}

/* As `openssl enc` does it. */
static const char *obf_seal(struct loader *loader, const char *key, const char *text)
{
    unsigned char sealed[SEALED_SIZE_MAX] = "Salted__12345678", material[48];
    int size = 0, rest = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    PKCS5_PBKDF2_HMAC(key, (int)strlen(key), sealed + 8, 8, 10000, EVP_sha512(), sizeof material,
                      material);
    EVP_EncryptInit_ex(context, EVP_aes_256_cbc(), NULL, material, material + 32);
    EVP_EncryptUpdate(context, sealed + 16, &size, (const unsigned char *)text, (int)strlen(text));
    EVP_EncryptFinal_ex(context, sealed + 16 + size, &rest);
    EVP_CIPHER_CTX_free(context);
    return encoded(loader, "OBF:", sealed, 16 + size + rest);
}

static EVP_PKEY *rsa_key;
static char rsa_pem[4096];

static void rsa_make(void)
{
    BIO *output = BIO_new(BIO_s_mem());
    rsa_key = EVP_RSA_gen(2048);
    PEM_write_bio_PrivateKey(output, rsa_key, NULL, NULL, 0, NULL, NULL);
    int size = BIO_read(output, rsa_pem, sizeof rsa_pem - 1);
    require(size > 0);
    rsa_pem[size] = '\0';
    BIO_free(output);
}

static const char *enc_seal(struct loader *loader, const char *text)
{
    unsigned char sealed[SEALED_SIZE_MAX];
    size_t size = sizeof sealed;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(rsa_key, NULL);
    EVP_PKEY_encrypt_init(context);
    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING);
    require(EVP_PKEY_encrypt(context, sealed, &size, (const unsigned char *)text, strlen(text)) ==
            1);
    EVP_PKEY_CTX_free(context);
    return encoded(loader, "ENC:", sealed, (int)size);
}

static void check_opened(const char *opened, const char *text)
{
    require(is_secret(text) ? opened != NULL && strcmp(opened, text) == 0 : opened == NULL);
}

static void check_secret(struct loader *loader, const char *text)
{
    if (rsa_key == NULL) {
        rsa_make();
    }
    const char *sealed = text_of(loader, "OBF:%s", text);
    require(is_sealed(sealed) && !is_sealed("OBF"));
    const char *obf = obf_open(loader, "key", sealed), *enc = enc_open(loader, rsa_pem, sealed);
    require((obf == NULL || is_secret(obf)) && (enc == NULL || is_secret(enc)));
    require(enc_open(loader, text, enc_seal(loader, "secret")) == NULL);
    const char *plain = text_copy(loader, text, strnlen(text, TEXT_SIZE_MAX));
    check_opened(obf_open(loader, "key", obf_seal(loader, "key", plain)), plain);
    check_opened(enc_open(loader, rsa_pem, enc_seal(loader, plain)), plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct loader loader;
    if (size == 0) {
        return 0;
    }
    loader_open(&loader);
    if (setjmp(loader.failed) == 0) {
        char *text = text_copy(&loader, (const char *)data + 1, size - 1);
        if (data[0] == '!') {
            check_secret(&loader, text);
        } else {
            check_yaml(&loader, text, size - 1);
        }
    } else {
        require(strncmp(loader.fault, "fuzz:", 5) == 0);
    }
    loader_close(&loader);
    return 0;
}
