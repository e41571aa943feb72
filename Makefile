# `make` sets up and does the main job; `make help` lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := all
MOCHA := npx --no-install mocha
COMPILED := dist/.compiled

# npm's own copy of the lock is newer than ours once everything in it is installed.
INSTALLED := node_modules/.package-lock.json
SOURCES := $(shell find src test bench -name '*.ts' 2>/dev/null)

.PHONY: all
all: compile engine ## Set up, and build and test the quickstart pairs
	@./bin/ingot up --quickstart

.PHONY: catalog
catalog: compile engine ## Build and test every pair on Debian, and say how long it took and what failed
	@./bin/ingot up $(ON_DEBIAN)

.PHONY: alpine
alpine: compile engine-tests ## Build every Dockerfile for Alpine on a double of Alpine, not on Alpine
	ALPINE='*:*alpine*' $(MOCHA) --config .mocharc.engines.json --grep "all build" dist/test/worlds/alpine.test.js

.PHONY: platforms
platforms: compile ## Build, test and publish the pair of python for two platforms, one of them emulated
	scripts/engine.sh --platforms
	$(MOCHA) --config .mocharc.engines.json --timeout 7200000 "dist/test/platforms/*.test.js"

# Every tag of an image that names its distribution, and so every pair on it.
ON_DEBIAN := "*:*trixie*" "*:*bookworm*"

.PHONY: sizes
sizes: compile engine ## Measure the images that are built, and write what they weigh into catalog.sizes.yaml and the pages
	@./bin/ingot size --record
	@./bin/ingot generate

.PHONY: site
site: compile ## Write the catalog as a web site into build/site
	@./bin/ingot site --out build/site

.PHONY: compile
compile: $(COMPILED)

$(INSTALLED): package.json package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(COMPILED): $(INSTALLED) tsconfig.json $(SOURCES)
	npx --no-install tsc --project .
	@touch $@

.PHONY: engine
engine: ## Install and start a container engine, where there is none
	@scripts/engine.sh

.PHONY: engine-tests
engine-tests:
	@scripts/engine.sh --tests

.PHONY: test
test: compile ## Set up and run every test
	$(MAKE) --jobs 2 --output-sync=target check test-unit engine-tests
	$(MOCHA) --config .mocharc.engines.json --parallel --jobs 2 "dist/test/engine/*.test.js" "dist/test/registry/*.test.js"
	$(MAKE) --jobs 2 --output-sync=line test-catalog test-worlds

# Side by side: builds mostly wait for one core or for the network. The first builds in the catalog's own namespace, the others in theirs, or on what the first has built by then.
.PHONY: test-catalog test-worlds
test-catalog:
	$(MOCHA) --config .mocharc.engines.json "dist/test/catalog/*.test.js"
test-worlds:
	$(MOCHA) --config .mocharc.engines.json "dist/test/worlds/*.test.js" "dist/test/site/*.test.js" "dist/test/contract/*.test.js" "dist/test/documents/*.test.js"

.PHONY: test-slow
test-slow: compile engine-tests ## Run what takes too long for every change: shards, the npm package, another Debian, every fault, all of Alpine's newest branch
	$(MOCHA) --config .mocharc.engines.json "dist/test/slow/*.test.js"
	DEBIAN='base:*bookworm*' $(MOCHA) --config .mocharc.engines.json dist/test/catalog/debian.test.js
	FAULTS=all $(MOCHA) --config .mocharc.engines.json dist/test/registry/publishing.test.js dist/test/registry/publish-signed-faults.test.js
	ALPINE='*:*alpine3.24*' $(MOCHA) --config .mocharc.engines.json --grep "all build" dist/test/worlds/alpine.test.js

# How many catalogs the property test spoils: as many as it takes to be sure here, and a few where seconds count.
test: export RUNS = 5000
RUNS ?= 1000
export RUNS

.PHONY: test-unit
test-unit: compile ## Run the tests that need no engine
	$(MOCHA)

.PHONY: ci
ci: ## What a continuous integration runs: a missing engine is a failure
	CI=true $(MAKE) test

.PHONY: check
check: compile ## Check formatting, lint, and that generated/ is up to date
	npx --no-install biome check .
	./bin/ingot generate --check

.PHONY: format
format: $(INSTALLED) ## Format and fix what can be fixed
	npx --no-install biome check --write .

.PHONY: generate
generate: compile ## Write generated/ from the definitions, the lock and the templates
	./bin/ingot generate

.PHONY: resolve
resolve: compile ## Refresh the lock
	./bin/ingot resolve

.PHONY: golden
golden: compile ## Rewrite the expectations under test/golden
	GOLDEN=write $(MOCHA) --no-config --timeout 60000 dist/test/golden.test.js

.PHONY: bench
bench: compile engine-tests ## Measure, as ratios in one run
	node dist/bench/generate.js
	@node dist/bench/publish.js
	@node dist/bench/stale.js

.PHONY: bench-publish
bench-publish: compile engine-tests ## Compare publishing with one docker push for each tag
	@node dist/bench/publish.js

.PHONY: bench-stale
bench-stale: compile engine-tests ## Measure how long it takes to know what of 1,000 published images is stale
	@node dist/bench/stale.js

.PHONY: bench-rebuild
bench-rebuild: compile engine-tests ## Compare building the Debian catalog with docker buildx bake; takes an hour, and empties the build cache
	@node dist/bench/rebuild.js

.PHONY: bench-size
bench-size: compile engine ## Compare the sizes of the built images with naive ones and distroless
	@node dist/bench/size.js

.PHONY: bench-start
bench-start: compile engine ## Compare how fast the built images start with naive ones
	@node dist/bench/start.js

.PHONY: clean
clean: ## Remove what make made in this folder
	rm -rf dist node_modules coverage build

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
