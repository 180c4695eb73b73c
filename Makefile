# Short names for the presets of CMakePresets.json. `make` alone lists them; nothing here knows how to compile.

JOBS ?= $(shell nproc)
BENCH_FILTER ?= .

BUILD := build/release
CAPPLAN := $(BUILD)/bin/capplan
configure = cmake --preset release

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test build bench docs numbers notebooks pictures validation format install-deps clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

demo: install-deps  ## build the program and size a connection pool with it
	$(configure)
	cmake --build --preset release --target capplan -j $(JOBS)
	$(CAPPLAN) calibrate data/captures/light.toml -o data/calibrations/light.toml
	$(CAPPLAN) sweep data/scenarios/pool-sizing.toml --store $(BUILD)/demo.capplan.db --fresh

test: build  ## build everything and run every test
	ctest --preset release -j $(JOBS)

build: install-deps  ## the optimised build, with tests, in build/release
	$(configure)
	cmake --build --preset release -j $(JOBS)

bench:  ## measure, SimPy beside; BENCH_FILTER=regex picks benchmarks
	cmake/install-deps.sh build bench
	$(configure) -D CAPPLAN_BENCHMARKS=ON
	cmake --build --preset release --target capplan_bench -j $(JOBS)
	$(BUILD)/bin/capplan_bench --benchmark_filter='$(BENCH_FILTER)' \
	    --benchmark_out=$(BUILD)/bench.json --benchmark_out_format=json
	@/usr/bin/python3 tests/bench/mm1_simpy.py 200000 $(BUILD)/bench.json

docs:  ## write the generated pages of docs/
	$(configure)
	cmake --build --preset release --target docs -j $(JOBS)

validation:  ## predict every capture from others, first part of docs/validation.md; half an hour
	$(configure)
	cmake --build --preset release --target capplan -j $(JOBS)
	/usr/bin/python3 cmake/validation.py $(BUILD)/bin/capplan

numbers:  ## write the kept numbers of tests/golden/numbers: each line that changes belongs in CHANGELOG.md
	$(configure)
	cmake --build --preset release --target numbers -j $(JOBS)

notebooks:  ## execute the notebooks and write their pages with figures, docs/notebooks
	cmake/install-deps.sh build test
	$(configure)
	cmake --build --preset release --target notebooks -j $(JOBS)

pictures:  ## take the pictures of reports in docs/images
	$(configure)
	cmake --build --preset release --target pictures -j $(JOBS)

format:  ## clang-format 14 over every source file
	clang-format-14 -i $$(find core models plan cli bindings tests -name '*.h' -o -name '*.cpp' 2>/dev/null)

install-deps:  ## install what is missing from Debian
	@cmake/install-deps.sh build test

clean:  ## remove every build folder
	rm -rf build
