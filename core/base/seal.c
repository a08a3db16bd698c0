/* SPDX-License-Identifier: Apache-2.0 */
/* seal.c - secrets at rest: AES-256-GCM under a master key that is never in the database.
 *
 * A sealed value names its key, so that old values open after a new key was put first in the file.
 * The header and the caller's context are authenticated with the text: a value moved to another row
 * does not open. Nonces are random; a database seals a handful of keys, far below 2^32. */
#include "core/base/base.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

enum { VERSION = '1', PREFIX_SIZE = 2, NONCE_SIZE = 12, TAG_SIZE = 16 };

/* Where the parts of a sealed value lie. */
struct sealed {
    struct idp_bytes header, key_id, nonce, text, tag;
};

static struct idp_bytes slice(struct idp_bytes bytes, size_t offset, size_t size)
{
    return (struct idp_bytes){bytes.data + offset, size};
}

static bool sealed_read(struct idp_bytes bytes, struct sealed *out)
{
    if (bytes.size < PREFIX_SIZE || bytes.data[0] != VERSION) {
        return false;
    }

    size_t id_size = (unsigned char)bytes.data[1];
    size_t header_size = PREFIX_SIZE + id_size;

    if (bytes.size < header_size + NONCE_SIZE + TAG_SIZE) {
        return false;
    }
    out->header = slice(bytes, 0, header_size);
    out->key_id = slice(bytes, PREFIX_SIZE, id_size);
    out->nonce = slice(bytes, header_size, NONCE_SIZE);
    out->text =
        slice(bytes, header_size + NONCE_SIZE, bytes.size - header_size - NONCE_SIZE - TAG_SIZE);
    out->tag = slice(bytes, bytes.size - TAG_SIZE, TAG_SIZE);
    return true;
}

static const unsigned char *octets(struct idp_bytes bytes)
{
    return (const unsigned char *)bytes.data;
}

static bool authenticate(EVP_CIPHER_CTX *cipher, struct idp_bytes data)
{
    int size;

    return data.size == 0 ||
           EVP_CipherUpdate(cipher, NULL, &size, octets(data), (int)data.size) == 1;
}

/* Runs the cipher up to the tag; `out` takes text.size bytes. */
static bool cipher_run(EVP_CIPHER_CTX *cipher, bool encrypt, const struct idp_master_key *key,
                       const struct sealed *parts, struct idp_bytes context, unsigned char *out)
{
    int size;

    return EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), NULL, key->key, octets(parts->nonce),
                             encrypt) == 1 &&
           authenticate(cipher, parts->header) && authenticate(cipher, context) &&
           EVP_CipherUpdate(cipher, out, &size, octets(parts->text), (int)parts->text.size) == 1;
}

static bool encrypt(const struct idp_master_key *key, const struct sealed *parts,
                    struct idp_bytes context, unsigned char *out, unsigned char *tag)
{
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int size;
    bool done = cipher && cipher_run(cipher, true, key, parts, context, out) &&
                EVP_CipherFinal_ex(cipher, out + parts->text.size, &size) == 1 &&
                EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, tag) == 1;

    EVP_CIPHER_CTX_free(cipher);
    return done;
}

/* False with *ready where the value is not what was sealed; else OpenSSL could not even try. */
static bool decrypt(const struct idp_master_key *key, const struct sealed *parts,
                    struct idp_bytes context, unsigned char *out, bool *ready)
{
    unsigned char tag[TAG_SIZE];
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int size;

    memcpy(tag, parts->tag.data, TAG_SIZE);
    ERR_set_mark();
    *ready = cipher && cipher_run(cipher, false, key, parts, context, out) &&
             EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) == 1;
    bool done = *ready && EVP_CipherFinal_ex(cipher, out + parts->text.size, &size) == 1;
    ERR_pop_to_mark();
    EVP_CIPHER_CTX_free(cipher);
    return done;
}

static size_t header_write(const struct idp_master_key *key, unsigned char *out)
{
    out[0] = VERSION;
    out[1] = (unsigned char)key->id_size;
    memcpy(out + PREFIX_SIZE, key->id, key->id_size);
    return PREFIX_SIZE + key->id_size;
}

struct idp_bytes idp_seal_header(struct idp_call *call)
{
    const struct idp_master_key *key = idp_master_key_sealing(call);
    unsigned char *out = idp_allocate(call, PREFIX_SIZE + key->id_size);
    return (struct idp_bytes){(const char *)out, header_write(key, out)};
}

struct idp_bytes idp_seal(struct idp_call *call, struct idp_bytes plain, struct idp_bytes context)
{
    const struct idp_master_key *key = idp_master_key_sealing(call);
    struct idp_bytes nonce = idp_random(call, NONCE_SIZE);
    size_t header_size = PREFIX_SIZE + key->id_size;
    size_t size = header_size + NONCE_SIZE + plain.size + TAG_SIZE;
    unsigned char *out = idp_allocate(call, size);

    header_write(key, out);
    memcpy(out + header_size, nonce.data, NONCE_SIZE);

    struct idp_bytes sealed = {(const char *)out, size};
    struct sealed parts = {.header = slice(sealed, 0, header_size), .nonce = nonce, .text = plain};

    if (!encrypt(key, &parts, context, out + header_size + NONCE_SIZE, out + size - TAG_SIZE)) {
        idp_fail(call, IDP_CRYPTO);
    }
    return sealed;
}

struct idp_bytes idp_unseal(struct idp_call *call, struct idp_bytes sealed,
                            struct idp_bytes context)
{
    struct sealed parts;

    if (!sealed_read(sealed, &parts)) {
        idp_fail(call, IDP_SEAL_BROKEN);
    }

    const struct idp_master_key *key = idp_master_key_named(call, parts.key_id);
    unsigned char *out = idp_allocate(call, parts.text.size + 1);

    bool ready;
    if (!decrypt(key, &parts, context, out, &ready)) {
        idp_fail(call, ready ? IDP_SEAL_BROKEN : IDP_CRYPTO);
    }
    return (struct idp_bytes){(const char *)out, parts.text.size};
}

bool idp_seal_holds(struct idp_call *call, struct idp_bytes sealed, struct idp_bytes context,
                    struct idp_bytes plain)
{
    struct sealed parts;
    if (!sealed_read(sealed, &parts) || !idp_master_key_has(call, parts.key_id)) {
        return false;
    }
    bool ready;
    unsigned char *out = idp_allocate(call, parts.text.size + 1);
    bool done = decrypt(idp_master_key_named(call, parts.key_id), &parts, context, out, &ready);
    if (!done && !ready) {
        idp_fail(call, IDP_CRYPTO);
    }
    return done && idp_equal((struct idp_bytes){(const char *)out, parts.text.size}, plain);
}

bool idp_seal_opens(struct idp_call *call, struct idp_bytes sealed)
{
    struct sealed parts;
    return sealed_read(sealed, &parts) && idp_master_key_has(call, parts.key_id);
}

struct idp_bytes idp_seal_fingerprint(struct idp_call *call, struct idp_bytes sealed)
{
    struct sealed parts;

    if (!sealed_read(sealed, &parts)) {
        idp_fail(call, IDP_SEAL_BROKEN);
    }

    const struct idp_master_key *key = idp_master_key_named(call, parts.key_id);

    return idp_sha256(call, (struct idp_bytes){(const char *)key->key, IDP_MASTER_KEY_SIZE});
}
