# SPDX-License-Identifier: Apache-2.0
# flags.mk: how the modules for PostgreSQL are compiled; ROOT is the folder of the sources.
#
# Headers of the engine are not ours to warn about, hence -isystem. PostgreSQL's flags are for the
# compiler it was built with, which need not be ours; Debian's keep a frame pointer, and a function
# called for each row pays for it. The core is no bitcode.
PG_CPPFLAGS = -I$(ROOT) -isystem $(shell $(PG_CONFIG) --includedir-server)
PG_CFLAGS   = $(STYLE) $(HARDEN) -fomit-frame-pointer -Wno-declaration-after-statement \
              -Wno-ignored-optimization-argument -Wno-unknown-warning-option $(WHOLE)
# As a whole with the core only by the compiler that made that: others do not read its objects' LTO.
WHOLE       = $(or $(if $(filter $(GCC),$(shell $(CC) -dumpfullversion 2>/dev/null)),$(LTO)),-fno-lto)
LINK_FLAGS  = -Wl,-Bsymbolic,-z,relro,-z,now,-z,nodelete
override with_llvm = no
