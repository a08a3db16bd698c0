/* SPDX-License-Identifier: Apache-2.0 */
/* chain_conformance.c - rules for certificates that OpenSSL does not look at, also where it is told
 * to be strict. Who breaks one may mean something else than who reads it, or has no care. */
#include "core/pki/chain.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

enum { SERIAL_SIZE_MAX = 20, GENERAL_EMAIL = 1, GENERAL_DNS = 2 };

/* ---- name constraints (RFC 5280 §4.2.1.10) ---- */

/* A name of DNS begins with a label: a dot before it is of URIs. */
static bool subtrees_malformed(struct idp_bytes subtrees)
{
    struct idp_bytes subtree;
    struct idp_der base;
    while (subtrees.size > 0) {
        if (!idp_der_take(&subtrees, IDP_DER_SEQUENCE, &subtree) ||
            !idp_der_next(&subtree, &base) ||
            (base.tag == IDP_DER_CONTEXT + GENERAL_DNS && base.contents.size > 0 &&
             base.contents.data[0] == '.')) {
            return true;
        }
    }
    return false;
}

bool idp_chain_constraints_malformed(const struct idp_certificate *certificate)
{
    const struct idp_extension_value *extension =
        idp_certificate_extension(certificate, idp_oid_name_constraints);
    struct idp_bytes parts, permitted = {NULL, 0}, excluded = {NULL, 0};
    if (extension == NULL) {
        return false;
    }
    if (!idp_der_only(extension->value, IDP_DER_SEQUENCE, &parts)) {
        return true;
    }
    bool permits = idp_der_take(&parts, IDP_DER_EXPLICIT, &permitted);
    bool excludes = idp_der_take(&parts, IDP_DER_EXPLICIT + 1, &excluded);
    return parts.size != 0 || (!permits && !excludes) || (permits && permitted.size == 0) ||
           (excludes && excluded.size == 0) || subtrees_malformed(permitted) ||
           subtrees_malformed(excluded);
}

/* ---- names ---- */

/* One mailbox: something on both sides of one @ (RFC 5280 §4.2.1.6). */
static bool mailbox_malformed(struct idp_bytes name)
{
    const char *at = name.size == 0 ? NULL : memchr(name.data, '@', name.size);
    size_t before = at == NULL ? 0 : (size_t)(at - name.data);
    return before == 0 || before + 1 == name.size ||
           memchr(at + 1, '@', name.size - before - 1) != NULL;
}

/* Labels of letters, digits and hyphens, and a whole first one may be an asterisk. */
static bool host_malformed(struct idp_bytes name)
{
    static const char characters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    bool is_wildcard = name.size > 2 && memcmp(name.data, "*.", 2) == 0;
    for (size_t i = is_wildcard ? 2 : 0; i < name.size; i++) {
        if (memchr(characters, name.data[i], sizeof characters - 1) == NULL) {
            return true;
        }
    }
    return name.size == 0 || memmem(name.data, name.size, "..", 2) != NULL;
}

static bool alternative_name_malformed(const struct idp_certificate *certificate)
{
    const struct idp_extension_value *extension =
        idp_certificate_extension(certificate, idp_oid_alternative_name);
    struct idp_bytes names;
    struct idp_der name;
    if (extension == NULL) {
        return false;
    }
    if (!idp_der_only(extension->value, IDP_DER_SEQUENCE, &names) || names.size == 0) {
        return true;
    }
    while (names.size > 0) {
        if (!idp_der_next(&names, &name) ||
            (name.tag == IDP_DER_CONTEXT + GENERAL_EMAIL && mailbox_malformed(name.contents)) ||
            (name.tag == IDP_DER_CONTEXT + GENERAL_DNS && host_malformed(name.contents))) {
            return true;
        }
    }
    return false;
}

/* ---- keys ---- */

/* Who signed itself with its key has no other key that signed it. */
static bool names_other_key(const struct idp_chain_item *item)
{
    struct idp_bytes own = idp_certificate_subject_key(&item->certificate);
    struct idp_bytes authority = idp_certificate_authority_key(&item->certificate);
    if (own.data == NULL || authority.data == NULL || idp_bytes_equal(own, authority) ||
        !idp_bytes_equal(item->certificate.issuer, item->certificate.subject)) {
        return false;
    }
    ERR_set_mark();
    bool is_self_signed = X509_verify(item->x509, X509_get0_pubkey(item->x509)) == 1;
    ERR_pop_to_mark();
    return is_self_signed;
}

static bool authority_key_malformed(const struct idp_certificate *certificate)
{
    return idp_certificate_extension(certificate, idp_oid_authority_key) != NULL &&
           idp_certificate_authority_key(certificate).data == NULL;
}

/* RSA of an odd size comes from odd generators. */
static bool key_is_odd(const X509 *x509)
{
    const EVP_PKEY *key = X509_get0_pubkey(x509);
    return key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
           EVP_PKEY_get_bits(key) % 8 != 0;
}

/* ---- all of them ---- */

/* Constraints bind only below an authority, and whoever cannot read them must not go on. */
static bool constraints_misplaced(const struct idp_chain_item *item)
{
    const struct idp_extension_value *extension =
        idp_certificate_extension(&item->certificate, idp_oid_name_constraints);
    return extension != NULL &&
           (!extension->is_critical || (X509_get_extension_flags(item->x509) & EXFLAG_CA) == 0);
}

bool idp_chain_breaks_rule(const struct idp_chain_item *item, enum idp_chain_place place)
{
    const struct idp_certificate *certificate = &item->certificate;
    const struct idp_extension_value *policy_constraints =
        idp_certificate_extension(certificate, idp_oid_policy_constraints);
    return certificate->serial.size > SERIAL_SIZE_MAX ||
           (policy_constraints != NULL && !policy_constraints->is_critical) ||
           constraints_misplaced(item) || alternative_name_malformed(certificate) ||
           authority_key_malformed(certificate) || key_is_odd(item->x509) ||
           (place == IDP_CHAIN_ANCHOR && names_other_key(item));
}
