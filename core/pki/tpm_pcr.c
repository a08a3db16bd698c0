/* SPDX-License-Identifier: Apache-2.0 */
/* tpm_pcr.c - platform configuration registers: which ones were quoted, and that they have the
 * values that somebody expects. A register more is refused as one less. */
#include "core/pki/tpm.h"

enum { REGISTER_COUNT = TPM2_MAX_PCRS, NUMBER_SIZE_MAX = 2 };

/* ---- what is expected ---- */

/* The number of a register, as it is usually written; REGISTER_COUNT: it is none. */
static size_t register_of(struct idp_bytes name)
{
    size_t number = 0;
    if (name.size == 0 || name.size > NUMBER_SIZE_MAX || (name.size > 1 && name.data[0] == '0')) {
        return REGISTER_COUNT;
    }
    for (size_t i = 0; i < name.size; i++) {
        if (name.data[i] < '0' || name.data[i] > '9') {
            return REGISTER_COUNT;
        }
        number = 10 * number + (size_t)(name.data[i] - '0');
    }
    return number < REGISTER_COUNT ? number : REGISTER_COUNT;
}

static bool bank_is_valid(struct idp_call *call, const struct idp_json *bank)
{
    const struct idp_tpm_hash *hash = idp_tpm_hash_named(bank->name);
    if (hash == NULL || bank->kind != IDP_JSON_OBJECT || bank->child == NULL) {
        return false;
    }
    for (const struct idp_json *item = bank->child; item != NULL; item = item->next) {
        if (register_of(item->name) == REGISTER_COUNT || item->kind != IDP_JSON_STRING ||
            item->text.size != 2 * hash->size || idp_hex_decode(call, item->text).data == NULL) {
            return false;
        }
    }
    return true;
}

bool idp_tpm_pcrs_valid(struct idp_call *call, const struct idp_json *pcrs)
{
    if (!idp_json_is(pcrs, IDP_JSON_OBJECT) || pcrs->child == NULL) {
        return false;
    }
    for (const struct idp_json *bank = pcrs->child; bank != NULL; bank = bank->next) {
        if (!bank_is_valid(call, bank)) {
            return false;
        }
    }
    return true;
}

/* ---- what was quoted ---- */

static bool is_selected(const TPMS_PCR_SELECTION *selection, size_t number)
{
    return number / 8 < selection->sizeofSelect &&
           (selection->pcrSelect[number / 8] >> (number % 8) & 1) != 0;
}

static const struct idp_json *value_of(const struct idp_json *bank, size_t number)
{
    const struct idp_json *item = bank->child;
    while (item != NULL && register_of(item->name) != number) {
        item = item->next;
    }
    return item;
}

/* Adds the values of a selection, lowest register first; false where others were expected. */
static bool values_add(struct idp_call *call, struct idp_text *values,
                       const TPMS_PCR_SELECTION *selection, const struct idp_json *bank)
{
    for (size_t number = 0; number < REGISTER_COUNT; number++) {
        const struct idp_json *value = value_of(bank, number);
        if ((value != NULL) != is_selected(selection, number)) {
            return false;
        }
        if (value != NULL) {
            idp_text_add(values, idp_hex_decode(call, value->text));
        }
    }
    return true;
}

/* The expected bank of a selection; NULL: none. */
static const struct idp_json *bank_of(const struct idp_json *pcrs, uint16_t id)
{
    const struct idp_tpm_hash *hash = idp_tpm_hash_find(id);
    return hash == NULL ? NULL : idp_json_member(pcrs, hash->name);
}

static bool is_repeated(const TPML_PCR_SELECTION *list, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (list->pcrSelections[i].hash == list->pcrSelections[index].hash) {
            return true;
        }
    }
    return false;
}

static size_t bank_count(const struct idp_json *pcrs)
{
    size_t count = 0;
    for (const struct idp_json *bank = pcrs->child; bank != NULL; bank = bank->next) {
        count++;
    }
    return count;
}

const char *idp_tpm_pcrs_check(struct idp_call *call, const TPMS_QUOTE_INFO *quote,
                               const struct idp_json *pcrs, const struct idp_tpm_hash *hash)
{
    const TPML_PCR_SELECTION *list = &quote->pcrSelect;
    struct idp_text values = {.call = call};
    if (list->count != bank_count(pcrs)) {
        return "pcr_selection";
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct idp_json *bank = bank_of(pcrs, list->pcrSelections[i].hash);
        if (bank == NULL || is_repeated(list, i) ||
            !values_add(call, &values, &list->pcrSelections[i], bank)) {
            return "pcr_selection";
        }
    }
    struct idp_bytes digest = idp_tpm_digest(call, hash, idp_text_bytes(&values));
    return idp_bytes_equal(digest, IDP_TPM_BYTES(quote->pcrDigest.buffer, quote->pcrDigest.size))
               ? NULL
               : "pcr_digest";
}

/* ---- what was quoted, for people ---- */

static const char *bank_name(uint16_t id)
{
    const struct idp_tpm_hash *hash = idp_tpm_hash_find(id);
    return hash != NULL ? hash->name : id == TPM2_ALG_SHA1 ? "sha1" : "other";
}

struct idp_json *idp_tpm_pcrs_json(struct idp_call *call, const TPML_PCR_SELECTION *selection)
{
    struct idp_json *banks = idp_json_new(call, IDP_JSON_OBJECT);
    for (size_t i = 0; i < selection->count; i++) {
        const char *name = bank_name(selection->pcrSelections[i].hash);
        if (idp_json_member(banks, name) != NULL) {
            continue;
        }
        struct idp_json *numbers = idp_json_new(call, IDP_JSON_ARRAY);
        for (size_t number = 0; number < REGISTER_COUNT; number++) {
            if (is_selected(&selection->pcrSelections[i], number)) {
                idp_json_add(numbers, NULL, idp_json_new_integer(call, (int64_t)number));
            }
        }
        idp_json_add(banks, name, numbers);
    }
    return banks;
}
