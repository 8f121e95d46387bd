# bgjob: GNU make. A new program, lib file, SQL step or test needs no edit here.
# make help prints this comment; a test compares it with the targets at the end.
#
# Targets:
#   all                    the programs and the shim, in build (the default)
#   install, uninstall     below PREFIX=/usr/local; DESTDIR=dir for packages
#   demo                   runs a real job and kills its runner in the middle
#   clean                  removes all builds
#   help                   prints this
#
# Tests:
#   check                  all tests, or those that T= names
#   check-asan             the same under ASan and UBSan, with leaks
#   check-peers            the fakes and the renderer against real clients
#   check-torture          a short run of the three torture tests
#   torture                kill -9 loops; KILLS=300
#   torture-chat           a bot through chaos; CHAT_JOBS=1000
#   torture-tasks          200 tasks, jumping clocks, kill -9; TASK_ROUNDS=300
#   fuzz                   runs each fuzzer for FUZZ_SECONDS=60
#   lint                   clang-format and clang-tidy, shellcheck, mandoc, ...
#   coverage               lines run by the tests, for each room of lib
#   bench                  measures against peers; BENCH_ONLY=drain: one part
#
# For your editor and your terminal:
#   shell                  a shell with a throw-away home, store and PATH
#   tags                   an index for vi and others, by Universal Ctags
#   compile_commands.json  what clangd wants to know
#
# Parts of the above:
#   objects, units         object files; the unit tests
#   fuzzers, build-test    the fuzzers; programs with fail points
#   sqlite-dir             prints where SQLite is compiled from
#
# Variables:
#   T='name ...'           T=tests/store.t, T=build/unit/cron; short: T=store
#   V=1                    shows the commands, and what each test prints
#   KEEP=1                 tests and make shell keep their folders
#   JOBS=2                 tests that run at a time
#   SQLITE_DIR=dir         builds with the sqlite3.c and sqlite3.h in there
#   CC, CFLAGS, LDFLAGS    as usual; give BUILD=dir with flags of your own

VERSION := 0.3.0
PREFIX ?= /usr/local
DESTDIR ?=
BUILD = build
JOBS ?= 2
KILLS ?= 300
CHAT_JOBS ?= 1000
TASK_ROUNDS ?= 300
FUZZ_SECONDS ?= 60
KEEP ?=

CFLAGS ?= -O2 -g
HARDEN ?= -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong
SHIM_LDFLAGS ?= -static
# musl's start-up costs half of glibc's, which asks the processor for its caches first
SHIM_CC ?= $(if $(shell command -v musl-gcc),musl-gcc,$(CC))
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2
# SAN: sanitizers; DEFS: -DBGJOB_TEST. Both belong to builds with a BUILD of their own.
DEFS =
SAN =

CPP_FLAGS = -std=c11 -D_GNU_SOURCE -DBGJOB_VERSION='"$(VERSION)"' \
	-DBGJOB_LIBEXEC='"$(PREFIX)/libexec/bgjob"' -DBGJOB_SHARE='"$(PREFIX)/share/bgjob"' $(DEFS) -Ilib -I$(BUILD) $(SQLITE_INC) $(CPPFLAGS)
C_FLAGS = $(WARN) $(CFLAGS) $(HARDEN) $(SAN) -ffunction-sections -fdata-sections
LD_FLAGS = $(SAN) -Wl,--gc-sections $(LDFLAGS)
LIBS = -Wl,--as-needed -lsmartcols -lcjson -lcurl -lmd4c -ledit $(SQLITE_LIB)

# The system's SQLite only if it is free of the WAL-reset bug, else a pinned one, linked statically.
ifndef SQLITE_DIR
sqlite_fixed := $(shell p='pkg-config sqlite3'; { $$p --atleast-version=3.51.3 || \
	{ $$p --atleast-version=3.50.7 && $$p --max-version=3.50.999; } || \
	{ $$p --atleast-version=3.44.6 && $$p --max-version=3.44.999; } && echo yes; } 2>/dev/null)
endif
ifeq ($(sqlite_fixed),yes)
SQLITE_LIB := -lsqlite3
else
SQLITE_DIR ?= .cache/sqlite
SQLITE_H = $(SQLITE_DIR)/sqlite3.h
SQLITE_O ?= $(BUILD)/sqlite3.o
SQLITE_INC = -isystem $(SQLITE_DIR)
endif
# One thread for each process, strict SQL, nothing loaded at run time; a commit is one fdatasync.
SQLITE_FLAGS = -O2 -w -ffunction-sections -fdata-sections -DSQLITE_THREADSAFE=0 \
	-DSQLITE_DEFAULT_MEMSTATUS=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_DEPRECATED \
	-DSQLITE_OMIT_SHARED_CACHE -DSQLITE_LIKE_DOESNT_MATCH_BLOBS -DSQLITE_DQS=0 \
	-DSQLITE_USE_ALLOCA -DSQLITE_MAX_EXPR_DEPTH=0 -DSQLITE_DEFAULT_WAL_SYNCHRONOUS=2 \
	-DHAVE_FDATASYNC=1 -DSQLITE_DISABLE_DIRSYNC -DSQLITE_ENABLE_FTS5

CMD_C := $(sort $(wildcard cmd/*.c))
LIB_C := $(sort $(wildcard lib/*/*.c))
SQL := $(sort $(wildcard share/sql/*.sql))
PROGRAM_C := $(filter-out cmd/bgjob-shim.c,$(CMD_C))
PROGRAMS = $(PROGRAM_C:cmd/%.c=$(BUILD)/bin/%)
SHIM = $(patsubst cmd/%.c,$(BUILD)/libexec/%,$(filter cmd/bgjob-shim.c,$(CMD_C)))
POLLER = $(BUILD)/libexec/telegram-poller
OBJECTS = $(CMD_C:%.c=$(BUILD)/%.o) $(LIB_C:%.c=$(BUILD)/%.o)
UNITS = $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(sort $(wildcard tests/unit/*.c)))
PEER_TOOLS = $(patsubst tests/peers/%.c,$(BUILD)/peers/%,$(sort $(wildcard tests/peers/*.c)))
BENCHES = $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(sort $(wildcard tests/bench/*.c)))
FAKES = $(patsubst tests/fakes/%.c,$(BUILD)/fakes/%.so,$(sort $(wildcard tests/fakes/*.c)))
FUZZERS = $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(sort $(wildcard tests/fuzz/*.c)))
WORKFLOWS := $(sort $(wildcard share/workflows/*))
PROMPTS := $(sort $(wildcard share/prompts/*))
SHARED = $(patsubst share/%,$(BUILD)/share/bgjob/%,$(WORKFLOWS) $(PROMPTS) share/intents)
GENERATED = $(BUILD)/schema_sql.h $(BUILD)/programs.h
A = $(BUILD)/libbgjob.a
Q = $(if $(V),,@echo '  $@';)

all: $(PROGRAMS) $(SHIM) $(POLLER) $(SHARED)
objects: $(OBJECTS)
units: $(UNITS)
fuzzers: $(FUZZERS)

$(BUILD)/bin/%: $(BUILD)/cmd/%.o $(SQLITE_O) $(A)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LD_FLAGS) -o $@ $^ $(LIBS)

# No SQLite and no other library: a shim is started for each job and lives as long as the job.
SHIM_C = cmd/bgjob-shim.c $(sort $(wildcard lib/shim/*.c)) \
	$(addprefix lib/base/,clock.c failpoint.c hash.c process.c)
SHIM_O = $(SHIM_C:%.c=$(BUILD)/shim/%.o)
$(BUILD)/shim/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(SHIM_CC) $(CPP_FLAGS) $(C_FLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/libexec/bgjob-shim: $(SHIM_O)
	@mkdir -p $(@D)
	$(Q)$(SHIM_CC) $(LD_FLAGS) $(SHIM_LDFLAGS) -o $@ $^

# Laid out as they are installed, with modes of their own: workflows that others may write are not run.
$(BUILD)/share/bgjob/workflows/%: share/workflows/%
	$(Q)install -D -m 755 $< $@
$(BUILD)/share/bgjob/%: share/%
	$(Q)install -D -m 644 $< $@

$(POLLER): share/telegram-poller
	@mkdir -p $(@D)
	$(Q)install $< $@

$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(SQLITE_O) $(A)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LD_FLAGS) -o $@ $^ $(LIBS)

# Adapters between our code and a peer.
$(BUILD)/peers/%: $(BUILD)/tests/peers/%.o $(SQLITE_O) $(A)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LD_FLAGS) -o $@ $^ $(LIBS)

# latency is static, so that its time as a job does not include a loader's.
$(BUILD)/bench/latency: LIBS = $(SHIM_LDFLAGS)
$(BUILD)/bench/%: $(BUILD)/tests/bench/%.o $(SQLITE_O) $(A)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LD_FLAGS) -o $@ $^ $(LIBS)

# For LD_PRELOAD.
$(BUILD)/fakes/%.so: tests/fakes/%.c Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPP_FLAGS) $(WARN) $(CFLAGS) -fPIC -shared -o $@ $<

# What the torture test runs as jobs.
$(BUILD)/torture/%: $(BUILD)/tests/torture/%.o
	@mkdir -p $(@D)
	$(Q)$(CC) $(LD_FLAGS) -o $@ $^

$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(SQLITE_O) $(A)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LD_FLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

# The folders are named so that a file that went away is noticed too.
$(A): $(LIB_C:%.c=$(BUILD)/%.o) $(sort $(dir $(LIB_C)))
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(BUILD)/%.o: %.c Makefile | $(GENERATED) $(SQLITE_H)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPP_FLAGS) $(C_FLAGS) -MMD -MP -c -o $@ $<

# Compiled again when its flags change, not whenever the Makefile does: it takes long. A search
# ranks with log(3), with ours: loading libm would be a fifth of every program's start.
$(BUILD)/sqlite_flags: always
	@mkdir -p $(@D)
	@echo '$(SQLITE_FLAGS)' | cmp -s - $@ || echo '$(SQLITE_FLAGS)' >$@
$(BUILD)/sqlite3.o: $(SQLITE_DIR)/sqlite3.c $(BUILD)/sqlite_flags
	$(Q)$(CC) $(SQLITE_FLAGS) -c -o $@ $<
	@objcopy --redefine-sym log=db_log $@

# For share/setup: empty if the system's is used.
sqlite-dir:
	@echo $(SQLITE_DIR)

$(SQLITE_DIR)/sqlite3.c $(SQLITE_DIR)/sqlite3.h:
	@echo 'make: no SQLite that is safe for several writers here; run: sh share/setup build' >&2; exit 1

# Numbers, not string literals: those are limited in length and would need quoting.
# Comments are left out: SQLite keeps the text of each table and reads it at every start.
$(BUILD)/schema_sql.h: share/sql $(SQL)
	@mkdir -p $(@D)
	@{ for f in $(SQL); do \
		echo "static const unsigned char schema_$$(basename $$f .sql)[] = {"; \
		sed -e 's/[ 	]*--.*//' -e 's/^[ 	]*//' -e '/^$$/d' "$$f" | od -An -v -tu1 | sed 's/[0-9][0-9]*/&,/g'; echo '0 };'; done; \
	echo 'static const char *const schema_sql[] = {'; \
	for f in $(SQL); do echo "	(const char *)schema_$$(basename $$f .sql),"; done; \
	echo '};'; } >$@.new && mv $@.new $@

# One row for each program, from the first line of its source: { "NAME", "SENTENCE" },
$(BUILD)/programs.h: cmd $(PROGRAM_C)
	@mkdir -p $(@D)
	@for f in $(PROGRAM_C); do sed -n -e '1s/["\\]/\\&/g' \
		-e '1s|^/\* \([^ :]*\): \(.*\) \*/$$|{ "\1", "\2" },|p' "$$f"; done >$@.new && mv $@.new $@

-include $(OBJECTS:.o=.d) $(SHIM_O:.o=.d) $(patsubst $(BUILD)/%,$(BUILD)/tests/%.d,$(UNITS) $(FUZZERS) $(PEER_TOOLS) $(BENCHES))

# Tests. A name without a folder is that of a shell test, a unit test, or both.
T = $(UNITS) $(sort $(wildcard tests/*.t))
named = $(if $(findstring /,$1),$(1:build/unit/%=$(BUILD)/unit/%),$(or $(strip \
	$(wildcard tests/$(1:.t=).t) $(patsubst tests/%.c,$(BUILD)/%,$(wildcard tests/unit/$1.c))),$(error no test named $1)))
TESTS = $(strip $(foreach t,$T,$(call named,$t)))
SHELL_TESTS = $(filter-out $(BUILD)/unit/%,$(TESTS))
# Some shell tests run a unit driver.
SHELL_NEEDS = all $(FAKES) $(filter $(UNITS),$(addprefix $(BUILD)/,$(shell grep -osh 'unit/[a-z_]*' $(SHELL_TESTS))))
# -Itests is for prove itself, to find Progress.
PROVE = BIN='$(abspath $(BUILD))/bin' KEEP='$(KEEP)' perl -Itests -S prove --formatter Progress -j$(JOBS) $(if $V,-v)
# Expanded a second time, when check is made: other goals need none of it.
.SECONDEXPANSION:
check: $$(if $$(SHELL_TESTS),$$(SHELL_NEEDS)) $$(TESTS)
	@$(PROVE) $(TESTS)

# Code run by processes that are killed, or leave by _exit(), is not counted. A test that drops its
# privileges may fail here, as gcov then complains on stderr: make check is the judge of the tests.
coverage: $(if $(SQLITE_LIB),,build/sqlite3.o)
	@find build-cov -name '*.gcda' -delete 2>/dev/null; start=$$(date +%s); \
	$(MAKE) BUILD=build-cov SQLITE_O=build/sqlite3.o CFLAGS='-O0 -g' HARDEN= SHIM_LDFLAGS= \
		SHIM_CC='$(CC)' SAN=--coverage T='$(TESTS:$(BUILD)/%=build-cov/%)' check || \
		echo 'coverage: tests failed; what they ran is counted'; \
	tests/coverage build-cov && echo "coverage: $$(($$(date +%s) - start)) s"

shell: all
	@BIN='$(abspath $(BUILD))/bin' KEEP='$(KEEP)' tests/shell

# The fakes, checked by third-party clients; sh share/setup peers fetches those.
PEERS = $(shell find tests/peers -maxdepth 1 -type f -perm -u+x ! -name '*.*' | sort)
check-peers: all $(PEER_TOOLS)
	BUILD='$(abspath $(BUILD))' BIN='$(abspath $(BUILD))/bin' prove -j$(JOBS) $(PEERS)

# Tests that run none of our code beyond what other tests run.
NOT_ASAN = $(patsubst %,tests/%.t,style install completions examples cron-peers make)

# The exit code is one that no tool uses; reports of background processes are in the log folder.
check-asan: $(if $(SQLITE_LIB),,build/sqlite3.o)
	rm -rf build-asan/log && mkdir -p build-asan/log
	ASAN_OPTIONS=detect_leaks=1:exitcode=99:log_path='$(CURDIR)/build-asan/log/asan' \
	UBSAN_OPTIONS=print_stacktrace=1:exitcode=99:log_path='$(CURDIR)/build-asan/log/ubsan' \
	$(MAKE) BUILD=build-asan SQLITE_O=build/sqlite3.o CFLAGS='-O1 -g -fno-omit-frame-pointer' HARDEN= SHIM_LDFLAGS= SHIM_CC='$(CC)' \
		SAN='-fsanitize=address -fsanitize=undefined -fno-sanitize-recover=all' T='$(patsubst $(BUILD)/%,build-asan/%,$(filter-out $(NOT_ASAN),$(TESTS)))' check; \
	status=$$?; for f in build-asan/log/*; do [ ! -e "$$f" ] || { cat "$$f"; status=1; }; done; \
	exit $$status

build-test: $(if $(SQLITE_LIB),,build/sqlite3.o)
	$(MAKE) BUILD=build-test SQLITE_O=build/sqlite3.o DEFS=-DBGJOB_TEST all build-test/torture/job

torture: build-test
	BIN='$(CURDIR)/build-test/bin' tests/torture/run $(KILLS)

torture-chat: build-test
	BIN='$(CURDIR)/build-test/bin' tests/torture/chat $(CHAT_JOBS)

torture-tasks: build-test
	BIN='$(CURDIR)/build-test/bin' tests/torture/tasks $(TASK_ROUNDS)

check-torture: torture
	BIN='$(CURDIR)/build-test/bin' tests/torture/chat 60
	BIN='$(CURDIR)/build-test/bin' tests/torture/tasks 15

fuzz: $(if $(SQLITE_LIB),,build/sqlite3.o)
	$(MAKE) BUILD=build-fuzz CC=clang CFLAGS='-O1 -g' HARDEN= DEFS=-DBGJOB_TEST SQLITE_O=build/sqlite3.o \
		SAN='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' fuzzers
	@for f in $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/*.c))); do \
		mkdir -p build-fuzz/corpus/$$f tests/fuzz/corpus/$$f; \
		echo "fuzz: $$f, $(FUZZ_SECONDS) s"; \
		build-fuzz/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 -print_final_stats=1 \
			-artifact_prefix=build-fuzz/$$f- build-fuzz/corpus/$$f tests/fuzz/corpus/$$f \
			>build-fuzz/$$f.log 2>&1 || { tail -n 40 build-fuzz/$$f.log; exit 1; }; \
		grep -E 'number_of_executed_units|new_units_added' build-fuzz/$$f.log; done

bench: all $(BENCHES) $(FAKES)
	BIN='$(abspath $(BUILD))/bin' tests/bench/run

demo: all
	@BIN='$(abspath $(BUILD))/bin' sh share/demo

# The reference is clang-format 14, as in Debian 12.
LINT_C = $(wildcard cmd/*.[ch] lib/*/*.[ch] tests/*/*.[ch])
# Files that begin with #!/bin/sh, and the shell libraries.
LINT_SH = $(wildcard tests/*.sh) $(shell find .ci share tests -type f -exec awk \
	'FNR == 1 && $$0 == "\#!/bin/sh" { print FILENAME } { nextfile }' {} + | sort)
# Headers that are written (GENERATED) or fetched have to be there first; one file at a time,
# as clang-tidy 14 reports a va_list wrongly in the second and later ones.
lint: $(GENERATED) $(SQLITE_H)
	@echo '  clang-format'; clang-format --dry-run -Werror $(LINT_C)
	@echo '  shellcheck'; shellcheck -x -P tests -e SC1091,SC2016,SC2317 $(LINT_SH)
	@echo '  mandoc'; mandoc -Tlint -Wwarning $(wildcard share/man/*.[157])
	@echo '  clang-tidy'; printf '%s\n' $(filter-out tests/fuzz/%,$(filter %.c,$(LINT_C))) | \
		xargs -P$(JOBS) -n1 sh -c \
		'clang-tidy --quiet "$$@" -- $(subst ','\'',$(CPP_FLAGS)) 2>/dev/null' clang-tidy
	@rm -rf build-scan
	scan-build --status-bugs -disable-checker security.insecureAPI.vfork \
		-disable-checker unix.Vfork -o build-scan/report $(MAKE) -s -j$(JOBS) BUILD=build-scan objects
	@echo '  symbols'; python3 tests/symbols build-scan

# For those who read and change the code.
help:
	@sed -n -e '/^$$/q' -e '1,3d' -e 's/^# \{0,1\}//p' Makefile

tags: always
	@ctags --version 2>/dev/null | grep -q Universal || { \
		echo 'make: tags needs Universal Ctags: apt-get install universal-ctags' >&2; exit 1; }
	ctags -R --languages=C cmd lib tests

# An entry for each C file, with absolute paths, as clangd wants them. SHIM_CC compiles the shim's.
DATABASE_C = $(CMD_C) $(LIB_C) $(sort $(wildcard tests/*/*.c))
DATABASE_SHIM = $(filter cmd/% lib/shim/%,$(SHIM_C))
absolute = $(foreach f,$1,$(if $(filter -I%,$f),-I$(abspath $(f:-I%=%)),$(if $(filter $(SQLITE_DIR),$f),$(abspath $f),$f)))
json = "$(subst ",\",$(subst \,\\,$1))"
define entry
{ "directory": $(call json,$(CURDIR)), "file": $(call json,$(CURDIR)/$1),
  "command": $(call json,$(if $(filter $1,$(DATABASE_SHIM)),$(SHIM_CC),$(CC)) $(call absolute,$(CPP_FLAGS) $(C_FLAGS)) -c -o $(abspath $(BUILD)/$(1:.c=.o)) $(CURDIR)/$1) }
endef
define newline


endef
, := ,
compile_commands.json: always $(GENERATED) $(SQLITE_H)
	$(file >$@,[ $(subst } {,}$(,)$(newline){,$(foreach f,$(DATABASE_C),$(call entry,$f))) ])
	@echo '  $@'

# Installing.
INSTALL_BIN = $(DESTDIR)$(PREFIX)/bin
INSTALL_LIBEXEC = $(DESTDIR)$(PREFIX)/libexec/bgjob
INSTALL_UNIT = $(DESTDIR)$(PREFIX)/lib/systemd/user
INSTALL_SHARE = $(DESTDIR)$(PREFIX)/share
NAMES = $(notdir $(PROGRAMS))
MAN := $(sort $(wildcard share/man/*.[157]))
DOCS := $(sort $(wildcard share/doc/*))
UNIT_FILES := $(sort $(wildcard share/systemd/*))
BASH = $(INSTALL_SHARE)/bash-completion/completions

install: all
	install -d $(INSTALL_BIN) $(INSTALL_LIBEXEC) $(INSTALL_UNIT) $(BASH) $(INSTALL_SHARE)/doc/bgjob \
		$(INSTALL_SHARE)/zsh/site-functions $(INSTALL_SHARE)/fish/vendor_completions.d \
		$(INSTALL_SHARE)/bgjob/workflows $(INSTALL_SHARE)/bgjob/prompts
	install $(PROGRAMS) $(INSTALL_BIN)
	install $(SHIM) $(POLLER) $(INSTALL_LIBEXEC)
	for f in $(MAN); do install -D -m 644 $$f $(INSTALL_SHARE)/man/man$${f##*.}/$${f##*/} || exit; done
	install -m 644 completions/bgjob.bash $(BASH)/bgjob
	for n in $(filter-out bgjob,$(NAMES)); do ln -sf bgjob $(BASH)/$$n || exit; done
	install -m 644 completions/_bgjob $(INSTALL_SHARE)/zsh/site-functions
	install -m 644 completions/bgjob.fish $(INSTALL_SHARE)/fish/vendor_completions.d
	install $(WORKFLOWS) $(INSTALL_SHARE)/bgjob/workflows
	install -m 644 $(PROMPTS) $(INSTALL_SHARE)/bgjob/prompts
	install -m 644 share/intents $(INSTALL_SHARE)/bgjob
	for f in $(UNIT_FILES); do \
		sed -e 's|@BINDIR@|$(PREFIX)/bin|' -e 's|@LIBEXECDIR@|$(PREFIX)/libexec/bgjob|' \
			$$f >$(INSTALL_UNIT)/$${f##*/} && \
		chmod 644 $(INSTALL_UNIT)/$${f##*/} || exit; done
	install -m 644 README.md LICENSE share/config.example share/crontab.example $(DOCS) $(INSTALL_SHARE)/doc/bgjob

uninstall:
	rm -f $(addprefix $(INSTALL_BIN)/,$(NAMES)) $(addprefix $(BASH)/,bgjob $(NAMES)) \
		$(addprefix $(INSTALL_UNIT)/,$(notdir $(UNIT_FILES))) \
		$(foreach f,$(MAN),$(INSTALL_SHARE)/man/man$(lastword $(subst ., ,$f))/$(notdir $f)) \
		$(INSTALL_SHARE)/zsh/site-functions/_bgjob \
		$(INSTALL_SHARE)/fish/vendor_completions.d/bgjob.fish
	rm -rf $(INSTALL_LIBEXEC) $(INSTALL_SHARE)/doc/bgjob $(INSTALL_SHARE)/bgjob

clean:
	rm -rf build build-asan build-test build-fuzz build-scan build-cov build-debug tags compile_commands.json

always:

.PHONY: all always objects units fuzzers sqlite-dir check check-asan check-peers build-test torture \
	torture-chat torture-tasks check-torture fuzz bench demo lint install uninstall clean \
	shell tags compile_commands.json coverage help
.SECONDARY:
.DELETE_ON_ERROR:
