/* SPDX-License-Identifier: Apache-2.0 */
/* enrollment_check.c - what the document of an enrollment has to be. */
#include "core/provisioning/enrollment.h"

static const struct idp_bytes root = IDP_LITERAL("");

enum {
    HEX_DIGEST_SIZE = 2 * IDP_DIGEST_SIZE,
    WEIGHT_MAX = 1000000,
    ACTIVATION_S_MIN = 60,
    ACTIVATION_S_MAX = 7 * 86400
};

static bool is_one_of(const struct idp_json *value, const char *words)
{
    return idp_word_in(idp_bytes_of(words), value->text);
}

/* ---- members that are words ---- */

static void kind_check(struct idp_checking *checking, struct idp_bytes path,
                       const struct idp_json *value)
{
    if (!is_one_of(value, "group individual")) {
        idp_checking_fault(checking, path, "value", "it has to be group or individual");
    }
}

static void expired_check(struct idp_checking *checking, struct idp_bytes path,
                          const struct idp_json *value)
{
    if (!is_one_of(value, "refuse allow_leaf")) {
        idp_checking_fault(checking, path, "value", "it has to be refuse or allow_leaf");
    }
}

static void revocation_check(struct idp_checking *checking, struct idp_bytes path,
                             const struct idp_json *value)
{
    if (!is_one_of(value, "listed all")) {
        idp_checking_fault(checking, path, "value", "it has to be listed or all");
    }
}

static void reprovision_check(struct idp_checking *checking, struct idp_bytes path,
                              const struct idp_json *value)
{
    if (!is_one_of(value, "keep reassign never")) {
        idp_checking_fault(checking, path, "value", "it has to be keep, reassign or never");
    }
}

static void policy_check(struct idp_checking *checking, struct idp_bytes path,
                         const struct idp_json *value)
{
    if (!is_one_of(value, "static hashed hook")) {
        idp_checking_fault(checking, path, "value", "it has to be static, hashed or hook");
    }
}

/* ---- certificates ---- */

static void certificate_check(struct idp_checking *checking, struct idp_bytes path,
                              const struct idp_json *value)
{
    size_t count;
    struct idp_certificate_facts facts;
    if (!idp_certificates_read(checking->call, value->text, &facts, 1, &count)) {
        idp_checking_fault(checking, path, "value", "it has to be one certificate, PEM or base64");
    }
}

/* NULL, or what is wrong with the chain of authorities: it has to lead to a root that is in it. */
static const char *chain_problem(struct idp_call *call, struct idp_bytes text)
{
    size_t count = 0, root_count = 0;
    struct idp_certificate_facts *facts =
        idp_allocate(call, IDP_ENROLLMENT_CHAIN_COUNT_MAX * sizeof *facts);
    if (!idp_certificates_read(call, text, facts, IDP_ENROLLMENT_CHAIN_COUNT_MAX, &count)) {
        return "it has to be certificates in PEM, 8 at most";
    }
    for (size_t i = 0; i < count; i++) {
        root_count += idp_bytes_equal(facts[i].issuer, facts[i].subject);
        if (!facts[i].is_ca) {
            return "each certificate has to be of an authority";
        }
    }
    if (root_count == 0) {
        return "it has to end in a root";
    }
    if (count == 1) {
        return NULL;
    }
    struct idp_json *policy = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_bool(call, policy, "strict", false);
    return idp_chain_judge(call, text, root, text, policy).reason == NULL
               ? NULL
               : "its first certificate has to lead to a root in it";
}

static void chain_check(struct idp_checking *checking, struct idp_bytes path,
                        const struct idp_json *value)
{
    const char *problem = chain_problem(checking->call, value->text);
    if (problem != NULL) {
        idp_checking_fault(checking, path, "value", problem);
    }
}

static void digest_check(struct idp_checking *checking, struct idp_bytes path,
                         const struct idp_json *value)
{
    if (idp_hex_decode(checking->call, value->text).data == NULL) {
        idp_checking_fault(checking, path, "value", "it has to be SHA-256 in hexadecimal");
    }
}

static const struct idp_member x509_members[] = {
    {"chain", 't', 1, IDP_ARGUMENT_SIZE_MAX, chain_check},
    {"lead", 't', 1, IDP_NAME_SIZE_MAX, NULL},
    {"certificate", 't', 1, IDP_ARGUMENT_SIZE_MAX, certificate_check},
    {"key_sha256", 't', HEX_DIGEST_SIZE, HEX_DIGEST_SIZE, digest_check},
    {"expired", 't', 1, IDP_NAME_SIZE_MAX, expired_check},
    {"purpose", 't', 1, IDP_NAME_SIZE_MAX, NULL},
    {"depth_max", 'i', 2, IDP_CHAIN_LENGTH_MAX, NULL},
    {"strict", 'b', 0, 0, NULL},
    {"revocation", 't', 1, IDP_NAME_SIZE_MAX, revocation_check},
    {"crls", 'l', 0, IDP_CHAIN_CRL_COUNT_MAX, NULL},
    {"shared", 'b', 0, 0, NULL},
    {"activation_s", 'i', ACTIVATION_S_MIN, ACTIVATION_S_MAX, NULL},
};

static void x509_check(struct idp_checking *checking, struct idp_bytes path,
                       const struct idp_json *value)
{
    struct idp_authority *authority = idp_allocate(checking->call, sizeof *authority);
    idp_members_check(checking, path, value, x509_members, IDP_COUNT(x509_members));
    idp_authority_read(checking->call, value, authority);
    if (authority->count > 0 && authority->lead_key.data == NULL) {
        idp_checking_fault(checking, idp_path_step(checking->call, path, idp_bytes_of("lead")),
                           "value", "no certificate of the chain is called so");
    }
    if (idp_json_member(value, "activation_s") != NULL && !idp_json_is_true(value, "shared")) {
        idp_checking_fault(checking, path, "value", "activation_s goes with shared");
    }
}

static void pcrs_check(struct idp_checking *checking, struct idp_bytes path,
                       const struct idp_json *value)
{
    if (!idp_tpm_pcrs_valid(checking->call, value)) {
        idp_checking_fault(checking, path, "value",
                           "it has to be registers in hexadecimal by bank and number");
    }
}

static const struct idp_member tpm_members[] = {
    {"ek_sha256", 't', HEX_DIGEST_SIZE, HEX_DIGEST_SIZE, digest_check},
    {"chain", 't', 1, IDP_ARGUMENT_SIZE_MAX, chain_check},
    {"strict", 'b', 0, 0, NULL},
    {"pcrs", 'o', 0, 0, pcrs_check},
    {"safe_clock", 'b', 0, 0, NULL},
    {"identity_key", 'b', 0, 0, NULL},
};

static void tpm_check(struct idp_checking *checking, struct idp_bytes path,
                      const struct idp_json *value)
{
    idp_members_check(checking, path, value, tpm_members, IDP_COUNT(tpm_members));
}

static void key_check(struct idp_checking *checking, struct idp_bytes path,
                      const struct idp_json *value)
{
    if (value->kind == IDP_JSON_STRING &&
        idp_base64_decode(checking->call, value->text).data == NULL) {
        idp_checking_fault(checking, path, "value", "it has to be base64");
    }
}

static void registration_id_check(struct idp_checking *checking, struct idp_bytes path,
                                  const struct idp_json *value)
{
    if (idp_is_key_id(value->text)) {
        idp_checking_fault(checking, path, "value",
                           "a UUID of version 5 is the id of a certificate or a TPM: take another "
                           "one");
    }
}

static const struct idp_member symmetric_members[] = {
    {"primary", 's', 24, 256, key_check},
    {"secondary", 's', 24, 256, key_check},
    {"registration_id", 't', 1, IDP_NAME_SIZE_MAX, registration_id_check},
};

static void symmetric_check(struct idp_checking *checking, struct idp_bytes path,
                            const struct idp_json *value)
{
    idp_members_check(checking, path, value, symmetric_members, IDP_COUNT(symmetric_members));
    if (idp_json_member(value, "primary") == NULL) {
        idp_checking_fault(checking, path, "missing", "it has to have a primary key");
    }
}

/* ---- lists, hubs ---- */

static bool is_serial(struct idp_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (idp_hex_digit(text.data[i]) < 0) {
            return false;
        }
    }
    return text.size > 0;
}

static void serials_check(struct idp_checking *checking, struct idp_bytes path,
                          const struct idp_json *value)
{
    for (const struct idp_json *item = value->child; item != NULL; item = item->next) {
        if (!is_serial(item->text)) {
            idp_checking_fault(checking, path, "value", "each has to be a serial in hexadecimal");
            return;
        }
    }
}

static void keys_check(struct idp_checking *checking, struct idp_bytes path,
                       const struct idp_json *value)
{
    for (const struct idp_json *item = value->child; item != NULL; item = item->next) {
        if (idp_hex_decode(checking->call, item->text).size != IDP_DIGEST_SIZE) {
            idp_checking_fault(checking, path, "value", "each has to be SHA-256 in hexadecimal");
            return;
        }
    }
}

static const struct idp_member list_members[] = {
    {"serials", 'l', 0, IDP_ENROLLMENT_LIST_COUNT_MAX, serials_check},
    {"keys", 'l', 0, IDP_ENROLLMENT_LIST_COUNT_MAX, keys_check},
    {"common_names", 'l', 0, IDP_ENROLLMENT_LIST_COUNT_MAX, NULL},
};

static void list_check(struct idp_checking *checking, struct idp_bytes path,
                       const struct idp_json *value)
{
    idp_members_check(checking, path, value, list_members, IDP_COUNT(list_members));
}

static void weights_check(struct idp_checking *checking, struct idp_bytes path,
                          const struct idp_json *value)
{
    int64_t weight;
    for (const struct idp_json *item = value->child; item != NULL; item = item->next) {
        if (!idp_json_integer(item, &weight) || weight < 0 || weight > WEIGHT_MAX) {
            idp_checking_fault(checking, idp_path_step(checking->call, path, item->name), "value",
                               "it has to be an integer from 0 to 1000000");
        }
    }
}

static const struct idp_member allocation_members[] = {
    {"policy", 't', 1, IDP_NAME_SIZE_MAX, policy_check},
    {"weights", 'o', 0, 0, weights_check},
    {"hook", 't', 1, IDP_HOOK_NAME_SIZE_MAX, NULL},
};

static void allocation_check(struct idp_checking *checking, struct idp_bytes path,
                             const struct idp_json *value)
{
    idp_members_check(checking, path, value, allocation_members, IDP_COUNT(allocation_members));
    bool asks = idp_bytes_is(idp_json_string(value, "policy"), "hook");
    if (asks != (idp_json_member(value, "hook") != NULL)) {
        idp_checking_fault(checking, path, "missing", "policy hook and a hook go together");
    }
}

static const struct idp_member claim_members[] = {
    {"client_id", 't', 1, IDP_CLIENT_ID_SIZE_MAX, NULL},
};

static void claim_check(struct idp_checking *checking, struct idp_bytes path,
                        const struct idp_json *value)
{
    idp_members_check(checking, path, value, claim_members, IDP_COUNT(claim_members));
    if (value->child == NULL) {
        idp_checking_fault(checking, path, "missing",
                           "it names the client of the codes, client_id");
    }
}

static void hubs_check(struct idp_checking *checking, struct idp_bytes path,
                       const struct idp_json *value)
{
    for (const struct idp_json *item = value->child; item != NULL; item = item->next) {
        if (idp_hub_find(checking->call, item->text) == NULL) {
            idp_checking_fault(checking, path, "value", "each has to be a hub of set_hub()");
            return;
        }
        if (idp_json_is_repeated(value, item)) {
            idp_checking_fault(checking, path, "value", "a hub is named once");
            return;
        }
    }
}

/* ---- the whole ---- */

static const struct idp_member members[] = {
    {"kind", 't', 1, IDP_NAME_SIZE_MAX, kind_check},
    {"name", 't', 0, IDP_NAME_SIZE_MAX, NULL},
    {"owner", 't', 1, IDP_SUBJECT_SIZE_MAX, NULL},
    {"enabled", 'b', 0, 0, NULL},
    {"priority", 'i', -1000000, 1000000, NULL},
    {"x509", 'o', 0, 0, x509_check},
    {"tpm", 'o', 0, 0, tpm_check},
    {"symmetric_key", 'o', 0, 0, symmetric_check},
    {"hubs", 'l', 0, IDP_ENROLLMENT_HUB_COUNT_MAX, hubs_check},
    {"allocation", 'o', 0, 0, allocation_check},
    {"reprovision", 't', 1, IDP_NAME_SIZE_MAX, reprovision_check},
    {"pre_shared_key", 's', 16, 256, NULL},
    {"pre_shared_key_derived", 'b', 0, 0, NULL},
    {"allow", 'o', 0, 0, list_check},
    {"deny", 'o', 0, 0, list_check},
    {"members", 'b', 0, 0, NULL},
    {"approval", 'b', 0, 0, NULL},
    {"claim", 'o', 0, 0, claim_check},
    {"require_identity", 'b', 0, 0, NULL},
    {"profile", 't', 1, IDP_NAME_SIZE_MAX, idp_profile_check},
    {"ca", 't', 1, IDP_NAME_SIZE_MAX, idp_ca_check},
    {"acl", 'a', 0, IDP_ENROLLMENT_LIST_COUNT_MAX, idp_acl_check},
    {"configuration", 'o', 0, 0, idp_configuration_check},
};

static size_t attestation_count(const struct idp_json *document)
{
    return (size_t)(idp_json_member(document, "x509") != NULL) +
           (size_t)(idp_json_member(document, "tpm") != NULL) +
           (size_t)(idp_json_member(document, "symmetric_key") != NULL);
}

static bool has(const struct idp_json *document, const char *member, const char *name)
{
    return idp_json_member(idp_json_member(document, member), name) != NULL;
}

/* Groups stand on authorities or on a list, individuals on what only one device has. */
static void kinds_check(struct idp_checking *checking, const struct idp_json *document)
{
    bool is_single = has(document, "x509", "certificate") || has(document, "x509", "key_sha256") ||
                     has(document, "tpm", "ek_sha256") ||
                     has(document, "symmetric_key", "registration_id");
    bool is_individual = idp_bytes_is(idp_json_string(document, "kind"), "individual");
    bool has_members = idp_json_is_true(document, "members");
    bool is_group_x509 = !is_individual && idp_json_member(document, "x509") != NULL;
    if (is_individual && !is_single) {
        idp_checking_fault(checking, root, "missing",
                           "an individual enrollment names its device: certificate, key_sha256, "
                           "ek_sha256 or registration_id");
    }
    if (!is_individual && is_single) {
        idp_checking_fault(checking, root, "value",
                           "one device is an enrollment of kind individual");
    }
    if (is_group_x509 && !has(document, "x509", "chain") && !has_members) {
        idp_checking_fault(checking, root, "missing",
                           "a group has the chain of its authority, or members");
    }
    if (idp_json_member(document, "tpm") != NULL && !has(document, "tpm", "ek_sha256") &&
        !has(document, "tpm", "chain") && !has_members) {
        idp_checking_fault(checking, idp_path_step(checking->call, root, idp_bytes_of("tpm")),
                           "missing", "it has to have ek_sha256 or chain, or the group members");
    }
    if (is_individual && has_members) {
        idp_checking_fault(checking, root, "value", "an individual enrollment has no members");
    }
}

void idp_enrollment_check(struct idp_checking *checking, const struct idp_json *document)
{
    idp_members_check(checking, root, document, members, IDP_COUNT(members));
    if (idp_json_member(document, "owner") == NULL) {
        idp_checking_fault(checking, root, "missing", "an enrollment has an owner");
    }
    if (attestation_count(document) != 1) {
        idp_checking_fault(checking, root, "missing",
                           "an enrollment has one of x509, tpm and symmetric_key");
    }
    kinds_check(checking, document);
}
