/* SPDX-License-Identifier: Apache-2.0 */
/* seeded.c - preloaded by a test: getrandom() of each process gives the same bytes, so that what is
 * made of them can be compared. PostgreSQL takes what it gets from the end: hence backwards. */
#include <stdint.h>
#include <sys/random.h>
#include <unistd.h>

/* SplitMix64 of a number. */
static unsigned char byte_of(uint64_t number)
{
    uint64_t x = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return (unsigned char)(x ^ x >> 31);
}

__attribute__((visibility("default"))) ssize_t getrandom(void *out, size_t size, unsigned flags)
{
    static pid_t process;
    static uint64_t given;
    (void)flags;
    if (process != getpid()) {
        process = getpid();
        given = 0;
    }
    for (size_t i = 0; i < size; i++) {
        ((unsigned char *)out)[i] = byte_of(given + size - 1 - i);
    }
    given += size;
    return (ssize_t)size;
}
