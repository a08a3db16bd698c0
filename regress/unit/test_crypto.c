/* SPDX-License-Identifier: Apache-2.0 */
/* test_crypto.c - digests, sealed secrets, and when a master key is made, used or refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/master_key.h"
#include "regress/unit/host.h"

enum { PATH_SIZE = 256, RACE_COUNT = 8, ROUND_COUNT = 20 };

static const struct idp_function writing = {.name = "writing", .effect = IDP_WRITES};
static const struct idp_function reading = {.name = "reading", .effect = IDP_READS};

static char folder[] = "/tmp/idplane_crypto_XXXXXX", path[PATH_SIZE];

/* A sealing or opening on its way through host_try(). */
struct sealing {
    struct idp_bytes input, context, output;
};

static struct idp_bytes bytes(const char *text)
{
    return idp_bytes_of(text);
}

static int file_setup(void **state)
{
    snprintf(path, sizeof path, "%s/key", folder);
    unlink(path);

    int status = host_setup(state);
    struct host *host = *state;

    host->call.function = &writing;
    return status;
}

static void seal_body(struct idp_call *call, void *data)
{
    struct sealing *sealing = data;

    sealing->output = idp_seal(call, sealing->input, sealing->context);
}

static void unseal_body(struct idp_call *call, void *data)
{
    struct sealing *sealing = data;

    sealing->output = idp_unseal(call, sealing->input, sealing->context);
}

static bool seal(struct host *host, struct sealing *sealing)
{
    sealing->input = bytes("secret");
    sealing->context = bytes("row 1");
    host->call.key_ring = NULL; /* as a call that begins */
    return host_try(host, seal_body, sealing);
}

/* The error that opening these bytes ends in. */
static enum idp_error unseal_error(struct host *host, struct idp_bytes sealed, const char *context)
{
    struct sealing sealing = {.input = sealed, .context = bytes(context)};

    host->error = IDP_OK;
    host->call.key_ring = NULL; /* as a call that begins */
    host_try(host, unseal_body, &sealing);
    return host->error;
}

static enum idp_error seal_error(struct host *host)
{
    struct sealing sealing;

    host->error = IDP_OK;
    seal(host, &sealing);
    return host->error;
}

static void write_file(const char *text, mode_t mode)
{
    unlink(path);

    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

/* ---- digests ---- */

static void sha256_is_that_of_fips_180(void **state)
{
    struct host *host = *state;
    struct idp_bytes digest = idp_sha256(&host->call, bytes("abc"));

    assert_true(host_text_is(idp_base64url_encode(&host->call, digest),
                             "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"));
}

static void no_two_splits_have_one_digest(void **state)
{
    struct host *host = *state;
    struct idp_bytes left[] = {bytes("ab"), bytes("c")}, right[] = {bytes("a"), bytes("bc")};
    struct idp_bytes whole = bytes("abc");

    assert_false(
        idp_equal(idp_digest(&host->call, "x", left, 2), idp_digest(&host->call, "x", right, 2)));
    assert_false(
        idp_equal(idp_digest(&host->call, "x", left, 2), idp_digest(&host->call, "x", &whole, 1)));
    assert_false(
        idp_equal(idp_digest(&host->call, "x", left, 2), idp_digest(&host->call, "y", left, 2)));
    assert_true(
        idp_equal(idp_digest(&host->call, "x", left, 2), idp_digest(&host->call, "x", left, 2)));
}

static void equal_compares_size_and_content(void **state)
{
    (void)state;
    assert_true(idp_equal(bytes("a"), bytes("a")));
    assert_true(idp_equal(bytes(""), bytes("")));
    assert_false(idp_equal(bytes("a"), bytes("b")));
    assert_false(idp_equal(bytes("a"), bytes("ab")));
}

static void random_text_is_base64url_of_the_hosts_bytes(void **state)
{
    struct host *host = *state;
    struct idp_bytes text = idp_random_text(&host->call, 32);

    assert_int_equal(text.size, 43);
    assert_int_equal(idp_base64url_decode(&host->call, text).size, 32);
    assert_false(idp_equal(idp_random(&host->call, 32), idp_random(&host->call, 32)));
}

/* ---- sealing ---- */

static void a_sealed_value_opens_in_its_context_only(void **state)
{
    struct sealing sealing;
    struct host *host = *state;

    assert_true(seal(host, &sealing));
    assert_int_equal(unseal_error(host, sealing.output, "row 1"), IDP_OK);
    assert_int_equal(unseal_error(host, sealing.output, "row 2"), IDP_SEAL_BROKEN);
    assert_int_equal(unseal_error(host, sealing.output, ""), IDP_SEAL_BROKEN);

    struct sealing opening = {.input = sealing.output, .context = bytes("row 1")};

    assert_true(host_try(host, unseal_body, &opening));
    assert_true(host_text_is(opening.output, "secret"));
}

static void no_byte_of_a_sealed_value_may_change(void **state)
{
    struct sealing sealing;
    struct host *host = *state;

    assert_true(seal(host, &sealing));
    for (size_t i = 0; i < sealing.output.size; i++) {
        struct idp_bytes changed = idp_bytes_copy(&host->call, sealing.output);

        ((char *)(uintptr_t)changed.data)[i] ^= 1;

        enum idp_error error = unseal_error(host, changed, "row 1");

        assert_true(error == IDP_SEAL_BROKEN || error == IDP_MASTER_KEY_MISSING);
    }
    for (size_t size = 0; size < sealing.output.size; size++) {
        struct idp_bytes cut = {sealing.output.data, size};

        assert_int_equal(unseal_error(host, cut, "row 1"), IDP_SEAL_BROKEN);
    }
}

static void sealing_twice_gives_different_bytes(void **state)
{
    struct sealing first, second;

    assert_true(seal(*state, &first));
    assert_true(seal(*state, &second));
    assert_false(idp_bytes_equal(first.output, second.output));
}

static void another_memory_key_opens_nothing(void **state)
{
    struct sealing sealing;
    struct host *host = *state;

    assert_true(seal(host, &sealing));
    host->ephemeral_key[0] ^= 1;
    assert_int_equal(unseal_error(host, sealing.output, "row 1"), IDP_SEAL_BROKEN);
}

/* ---- the key file ---- */

static void the_first_seal_makes_a_private_file_and_records_it(void **state)
{
    struct sealing sealing;
    struct host *host = *state;
    struct stat status;

    host->master_key_path = path;
    assert_true(seal(host, &sealing));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(status.st_nlink, 1);
    assert_int_equal(host->statement_count, 2);
    assert_ptr_equal(host->statements[1], &idp_master_key_statements[1]);
    assert_int_equal(unseal_error(host, sealing.output, "row 1"), IDP_OK);
}

static void a_recorded_key_is_not_recorded_again(void **state)
{
    struct host *host = *state;

    host->master_key_path = path;
    assert_int_equal(seal_error(host), IDP_OK);

    const struct idp_master_key *key = &idp_key_ring_read(&host->call, path)->keys[0];
    struct idp_bytes secret = {(const char *)key->key, sizeof key->key};
    struct idp_value row[] = {
        idp_value_text((struct idp_bytes){key->id, key->id_size}),
        idp_value_blob(idp_digest(&host->call, "idplane master key", &secret, 1))};
    size_t before = host->statement_count;

    host_answer(host, row, 1, 0);
    assert_int_equal(seal_error(host), IDP_OK);
    assert_int_equal(host->statement_count, before + 1);
}

static void a_missing_file_is_never_replaced(void **state)
{
    struct host *host = *state;
    struct idp_value row[] = {idp_value_text(bytes("old")), idp_value_blob(bytes("fingerprint"))};

    host->master_key_path = path;
    host_answer(host, row, 1, 0);
    assert_int_equal(seal_error(host), IDP_MASTER_KEY_MISSING);
    assert_non_null(strstr(host->sentence, path));
    assert_int_not_equal(access(path, F_OK), 0);
}

static void the_file_of_another_database_is_refused(void **state)
{
    struct host *host = *state;
    struct idp_value row[] = {idp_value_text(bytes("old")), idp_value_blob(bytes("fingerprint"))};

    host->master_key_path = path;
    assert_int_equal(seal_error(host), IDP_OK);
    host_answer(host, row, 1, 0);
    assert_int_equal(seal_error(host), IDP_MASTER_KEY_MISSING);
}

static void only_a_writer_outside_recovery_makes_a_key(void **state)
{
    struct host *host = *state;

    host->master_key_path = path;
    host->call.function = &reading;
    assert_int_equal(seal_error(host), IDP_MASTER_KEY_MISSING);
    host->call.function = &writing;
    host->in_recovery = true;
    assert_int_equal(seal_error(host), IDP_MASTER_KEY_MISSING);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void a_file_that_others_may_read_is_refused(void **state)
{
    static const char line[] = "k1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    static const mode_t modes[] = {0644, 0660, 0604, 0601};
    struct host *host = *state;

    host->master_key_path = path;
    for (size_t i = 0; i < IDP_COUNT(modes); i++) {
        write_file(line, modes[i]);
        assert_int_equal(seal_error(host), IDP_MASTER_KEY_FILE);
        assert_non_null(strstr(host->sentence, "chmod"));
    }
    write_file(line, 0400);
    assert_int_equal(seal_error(host), IDP_OK);
}

static void a_malformed_file_is_refused_without_its_content(void **state)
{
    static const char *const texts[] = {
        "",
        "\n",
        "k1\n",
        "k1 \n",
        "k1 AAAA\n",
        " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "k1  AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "k1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
        "k1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n",
        "k1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n",
        "k;1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "k1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n",
    };
    struct host *host = *state;

    host->master_key_path = path;
    for (size_t i = 0; i < IDP_COUNT(texts); i++) {
        write_file(texts[i], 0600);
        assert_int_equal(seal_error(host), IDP_MASTER_KEY_FILE);
        assert_null(strstr(host->sentence, "AAAA"));
    }
}

static void a_link_or_folder_is_no_key_file(void **state)
{
    struct host *host = *state;
    char other[PATH_SIZE + 8];

    host->master_key_path = path;
    write_file("k1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 0600);
    snprintf(other, sizeof other, "%s.other", path);
    assert_int_equal(rename(path, other), 0);
    assert_int_equal(symlink(other, path), 0);
    assert_int_equal(seal_error(host), IDP_MASTER_KEY_FILE);
    unlink(path);
    unlink(other);
    host->master_key_path = folder;
    assert_int_equal(seal_error(host), IDP_MASTER_KEY_FILE);
    host->master_key_path = "/nonexistent/folder/key";
    assert_int_equal(seal_error(host), IDP_MASTER_KEY_FILE);
}

static void an_existing_file_is_used_by_a_new_database(void **state)
{
    struct sealing sealing;
    struct host *host = *state;

    host->master_key_path = path;
    write_file("mine AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 0600);
    assert_true(seal(host, &sealing));
    assert_memory_equal(sealing.output.data, "1\004mine", 6);
}

static void the_first_key_seals_and_all_open(void **state)
{
    static const char old[] = "old AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    static const char both[] = "new AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                               "old AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    struct sealing first, second;
    struct host *host = *state;

    host->master_key_path = path;
    write_file(old, 0600);
    assert_true(seal(host, &first));

    unsigned char zeros[IDP_MASTER_KEY_SIZE] = {0};
    struct idp_bytes secret = {(const char *)zeros, sizeof zeros};
    struct idp_value row[] = {
        idp_value_text(bytes("old")),
        idp_value_blob(idp_digest(&host->call, "idplane master key", &secret, 1))};

    write_file(both, 0600);
    host_answer(host, row, 1, 0);
    assert_true(seal(host, &second));
    assert_memory_equal(second.output.data, "1\003new", 5);
    assert_int_equal(unseal_error(host, first.output, "row 1"), IDP_OK);
    assert_int_equal(unseal_error(host, second.output, "row 1"), IDP_OK);
    write_file(old, 0600);
    assert_int_equal(unseal_error(host, first.output, "row 1"), IDP_OK);
    assert_int_equal(unseal_error(host, second.output, "row 1"), IDP_MASTER_KEY_MISSING);
}

/* Changed in between, a call goes by the keys that it has read. */
static void a_call_reads_the_file_once(void **state)
{
    struct host *host = *state;
    struct sealing sealing;

    host->master_key_path = path;
    write_file("old AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 0600);
    assert_true(seal(host, &sealing));
    write_file("new AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 0600);

    struct sealing opening = {.input = sealing.output, .context = bytes("row 1")};

    assert_true(host_try(host, unseal_body, &opening));
    assert_true(host_text_is(opening.output, "secret"));
    assert_int_equal(unseal_error(host, sealing.output, "row 1"), IDP_MASTER_KEY_MISSING);
}

/* Makes a file with a key of its own and exits 0 where the file then holds the key it reads. */
static void race_one(struct host *host, unsigned char number)
{
    struct idp_master_key key = {.id_size = 1, .id = {(char)('a' + number)}, .key = {number}};

    host->random_next = (unsigned char)(number * 31);
    idp_key_ring_create(&host->call, path, &key);

    const struct idp_key_ring *ring = idp_key_ring_read(&host->call, path);

    _exit(ring->count == 1 ? ring->keys[0].id[0] : 0);
}

static void of_many_that_make_the_key_one_wins(void **state)
{
    struct host *host = *state;

    for (size_t round = 0; round < ROUND_COUNT; round++) {
        pid_t children[RACE_COUNT];
        int winner = 0;

        unlink(path);
        for (unsigned char i = 0; i < RACE_COUNT; i++) {
            children[i] = fork();
            if (children[i] == 0)
                race_one(host, i);
        }
        for (size_t i = 0; i < RACE_COUNT; i++) {
            int status;

            assert_int_equal(waitpid(children[i], &status, 0), children[i]);
            assert_true(WIFEXITED(status));
            winner = winner ? winner : WEXITSTATUS(status);
            assert_int_equal(WEXITSTATUS(status), winner);
        }
        assert_in_range(winner, 'a', 'a' + RACE_COUNT - 1);
    }
}

static int folder_make(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

/* Fails where anything, such as a temporary file, was left behind. */
static int folder_remove(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sha256_is_that_of_fips_180, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(no_two_splits_have_one_digest, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(equal_compares_size_and_content, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(random_text_is_base64url_of_the_hosts_bytes, host_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_sealed_value_opens_in_its_context_only, file_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(no_byte_of_a_sealed_value_may_change, file_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(sealing_twice_gives_different_bytes, file_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(another_memory_key_opens_nothing, file_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(the_first_seal_makes_a_private_file_and_records_it,
                                        file_setup, host_teardown),
        cmocka_unit_test_setup_teardown(a_recorded_key_is_not_recorded_again, file_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_missing_file_is_never_replaced, file_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(the_file_of_another_database_is_refused, file_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(only_a_writer_outside_recovery_makes_a_key, file_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_file_that_others_may_read_is_refused, file_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_malformed_file_is_refused_without_its_content, file_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_link_or_folder_is_no_key_file, file_setup, host_teardown),
        cmocka_unit_test_setup_teardown(an_existing_file_is_used_by_a_new_database, file_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(the_first_key_seals_and_all_open, file_setup,
                                        host_teardown),
        cmocka_unit_test_setup_teardown(a_call_reads_the_file_once, file_setup, host_teardown),
        cmocka_unit_test_setup_teardown(of_many_that_make_the_key_one_wins, file_setup,
                                        host_teardown),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
