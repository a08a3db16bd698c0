/* SPDX-License-Identifier: Apache-2.0 */
/* idplane.h - the contract between the core and the adapters that embed it.
 *
 * An adapter turns SQL values into `struct idp_value`, opens an arena, and calls idp_invoke() with
 * a row of the function table. The core reaches rows, time and randomness only through `struct
 * idp_host`. Misuse and a broken store end in host->fail, which does not return (it jumps back into
 * the adapter), so neither allocation nor statements have a failure path in the core. Everything a
 * call makes belongs to its arena, foreign objects included: the core never frees. */
#ifndef IDPLANE_H
#define IDPLANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDP_VERSION "0.1.0"
#define IDP_SCHEMA_VERSION 1

/* On which PostgreSQL notifies of decisions. */
#define IDP_CHANNEL "idplane"

#define IDP_MUST_CHECK __attribute__((warn_unused_result))
#define IDP_NORETURN __attribute__((noreturn))
#define IDP_LITERAL(text)                                                                          \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    } /* struct idp_bytes, where it is initialized */
#define IDP_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Limits: every input has one; beyond it the input is refused, never cut. Sizes are bytes. */
enum idp_limit {
    IDP_ARGUMENT_SIZE_MAX = 1 << 20,
    IDP_ARGUMENT_COUNT_MAX = 8,
    IDP_STATEMENT_ARGUMENT_COUNT_MAX = 24,
    IDP_ROW_COUNT_MAX = 10000,
    IDP_JSON_SIZE_MAX = 1 << 20,
    IDP_JSON_DEPTH_MAX = 64,
    IDP_JSON_EXPONENT_MAX = 400,
    IDP_JSON_MEMBER_COUNT_MAX = 4096, /* values of a document, at any depth */
    IDP_JSON_NUMBER_SIZE_MAX = 1024,  /* what PostgreSQL's numeric takes at any exponent */
    IDP_TOKEN_SIZE_MAX = 64 << 10,
    IDP_TOKEN_ID_SIZE_MAX = 255, /* jti of what is good once */
    IDP_KEY_TEXT_SIZE_MAX = 256 << 10,
    IDP_KEY_COUNT_MAX = 256,
    IDP_CERTIFICATE_COUNT_MAX = 8, /* beside a key */
    IDP_CSR_SIZE_MAX = 16 << 10,
    IDP_CA_NAME_SIZE_MAX = 64,
    IDP_PROFILE_NAME_SIZE_MAX = 64,
    IDP_PROFILE_SIZE_MAX = 16 << 10,
    IDP_PROFILE_COUNT_MAX = 64,          /* of a tenant */
    IDP_ALTERNATIVE_NAME_COUNT_MAX = 32, /* of a certificate that is issued */
    IDP_NAME_ATTRIBUTE_COUNT_MAX = 32,   /* of a distinguished name */
    IDP_EXTENSION_COUNT_MAX = 32,        /* of a certificate or request */
    IDP_OCSP_REQUEST_SIZE_MAX = 4 << 10,
    IDP_OCSP_CERTIFICATE_COUNT_MAX = 16,
    IDP_OCSP_NONCE_SIZE_MAX = 32, /* RFC 8954 §2.1 */
    IDP_CERTIFICATE_SIZE_MAX = 16 << 10,
    IDP_CHAIN_LENGTH_MAX = 16,     /* leaf and anchor included */
    IDP_CHAIN_SENT_COUNT_MAX = 64, /* certificates beside the leaf */
    IDP_CHAIN_ANCHOR_COUNT_MAX = 256,
    IDP_CHAIN_CRL_COUNT_MAX = 32,
    IDP_CHAIN_ATTEMPT_COUNT_MAX = 16,        /* paths that are tried */
    IDP_ENROLLMENT_CHAIN_COUNT_MAX = 8,      /* certificates of the authority of a group */
    IDP_ENROLLMENT_CANDIDATE_COUNT_MAX = 64, /* enrollments that know the issuers of a device */
    IDP_ENROLLMENT_LIST_COUNT_MAX = 1024,    /* of serials, keys, names; of entries of an ACL */
    IDP_ENROLLMENT_HUB_COUNT_MAX = 64,       /* of an enrollment */
    IDP_HUB_GATEWAY_COUNT_MAX = 64,          /* of a hub */
    IDP_DEVICE_SESSIONS_OPEN_MAX = 16,       /* of a device that has proven nothing */
    IDP_NAME_SIZE_MAX = 255,                 /* of enrollments, profiles and the like */
    IDP_TPM_STRUCTURE_SIZE_MAX = 1 << 10,    /* public area, attestation or signature */
    IDP_TENANT_SIZE_MAX = 128,
    IDP_CLIENT_ID_SIZE_MAX = 255,
    IDP_CLIENT_SECRET_SIZE_MAX = 255,
    IDP_SUBJECT_SIZE_MAX = 255,
    IDP_SOURCE_SIZE_MAX = 64,
    IDP_SCOPE_SIZE_MAX = 2048,
    IDP_METADATA_SIZE_MAX = 64 << 10,
    IDP_SETTINGS_SIZE_MAX = 64 << 10,
    IDP_DEVICE_CODE_SIZE_MAX = 256,
    IDP_DEVICE_INFO_SIZE_MAX = 2048,
    IDP_GRANT_DETAILS_SIZE_MAX = 8 << 10,
    IDP_USER_CODE_INPUT_SIZE_MAX = 128,
    IDP_URL_SIZE_MAX = 2000,
    IDP_QR_TEXT_SIZE_MAX = 1024,
    IDP_OIDC_SIZE_MAX = 64 << 10,
    IDP_OIDC_EFFECTIVE_SIZE_MAX = 256 << 10, /* each item of a list inherits a prefix */
    IDP_OIDC_LIST_COUNT_MAX = 64,
    IDP_OIDC_FIELD_COUNT_MAX = 256, /* items of a field */
    IDP_OIDC_VALUE_COUNT_MAX = 2048,
    IDP_OIDC_NAME_SIZE_MAX = 255,
    IDP_OIDC_CLAIMS_COUNT_MAX = 1000,
    IDP_OIDC_CLAIMS_VALUE_COUNT_MAX = 64 << 10, /* of all of them */
    IDP_FILLED_SIZE_MAX = 1 << 20,              /* a text whose placeholders are filled */
    IDP_CONNECTION_SIZE_MAX = 256 << 10,
    IDP_CONNECTION_ID_SIZE_MAX = 255,
    IDP_CONNECTION_COUNT_MAX = 1000, /* of a tenant */
    IDP_CONNECTION_SECRET_COUNT_MAX = 256,
    IDP_QUERY_DEFINITION_SIZE_MAX = 16 << 10,
    IDP_QUERY_ANSWER_SIZE_MAX = 16 << 10,
    IDP_QUERY_TABLE_COUNT_MAX = 16,
    IDP_QUERY_TIME_MS_MAX = 2000,
    IDP_QUERY_STEP_COUNT_MAX = 5000000, /* of SQLite's machine */
    IDP_QUERY_MEMORY_MAX = 64 << 20,    /* of SQLite */
    IDP_HOOK_NAME_SIZE_MAX = 128,
    IDP_HOOK_COUNT_MAX = 64, /* of a tenant */
    IDP_HOOK_HEADER_COUNT_MAX = 16,
    IDP_HOOK_HEADER_SIZE_MAX = 1024,
    IDP_FORM_SIZE_MAX = 64 << 10,
    IDP_FORM_PARAMETER_COUNT_MAX = 128,
    IDP_CONTENT_SIZE_MAX =
        256 << 10, /* a body of JSON or CBOR, of devices and their administrators */
    IDP_HEADER_COUNT_MAX = 128,
    IDP_FETCH_OPTIONS_SIZE_MAX = 64 << 10,
    IDP_FETCH_HEADER_COUNT_MAX = 64, /* sent; IDP_HEADER_COUNT_MAX may come back */
    IDP_FETCH_HEADER_SIZE_MAX = 64 << 10,
    IDP_FETCH_BODY_SIZE_MAX = 16 << 20,
    IDP_FETCH_TIMEOUT_MS_MAX = 60000,
    IDP_FETCH_ADDRESS_COUNT_MAX = 64,
    IDP_YAML_SIZE_MAX = 1 << 20, /* idplane-load, to the end */
    IDP_YAML_DEPTH_MAX = 32,
    IDP_YAML_VALUE_COUNT_MAX = 64 << 10, /* those of aliases counted each time */
    IDP_REFERENCE_SIZE_MAX = 256 << 10   /* a file that a document refers to */
};

/* Bytes with a length; NUL is data. data == NULL means absent (SQL NULL). */
struct idp_bytes {
    const char *data;
    size_t size;
};

/* Every outcome that has a name. core/base/error.c gives each its word, HTTP status, SQLSTATE and
 * sentence. The first group are protocol outcomes (returned as JSON), the second is raised. */
enum idp_error {
    IDP_OK = 0,
    /* protocol outcomes, RFC 6749 §5.2 and RFC 8628 §3.5 */
    IDP_INVALID_REQUEST,
    IDP_INVALID_CLIENT,
    IDP_INVALID_GRANT,
    IDP_UNAUTHORIZED_CLIENT,
    IDP_UNSUPPORTED_GRANT_TYPE,
    IDP_INVALID_SCOPE,
    IDP_ACCESS_DENIED,
    IDP_AUTHORIZATION_PENDING,
    IDP_SLOW_DOWN,
    IDP_EXPIRED_TOKEN,
    IDP_INVALID_TARGET,
    IDP_INVALID_TOKEN,
    IDP_INVALID_DPOP_PROOF,
    IDP_USE_DPOP_NONCE,
    IDP_UNSUPPORTED_RESPONSE_TYPE,
    IDP_INVALID_REDIRECT_URI,
    IDP_CONSENT_REQUIRED,
    /* protocol outcomes of ours, where the user decides */
    IDP_INVALID_USER_CODE,
    IDP_TOO_MANY_ATTEMPTS,
    IDP_ALREADY_DECIDED,
    IDP_CONFIRMATION_REQUIRED,
    IDP_CODES_EXHAUSTED,
    IDP_INVALID_KEY_DOCUMENT, /* a provider publishes no keys in it */
    IDP_TOO_MANY_CODES,       /* unknown device codes from one address */
    IDP_TOO_MANY_FAILURES,    /* of the authentication of one client from one address */
    /* HTTP outcomes */
    IDP_LOGIN_REQUIRED,
    IDP_FORGED_REQUEST,
    IDP_NOT_FOUND,
    IDP_METHOD_NOT_ALLOWED,
    IDP_CONTENT_TOO_LARGE,
    IDP_SERVER_ERROR,
    IDP_TEMPORARILY_UNAVAILABLE,
    IDP_TOO_MANY_REGISTRATIONS, /* by strangers from one address */
    /* outcomes of ours, for programs */
    IDP_INVALID_CSR,
    IDP_INVALID_ENROLLMENT,
    IDP_DEVICE_UNKNOWN,
    IDP_ENROLLMENT_DISABLED,
    IDP_ATTESTATION_REFUSED,
    IDP_DEVICE_DENIED,
    IDP_CERTIFICATE_REFUSED,
    IDP_APPROVAL_PENDING,
    IDP_INVALID_DEVICE_SESSION,
    IDP_INVALID_PROOF,
    IDP_TOO_MANY_PROOFS,
    IDP_TOO_MANY_DEVICES, /* that are refused, from one address */
    IDP_OUT_OF_ORDER,
    IDP_DEVICE_TAKEN,
    IDP_ALREADY_PROVISIONED,
    IDP_NO_HUB,
    /* outcomes of a fetch */
    IDP_REFUSED_URL,
    IDP_REFUSED_ADDRESS,
    IDP_UNRESOLVED,
    IDP_UNREACHABLE,
    IDP_TLS,
    IDP_TIMEOUT,
    IDP_INTERRUPTED_TRANSFER,
    IDP_PROTOCOL,
    /* raised: misuse */
    IDP_NULL_ARGUMENT,
    IDP_INVALID_ARGUMENT,
    IDP_INVALID_JSON,
    IDP_TOO_LARGE,
    IDP_INVALID_SETTINGS,
    IDP_INVALID_METADATA,
    IDP_ALREADY_EXISTS,
    IDP_NO_SUCH_CLIENT,
    IDP_NO_SUCH_KEY,
    IDP_NO_SUCH_CA,
    IDP_NO_OIDC_DEFAULT,
    IDP_INVALID_CONFIGURATION,
    IDP_INVALID_KEY,
    IDP_UNSUPPORTED_ALGORITHM,
    IDP_NESTED_WRITE,
    IDP_OPEN_TRANSACTION,
    /* raised: the store or the machine */
    IDP_NOT_INSTALLED,
    IDP_FETCH_NOT_INSTALLED,
    IDP_SCHEMA_NEWER,
    IDP_MASTER_KEY_MISSING,
    IDP_MASTER_KEY_FILE,
    IDP_SEAL_BROKEN,
    IDP_BUSY,
    IDP_STORE,
    IDP_CRYPTO,
    IDP_OUT_OF_MEMORY,
    IDP_UNSUPPORTED_ENGINE,
    IDP_ERROR_COUNT
};

struct idp_error_row {
    const char *word;     /* "invalid_grant": the `error` member and the code after "idplane: " */
    uint16_t http_status; /* 200..599 */
    char sqlstate[6];
    const char *sentence; /* for the reader; RFC 6749 §5.2 characters only */
};

/* The row of `error`; never NULL. */
const struct idp_error_row *idp_error_row(enum idp_error error);

/* JSON value. Objects and arrays are lists from `child` along `next`. */
enum idp_json_kind {
    IDP_JSON_NULL,
    IDP_JSON_FALSE,
    IDP_JSON_TRUE,
    IDP_JSON_NUMBER, /* text: exactly as written */
    IDP_JSON_STRING, /* text: decoded UTF-8 */
    IDP_JSON_ARRAY,
    IDP_JSON_OBJECT
};

struct idp_json {
    enum idp_json_kind kind;
    uint8_t constant;      /* not 0: the number of a tree that is the same in every call */
    struct idp_bytes name; /* of a member */
    struct idp_bytes text;
    struct idp_json *child, *last, *next;
};

/* SQL value. Kinds, here and in every table: t text, i bigint, b boolean, x bytea, z timestamptz,
 * j json; 0 is SQL NULL. As argument and column `j` is text in `bytes`, as result a tree in `json`.
 */
struct idp_value {
    char kind;
    union {
        struct idp_bytes bytes; /* t x j */
        int64_t integer;        /* i, b as 0 or 1, z as microseconds since 1970 */
        const struct idp_json *json;
    };
};

/* One SQL statement: text in the common dialect, one kind per $n, one kind per column. `kept`: it
 * only reads what hardly ever changes, and a host may keep its rows until those tables do.
 * `is_fetch`: it calls the module that fetches, and raises fetch_not_installed where that is not
 * there. `forgettable`: a crash may undo it, and nobody is harmed: its commit need not wait for the
 * disk. */
struct idp_statement {
    const char *text;
    const char *arguments;
    const char *columns;
    bool kept;
    bool is_fetch;
    bool forgettable;
};

/* The rows that a statement returned, row-major; `affected` counts written rows where none return.
 */
struct idp_rows {
    size_t count;
    size_t columns;
    int64_t affected;
    const struct idp_value *values;
};

/* SQL that an administrator registered: it reads one JSON document, the request, and answers
 * another. In PostgreSQL the name of a function of one jsonb, or of a view with columns request and
 * answer; in SQLite an expression over :request. */
struct idp_query {
    struct idp_bytes definition;
    struct idp_bytes owner;        /* whose rights it has; data NULL where there are no roles */
    const struct idp_json *tables; /* texts: what it may read where there are none; may be NULL */
};

/* What came of it. Where it failed: raised, ended (it took too long) or too_large, and the engine's
 * own words, which are for administrators only. */
struct idp_query_answer {
    const char *failure;    /* NULL: it did not fail */
    struct idp_bytes cause; /* of a failure */
    struct idp_bytes text;  /* JSON that nobody has checked; data NULL: it answered NULL */
};

/* Session variables the host keeps: the tenant's name, the frozen clock (RFC 3339), and whom the
 * session acts for (JSON). Nothing but session_set writes them. */
enum idp_session { IDP_SESSION_TENANT, IDP_SESSION_CLOCK, IDP_SESSION_IDENTITY, IDP_SESSION_COUNT };

struct idp_call;

/* What the engine does for the core. All are mandatory; any may end the call through fail. */
struct idp_host {
    /* Runs a statement, rows copied to the call's arena. arguments NULL: only prepare it. */
    struct idp_rows (*run)(struct idp_call *call, const struct idp_statement *statement,
                           const struct idp_value *arguments);
    /* Makes the writes that follow atomic. Called before the first of several writes of a call. */
    void (*begin)(struct idp_call *call);
    /* Holds the lock of this name, together with others or alone, until the end of the transaction,
     * which has begun; NULL: who has begun one is alone. */
    void (*lock)(struct idp_call *call, struct idp_bytes name, bool is_shared);
    /* Runs body; where that returns false, what it wrote is undone. Returns what body did. */
    bool (*attempt)(struct idp_call *call, bool (*body)(struct idp_call *call, void *data),
                    void *data);
    /* The name of the role that registers the query now, data NULL where there are no roles. Raises
     * IDP_INVALID_ARGUMENT where it can't be run, or not by this role. */
    struct idp_bytes (*query_register)(struct idp_call *call, const struct idp_query *query);
    /* Runs it with its owner's rights. It can read, and change nothing: no row, no setting. */
    struct idp_query_answer (*query_run)(struct idp_call *call, const struct idp_query *query,
                                         struct idp_bytes request);
    /* Tells other sessions that listen (IDP_CHANNEL), once this transaction is committed; NULL:
     * there is no way. */
    void (*notify)(struct idp_call *call, const char *name);
    /* Microseconds since 1970: wall clock for `writes`, start of the statement for the others. */
    int64_t (*now)(struct idp_call *call);
    /* Unpredictable bytes. */
    void (*random)(struct idp_call *call, void *out, size_t size);
    /* A session variable; data NULL when unset. Valid until the next session_set. */
    struct idp_bytes (*session_get)(struct idp_call *call, enum idp_session variable);
    /* value.data NULL unsets. local: until the end of the transaction where the engine has that. */
    void (*session_set)(struct idp_call *call, enum idp_session variable, struct idp_bytes value,
                        bool local);
    /* Path of the master key file; NULL where the key lives only as long as the database
     * (:memory:), then `ephemeral` (32 bytes) is that key. */
    const char *(*master_key_path)(struct idp_call *call, unsigned char ephemeral[32]);
    /* True where nothing may be created: a standby. */
    bool (*in_recovery)(struct idp_call *call);
    /* Raises `idplane: <word>: <sentence>` with the row's SQLSTATE. */
    void (*fail)(struct idp_call *call, enum idp_error error, const char *sentence) IDP_NORETURN;
};

/* Memory of one call, in blocks that the adapter provides; wiped and released by idp_arena_end().
 * obtain returns NULL when there is no memory, else zeroes; release takes back what obtain gave,
 * zeroes again, so that a block that is kept for the next call needs no clearing. */
struct idp_arena {
    void *(*obtain)(void *context, size_t size);
    void (*release)(void *context, void *block);
    void *context;
    struct idp_block *blocks;
    struct idp_cleanup *cleanups;
};

/* Runs the cleanups, last first, wipes every used byte, releases every block. Idempotent. */
void idp_arena_end(struct idp_arena *arena);

/* One call of one SQL function. The adapter fills host, context, arena and function. */
struct idp_call {
    const struct idp_host *host;
    void *context; /* the adapter's own */
    struct idp_arena *arena;
    const struct idp_function *function;
    struct idp_bytes tenant; /* set on first use, and by http_request */
    struct idp_bytes source; /* address of who asks, where it is known; data NULL: it is not */
    const void *settings;    /* of the tenant, once they are read (core/oauth/tenant.c) */
    const void *key_ring;    /* of the file, once it is read (core/base/master_key.c) */
    struct idp_bytes wakes;  /* whose decision this is, for who waits for it; data NULL: none */
    int64_t now_us;          /* set on first use, then constant for the call */
    bool now_known;
};

/* Rows as one block (rows.c): its size, and a copy in a block that has room for it. */
size_t idp_rows_size(struct idp_rows rows);
struct idp_rows idp_rows_copy(struct idp_rows rows, void *block);

/* The arguments of a statement as bytes that no others have; data NULL: there are too many. */
struct idp_bytes idp_rows_key(struct idp_call *call, const struct idp_statement *statement,
                              const struct idp_value *arguments);

/* Zeroed memory of the call, aligned for any type. Raises IDP_OUT_OF_MEMORY; never NULL. */
void *idp_allocate(struct idp_call *call, size_t size);

/* Unpredictable bytes that no other process gets, for host->random. False: the system gave none. */
bool idp_random_write(void *out, size_t size) IDP_MUST_CHECK;

/* What a function may do; each adapter turns it into the engine's flags (see docs/functions.md). */
enum idp_effect {
    IDP_PURE,    /* depends on its arguments only */
    IDP_CLOCKED, /* as pure, but the clock is a default */
    IDP_SIGNS,   /* random, no rows */
    IDP_READS,
    IDP_SESSION_CHANGE,
    IDP_WRITES
};

/* A row of the function table: one SQL function. */
struct idp_function {
    const char *name;
    const char *arguments;      /* kinds, one character each */
    const char *argument_names; /* separated by one space */
    uint8_t required_count;     /* leading arguments that must not be NULL or absent */
    bool accepts_null;          /* `entry` deals with NULL in required arguments itself */
    char result;                /* kind */
    enum idp_effect effect;
    struct idp_value (*entry)(struct idp_call *call, const struct idp_value *arguments);
    const char *help;
    bool judges_text; /* `entry` takes text of any bytes and size, as those of IDP_PURE do */
    bool nests; /* a trigger of ours calls it within a statement, which undoes what it did when it
                   fails */
};

/* True where text that is none, or too long, is for the entry to judge. */
bool idp_judges_text(const struct idp_function *function);

extern const struct idp_function idp_functions[];
extern const size_t idp_function_count;

/* The row named `name`, or NULL. */
const struct idp_function *idp_function_find(const char *name);

/* A trigger on somebody's table. `step` is a pure function of operation, value of the column, its
 * old value, old value of the derived column (NULL: none) and a context: {"take":"new"|"old",
 * "derived":…}, in this order, or the member that a further argument names. It raises where the
 * value is refused. */
struct idp_trigger {
    const char *name;                    /* NAME_trigger() in PostgreSQL, attach_NAME() in SQLite */
    const char *step;                    /* row of the function table */
    const char *on_insert, *on_update;   /* operations */
    const struct idp_statement *context; /* one `j`, or no row; $1 is the tenant */
};

extern const struct idp_trigger *const idp_triggers[];
extern const size_t idp_trigger_count;

/* A trigger on a table of ours: SQL that runs behind each row that is inserted, and may call what
 * writes. SQLite has it where a connection asks for it: attach_NAME(). What PostgreSQL has instead
 * is in sql/. The table is named without its schema. */
struct idp_row_trigger {
    const char *name, *table, *when, *body;
};

extern const struct idp_row_trigger *const idp_row_triggers[];
extern const size_t idp_row_trigger_count;

/* The last argument of a step. */
struct idp_value idp_trigger_context(struct idp_call *call, const struct idp_trigger *trigger);

/* Calls call->function. `arguments` has room for all that it takes: absent trailing ones are made
 * NULL there; a NULL required argument gives NULL (IDP_PURE, IDP_CLOCKED) or raises, naming
 * it. The result lives in the arena. */
struct idp_value idp_invoke(struct idp_call *call, struct idp_value *arguments,
                            size_t argument_count);

/* Every statement the core may run, in groups: for the test that prepares them all. */
struct idp_statement_group {
    const struct idp_statement *statements;
    const size_t *count;
};
extern const struct idp_statement_group idp_statement_groups[];
extern const size_t idp_statement_group_count;

/* Serialises a result for an engine without a JSON type: members in order, no white space. */
struct idp_bytes idp_json_text(struct idp_call *call, const struct idp_json *json);

/* True where json is a number without fraction or exponent that fits; *out is then set. */
bool idp_json_integer(const struct idp_json *json, int64_t *out) IDP_MUST_CHECK;

#endif
