/* SPDX-License-Identifier: Apache-2.0 */
/* message.c - what goes between the server and the process that fetches: a size and a JSON text. */
#include "httpd/fetch.h"

#include <errno.h>
#include <unistd.h>

enum { MESSAGE_SIZE_MAX = 64 << 20 };

static bool read_all(int fd, void *to, size_t size)
{
    char *at = to;
    while (size > 0) {
        ssize_t got = read(fd, at, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        size -= (size_t)got;
    }
    return true;
}

static bool write_all(int fd, const void *from, size_t size)
{
    const char *at = from;
    while (size > 0) {
        ssize_t put = write(fd, at, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        at += put;
        size -= (size_t)put;
    }
    return true;
}

bool message_write(int fd, const char *text)
{
    uint32_t size = (uint32_t)strlen(text);
    return write_all(fd, &size, sizeof size) && write_all(fd, text, size);
}

char *message_read(int fd)
{
    uint32_t size;
    if (!read_all(fd, &size, sizeof size) || size > MESSAGE_SIZE_MAX)
        return NULL;
    char *text = obtained(calloc(1, size + 1));
    if (!read_all(fd, text, size)) {
        free(text);
        return NULL;
    }
    return text;
}
