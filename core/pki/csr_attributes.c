/* SPDX-License-Identifier: Apache-2.0 */
/* csr_attributes.c - what a profile wants in a request, as EST tells clients before they make one
 * (RFC 7030 §4.5.2, RFC 8951 §3.4): keys, and that further names are taken. */
#include "core/pki/profile.h"

#define OID_EC_PUBLIC_KEY "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
#define OID_RSA "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"

static struct idp_bytes attribute_of(struct idp_call *call, struct idp_bytes oid,
                                     struct idp_bytes values)
{
    struct idp_bytes parts[] = {oid, idp_der_put(call, IDP_DER_SET, values)};
    return idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts));
}

static bool takes(const struct idp_profile *profile, const char *key_type)
{
    const struct idp_json *item = profile->key_types->child;
    while (item != NULL && !idp_bytes_is(item->text, key_type)) {
        item = item->next;
    }
    return item != NULL;
}

/* In the order of DER, which compares them as bytes. */
static struct idp_bytes curves_of(struct idp_call *call, const struct idp_profile *profile)
{
    static const struct idp_bytes oid = IDP_LITERAL(OID_EC_PUBLIC_KEY);
    static const struct {
        const char *name;
        struct idp_bytes oid;
    } curves[] = {{"P-384", IDP_LITERAL("\x06\x05\x2b\x81\x04\x00\x22")},
                  {"P-521", IDP_LITERAL("\x06\x05\x2b\x81\x04\x00\x23")},
                  {"P-256", IDP_LITERAL("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07")}};
    struct idp_text taken = {.call = call};
    for (size_t i = 0; i < IDP_COUNT(curves); i++) {
        if (takes(profile, curves[i].name)) {
            idp_text_add(&taken, curves[i].oid);
        }
    }
    struct idp_bytes oids = idp_text_bytes(&taken);
    return oids.size == 0 ? oids : attribute_of(call, oid, oids);
}

/* The least size that "RSA-3072" says; 0: it says none. */
static int64_t rsa_bits(struct idp_bytes key_type)
{
    static const struct idp_bytes sized = IDP_LITERAL("RSA-");
    struct idp_json number = {.kind = IDP_JSON_NUMBER};
    int64_t bits = 0;
    if (!idp_bytes_start(key_type, sized)) {
        return 0;
    }
    number.text = (struct idp_bytes){key_type.data + sized.size, key_type.size - sized.size};
    return idp_json_integer(&number, &bits) ? bits : 0;
}

/* Those that are a name, or have a size. */
static struct idp_bytes others_of(struct idp_call *call, const struct idp_profile *profile)
{
    static const struct idp_bytes rsa = IDP_LITERAL(OID_RSA);
    static const struct {
        const char *name;
        struct idp_bytes oid;
    } names[] = {{"RSA", IDP_LITERAL(OID_RSA)},
                 {"Ed25519", IDP_LITERAL("\x06\x03\x2b\x65\x70")},
                 {"Ed448", IDP_LITERAL("\x06\x03\x2b\x65\x71")}};
    struct idp_text all = {.call = call};
    for (const struct idp_json *item = profile->key_types->child; item; item = item->next) {
        int64_t bits = rsa_bits(item->text);
        if (bits > 0) {
            idp_text_add(&all, attribute_of(call, rsa, idp_der_integer(call, (uint64_t)bits)));
        }
    }
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        if (takes(profile, names[i].name)) {
            idp_text_add(&all, names[i].oid);
        }
    }
    return idp_text_bytes(&all);
}

/* The extension that carries further names. */
static struct idp_bytes names_of(struct idp_call *call)
{
    static const struct idp_bytes request =
        IDP_LITERAL("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e");
    static const struct idp_bytes names = IDP_LITERAL("\x06\x03\x55\x1d\x11");
    return attribute_of(call, request, names);
}

struct idp_bytes idp_csr_attributes(struct idp_call *call, struct idp_bytes profile_name)
{
    const struct idp_profile *profile = idp_profile_load(call, profile_name);
    struct idp_bytes nothing = {"", 0};
    bool has_keys = profile->key_types != NULL;
    struct idp_bytes parts[] = {has_keys ? curves_of(call, profile) : nothing,
                                has_keys ? others_of(call, profile) : nothing,
                                profile->sans != NULL ? names_of(call) : nothing};
    struct idp_bytes all = idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts));
    bool has_any = parts[0].size + parts[1].size + parts[2].size > 0;
    return has_any ? all : nothing;
}
