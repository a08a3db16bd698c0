/* SPDX-License-Identifier: Apache-2.0 */
/* process.h - a library that lives in a process of its own: it reads lines and answers lines. */
#ifndef IDPLANE_BENCH_PROCESS_H
#define IDPLANE_BENCH_PROCESS_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct process {
    pid_t pid;
    FILE *to, *from; /* its standard input and output */
};

/* Ends the program where that fails, as all of these. */
struct process process_start(char **command);

/* Sends what was written to it; true where it answers "ok". */
bool process_answers(struct process *process);

void process_end(struct process *process);

#endif
