/* SPDX-License-Identifier: Apache-2.0 */
/* tenant.c - the row of a tenant. A tenant exists from its first use: whatever writes for it makes
 * its row, and one without a row has the defaults. */
#include "core/oauth/tenant.h"

const struct idp_statement idp_tenant_statements[] = {
    /* A row also where the tenant has none: that it has no settings is kept, too. */
    [IDP_TENANT_SETTINGS] = {"SELECT (SELECT settings FROM idplane.tenant WHERE tenant = $1)", "t",
                             "j", true},
    [IDP_TENANT_ENSURE] = {"INSERT INTO idplane.tenant"
                           " (tenant, created_at, settings, version)"
                           " VALUES ($1, $2, $3, 1) ON CONFLICT (tenant) DO NOTHING",
                           "tzj", ""},
    [IDP_TENANT_LOCK] = {"UPDATE idplane.tenant SET version = version WHERE tenant = $1", "t", ""},
    [IDP_TENANT_CONFIGURE] = {"UPDATE idplane.tenant SET settings = $2, base_authority = $3,"
                              " base_path = $4, version = version + 1"
                              " WHERE tenant = $1 AND version = $5",
                              "tjtti", ""},
    [IDP_TENANT_VERSION] = {"SELECT version, settings FROM idplane.tenant WHERE tenant = $1", "t",
                            "ij"},
    [IDP_TENANT_BY_AUTHORITY] = {"SELECT tenant, base_path FROM idplane.tenant"
                                 " WHERE base_authority = $1",
                                 "t", "tt", true},
    [IDP_TENANT_BY_HOST] = {"SELECT tenant, base_path, base_authority FROM idplane.tenant"
                            " WHERE base_authority > $1 AND base_authority < $2",
                            "tt", "ttt"},
    [IDP_TENANT_UNADDRESSED] = {"SELECT base_authority FROM idplane.tenant WHERE tenant = $1", "t",
                                "t", true},
    [IDP_TENANT_SHARING] = {"SELECT count(*) FROM idplane.tenant t, idplane.tenant o"
                            " WHERE t.tenant = $1 AND o.tenant <> $1"
                            " AND o.base_authority = t.base_authority"
                            " AND o.base_path = t.base_path",
                            "t", "i"},
};
const size_t idp_tenant_statement_count = IDP_COUNT(idp_tenant_statements);

void idp_tenant_ensure(struct idp_call *call)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call)),
                                    idp_value_time(idp_now_us(call)),
                                    idp_value_json_text(idp_bytes_of("{}"))};
    idp_run(call, &idp_tenant_statements[IDP_TENANT_ENSURE], arguments);
}

void idp_tenant_lock(struct idp_call *call)
{
    struct idp_value tenant = idp_value_text(idp_tenant(call));
    call->host->begin(call);
    idp_tenant_ensure(call);
    idp_run(call, &idp_tenant_statements[IDP_TENANT_LOCK], &tenant);
}

static struct idp_value settings_column(struct idp_call *call)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call))};
    const struct idp_value *row =
        idp_run_one(call, &idp_tenant_statements[IDP_TENANT_SETTINGS], arguments);
    return row == NULL ? idp_null() : row[0];
}

const struct idp_json *idp_settings_document(struct idp_call *call)
{
    return idp_json_argument(call, settings_column(call), "settings");
}

/* What a call has read it goes by to its end: whose they are, and the memory that they live in. */
struct known_settings {
    struct idp_bytes tenant;
    const struct idp_arena *arena;
    struct idp_settings settings;
};

struct idp_settings idp_settings_load(struct idp_call *call)
{
    const struct known_settings *known = call->settings;
    struct idp_bytes tenant = idp_tenant(call);
    if (known != NULL && known->arena == call->arena && idp_bytes_equal(known->tenant, tenant)) {
        return known->settings;
    }
    struct known_settings *read = idp_allocate(call, sizeof *read);
    read->tenant = tenant;
    read->arena = call->arena;
    read->settings = idp_settings_read(call, settings_column(call));
    call->settings = read;
    return read->settings;
}

/* ---- the tenant behind an address ---- */

bool idp_tenant_address_shared(struct idp_call *call)
{
    struct idp_value arguments[] = {idp_value_text(idp_tenant(call))};
    return idp_run_row(call, &idp_tenant_statements[IDP_TENANT_SHARING], arguments)[0].integer > 0;
}

static bool path_within(struct idp_bytes path, struct idp_bytes base)
{
    return idp_bytes_start(path, base) && (path.size == base.size || path.data[base.size] == '/');
}

#define DEFAULT_PORT ":8080" /* of IDP_BASE_URL_DEFAULT */

/* The default tenant answers at the default address until it, or another tenant, is given one. */
static bool default_match(struct idp_call *call, struct idp_bytes authority,
                          struct idp_bytes *tenant)
{
    if (!idp_bytes_is(authority, "127.0.0.1" DEFAULT_PORT) &&
        !idp_bytes_is(authority, "localhost" DEFAULT_PORT)) {
        return false;
    }
    struct idp_value arguments[] = {idp_value_text(idp_bytes_of("default"))};
    const struct idp_value *row =
        idp_run_one(call, &idp_tenant_statements[IDP_TENANT_UNADDRESSED], arguments);
    *tenant = idp_bytes_of("default");
    return row == NULL || row[0].kind == 0;
}

static struct idp_bytes without_default_port(struct idp_bytes authority)
{
    static const char *const ports[] = {":443", ":80"};
    for (size_t i = 0; i < IDP_COUNT(ports); i++) {
        if (idp_bytes_end(authority, idp_bytes_of(ports[i]))) {
            authority.size -= idp_bytes_of(ports[i]).size;
            break;
        }
    }
    return authority;
}

/* A base_url is kept without a default port, a client may send one. */
static struct idp_rows rows_at(struct idp_call *call, struct idp_bytes authority)
{
    struct idp_value arguments[] = {idp_value_text(authority)};
    struct idp_rows rows =
        idp_run(call, &idp_tenant_statements[IDP_TENANT_BY_AUTHORITY], arguments);
    struct idp_bytes bare = without_default_port(authority);
    if (rows.count > 0 || bare.size == authority.size) {
        return rows;
    }
    arguments[0] = idp_value_text(bare);
    return idp_run(call, &idp_tenant_statements[IDP_TENANT_BY_AUTHORITY], arguments);
}

/* The one whose base path is the longest that the path is within. */
static bool row_choose(struct idp_rows rows, struct idp_bytes path, struct idp_bytes *tenant,
                       struct idp_bytes *rest)
{
    size_t found = 0, longest = 0;
    for (size_t i = 0; i < rows.count; i++) {
        const struct idp_value *row = &rows.values[i * rows.columns];
        struct idp_bytes base = idp_text_of(row[1]);
        if (!path_within(path, base) || (found > 0 && base.size < longest)) {
            continue;
        }
        found = found > 0 && base.size == longest ? found + 1 : 1;
        longest = base.size;
        *tenant = idp_text_of(row[0]);
    }
    *rest = (struct idp_bytes){path.data + longest, path.size - longest};
    return found == 1;
}

bool idp_tenant_match(struct idp_call *call, struct idp_bytes authority, struct idp_bytes path,
                      struct idp_bytes *tenant, struct idp_bytes *rest)
{
    struct idp_rows rows = rows_at(call, authority);
    if (rows.count == 0) {
        *rest = path;
        return default_match(call, authority, tenant);
    }
    return row_choose(rows, path, tenant, rest);
}

static struct idp_bytes with(struct idp_call *call, struct idp_bytes text, const char *more)
{
    struct idp_text whole = {.call = call};
    idp_text_add(&whole, text);
    idp_text_add_c(&whole, more);
    return idp_text_bytes(&whole);
}

/* An address in brackets has colons of its own. */
static bool has_port(struct idp_bytes authority)
{
    return authority.size == 0 || (memchr(authority.data, ':', authority.size) != NULL &&
                                   authority.data[authority.size - 1] != ']');
}

bool idp_tenant_match_host(struct idp_call *call, struct idp_bytes host, struct idp_bytes path,
                           struct idp_bytes *tenant, struct idp_bytes *rest)
{
    if (has_port(host) || rows_at(call, host).count > 0) {
        return false;
    }
    struct idp_value range[] = {idp_value_text(with(call, host, ":")),
                                idp_value_text(with(call, host, ";"))};
    struct idp_rows rows = idp_run(call, &idp_tenant_statements[IDP_TENANT_BY_HOST], range);
    for (size_t i = 1; i < rows.count; i++) {
        if (!idp_bytes_equal(idp_text_of(rows.values[i * rows.columns + 2]),
                             idp_text_of(rows.values[2]))) {
            return false;
        }
    }
    if (rows.count == 0) {
        *rest = path;
        return default_match(call, with(call, host, DEFAULT_PORT), tenant);
    }
    return row_choose(rows, path, tenant, rest);
}
