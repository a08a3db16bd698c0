/* SPDX-License-Identifier: Apache-2.0 */
/* profile.c - what certificates are for. A request says which key, and who it wants to be; what the
 * certificate may be used for, and for how long, is said here. */
#include "core/pki/x509.h"

#define SERVER_AUTH "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"
#define CLIENT_AUTH "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"
#define OCF_IDENTITY                                                                               \
    "\x06\x0a\x2b\x06\x01\x04\x01\x82\xde\x7c\x01\x06" /* 1.3.6.1.4.1.44924.1.6                    \
                                                        */

static const struct idp_profile profiles[] = {
    {"identity", IDP_USAGE_DIGITAL_SIGNATURE | IDP_USAGE_KEY_AGREEMENT,
     IDP_LITERAL(CLIENT_AUTH SERVER_AUTH OCF_IDENTITY), INT64_C(10) * 365 * 86400, true},
    {"client", IDP_USAGE_DIGITAL_SIGNATURE, IDP_LITERAL(CLIENT_AUTH), INT64_C(365) * 86400, false},
};

const struct idp_profile *idp_profile_find(struct idp_bytes name)
{
    for (size_t i = 0; i < IDP_COUNT(profiles); i++) {
        if (idp_bytes_is(name, profiles[i].name)) {
            return &profiles[i];
        }
    }
    return NULL;
}

/* RFC 3279 §2.3.1 and RFC 9295 §3 forbid agreement to keys that can't. */
unsigned char idp_profile_key_usage(const struct idp_profile *profile, const struct idp_key *key)
{
    unsigned char never = idp_key_agrees(key) ? 0 : IDP_USAGE_KEY_AGREEMENT;
    return profile->key_usage & (unsigned char)~never;
}

/* 8-4-4-4-12 hex digits. */
static bool is_uuid(struct idp_bytes text)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    for (size_t i = 0; i < text.size && i < sizeof form - 1; i++) {
        bool fits = form[i] == '-' ? text.data[i] == '-' : idp_hex_digit(text.data[i]) >= 0;
        if (!fits) {
            return false;
        }
    }
    return text.size == sizeof form - 1;
}

const char *idp_profile_name(struct idp_call *call, const struct idp_profile *profile,
                             const struct idp_csr *csr, struct idp_bytes *common_name,
                             struct idp_bytes *device)
{
    static const struct idp_bytes prefix = IDP_LITERAL("uuid:");
    *common_name = csr->subject.common_name;
    if (csr->subject.common_name_count != 1) {
        return "common_name";
    }
    if (!profile->names_device) {
        return NULL;
    }
    struct idp_bytes name = idp_lower_case(call, *common_name);
    struct idp_bytes id = {name.data + prefix.size, name.size - prefix.size};
    if (!idp_bytes_start(name, prefix) || !is_uuid(id)) {
        return "common_name";
    }
    *common_name = name;
    *device = id;
    return NULL;
}
