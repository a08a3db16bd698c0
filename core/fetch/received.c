/* SPDX-License-Identifier: Apache-2.0 */
/* received.c - bytes that libcurl hands over in pieces, gathered in the arena. A callback of
 * libcurl's must return to it, so nothing here raises. */
#include "core/fetch/request.h"

enum { CAPACITY_FIRST = 16 << 10 };

static bool grow(struct idp_fetch_received *received, size_t needed)
{
    size_t capacity = received->capacity > 0 ? received->capacity : CAPACITY_FIRST;
    while (capacity < needed) {
        capacity *= 2;
    }
    char *data = idp_allocate_or_null(received->call, capacity);
    if (data == NULL) {
        received->failure = IDP_OUT_OF_MEMORY;
        return false;
    }
    if (received->size > 0) {
        memcpy(data, received->data, received->size);
    }
    received->data = data;
    received->capacity = capacity;
    return true;
}

bool idp_fetch_receive(struct idp_fetch_received *received, const char *data, size_t size)
{
    if (size > received->size_max - received->size) {
        received->failure = IDP_TOO_LARGE;
        return false;
    }
    if (size > received->capacity - received->size && !grow(received, received->size + size)) {
        return false;
    }
    if (size > 0) {
        memcpy(received->data + received->size, data, size);
    }
    received->size += size;
    return true;
}
