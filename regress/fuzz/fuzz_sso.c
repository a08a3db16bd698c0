/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_sso.c - any rule on any claims, any pattern on any text: what says whether a rule is met and
 * what explains it agree, a pattern matches what its definition says, an escaped text matches
 * itself and nothing longer, and what is filled in stays.
 *
 * The input: the refused block; how access is mapped; then the rule, the claims and a text. */
#include "core/sso/predicate.h"
#include "regress/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_rule(struct idp_call *call, struct idp_bytes rule, struct idp_bytes claims)
{
    struct idp_value arguments[] = {idp_value_json_text(claims), idp_value_json_text(rule)};
    uint64_t raises = INPUT_RAISES(IDP_INVALID_ARGUMENT);
    struct idp_value match = input_call(call, "claim_match", arguments, 2, raises);
    struct idp_value told = input_call(call, "claim_explain", arguments, 2, raises);
    if (match.kind == 0 || told.kind == 0) {
        input_require(match.kind == told.kind);
        return;
    }
    bool matched = idp_json_is(idp_json_member(told.json, "matched"), IDP_JSON_TRUE);
    host_require(matched == (match.integer != 0));
}

static bool matches(struct idp_call *call, struct idp_bytes pattern, struct idp_bytes text)
{
    struct idp_wildcard wildcard = idp_wildcard_of(pattern, IDP_WILDCARD_ESCAPE_ALL);
    return idp_wildcard_match(call, &wildcard, text);
}

enum { SLOW_SIZE_MAX = 64 };

/* The definition itself: which places of the text each piece of the pattern can end at. */
static bool slowly_matches(struct idp_bytes pattern, struct idp_bytes text)
{
    bool ends[SLOW_SIZE_MAX + 1] = {true};
    for (size_t i = 0; i < pattern.size; i++) {
        char piece = pattern.data[i], next = i + 1 < pattern.size ? pattern.data[i + 1] : 0;
        if (piece == '*') {
            for (size_t j = 1; j <= text.size; j++) {
                ends[j] |= ends[j - 1];
            }
            continue;
        }
        bool escape = piece == '\\' && (next == '*' || next == '\\');
        i += escape;
        for (size_t j = text.size; j > 0; j--) {
            ends[j] = ends[j - 1] && text.data[j - 1] == (escape ? next : piece);
        }
        ends[0] = false;
    }
    return ends[text.size];
}

static void check_pattern(struct idp_call *call, struct idp_bytes pattern, struct idp_bytes text)
{
    if (text.size <= SLOW_SIZE_MAX) {
        host_require(matches(call, pattern, text) == slowly_matches(pattern, text));
    }
    struct idp_text escaped = {.call = call}, around = {.call = call}, longer = {.call = call};
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '*' || text.data[i] == '\\') {
            idp_text_add_char(&escaped, '\\');
        }
        idp_text_add_char(&escaped, text.data[i]);
    }
    host_require(matches(call, idp_text_bytes(&escaped), text));
    idp_text_add(&longer, text);
    idp_text_add_char(&longer, 'x');
    host_require(!matches(call, idp_text_bytes(&escaped), idp_text_bytes(&longer)));
    idp_text_add_char(&around, '*');
    idp_text_add(&around, pattern);
    if (matches(call, pattern, text)) {
        host_require(matches(call, idp_text_bytes(&around), text));
    }
}

/* What stands for a name is put in where the name stands, and nowhere else. */
static void check_placeholders(struct idp_call *call, struct idp_bytes text)
{
    struct idp_json *none = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *same = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_c(call, same, "code", "${code}");
    host_require(idp_bytes_equal(idp_placeholders_fill(call, text, none), text));
    host_require(idp_bytes_equal(idp_placeholders_fill(call, text, same), text));
}

static const char current[] =
    "{\"roles\":[9,2,2],\"applications\":[4],\"inventoryRoles\":[{\"managedObject\":\"n\","
    "\"roleIds\":[1]},{\"managedObject\":\"z\",\"roleIds\":[5]}]}";

static struct idp_bytes connection_of(struct idp_call *call, struct idp_bytes rule,
                                      const char *principle)
{
    struct idp_text text = {.call = call};
    idp_text_add_c(&text, "{\"onNewUser\":{\"dynamicMapping\":{\"configuration\":{");
    idp_text_add_c(&text, principle);
    idp_text_add_c(&text, "},\"mappings\":[{\"when\":");
    idp_text_add(&text, rule);
    idp_text_add_c(&text, ",\"thenGroups\":[2,1,1],\"thenApplications\":[7]}],"
                          "\"inventoryMappings\":[{\"when\":");
    idp_text_add(&text, rule);
    idp_text_add_c(&text,
                   ",\"thenInventoryRoles\":[{\"managedObject\":\"n\",\"roleIds\":[3,2]}]}]}}}");
    return idp_text_bytes(&text);
}

/* Who gets in has access, and role 9, which no rule names, is kept where the principle says so. */
static void check_access(struct idp_call *call, struct idp_bytes rule, struct idp_bytes claims,
                         unsigned char flags)
{
    static const char *const principles[] = {"", "\"mapRolesOnlyForNewUser\":true",
                                             "\"manageRolesOnlyFromAccessMapping\":true"};
    unsigned principle = flags % IDP_COUNT(principles);
    struct idp_value arguments[] = {
        idp_value_json_text(connection_of(call, rule, principles[principle])),
        idp_value_json_text(claims),
        flags & 0x80 ? idp_null() : idp_value_json_text(idp_bytes_of(current)),
    };
    uint64_t raises = INPUT_RAISES(IDP_INVALID_JSON) | INPUT_RAISES(IDP_INVALID_ARGUMENT);
    struct idp_value answer = input_call(call, "map_access", arguments, 3, raises);
    if (answer.kind == 0) {
        return;
    }
    const struct idp_json *access = idp_json_member(answer.json, "access");
    bool granted = idp_bytes_is(idp_json_string(answer.json, "decision"), "granted");
    host_require(granted == (access != NULL));
    if (granted) {
        struct idp_bytes roles = idp_json_text(call, idp_json_member(access, "roles"));
        const char *expected = flags & 0x80     ? "[1,2]"
                               : principle == 0 ? "[1,2]"
                               : principle == 1 ? "[2,9]"
                                                : "[1,2,9]";
        host_require(idp_bytes_is(roles, expected));
    }
}

static void check(struct idp_call *call, struct idp_bytes *rest)
{
    unsigned char flags = input_byte(rest);
    struct idp_bytes rule = input_part(rest), claims = input_part(rest), text = input_part(rest);
    if (rule.data == NULL) {
        return;
    }
    check_rule(call, rule, claims.data == NULL ? idp_bytes_of("{}") : claims);
    check_access(call, rule, claims.data == NULL ? idp_bytes_of("{}") : claims, flags);
    check_pattern(call, rule, text.data == NULL ? idp_bytes_of("") : text);
    check_placeholders(call, text.data == NULL ? rule : text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return input_run(data, size, check);
}
