/* SPDX-License-Identifier: Apache-2.0 */
/* syncs.c - preloaded: a byte in the file SYNCS_FILE for each time that a process waits for the
 * disk. Where there is a file SYNCS_BROKEN, that fails once, and the file is gone. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int sync_counted(long call, int fd)
{
    const char *name = getenv("SYNCS_FILE"), *broken = getenv("SYNCS_BROKEN");
    int log = name == NULL ? -1 : open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (broken != NULL && unlink(broken) == 0) {
        errno = EIO;
        return -1;
    }
    if (log >= 0) {
        (void)!write(log, "s", 1);
        close(log);
    }
    return (int)syscall(call, fd);
}

__attribute__((visibility("default"))) int fsync(int fd)
{
    return sync_counted(SYS_fsync, fd);
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
    return sync_counted(SYS_fdatasync, fd);
}
