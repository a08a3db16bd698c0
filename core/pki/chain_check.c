/* SPDX-License-Identifier: Apache-2.0 */
/* chain_check.c - what is asked of each certificate of a path that OpenSSL takes: keys and hashes
 * that nobody can forge, what it may be used for, and that nobody has denied it. */
#include "core/pki/chain.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

static const struct idp_bytes any_purpose = IDP_LITERAL("\x55\x1d\x25\x00");

/* ---- keys and hashes ---- */

static const char *hash_refusal(const X509 *x509)
{
    static const struct {
        int hash;
        const char *why;
    } hashes[] = {
        {NID_sha256, NULL},     {NID_sha384, NULL},      {NID_sha512, NULL},
        {NID_sha3_256, NULL},   {NID_sha3_384, NULL},    {NID_sha3_512, NULL},
        {NID_md5, "hash_weak"}, {NID_sha1, "hash_weak"}, {NID_sha224, "hash_weak"},
        {NID_md4, "hash_weak"}, {NID_md2, "hash_weak"},  {NID_md5_sha1, "hash_weak"},
    };
    int hash = NID_undef, key = NID_undef;
    ERR_set_mark();
    bool is_known = X509_get_signature_info((X509 *)(uintptr_t)x509, &hash, &key, NULL, NULL) == 1;
    ERR_pop_to_mark();
    if (is_known && (key == NID_ED25519 || key == NID_ED448)) {
        return NULL;
    }
    for (size_t i = 0; is_known && i < IDP_COUNT(hashes); i++) {
        if (hashes[i].hash == hash) {
            return hashes[i].why;
        }
    }
    return "algorithm";
}

static const char *key_refusal(struct idp_call *call, const struct idp_certificate *certificate)
{
    const char *why;
    return idp_spki_read(call, certificate->spki, &why) == NULL ? why : NULL;
}

/* ---- what it is for (RFC 5280 §4.2.1.12) ---- */

/* An authority without a list of purposes may sign for all of them; a leaf has to name its own. */
static bool serves(const struct idp_certificate *certificate, struct idp_bytes purpose,
                   bool is_leaf)
{
    const struct idp_extension_value *extension =
        idp_certificate_extension(certificate, idp_oid_extended_key_usage);
    struct idp_bytes purposes, oid;
    if (extension == NULL) {
        return !is_leaf;
    }
    if (!idp_der_only(extension->value, IDP_DER_SEQUENCE, &purposes)) {
        return false;
    }
    while (idp_der_take(&purposes, IDP_DER_OID, &oid)) {
        if (idp_bytes_equal(oid, purpose) || (!is_leaf && idp_bytes_equal(oid, any_purpose))) {
            return true;
        }
    }
    return false;
}

/* ---- what is denied ---- */

static bool serial_is_denied(struct idp_call *call, const struct idp_json *serials,
                             const struct idp_certificate *certificate)
{
    struct idp_bytes serial = idp_chain_serial(call, idp_certificate_serial(call, certificate));
    for (const struct idp_json *item = serials->child; item != NULL; item = item->next) {
        if (idp_bytes_equal(idp_chain_serial(call, item->text), serial)) {
            return true;
        }
    }
    return false;
}

static bool key_is_denied(struct idp_call *call, const struct idp_json *keys,
                          const struct idp_certificate *certificate)
{
    struct idp_bytes key = idp_hex_encode(call, idp_sha256(call, certificate->spki));
    for (const struct idp_json *item = keys->child; item != NULL; item = item->next) {
        if (idp_bytes_equal(idp_lower_case(call, item->text), key)) {
            return true;
        }
    }
    return false;
}

/* ---- lists ---- */

/* A list without a number cannot be told from an older one (RFC 5280 §5.2.3). */
static bool list_has_no_number(const struct idp_chain_policy *policy, const X509 *x509)
{
    const X509_NAME *issuer = X509_get_issuer_name(x509);
    for (int i = 0; i < (policy->lists == NULL ? 0 : sk_X509_CRL_num(policy->lists)); i++) {
        const X509_CRL *list = sk_X509_CRL_value(policy->lists, i);
        if (X509_NAME_cmp(X509_CRL_get_issuer(list), issuer) == 0 &&
            X509_CRL_get_ext_by_NID(list, NID_crl_number, -1) < 0) {
            return true;
        }
    }
    return false;
}

/* ---- all of it ---- */

static const char *denial(struct idp_call *call, const struct idp_chain_policy *policy,
                          const struct idp_certificate *certificate)
{
    bool is_denied =
        (policy->serials != NULL && serial_is_denied(call, policy->serials, certificate)) ||
        (policy->keys != NULL && key_is_denied(call, policy->keys, certificate));
    return is_denied ? "denied" : NULL;
}

/* An anchor may do what whoever trusts it lets it do; its signature is of nobody else. */
static const char *use_refusal(const struct idp_chain_policy *policy,
                               const struct idp_chain_item *item, enum idp_chain_place place)
{
    const struct idp_certificate *certificate = &item->certificate;
    if (place == IDP_CHAIN_INTERMEDIATE && X509_check_ca(item->x509) != 1) {
        return "not_a_ca";
    }
    if (idp_chain_constraints_malformed(certificate)) {
        return "name_constraints";
    }
    return place != IDP_CHAIN_ANCHOR && policy->purpose.data != NULL &&
                   !serves(certificate, policy->purpose, place == IDP_CHAIN_LEAF)
               ? "purpose"
               : NULL;
}

/* CA/Browser Forum, Baseline Requirements §7.1.2.1: a root of servers says of no use. */
static bool breaks_web_rule(const struct idp_chain_policy *policy,
                            const struct idp_chain_item *item, enum idp_chain_place place)
{
    static const struct idp_bytes server = IDP_LITERAL("\x2b\x06\x01\x05\x05\x07\x03\x01");
    return place == IDP_CHAIN_ANCHOR && policy->purpose.data != NULL &&
           idp_bytes_equal(policy->purpose, server) &&
           idp_certificate_extension(&item->certificate, idp_oid_extended_key_usage) != NULL;
}

const char *idp_chain_check(struct idp_call *call, const struct idp_chain_policy *policy,
                            const struct idp_chain_item *item, enum idp_chain_place place)
{
    const char *why = key_refusal(call, &item->certificate);
    if (why == NULL && place != IDP_CHAIN_ANCHOR) {
        why = hash_refusal(item->x509);
    }
    if (why == NULL) {
        why = use_refusal(policy, item, place);
    }
    if (why == NULL && policy->is_strict &&
        (idp_chain_breaks_rule(item, place) || breaks_web_rule(policy, item, place))) {
        why = "conformance";
    }
    if (why == NULL && policy->is_strict && place != IDP_CHAIN_ANCHOR &&
        list_has_no_number(policy, item->x509)) {
        why = "crl";
    }
    return why == NULL ? denial(call, policy, &item->certificate) : why;
}
