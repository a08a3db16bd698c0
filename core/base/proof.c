/* SPDX-License-Identifier: Apache-2.0 */
/* proof.c - who wrote a row: the id of a master key, and a digest of it with the row's digest. Both
 * have fixed sizes, and the second is of a digest, so no longer message has the proof of another.
 */
#include "core/base/base.h"

static struct idp_bytes keyed_digest(struct idp_call *call, const struct idp_master_key *key,
                                     struct idp_bytes digest)
{
    struct idp_bytes parts[] = {{(const char *)key->key, IDP_MASTER_KEY_SIZE}, digest};
    struct idp_bytes inner = idp_digest(call, "idplane proof", parts, IDP_COUNT(parts));
    parts[1] = inner;
    return idp_digest(call, "idplane proof of a proof", parts, IDP_COUNT(parts));
}

struct idp_bytes idp_proof_make(struct idp_call *call, struct idp_bytes digest)
{
    const struct idp_master_key *key = idp_master_key_sealing(call);
    struct idp_text proof = {.call = call};
    idp_text_add(&proof, keyed_digest(call, key, digest));
    idp_text_add(&proof, (struct idp_bytes){key->id, key->id_size});
    return idp_text_bytes(&proof);
}

bool idp_proof_holds(struct idp_call *call, struct idp_bytes proof, struct idp_bytes digest)
{
    if (proof.size <= IDP_DIGEST_SIZE || digest.size != IDP_DIGEST_SIZE) {
        return false;
    }
    struct idp_bytes keyed = {proof.data, IDP_DIGEST_SIZE};
    struct idp_bytes id = {proof.data + IDP_DIGEST_SIZE, proof.size - IDP_DIGEST_SIZE};
    return idp_master_key_has(call, id) &&
           idp_equal(keyed, keyed_digest(call, idp_master_key_named(call, id), digest));
}
