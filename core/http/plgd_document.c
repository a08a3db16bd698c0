/* SPDX-License-Identifier: Apache-2.0 */
/* plgd_document.c - enrollment groups and hubs as plgd has them, to and fro. Where plgd takes the
 * path of a file on its server nothing is taken here: who administers over HTTP reads no files. */
#include "core/http/plgd.h"

/* ---- read ---- */

static void fault(struct idp_plgd_sent *sent, const char *path, const char *code,
                  const char *message)
{
    idp_fault_add(sent->call, sent->faults, idp_bytes_of(path), code, message);
}

/* A text that says something; data NULL: none. */
static struct idp_bytes text_member(struct idp_plgd_sent *sent, const struct idp_json *object,
                                    const char *name, const char *path)
{
    const struct idp_json *member = idp_json_member(object, name);
    if (member != NULL && member->kind != IDP_JSON_STRING && member->kind != IDP_JSON_NULL) {
        fault(sent, path, "type", "it has to be a text");
    }
    struct idp_bytes text = idp_json_string(object, name);
    return text.size > 0 ? text : (struct idp_bytes){0};
}

/* The document with a text; data NULL: without it. */
static const struct idp_json *with_text(struct idp_call *call, const struct idp_json *document,
                                        const char *name, struct idp_bytes text)
{
    return idp_json_with(call, document, name,
                         text.data == NULL ? NULL : idp_json_new_string(call, text));
}

/* What was set before, without what is only shown. */
static const struct idp_json *settable(struct idp_call *call, const struct idp_json *before)
{
    static const struct idp_bytes shown = IDP_LITERAL("id version created_at changed_at");
    struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);
    for (const struct idp_json *member = before == NULL ? NULL : before->child; member != NULL;
         member = member->next) {
        if (!idp_word_in(shown, member->name)) {
            idp_json_add_named(document, member->name, idp_json_node(call, member));
        }
    }
    return document;
}

/* What a data URI (RFC 2397) holds, or the text itself; data NULL: the path of a file, or none. */
static struct idp_bytes content_of(struct idp_call *call, struct idp_bytes text)
{
    static const struct idp_bytes mark = IDP_LITERAL(";base64,");
    if (idp_bytes_start(text, idp_bytes_of("/")) || idp_bytes_start(text, idp_bytes_of("file:"))) {
        return (struct idp_bytes){0};
    }
    if (!idp_bytes_start(text, idp_bytes_of("data:"))) {
        return text;
    }
    const char *at = memmem(text.data, text.size, mark.data, mark.size);
    if (at == NULL) {
        return (struct idp_bytes){0};
    }
    at += mark.size;
    struct idp_bytes content =
        idp_base64_decode(call, (struct idp_bytes){at, (size_t)(text.data + text.size - at)});
    return content.data != NULL && idp_utf8_valid(content) ? content : (struct idp_bytes){0};
}

static struct idp_bytes content_member(struct idp_plgd_sent *sent, const struct idp_json *object,
                                       const char *name, const char *path)
{
    struct idp_bytes text = text_member(sent, object, name, path);
    struct idp_bytes content = text.data == NULL ? text : content_of(sent->call, text);
    if (text.data != NULL && content.data == NULL) {
        fault(sent, path, "value", "it has to be a text, or data:;base64,… with one; no file");
    }
    return content;
}

static const struct idp_json *x509_read(struct idp_plgd_sent *sent)
{
    struct idp_call *call = sent->call;
    const struct idp_json *document = idp_json_member(sent->before, "x509");
    const struct idp_json *x509 =
        idp_json_member(idp_json_member(sent->body, "attestationMechanism"), "x509");
    bool takes_expired = idp_json_is_true(x509, "expiredCertificateEnabled");
    if (document == NULL) {
        document = idp_json_new(call, IDP_JSON_OBJECT);
    }
    document = with_text(call, document, "chain",
                         content_member(sent, x509, "certificateChain",
                                        "/attestationMechanism/x509/certificateChain"));
    document = with_text(call, document, "lead",
                         text_member(sent, x509, "leadCertificateName",
                                     "/attestationMechanism/x509/leadCertificateName"));
    return with_text(call, document, "expired",
                     takes_expired ? idp_bytes_of("allow_leaf") : (struct idp_bytes){0});
}

/* It is never shown, so that who sends back what they read keeps it; an empty one removes it. */
static const struct idp_json *with_key(struct idp_plgd_sent *sent, const struct idp_json *document)
{
    if (idp_json_member(sent->body, "preSharedKey") == NULL) {
        return document;
    }
    return with_text(sent->call, document, "pre_shared_key",
                     content_member(sent, sent->body, "preSharedKey", "/preSharedKey"));
}

const struct idp_json *idp_plgd_group_read(struct idp_plgd_sent *sent)
{
    struct idp_call *call = sent->call;
    struct idp_bytes name = text_member(sent, sent->body, "name", "/name");
    const struct idp_json *document = settable(call, sent->before);
    document = with_text(call, document, "owner", sent->owner);
    document = with_text(call, document, "name", name.data == NULL ? sent->id : name);
    document = idp_json_with(call, document, "x509", x509_read(sent));
    document = idp_json_with(call, document, "hubs", idp_json_member(sent->body, "hubIds"));
    return with_key(sent, document);
}

static struct idp_bytes words_of(struct idp_call *call, const struct idp_json *list)
{
    struct idp_text words = {.call = call};
    for (const struct idp_json *item = list == NULL ? NULL : list->child; item != NULL;
         item = item->next) {
        idp_text_add_c(&words, words.size == 0 ? "" : " ");
        idp_text_add(&words, item->text);
    }
    return words.size == 0 ? (struct idp_bytes){0} : idp_text_bytes(&words);
}

static const struct idp_json *authorization_read(struct idp_plgd_sent *sent)
{
    struct idp_call *call = sent->call;
    const struct idp_json *from = idp_json_member(sent->body, "authorization");
    const struct idp_json *provider = idp_json_member(from, "provider");
    const struct idp_json *document = idp_json_new(call, IDP_JSON_OBJECT);
    const struct {
        const struct idp_json *object;
        const char *name, *path, *member;
    } texts[] = {
        {provider, "name", "/authorization/provider/name", "provider"},
        {provider, "clientId", "/authorization/provider/clientId", "client_id"},
        {provider, "audience", "/authorization/provider/audience", "audience"},
        {from, "ownerClaim", "/authorization/ownerClaim", "owner_claim"},
        {from, "deviceIdClaim", "/authorization/deviceIdClaim", "device_id_claim"},
    };
    for (size_t i = 0; i < IDP_COUNT(texts); i++) {
        document = with_text(call, document, texts[i].member,
                             text_member(sent, texts[i].object, texts[i].name, texts[i].path));
    }
    return with_text(call, document, "scope", words_of(call, idp_json_member(provider, "scopes")));
}

const struct idp_json *idp_plgd_hub_read(struct idp_plgd_sent *sent)
{
    struct idp_call *call = sent->call;
    struct idp_bytes name = text_member(sent, sent->body, "name", "/name");
    const struct idp_json *document = settable(call, sent->before);
    document = with_text(call, document, "owner", sent->owner);
    document = with_text(call, document, "name", name.data == NULL ? sent->id : name);
    document = idp_json_with(call, document, "gateways", idp_json_member(sent->body, "gateways"));
    return idp_json_with(call, document, "authorization", authorization_read(sent));
}

/* ---- written ---- */

static void x509_write(struct idp_call *call, struct idp_json *mechanism,
                       const struct idp_json *x509)
{
    struct idp_json *object = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_bytes chain = idp_json_string(x509, "chain");
    struct idp_text uri = {.call = call};
    idp_text_add_c(&uri, "data:;base64,");
    idp_text_add(&uri, idp_base64_encode(call, chain.data == NULL ? idp_bytes_of("") : chain));
    idp_json_add_string(call, object, "certificateChain", idp_text_bytes(&uri));
    idp_json_add_string(call, object, "leadCertificateName", idp_json_string(x509, "lead"));
    idp_json_add_bool(call, object, "expiredCertificateEnabled",
                      idp_bytes_is(idp_json_string(x509, "expired"), "allow_leaf"));
    idp_json_add(mechanism, "x509", object);
}

static void list_write(struct idp_call *call, struct idp_json *object, const char *name,
                       const struct idp_json *list)
{
    idp_json_add(object, name,
                 list == NULL ? idp_json_new(call, IDP_JSON_ARRAY) : idp_json_node(call, list));
}

struct idp_json *idp_plgd_group_write(struct idp_call *call, const struct idp_json *shown)
{
    struct idp_json *group = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *mechanism = idp_json_new(call, IDP_JSON_OBJECT);
    const struct idp_json *x509 = idp_json_member(shown, "x509");
    if (x509 != NULL) {
        x509_write(call, mechanism, x509);
    }
    idp_json_add_members(call, group, shown, "id owner");
    idp_json_add(group, "attestationMechanism", mechanism);
    list_write(call, group, "hubIds", idp_json_member(shown, "hubs"));
    idp_json_add_members(call, group, shown, "name");
    return group;
}

static struct idp_json *authorization_write(struct idp_call *call, const struct idp_json *from)
{
    struct idp_json *object = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_json *provider = idp_json_new(call, IDP_JSON_OBJECT);
    struct idp_bytes scope = idp_json_string(from, "scope");
    idp_json_add_string(call, object, "ownerClaim", idp_json_string(from, "owner_claim"));
    idp_json_add_string(call, object, "deviceIdClaim", idp_json_string(from, "device_id_claim"));
    idp_json_add_string(call, provider, "name", idp_json_string(from, "provider"));
    idp_json_add_string(call, provider, "clientId", idp_json_string(from, "client_id"));
    idp_json_add(provider, "scopes",
                 idp_json_words(call, scope.data == NULL ? "" : idp_text_c(call, scope)));
    idp_json_add_string(call, provider, "audience", idp_json_string(from, "audience"));
    idp_json_add(object, "provider", provider);
    return object;
}

struct idp_json *idp_plgd_hub_write(struct idp_call *call, const struct idp_json *shown)
{
    struct idp_json *hub = idp_json_new(call, IDP_JSON_OBJECT);
    idp_json_add_members(call, hub, shown, "id");
    idp_json_add_string(call, hub, "hubId", idp_json_string(shown, "id"));
    list_write(call, hub, "gateways", idp_json_member(shown, "gateways"));
    idp_json_add(hub, "authorization",
                 authorization_write(call, idp_json_member(shown, "authorization")));
    idp_json_add_members(call, hub, shown, "name owner");
    return hub;
}
