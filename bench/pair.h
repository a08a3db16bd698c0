/* SPDX-License-Identifier: Apache-2.0 */
/* pair.h - what the benchmark programs share: measuring two things against each other.
 *
 * Rates on a shared machine drift by a factor of two within seconds; the ratio of two slices that
 * follow each other does not. So a case always runs right after its reference, round after round,
 * and what is printed is the median of the ratios of the rounds, with its quartiles. */
#ifndef IDPLANE_BENCH_PAIR_H
#define IDPLANE_BENCH_PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pair {
    const char *section, *name, *reference;
    const char *goal; /* ">= 0.92"; empty: none */
    void (*reference_step)(void *context);
    void (*case_step)(void *context);
    void *context;
    unsigned slice_ms;
};

/* Measures and prints a row of the table (bench/run lays it out). IDPLANE_BENCH_ROUNDS says how
 * many rounds; the time in a step is all there is between two readings of the clock. */
void pair_measure(const struct pair *pair);

/* A row whose value is not a ratio. */
void row_print(const char *section, const char *name, const char *reference, double value,
               const char *goal);

/* What this process has in memory, in MiB. */
double resident_mib(void);

/* Tells on stderr what is being done. */
void progress(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Evenly spread numbers below `limit`; the same ones in every run. */
uint64_t random_below(uint64_t limit);

/* Ends the program where the condition does not hold: what would be measured is not what it says.
 */
void require(bool condition, const char *what);

#endif
