/* SPDX-License-Identifier: Apache-2.0 */
/* chain_pool.c - the certificates of a text: in any order, with anything between, repeated or not.
 * One that cannot be read is left out: a path that needs it is not found. */
#include "core/pki/chain.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

enum { ANCHOR_TOTAL_SIZE_MAX = 256 << 10 };

static const char labels[] = "CERTIFICATE|X509 CERTIFICATE";
static const struct idp_bytes begin = IDP_LITERAL("-----BEGIN ");

static void x509_release(void *x509)
{
    X509_free(x509);
}

static void stack_release(void *stack)
{
    sk_X509_free(stack);
}

static X509 *x509_of(struct idp_bytes der)
{
    const unsigned char *at = (const unsigned char *)der.data, *end = at + der.size;
    ERR_set_mark();
    X509 *x509 = d2i_X509(NULL, &at, (long)der.size);
    ERR_pop_to_mark();
    if (x509 != NULL && at != end) {
        X509_free(x509);
        return NULL;
    }
    return x509;
}

/* Reading an anchor costs nearly as much as checking a signature with it, and it is the same for
 * all devices of a maker. Its extensions are read before threads share it; where that failed,
 * perhaps for want of memory only, nobody else sees it. */
static X509 *anchor_of(struct idp_call *call, struct idp_bytes der)
{
    static struct idp_cache cache = {.release = x509_release,
                                     .weight_max = ANCHOR_TOTAL_SIZE_MAX,
                                     .mutex = PTHREAD_MUTEX_INITIALIZER};
    const void *kept = idp_cache_get(call, &cache, der);
    X509 *x509 = kept == NULL ? x509_of(der) : NULL;
    if (x509 == NULL) {
        return (X509 *)(uintptr_t)kept;
    }
    ERR_set_mark();
    (void)X509_check_purpose(x509, -1, 0);
    ERR_pop_to_mark();
    if ((X509_get_extension_flags(x509) & EXFLAG_INVALID) != 0) {
        return idp_own(call, x509, x509_release);
    }
    return (X509 *)(uintptr_t)idp_cache_put(call, &cache, der, x509, der.size);
}

/* The call's, or kept beyond it. */
static X509 *x509_hold(struct idp_call *call, const struct idp_chain_pool *pool,
                       struct idp_bytes der)
{
    if (pool->is_of_anchors) {
        return anchor_of(call, der);
    }
    X509 *x509 = x509_of(der);
    return x509 == NULL ? NULL : idp_own(call, x509, x509_release);
}

static bool is_there(const struct idp_chain_pool *pool, struct idp_bytes der)
{
    for (size_t i = 0; i < pool->count; i++) {
        if (idp_bytes_equal(pool->items[i]->certificate.der, der)) {
            return true;
        }
    }
    return false;
}

static bool certificate_add(struct idp_call *call, struct idp_chain_pool *pool,
                            struct idp_bytes der)
{
    if (der.data != NULL && is_there(pool, der)) {
        return true;
    }
    struct idp_chain_item *item = idp_allocate(call, sizeof *item);
    bool is_read = der.data != NULL && idp_certificate_parse(der, &item->certificate);
    item->x509 = is_read ? x509_hold(call, pool, der) : NULL;
    if (item->x509 == NULL) {
        pool->unreadable_count++;
        return pool->unreadable_count <= pool->count_max;
    }
    if (pool->count == pool->count_max) {
        return false;
    }
    pool->items[pool->count++] = item;
    return true;
}

bool idp_chain_pool_add(struct idp_call *call, struct idp_chain_pool *pool, struct idp_bytes text)
{
    if (pool->items == NULL) {
        pool->items = idp_allocate(call, pool->count_max * sizeof pool->items[0]);
    }
    text = idp_bytes_trim(text);
    if (text.size == 0 || text.size > IDP_ARGUMENT_SIZE_MAX) {
        return text.size == 0;
    }
    const char *at = memmem(text.data, text.size, begin.data, begin.size);
    if (at == NULL) {
        return certificate_add(call, pool, idp_pem_only(call, text, labels));
    }
    for (const char *end = text.data + text.size; at != NULL;
         at = memmem(text.data, text.size, begin.data, begin.size)) {
        struct idp_bytes rest = {at, (size_t)(end - at)};
        struct idp_bytes der = idp_pem_take(call, &rest, labels);
        if ((der.data != NULL || rest.data != at) && !certificate_add(call, pool, der)) {
            return false;
        }
        text = rest.data != at
                   ? rest
                   : (struct idp_bytes){at + begin.size, (size_t)(end - at) - begin.size};
    }
    return true;
}

struct idp_chain_item *idp_chain_pool_find(const struct idp_chain_pool *pool, const X509 *x509)
{
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->items[i]->x509 == x509) {
            return pool->items[i];
        }
    }
    return NULL;
}

STACK_OF(X509) *
    idp_chain_pool_stack(struct idp_call *call, const struct idp_chain_pool *pool, size_t first)
{
    STACK_OF(X509) *stack = sk_X509_new_reserve(NULL, (int)pool->count + 1);
    idp_own(call, stack, stack_release);
    for (size_t i = first; i < pool->count; i++) {
        if (!pool->items[i]->is_left_out && sk_X509_push(stack, pool->items[i]->x509) == 0) {
            idp_fail(call, IDP_OUT_OF_MEMORY);
        }
    }
    return stack;
}
