/* SPDX-License-Identifier: Apache-2.0 */
/* chain_policy.c - what a caller asks of a path. A member that is not known is refused, since a
 * misspelt check is none. */
#include "core/pki/chain.h"

#include <openssl/err.h>

enum { LENGTH_DEFAULT = 6, LENGTH_MIN = 2, KEY_HEX_SIZE = 2 * IDP_DIGEST_SIZE };

static void fail_member(struct idp_call *call, const char *name) IDP_NORETURN;

static void fail_member(struct idp_call *call, const char *name)
{
    idp_fail_with(call, IDP_INVALID_ARGUMENT, "policy.%s has a wrong type or value.", name);
}

/* A member of the object; null counts as absent. */
static const struct idp_json *member_of(const struct idp_json *object, const char *name)
{
    const struct idp_json *member = idp_json_member(object, name);
    return idp_json_is(member, IDP_JSON_NULL) ? NULL : member;
}

/* True where a member is the first of two words, false for the other or where it is absent. */
static bool choice_of(struct idp_call *call, const struct idp_json *policy, const char *name,
                      const char *yes, const char *no)
{
    const struct idp_json *member = member_of(policy, name);
    struct idp_bytes word = idp_json_string(policy, name);
    if (member != NULL && !idp_bytes_is(word, yes) && !idp_bytes_is(word, no)) {
        fail_member(call, name);
    }
    return idp_bytes_is(word, yes);
}

static const struct idp_json *list_of(struct idp_call *call, const struct idp_json *object,
                                      const char *name)
{
    const struct idp_json *member = member_of(object, name);
    if (member != NULL && !idp_is_string_list(member)) {
        fail_member(call, name);
    }
    return member;
}

static int64_t now_of(struct idp_call *call, const struct idp_json *policy)
{
    const struct idp_json *member = member_of(policy, "now");
    int64_t now_us = 0;
    if (member == NULL) {
        now_us = idp_now_us(call);
    } else if (!idp_numeric_date(member, &now_us)) {
        fail_member(call, "now");
    }
    return now_us / IDP_SECOND_US - (now_us % IDP_SECOND_US < 0);
}

static int64_t length_of(struct idp_call *call, const struct idp_json *policy)
{
    const struct idp_json *member = member_of(policy, "depth_max");
    int64_t length = LENGTH_DEFAULT;
    if (member != NULL && (!idp_json_integer(member, &length) || length < LENGTH_MIN ||
                           length > IDP_CHAIN_LENGTH_MAX)) {
        fail_member(call, "depth_max");
    }
    return length;
}

static const struct {
    const char *name, *oid;
} purposes[] = {
    {"serverAuth", "1.3.6.1.5.5.7.3.1"},      {"clientAuth", "1.3.6.1.5.5.7.3.2"},
    {"codeSigning", "1.3.6.1.5.5.7.3.3"},     {"emailProtection", "1.3.6.1.5.5.7.3.4"},
    {"timeStamping", "1.3.6.1.5.5.7.3.8"},    {"OCSPSigning", "1.3.6.1.5.5.7.3.9"},
    {"ocfIdentity", "1.3.6.1.4.1.44924.1.6"}, {"tpmEndorsementKey", "2.23.133.8.1"},
};

static struct idp_bytes purpose_of(struct idp_call *call, const struct idp_json *policy)
{
    struct idp_bytes name = idp_json_string(policy, "purpose"), oid = {NULL, 0};
    if (member_of(policy, "purpose") == NULL) {
        return oid;
    }
    for (size_t i = 0; i < IDP_COUNT(purposes); i++) {
        if (idp_bytes_is(name, purposes[i].name)) {
            name = idp_bytes_of(purposes[i].oid);
        }
    }
    oid = name.data == NULL ? name : idp_der_oid_contents(call, name);
    if (oid.data == NULL) {
        fail_member(call, "purpose");
    }
    return oid;
}

static const struct idp_json *critical_of(struct idp_call *call, const struct idp_json *policy)
{
    const struct idp_json *list = list_of(call, policy, "critical");
    for (const struct idp_json *item = list == NULL ? NULL : list->child; item != NULL;
         item = item->next) {
        if (idp_der_oid_contents(call, item->text).data == NULL) {
            fail_member(call, "critical");
        }
    }
    return list;
}

/* ---- what is denied ---- */

struct idp_bytes idp_chain_serial(struct idp_call *call, struct idp_bytes text)
{
    struct idp_bytes lower = idp_lower_case(call, text), none = {NULL, 0};
    struct idp_text digits = {.call = call};
    for (size_t i = 0; i < lower.size; i++) {
        if (lower.data[i] == ':') {
            continue;
        }
        if (idp_hex_digit(lower.data[i]) < 0) {
            return none;
        }
        if (digits.size > 0 || lower.data[i] != '0') {
            idp_text_add_char(&digits, lower.data[i]);
        }
    }
    return lower.size == 0 ? none : idp_text_bytes(&digits);
}

static void deny_read(struct idp_call *call, const struct idp_json *policy,
                      struct idp_chain_policy *out)
{
    const struct idp_json *deny = member_of(policy, "deny");
    if (deny != NULL && !idp_json_is(deny, IDP_JSON_OBJECT)) {
        fail_member(call, "deny");
    }
    idp_json_members_check(call, deny, "policy", "serials keys");
    out->serials = list_of(call, deny, "serials");
    out->keys = list_of(call, deny, "keys");
    for (const struct idp_json *item = out->serials == NULL ? NULL : out->serials->child;
         item != NULL; item = item->next) {
        if (idp_chain_serial(call, item->text).data == NULL) {
            fail_member(call, "deny.serials");
        }
    }
    for (const struct idp_json *item = out->keys == NULL ? NULL : out->keys->child; item != NULL;
         item = item->next) {
        if (item->text.size != KEY_HEX_SIZE || idp_chain_serial(call, item->text).data == NULL) {
            fail_member(call, "deny.keys");
        }
    }
}

/* ---- revocation lists ---- */

static void list_release(void *list)
{
    X509_CRL_free(list);
}

static void lists_release(void *lists)
{
    sk_X509_CRL_free(lists);
}

X509_CRL *idp_chain_list_read(struct idp_call *call, struct idp_bytes text)
{
    struct idp_bytes der = idp_pem_only(call, text, "X509 CRL");
    if (der.data == NULL || !idp_der_only(der, IDP_DER_SEQUENCE, NULL)) {
        return NULL;
    }
    const unsigned char *at = (const unsigned char *)der.data;
    ERR_set_mark();
    X509_CRL *list = d2i_X509_CRL(NULL, &at, (long)der.size);
    ERR_pop_to_mark();
    return list == NULL ? NULL : idp_own(call, list, list_release);
}

static X509_CRL *list_member(struct idp_call *call, struct idp_bytes text)
{
    X509_CRL *list = idp_chain_list_read(call, text);
    if (list == NULL) {
        fail_member(call, "crls");
    }
    return list;
}

static STACK_OF(X509_CRL) * lists_of(struct idp_call *call, const struct idp_json *policy)
{
    const struct idp_json *texts = list_of(call, policy, "crls");
    if (texts == NULL || texts->child == NULL) {
        return NULL;
    }
    STACK_OF(X509_CRL) *lists = sk_X509_CRL_new_null();
    idp_own(call, lists, lists_release);
    for (const struct idp_json *item = texts->child; item != NULL; item = item->next) {
        if (sk_X509_CRL_num(lists) == IDP_CHAIN_CRL_COUNT_MAX) {
            fail_member(call, "crls");
        }
        if (sk_X509_CRL_push(lists, list_member(call, item->text)) == 0) {
            idp_fail(call, IDP_OUT_OF_MEMORY);
        }
    }
    return lists;
}

bool idp_chain_has_list(const struct idp_chain_policy *policy, const X509_NAME *issuer)
{
    for (int i = 0; i < (policy->lists == NULL ? 0 : sk_X509_CRL_num(policy->lists)); i++) {
        if (X509_NAME_cmp(X509_CRL_get_issuer(sk_X509_CRL_value(policy->lists, i)), issuer) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- all of it ---- */

struct idp_chain_policy idp_chain_policy_read(struct idp_call *call, const struct idp_json *policy)
{
    idp_json_members_check(call, policy, "policy",
                           "now depth_max purpose expired strict critical crls revocation deny");
    const struct idp_json *strict = member_of(policy, "strict");
    if (strict != NULL && strict->kind != IDP_JSON_TRUE && strict->kind != IDP_JSON_FALSE) {
        fail_member(call, "strict");
    }
    struct idp_chain_policy out = {
        .now_s = now_of(call, policy),
        .length_max = length_of(call, policy),
        .leaf_may_be_expired = choice_of(call, policy, "expired", "allow_leaf", "refuse"),
        .is_strict = !idp_json_is(strict, IDP_JSON_FALSE),
        .needs_lists = choice_of(call, policy, "revocation", "all", "listed"),
        .purpose = purpose_of(call, policy),
        .critical = critical_of(call, policy),
        .lists = lists_of(call, policy),
    };
    deny_read(call, policy, &out);
    return out;
}
