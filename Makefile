# One command per chore; `make help` lists them. The same ones run in CI (.ci/run).
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

JOBS ?= $(shell nproc)
RELEASE := build/release
SANITIZE := build/sanitize
THREADS := build/threads
TIDY := build/tidy
COVERAGE := build/coverage
FUZZ_SECONDS ?= 60
BENCH_ARGS ?=
TEST_ARGS ?=

# Looked up when used, because `deps` may just have installed it.
CCACHE = $(if $(shell command -v ccache),-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
# Precompiled headers are only cacheable when ccache may ignore their time stamps.
export CCACHE_SLOPPINESS := pch_defines,time_macros,include_file_mtime,include_file_ctime
# A precompiled header knows its sources by their bytes, comments as well: one made from others must not be taken for it.
export CCACHE_COMMENTS := 1
# A second clone finds what the first has compiled.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
CONFIGURE = cmake -G Ninja $(CCACHE)
SOURCES = find base config protocol storage persistence server tests bench -name '*.h' -o -name '*.cpp'
# Most tests wait most of the time; those that do not say how many processors they need.
CTEST = ctest --timeout 600 --output-on-failure --no-label-summary -j $$(( 2 * $(JOBS) )) $(TEST_ARGS)

SCRIPTS := .ci/deps .ci/run .docker/entrypoint.sh .docker/healthcheck.sh tests/fuzz/run
# One clang build of every library, a dozen sources at a time and without precompiled headers.
CLANG = $(CONFIGURE) -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=clang++-14 -DINKSTONE_UNITY=ON \
  -DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld-14 -S .

.PHONY: help deps deps-test real-clients configure run build docs test check sanitize-build sanitize fuzz threads coverage \
  bench soak ci format tidy clean

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

deps: ## install what building needs (Debian 12 packages), where missing
	@.ci/deps build

deps-test: ## install what the tests and benchmarks need as well
	@.ci/deps build test

build: deps ## the server and its check tools, optimised, in build/release/
	@[ -f $(RELEASE)/build.ninja ] || $(CONFIGURE) -S . -B $(RELEASE) -DCMAKE_BUILD_TYPE=Release -DINKSTONE_TESTS=OFF
	@cmake --build $(RELEASE) -j $(JOBS) --target inkstone-server inkstone-check-aof inkstone-check-rdb

run: build ## build and start the server (ARGS="--port 7000" replaces the example configuration)
	@exec $(RELEASE)/inkstone-server $(if $(ARGS),$(ARGS),redis.conf.example)

docs: build ## write docs/commands.md, the list of commands, from the server's rows
	@tests/support/command_list.py

configure: deps-test
	@$(CONFIGURE) -S . -B $(RELEASE) -DCMAKE_BUILD_TYPE=Release -DINKSTONE_TESTS=ON

# Into build/real_clients, for all builds.
real-clients: deps-test
	@tests/real_clients/install.py

test: configure real-clients ## build everything and run every test (TEST_ARGS="-L unit" selects)
	@cmake --build $(RELEASE) -j $(JOBS)
	@cd $(RELEASE) && $(CTEST)

check: deps-test ## quick: format, style, and what linters say of scripts and Python
	@$(SOURCES) | xargs clang-format-14 --dry-run -Werror
	@pyflakes3 tests bench .ci cmake
	@shellcheck $(SCRIPTS)
	@tests/style/test_check_style.py --quiet
	@tests/style/test_unity_groups.py --quiet
	@tests/style/check_style.py

# One clang build serves three ends: the second compiler's warnings, the sanitizers and the fuzz targets.
sanitize-build: deps-test
	@$(CLANG) -B $(SANITIZE) -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g1" -DINKSTONE_SANITIZE=address -DINKSTONE_FUZZ=ON
	@cmake --build $(SANITIZE) -j $(JOBS)

sanitize: sanitize-build real-clients ## build with clang, ASan and UBSan, and run the tests that are not about speed
	@cd $(SANITIZE) && $(CTEST) -LE 'bench|crash|style|slow|memory'

# Only what runs in several threads: the server, and the tests of tests/unit/threads.
threads: deps-test ## build with clang and the thread sanitizer, and run what has several threads
	@$(CLANG) -B $(THREADS) -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g1" -DINKSTONE_SANITIZE=thread
	@cmake --build $(THREADS) -j $(JOBS) --target inkstone-server unit-threads disturbed-disk
	@cd $(THREADS) && TSAN_OPTIONS=halt_on_error=1:die_after_fork=0 $(CTEST) -L threads

coverage: deps-test real-clients ## a table of the lines that tests run, and pages in build/coverage/html
	@$(CLANG) -B $(COVERAGE) -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g0" -DINKSTONE_COVERAGE=ON
	@cmake --build $(COVERAGE) -j $(JOBS)
	@.ci/coverage.py $(COVERAGE) $(CTEST) -L 'unit|integration'

fuzz: sanitize-build ## run each fuzz target for FUZZ_SECONDS (60)
	@tests/fuzz/run $(SANITIZE) $(FUZZ_SECONDS)

bench: configure ## compare with the stock redis-server (BENCH_ARGS="--scale tiny --only get")
	@cmake --build $(RELEASE) -j $(JOBS) --target inkstone-server bench-pause-probe bench-open-loop
	@bench/bench.py $(BENCH_ARGS)

# A seed that fails is printed, and taken by --seed of the program that failed.
soak: configure ## the proofs of docs/durability.md and the comparisons at full length, an hour
	@cmake --build $(RELEASE) -j $(JOBS) --target inkstone-server inkstone-check-aof inkstone-check-rdb recorded-disk \
	  disturbed-disk
	@tests/crash/crash_round.py --rounds 300
	@tests/crash/crash_round.py --rounds 150 --children
	@tests/crash/rewrite_steps.py
	@tests/crash/live_copies.py --copies 200
	@tests/crash/power_cut.py --cuts 350 --seconds 6
	@tests/crash/disk_faults.py
	@tests/crash/disk_full.py --rounds 300
	@tests/crash/bit_rot.py --changes 1000
	@tests/crash/hostile_network.py --seconds 60
	@tests/compat/random_stream.py --count 2400000
	@tests/compat/log_text.py --count 600000
	@tests/compat/acl_rules.py --count 200000
	@cd tests && INKSTONE_SOAK=1 /usr/bin/python3 -m unittest integration.test_aof_switching integration.test_check_tool \
	  integration.test_rewrite integration.test_start_damage integration.test_switching_under_load

# Tests come last: their closing lines are what a reader of the log looks for. They include the crash round and the
# benchmarks at tiny scale.
ci: ## all that a change must pass
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory tidy
	@$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=15
	@$(MAKE) --no-print-directory sanitize
	@$(MAKE) --no-print-directory threads
	@$(MAKE) --no-print-directory test

format: deps-test ## format all sources in place
	@$(SOURCES) | xargs clang-format-14 -i

tidy: deps-test ## clang-tidy: names and common mistakes
	@$(CLANG) -B $(TIDY) -DINKSTONE_TESTS=OFF >/dev/null
	@run-clang-tidy-14 -quiet -p $(TIDY) -j $(JOBS) 2>/dev/null

clean: ## remove all that was built
	@rm -rf build
