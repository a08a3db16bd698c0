/* SPDX-License-Identifier: Apache-2.0 */
/* base.h - what every area stands on: memory, text, JSON, encodings, time, crypto, errors.
 * Nothing here knows a device, a token or a table. */
#ifndef IDPLANE_BASE_H
#define IDPLANE_BASE_H

#include <pthread.h>
#include <string.h>

#include "core/base/der.h"
#include "core/idplane.h"

/* ---- errors (error.c) ---- */

/* Raises `error` with its sentence from the table; never returns. */
void idp_fail(struct idp_call *call, enum idp_error error) IDP_NORETURN;

/* Raises with a sentence of its own (printf-like). No secret and no input value may go in. */
void idp_fail_with(struct idp_call *call, enum idp_error error, const char *format,
                   ...) IDP_NORETURN __attribute__((format(printf, 3, 4)));

/* {"error": word, "error_description": sentence}: RFC 6749 §5.2. A constant of the process. */
const struct idp_json *idp_error_json(enum idp_error error);

/* The same with a description of its own; RFC 6749 §5.2 characters only. */
struct idp_json *idp_error_json_with(struct idp_call *call, enum idp_error error,
                                     const char *description);

/* ---- faults of documents (fault.c) ---- */

/* Adds {path, code, message} to a list; the path is a JSON pointer (RFC 6901). */
void idp_fault_add(struct idp_call *call, struct idp_json *list, struct idp_bytes path,
                   const char *code, const char *message);

/* The messages of a list, with commas between. */
struct idp_bytes idp_faults_text(struct idp_call *call, const struct idp_json *list);

/* ---- arena (arena.c) ---- */

/* As idp_allocate; NULL where there is no memory, for callbacks that must return to a library. */
void *idp_allocate_or_null(struct idp_call *call, size_t size);

/* Runs release(object) when the call ends, last registered first, also after a raise.
 * object NULL raises IDP_CRYPTO (a foreign constructor that failed). Returns object. */
void *idp_own(struct idp_call *call, void *object, void (*release)(void *object));

/* For loops over more rows than fit into memory: what is allocated between begin and end, also by
 * the host, is wiped and released at the end, nothing of it may be kept. No nesting (scratch.c). */
struct idp_scratch {
    struct idp_arena arena, *outer;
    const void *settings, *key_ring; /* that the call knew before */
};
struct idp_scratch *idp_scratch_new(struct idp_call *call);
void idp_scratch_begin(struct idp_call *call, struct idp_scratch *scratch);
void idp_scratch_end(struct idp_call *call, struct idp_scratch *scratch);

/* ---- what outlives a call (cache.c) ---- */

enum { IDP_CACHE_ENTRY_COUNT_MAX = 64 };

/* Immutable objects found by the bytes that they were made from; those used longest ago go first.
 * Shared by threads. Starts with a release function, weight_max (of all objects together, in a unit
 * of the owner's) and PTHREAD_MUTEX_INITIALIZER. */
struct idp_cache {
    void (*release)(void *object);
    size_t weight_max;
    pthread_mutex_t mutex;
    struct idp_cache_entry *entries[IDP_CACHE_ENTRY_COUNT_MAX];
    size_t weight;
    uint64_t use_count;
};

/* The object kept under the key, alive until the call ends; NULL: none. */
const void *idp_cache_get(struct idp_call *call, struct idp_cache *cache, struct idp_bytes key);

/* Hands `object` over to the cache and returns it, alive until the call ends. */
const void *idp_cache_put(struct idp_call *call, struct idp_cache *cache, struct idp_bytes key,
                          void *object, size_t weight);

/* ---- bytes and text (text.c) ---- */

static inline struct idp_bytes idp_bytes_of(const char *text)
{
    return (struct idp_bytes){text, text != NULL ? strlen(text) : 0};
}
static inline bool idp_bytes_equal(struct idp_bytes left, struct idp_bytes right)
{
    return left.size == right.size &&
           (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}
static inline bool idp_bytes_is(struct idp_bytes bytes, const char *text)
{
    return bytes.data != NULL && idp_bytes_equal(bytes, idp_bytes_of(text));
}

/* True where `bytes` begins with `prefix`, or ends with `suffix`. */
bool idp_bytes_start(struct idp_bytes bytes, struct idp_bytes prefix);
bool idp_bytes_end(struct idp_bytes bytes, struct idp_bytes suffix);

/* Without the spaces around it. */
struct idp_bytes idp_bytes_trim(struct idp_bytes bytes);

/* Cuts what stands before the next separator, which is in no quotes, off *rest, and trims it: the
 * parts of a header (RFC 9110 §5.6.1). */
struct idp_bytes idp_part_next(struct idp_bytes *rest, char separator);

/* Unsigned byte order, shorter first: memcmp's sign. */
int idp_bytes_compare(struct idp_bytes left, struct idp_bytes right);

/* A copy in the arena with a NUL behind it. */
struct idp_bytes idp_bytes_copy(struct idp_call *call, struct idp_bytes bytes);

/* `bytes` as a C string in the arena; raises IDP_INVALID_ARGUMENT where it holds a NUL. */
const char *idp_text_c(struct idp_call *call, struct idp_bytes bytes);

/* True for well-formed UTF-8 without NUL (RFC 3629: no surrogates, no overlong forms). */
bool idp_utf8_valid(struct idp_bytes bytes);

/* True where a byte is a control character: a line end, a tab, a NUL. */
bool idp_text_has_control(struct idp_bytes text);

/* The size of the well-formed character at text, which is before end; 0 for NUL and for none. */
size_t idp_utf8_character_size(const char *text, const char *end);

/* Growing text in the arena; starts zeroed: `struct idp_text text = {call}`. */
struct idp_text {
    struct idp_call *call;
    char *data;
    size_t size, capacity;
};

/* Adds `size` bytes that the caller is to fill, before it adds more. */
char *idp_text_extend(struct idp_text *text, size_t size);
void idp_text_add(struct idp_text *text, struct idp_bytes bytes);
void idp_text_add_c(struct idp_text *text, const char *string);
void idp_text_add_char(struct idp_text *text, char character);
void idp_text_add_integer(struct idp_text *text, int64_t number);
/* What was added so far, NUL behind it; valid until the next add. */
struct idp_bytes idp_text_bytes(struct idp_text *text);

/* The next space-separated word of *rest, which moves behind it; size 0 at the end. */
struct idp_bytes idp_word_next(struct idp_bytes *rest);

/* A copy with ASCII letters in lower case. */
struct idp_bytes idp_lower_case(struct idp_call *call, struct idp_bytes text);

/* True where the space-separated `list` holds `word`. */
bool idp_word_in(struct idp_bytes list, struct idp_bytes word);

/* ---- JSON (json_scan.c, json_read.c, json_pointer.c, json.c, json_number.c, json_write.c,
 * json_keep.c) ---- */

/* Skips printable ASCII but quote and backslash, which is most of all strings. */
const char *idp_json_plain_skip(const char *at, const char *end);

/* The members of an object sorted by name, bytewise. */
const struct idp_json **idp_json_sorted(struct idp_call *call, const struct idp_json *object,
                                        size_t *count);

/* Reads strict JSON (RFC 8259): UTF-8, no duplicate members, no NUL, no lone surrogates, no
 * trailing bytes, depth and size limited; numbers keep their text. The tree refers to `text`, which
 * must outlive it, and its strings have no NUL behind them. NULL: not JSON, reason in *why. */
const struct idp_json *idp_json_read(struct idp_call *call, struct idp_bytes text,
                                     const char **why);

/* The same with another limit than IDP_JSON_MEMBER_COUNT_MAX. *path: where in the document it is
 * not JSON, a JSON pointer (RFC 6901) with a NUL behind it, "" for the whole. */
const struct idp_json *idp_json_read_many(struct idp_call *call, struct idp_bytes text,
                                          size_t value_count_max, const char **why,
                                          struct idp_bytes *path);

/* The JSON pointer of steps, the outermost last: names, or where data is NULL numbers of items, as
 * sizes. With a NUL behind it. */
struct idp_bytes idp_json_pointer(struct idp_call *call, const struct idp_bytes *steps,
                                  size_t count);

/* The pointer of a member, or an item, of what `path` points to. */
struct idp_bytes idp_path_step(struct idp_call *call, struct idp_bytes path, struct idp_bytes name);
struct idp_bytes idp_path_index(struct idp_call *call, struct idp_bytes path, size_t index);

/* The same for an argument: raises IDP_INVALID_JSON naming it. Absent gives NULL. */
const struct idp_json *idp_json_argument(struct idp_call *call, struct idp_value value,
                                         const char *name);

/* As idp_json_argument, and raises unless it is an object. */
const struct idp_json *idp_json_object_argument(struct idp_call *call, struct idp_value value,
                                                const char *name);
/* Raises IDP_INVALID_ARGUMENT where the object has a member that is none of the names, which have
 * spaces between. NULL has none. */
void idp_json_members_check(struct idp_call *call, const struct idp_json *object, const char *what,
                            const char *names);
/* An option that is true or false, absent: false; raises IDP_INVALID_ARGUMENT where it is neither.
 */
bool idp_json_flag(struct idp_call *call, const struct idp_json *options, const char *name);

/* The member named exactly so, or NULL; object NULL or no object gives NULL. */
const struct idp_json *idp_json_member(const struct idp_json *object, const char *name);

/* A member's text where it is a string, else data NULL. */
struct idp_bytes idp_json_string(const struct idp_json *object, const char *name);

/* True where the member is there and true. */
bool idp_json_is_true(const struct idp_json *object, const char *name);

static inline bool idp_json_is(const struct idp_json *json, enum idp_json_kind kind)
{
    return json != NULL && json->kind == kind;
}

/* How many values a document has, at any depth, itself included. */
size_t idp_json_count(const struct idp_json *json);

/* The size of its text with numbers written out without exponents, as jsonb writes them; SIZE_MAX
 * where one of these would have more than IDP_JSON_NUMBER_SIZE_MAX digits. */
size_t idp_json_written_size(struct idp_call *call, const struct idp_json *json);

/* Adds a number of a document: no exponent, no zero that says nothing, no minus before zero. */
void idp_json_number_write(struct idp_text *text, struct idp_bytes number);

/* Numbers of documents by their value, exactly: negative, 0 or positive. */
int idp_json_number_compare(struct idp_bytes left, struct idp_bytes right);

/* True where the array has this string. */
bool idp_json_holds(const struct idp_json *array, struct idp_bytes text);
/* True where an item of the array has the text of one before it. */
bool idp_json_is_repeated(const struct idp_json *array, const struct idp_json *item);

/* New values in the arena. */
struct idp_json *idp_json_new(struct idp_call *call, enum idp_json_kind kind);
struct idp_json *idp_json_new_string(struct idp_call *call, struct idp_bytes text);
struct idp_json *idp_json_new_integer(struct idp_call *call, int64_t number);
struct idp_json *idp_json_new_bool(struct idp_call *call, bool value);
/* A deep copy, detached from siblings and name. */
struct idp_json *idp_json_copy(struct idp_call *call, const struct idp_json *json);
/* The same value as a node of its own, which shares its contents. */
struct idp_json *idp_json_node(struct idp_call *call, const struct idp_json *json);

/* Appends `item` (fresh: not yet in another parent) to an object or array. `name` is not copied. */
void idp_json_add(struct idp_json *parent, const char *name, struct idp_json *item);
void idp_json_add_named(struct idp_json *parent, struct idp_bytes name, struct idp_json *item);
/* The same for a value that stands elsewhere, too: a node that shares its contents; NULL adds null.
 */
void idp_json_add_shared(struct idp_call *call, struct idp_json *parent, const char *name,
                         const struct idp_json *value);
/* Shorthands; a string with data NULL is left out. */
void idp_json_add_string(struct idp_call *call, struct idp_json *object, const char *name,
                         struct idp_bytes text);
void idp_json_add_c(struct idp_call *call, struct idp_json *object, const char *name,
                    const char *text);
void idp_json_add_integer(struct idp_call *call, struct idp_json *object, const char *name,
                          int64_t number);
void idp_json_add_bool(struct idp_call *call, struct idp_json *object, const char *name,
                       bool value);

/* The words of a text with one space between, as an array of strings. */
struct idp_json *idp_json_words(struct idp_call *call, const char *words);

/* Adds those of the named members that `from` has; `names` as above, from may be NULL. */
void idp_json_add_members(struct idp_call *call, struct idp_json *object,
                          const struct idp_json *from, const char *names);

/* The object with another value of one member, in its place or at the end; NULL: without it. It
 * shares what it has with the one before. */
struct idp_json *idp_json_with(struct idp_call *call, const struct idp_json *object,
                               const char *name, const struct idp_json *value);

/* A copy that outlives the call, in one block that begins with head_size bytes for the caller; for
 * a cache, whose release function is idp_json_kept_release. NULL: no memory. No secret may be in
 * it. */
void *idp_json_keep(const struct idp_json *json, size_t head_size, const struct idp_json **copy);
void idp_json_kept_release(void *block);

/* Members sorted by bytes, numbers in their plainest form: equal text for equal JSON. */
struct idp_bytes idp_json_canonical(struct idp_call *call, const struct idp_json *json);

/* ---- CBOR (cbor_read.c, cbor_write.c) ---- */

/* Reads CBOR (RFC 8949) as idp_json_read reads JSON, under its limits: names are texts without
 * doubles, bytes become base64url, arrays and maps may be open. Refused: tags, floating-point,
 * undefined, chunks. The tree refers to `bytes`. NULL: *why. */
const struct idp_json *idp_cbor_read(struct idp_call *call, struct idp_bytes bytes,
                                     const char **why);

/* The tree as CBOR: definite lengths, members in their order, integers of 64 bits as such, other
 * numbers as the double next to them. */
struct idp_bytes idp_cbor_write(struct idp_call *call, const struct idp_json *json);

/* ---- encodings (encoding.c) ---- */

/* Base64url without padding (RFC 4648 §5). */
struct idp_bytes idp_base64url_encode(struct idp_call *call, struct idp_bytes bytes);

/* Canonical only: no padding, no white space, unused bits zero. data NULL where it is not. */
struct idp_bytes idp_base64url_decode(struct idp_call *call, struct idp_bytes text);

/* Standard base64 with padding, canonical only; white space refused. data NULL where it is not. */
struct idp_bytes idp_base64_decode(struct idp_call *call, struct idp_bytes text);
struct idp_bytes idp_base64_encode(struct idp_call *call, struct idp_bytes bytes);

/* The value of a hex digit in either case, -1 for any other byte. */
int idp_hex_digit(char digit);

/* Hexadecimal in lower case, and back from either; data NULL where it is none. */
struct idp_bytes idp_hex_encode(struct idp_call *call, struct idp_bytes bytes);
struct idp_bytes idp_hex_decode(struct idp_call *call, struct idp_bytes text);

/* application/x-www-form-urlencoded: '+' is a space, %xx a byte. data NULL where malformed. */
struct idp_bytes idp_form_decode(struct idp_call *call, struct idp_bytes text);

/* A part of a URL, %xx a byte. data NULL where malformed. */
struct idp_bytes idp_url_decode(struct idp_call *call, struct idp_bytes text);

/* Percent-encodes all but RFC 3986 unreserved characters. */
struct idp_bytes idp_url_encode(struct idp_call *call, struct idp_bytes text);

/* ---- UUIDs (uuid.c) ---- */

/* A random one (RFC 9562 §5.4). */
struct idp_bytes idp_uuid(struct idp_call *call);

/* The one of a name in a namespace (RFC 9562 §5.5, §6.6). */
enum idp_uuid_namespace { IDP_UUID_URL = 1, IDP_UUID_X500 = 4 };
struct idp_bytes idp_uuid_of(struct idp_call *call, enum idp_uuid_namespace space,
                             struct idp_bytes name);

/* True for 8-4-4-4-12 hexadecimal digits in either case. */
bool idp_uuid_is(struct idp_bytes text);

/* ---- time (clock.c) ---- */

/* 9999-12-31T23:59:59Z: no time here is later. */
#define IDP_TIME_MAX_US INT64_C(253402300799000000)

#define IDP_SECOND_US INT64_C(1000000)

/* Microseconds since 1970, the same for the whole call; the session's frozen clock wins. */
int64_t idp_now_us(struct idp_call *call);
int64_t idp_now_s(struct idp_call *call);

/* RFC 3339 date and time with offset, to microseconds. */
bool idp_time_read(struct idp_bytes text, int64_t *out_us) IDP_MUST_CHECK;

/* "2026-01-01T00:00:00Z", with the fraction only where there is one; of the years 1950 to 9999. */
struct idp_bytes idp_time_text(struct idp_call *call, int64_t time_us);

/* ---- crypto (crypto.c, seal.c, master_key.c) ---- */

enum { IDP_DIGEST_SIZE = 32 };

/* SHA-256 of label, a NUL, and each part with its length before it (no two splits collide). */
struct idp_bytes idp_digest(struct idp_call *call, const char *label, const struct idp_bytes *parts,
                            size_t part_count);

/* Plain SHA-256. */
struct idp_bytes idp_sha256(struct idp_call *call, struct idp_bytes bytes);
void idp_sha256_write(struct idp_bytes bytes, unsigned char out[IDP_DIGEST_SIZE]);

/* Compares in time that depends on the sizes only. */
bool idp_equal(struct idp_bytes left, struct idp_bytes right);

void idp_wipe(void *data, size_t size);

/* `size` unpredictable bytes from the host. */
struct idp_bytes idp_random(struct idp_call *call, size_t size);

/* `size` random bytes as base64url. */
struct idp_bytes idp_random_text(struct idp_call *call, size_t size);

/* HMAC-SHA-256 (RFC 2104) of a message. */
struct idp_bytes idp_hmac_sha256(struct idp_call *call, struct idp_bytes key,
                                 struct idp_bytes message);

/* AES-256-GCM under the database's master key, bound to `context`: "1" | size of key id (one byte)
 * | key id | nonce | text | tag. Makes the master key where none was ever made (a write; may create
 * a file), so the caller has called host->begin where it writes more. */
struct idp_bytes idp_seal(struct idp_call *call, struct idp_bytes plain, struct idp_bytes context);

/* How every value begins that idp_seal would make now. Makes the master key as idp_seal does. */
struct idp_bytes idp_seal_header(struct idp_call *call);

/* Opens what idp_seal made; raises IDP_SEAL_BROKEN or IDP_MASTER_KEY_MISSING. */
struct idp_bytes idp_unseal(struct idp_call *call, struct idp_bytes sealed,
                            struct idp_bytes context);

/* True where the master key that sealed it is there. */
bool idp_seal_opens(struct idp_call *call, struct idp_bytes sealed);

/* A digest that names the master key which sealed `sealed`: part of the key under which a parsed
 * secret may be cached. Raises as idp_unseal does. */
struct idp_bytes idp_seal_fingerprint(struct idp_call *call, struct idp_bytes sealed);

/* True where `sealed` is what idp_seal made of `plain` under a key that is there. */
bool idp_seal_holds(struct idp_call *call, struct idp_bytes sealed, struct idp_bytes context,
                    struct idp_bytes plain);

/* Proof that a digest of IDP_DIGEST_SIZE was at hand here: who has the rows but not the master key
 * makes none. For many short-lived values: it is no sealed value, and not made anew under another
 * master key. Makes the master key as idp_seal does (proof.c). */
struct idp_bytes idp_proof_make(struct idp_call *call, struct idp_bytes digest);
bool idp_proof_holds(struct idp_call *call, struct idp_bytes proof, struct idp_bytes digest);

/* The digest methods, fetched once for the process; raises IDP_CRYPTO where OpenSSL has none. */
enum idp_hash { IDP_SHA256, IDP_SHA384, IDP_SHA512, IDP_HASH_COUNT };
struct evp_md_st;
const struct evp_md_st *idp_hash_method(struct idp_call *call, enum idp_hash hash);

/* A column of sealed values, all of which rewrap_master_key() seals anew (rewrap.c). */
struct idp_sealed_column {
    /* Rows not under the header $1, at most $2: tenant, name, value; and one of them, if it is as
     * it was: tenant, name, value, new value. */
    const struct idp_statement *find, *reseal;
    struct idp_bytes (*context)(struct idp_call *call, struct idp_bytes tenant,
                                struct idp_bytes name);
};
extern const struct idp_sealed_column *const idp_sealed_columns[];
extern const size_t idp_sealed_column_count;

struct idp_value idp_sql_rewrap_master_key(struct idp_call *call,
                                           const struct idp_value *arguments);

enum {
    IDP_MASTER_KEY_SIZE = 32,
    IDP_MASTER_KEY_ID_SIZE_MAX = 64,
    IDP_MASTER_KEY_COUNT_MAX = 16,
    IDP_MASTER_KEY_FILE_SIZE_MAX = 4096
};

/* A master key: the file's line `id base64`. */
struct idp_master_key {
    size_t id_size;
    char id[IDP_MASTER_KEY_ID_SIZE_MAX];
    unsigned char key[IDP_MASTER_KEY_SIZE];
};

/* The key that seals, recorded in idplane.master_key; made where there never was one. */
const struct idp_master_key *idp_master_key_sealing(struct idp_call *call);

/* True where there is a key of this id. */
bool idp_master_key_has(struct idp_call *call, struct idp_bytes id);

/* The key of this id; raises IDP_MASTER_KEY_MISSING where the file does not hold it. */
const struct idp_master_key *idp_master_key_named(struct idp_call *call, struct idp_bytes id);

extern const struct idp_statement idp_master_key_statements[];
extern const size_t idp_master_key_statement_count;

/* ---- audit (audit.c) ---- */

/* An event. No token, key, code or secret may be in its details, an object. */
struct idp_audit {
    const char *type, *outcome;
    struct idp_bytes subject, object; /* data NULL: none */
    const struct idp_json *details;
};
void idp_audit_add(struct idp_call *call, const struct idp_audit *event);

/* What is proven and sealed of a row: audit_id, occurred_at, type, outcome, subject, object and
 * details, in this order, of the call's tenant. SHA-256 of a canonical JSON array. */
#define IDP_AUDIT_COLUMNS "audit_id, occurred_at, type, outcome, subject, object, details"
#define IDP_AUDIT_KINDS "tzttttj"
enum { IDP_AUDIT_COLUMN_COUNT = 7 };
struct idp_bytes idp_audit_digest(struct idp_call *call, const struct idp_value *row);

struct idp_value idp_sql_audit_events(struct idp_call *call, const struct idp_value *arguments);

extern const struct idp_statement idp_audit_statements[];
extern const size_t idp_audit_statement_count;

/* ---- rows and values (store.c) ---- */

/* Runs a statement that returns at most one row. The row, or NULL. */
const struct idp_value *idp_run_one(struct idp_call *call, const struct idp_statement *statement,
                                    const struct idp_value *arguments);
/* Runs a statement that cannot but return one row: never NULL, raises IDP_STORE for none. */
const struct idp_value *idp_run_row(struct idp_call *call, const struct idp_statement *statement,
                                    const struct idp_value *arguments);
struct idp_rows idp_run(struct idp_call *call, const struct idp_statement *statement,
                        const struct idp_value *arguments);

/* The tenant of this call: http_request's, else the session's, else `default`. */
struct idp_bytes idp_tenant(struct idp_call *call);

struct idp_value idp_null(void);
struct idp_value idp_value_text(struct idp_bytes text); /* NULL where data is NULL */
struct idp_value idp_value_blob(struct idp_bytes bytes);
struct idp_value idp_value_json_text(struct idp_bytes text);
struct idp_value idp_value_json(const struct idp_json *json); /* a result */
struct idp_value idp_value_integer(int64_t number);
struct idp_value idp_value_bool(bool value);
struct idp_value idp_value_time(int64_t time_us);

/* Value of a column or argument; NULL gives data NULL, 0 or false. Inline, so that no copy of an
 * argument that was just written waits for its parts. */
static inline struct idp_bytes idp_text_of(struct idp_value value)
{
    bool is_bytes = value.kind == 't' || value.kind == 'x' || value.kind == 'j';
    return is_bytes ? value.bytes : (struct idp_bytes){NULL, 0};
}

static inline int64_t idp_integer_of(struct idp_value value)
{
    bool is_integer = value.kind == 'i' || value.kind == 'b' || value.kind == 'z';
    return is_integer ? value.integer : 0;
}

static inline bool idp_bool_of(struct idp_value value)
{
    return idp_integer_of(value) != 0;
}

/* Raises where an argument is longer than size_max or not UTF-8 without NUL. */
void idp_check_text(struct idp_call *call, struct idp_value value, const char *name,
                    size_t size_max);

#endif
