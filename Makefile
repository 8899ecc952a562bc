# Garant, from a fresh clone: `make run` to use it, `make test` to check it. `make help` lists the rest.
# Needed beforehand: Go, Node with npm, make. As root on Debian the tests install what else they need.

.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

DATA ?= ./data
ADDR ?= localhost:8080
DEMO := $(wildcard cmd/garant/demo.go)
FUZZTIME ?= 20s
BENCHTIME ?= 1s

# One setting for build, vet and tests lets them share what is compiled; only the race detector needs C.
export CGO_ENABLED := 0

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)
COMMIT ?= $(shell git rev-parse --verify -q HEAD 2>/dev/null || echo unknown)
STAMP = -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)

STATICCHECK = go run honnef.co/go/tools/cmd/staticcheck@v0.8.2
TEMPL = go run github.com/a-h/templ/cmd/templ@$(shell go list -m -f '{{.Version}}' github.com/a-h/templ)
TSC = npm --prefix frontend run --silent check

npm_ci = npm ci --prefix $(1) --no-audit --no-fund --loglevel=error && touch $(1)/node_modules/.package-lock.json
gofiles = find . -name '*.go' -not -path '*/node_modules/*' -not -path './.cache/*'

.PHONY: help run demo build frontend generate test lint bench fuzz clean

help: ## list what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST) $(if $(DEMO),,| grep -v 'make demo')

run: build ## start the portal on http://localhost:8080, data in ./data
	exec bin/garant serve --addr $(ADDR) --data $(DATA)

ifneq ($(DEMO),)
demo: build ## fill ./data-demo with a fictitious region and start the portal on it
	[ -d data-demo ] || bin/garant demo --data data-demo
	exec bin/garant serve --addr $(ADDR) --data data-demo
endif

build: frontend ## make bin/garant, one file that needs nothing else
	go build -buildvcs=false -ldflags '$(STAMP)' -o bin/garant ./cmd/garant

frontend: frontend/dist/manifest.json ## build the stylesheet and the script

frontend/node_modules/.package-lock.json: frontend/package.json frontend/package-lock.json
	$(call npm_ci,frontend)

frontend/dist/manifest.json: frontend/node_modules/.package-lock.json frontend/build.mjs $(shell find frontend/src -type f 2>/dev/null)
	npm --prefix frontend run --silent build

generate: ## write the Go code of the views again
	$(TEMPL) generate -path frontend

test: build ## run every test: Go with the race detector, content lint, browser
	scripts/need gcc chromium soffice pdftotext fonts
	scripts/test

lint: frontend ## check form: gofmt, vet, staticcheck, views generated, TypeScript types
	@unformatted=$$($(gofiles) -print0 | xargs -0 gofmt -l); \
		[ -z "$$unformatted" ] || { echo "gofmt these files: $$unformatted"; exit 1; }
	go vet ./...
	$(STATICCHECK) ./...
	@digest() { find frontend -name '*_templ.go' -not -path '*/node_modules/*' -print0 | sort -z | xargs -0 cat | sha256sum; }; \
		before=$$(digest); $(TEMPL) generate -path frontend >/dev/null 2>&1 || { echo "templ generate fails"; exit 1; }; \
		[ "$$before" = "$$(digest)" ] || { echo "views changed since their Go code was written: commit what make generate wrote"; exit 1; }
	$(TSC)

bench: frontend bench/peers/node_modules/.package-lock.json ## measure: store, annex beside docxtemplater, workbook beside exceljs, messages
	go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) -timeout 60m \
		$$(grep -rl --include='*_test.go' '^func Benchmark' internal cmd | xargs -n1 dirname | sort -u | sed 's|^|./|')

bench/peers/node_modules/.package-lock.json: bench/peers/package.json bench/peers/package-lock.json
	$(call npm_ci,bench/peers)

fuzz: ## fuzz every parser, each for FUZZTIME (20s)
	@grep -rn --include='*_test.go' -oE '^func Fuzz[A-Za-z0-9_]+' internal cmd 2>/dev/null | sed -E 's|^(.*)/[^/:]+:[0-9]+:func (.*)|\1 \2|' | sort -u | \
		while read -r folder target; do \
			echo "$$folder $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "./$$folder"; \
		done

clean: ## remove what was built and installed; data stay
	rm -rf bin .cache frontend/node_modules bench/peers/node_modules
	find frontend/dist -mindepth 1 -not -name .keep -delete
