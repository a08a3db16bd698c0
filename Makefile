# SPDX-License-Identifier: Apache-2.0
# Makefile: builds idplane for SQLite, PostgreSQL and HTTP from one core.
#
#   make            what is installed: build/idplane.so, build/idplane-httpd, build/pg/idplane.so
#   make demo       a device signs in on SQLite, end to end (installs what is missing)
#   make check      every test (installs what is missing); check-fresh: in a new Debian 12
#   make install    PG_CONFIG, PREFIX and DESTDIR choose where
#   make bench      what it costs, against what it could cost (15 minutes; QUICK=1: three)
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
HARDEN  := -fPIC -fvisibility=hidden -fno-strict-aliasing -fstack-protector-strong
MKDIR    = mkdir -p $(@D)
BUILD_C  = $(MKDIR) && $(CC) $(STYLE) $(HARDEN) $(CFLAGS) $(SANITIZE) $(CPPFLAGS) -I. -I$(BUILD) \
           $(XML)            -MD -MP -o $@
SHARED   = $(MKDIR) && $(CC) -shared $(CFLAGS) $(SANITIZE) $(LDFLAGS) \
           -Wl,-Bsymbolic,-z,relro,-z,now,-z,nodelete -o $@
LIBS    := -lcjson -lxml2 -lcrypto -lpthread
# Headers of libraries that lie in a folder of their own; not ours to warn about.
XML     := $(patsubst -I%,-isystem %,$(shell xml2-config --cflags 2>/dev/null))

# Asked only where needed. Engine headers are not ours to warn about, hence -isystem.
PG_INCLUDE = $(shell $(PG_CONFIG) --includedir-server 2>/dev/null)
PQ_FLAGS   = -isystem $(shell $(PG_CONFIG) --includedir)
PQ_LIBS    = -L$(shell $(PG_CONFIG) --libdir) -lpq
HAS_PG     = $(wildcard $(PG_INCLUDE)/postgres.h)

objects  = $(patsubst %.c,$(BUILD)/$(1)/%.o,$(sort $(2)))
programs = $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard $(1))))
CORE    := $(call objects,obj,$(filter-out core/fetch/%,$(wildcard core/*.c core/*/*.c)))
SQLITE  := $(call objects,obj,$(wildcard sqlite_ext/*.c))
STATIC  := $(call objects,static,$(wildcard sqlite_ext/*.c))
HTTPD   := $(call objects,obj,$(wildcard httpd/*.c))
UNIT    := $(call programs,regress/unit/test_*.c)
HELPERS := $(call programs,regress/isolation/*.c regress/sqlite/*.c)
BENCH_PARTS := $(addprefix bench/,claims.c database.c pair.c raw.c token.c)
BENCH   := $(addprefix $(BUILD)/bench/,hello jose keys memory oidc partner sqlite sso tokens)
# Debian's libraries that it is measured beside, where they are installed.
PEERS   := $(patsubst /usr/include/%.h,$(BUILD)/bench/lib%,$(subst cjose/,,$(wildcard \
             /usr/include/cjose/cjose.h /usr/include/jwt.h)))
VERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" pg_ext/idplane.control 2>/dev/null)
SCRIPT  := $(BUILD)/pg/idplane--$(VERSION).sql
# pg_ext/Makefile has the rules of the PostgreSQL that is built for. `make -n` has nothing to build on.
PGXS_MAKE = [ ! -f $(BUILD)/core.a ] || \
            $(MAKE) --no-print-directory -s -C $(BUILD)/pg -f $(CURDIR)/pg_ext/Makefile \
            PG_CONFIG=$(abspath $(shell command -v $(PG_CONFIG))) SCRIPT=$(notdir $(SCRIPT)) \
            STYLE='$(STYLE)' HARDEN='$(HARDEN)' LIBS='$(LIBS)'

.PHONY: all sqlite postgres no-postgres unit helpers install install-sqlite install-postgres demo \
        check installcheck check-fresh serve bench bench-programs tidy format fuzz sanitize clean
.DELETE_ON_ERROR:
all: sqlite $(if $(HAS_PG),postgres,no-postgres)
sqlite: $(BUILD)/idplane.so $(BUILD)/idplane-httpd
postgres: $(BUILD)/core.a $(SCRIPT) $(BUILD)/pg/version
	+@$(PGXS_MAKE) all
unit: $(UNIT)
helpers: $(HELPERS)
bench-programs: $(BENCH) $(PEERS) $(if $(HAS_PG),$(BUILD)/bench/backend.so)
no-postgres:; @echo "$(PG_CONFIG) knows no PostgreSQL server headers: built for SQLite only."

$(BUILD)/core.a: $(CORE); rm -f $@ && $(AR) rcs $@ $^
$(BUILD)/idplane.so: $(SQLITE) $(BUILD)/core.a
	$(SHARED) -Wl,-z,defs $^ $(LIBS)
$(BUILD)/idplane-httpd: $(HTTPD) $(STATIC) $(BUILD)/core.a
	$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ -lmicrohttpd -lsqlite3 $(PQ_LIBS) $(LIBS)
$(SCRIPT): sql/schema.sql sql/comments.sql sql/functions.sql pg_ext/idplane.control
	$(MKDIR) && { printf '%s\n' '\echo Use "CREATE EXTENSION idplane" to load this file. \quit' \
	    'CREATE SCHEMA idplane;'; cat sql/schema.sql sql/comments.sql sql/functions.sql; } >$@
# The schema as C string literals, a line each: SQLite installs it from there.
$(BUILD)/schema.inc: sql/schema.sql sql/sqlite.sql
	$(MKDIR) && cat $^ | sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' >$@
$(BUILD)/obj/httpd/%.o: httpd/%.c
	$(BUILD_C) -c $(PQ_FLAGS) $<
$(BUILD)/obj/%.o: %.c | $(BUILD)/schema.inc
	$(BUILD_C) -c $<
$(BUILD)/static/%.o: %.c | $(BUILD)/schema.inc
	$(BUILD_C) -c -DSQLITE_CORE $<
$(UNIT): $(BUILD)/%: %.c $(BUILD)/obj/regress/unit/host.o $(BUILD)/core.a
	$(BUILD_C) $(filter %.c %.o %.a,$^) -lcmocka $(LIBS)
$(BUILD)/bench/libcjose: PEER := -lcjose
$(BUILD)/bench/libjwt: PEER := -ljwt
$(BENCH) $(PEERS): $(BUILD)/%: %.c $(call objects,obj,$(BENCH_PARTS)) $(BUILD)/core.a
	$(BUILD_C) $(filter %.c %.o %.a,$^) $(PEER) -lmicrohttpd -lsqlite3 $(LIBS)
$(BUILD)/bench/backend.so: bench/backend.c $(call objects,obj,bench/claims.c bench/raw.c) \
                          $(BUILD)/pg/version
	$(BUILD_C) -shared -isystem $(PG_INCLUDE) $(filter %.c %.o,$^) -lcrypto
$(HELPERS): $(BUILD)/%: %.c
	$(BUILD_C) $(PQ_FLAGS) $< -lsqlite3 $(PQ_LIBS) $(LIBS)
$(BUILD)/pg/version: FORCE
	@$(MKDIR); $(PG_CONFIG) --version >$@.new; cmp -s $@.new $@ || cp $@.new $@
FORCE:
-include $(shell [ -d $(BUILD) ] && find $(BUILD) -name '*.d' -type f)

install: install-sqlite $(if $(HAS_PG),install-postgres)
install-sqlite: sqlite
	install -D -m 755 $(BUILD)/idplane.so $(DESTDIR)$(PREFIX)/lib/idplane.so
	install -D -m 755 $(BUILD)/idplane-httpd $(DESTDIR)$(PREFIX)/bin/idplane-httpd
install-postgres: postgres
	+@$(PGXS_MAKE) install

# A new make sees what the packages brought.
export BUILD PG_CONFIG
demo:
	@regress/packages demo
	@$(MAKE) --no-print-directory -s sqlite
	@httpd/demo
check-fresh:; @regress/fresh
check:
	@regress/packages check
	@$(MAKE) --no-print-directory -s all unit helpers
	@regress/run
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
