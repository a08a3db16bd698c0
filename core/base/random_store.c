/* SPDX-License-Identifier: Apache-2.0 */
/* random_store.c - random bytes in small amounts, out of a store that the kernel fills.
 *
 * A call asks for a name or two of sixteen bytes, and going to the kernel for each takes longer
 * than the rest of making them, as OpenSSL's generator does, too. The store is a page that the
 * kernel empties in a child (MADV_WIPEONFORK), so that no two processes ever give the same bytes;
 * where there is no such page there is no store. It forgets what it has given. Who finds it taken,
 * by another thread or by what a signal interrupted, asks the kernel: nobody waits. */
#include "core/base/base.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

enum { STORE_SIZE = 1024 };

/* All zeroes is an empty one that nobody has taken. */
struct random_store {
    atomic_bool is_taken;
    size_t left;
    unsigned char bytes[STORE_SIZE];
};

static _Atomic(struct random_store *) process_store;

static bool kernel_random(unsigned char *out, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = getrandom(out + done, size - done, 0);
        if (got < 0 && errno != EINTR) {
            return false;
        }
        done += got < 0 ? 0 : (size_t)got;
    }
    return true;
}

/* NULL: there can be none. */
static struct random_store *store_make(void)
{
#ifdef MADV_WIPEONFORK
    size_t size = sizeof(struct random_store);
    void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        return NULL;
    }
    if (madvise(page, size, MADV_WIPEONFORK) == 0) {
        (void)madvise(page, size, MADV_DONTDUMP);
        return page;
    }
    (void)munmap(page, size);
#endif
    return NULL;
}

/* Of two threads that make one at once, one keeps its own and the other takes that. */
static struct random_store *store_of(void)
{
    struct random_store *store = atomic_load(&process_store), *none = NULL;
    if (store != NULL) {
        return store;
    }
    store = store_make();
    if (store == NULL || atomic_compare_exchange_strong(&process_store, &none, store)) {
        return store;
    }
    (void)munmap(store, sizeof *store);
    return none;
}

static bool store_give(struct random_store *store, unsigned char *out, size_t size)
{
    if (size > store->left) {
        store->left = 0;
        if (!kernel_random(store->bytes, sizeof store->bytes)) {
            return false;
        }
        store->left = sizeof store->bytes;
    }
    store->left -= size;
    memcpy(out, store->bytes + store->left, size);
    idp_wipe(store->bytes + store->left, size);
    return true;
}

bool idp_random_write(void *out, size_t size)
{
    struct random_store *store = size > STORE_SIZE ? NULL : store_of();
    if (store == NULL || atomic_exchange(&store->is_taken, true)) {
        return kernel_random(out, size);
    }
    bool done = store_give(store, out, size);
    bool is_emptied = !atomic_exchange(&store->is_taken, false); /* in a child, just now */
    return is_emptied ? kernel_random(out, size) : done;
}
