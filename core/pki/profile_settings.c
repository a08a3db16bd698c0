/* SPDX-License-Identifier: Apache-2.0 */
/* profile_settings.c - what an administrator says of a profile: each member is read and checked by
 * one function, and all faults are told at once. Names of members are quoted, their values never.
 */
#include "core/pki/profile.h"

enum {
    BACKDATE_S_MAX = 7 * 86400,
    GRACE_S_MAX = 365 * 86400,
    LIFETIME_S_MIN = 60,
    VALID_COUNT_MAX = 1000,
    ITEM_COUNT_MAX = 64,
    RSA_BITS_MIN = 2048,
    RSA_BITS_MAX = 8192
};
static const int64_t lifetime_s_max = INT64_C(100) * 365 * 86400;

/* What is in force where the settings say nothing. */
static const char defaults[] = "{\"common_name\":\"any\",\"key_usage\":[\"digitalSignature\"],"
                               "\"extended_key_usage\":[\"clientAuth\"],\"lifetime_s\":31536000,"
                               "\"backdate_s\":3600}";

/* ---- arrays ---- */

/* True for texts without an equal, up to ITEM_COUNT_MAX, each of which `is_item`. */
static bool is_list(struct idp_call *call, const struct idp_json *list,
                    bool (*is_item)(struct idp_call *call, struct idp_bytes text))
{
    size_t count = 0;
    if (!idp_json_is(list, IDP_JSON_ARRAY)) {
        return false;
    }
    for (const struct idp_json *item = list->child; item != NULL; item = item->next) {
        if (item->kind != IDP_JSON_STRING || ++count > ITEM_COUNT_MAX ||
            !is_item(call, item->text)) {
            return false;
        }
        for (const struct idp_json *other = item->next; other != NULL; other = other->next) {
            if (idp_bytes_equal(other->text, item->text)) {
                return false;
            }
        }
    }
    return count > 0;
}

static bool is_key_type(struct idp_call *call, struct idp_bytes text)
{
    static const struct idp_bytes rsa = IDP_LITERAL("RSA-");
    struct idp_json number = {IDP_JSON_NUMBER,
                              .text = {text.data + rsa.size, text.size - rsa.size}};
    int64_t bits = 0;
    (void)call;
    if (!idp_bytes_start(text, rsa)) {
        return idp_word_in(idp_bytes_of("P-256 P-384 P-521 RSA Ed25519 Ed448"), text);
    }
    bool is_number = number.text.size == 4;
    for (size_t i = 0; i < number.text.size && is_number; i++) {
        is_number = number.text.data[i] >= '0' && number.text.data[i] <= '9';
    }
    return is_number && idp_json_integer(&number, &bits) && bits >= RSA_BITS_MIN &&
           bits <= RSA_BITS_MAX;
}

static bool is_digest(struct idp_call *call, struct idp_bytes text)
{
    return idp_hex_decode(call, text).size == IDP_DIGEST_SIZE &&
           idp_bytes_equal(idp_lower_case(call, text), text);
}

static bool is_attribute(struct idp_call *call, struct idp_bytes text)
{
    (void)call;
    return idp_word_in(idp_bytes_of("DC C ST L O OU serialNumber UID emailAddress"), text);
}

/* ---- members ---- */

static const char *key_types_read(struct idp_call *call, const struct idp_json *value,
                                  struct idp_profile *out)
{
    out->key_types = value;
    return is_list(call, value, is_key_type) ? NULL
                                             : "must be an array of P-256, P-384, P-521, Ed25519, "
                                               "Ed448 and RSA, perhaps with its "
                                               "least size, as in RSA-3072 (from 2048 to 8192)";
}

static const char *denied_keys_read(struct idp_call *call, const struct idp_json *value,
                                    struct idp_profile *out)
{
    out->denied_keys = value;
    return is_list(call, value, is_digest)
               ? NULL
               : "must be an array of up to 64 SHA-256 digests in lower-case hexadecimal";
}

static const char *common_name_read(struct idp_call *call, const struct idp_json *value,
                                    struct idp_profile *out)
{
    (void)call;
    if (!idp_json_is(value, IDP_JSON_STRING) || value->text.size == 0 ||
        value->text.size > IDP_SUBJECT_SIZE_MAX || idp_text_has_control(value->text)) {
        return "must be any, device, or a pattern of up to 255 bytes";
    }
    out->names_device = idp_bytes_is(value->text, "device");
    out->common_name = out->names_device || idp_bytes_is(value->text, "any")
                           ? (struct idp_bytes){NULL, 0}
                           : value->text;
    return NULL;
}

static const char *subject_read(struct idp_call *call, const struct idp_json *value,
                                struct idp_profile *out)
{
    out->subject = value;
    bool is_name = idp_json_is(value, IDP_JSON_OBJECT) && idp_json_member(value, "CN") == NULL &&
                   idp_name_of_json(call, value).data != NULL;
    return is_name ? NULL
                   : "must be an object of texts of up to 64 characters, none of them a control "
                     "character: DC, C, ST, L, O, OU, serialNumber, UID, emailAddress";
}

static const char *from_request_read(struct idp_call *call, const struct idp_json *value,
                                     struct idp_profile *out)
{
    out->subject_from_request = value;
    return is_list(call, value, is_attribute)
               ? NULL
               : "must be an array of DC, C, ST, L, O, OU, serialNumber, UID, emailAddress";
}

static const char *sans_read(struct idp_call *call, const struct idp_json *value,
                             struct idp_profile *out)
{
    static const char problem[] =
        "must be an object of arrays of patterns: dns, ip (addresses, or networks as in "
        "192.0.2.0/24), uri, email";
    out->sans = value;
    size_t count = 0;
    for (const struct idp_json *kind = idp_json_is(value, IDP_JSON_OBJECT) ? value->child : NULL;
         kind != NULL; kind = kind->next) {
        bool is_kind = idp_word_in(idp_bytes_of("dns ip uri email"), kind->name) &&
                       idp_json_is(kind, IDP_JSON_ARRAY) && kind->child != NULL;
        for (const struct idp_json *item = is_kind ? kind->child : NULL; item != NULL;
             item = item->next) {
            is_kind = is_kind && item->kind == IDP_JSON_STRING && ++count <= ITEM_COUNT_MAX &&
                      idp_alternative_name_pattern_check(call, kind->name, item->text) == NULL;
        }
        if (!is_kind) {
            return problem;
        }
    }
    return count == 0 ? problem : NULL;
}

static const char *key_usage_read(struct idp_call *call, const struct idp_json *value,
                                  struct idp_profile *out)
{
    static const char *const names[] = {"digitalSignature", "nonRepudiation", "keyEncipherment",
                                        "dataEncipherment", "keyAgreement"};
    size_t given = idp_json_is(value, IDP_JSON_ARRAY) ? idp_json_count(value) - 1 : 0, known = 0;
    (void)call;
    out->key_usage = 0;
    for (size_t i = 0; i < IDP_COUNT(names); i++) {
        if (idp_json_is(value, IDP_JSON_ARRAY) && idp_json_holds(value, idp_bytes_of(names[i]))) {
            out->key_usage |= (unsigned char)(0x80 >> i);
            known++;
        }
    }
    return known > 0 && known == given
               ? NULL
               : "must be an array of digitalSignature, nonRepudiation, keyEncipherment, "
                 "dataEncipherment, keyAgreement";
}

/* The object identifier, whole; data NULL: it is none. */
static struct idp_bytes purpose_of(struct idp_call *call, struct idp_bytes text)
{
    struct idp_bytes contents = idp_purpose_oid(call, text);
    return contents.data == NULL ? contents : idp_der_put(call, IDP_DER_OID, contents);
}

static bool is_purpose(struct idp_call *call, struct idp_bytes text)
{
    return purpose_of(call, text).data != NULL;
}

static const char *purposes_read(struct idp_call *call, const struct idp_json *value,
                                 struct idp_profile *out)
{
    struct idp_text purposes = {.call = call};
    if (!is_list(call, value, is_purpose)) {
        return "must be an array of serverAuth, clientAuth, codeSigning, emailProtection, "
               "timeStamping, OCSPSigning and object identifiers";
    }
    for (const struct idp_json *item = value->child; item != NULL; item = item->next) {
        idp_text_add(&purposes, purpose_of(call, item->text));
    }
    out->purposes = idp_text_bytes(&purposes);
    return NULL;
}

static bool integer_read(const struct idp_json *value, int64_t least, int64_t most, int64_t *out)
{
    return idp_json_integer(value, out) && *out >= least && *out <= most;
}

static const char *lifetime_read(struct idp_call *call, const struct idp_json *value,
                                 struct idp_profile *out)
{
    (void)call;
    return integer_read(value, LIFETIME_S_MIN, lifetime_s_max, &out->lifetime_s)
               ? NULL
               : "must be an integer from 60 to 3153600000";
}

static const char *backdate_read(struct idp_call *call, const struct idp_json *value,
                                 struct idp_profile *out)
{
    (void)call;
    return integer_read(value, 0, BACKDATE_S_MAX, &out->backdate_s)
               ? NULL
               : "must be an integer from 0 to 604800";
}

static const char *max_valid_read(struct idp_call *call, const struct idp_json *value,
                                  struct idp_profile *out)
{
    (void)call;
    return integer_read(value, 1, VALID_COUNT_MAX, &out->max_valid)
               ? NULL
               : "must be an integer from 1 to 1000";
}

static const char *ca_read(struct idp_call *call, const struct idp_json *value,
                           struct idp_profile *out)
{
    bool is_name = idp_json_is(value, IDP_JSON_STRING) && idp_ca_name_is(value->text);
    (void)call;
    out->ca = is_name ? value->text : out->ca;
    return is_name ? NULL : "must be the name of an authority";
}

static const char *approval_read(struct idp_call *call, const struct idp_json *value,
                                 struct idp_profile *out)
{
    (void)call;
    out->needs_approval = value->kind == IDP_JSON_TRUE;
    return out->needs_approval || value->kind == IDP_JSON_FALSE ? NULL : "must be true or false";
}

static const char *grace_read(struct idp_call *call, const struct idp_json *value,
                              struct idp_profile *out)
{
    (void)call;
    out->has_grace = true;
    return integer_read(value, 0, GRACE_S_MAX, &out->grace_s)
               ? NULL
               : "must be an integer from 0 to 31536000";
}

static const struct member {
    const char *name;
    const char *(*read)(struct idp_call *call, const struct idp_json *value,
                        struct idp_profile *out);
} members[] = {
    {"approval", approval_read},
    {"backdate_s", backdate_read},
    {"ca", ca_read},
    {"common_name", common_name_read},
    {"denied_keys", denied_keys_read},
    {"extended_key_usage", purposes_read},
    {"grace_s", grace_read},
    {"key_types", key_types_read},
    {"key_usage", key_usage_read},
    {"lifetime_s", lifetime_read},
    {"max_valid", max_valid_read},
    {"sans", sans_read},
    {"subject", subject_read},
    {"subject_from_request", from_request_read},
};

/* ---- all of them ---- */

static const struct member *member_named(struct idp_bytes name)
{
    size_t i = 0;
    while (i < IDP_COUNT(members) && !idp_bytes_is(name, members[i].name)) {
        i++;
    }
    return i == IDP_COUNT(members) ? NULL : &members[i];
}

static void fault_add(struct idp_text *faults, const char *name, const char *problem)
{
    idp_text_add_c(faults, faults->size == 0 ? "" : "; ");
    idp_text_add_c(faults, name);
    idp_text_add_c(faults, " ");
    idp_text_add_c(faults, problem);
}

/* No input is repeated: what there is helps as well. */
static const char *unknown(struct idp_call *call)
{
    struct idp_text text = {.call = call};
    idp_text_add_c(&text, "an unknown member, beside");
    for (size_t i = 0; i < IDP_COUNT(members); i++) {
        idp_text_add_char(&text, ' ');
        idp_text_add_c(&text, members[i].name);
    }
    return idp_text_c(call, idp_text_bytes(&text));
}

/* What an administrator gives to all, a request can't say. */
static bool is_said_twice(struct idp_call *call, const struct idp_profile *profile)
{
    const struct idp_json *taken = profile->subject_from_request;
    for (const struct idp_json *name = idp_json_is(taken, IDP_JSON_ARRAY) ? taken->child : NULL;
         name != NULL; name = name->next) {
        if (name->kind == IDP_JSON_STRING &&
            idp_json_member(profile->subject, idp_text_c(call, name->text)) != NULL) {
            return true;
        }
    }
    return false;
}

struct idp_profile idp_profile_read(struct idp_call *call, struct idp_bytes name,
                                    const struct idp_json *settings, struct idp_text *faults)
{
    struct idp_profile profile = {.name = name};
    const struct idp_json *all = idp_profile_in_force(call, settings);
    for (const struct idp_json *value = all->child; value != NULL; value = value->next) {
        const struct member *member = member_named(value->name);
        const char *problem = member == NULL ? NULL : member->read(call, value, &profile);
        if (member == NULL) {
            fault_add(faults, "there is", unknown(call));
        }
        if (problem != NULL) {
            fault_add(faults, member->name, problem);
        }
    }
    if (is_said_twice(call, &profile)) {
        fault_add(faults, "subject_from_request", "has a name that subject has as well");
    }
    if (profile.has_grace && !profile.names_device) {
        fault_add(faults, "grace_s", "needs the common_name device");
    }
    return profile;
}

const struct idp_json *idp_profile_in_force(struct idp_call *call, const struct idp_json *settings)
{
    const char *why;
    const struct idp_json *all = idp_json_read(call, idp_bytes_of(defaults), &why);
    for (const struct idp_json *m = settings->child; m != NULL; m = m->next) {
        all = idp_json_with(call, all, idp_bytes_copy(call, m->name).data, m);
    }
    return all;
}
