/* SPDX-License-Identifier: Apache-2.0 */
/* key_ring.c - the master key file: lines of `id base64`, for its owner only.
 *
 * It is written beside its place, made durable, and linked there: link(2) fails where the name
 * exists, so of two that make the key at once one wins and nobody ever sees half a file. Reading it
 * for each value would cost more than the cipher, so the process keeps what it read for as long as
 * lstat(2) tells the same file. No descriptor is open while the host is called or a raise happens.
 */
#include "core/base/master_key.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RING_CACHE_COUNT = 8, TEMPORARY_NAME_SIZE = 9 };

/* What read() or write() came to; each has its sentence. */
enum file_fault {
    FILE_OK,
    FILE_ABSENT,
    FILE_UNREADABLE,
    FILE_NOT_PRIVATE,
    FILE_TOO_LARGE,
    FILE_MALFORMED,
    FILE_UNWRITABLE,
    FILE_FAULT_COUNT
};

static const char *const fault_sentences[FILE_FAULT_COUNT] = {
    [FILE_UNREADABLE] =
        "The master key file %s cannot be read; make it a regular file (no symbolic "
        "link) that the database's user owns.",
    [FILE_NOT_PRIVATE] =
        "The master key file %s must belong to the database's user and be closed to "
        "all others; run chown and chmod 0600 on it.",
    [FILE_TOO_LARGE] =
        "The master key file %s is too large; it holds one line `id base64` for each "
        "of at most 16 keys.",
    [FILE_MALFORMED] = "The master key file %s is malformed; each line is an id, one space and 32 "
                       "bytes as base64. Restore it from its copy.",
    [FILE_UNWRITABLE] = "The master key file %s cannot be made; give the database's user write "
                        "access to its directory.",
};

static struct ring_cache {
    bool used;
    struct stat status;
    struct idp_key_ring ring;
} ring_cache[RING_CACHE_COUNT];
static size_t ring_cache_next;
static pthread_mutex_t ring_mutex = PTHREAD_MUTEX_INITIALIZER;

static void fail_file(struct idp_call *call, enum file_fault fault, const char *path) IDP_NORETURN;

static void fail_file(struct idp_call *call, enum file_fault fault, const char *path)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    idp_fail_with(call, IDP_MASTER_KEY_FILE, fault_sentences[fault], path);
#pragma GCC diagnostic pop
}

static bool is_private(const struct stat *status)
{
    return S_ISREG(status->st_mode) && status->st_uid == geteuid() && (status->st_mode & 077) == 0;
}

static bool is_unchanged(const struct stat *left, const struct stat *right)
{
    return left->st_dev == right->st_dev && left->st_ino == right->st_ino &&
           left->st_size == right->st_size && left->st_mode == right->st_mode &&
           left->st_uid == right->st_uid && left->st_mtim.tv_sec == right->st_mtim.tv_sec &&
           left->st_mtim.tv_nsec == right->st_mtim.tv_nsec &&
           left->st_ctim.tv_sec == right->st_ctim.tv_sec &&
           left->st_ctim.tv_nsec == right->st_ctim.tv_nsec;
}

static bool cache_get(const struct stat *status, struct idp_key_ring *out)
{
    bool found = false;

    pthread_mutex_lock(&ring_mutex);
    for (size_t i = 0; i < RING_CACHE_COUNT && !found; i++) {
        if (!ring_cache[i].used || !is_unchanged(&ring_cache[i].status, status)) {
            continue;
        }
        *out = ring_cache[i].ring;
        found = true;
    }
    pthread_mutex_unlock(&ring_mutex);
    return found;
}

/* An older reading of the same file gives way first, so that no outdated key stays in memory. */
static void cache_put(const struct stat *status, const struct idp_key_ring *ring)
{
    pthread_mutex_lock(&ring_mutex);
    size_t slot = RING_CACHE_COUNT;

    for (size_t i = 0; i < RING_CACHE_COUNT && slot == RING_CACHE_COUNT; i++) {
        if (!ring_cache[i].used || (ring_cache[i].status.st_dev == status->st_dev &&
                                    ring_cache[i].status.st_ino == status->st_ino)) {
            slot = i;
        }
    }
    if (slot == RING_CACHE_COUNT) {
        slot = ring_cache_next++ % RING_CACHE_COUNT;
    }
    idp_wipe(&ring_cache[slot], sizeof ring_cache[slot]);
    ring_cache[slot] = (struct ring_cache){.used = true, .status = *status, .ring = *ring};
    pthread_mutex_unlock(&ring_mutex);
}

/* Reads at most `size` bytes; *out_size tells how many there were. */
static bool read_all(int file, char *buffer, size_t size, size_t *out_size)
{
    size_t filled = 0;

    while (filled < size) {
        ssize_t count = read(file, buffer + filled, size - filled);

        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return false;
        }
        if (count == 0) {
            break;
        }
        filled += (size_t)count;
    }
    *out_size = filled;
    return true;
}

static enum file_fault read_open(int file, struct stat *status, char *buffer, size_t *size)
{
    if (fstat(file, status) != 0) {
        return FILE_UNREADABLE;
    }
    if (!is_private(status)) {
        return FILE_NOT_PRIVATE;
    }
    if (!read_all(file, buffer, IDP_MASTER_KEY_FILE_SIZE_MAX + 1, size)) {
        return FILE_UNREADABLE;
    }
    return *size > IDP_MASTER_KEY_FILE_SIZE_MAX ? FILE_TOO_LARGE : FILE_OK;
}

static enum file_fault read_file(const char *path, struct stat *status, char *buffer, size_t *size)
{
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (file < 0) {
        return errno == ENOENT ? FILE_ABSENT : FILE_UNREADABLE;
    }

    enum file_fault fault = read_open(file, status, buffer, size);

    close(file);
    return fault;
}

static bool is_id_character(char character)
{
    return (character >= '0' && character <= '9') || (character >= 'A' && character <= 'Z') ||
           (character >= 'a' && character <= 'z') || (character && strchr("._-", character));
}

static bool parse_id(struct idp_bytes text, struct idp_master_key *out)
{
    if (text.size == 0 || text.size > IDP_MASTER_KEY_ID_SIZE_MAX) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (!is_id_character(text.data[i])) {
            return false;
        }
    }
    memcpy(out->id, text.data, text.size);
    out->id_size = text.size;
    return true;
}

static bool parse_line(struct idp_call *call, struct idp_bytes line, struct idp_master_key *out)
{
    const char *space = memchr(line.data, ' ', line.size);

    if (!space) {
        return false;
    }

    size_t id_size = (size_t)(space - line.data);
    struct idp_bytes encoded = {space + 1, line.size - id_size - 1};
    struct idp_bytes key = idp_base64_decode(call, encoded);

    if (!key.data || key.size != IDP_MASTER_KEY_SIZE) {
        return false;
    }
    memcpy(out->key, key.data, IDP_MASTER_KEY_SIZE);
    return parse_id((struct idp_bytes){line.data, id_size}, out);
}

static bool parse_ring(struct idp_call *call, struct idp_bytes text, struct idp_key_ring *out)
{
    while (text.size > 0) {
        const char *end = memchr(text.data, '\n', text.size);
        size_t size = end ? (size_t)(end - text.data) : text.size;
        struct idp_bytes line = {text.data, size};

        if (out->count == IDP_MASTER_KEY_COUNT_MAX ||
            !parse_line(call, line, &out->keys[out->count])) {
            return false;
        }
        out->count++;
        size += end ? 1 : 0;
        text = (struct idp_bytes){text.data + size, text.size - size};
    }
    return out->count > 0;
}

const struct idp_key_ring *idp_key_ring_read(struct idp_call *call, const char *path)
{
    struct idp_key_ring *ring = idp_allocate(call, sizeof *ring);
    struct stat status;

    if (lstat(path, &status) == 0 && cache_get(&status, ring)) {
        return ring;
    }

    struct idp_bytes text = {idp_allocate(call, IDP_MASTER_KEY_FILE_SIZE_MAX + 1), 0};
    enum file_fault fault = read_file(path, &status, (char *)text.data, &text.size);

    if (fault == FILE_ABSENT) {
        return ring;
    }
    if (fault == FILE_OK && !parse_ring(call, text, ring)) {
        fault = FILE_MALFORMED;
    }
    if (fault != FILE_OK) {
        fail_file(call, fault, path);
    }
    cache_put(&status, ring);
    return ring;
}

static bool write_all(int file, struct idp_bytes text)
{
    while (text.size > 0) {
        ssize_t count = write(file, text.data, text.size);

        if (count < 0 && errno != EINTR) {
            return false;
        }
        if (count > 0) {
            text = (struct idp_bytes){text.data + count, text.size - (size_t)count};
        }
    }
    return true;
}

static bool write_temporary(const char *path, struct idp_bytes text)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (file < 0) {
        return false;
    }

    bool done = write_all(file, text) && fsync(file) == 0;

    return close(file) == 0 && done;
}

static bool sync_directory(const char *directory)
{
    int file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (file < 0) {
        return false;
    }

    bool done = fsync(file) == 0;

    return close(file) == 0 && done;
}

static const char *directory_of(struct idp_call *call, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash) {
        return ".";
    }
    return idp_text_c(call, (struct idp_bytes){path, slash == path ? 1 : (size_t)(slash - path)});
}

static const char *temporary_of(struct idp_call *call, const char *path)
{
    struct idp_text name = {.call = call};

    idp_text_add_c(&name, path);
    idp_text_add_char(&name, '.');
    idp_text_add(&name, idp_random_text(call, TEMPORARY_NAME_SIZE));
    return idp_text_bytes(&name).data;
}

static struct idp_bytes line_of(struct idp_call *call, const struct idp_master_key *key)
{
    struct idp_text line = {.call = call};
    struct idp_bytes secret = {(const char *)key->key, IDP_MASTER_KEY_SIZE};

    idp_text_add(&line, (struct idp_bytes){key->id, key->id_size});
    idp_text_add_char(&line, ' ');
    idp_text_add(&line, idp_base64_encode(call, secret));
    idp_text_add_char(&line, '\n');
    return idp_text_bytes(&line);
}

void idp_key_ring_create(struct idp_call *call, const char *path, const struct idp_master_key *key)
{
    const char *directory = directory_of(call, path);
    const char *temporary = temporary_of(call, path);
    struct idp_bytes line = line_of(call, key);
    bool done = write_temporary(temporary, line) &&
                (link(temporary, path) == 0 || errno == EEXIST) && sync_directory(directory);

    unlink(temporary);
    if (!done) {
        fail_file(call, FILE_UNWRITABLE, path);
    }
}
