/* SPDX-License-Identifier: Apache-2.0 */
/* client_certificate.c - clients that prove themselves by the certificate of their TLS connection
 * (RFC 8705 §2). Whoever ended TLS has seen that the client holds the key, and for tls_client_auth
 * that an authority which it trusts has signed; here it is asked whose certificate it is. */
#include "core/oauth/client.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

/* ---- self-signed: the key is one that the client registered ---- */

/* Where the client registered a certificate it is that one, not another of the same key (§2.2). */
static bool is_same_key(struct idp_call *call, const struct idp_json *registered,
                        const struct idp_json *jwk)
{
    struct idp_public_key key;
    if (!idp_public_key_of_jwk(call, registered, &key)) {
        return false;
    }
    struct idp_bytes digest =
        idp_json_string(key.is_certificate ? key.jwk : registered, "x5t#S256");
    return digest.data != NULL
               ? idp_bytes_equal(digest, idp_json_string(jwk, "x5t#S256"))
               : idp_bytes_equal(idp_jwk_thumbprint(call, key.jwk), idp_jwk_thumbprint(call, jwk));
}

static bool is_registered_key(struct idp_call *call, struct idp_bytes keys,
                              const struct idp_json *jwk)
{
    const char *why;
    const struct idp_json *list = idp_json_member(idp_json_read(call, keys, &why), "keys");
    for (const struct idp_json *item = list == NULL ? NULL : list->child; item != NULL;
         item = item->next) {
        if (is_same_key(call, item, jwk)) {
            return true;
        }
    }
    return false;
}

static bool is_self_signed(struct idp_call *call, const struct idp_client *client,
                           struct idp_bytes certificate)
{
    struct idp_public_key key;
    struct idp_bytes keys = idp_client_keys(call, client->client_id);
    return keys.data != NULL && idp_public_key_of_text(call, certificate, &key) == NULL &&
           key.is_certificate && is_registered_key(call, keys, key.jwk);
}

/* ---- by an authority: the subject is the one registered ---- */

static void certificate_release(void *certificate)
{
    X509_free(certificate);
}

static void bio_release(void *bio)
{
    BIO_free(bio);
}

static X509 *certificate_read(struct idp_call *call, struct idp_bytes pem)
{
    BIO *bio = idp_own(call, BIO_new_mem_buf(pem.data, (int)pem.size), bio_release);
    X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    return certificate == NULL ? NULL : idp_own(call, certificate, certificate_release);
}

/* As RFC 4514 writes it, in UTF-8. */
static struct idp_bytes subject_of(struct idp_call *call, X509 *certificate)
{
    char *text;
    BIO *bio = idp_own(call, BIO_new(BIO_s_mem()), bio_release);
    X509_NAME_print_ex(bio, X509_get_subject_name(certificate), 0,
                       XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    long size = BIO_get_mem_data(bio, &text);
    return idp_bytes_copy(call, (struct idp_bytes){text, size < 0 ? 0 : (size_t)size});
}

/* The text of a name, or the octets of an address, where it is of this kind. */
static struct idp_bytes name_bytes(const GENERAL_NAME *name, int kind)
{
    if (name->type != kind) {
        return (struct idp_bytes){0};
    }
    const ASN1_STRING *string = kind == GEN_IPADD ? name->d.iPAddress : name->d.ia5;
    return (struct idp_bytes){(const char *)ASN1_STRING_get0_data(string),
                              (size_t)ASN1_STRING_length(string)};
}

static void names_release(void *names)
{
    GENERAL_NAMES_free(names);
}

static bool has_name(struct idp_call *call, X509 *certificate, int kind, struct idp_bytes wanted)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    if (names == NULL) {
        return false;
    }
    idp_own(call, names, names_release);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        struct idp_bytes name = name_bytes(sk_GENERAL_NAME_value(names, i), kind);
        if (name.data != NULL && idp_bytes_equal(name, wanted)) {
            return true;
        }
    }
    return false;
}

static bool is_subject(struct idp_call *call, const struct idp_client *client, struct idp_bytes pem)
{
    static const struct {
        const char *member;
        int kind;
    } names[] = {{"tls_client_auth_san_dns", GEN_DNS},
                 {"tls_client_auth_san_uri", GEN_URI},
                 {"tls_client_auth_san_email", GEN_EMAIL},
                 {"tls_client_auth_san_ip", GEN_IPADD}};
    const struct idp_json *metadata = idp_client_metadata(call, client->client_id);
    struct idp_bytes subject = idp_json_string(metadata, "tls_client_auth_subject_dn");
    X509 *certificate = certificate_read(call, pem);
    if (certificate == NULL) {
        return false;
    }
    if (subject.size > 0) {
        return idp_bytes_equal(subject_of(call, certificate), subject);
    }
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        struct idp_bytes wanted = idp_json_string(metadata, names[i].member);
        if (wanted.size > 0) {
            bool is_address = names[i].kind == GEN_IPADD;
            wanted = is_address ? idp_ip_address(call, wanted) : wanted;
            return wanted.data != NULL && has_name(call, certificate, names[i].kind, wanted);
        }
    }
    return false;
}

bool idp_client_certificate_valid(struct idp_call *call, const struct idp_client *client,
                                  struct idp_bytes certificate)
{
    return idp_bytes_is(client->auth_method, "tls_client_auth")
               ? is_subject(call, client, certificate)
               : is_self_signed(call, client, certificate);
}
