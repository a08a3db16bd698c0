/* SPDX-License-Identifier: Apache-2.0 */
/* manual_key.c - one key of signatureVerificationConfig.manual: `alg` says what it is written as,
 * RSA a public key and PCKS (so the origin spells it) a certificate, or is the one algorithm that
 * it is for; validFrom and validTill say when it is good. */
#include "core/sso/keys.h"

/* ---- faults ---- */

/* `member` "": the certificate as a whole. */
static void fault(struct idp_manual_reading *reading, const char *member, const char *code,
                  const char *message)
{
    struct idp_bytes steps[] = {idp_bytes_of(member), reading->id, idp_bytes_of("certificates")};
    const struct idp_bytes drawn[] = {steps[0], steps[2]};
    const struct idp_bytes *way = reading->is_alone ? drawn : steps;
    size_t skipped = member[0] == 0, count = reading->is_alone ? 2 : 3;
    reading->has_fault = true;
    reading->faults->add(reading->faults->context,
                         idp_json_pointer(reading->call, way + skipped, count - skipped), code,
                         message);
}

/* ---- the period ---- */

/* RFC 3339, a date, which is its first moment in UTC, or milliseconds since 1970. */
static bool read_time(struct idp_call *call, const struct idp_json *json, int64_t *out_us)
{
    enum { DATE_SIZE = 10, US_OF_MS = 1000 };
    int64_t time_ms;
    if (idp_json_is(json, IDP_JSON_NUMBER)) {
        if (!idp_json_integer(json, &time_ms) || time_ms < 0 ||
            time_ms > IDP_TIME_MAX_US / US_OF_MS) {
            return false;
        }
        *out_us = time_ms * US_OF_MS;
        return true;
    }
    struct idp_text text = {.call = call};
    idp_text_add(&text, json->kind == IDP_JSON_STRING ? json->text : (struct idp_bytes){"", 0});
    if (text.size == DATE_SIZE) {
        idp_text_add_c(&text, "T00:00:00Z");
    }
    return idp_time_read(idp_text_bytes(&text), out_us);
}

/* The limit stays as it was where the member is absent. */
static void read_limit(struct idp_manual_reading *reading, const struct idp_json *certificate,
                       const char *member, int64_t *limit_us)
{
    const struct idp_json *json = idp_json_member(certificate, member);
    if (json != NULL && json->kind != IDP_JSON_NULL && !read_time(reading->call, json, limit_us)) {
        fault(reading, member, "time",
              "This is no time: RFC 3339, a date, or milliseconds since 1970.");
    }
}

static void read_period(struct idp_manual_reading *reading, const struct idp_json *certificate,
                        struct idp_public_key *key)
{
    int64_t from_us = INT64_MIN, till_us = INT64_MAX;
    read_limit(reading, certificate, "validFrom", &from_us);
    read_limit(reading, certificate, "validTill", &till_us);
    if (from_us >= till_us) {
        fault(reading, "validTill", "period", "validTill must be later than validFrom.");
    }
    key->from_us = from_us > key->from_us ? from_us : key->from_us;
    key->till_us = till_us < key->till_us ? till_us : key->till_us;
}

/* ---- the key ---- */

static const struct {
    const char *code, *message;
} key_faults[] = {
    {"private", "This is a private key. Whoever can read it can sign: make another pair."},
    {"several", "There is more than one key here. Give each an id of its own."},
    {"key", "This is no public key that can verify: PEM or base64 of SPKI or of a certificate."},
};

static bool read_text(struct idp_manual_reading *reading, const struct idp_json *certificate,
                      struct idp_public_key *key)
{
    struct idp_bytes text = idp_json_string(certificate, "publicKey");
    const char *code = text.size == 0 ? "key" : idp_public_key_of_text(reading->call, text, key);
    for (size_t i = 0; code != NULL && i < IDP_COUNT(key_faults); i++) {
        if (strcmp(code, key_faults[i].code) == 0) {
            fault(reading, "publicKey", code, key_faults[i].message);
        }
    }
    return code == NULL;
}

static bool is_rsa(const struct idp_public_key *key)
{
    return idp_bytes_is(idp_json_string(key->jwk, "kty"), "RSA");
}

/* Whether `alg` says what the key is. */
static bool is_as_stated(struct idp_manual_reading *reading, struct idp_bytes alg,
                         const struct idp_public_key *key)
{
    const struct idp_algorithm *algorithm = idp_algorithm_find(alg);
    if (algorithm != NULL) {
        idp_json_add_string(reading->call, key->jwk, "alg", alg);
        return idp_public_key_fits(key, algorithm);
    }
    return idp_bytes_is(alg, "RSA") ? is_rsa(key) && !key->is_certificate : key->is_certificate;
}

static bool is_known(struct idp_bytes alg)
{
    return idp_bytes_is(alg, "RSA") || idp_bytes_is(alg, "PCKS") || idp_bytes_is(alg, "PKCS") ||
           idp_algorithm_find(alg) != NULL;
}

static void read_key(struct idp_manual_reading *reading, const struct idp_json *certificate,
                     struct idp_public_key *key)
{
    struct idp_bytes alg = idp_json_string(certificate, "alg");
    bool known = is_known(alg);
    if (!known) {
        fault(reading, "alg", "alg",
              "alg must be RSA for a public key, PCKS for a certificate, or the name of an "
              "algorithm.");
    }
    if (!read_text(reading, certificate, key)) {
        return;
    }
    if (known && !is_as_stated(reading, alg, key)) {
        fault(reading, "publicKey", "alg", "The key is of another kind than alg says.");
    } else if (reading->rsa_only && !is_rsa(key)) {
        fault(reading, "publicKey", "rsa_only", "Keys other than RSA are not taken here.");
    }
}

bool idp_manual_key_read(struct idp_manual_reading *reading, const struct idp_json *certificate,
                         struct idp_public_key *key)
{
    reading->has_fault = false;
    if (reading->id.size == 0 || reading->id.size > IDP_CERTIFICATE_ID_SIZE_MAX) {
        fault(reading, "", "id", "The id of a certificate has 1 to 255 bytes.");
    }
    if (!idp_json_is(certificate, IDP_JSON_OBJECT)) {
        fault(reading, "", "type", "A certificate must be an object.");
        return false;
    }
    *key = (struct idp_public_key){.from_us = INT64_MIN, .till_us = INT64_MAX};
    read_key(reading, certificate, key);
    read_period(reading, certificate, key);
    return !reading->has_fault;
}
