/* SPDX-License-Identifier: Apache-2.0 */
/* metadata.c - federation metadata (SAML 2.0 metadata §2.4.1.1, WS-Federation): the certificates
 * that sign, out of KeyDescriptors. That of the document's own signature stands elsewhere and is
 * not taken: the document is believed for the connection that it came over.
 *
 * libxml2 calls back for each tag and keeps no tree. Nothing here may raise while it does, since
 * its own memory would be lost; what is found goes into room that was there before. Its errors are
 * silenced for this parser only, because PostgreSQL and others have handlers of their own. */
#include "core/sso/keys.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

enum { DEPTH_MAX = 32 };

#define METADATA "urn:oasis:names:tc:SAML:2.0:metadata"
#define SIGNATURE "http://www.w3.org/2000/09/xmldsig#"

/* Where in a document: what of it stands elsewhere is OUTSIDE. */
enum place { OUTSIDE, START, GROUP, ENTITY, ROLE, KEY, KEY_INFO, X509_DATA, CERTIFICATE };

static const struct {
    enum place within, place;
    const char *name, *space;
} elements[] = {
    {START, GROUP, "EntitiesDescriptor", METADATA},
    {START, ENTITY, "EntityDescriptor", METADATA},
    {GROUP, GROUP, "EntitiesDescriptor", METADATA},
    {GROUP, ENTITY, "EntityDescriptor", METADATA},
    {ENTITY, ROLE, "RoleDescriptor", METADATA},
    {ENTITY, ROLE, "IDPSSODescriptor", METADATA},
    {ENTITY, ROLE, "SPSSODescriptor", METADATA},
    {ENTITY, ROLE, "AuthnAuthorityDescriptor", METADATA},
    {ENTITY, ROLE, "AttributeAuthorityDescriptor", METADATA},
    {ENTITY, ROLE, "PDPDescriptor", METADATA},
    {ROLE, KEY, "KeyDescriptor", METADATA},
    {KEY, KEY_INFO, "KeyInfo", SIGNATURE},
    {KEY_INFO, X509_DATA, "X509Data", SIGNATURE},
    {X509_DATA, CERTIFICATE, "X509Certificate", SIGNATURE},
};

struct reading {
    xmlParserCtxtPtr parser;
    size_t depth; /* open elements; places[depth] is where it is */
    enum place places[DEPTH_MAX + 1];
    char *found; /* as large as the document */
    size_t size, capacity;
    const char *why;
};

static bool is(const xmlChar *text, const char *expected)
{
    return text != NULL && strcmp((const char *)text, expected) == 0;
}

static enum place place_of(enum place within, const xmlChar *name, const xmlChar *space)
{
    for (size_t i = 0; i < IDP_COUNT(elements); i++) {
        if (elements[i].within == within && is(name, elements[i].name) &&
            is(space, elements[i].space)) {
            return elements[i].place;
        }
    }
    return OUTSIDE;
}

/* A key without `use` is for both. An attribute is five pointers: name, prefix, namespace, begin
 * and end of its value. */
static bool may_sign(int count, const xmlChar **attributes)
{
    for (int i = 0; i < count; i++, attributes += 5) {
        if (attributes[2] == NULL && is(attributes[0], "use")) {
            struct idp_bytes value = {(const char *)attributes[3],
                                      (size_t)(attributes[4] - attributes[3])};
            return idp_bytes_is(value, "signing");
        }
    }
    return true;
}

/* ---- what libxml2 calls ---- */

static void stop(struct reading *reading, const char *why)
{
    reading->why = why;
    xmlStopParser(reading->parser);
}

static void element_start(void *context, const xmlChar *name, const xmlChar *prefix,
                          const xmlChar *space, int namespace_count, const xmlChar **namespaces,
                          int attribute_count, int default_count, const xmlChar **attributes)
{
    struct reading *reading = context;
    (void)prefix, (void)namespace_count, (void)namespaces, (void)default_count;
    enum place place = place_of(reading->places[reading->depth], name, space);
    if (reading->depth == DEPTH_MAX) {
        stop(reading, "The document has elements that are nested deeper than 32.");
        return;
    }
    if (reading->depth == 0 && place == OUTSIDE) {
        stop(reading, "The document is no metadata of SAML 2.0, an EntityDescriptor or several.");
        return;
    }
    bool is_taken = place != KEY || may_sign(attribute_count, attributes);
    reading->places[++reading->depth] = is_taken ? place : OUTSIDE;
}

/* A text ends in a newline, as one line of base64. */
static void add(struct reading *reading, char character)
{
    if (reading->size < reading->capacity) {
        reading->found[reading->size++] = character;
    }
}

static void element_end(void *context, const xmlChar *name, const xmlChar *prefix,
                        const xmlChar *space)
{
    struct reading *reading = context;
    (void)name, (void)prefix, (void)space;
    if (reading->places[reading->depth] == CERTIFICATE) {
        add(reading, '\n');
    }
    reading->depth--;
}

static void characters(void *context, const xmlChar *text, int size)
{
    struct reading *reading = context;
    if (reading->places[reading->depth] != CERTIFICATE) {
        return;
    }
    for (int i = 0; i < size; i++) {
        if (memchr(" \t\r\n", text[i], 4) == NULL) {
            add(reading, (char)text[i]);
        }
    }
}

/* The type of its second argument became const in 2.12. */
static void say_nothing(void *context, const xmlError *error)
{
    (void)context, (void)error;
}

/* ---- reading ---- */

static void parser_release(void *parser)
{
    xmlFreeParserCtxt(parser);
}

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static xmlParserCtxtPtr parser_new(struct idp_call *call, struct reading *reading)
{
    pthread_once(&library_once, xmlInitParser);
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    if (parser == NULL) {
        idp_fail(call, IDP_OUT_OF_MEMORY);
    }
    idp_own(call, parser, parser_release);
    *parser->sax = (xmlSAXHandler){
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = element_start,
        .endElementNs = element_end,
        .characters = characters,
        .ignorableWhitespace = characters,
        .serror = (xmlStructuredErrorFunc)say_nothing,
    };
    parser->userData = reading;
    return parser;
}

/* No file is opened, no DTD is loaded, no entity is replaced; "<?xml encoding" is not believed. */
static void parse(xmlParserCtxtPtr parser, struct idp_bytes text)
{
    enum { OPTIONS = XML_PARSE_NONET | XML_PARSE_IGNORE_ENC };
    xmlCtxtReadMemory(parser, text.data, (int)text.size, NULL, NULL, OPTIONS);
}

struct idp_bytes idp_metadata_certificates(struct idp_call *call, struct idp_bytes document,
                                           const char **why)
{
    struct idp_bytes text = idp_metadata_text(call, document, why);
    if (text.data == NULL) {
        return text;
    }
    struct reading *reading = idp_allocate(call, sizeof *reading);
    reading->places[0] = START;
    reading->found = idp_allocate(call, text.size);
    reading->capacity = text.size;
    reading->parser = parser_new(call, reading);
    parse(reading->parser, text);
    if (reading->parser->errNo == XML_ERR_NO_MEMORY) {
        idp_fail(call, IDP_OUT_OF_MEMORY);
    }
    *why = reading->why != NULL               ? reading->why
           : reading->parser->wellFormed != 1 ? "The document is no well-formed XML."
                                              : NULL;
    return *why == NULL ? (struct idp_bytes){reading->found, reading->size}
                        : (struct idp_bytes){NULL, 0};
}
