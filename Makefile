# costream: `make demo` and `make test` do all that is needed on a fresh Debian 12, as root.

MAKEFLAGS += --no-print-directory

LUA ?= lua5.4
PORT ?= 8093

BUILD := build
CORE := $(BUILD)/$(LUA)/costream/core.so
HOST := $(BUILD)/$(LUA)/host# a program with Lua states of its own, for the specs

CC ?= cc
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wconversion -Werror
STANDARD := -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE
COMPILE = $(CC) $(STANDARD) $(WARNINGS) $(CFLAGS) -fPIC -fvisibility=hidden -Isrc -MMD -MP

JSON_SOURCES := $(wildcard src/json/*.c)
QUERY_SOURCES := $(wildcard src/query/*.c)
HTTP_SOURCES := $(wildcard src/http/*.c)
BINDING_SOURCES := $(wildcard src/binding/*.c)
FUZZ_TARGETS := frame record usage filter fold
C_TESTS := $(patsubst spec/c/%_test.c,$(BUILD)/spec/%_test,$(wildcard spec/c/*_test.c)) \
  $(FUZZ_TARGETS:%=$(BUILD)/spec/fuzz_%_test)

# src/json, src/query and src/http know nothing of Lua: compiled once for all.
JSON_OBJECTS := $(JSON_SOURCES:%.c=$(BUILD)/%.o)
QUERY_OBJECTS := $(QUERY_SOURCES:%.c=$(BUILD)/%.o)
FUZZ_OBJECTS := $(patsubst %.c,$(BUILD)/fuzz/%.o,$(JSON_SOURCES) $(QUERY_SOURCES))
FUZZERS := $(FUZZ_TARGETS:%=$(BUILD)/fuzz/%)
HTTP_OBJECTS := $(HTTP_SOURCES:%.c=$(BUILD)/%.o)
BINDING_OBJECTS := $(BINDING_SOURCES:%.c=$(BUILD)/$(LUA)/%.o)

BUILD_PACKAGES := gcc libc6-dev make pkg-config libcurl4-openssl-dev
LUA_PACKAGES_lua5.4 := lua5.4 liblua5.4-dev
LUA_PACKAGES_lua5.3 := lua5.3 liblua5.3-dev
LUA_PACKAGES_lua5.2 := lua5.2 liblua5.2-dev
LUA_PACKAGES_lua5.1 := lua5.1 liblua5.1-0-dev
LUA_PACKAGES_luajit := luajit2 libluajit2-5.1-dev
SANDBOX_PACKAGES := nginx libnginx-mod-http-lua openssl lua-cjson
TEST_PACKAGES := lua-busted lua-cjson libcmocka-dev zlib1g-dev ca-certificates curl python3 strace \
  tzdata lua-cqueues lua-luv neovim chromium chromium-driver \
  $(SANDBOX_PACKAGES) $(LUA_PACKAGES_lua5.4) $(LUA_PACKAGES_luajit) \
  $(LUA_PACKAGES_lua5.3) $(LUA_PACKAGES_lua5.2) $(LUA_PACKAGES_lua5.1)
BENCH_PACKAGES := g++ libsimdjson-dev python3 python3-ijson jq valgrind lua-cjson curl \
  $(SANDBOX_PACKAGES) $(LUA_PACKAGES_lua5.4) $(LUA_PACKAGES_luajit)
NGINX_LOAD_PACKAGES := wrk curl python3 $(SANDBOX_PACKAGES) $(LUA_PACKAGES_luajit)
ROCK_PACKAGES := luarocks zip unzip
NEON_PACKAGES := gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
FUZZ_PACKAGES := clang-14 libclang-rt-14-dev libcmocka-dev libc6-dev
NODE_PACKAGES := nodejs npm
LINT_PACKAGES := lua-check clang-format clang-tidy

ifndef LUA_PACKAGES_$(LUA)
$(error LUA=$(LUA) is unknown: it may be lua5.4, luajit, lua5.3, lua5.2 or lua5.1)
endif

.PHONY: all build core host packages env ibm-sdk rock rock-tests clean-machine test torture \
  c-tests lint valgrind sanitize coverage fuzz fuzzers neon neon-tests bench nginx-load screenshot \
  sandbox demo clean

all: build

build: packages
	@$(MAKE) core

core: $(CORE)
	@:

host: $(HOST)
	@:

# Installs what is missing, of what building for $(LUA) needs.
packages:
	@spec/install-packages $(BUILD_PACKAGES) $(LUA_PACKAGES_$(LUA))

$(CORE): $(JSON_OBJECTS) $(QUERY_OBJECTS) $(HTTP_OBJECTS) $(BINDING_OBJECTS)
	@mkdir -p $(@D)
	@echo "link $@"
	@$(CC) $(CFLAGS) -shared -o $@ $^ $(LDFLAGS) $$(pkg-config --libs libcurl)

$(BUILD)/src/%.o: src/%.c
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(COMPILE) -c $< -o $@

$(BUILD)/$(LUA)/src/%.o: src/%.c
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(COMPILE) $$(pkg-config --cflags $(LUA)) -c $< -o $@

$(BUILD)/spec/%_test: spec/c/%_test.c $(JSON_OBJECTS) $(QUERY_OBJECTS)
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(COMPILE) $< $(JSON_OBJECTS) $(QUERY_OBJECTS) -o $@ $(LDFLAGS) -lcmocka -lm

# What is fuzzed, as a test that replays the corpus.
$(BUILD)/spec/fuzz_%_test: spec/fuzz/%.c spec/fuzz/replay.c $(JSON_OBJECTS) $(QUERY_OBJECTS)
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(COMPILE) -Ispec -Ispec/c -DTARGET='"$*"' -c $< -o $@.target.o
	@$(COMPILE) -Ispec -Ispec/c -DTARGET='"$*"' -c spec/fuzz/replay.c -o $@.replay.o
	@$(CC) $(CFLAGS) $@.target.o $@.replay.o $(JSON_OBJECTS) $(QUERY_OBJECTS) -o $@ $(LDFLAGS) \
	  -lcmocka -lm

FUZZ_COMPILE = clang-14 $(STANDARD) $(WARNINGS) -O1 -g -fno-omit-frame-pointer \
  -fsanitize=address,undefined -fno-sanitize-recover=all -Isrc -MMD -MP

# Comparisons are not traced, as they are by default: that takes half of all time.
FUZZ_COVERAGE := -fsanitize-coverage=inline-8bit-counters,pc-table

$(BUILD)/fuzz/src/%.o: src/%.c
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(FUZZ_COMPILE) $(FUZZ_COVERAGE) -c $< -o $@

$(BUILD)/fuzz/%: spec/fuzz/%.c $(FUZZ_OBJECTS)
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(FUZZ_COMPILE) -Ispec -Ispec/c -c $< -o $@.o
	@clang-14 -fsanitize=fuzzer,address,undefined $@.o $(FUZZ_OBJECTS) -o $@ -lcmocka -lm

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# eval "$(make env)": then any script runs from this checkout.
env:
	@echo 'export LUA_PATH="$(CURDIR)/lua/?.lua;$(CURDIR)/lua/?/init.lua;;"'
	@echo 'export LUA_CPATH="$(CURDIR)/$(BUILD)/$(LUA)/?.so;;"'

# What `luarocks install` takes: the sources beside the rockspec.
ROCK := $(BUILD)/rock/costream-scm-1.src.rock

rock:
	@spec/install-packages zip
	@rm -rf $(BUILD)/rock
	@mkdir -p $(BUILD)/rock
	@tar -czf $(BUILD)/rock/costream-scm.tar.gz --transform 's,^,costream-scm/,' \
	  CHANGELOG.md LICENSE README.md examples lua rockspec src
	@zip -q -j $(ROCK) rockspec/costream-scm-1.rockspec $(BUILD)/rock/costream-scm.tar.gz
	@echo $(ROCK)

# Some specs with what LuaRocks builds of the rock; one for Lua 5.1 serves LuaJIT, too.
rock-tests:
	@spec/install-packages $(BUILD_PACKAGES) $(TEST_PACKAGES) $(ROCK_PACKAGES)
	@$(MAKE) rock
	@for version in 5.4 5.1; do \
	  echo "luarocks install, for Lua $$version"; \
	  luarocks --lua-version $$version install --tree $(BUILD)/rock/tree $(ROCK) \
	    >$(BUILD)/rock/log 2>&1 || { cat $(BUILD)/rock/log; exit 1; }; \
	done
	@spec/run --rock spec/fold_http_spec.lua spec/values_spec.lua spec/task_spec.lua

# The rock on a machine that has nothing else: minutes.
clean-machine: rock
	@spec/install-packages $(SANDBOX_PACKAGES) $(ROCK_PACKAGES) debootstrap
	@spec/rock/clean-machine $(ROCK)

# What the long specs preload: it needs no more of Lua than is the same in each version.
FAILING_MALLOC := $(BUILD)/spec/failing_malloc.so
SILENT_NAMES := $(BUILD)/spec/silent_names.so

$(BUILD)/spec/unpreload.so: spec/sanitizer/unpreload.c
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(CC) $(STANDARD) $(WARNINGS) -D_DEFAULT_SOURCE -fPIC -shared $< -o $@

$(BUILD)/$(LUA)/coverage.so: spec/coverage/lines.c
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(COMPILE) $$(pkg-config --cflags $(LUA)) -shared $< -o $@

$(FAILING_MALLOC): spec/torture/failing_malloc.c
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(COMPILE) $$(pkg-config --cflags lua5.4) -shared $< -o $@

$(SILENT_NAMES): spec/nginx/silent_names.c
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(COMPILE) -shared $< -o $@ -ldl

$(HOST): spec/torture/host.c
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(COMPILE) $$(pkg-config --cflags $(LUA)) $< -o $@ $(LDFLAGS) $$(pkg-config --libs $(LUA)) \
	  -lpthread

c-tests: $(C_TESTS) $(FAILING_MALLOC) $(SILENT_NAMES)
	@:

# IBM's own client library, which a spec asks the sandbox with. Whoever has an npm keeps it.
IBM_SDK := build/ibm_sdk/node_modules

ibm-sdk: $(IBM_SDK)/.package-lock.json
	@:

$(IBM_SDK)/.package-lock.json: spec/ibm_sdk/package.json spec/ibm_sdk/package-lock.json
	@command -v npm >/dev/null || spec/install-packages $(NODE_PACKAGES)
	@mkdir -p build/ibm_sdk
	@cp $^ build/ibm_sdk
	@echo "install IBM's client library"
	@cd build/ibm_sdk && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

test:
	@spec/install-packages $(BUILD_PACKAGES) $(TEST_PACKAGES)
	@$(MAKE) LUA=lua5.4 core host c-tests
	@$(MAKE) LUA=luajit core host
	@$(MAKE) ibm-sdk
	@for lua in lua5.3 lua5.2 lua5.1; do $(MAKE) LUA=$$lua core || exit 1; done
	@spec/run

# What the specs in spec/torture try a part of, all of it: hours.
torture:
	@spec/install-packages $(BUILD_PACKAGES) $(TEST_PACKAGES)
	@$(MAKE) LUA=lua5.4 core host c-tests
	@$(MAKE) LUA=luajit core host
	@COSTREAM_TORTURE=long spec/run spec/torture

# The specs under valgrind: slow, and a failure is an error or a leak in the C parts.
valgrind:
	@spec/install-packages $(BUILD_PACKAGES) $(TEST_PACKAGES) valgrind
	@$(MAKE) LUA=lua5.4 core host c-tests
	@$(MAKE) ibm-sdk
	@spec/run --valgrind

# All specs with the address and undefined-behaviour sanitizers in the C parts, while Lua's
# collector works as hard as it can.
SANITIZED := BUILD=$(BUILD)/sanitize CFLAGS="-O1 -g -fno-omit-frame-pointer \
  -fsanitize=address,undefined -fno-sanitize-recover=all"

sanitize:
	@spec/install-packages $(BUILD_PACKAGES) $(TEST_PACKAGES)
	@$(MAKE) LUA=lua5.4 $(SANITIZED) core host c-tests $(BUILD)/sanitize/spec/unpreload.so
	@$(MAKE) LUA=luajit $(SANITIZED) core host
	@mkdir -p $(BUILD)/sanitize/bin
	@for lua in lua5.4 luajit; do ln -sf ../../../spec/sanitizer/lua $(BUILD)/sanitize/bin/$$lua; done
	@$(MAKE) ibm-sdk
	@spec/run --sanitize

# How much of src/ and of lua/ the specs run: fails under 95 percent of the lines, and lists those
# that did not run.
COVERED := BUILD=$(BUILD)/coverage CFLAGS="-O0 -g --coverage -fprofile-update=atomic \
  -Wno-error" LDFLAGS=--coverage

coverage:
	@spec/install-packages $(BUILD_PACKAGES) $(TEST_PACKAGES) gcovr
	@find $(BUILD)/coverage -name '*.gcda' -delete 2>/dev/null || true
	@$(MAKE) LUA=lua5.4 $(COVERED) core host c-tests $(BUILD)/coverage/lua5.4/coverage.so
	@$(MAKE) $(FAILING_MALLOC)
	@$(MAKE) LUA=luajit $(COVERED) core host $(BUILD)/coverage/luajit/coverage.so
	@$(MAKE) ibm-sdk
	@spec/run --coverage
	@gcovr --root . --filter src/ --gcov-ignore-parse-errors --fail-under-line 95 $(BUILD)/coverage
	@lua5.4 spec/coverage/report.lua $(BUILD)/coverage/lines 95

# The C tests for ARM, whose NEON is one of the kernels, under an emulator.
neon:
	@spec/install-packages $(BUILD_PACKAGES) $(NEON_PACKAGES)
	@spec/arm-root $(BUILD)/arm/root
	@$(MAKE) neon-tests BUILD=$(BUILD)/arm CC=aarch64-linux-gnu-gcc \
	  CFLAGS="$(CFLAGS) -I$(BUILD)/arm/root/usr/include" \
	  LDFLAGS="-L$(BUILD)/arm/root/usr/lib/aarch64-linux-gnu"

neon-tests: $(C_TESTS)
	@for test in $(C_TESTS); do \
	  echo "== $$test"; \
	  qemu-aarch64 -L /usr/aarch64-linux-gnu \
	    -E LD_LIBRARY_PATH=$(BUILD)/root/usr/lib/aarch64-linux-gnu $$test \
	    >$$test.log 2>&1 || { cat $$test.log; exit 1; }; \
	  tail -1 $$test.log; \
	done

# Five million runs in all, or RUNS, of what is fuzzed: fails when there is anything wrong.
fuzz:
	@spec/install-packages $(BUILD_PACKAGES) $(FUZZ_PACKAGES)
	@$(MAKE) fuzzers
	@spec/fuzz/run $(BUILD)/fuzz $(FUZZ_TARGETS)

fuzzers: $(FUZZ_OBJECTS) $(FUZZERS)
	@:

# costream beside others, on 500,000 rows: ROWS=50000 ROUNDS=3 for a quick look.
bench:
	@spec/install-packages $(BUILD_PACKAGES) $(BENCH_PACKAGES)
	@$(MAKE) LUA=lua5.4 core
	@$(MAKE) LUA=luajit core
	@spec/bench/run

# The picture of the cost page that stands in the documentation.
screenshot:
	@spec/install-packages $(BUILD_PACKAGES) $(TEST_PACKAGES) fonts-inter
	@$(MAKE) LUA=lua5.4 core
	@$(MAKE) LUA=luajit core
	@spec/screenshot examples/nginx/screenshot.png

# How long requests to an nginx wait beside its streams: ROUNDS=3 SECONDS_EACH=2 for a quick look.
nginx-load:
	@spec/install-packages $(BUILD_PACKAGES) $(NGINX_LOAD_PACKAGES)
	@$(MAKE) LUA=luajit core
	@spec/nginx/load

lint:
	@spec/install-packages $(BUILD_PACKAGES) $(TEST_PACKAGES) $(LINT_PACKAGES)
	luacheck --quiet lua spec examples
	clang-format --dry-run --Werror $(wildcard src/*/*.[ch] spec/c/*.[ch] spec/fuzz/*.[ch] \
	  spec/torture/*.c spec/nginx/*.c spec/coverage/*.c spec/sanitizer/*.c)
	@echo clang-tidy # what it says beside its findings is how many it left out
	@printf '%s\n' $(JSON_SOURCES) $(QUERY_SOURCES) $(HTTP_SOURCES) $(BINDING_SOURCES) | \
	  xargs -n 8 -P $$(nproc) sh -c 'clang-tidy --quiet "$$@" -- \
	    $(STANDARD) -Isrc '"$$(pkg-config --cflags lua5.4)"' 2>/dev/null' clang-tidy

# Both providers' APIs on loopback, in the foreground.
sandbox:
	@spec/install-packages $(SANDBOX_PACKAGES)
	@exec spec/sandbox/serve --with-parent $(PORT)

demo:
	@spec/install-packages $(BUILD_PACKAGES) $(LUA_PACKAGES_$(LUA)) $(SANDBOX_PACKAGES)
	@$(MAKE) core
	@exec env LUA=$(LUA) examples/demo

clean:
	rm -rf $(BUILD)
