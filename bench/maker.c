/* SPDX-License-Identifier: Apache-2.0 */
/* maker.c - certificates of a maker and of its device, made and verified with OpenSSL's X509. */
#include "bench/maker.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "bench/pair.h"

enum { YEAR_S = 365 * 86400, VERSION_3 = 2 };

static void extension_add(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    require(extension != NULL && X509_add_ext(certificate, extension, -1) == 1, "no extension");
    X509_EXTENSION_free(extension);
}

/* issuer NULL: itself. */
static X509 *certificate_new(const char *name, EVP_PKEY *key, X509 *issuer)
{
    X509 *made = X509_new();
    X509_NAME *subject = X509_get_subject_name(made);
    require(X509_set_version(made, VERSION_3) == 1 &&
                ASN1_INTEGER_set(X509_get_serialNumber(made), issuer == NULL ? 1 : 2) == 1 &&
                X509_gmtime_adj(X509_getm_notBefore(made), -YEAR_S) != NULL &&
                X509_gmtime_adj(X509_getm_notAfter(made), YEAR_S) != NULL &&
                X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                           (const unsigned char *)name, -1, -1, 0) == 1 &&
                X509_set_issuer_name(made, issuer == NULL ? subject
                                                          : X509_get_subject_name(issuer)) == 1 &&
                X509_set_pubkey(made, key) == 1,
            "no certificate");
    return made;
}

static void certificate_sign(X509 *certificate, EVP_PKEY *key, char text[CERTIFICATE_TEXT_SIZE_MAX])
{
    BIO *bio = BIO_new(BIO_s_mem());
    require(X509_sign(certificate, key, EVP_sha256()) > 0 &&
                PEM_write_bio_X509(bio, certificate) == 1,
            "no certificate");
    int size = BIO_read(bio, text, CERTIFICATE_TEXT_SIZE_MAX - 1);
    require(size > 0, "a certificate could not be written");
    text[size] = '\0';
    BIO_free(bio);
}

void maker_open(struct maker *maker)
{
    EVP_PKEY *root_key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    EVP_PKEY *device_key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    X509 *root = certificate_new("Maker", root_key, NULL);
    extension_add(root, root, NID_basic_constraints, "critical,CA:TRUE");
    extension_add(root, root, NID_key_usage, "critical,keyCertSign,cRLSign");
    extension_add(root, root, NID_subject_key_identifier, "hash");
    certificate_sign(root, root_key, maker->root);
    X509 *device = certificate_new("device-1", device_key, root);
    extension_add(device, root, NID_basic_constraints, "critical,CA:FALSE");
    extension_add(device, root, NID_ext_key_usage, "clientAuth");
    extension_add(device, root, NID_authority_key_identifier, "keyid");
    certificate_sign(device, root_key, maker->device);
    X509_free(device);
    X509_free(root);
    EVP_PKEY_free(device_key);
    EVP_PKEY_free(root_key);
}

/* ---- by itself ---- */

static X509 *certificate_read(const char *text)
{
    BIO *bio = BIO_new_mem_buf(text, -1);
    X509 *read = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    require(read != NULL, "a certificate could not be read");
    BIO_free(bio);
    return read;
}

void maker_verify(void *context)
{
    const struct maker *maker = context;
    X509 *root = certificate_read(maker->root), *device = certificate_read(maker->device);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *path = X509_STORE_CTX_new();
    require(X509_STORE_add_cert(store, root) == 1 &&
                X509_STORE_CTX_init(path, store, device, NULL) == 1 && X509_verify_cert(path) == 1,
            "a path is not good");
    X509_STORE_CTX_free(path);
    X509_STORE_free(store);
    X509_free(root);
    X509_free(device);
}
