/* SPDX-License-Identifier: Apache-2.0 */
/* tpm_verify.c - tpm_verify: an attestation that somebody shows, and what is asked of it. Whatever
 * is shown, the answer is a verdict. */
#include "core/pki/tpm.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- policy ---- */

static bool type_read(struct idp_call *call, const struct idp_json *value,
                      struct idp_tpm_demand *out)
{
    static const struct {
        const char *word;
        unsigned type;
    } types[] = {
        {"certify", IDP_TPM_CERTIFY}, {"creation", IDP_TPM_CREATION}, {"quote", IDP_TPM_QUOTE}};
    (void)call;
    for (size_t i = 0; i < IDP_COUNT(types); i++) {
        if (value->kind == IDP_JSON_STRING && idp_bytes_is(value->text, types[i].word)) {
            out->types = types[i].type;
            return true;
        }
    }
    return false;
}

static bool hex_read(struct idp_call *call, const struct idp_json *value, struct idp_bytes *out)
{
    if (value->kind != IDP_JSON_STRING) {
        return false;
    }
    *out = value->text.size == 0 ? IDP_TPM_BYTES("", 0) : idp_hex_decode(call, value->text);
    return out->data != NULL;
}

static bool nonce_read(struct idp_call *call, const struct idp_json *value,
                       struct idp_tpm_demand *out)
{
    return hex_read(call, value, &out->nonce);
}

static bool name_read(struct idp_call *call, const struct idp_json *value,
                      struct idp_tpm_demand *out)
{
    return hex_read(call, value, &out->name);
}

static bool pcrs_read(struct idp_call *call, const struct idp_json *value,
                      struct idp_tpm_demand *out)
{
    out->pcrs = value;
    return idp_tpm_pcrs_valid(call, value);
}

static bool count_read(const struct idp_json *value, int64_t count_max, int64_t *out)
{
    return idp_json_integer(value, out) && *out >= 0 && *out <= count_max;
}

static bool clock_member_read(const struct idp_json *member, struct idp_tpm_clock *out)
{
    int64_t count = 0;
    if (idp_bytes_is(member->name, "safe")) {
        out->is_safe = member->kind == IDP_JSON_TRUE;
        return out->is_safe || member->kind == IDP_JSON_FALSE;
    }
    if (idp_bytes_is(member->name, "clock") && count_read(member, INT64_MAX, &count)) {
        out->clock_ms = (uint64_t)count;
        return true;
    }
    if (!count_read(member, UINT32_MAX, &count)) {
        return false;
    }
    if (idp_bytes_is(member->name, "reset_count")) {
        out->reset_count = (uint32_t)count;
        return true;
    }
    out->restart_count = (uint32_t)count;
    return idp_bytes_is(member->name, "restart_count");
}

static bool clock_read(struct idp_call *call, const struct idp_json *value,
                       struct idp_tpm_demand *out)
{
    (void)call;
    const struct idp_json *member = value->kind == IDP_JSON_OBJECT ? value->child : NULL;
    while (member != NULL && clock_member_read(member, &out->clock)) {
        member = member->next;
    }
    return value->kind == IDP_JSON_OBJECT && member == NULL;
}

static const struct {
    const char *name;
    bool (*read)(struct idp_call *call, const struct idp_json *value, struct idp_tpm_demand *out);
} members[] = {{"type", type_read},
               {"nonce", nonce_read},
               {"name", name_read},
               {"pcrs", pcrs_read},
               {"clock", clock_read}};

static struct idp_tpm_demand policy_read(struct idp_call *call, const struct idp_json *policy)
{
    struct idp_tpm_demand out = {.types = IDP_TPM_CERTIFY | IDP_TPM_CREATION | IDP_TPM_QUOTE};
    const struct idp_json *member = policy == NULL ? NULL : policy->child;
    for (; member != NULL; member = member->next) {
        size_t i = 0;
        while (i < IDP_COUNT(members) && !idp_bytes_is(member->name, members[i].name)) {
            i++;
        }
        if (i == IDP_COUNT(members)) {
            idp_fail_with(call, IDP_INVALID_ARGUMENT,
                          "A member of policy is not known; the members are: type nonce name pcrs "
                          "clock.");
        }
        if (member->kind != IDP_JSON_NULL && !members[i].read(call, member, &out)) {
            idp_fail_with(call, IDP_INVALID_ARGUMENT, "policy.%s has a wrong type or value.",
                          members[i].name);
        }
    }
    return out;
}

/* ---- the verdict ---- */

static void hex_add(struct idp_call *call, struct idp_json *object, const char *name,
                    const void *bytes, size_t size)
{
    idp_json_add_string(call, object, name, idp_hex_encode(call, IDP_TPM_BYTES(bytes, size)));
}

static struct idp_json *clock_json(struct idp_call *call, const TPMS_CLOCK_INFO *info)
{
    struct idp_json *clock = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_integer(call, clock, "clock", (int64_t)info->clock);
    idp_json_add_integer(call, clock, "reset_count", info->resetCount);
    idp_json_add_integer(call, clock, "restart_count", info->restartCount);
    idp_json_add_bool(call, clock, "safe", info->safe != TPM2_NO);
    return clock;
}

/* The maker's own number, as makers print it. */
static struct idp_bytes firmware_text(struct idp_call *call, uint64_t version)
{
    char digits[24];
    int size = snprintf(digits, sizeof digits, "%016" PRIx64, version);
    return idp_bytes_copy(call, IDP_TPM_BYTES(digits, (size_t)size));
}

static void certify_add(struct idp_call *call, struct idp_json *answer,
                        const TPMS_CERTIFY_INFO *info)
{
    idp_json_add_c(call, answer, "type", "certify");
    hex_add(call, answer, "name", info->name.name, info->name.size);
    hex_add(call, answer, "qualified_name", info->qualifiedName.name, info->qualifiedName.size);
}

static void creation_add(struct idp_call *call, struct idp_json *answer,
                         const TPMS_CREATION_INFO *info)
{
    idp_json_add_c(call, answer, "type", "creation");
    hex_add(call, answer, "name", info->objectName.name, info->objectName.size);
    hex_add(call, answer, "creation_hash", info->creationHash.buffer, info->creationHash.size);
}

static void quote_add(struct idp_call *call, struct idp_json *answer, const TPMS_QUOTE_INFO *info)
{
    idp_json_add_c(call, answer, "type", "quote");
    idp_json_add(answer, "pcrs", idp_tpm_pcrs_json(call, &info->pcrSelect));
    hex_add(call, answer, "pcr_digest", info->pcrDigest.buffer, info->pcrDigest.size);
}

static struct idp_json *verdict_of(struct idp_call *call, const struct idp_tpm_key *key,
                                   const TPMS_ATTEST *attest)
{
    struct idp_json *answer = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_bool(call, answer, "valid", true);
    switch (attest->type) {
    case TPM2_ST_ATTEST_CERTIFY:
        certify_add(call, answer, &attest->attested.certify);
        break;
    case TPM2_ST_ATTEST_CREATION:
        creation_add(call, answer, &attest->attested.creation);
        break;
    default:
        quote_add(call, answer, &attest->attested.quote);
    }
    hex_add(call, answer, "key_name", key->name.data, key->name.size);
    hex_add(call, answer, "nonce", attest->extraData.buffer, attest->extraData.size);
    idp_json_add(answer, "clock", clock_json(call, &attest->clockInfo));
    idp_json_add_string(call, answer, "firmware_version",
                        firmware_text(call, attest->firmwareVersion));
    return answer;
}

static const char *judge(struct idp_call *call, const struct idp_value *arguments,
                         const struct idp_tpm_demand *demand, struct idp_tpm_key *key,
                         TPMS_ATTEST *attest)
{
    const char *why;
    struct idp_bytes bytes[3];
    for (size_t i = 0; i < IDP_COUNT(bytes); i++) {
        bytes[i] = idp_tpm_text_read(call, idp_text_of(arguments[i]), &why);
        if (why != NULL) {
            return why;
        }
    }
    why = idp_tpm_attestation_key(call, bytes[0], key);
    return why == NULL ? idp_tpm_attested(call, bytes[1], bytes[2], key, demand, attest) : why;
}

/* tpm_verify(public, attest, signature, policy) → a verdict */
struct idp_value idp_sql_tpm_verify(struct idp_call *call, const struct idp_value *arguments)
{
    struct idp_tpm_demand demand =
        policy_read(call, idp_json_object_argument(call, arguments[3], "policy"));
    struct idp_tpm_key key;
    TPMS_ATTEST *attest = idp_allocate(call, sizeof *attest);
    const char *why = judge(call, arguments, &demand, &key, attest);
    return idp_value_json(why == NULL ? verdict_of(call, &key, attest)
                                      : idp_tpm_refusal(call, why));
}
