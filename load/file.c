/* SPDX-License-Identifier: Apache-2.0 */
/* file.c - files: what documents refer to is looked for beside them, and never by SQL. */
#include "load/load.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/base.h"

static void fail_file(struct loader *loader, const struct node *node, const char *path,
                      const char *why) IDP_NORETURN;

static void fail_file(struct loader *loader, const struct node *node, const char *path,
                      const char *why)
{
    if (node != NULL) {
        fail_at(loader, node, "the file %s %s", path, why);
    }
    fail(loader, "%s: the file %s", path, why);
}

/* Reads one byte more than is allowed. */
static size_t read_all(int descriptor, char *data, size_t room)
{
    size_t size = 0;
    ssize_t count;
    while (size < room && (count = read(descriptor, data + size, room - size)) != 0) {
        if (count < 0 && errno != EINTR) {
            return SIZE_MAX;
        }
        size += count > 0 ? (size_t)count : 0;
    }
    return size;
}

struct bytes file_read(struct loader *loader, const char *path, size_t size_max,
                       const struct node *node)
{
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        fail_file(loader, node, path, text_of(loader, "cannot be read: %s", strerror(errno)));
    }
    bool regular = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    char *data = obtain(loader, size_max + 1);
    size_t size = regular ? read_all(descriptor, data, size_max + 1) : SIZE_MAX;
    close(descriptor);
    if (size == SIZE_MAX) {
        fail_file(loader, node, path, regular ? "cannot be read" : "must be a regular file");
    }
    if (size > size_max) {
        fail_file(loader, node, path, text_of(loader, "is larger than %zu bytes", size_max));
    }
    return (struct bytes){data, size};
}

const char *file_beside(struct loader *loader, const char *file, const char *name)
{
    const char *slash = strrchr(file, '/');
    if (name[0] == '/' || slash == NULL) {
        return text_of(loader, "%s", name);
    }
    return text_of(loader, "%.*s/%s", (int)(slash - file), file, name);
}

const char *file_text(struct loader *loader, const char *path, const struct node *node)
{
    struct bytes bytes = file_read(loader, path, IDP_REFERENCE_SIZE_MAX, node);
    if (bytes.size > 0 && bytes.data[bytes.size - 1] == '\n') {
        bytes.size--;
    }
    if (!idp_utf8_valid((struct idp_bytes){bytes.data, bytes.size})) {
        fail_file(loader, node, path, "must be UTF-8 text");
    }
    return text_copy(loader, bytes.data, bytes.size);
}
