/* SPDX-License-Identifier: Apache-2.0 */
/* master_key.c - where the master key of a database is: in a file beside it, or, where the database
 * is memory, in memory. */
#include "sqlite_ext/adapter.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

SQLITE_EXTENSION_INIT3

enum { KEY_SIZE = 32 };

/* One for the process: connections may share a database in memory. */
static struct {
    unsigned char key[KEY_SIZE];
    bool known;
} process;
static pthread_once_t process_once = PTHREAD_ONCE_INIT;

static void make_process_key(void)
{
    process.known = getrandom(process.key, KEY_SIZE, 0) == KEY_SIZE;
}

/* The VFS of databases that are memory gives them names that look like files. */
static bool is_memory_vfs(sqlite3 *db)
{
    char *name = NULL;
    (void)sqlite3_file_control(db, "main", SQLITE_FCNTL_VFSNAME, &name);
    const char *last = name == NULL ? NULL : strrchr(name, '/');
    last = last == NULL ? name : last + 1;
    bool found = last != NULL && strncmp(last, "memdb", 5) == 0;
    sqlite3_free(name);
    return found;
}

const char *idp_master_key_path(struct idp_call *call, unsigned char ephemeral[KEY_SIZE])
{
    struct idp_frame *frame = call->context;
    const char *chosen = secure_getenv("IDPLANE_MASTER_KEY_FILE");
    if (chosen != NULL && *chosen != '\0') {
        return chosen;
    }
    const char *file = sqlite3_db_filename(frame->connection->db, "main");
    if (file == NULL || *file == '\0' || is_memory_vfs(frame->connection->db)) {
        pthread_once(&process_once, make_process_key);
        if (!process.known) {
            idp_frame_fail(frame, IDP_CRYPTO, "The system gave no random bytes.");
        }
        memcpy(ephemeral, process.key, KEY_SIZE);
        return NULL;
    }
    size_t size = strlen(file) + sizeof ".key";
    char *path = idp_allocate(call, size);
    sqlite3_snprintf((int)size, path, "%s.key", file);
    return path;
}
