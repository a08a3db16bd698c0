/* SPDX-License-Identifier: Apache-2.0 */
/* profile.c - what certificates are for. A request says which key, and who it wants to be; what the
 * certificate may be used for, and for how long, is said here. */
#include "core/pki/profile.h"

#define SERVER_AUTH "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"
#define ANY_PURPOSE "\x06\x04\x55\x1d\x25\x00" /* anyExtendedKeyUsage */
#define CLIENT_AUTH "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"
#define OCF_IDENTITY                                                                               \
    "\x06\x0a\x2b\x06\x01\x04\x01\x82\xde\x7c\x01\x06" /* 1.3.6.1.4.1.44924.1.6                    \
                                                        */

static const struct idp_profile profiles[] = {
    {IDP_LITERAL("identity"), IDP_USAGE_DIGITAL_SIGNATURE | IDP_USAGE_KEY_AGREEMENT,
     IDP_LITERAL(CLIENT_AUTH SERVER_AUTH OCF_IDENTITY), INT64_C(10) * 365 * 86400,
     IDP_ISSUED_EARLY_S, true},
    {IDP_LITERAL("client"), IDP_USAGE_DIGITAL_SIGNATURE, IDP_LITERAL(CLIENT_AUTH),
     INT64_C(365) * 86400, IDP_ISSUED_EARLY_S, false},
};

const struct idp_profile *idp_profile_built_in(struct idp_bytes name)
{
    for (size_t i = 0; i < IDP_COUNT(profiles); i++) {
        if (idp_bytes_equal(name, profiles[i].name)) {
            return &profiles[i];
        }
    }
    return NULL;
}

/* ---- keys ---- */

/* RFC 3279 §2.3.1 and RFC 9295 §3 forbid agreement to keys that can't; RSA alone enciphers. */
unsigned char idp_profile_key_usage(const struct idp_profile *profile, const struct idp_key *key)
{
    unsigned char never = idp_key_agrees(key) ? 0 : IDP_USAGE_KEY_AGREEMENT;
    never |= idp_key_enciphers(key) ? 0 : IDP_USAGE_KEY_ENCIPHERMENT | IDP_USAGE_DATA_ENCIPHERMENT;
    return profile->key_usage & (unsigned char)~never;
}

/* A curve by its name, RSA perhaps with the bits that it has at least. */
static bool is_of_type(struct idp_bytes type, const struct idp_json *key)
{
    static const struct idp_bytes rsa = IDP_LITERAL("RSA");
    int64_t bits = 0, least = 0;
    if (idp_bytes_equal(type, idp_json_string(key, "crv"))) {
        return true;
    }
    for (size_t i = rsa.size + 1; i < type.size; i++) {
        least = least * 10 + (type.data[i] - '0');
    }
    return idp_bytes_start(type, rsa) && idp_json_integer(idp_json_member(key, "bits"), &bits) &&
           bits >= least;
}

const char *idp_profile_key_check(struct idp_call *call, const struct idp_profile *profile,
                                  const struct idp_csr *csr)
{
    const struct idp_json *types = profile->key_types;
    const struct idp_json *key = types == NULL ? NULL : idp_key_describe(call, csr->key);
    const struct idp_json *type = types == NULL ? NULL : types->child;
    while (type != NULL && !is_of_type(type->text, key)) {
        type = type->next;
    }
    if ((types != NULL && type == NULL) || idp_profile_key_usage(profile, csr->key) == 0) {
        return "key_type";
    }
    bool is_denied =
        profile->denied_keys != NULL &&
        idp_json_holds(profile->denied_keys, idp_hex_encode(call, idp_sha256(call, csr->spki)));
    return is_denied ? "key_denied" : NULL;
}

/* ---- the common name ---- */

/* A certificate of a server: those who know no further names take the common name for its host. Any
 * purpose is that of servers as well. */
static bool is_for_servers(const struct idp_profile *profile)
{
    static const struct idp_bytes server_auth = IDP_LITERAL(SERVER_AUTH);
    static const struct idp_bytes any = IDP_LITERAL(ANY_PURPOSE);
    struct idp_bytes rest = profile->purposes, oid;
    while (rest.size > 0 && idp_der_take_whole(&rest, IDP_DER_OID, &oid)) {
        if (idp_bytes_equal(oid, server_auth) || idp_bytes_equal(oid, any)) {
            return true;
        }
    }
    return false;
}

/* A name with an asterisk would be that of many. */
static bool may_stand(char c)
{
    return c != '*';
}

static bool is_taken(const struct idp_profile *profile, struct idp_bytes common_name)
{
    struct idp_bytes pattern = profile->common_name;
    bool fits = pattern.data == NULL || idp_pattern_match(pattern, common_name, may_stand);
    return fits && (!is_for_servers(profile) || idp_host_name_is(common_name));
}

const char *idp_profile_name(struct idp_call *call, const struct idp_profile *profile,
                             const struct idp_name *name, struct idp_bytes *common_name,
                             struct idp_bytes *device)
{
    static const struct idp_bytes prefix = IDP_LITERAL("uuid:");
    *common_name = name->common_name;
    if (name->common_name_count != 1) {
        return "common_name";
    }
    if (!profile->names_device) {
        return is_taken(profile, *common_name) ? NULL : "common_name";
    }
    struct idp_bytes lower = idp_lower_case(call, *common_name);
    struct idp_bytes id = {lower.data + prefix.size, lower.size - prefix.size};
    if (!idp_bytes_start(lower, prefix) || !idp_uuid_is(id)) {
        return "common_name";
    }
    *common_name = lower;
    *device = id;
    return NULL;
}
