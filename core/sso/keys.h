/* SPDX-License-Identifier: Apache-2.0 */
/* keys.h - the public keys of a provider: documents in, a JWKS out. Somebody else fetches the
 * documents, and stores what comes of them. */
#ifndef IDPLANE_SSO_KEYS_H
#define IDPLANE_SSO_KEYS_H

#include "core/jose/jose.h"
#include "core/sso/sso.h"

/* Where the keys of a provider come from: the four of signatureVerificationConfig. */
enum idp_key_source { IDP_KEYS_AAD, IDP_KEYS_ADFS, IDP_KEYS_MANUAL, IDP_KEYS_JWKS };

enum { IDP_CERTIFICATE_ID_SIZE_MAX = 255 };

/* ---- documents (keys.c) ---- */

/* {"keys":[…]} of the keys that verify, each with kid, x5t and x5t#S256 where known, and with nbf
 * and exp (NumericDate) where something limits it. NULL: the document is none, or has none; *why is
 * a sentence that says so. */
struct idp_json *idp_keys_of_document(struct idp_call *call, enum idp_key_source source,
                                      bool rsa_only, struct idp_bytes document, const char **why);

/* ---- which of them (key_choice.c) ---- */

/* The key that the token names in this field, of its header, else of its claims, which nobody has
 * verified: they choose among these keys only. Field data NULL: the only key. NULL: there is none,
 * and no other may be tried. For idp_key_in_force. */
const struct idp_json *idp_keys_named(const struct idp_json *jwks, const struct idp_json *header,
                                      const struct idp_json *claims, struct idp_bytes field);

/* ---- federation metadata (metadata.c, metadata_text.c) ---- */

/* The certificates that sign, as base64 with a newline behind each, as often as they are there.
 * data NULL: it is no metadata, and *why says why. */
struct idp_bytes idp_metadata_certificates(struct idp_call *call, struct idp_bytes document,
                                           const char **why);

/* The document as UTF-8 that an XML parser may be given; data NULL, and *why. */
struct idp_bytes idp_metadata_text(struct idp_call *call, struct idp_bytes document,
                                   const char **why);

/* ---- keys in the connection (manual.c, manual_key.c) ---- */

/* What is wrong with the fragment: a JSON pointer within it, a word, a sentence. */
struct idp_manual_faults {
    void (*add)(void *context, struct idp_bytes path, const char *code, const char *message);
    void *context;
};

/* One certificate of it on its way in. */
struct idp_manual_reading {
    struct idp_call *call;
    const struct idp_manual_faults *faults;
    bool rsa_only, has_fault;
    bool is_alone; /* drawn without an id */
    struct idp_bytes id;
};

/* True where the certificate has no fault; *out is then set. */
bool idp_manual_key_read(struct idp_manual_reading *reading, const struct idp_json *certificate,
                         struct idp_public_key *out) IDP_MUST_CHECK;

/* As idp_keys_of_document: kid is the id of the certificate. What has a fault is left out, and each
 * fault is told; faults NULL: to nobody. A configuration is sound where there was none. */
struct idp_json *idp_keys_of_manual(struct idp_call *call, const struct idp_json *manual,
                                    bool rsa_only, const struct idp_manual_faults *faults,
                                    const char **why);

/* certIdField where certIdFromField says that it counts, "" where it is none; else data NULL. */
struct idp_bytes idp_manual_field(const struct idp_json *manual);

#endif
