/* SPDX-License-Identifier: Apache-2.0 */
/* compat.h - what differs between PostgreSQL 14 and 18, in one place. */
#ifndef IDPLANE_PG_COMPAT_H
#define IDPLANE_PG_COMPAT_H

#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/guc_tables.h"

#if PG_VERSION_NUM < 140000
#error "idplane needs PostgreSQL 14 or newer"
#endif

/* PostgreSQL 14 has no reserved prefixes, only a warning for unknown names. */
static inline void idp_pg_reserve_prefix(const char *prefix)
{
#if PG_VERSION_NUM >= 150000
    MarkGUCPrefixReserved(prefix);
#else
    EmitWarningsOnPlaceholders(prefix);
#endif
}

/* True where a setting has the value that it was born with: nobody set it, or who did might not. */
static inline bool idp_pg_setting_is_unset(const char *name)
{
#if PG_VERSION_NUM >= 160000
    return find_option(name, false, false, ERROR)->source == PGC_S_DEFAULT;
#else
    struct config_generic **all = get_guc_variables();
    int i = 0;
    while (i < GetNumConfigOptions() && strcmp(all[i]->name, name) != 0) {
        i++;
    }
    return i == GetNumConfigOptions() || all[i]->source == PGC_S_DEFAULT;
#endif
}

/* Pins the search path to pg_catalog without touching the setting, which would cost 1-2 µs a call.
 * Returns what idp_pg_path_unpin needs. An error unwinds it with its (sub)transaction. */
static inline int idp_pg_path_pin(void)
{
#if PG_VERSION_NUM >= 170000
    int level = NewGUCNestLevel();
    RestrictSearchPath();
    return level;
#else
    OverrideSearchPath path = {.schemas = NIL, .addCatalog = true, .addTemp = false};
    PushOverrideSearchPath(&path);
    return 0;
#endif
}

static inline void idp_pg_path_unpin(int level)
{
#if PG_VERSION_NUM >= 170000
    AtEOXact_GUC(false, level);
#else
    (void)level;
    PopOverrideSearchPath();
#endif
}

/* Whether a role may use a schema, execute a function, read a table. */
static inline bool idp_pg_may_use(Oid schema, Oid role)
{
#if PG_VERSION_NUM >= 160000
    return object_aclcheck(NamespaceRelationId, schema, role, ACL_USAGE) == ACLCHECK_OK;
#else
    return pg_namespace_aclcheck(schema, role, ACL_USAGE) == ACLCHECK_OK;
#endif
}

static inline bool idp_pg_may_execute(Oid function, Oid role)
{
#if PG_VERSION_NUM >= 160000
    return object_aclcheck(ProcedureRelationId, function, role, ACL_EXECUTE) == ACLCHECK_OK;
#else
    return pg_proc_aclcheck(function, role, ACL_EXECUTE) == ACLCHECK_OK;
#endif
}

static inline bool idp_pg_may_select(Oid relation, Oid role)
{
    return pg_class_aclcheck(relation, role, ACL_SELECT) == ACLCHECK_OK;
}

#endif
