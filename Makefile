# Everything a person or the CI runs. Each target calls a script of scripts/ or .ci/, so both run the very same thing.
.DEFAULT_GOAL := build
.PHONY: deps build run test sim bench scoreboard fuzz format lint docs crds snapshots cluster cluster-stop clean help

SEEDS ?= 1000
SECONDS_EACH ?= 60
ARGS ?=

help:        ## this list
	@sed -n 's/^\([a-z-]*\): *[a-z ]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

deps:        ## install what is missing on Debian 12 (as root or by sudo)
	@scripts/deps test

build: deps  ## release build: build/release/scaleops
	@.ci/build release

run:         ## build and start the whole platform in one process; ARGS="--speed 600"
	@scripts/deps run
	@.ci/web build
	@.ci/build release scaleops
	@build/release/scaleops up $(ARGS)

test: deps   ## what the CI runs: checks, release and sanitizer builds, all tests
	@.ci/all

sim:         ## deterministic simulation; SEEDS=1000
	@.ci/sim $(SEEDS)

bench:       ## cost of the platform at scale
	@.ci/bench $(ARGS)

scoreboard:  ## our recommendations against the VPA's and others' on recorded usage
	@.ci/scoreboard $(ARGS)

fuzz: deps   ## libFuzzer on everything that reads foreign bytes; SECONDS_EACH=60
	@.ci/fuzz $(SECONDS_EACH)

format:      ## rewrite all C++ with clang-format
	@.ci/format --fix

lint: deps   ## format, hygiene, clang-tidy on all that has changed since it passed
	@.ci/format
	@.ci/hygiene
	@.ci/tidy

docs:        ## rewrite docs/configuration.md from the option tables
	@.ci/build release scaleops
	@build/release/scaleops help --markdown > docs/configuration.md.new
	@mv docs/configuration.md.new docs/configuration.md

crds:        ## rewrite the chart's definitions of our kinds from messages/crd
	@.ci/build release cluster_objects
	@build/release/integration/cluster/cluster_objects definitions helm/files/crds

snapshots:   ## rewrite what the chart renders to, helm/snapshots; look at the difference
	@integration/cluster/build
	@python3 -B integration/cluster/chart_files_test.py --write

cluster:     ## a real Kubernetes control plane on this machine; ARGS="--nodes 10"
	@integration/cluster/build
	@python3 -B integration/cluster/cluster.py start $(ARGS)

cluster-stop:  ## end it
	@python3 -B integration/cluster/cluster.py stop

clean:       ## end the control plane of `make cluster`, remove all that was built
	@python3 -B integration/cluster/cluster.py stop >/dev/null
	rm -rf build web/dist web/node_modules
