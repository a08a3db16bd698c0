/* SPDX-License-Identifier: Apache-2.0 */
/* tpm_certificate.c - the certificate of an endorsement key (TCG EK Credential Profile, §3): by it
 * a maker says that the key is one of a TPM of theirs, and which TPM that is. */
#include "core/pki/tpm.h"

enum { USAGE_KEY_ENCIPHERMENT = 0x20 };

static const char labels[] = "CERTIFICATE|X509 CERTIFICATE";

/* ---- which TPM (§3.1.2) ---- */

static const struct {
    struct idp_bytes oid; /* contents */
    size_t offset;
} parts[] = {
    {IDP_LITERAL("\x67\x81\x05\x02\x01"), offsetof(struct idp_tpm_model, manufacturer)},
    {IDP_LITERAL("\x67\x81\x05\x02\x02"), offsetof(struct idp_tpm_model, model)},
    {IDP_LITERAL("\x67\x81\x05\x02\x03"), offsetof(struct idp_tpm_model, version)},
};

/* False where the attribute is no text, or there already. */
static bool attribute_read(struct idp_bytes attribute, struct idp_tpm_model *out)
{
    struct idp_bytes oid;
    struct idp_der value;
    if (!idp_der_take(&attribute, IDP_DER_OID, &oid) || !idp_der_next(&attribute, &value) ||
        attribute.size != 0) {
        return false;
    }
    for (size_t i = 0; i < IDP_COUNT(parts); i++) {
        struct idp_bytes *part = (struct idp_bytes *)(void *)((char *)out + parts[i].offset);
        if (!idp_bytes_equal(oid, parts[i].oid)) {
            continue;
        }
        if (part->data != NULL || value.contents.size == 0 || !idp_utf8_valid(value.contents) ||
            (value.tag != IDP_DER_UTF8_STRING && value.tag != IDP_DER_PRINTABLE_STRING)) {
            return false;
        }
        *part = value.contents;
    }
    return true;
}

/* The three may stand in one part of the name, or in one each. */
static bool directory_read(struct idp_bytes name, struct idp_tpm_model *out)
{
    struct idp_bytes sets, set, attribute;
    if (!idp_der_only(name, IDP_DER_SEQUENCE, &sets)) {
        return false;
    }
    while (idp_der_take(&sets, IDP_DER_SET, &set)) {
        while (idp_der_take(&set, IDP_DER_SEQUENCE, &attribute)) {
            if (!attribute_read(attribute, out)) {
                return false;
            }
        }
        if (set.size != 0) {
            return false;
        }
    }
    return sets.size == 0;
}

static bool model_read(const struct idp_certificate *certificate, struct idp_tpm_model *out)
{
    const struct idp_extension_value *names =
        idp_certificate_extension(certificate, idp_oid_alternative_name);
    struct idp_bytes rest;
    struct idp_der name;
    if (names == NULL || !idp_der_only(names->value, IDP_DER_SEQUENCE, &rest)) {
        return false;
    }
    while (idp_der_next(&rest, &name)) {
        if (name.tag == IDP_DER_EXPLICIT + 4 && !directory_read(name.contents, out)) {
            return false;
        }
    }
    return rest.size == 0 && out->manufacturer.data != NULL && out->model.data != NULL &&
           out->version.data != NULL;
}

/* ---- the key, and what it is for ---- */

static const char *certificate_check(const struct idp_certificate *certificate,
                                     const struct idp_tpm_key *key, struct idp_tpm_model *out)
{
    struct idp_bytes usage = idp_certificate_key_usage(certificate);
    unsigned char wanted =
        key->point.data == NULL ? USAGE_KEY_ENCIPHERMENT : IDP_USAGE_KEY_AGREEMENT;
    if (!idp_bytes_equal(certificate->spki, key->spki)) {
        return "key_mismatch";
    }
    if (usage.size == 0 || ((unsigned char)usage.data[0] & wanted) == 0) {
        return "ek_key_usage";
    }
    return model_read(certificate, out) ? NULL : "tpm_model";
}

/* What the caller asks, and the purpose of endorsement keys. Makers break rules of RFC 5280 that no
 * signature hangs on: who wants to refuse that says so. */
static const struct idp_json *policy_of(struct idp_call *call, const struct idp_json *policy)
{
    const struct idp_json *asked = policy == NULL ? idp_json_new(call, IDP_JSON_OBJECT) : policy;
    if (idp_json_member(asked, "strict") == NULL) {
        asked = idp_json_with(call, asked, "strict", idp_json_new_bool(call, false));
    }
    return idp_json_with(call, asked, "purpose",
                         idp_json_new_string(call, idp_bytes_of("tpmEndorsementKey")));
}

const char *idp_tpm_certificate(struct idp_call *call, struct idp_bytes certificate,
                                const struct idp_tpm_key *endorsement_key,
                                struct idp_bytes intermediates, struct idp_bytes anchors,
                                const struct idp_json *policy, struct idp_tpm_model *out)
{
    struct idp_certificate read;
    *out = (struct idp_tpm_model){.verdict = NULL};
    const struct idp_json *asked = policy_of(call, policy);
    struct idp_json *verdict =
        idp_chain_judge(call, certificate, intermediates, anchors, asked).shown;
    struct idp_bytes reason = idp_json_string(verdict, "reason");
    struct idp_bytes der = idp_pem_only(call, certificate, labels);
    if (reason.data != NULL) {
        return idp_text_c(call, reason);
    }
    if (der.data == NULL || !idp_certificate_parse(der, &read)) {
        return "format";
    }
    out->verdict = verdict;
    return certificate_check(&read, endorsement_key, out);
}

/* ---- tpm_verify_certificate ---- */

static struct idp_json *verdict_of(struct idp_call *call, const struct idp_tpm_key *key,
                                   const struct idp_tpm_model *model)
{
    struct idp_json *answer = model->verdict;
    idp_json_add_string(call, answer, "name", idp_hex_encode(call, key->name));
    idp_json_add_string(call, answer, "manufacturer", model->manufacturer);
    idp_json_add_string(call, answer, "model", model->model);
    idp_json_add_string(call, answer, "version", model->version);
    return answer;
}

/* tpm_verify_certificate(certificate, ek, intermediates, anchors, policy) → a verdict */
struct idp_value idp_sql_tpm_verify_certificate(struct idp_call *call,
                                                const struct idp_value *arguments)
{
    const char *why;
    struct idp_tpm_key key;
    struct idp_tpm_model model;
    const struct idp_json *policy = idp_json_object_argument(call, arguments[4], "policy");
    struct idp_bytes public_area = idp_tpm_text_read(call, idp_text_of(arguments[1]), &why);
    if (why == NULL) {
        why = idp_tpm_endorsement_key(call, public_area, &key);
    }
    if (why == NULL) {
        why = idp_tpm_certificate(call, idp_text_of(arguments[0]), &key, idp_text_of(arguments[2]),
                                  idp_text_of(arguments[3]), policy, &model);
    }
    return idp_value_json(why == NULL ? verdict_of(call, &key, &model)
                                      : idp_tpm_refusal(call, why));
}
