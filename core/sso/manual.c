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
    if (!idp_json_is(idp_json_member(manual, "certIdFromField"), IDP_JSON_TRUE)) {
        return (struct idp_bytes){NULL, 0};
    }
    return field.data == NULL ? (struct idp_bytes){"", 0} : field;
}

/* ---- the two who ask ---- */

void idp_manual_check(struct idp_call *call, const struct idp_json *manual, bool rsa_only,
                      const struct idp_manual_faults *faults)
{
    struct idp_manual_reading reading = {.call = call, .faults = faults, .rsa_only = rsa_only};
    struct idp_provider_keys keys = {.call = call};
    if (!idp_json_is(manual, IDP_JSON_OBJECT)) {
        fault_of_all(call, faults, "", "type", "manual must be an object.");
        return;
    }
    read_all(&reading, manual, &keys);
    check_field(call, manual, faults);
    if (keys.count > 0 && idp_provider_keys_end(&keys, &keys.why) == NULL) {
        fault_of_all(call, faults, "certificates", "size", keys.why);
    }
}

/* Keeps the first sentence. */
static void keep_first(void *context, struct idp_bytes path, const char *code, const char *message)
{
    const char **why = context;
    (void)path, (void)code;
    *why = *why == NULL ? message : *why;
}

struct idp_json *idp_keys_of_manual(struct idp_call *call, const struct idp_json *manual,
                                    bool rsa_only, const char **why)
{
    const char *first = NULL;
    struct idp_manual_faults faults = {.add = keep_first, .context = &first};
    struct idp_manual_reading reading = {.call = call, .faults = &faults, .rsa_only = rsa_only};
    struct idp_provider_keys keys = {.call = call};
    read_all(&reading, manual, &keys);
    keys.why = keys.count == 0 ? first : NULL;
    return idp_provider_keys_end(&keys, why);
}
