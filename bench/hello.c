/* SPDX-License-Identifier: Apache-2.0 */
/* hello.c - the reference of HTTP: libmicrohttpd with nothing behind it. It reads a body where one
 * comes and answers as many bytes as a poll does, with the same daemon flags as idplane-httpd.
 *
 *   hello PORT */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

static const char answer[] =
    "{\"error\":\"authorization_pending\",\"error_description\":\"The user "
    "has not decided yet.\"}";

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **slot)
{
    static int seen;
    (void)context, (void)url, (void)method, (void)version, (void)data;
    if (*slot == NULL) {
        *slot = &seen;
        return MHD_YES;
    }
    if (*size > 0) {
        *size = 0;
        return MHD_YES;
    }
    struct MHD_Response *response = MHD_create_response_from_buffer(
        sizeof answer - 1, (void *)(uintptr_t)answer, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "application/json");
    enum MHD_Result result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

int main(int count, char **arguments)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (count != 2)
        return 1;
    address.sin_port = htons((uint16_t)strtoul(arguments[1], NULL, 10));
    struct MHD_Daemon *server =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_TURBO, 0, NULL, NULL, handle, NULL,
                         MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END);
    if (server == NULL)
        return 1;
    printf("http://127.0.0.1:%u\n", MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    while (MHD_run_wait(server, -1) == MHD_YES)
        continue;
    return 1;
}
