/* SPDX-License-Identifier: Apache-2.0 */
/* name.c - distinguished names (RFC 5280 §4.1.2.4): what they say, as text, and new ones. */
#include "core/pki/x509.h"

enum { CHARACTER_COUNT_MAX = 64, TEXT_SIZE_MAX = 4 << 10 };

static const struct attribute {
    const char *name;
    unsigned char tag;    /* of the text that is written (RFC 5280 appendix A.1) */
    struct idp_bytes oid; /* contents */
} attributes[] = {
    {"DC", IDP_DER_IA5_STRING, IDP_LITERAL("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19")},
    {"C", IDP_DER_PRINTABLE_STRING, IDP_LITERAL("\x55\x04\x06")},
    {"ST", IDP_DER_UTF8_STRING, IDP_LITERAL("\x55\x04\x08")},
    {"L", IDP_DER_UTF8_STRING, IDP_LITERAL("\x55\x04\x07")},
    {"O", IDP_DER_UTF8_STRING, IDP_LITERAL("\x55\x04\x0a")},
    {"OU", IDP_DER_UTF8_STRING, IDP_LITERAL("\x55\x04\x0b")},
    {"CN", IDP_DER_UTF8_STRING, IDP_LITERAL("\x55\x04\x03")},
    {"serialNumber", IDP_DER_PRINTABLE_STRING, IDP_LITERAL("\x55\x04\x05")},
    {"UID", IDP_DER_UTF8_STRING, IDP_LITERAL("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01")},
    {"emailAddress", IDP_DER_IA5_STRING, IDP_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01")},
};
enum { COMMON_NAME = 6 };

/* ---- values ---- */

static size_t character_count(struct idp_bytes text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++) {
        count += ((unsigned char)text.data[i] & 0xc0) != 0x80;
    }
    return count;
}

/* UCS-2, which has no surrogates. */
static struct idp_bytes bmp_text(struct idp_call *call, struct idp_bytes contents)
{
    struct idp_text text = {.call = call};
    for (size_t i = 0; i + 1 < contents.size; i += 2) {
        unsigned code =
            (unsigned)(unsigned char)contents.data[i] << 8 | (unsigned char)contents.data[i + 1];
        if (code >= 0x800) {
            idp_text_add_char(&text, (char)(0xe0 | code >> 12));
            idp_text_add_char(&text, (char)(0x80 | (code >> 6 & 0x3f)));
        } else if (code >= 0x80) {
            idp_text_add_char(&text, (char)(0xc0 | code >> 6));
        }
        idp_text_add_char(&text, (char)(code >= 0x80 ? 0x80 | (code & 0x3f) : code));
    }
    return contents.size % 2 == 0 ? idp_text_bytes(&text) : (struct idp_bytes){NULL, 0};
}

static bool is_ascii(struct idp_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if ((unsigned char)text.data[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* As UTF-8 without NUL; data NULL where it is no text, or none of the kinds that RFC 5280 lets an
 * authority use, and BMPString, which older ones did. */
static struct idp_bytes value_text(struct idp_call *call, const struct idp_der *value)
{
    struct idp_bytes none = {NULL, 0}, text = value->contents;
    switch (value->tag) {
    case IDP_DER_BMP_STRING:
        text = bmp_text(call, text);
        break;
    case IDP_DER_PRINTABLE_STRING:
    case IDP_DER_IA5_STRING:
        text = is_ascii(text) ? text : none;
        break;
    case IDP_DER_UTF8_STRING:
        break;
    default:
        return none;
    }
    return text.size > 0 && idp_utf8_valid(text) ? text : none;
}

/* Characters that nobody sees, and that change how others are shown, in UTF-8: controls, marks and
 * overrides of direction, joiners, ends of lines, fillers, selectors of variants, tags; all that
 * Unicode has shown as nothing (Default_Ignorable_Code_Point). */
static bool is_hidden(struct idp_bytes text)
{
    static const struct {
        struct idp_bytes lead;
        unsigned char first, last;
    } ranges[] = {
        {IDP_LITERAL("\xc2"), 0x80, 0x9f},         {IDP_LITERAL("\xc2"), 0xad, 0xad},
        {IDP_LITERAL("\xcd"), 0x8f, 0x8f},         {IDP_LITERAL("\xd8"), 0x9c, 0x9c},
        {IDP_LITERAL("\xe1\x85"), 0x9f, 0xa0},     {IDP_LITERAL("\xe1\x9e"), 0xb4, 0xb5},
        {IDP_LITERAL("\xe1\xa0"), 0x8b, 0x8f},     {IDP_LITERAL("\xe2\x80"), 0x8b, 0x8f},
        {IDP_LITERAL("\xe2\x80"), 0xa8, 0xae},     {IDP_LITERAL("\xe2\x81"), 0xa0, 0xaf},
        {IDP_LITERAL("\xe3\x85"), 0xa4, 0xa4},     {IDP_LITERAL("\xef\xb8"), 0x80, 0x8f},
        {IDP_LITERAL("\xef\xbb"), 0xbf, 0xbf},     {IDP_LITERAL("\xef\xbe"), 0xa0, 0xa0},
        {IDP_LITERAL("\xef\xbf"), 0xb0, 0xbb},     {IDP_LITERAL("\xf0\x9b\xb2"), 0xa0, 0xa3},
        {IDP_LITERAL("\xf0\x9d\x85"), 0xb3, 0xba}, {IDP_LITERAL("\xf3\xa0"), 0x80, 0xbf}};
    bool found = idp_text_has_control(text);
    for (size_t i = 0; i < text.size && !found; i++) {
        struct idp_bytes rest = {text.data + i, text.size - i};
        for (size_t k = 0; k < IDP_COUNT(ranges); k++) {
            size_t at = ranges[k].lead.size;
            unsigned char last = rest.size > at ? (unsigned char)rest.data[at] : 0;
            found = found || (idp_bytes_start(rest, ranges[k].lead) && last >= ranges[k].first &&
                              last <= ranges[k].last);
        }
    }
    return found;
}

/* ---- RFC 4514 ---- */

static const struct attribute *attribute_of(struct idp_bytes oid)
{
    for (size_t i = 0; i < IDP_COUNT(attributes); i++) {
        if (idp_bytes_equal(attributes[i].oid, oid)) {
            return &attributes[i];
        }
    }
    return NULL;
}

static void value_write(struct idp_text *text, struct idp_bytes value)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < value.size; i++) {
        unsigned char byte = (unsigned char)value.data[i];
        bool is_outside =
            (i == 0 && (byte == ' ' || byte == '#')) || (i + 1 == value.size && byte == ' ');
        if (byte < 0x20 || byte == 0x7f) {
            idp_text_add_char(text, '\\');
            idp_text_add_char(text, digits[byte >> 4]);
            idp_text_add_char(text, digits[byte & 15]);
            continue;
        }
        if (is_outside || strchr("\"+,;<>\\=", byte) != NULL) {
            idp_text_add_char(text, '\\');
        }
        idp_text_add_char(text, (char)byte);
    }
}

/* ---- reading ---- */

struct reading {
    struct idp_call *call;
    struct idp_name *name;
    size_t count;
};

static const char *attribute_read(struct reading *reading, struct idp_bytes contents,
                                  struct idp_text *text)
{
    struct idp_bytes oid;
    struct idp_der value;
    if (!idp_der_take(&contents, IDP_DER_OID, &oid) || !idp_der_next(&contents, &value) ||
        contents.size != 0 || ++reading->count > IDP_NAME_ATTRIBUTE_COUNT_MAX) {
        return "format";
    }
    struct idp_bytes read = value_text(reading->call, &value);
    const struct attribute *known = attribute_of(oid);
    struct idp_bytes type =
        known != NULL ? idp_bytes_of(known->name) : idp_der_oid_text(reading->call, oid);
    if (read.data == NULL || type.data == NULL || read.size > TEXT_SIZE_MAX) {
        return "name";
    }
    reading->name->is_hidden = reading->name->is_hidden || is_hidden(read);
    if (known == &attributes[COMMON_NAME]) {
        reading->name->common_name = read;
        reading->name->common_name_count++;
    }
    idp_text_add(text, type);
    idp_text_add_char(text, '=');
    value_write(text, read);
    return known == &attributes[COMMON_NAME] && character_count(read) > CHARACTER_COUNT_MAX ? "name"
                                                                                            : NULL;
}

/* A relative name: attributes with a plus between. */
static const char *relative_read(struct reading *reading, struct idp_bytes set,
                                 struct idp_text *text)
{
    const char *why = set.size == 0 ? "format" : NULL;
    struct idp_bytes contents;
    for (size_t i = 0; why == NULL && set.size > 0; i++) {
        if (i > 0) {
            idp_text_add_char(text, '+');
        }
        why = idp_der_take(&set, IDP_DER_SEQUENCE, &contents)
                  ? attribute_read(reading, contents, text)
                  : "format";
    }
    return why;
}

/* The last one stands first in the text. */
const char *idp_name_read(struct idp_call *call, struct idp_bytes der, struct idp_name *out)
{
    struct reading reading = {.call = call, .name = out};
    struct idp_bytes sets, set, written = {"", 0};
    *out = (struct idp_name){.der = der};
    if (!idp_der_only(der, IDP_DER_SEQUENCE, &sets)) {
        return "format";
    }
    while (sets.size > 0) {
        struct idp_text text = {.call = call};
        if (!idp_der_take(&sets, IDP_DER_SET, &set)) {
            return "format";
        }
        const char *why = relative_read(&reading, set, &text);
        if (why != NULL) {
            return why;
        }
        if (written.size > 0) {
            idp_text_add_char(&text, ',');
            idp_text_add(&text, written);
        }
        written = idp_text_bytes(&text);
    }
    out->text = written;
    return NULL;
}

/* ---- as members ---- */

static struct idp_json *member_of(struct idp_json *object, const char *name)
{
    struct idp_json *member = object->child;
    while (member != NULL && !idp_bytes_is(member->name, name)) {
        member = member->next;
    }
    return member;
}

static void member_add(struct idp_call *call, struct idp_json *object,
                       const struct attribute *known, const struct idp_der *value)
{
    const char *name = known == NULL ? "?" : known->name;
    struct idp_json *before = member_of(object, name);
    struct idp_bytes text = value_text(call, value);
    if (before != NULL) {
        before->kind = IDP_JSON_NULL;
    } else if (known == NULL || text.data == NULL) {
        idp_json_add(object, name, idp_json_new(call, IDP_JSON_NULL));
    } else {
        idp_json_add_string(call, object, name, text);
    }
}

struct idp_json *idp_name_json(struct idp_call *call, struct idp_bytes der)
{
    struct idp_json *object = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_bytes sets, set, pair, oid;
    struct idp_der value;
    if (!idp_der_only(der, IDP_DER_SEQUENCE, &sets)) {
        return NULL;
    }
    while (sets.size > 0) {
        if (!idp_der_take(&sets, IDP_DER_SET, &set)) {
            return NULL;
        }
        while (set.size > 0) {
            if (!idp_der_take(&set, IDP_DER_SEQUENCE, &pair) ||
                !idp_der_take(&pair, IDP_DER_OID, &oid) || !idp_der_next(&pair, &value)) {
                return NULL;
            }
            member_add(call, object, attribute_of(oid), &value);
        }
    }
    return object;
}

/* ---- writing ---- */

static struct idp_bytes relative_of(struct idp_call *call, const struct attribute *attribute,
                                    struct idp_bytes value)
{
    struct idp_bytes parts[] = {idp_der_put(call, IDP_DER_OID, attribute->oid),
                                idp_der_put(call, attribute->tag, value)};
    struct idp_bytes pair = idp_der_wrap(call, IDP_DER_SEQUENCE, parts, IDP_COUNT(parts));
    return idp_der_put(call, IDP_DER_SET, pair);
}

struct idp_bytes idp_name_of(struct idp_call *call, struct idp_bytes common_name)
{
    return idp_der_put(call, IDP_DER_SEQUENCE,
                       relative_of(call, &attributes[COMMON_NAME], common_name));
}

static const struct attribute *attribute_named(struct idp_bytes name)
{
    for (size_t i = 0; i < IDP_COUNT(attributes); i++) {
        if (idp_bytes_is(name, attributes[i].name)) {
            return &attributes[i];
        }
    }
    return NULL;
}

static bool is_printable(struct idp_bytes text)
{
    static const char signs[] = " '()+,-./:=?";
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(c >= '0' && c <= '9') && memchr(signs, c, sizeof signs - 1) == NULL) {
            return false;
        }
    }
    return true;
}

static bool is_of_kind(unsigned char tag, struct idp_bytes text)
{
    return tag == IDP_DER_PRINTABLE_STRING ? is_printable(text)
           : tag == IDP_DER_IA5_STRING     ? is_ascii(text)
                                           : true;
}

/* A country has two letters. */
static bool is_attribute(const struct idp_json *member)
{
    const struct attribute *attribute = attribute_named(member->name);
    return attribute != NULL && member->kind == IDP_JSON_STRING && member->text.size > 0 &&
           character_count(member->text) <= CHARACTER_COUNT_MAX &&
           is_of_kind(attribute->tag, member->text) && !is_hidden(member->text) &&
           (!idp_bytes_is(member->name, "C") || member->text.size == 2);
}

/* In the order of the table, from the largest to the smallest: members of an object have none. */
struct idp_bytes idp_name_of_json(struct idp_call *call, const struct idp_json *object)
{
    struct idp_bytes parts[IDP_COUNT(attributes)], none = {NULL, 0};
    size_t count = 0;
    for (const struct idp_json *m = object->child; m != NULL; m = m->next) {
        if (!is_attribute(m)) {
            return none;
        }
    }
    for (size_t i = 0; i < IDP_COUNT(attributes); i++) {
        struct idp_bytes value = idp_json_string(object, attributes[i].name);
        if (value.data != NULL) {
            parts[count++] = relative_of(call, &attributes[i], value);
        }
    }
    return count == 0 ? none : idp_der_wrap(call, IDP_DER_SEQUENCE, parts, count);
}
