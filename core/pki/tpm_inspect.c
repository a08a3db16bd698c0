/* SPDX-License-Identifier: Apache-2.0 */
/* tpm_inspect.c - what a public area says, for people and for policies in SQL. */
#include "core/pki/tpm.h"

static const struct {
    uint32_t bit;
    const char *name;
} attributes[] = {
    {TPMA_OBJECT_FIXEDTPM, "fixedTPM"},
    {TPMA_OBJECT_STCLEAR, "stClear"},
    {TPMA_OBJECT_FIXEDPARENT, "fixedParent"},
    {TPMA_OBJECT_SENSITIVEDATAORIGIN, "sensitiveDataOrigin"},
    {TPMA_OBJECT_USERWITHAUTH, "userWithAuth"},
    {TPMA_OBJECT_ADMINWITHPOLICY, "adminWithPolicy"},
    {TPMA_OBJECT_NODA, "noDA"},
    {TPMA_OBJECT_ENCRYPTEDDUPLICATION, "encryptedDuplication"},
    {TPMA_OBJECT_RESTRICTED, "restricted"},
    {TPMA_OBJECT_DECRYPT, "decrypt"},
    {TPMA_OBJECT_SIGN_ENCRYPT, "sign"},
    {TPMA_OBJECT_X509SIGN, "x509sign"},
};

static const struct {
    uint16_t id;
    const char *name;
} schemes[] = {{TPM2_ALG_RSASSA, "rsassa"}, {TPM2_ALG_RSAPSS, "rsapss"},
               {TPM2_ALG_ECDSA, "ecdsa"},   {TPM2_ALG_RSAES, "rsaes"},
               {TPM2_ALG_OAEP, "oaep"},     {TPM2_ALG_ECDAA, "ecdaa"},
               {TPM2_ALG_ECDH, "ecdh"},     {TPM2_ALG_ECSCHNORR, "ecschnorr"}};

static struct idp_json *attributes_of(struct idp_call *call, uint32_t set)
{
    struct idp_json *list = idp_json_new(call, IDP_JSON_ARRAY);
    for (size_t i = 0; i < IDP_COUNT(attributes); i++) {
        if ((set & attributes[i].bit) != 0) {
            idp_json_add(list, NULL, idp_json_new_string(call, idp_bytes_of(attributes[i].name)));
        }
    }
    return list;
}

static void scheme_add(struct idp_call *call, struct idp_json *answer,
                       const struct idp_tpm_key *key)
{
    const struct idp_tpm_hash *hash = idp_tpm_hash_find(key->scheme_hash);
    for (size_t i = 0; i < IDP_COUNT(schemes); i++) {
        if (schemes[i].id == key->scheme) {
            idp_json_add_c(call, answer, "scheme", schemes[i].name);
        }
    }
    if (key->scheme != TPM2_ALG_NULL && hash != NULL) {
        idp_json_add_c(call, answer, "scheme_hash", hash->name);
    }
}

/* What idplane would take it for. */
static struct idp_json *uses_of(struct idp_call *call, const struct idp_tpm_key *key)
{
    static const struct {
        const char *name;
        const char *(*refusal)(const struct idp_tpm_key *key);
    } roles[] = {{"endorsement", idp_tpm_endorsement_refusal},
                 {"attestation", idp_tpm_attestation_refusal},
                 {"identity", idp_tpm_identity_refusal}};
    struct idp_json *uses = idp_json_new(call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < IDP_COUNT(roles); i++) {
        const char *why = roles[i].refusal(key);
        idp_json_add_c(call, uses, roles[i].name, why == NULL ? "ok" : why);
    }
    return uses;
}

struct idp_json *idp_tpm_refusal(struct idp_call *call, const char *why)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_bool(call, answer, "valid", false);
    idp_json_add_c(call, answer, "reason", why);
    return answer;
}

/* tpm_inspect(public) → {"valid":true,…} or {"valid":false,"reason"} */
struct idp_value idp_sql_tpm_inspect(struct idp_call *call, const struct idp_value *arguments)
{
    const char *why;
    struct idp_tpm_key key;
    struct idp_bytes bytes = idp_tpm_text_read(call, idp_text_of(arguments[0]), &why);
    if (why == NULL) {
        why = idp_tpm_key_read(call, bytes, &key);
    }
    if (why != NULL) {
        return idp_value_json(idp_tpm_refusal(call, why));
    }
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_bool(call, answer, "valid", true);
    idp_json_add_string(call, answer, "name", idp_hex_encode(call, key.name));
    idp_json_add(answer, "key", idp_key_describe(call, key.key));
    idp_json_add_string(call, answer, "key_sha256",
                        idp_hex_encode(call, idp_sha256(call, key.spki)));
    idp_json_add_string(call, answer, "pem", idp_pem_of(call, key.spki, "PUBLIC KEY"));
    idp_json_add(answer, "attributes", attributes_of(call, key.attributes));
    if (key.auth_policy.size > 0) {
        idp_json_add_string(call, answer, "auth_policy", idp_hex_encode(call, key.auth_policy));
    }
    scheme_add(call, answer, &key);
    idp_json_add(answer, "uses", uses_of(call, &key));
    return idp_value_json(answer);
}
