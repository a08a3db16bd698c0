/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.h - what is fetched for requests: by whom, in which order, and how it is handed over. */
#ifndef IDPLANE_HTTPD_FETCH_H
#define IDPLANE_HTTPD_FETCH_H

#include "httpd/httpd.h"

/* The process that fetches finds a socket for each of its threads here. */
enum { FETCHING_FD = 3 };
/* The one argument that makes a process of this program the one that fetches. */
#define FETCHING_ARGUMENT "--fetching"
_Noreturn void fetching_run(void);
/* Ends the process where its environment says how to fetch in a way that no fetch would take: the
 * first login is too late to learn of it. */
void fetching_check(void);

/* NULL or false: the other side is gone. */
char *message_read(int fd);
bool message_write(int fd, const char *text);

/* Puts a request into the queue of the URL's host. Where too many wait, the last one of the longest
 * queue is refused. */
void hosts_add(struct exchange *exchange, const char *url);
/* The next to be fetched, which counts as under way until host_done(); NULL: none now. */
struct exchange *hosts_next(void);
void host_done(struct host *host);
/* Refuses all that wait in vain. */
void hosts_sweep(void);

/* Lets those go on that are due. */
void pausing_resume(void);
uint64_t pausing_due_us(void);

#endif
