/* SPDX-License-Identifier: Apache-2.0 */
/* process.c - starts a process and talks to it, a line at a time. */
#include "bench/process.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/pair.h"

struct process process_start(char **command)
{
    struct process process;
    int to[2], from[2];
    require(pipe(to) == 0 && pipe(from) == 0, "no pipe");
    process.pid = fork();
    require(process.pid >= 0, "no process");
    if (process.pid == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        close(to[1]);
        close(from[0]);
        execvp(command[0], command);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    process.to = fdopen(to[1], "w");
    process.from = fdopen(from[0], "r");
    require(process.to != NULL && process.from != NULL, "no pipe");
    return process;
}

bool process_answers(struct process *process)
{
    char line[16];
    require(fflush(process->to) == 0 && fgets(line, sizeof line, process->from) != NULL,
            "the partner does not answer");
    return strcmp(line, "ok\n") == 0;
}

void process_end(struct process *process)
{
    int status;
    fclose(process->to);
    require(waitpid(process->pid, &status, 0) == process->pid && status == 0,
            "the partner ends badly");
    fclose(process->from);
}
