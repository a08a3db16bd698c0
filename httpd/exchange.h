/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.h - between the loop of the server and the requests that it reads: its callbacks, as
 * libmicrohttpd has them, and what one tells the other. */
#ifndef IDPLANE_HTTPD_EXCHANGE_H
#define IDPLANE_HTTPD_EXCHANGE_H

#include <signal.h>

#include "httpd/httpd.h"

extern unsigned body_size_max, timeout_s;
extern volatile sig_atomic_t stopping;

extern size_t exchanges_open;   /* requests that have not ended */
extern bool exchanges_came;     /* one came to the engine */
extern bool exchanges_answered; /* one that slept, and the server has not come to it */

/* MHD_NotifyConnectionCallback, MHD_LogCallback for a URI, MHD_AccessHandlerCallback and
 * MHD_RequestCompletedCallback: in the order in which they come. */
void connection_changed(void *context, struct MHD_Connection *connection, void **slot,
                        enum MHD_ConnectionNotificationCode code);
void *exchange_open(void *context, const char *uri, struct MHD_Connection *connection);
enum MHD_Result exchange_handle(void *context, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *data,
                                size_t *size, void **slot);
void exchange_close(void *context, struct MHD_Connection *connection, void **slot,
                    enum MHD_RequestTerminationCode code);

/* Cuts off connections that take too long. */
void connections_sweep(uint64_t now_us);

#endif
