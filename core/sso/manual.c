/* SPDX-License-Identifier: Apache-2.0 */
/* manual.c - keys that stand in the connection itself: signatureVerificationConfig.manual, a map of
 * them by ids, one of which a field of the token may name. */
#include "core/sso/keys.h"

static void fault_of_all(struct idp_call *call, const struct idp_manual_faults *faults,
                         const char *member, const char *code, const char *message)
{
    struct idp_bytes step = idp_bytes_of(member);
    faults->add(faults->context, idp_json_pointer(call, &step, member[0] != 0), code, message);
}

static bool is_absent(const struct idp_json *json)
{
    return json == NULL || json->kind == IDP_JSON_NULL;
}

/* ---- all certificates ---- */

/* OpenAPI draws one certificate where the wire has a map of them. */
static bool is_one(const struct idp_json *certificates)
{
    return idp_json_string(certificates, "alg").data != NULL ||
           idp_json_string(certificates, "publicKey").data != NULL;
}

static size_t count_of(const struct idp_json *certificates)
{
    size_t count = 0;
    for (const struct idp_json *item = certificates->child; item != NULL; item = item->next) {
        count++;
    }
    return is_one(certificates) ? 1 : count;
}

static const struct idp_json *certificates_of(const struct idp_json *manual)
{
    const struct idp_json *certificates = idp_json_member(manual, "certificates");
    bool is_map = idp_json_is(certificates, IDP_JSON_OBJECT) && certificates->child != NULL &&
                  count_of(certificates) <= IDP_KEY_COUNT_MAX;
    return is_map ? certificates : NULL;
}

/* Reads them all, into a set. */
static void read_all(struct idp_manual_reading *reading, const struct idp_json *manual,
                     struct idp_provider_keys *keys)
{
    const struct idp_json *certificates = certificates_of(manual);
    if (certificates == NULL) {
        fault_of_all(reading->call, reading->faults, "certificates", "type",
                     "certificates must be an object of 1 to 256 certificates by their ids.");
        return;
    }
    reading->is_alone = is_one(certificates);
    const struct idp_json *item = reading->is_alone ? certificates : certificates->child;
    for (; item != NULL; item = reading->is_alone ? NULL : item->next) {
        struct idp_public_key key;
        reading->id = reading->is_alone ? idp_bytes_of("default") : item->name;
        if (idp_manual_key_read(reading, item, &key)) {
            idp_json_add_string(reading->call, key.jwk, "kid", reading->id);
            idp_provider_keys_add(keys, &key);
        }
    }
}

/* ---- the field that names one ---- */

static void check_field(struct idp_call *call, const struct idp_json *manual,
                        const struct idp_manual_faults *faults)
{
    const struct idp_json *flag = idp_json_member(manual, "certIdFromField");
    bool is_flag = is_absent(flag) || flag->kind == IDP_JSON_TRUE || flag->kind == IDP_JSON_FALSE;
    bool is_named = idp_json_is(flag, IDP_JSON_TRUE);
    const struct idp_json *certificates = certificates_of(manual);
    if (!is_flag) {
        fault_of_all(call, faults, "certIdFromField", "type",
                     "certIdFromField must be true or false.");
    } else if (is_named && idp_json_string(manual, "certIdField").size == 0) {
        fault_of_all(call, faults, "certIdField", "missing",
                     "certIdField must name the field of the token that has the id.");
    } else if (!is_named && certificates != NULL && count_of(certificates) > 1) {
        fault_of_all(call, faults, "certIdFromField", "ambiguous",
                     "With more than one certificate a field of the token must name one.");
    }
}

struct idp_bytes idp_manual_field(const struct idp_json *manual)
{
    struct idp_bytes field = idp_json_string(manual, "certIdField");
    if (!idp_json_is_true(manual, "certIdFromField")) {
        return (struct idp_bytes){NULL, 0};
    }
    return field.data == NULL ? (struct idp_bytes){"", 0} : field;
}

/* ---- both at once ---- */

/* Keeps the first sentence, and hands each fault on. */
struct heard {
    const struct idp_manual_faults *next; /* NULL: nobody asks */
    const char *first;
};

static void hear(void *context, struct idp_bytes path, const char *code, const char *message)
{
    struct heard *heard = context;
    heard->first = heard->first == NULL ? message : heard->first;
    if (heard->next != NULL) {
        heard->next->add(heard->next->context, path, code, message);
    }
}

struct idp_json *idp_keys_of_manual(struct idp_call *call, const struct idp_json *manual,
                                    bool rsa_only, const struct idp_manual_faults *faults,
                                    const char **why)
{
    struct heard heard = {.next = faults};
    const struct idp_manual_faults hearing = {.add = hear, .context = &heard};
    struct idp_manual_reading reading = {.call = call, .faults = &hearing, .rsa_only = rsa_only};
    struct idp_provider_keys keys = {.call = call};
    if (!idp_json_is(manual, IDP_JSON_OBJECT)) {
        fault_of_all(call, &hearing, "", "type", "manual must be an object.");
        *why = heard.first;
        return NULL;
    }
    read_all(&reading, manual, &keys);
    keys.why = keys.count == 0 ? heard.first : NULL;
    check_field(call, manual, &hearing);
    struct idp_json *set = idp_provider_keys_end(&keys, why);
    if (set == NULL && keys.count > 0) {
        fault_of_all(call, &hearing, "certificates", "size", *why);
    }
    return set;
}
