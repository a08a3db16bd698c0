/* SPDX-License-Identifier: Apache-2.0 */
/* interrupt.c - sqlite3_interrupt() from another thread ends a fetch; and many fetches, of all
 * kinds, leave no descriptor, thread or memory: interrupt MODULE URL. */
#include <dirent.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FETCH_COUNT = 200, INTERRUPT_AFTER_MS = 300, INTERRUPT_WITHIN_MS = 1000 };

static sqlite3 *db;

static long now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static int fetch(const char *url, const char *path)
{
    char *sql = sqlite3_mprintf("SELECT idplane_fetch('%q%q')", url, path);
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_free(sql);
    return code;
}

static void *interrupt(void *unused)
{
    usleep(INTERRUPT_AFTER_MS * 1000);
    sqlite3_interrupt(db);
    return unused;
}

static int interrupted(const char *url, const char *path)
{
    pthread_t thread;
    long started = now_ms();
    pthread_create(&thread, NULL, interrupt, NULL);
    int code = fetch(url, path);
    pthread_join(thread, NULL);
    long took = now_ms() - started - INTERRUPT_AFTER_MS;
    printf("%s ends %ld ms after the interrupt with %d\n", path, took, code);
    return code != SQLITE_INTERRUPT || took > INTERRUPT_WITHIN_MS;
}

static int entry_count(const char *folder)
{
    int count = 0;
    DIR *entries = opendir(folder);
    while (entries && readdir(entries))
        count++;
    if (entries)
        closedir(entries);
    return count;
}

static long resident_kb(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%*d %ld", &pages) != 1)
        pages = 0;
    if (file)
        fclose(file);
    return pages * sysconf(_SC_PAGESIZE) / 1024;
}

static int fetch_many(const char *url)
{
    static const char *const paths[] = {"/plain", "/plain",   "/plain",
                                        "/cut",   "/missing", "/endless"};
    int failed = 0;
    for (int i = 0; i < FETCH_COUNT; i++)
        failed |= fetch(url, paths[i % (int)(sizeof paths / sizeof *paths)]);
    return failed;
}

int main(int count, char **arguments)
{
    char *message = NULL;
    if (count != 3 || sqlite3_open(":memory:", &db) || sqlite3_enable_load_extension(db, 1) ||
        sqlite3_load_extension(db, arguments[1], NULL, &message)) {
        printf("%s\n", message ? message : "interrupt MODULE URL");
        return 2;
    }
    const char *url = arguments[2];
    int failed = interrupted(url, "/mute") | interrupted(url, "/drip");
    failed |= fetch_many(url);
    int descriptors = entry_count("/proc/self/fd"), threads = entry_count("/proc/self/task");
    long resident = resident_kb();
    failed |= fetch_many(url);
    printf("descriptors %d to %d, threads %d to %d, resident %ld to %ld kB\n", descriptors,
           entry_count("/proc/self/fd"), threads, entry_count("/proc/self/task"), resident,
           resident_kb());
    failed |= descriptors != entry_count("/proc/self/fd") ||
              threads != entry_count("/proc/self/task") || resident_kb() - resident > 2000;
    return failed | (sqlite3_close(db) != SQLITE_OK);
}
