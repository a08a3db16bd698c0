/* SPDX-License-Identifier: Apache-2.0 */
/* pair.c - paired slices, and the rows that are printed of them. */
#include "bench/pair.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    ROUND_COUNT_DEFAULT = 9,
    ROUND_COUNT_MAX = 999,
    BATCH_NS = 500000,
    NS_OF_MS = 1000000,
    MIB = 1 << 20
};

void progress(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("  ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

/* xorshift64*: what it costs is nothing beside what is measured. */
uint64_t random_below(uint64_t limit)
{
    static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (state * UINT64_C(0x2545f4914f6cdd1d) >> 11) % limit;
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static unsigned round_count(void)
{
    const char *text = getenv("IDPLANE_BENCH_ROUNDS");
    unsigned long count = text == NULL ? ROUND_COUNT_DEFAULT : strtoul(text, NULL, 10);
    require(count >= 1 && count <= ROUND_COUNT_MAX, "IDPLANE_BENCH_ROUNDS is from 1 to 999");
    return (unsigned)count;
}

struct side {
    void (*step)(void *context);
    void *context;
    unsigned batch; /* steps between two readings of the clock */
};

static uint64_t batch_ns(const struct side *side)
{
    uint64_t start = now_ns();
    for (unsigned i = 0; i < side->batch; i++)
        side->step(side->context);
    return now_ns() - start;
}

/* Warms up, and finds a batch that makes the clock's own cost vanish. */
static void calibrate(struct side *side)
{
    side->batch = 1;
    while (batch_ns(side) < BATCH_NS)
        side->batch *= 2;
}

/* Steps per nanosecond. */
static double slice_rate(const struct side *side, unsigned slice_ms)
{
    uint64_t elapsed = 0, steps = 0;
    while (elapsed < (uint64_t)slice_ms * NS_OF_MS) {
        elapsed += batch_ns(side);
        steps += side->batch;
    }
    return (double)steps / (double)elapsed;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void row_write(const struct pair *pair, const double *ratios, unsigned count)
{
    printf("%s\t%s\t%s\t%.3f\t%.3f\t%.3f\t%s\n", pair->section, pair->name, pair->reference,
           ratios[count / 2], ratios[count / 4], ratios[count * 3 / 4], pair->goal);
    fflush(stdout);
}

void pair_measure(const struct pair *pair)
{
    double ratios[ROUND_COUNT_MAX], reference_rate = 0, case_rate = 0;
    unsigned count = round_count();
    struct side reference = {pair->reference_step, pair->context, 1};
    struct side measured = {pair->case_step, pair->context, 1};
    calibrate(&reference);
    calibrate(&measured);
    for (unsigned i = 0; i < count; i++) {
        reference_rate = slice_rate(&reference, pair->slice_ms);
        case_rate = slice_rate(&measured, pair->slice_ms);
        ratios[i] = case_rate / reference_rate;
    }
    qsort(ratios, count, sizeof ratios[0], compare);
    row_write(pair, ratios, count);
    progress("%s: %s, %.0f/s and %.0f/s in the last round", pair->section, pair->name,
             reference_rate * 1e9, case_rate * 1e9);
}

void row_print(const char *section, const char *name, const char *reference, double value,
               const char *goal)
{
    printf("%s\t%s\t%s\t%.3f\t\t\t%s\n", section, name, reference, value, goal);
    fflush(stdout);
}

double resident_mib(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    require(file != NULL && fscanf(file, "%*u %lu", &pages) == 1, "/proc cannot be read");
    fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / MIB;
}
