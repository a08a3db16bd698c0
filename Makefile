# SPDX-License-Identifier: Apache-2.0
# Makefile: builds idplane for SQLite, PostgreSQL and HTTP from one core.
#
#   make            what is installed: build/idplane.so, build/idplane-httpd, build/idplane-load,
#                   build/pg/idplane.so, and idplane_fetch.so beside each module
#   make demo       devices sign in and are provisioned on SQLite, end to end (installs what is missing)
#   make check      every test (installs what is missing); check-fresh: in a new Debian 12
#   make check-postgrest   docs/postgrest.md; through PostgREST, too, where it is on PATH
#   make install    PG_CONFIG, PREFIX and DESTDIR choose where
#   make bench      what it costs, against what it could cost (45 minutes; QUICK=1: eight)
#   make fuzz       any bytes into every reader, SECONDS (60) each, with what of it was reached
#   make serve      the server on build/serve.db; tidy, format, sanitize, clean

CC        ?= cc
PG_CONFIG ?= pg_config
PREFIX    ?= /usr/local
BUILD     ?= build
LISTEN    ?= 127.0.0.1:8080
SECONDS   ?= 60
CFLAGS    ?= -O2 -g

# SANITIZE holds flags of an instrumented build (regress/sanitize); it has its own BUILD. A module is
# never unloaded: the cache of parsed keys outlives the connection that loaded it.
STYLE   := -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Wshadow -Wmissing-prototypes \
           -Wstrict-prototypes -Wno-missing-field-initializers
HARDEN  := -fPIC -fno-plt -fvisibility=hidden -fno-strict-aliasing -fstack-protector-strong
MKDIR    = mkdir -p $(@D)
# The two modules are optimized as a whole, which a function called for each row gains a tenth by. The
# objects are machine code as well, for what else is linked of them. `make LTO=` does without.
GCC     := $(if $(SANITIZE),,$(shell $(CC) -dumpfullversion 2>/dev/null))
LTO     := $(if $(GCC),-flto=2 -ffat-lto-objects)
BUILD_C  = $(MKDIR) && $(CC) $(STYLE) $(HARDEN) $(CFLAGS) $(SANITIZE) $(CPPFLAGS) -I. -I$(BUILD) \
           $(XML) -MD -MP -o $@
SHARED   = $(MKDIR) && $(CC) -shared $(CFLAGS) $(SANITIZE) $(LDFLAGS) \
           -Wl,-Bsymbolic,-z,relro,-z,now,-z,nodelete -o $@
LIBS    := -lcjson -lxml2 -lqrencode -lcbor -ltss2-mu -lcrypto -lpthread -lm
FETCH_LIBS := -lcurl -lcjson -lcrypto -lpthread
# Headers of libraries that lie in a folder of their own; not ours to warn about.
XML     := $(patsubst -I%,-isystem %,$(shell xml2-config --cflags 2>/dev/null))

# Asked only where needed. Engine headers are not ours to warn about, hence -isystem.
PG_INCLUDE = $(shell $(PG_CONFIG) --includedir-server 2>/dev/null)
PQ_FLAGS   = $(addprefix -isystem ,$(shell $(PG_CONFIG) --includedir 2>/dev/null || pkg-config --variable=includedir libpq))
PQ_LIBS    = $(addprefix -L,$(shell $(PG_CONFIG) --libdir 2>/dev/null || pkg-config --variable=libdir libpq)) -lpq
HAS_PG     = $(wildcard $(PG_INCLUDE)/postgres.h)
has_header = $(shell echo '\#include <$(1)>' | $(CC) -E -x c -o /dev/null - 2>/dev/null && echo yes)
HAS_CURL  := $(call has_header,curl/curl.h)
HAS_YAML  := $(call has_header,yaml.h)

objects  = $(patsubst %.c,$(BUILD)/$(1)/%.o,$(sort $(2)))
programs = $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard $(1))))
CORE    := $(call objects,obj,$(filter-out core/fetch/%,$(wildcard core/*.c core/*/*.c)))
SQLITE  := $(call objects,obj,$(wildcard sqlite_ext/*.c))
STATIC  := $(call objects,static,$(wildcard sqlite_ext/*.c))
# The module that fetches, and the only code that sees libcurl. The server brings it along.
FETCH   := $(call objects,obj,$(wildcard core/fetch/*.c))
SQLITE_FETCH := $(call objects,obj,$(wildcard sqlite_ext/fetch/*.c))
STATIC_FETCH := $(if $(HAS_CURL),$(call objects,static,$(wildcard sqlite_ext/fetch/*.c)) $(BUILD)/fetch.a)
HTTPD   := $(call objects,obj,$(wildcard httpd/*.c))
LOAD    := $(call objects,obj,$(wildcard load/*.c))
# What reads documents, without what applies them: for the fuzzer.
READER  := $(call objects,obj,$(addprefix load/,loader.c node.c scalar.c secret.c yaml.c))
UNIT    := $(filter-out $(if $(HAS_CURL),,%/test_fetch),$(call programs,regress/unit/test_*.c))
HELPERS := $(call programs,regress/isolation/*.c regress/sqlite/*.c regress/fetch/*.c)
PRELOADS := $(BUILD)/regress/crash/syncs.so $(BUILD)/regress/pki/seeded.so
BENCH_PARTS := $(addprefix bench/,claims.c database.c issuing.c maker.c pair.c process.c raw.c \
               token.c)
BENCH   := $(addprefix $(BUILD)/bench/,certificates hello issuer jose keys members memory oidc \
             partner \
             sqlite sso tokens)
# Debian's libraries that it is measured beside, where they are installed.
PEERS   := $(patsubst /usr/include/%.h,$(BUILD)/bench/lib%,$(subst cjose/,,$(wildcard \
             /usr/include/cjose/cjose.h /usr/include/jwt.h)))
VERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" pg_ext/idplane.control 2>/dev/null)
SCRIPT  := $(BUILD)/pg/idplane--$(VERSION).sql
FETCH_SCRIPT := $(BUILD)/pg_fetch/idplane_fetch--$(VERSION).sql
# pg_ext/Makefile and pg_ext/fetch/Makefile have the rules of the PostgreSQL that is built for:
# pgxs FOLDER MAKEFILE SCRIPT. `make -n` has nothing to build on.
pgxs = [ ! -f $(BUILD)/core.a ] || \
       $(MAKE) --no-print-directory -s -C $(BUILD)/$(1) -f $(CURDIR)/$(2) \
       PG_CONFIG=$(abspath $(shell command -v $(PG_CONFIG))) SCRIPT=$(notdir $(3)) \
       STYLE='$(STYLE)' HARDEN='$(HARDEN)' GCC='$(GCC)' LTO='$(LTO)' \
       LIBS='$(LIBS)' FETCH_LIBS='$(FETCH_LIBS)'
PGXS_MAKE       = $(call pgxs,pg,pg_ext/Makefile,$(SCRIPT))
PGXS_FETCH_MAKE = $(call pgxs,pg_fetch,pg_ext/fetch/Makefile,$(FETCH_SCRIPT))

.PHONY: all sqlite postgres fetch-sqlite fetch-postgres no-postgres no-curl no-yaml unit helpers install \
        install-sqlite install-postgres demo check check-postgrest installcheck check-fresh serve bench \
        bench-programs tidy format fuzz sanitize clean
.DELETE_ON_ERROR:
all: sqlite $(if $(HAS_PG),postgres,no-postgres)
sqlite: $(BUILD)/idplane.so $(BUILD)/idplane-httpd $(if $(HAS_CURL),fetch-sqlite,no-curl) \
        $(if $(HAS_YAML),$(BUILD)/idplane-load,no-yaml)
postgres: $(BUILD)/core.a $(SCRIPT) $(BUILD)/pg/version $(if $(HAS_CURL),fetch-postgres)
	+@$(PGXS_MAKE) all
fetch-sqlite: $(BUILD)/idplane_fetch.so
fetch-postgres: $(BUILD)/core.a $(BUILD)/fetch.a $(FETCH_SCRIPT) $(BUILD)/pg/version
	+@$(PGXS_FETCH_MAKE) all
unit: $(UNIT)
helpers: $(HELPERS) $(PRELOADS)
bench-programs: $(BENCH) $(PEERS) $(if $(HAS_PG),$(BUILD)/bench/backend.so)
no-postgres:; @echo "$(PG_CONFIG) knows no PostgreSQL server headers: built for SQLite only."
no-curl:; @echo "There are no headers of libcurl (libcurl4-openssl-dev): built without idplane_fetch."
no-yaml:; @echo "There are no headers of libyaml (libyaml-dev): built without idplane-load."

$(BUILD)/core.a: $(CORE); rm -f $@ && $(AR) rcs $@ $^
$(BUILD)/idplane.so: $(SQLITE) $(BUILD)/core.a
	$(SHARED) $(or $(LTO),-fno-lto) -Wl,-z,defs $^ $(LIBS)
$(BUILD)/fetch.a: $(FETCH); rm -f $@ && $(AR) rcs $@ $^
$(BUILD)/idplane_fetch.so: $(SQLITE_FETCH) $(BUILD)/fetch.a $(BUILD)/core.a
	$(SHARED) -fno-lto -Wl,-z,defs $^ $(FETCH_LIBS)
$(BUILD)/idplane-httpd: $(HTTPD) $(STATIC) $(STATIC_FETCH) $(BUILD)/core.a
	$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -fno-lto -o $@ $^ -lmicrohttpd -lgnutls -lsqlite3 \
	    $(PQ_LIBS) $(if $(HAS_CURL),-lcurl) $(LIBS)
$(BUILD)/load.a: $(READER); rm -f $@ && $(AR) rcs $@ $^
$(BUILD)/idplane-load: $(LOAD) $(STATIC) $(BUILD)/core.a
	$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -fno-lto -o $@ $^ -lyaml -lsqlite3 $(PQ_LIBS) $(LIBS)
SCRIPT_PARTS := $(addprefix sql/,schema.sql pki.sql provisioning.sql comments.sql functions.sql \
                pki_functions.sql tpm.sql provisioning_functions.sql postgrest.sql privileges.sql \
                storage.sql)
$(SCRIPT): $(SCRIPT_PARTS) pg_ext/idplane.control
	$(MKDIR) && { printf '%s\n' '\echo Use "CREATE EXTENSION idplane" to load this file. \quit' \
	    'CREATE SCHEMA idplane;'; cat $(SCRIPT_PARTS); } >$@
$(FETCH_SCRIPT): sql/fetch.sql pg_ext/fetch/idplane_fetch.control
	$(MKDIR) && { printf '%s\n' \
	    '\echo Use "CREATE EXTENSION idplane_fetch" to load this file. \quit'; cat $<; } >$@
# The schema as C string literals, a line each: SQLite installs it from there.
$(BUILD)/schema.inc: sql/schema.sql sql/pki.sql sql/provisioning.sql sql/sqlite.sql
	$(MKDIR) && cat $^ | sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' >$@
$(BUILD)/obj/httpd/%.o: httpd/%.c
	$(BUILD_C) -c $(PQ_FLAGS) $<
$(BUILD)/obj/load/%.o: load/%.c
	$(BUILD_C) -c $(PQ_FLAGS) $<
$(BUILD)/obj/%.o: %.c | $(BUILD)/schema.inc
	$(BUILD_C) $(LTO) -c $<
$(BUILD)/static/%.o: %.c | $(BUILD)/schema.inc
	$(BUILD_C) -c -DSQLITE_CORE $<
$(UNIT): $(BUILD)/%: %.c $(BUILD)/obj/regress/unit/host.o $(BUILD)/core.a
	$(BUILD_C) -fno-lto $(filter %.c %.o %.a,$^) -lcmocka $(LIBS)
$(BUILD)/regress/unit/test_fetch: $(BUILD)/fetch.a
$(BUILD)/bench/libcjose: PEER := -lcjose
$(BUILD)/bench/libjwt: PEER := -ljwt
$(BENCH) $(PEERS): $(BUILD)/%: %.c $(call objects,obj,$(BENCH_PARTS)) $(BUILD)/core.a
	$(BUILD_C) -fno-lto $(filter %.c %.o %.a,$^) $(PEER) -lmicrohttpd -lsqlite3 $(LIBS)
$(BUILD)/bench/backend.so: bench/backend.c $(BUILD)/pg/version \
        $(call objects,obj,$(addprefix bench/,claims.c issuing.c maker.c raw.c))
	$(BUILD_C) -fno-lto -shared -isystem $(PG_INCLUDE) $(filter %.c %.o,$^) -lcrypto
$(HELPERS): $(BUILD)/%: %.c
	$(BUILD_C) $(PQ_FLAGS) $< -lsqlite3 $(PQ_LIBS) $(LIBS)
$(PRELOADS): $(BUILD)/%.so: %.c
	$(BUILD_C) -fno-lto -shared $<
$(BUILD)/pg/version: FORCE
	@$(MKDIR); $(PG_CONFIG) --version >$@.new; cmp -s $@.new $@ || cp $@.new $@
FORCE:
-include $(shell [ -d $(BUILD) ] && find $(BUILD) -name '*.d' -type f)

install: install-sqlite $(if $(HAS_PG),install-postgres)
install-sqlite: sqlite
	install -D -m 755 $(BUILD)/idplane.so $(DESTDIR)$(PREFIX)/lib/idplane.so
	install -D -m 755 $(BUILD)/idplane-httpd $(DESTDIR)$(PREFIX)/bin/idplane-httpd
	$(if $(HAS_YAML),install -D -m 755 $(BUILD)/idplane-load $(DESTDIR)$(PREFIX)/bin/idplane-load)
	$(if $(HAS_CURL),install -D -m 755 $(BUILD)/idplane_fetch.so $(DESTDIR)$(PREFIX)/lib/idplane_fetch.so)
install-postgres: postgres
	+@$(PGXS_MAKE) install
	+@$(if $(HAS_CURL),$(PGXS_FETCH_MAKE) install)

# A new make sees what the packages brought.
export BUILD PG_CONFIG
demo:
	@regress/packages demo
	@[ -f $(BUILD)/idplane.so ] || echo 'Building idplane: a minute or more.'
	@$(MAKE) --no-print-directory -s sqlite
	@httpd/demo
check-fresh:; @regress/fresh
check:
	@regress/packages check
	@$(MAKE) --no-print-directory -s -j$(shell nproc) all unit helpers
	@regress/run
check-postgrest: postgres
	@regress/cluster regress/run postgrest
installcheck: postgres
	@regress/cluster regress/run pg
serve: sqlite
	$(BUILD)/idplane-httpd --sqlite $(BUILD)/serve.db --listen $(LISTEN) --base-url http://$(LISTEN)
bench:
	@regress/packages bench
	@regress/packages peers || echo "bench: goes on without them" >&2
	@$(MAKE) --no-print-directory -s all bench-programs
	@bench/run $(if $(QUICK),--quick)
tidy: all; regress/tidy
format:; clang-format -i $$(git ls-files '*.c' '*.h')
fuzz:
	@regress/packages fuzz
	@FUZZ_SECONDS=$(SECONDS) regress/fuzz/run
sanitize:; regress/sanitize
clean:; rm -rf $(BUILD)
