/* SPDX-License-Identifier: Apache-2.0 */
/* connection.c - what is kept for one database connection from call to call. */
#include "sqlite_ext/adapter.h"

#include <string.h>

SQLITE_EXTENSION_INIT3

struct idp_connection *idp_connection_open(sqlite3 *db)
{
    struct idp_connection *connection = sqlite3_malloc64(sizeof *connection);
    if (connection != NULL) {
        *connection = (struct idp_connection){.db = db, .references = 1};
    }
    return connection;
}

void idp_connection_release(void *object)
{
    struct idp_connection *connection = object;
    if (--connection->references > 0) {
        return;
    }
    idp_statements_release(connection);
    for (size_t i = 0; i < IDP_SESSION_COUNT; i++) {
        sqlite3_free(connection->session[i]);
    }
    idp_kept_release(connection);
    sqlite3_free(connection->spare_block);
    sqlite3_free(connection);
}

struct block_header {
    size_t size;
    size_t padding; /* keeps the block aligned to 16 */
};

void *idp_block_obtain(void *context, size_t size)
{
    struct idp_connection *connection = context;
    struct block_header *header = connection->spare_block;
    if (header != NULL && header->size >= size) {
        connection->spare_block = NULL;
        return header + 1;
    }
    header = sqlite3_malloc64(sizeof *header + size);
    if (header == NULL) {
        return NULL;
    }
    header->size = size;
    return memset(header + 1, 0, size);
}

void idp_block_release(void *context, void *block)
{
    struct idp_connection *connection = context;
    struct block_header *header = (struct block_header *)block - 1;
    if (connection->spare_block == NULL && header->size <= IDP_SPARE_BLOCK_SIZE_MAX) {
        connection->spare_block = header;
        return;
    }
    sqlite3_free(header);
}
