# sipspan. Two targets set everything up on a fresh Debian machine with Go: "make run" and "make test".

# The path of sudo often lacks the folder of Go, so the usual places are tried as well.
GO       ?= $(firstword $(shell command -v go) $(wildcard /usr/local/go/bin/go /usr/lib/go/bin/go /snap/bin/go) go)
CC       ?= cc
PREFIX   ?= /usr/local
UNITDIR  ?= /etc/systemd/system
SYSUSERS ?= /etc/sysusers.d
TMPFILES ?= /etc/tmpfiles.d
BUILDFLAGS ?=
FUZZTIME ?= 60s
BENCH    ?= .
COUNT    ?= 6
BENCHTIME ?= 200ms
ROUNDS   ?= 5
SCALE    ?= 1
RATES    ?= 10000,25000,50000,75000,100000,150000,200000,300000,450000,500000
FOR      ?= 4s

SOAK     ?= 10m
CALLS    ?= 500
SEED     ?= 0
ONLY     ?=
SAMPLE   ?= testdata/sample.pcap

# Programs that are pinned in a module of their own.
TOOL     := $(GO) tool -modfile=tools/go.mod
BASELINE := testdata/benchmarks.txt

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null)
LDFLAGS := -s -w$(if $(VERSION), -X main.version=$(VERSION))
# Git refuses to tell of a tree that belongs to somebody else, and the build would fail for it.
STAMP   := $(shell git rev-parse HEAD >/dev/null 2>&1 && echo auto || echo false)
SUDO    := $(shell test "$$(id -u)" = 0 || echo sudo)
INSTALL  = $(SUDO) apt-get update -qq && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0

include packaging/targets.mk

.DEFAULT_GOAL := build
.PHONY: help run build test check-format vet linters unit race invariants cover fuzz bench bench-run bench-baseline bench-read bench-live bench-store man install clean generate lint deps test-deps test-e2e e2e-deps test-browser browser-deps bench-deps bench-live-deps alert-eval demo soak

## help: this list
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## run: install what is missing, build, and report on the sample capture
run: build
	./sipspan read $(SAMPLE)

## build: the program
build: deps
	$(GO) build -trimpath $(BUILDFLAGS) -buildvcs=$(STAMP) -ldflags '$(LDFLAGS)' -o sipspan ./cmd/sipspan

## test: everything that CI runs
test: deps test-deps lint unit race invariants

## lint: what can be seen without running: gofmt, go vet, and the linters of .golangci.yml
lint: check-format vet linters

check-format:
	@unformatted=$$($$($(GO) env GOROOT)/bin/gofmt -l $$(git ls-files '*.go' 2>/dev/null || find . -name '*.go')); \
	if [ -n "$$unformatted" ]; then echo "gofmt these files:"; echo "$$unformatted"; exit 1; fi

vet:
	$(GO) vet ./...
	$(GO) vet -tags invariants ./...
	$(GO) vet -tags e2e ./test/e2e
	$(GO) vet -tags browser ./test/browser

# The linters are built on the first call, which takes a minute or two.
linters:
	$(TOOL) golangci-lint run ./...

# The limits are for a machine that is busy with other work.
unit:
	$(GO) test -timeout 30m ./...

# A stored borrow of a packet buffer changes the output of these two: they fill every buffer with 0xCC after its use.
race:
	$(GO) test -race -timeout 60m ./...

invariants:
	$(GO) test -tags invariants -timeout 30m ./...

## cover: how much of the code the tests reach, by function and as a page
cover: deps
	@mkdir -p bench
	$(GO) test -timeout 30m -coverpkg ./... -coverprofile bench/cover.out ./... | grep -v 'no test files'
	$(GO) tool cover -html bench/cover.out -o bench/cover.html
	@$(GO) tool cover -func bench/cover.out | tail -1
	@echo "bench/cover.html has the lines"

## test-e2e: Kamailio, SIPp and baresip talk while the program captures, Prometheus and Alertmanager watch; installed if missing
test-e2e: deps e2e-deps
	$(GO) test -tags e2e -count 1 -timeout 25m ./test/e2e

## test-browser: Chromium looks at the page of the daemon and at what "sipspan show" draws; installed if missing
test-browser: deps browser-deps
	$(GO) test -tags browser -count 1 -timeout 10m ./test/browser

## demo: the daemon with its page and a store on this machine, with the sample in a loop, until ctrl-C; DEMO_PORT=9580
demo: build
	@mkdir -p bench
	@$(GO) build -o bench/demo ./internal/dev/demo
	@bench/demo ./sipspan $(SAMPLE) $(DEMO_PORT)

## alert-eval: how good the default alert rules are, on simulated weeks of several sites; EVAL='-seeds 10 -alerts' and so on
alert-eval:
	$(GO) run ./internal/dev/alerteval/cmd/alert-eval $(EVAL)

## fuzz: every fuzz target for FUZZTIME
fuzz: deps
	@set -e; for package in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
	    echo "== $$package $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$package; \
	  done; \
	done

## bench: the benchmarks, and what changed since the stored ones; BENCH=, COUNT=, BENCHTIME= choose
bench: bench-run
	$(TOOL) benchstat -ignore cpu $(BASELINE) bench/result.txt

## bench-baseline: the benchmarks, stored for comparison
bench-baseline: bench-run
	cp bench/result.txt $(BASELINE)

bench-run: deps bench/sip.pcap bench/span.pcap bench/span-sip.pcap
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -benchtime $(BENCHTIME) -count $(COUNT) -timeout 60m ./... | \
	  grep -v -e 'no test files' -e '^PASS' -e '^ok' | tee bench/result.txt

## bench-read: what reading costs against tcpdump, memory and time: a table in Markdown; ROUNDS=, and SCALE=0.1 for a quick look
bench-read: build bench-deps
	@mkdir -p bench
	$(GO) build -o bench/sipgen ./internal/dev/sipgen/cmd/sipgen
	$(GO) build -o bench/readbench ./internal/dev/readbench
	bench/readbench -rounds $(ROUNDS) -scale $(SCALE) -only '$(ONLY)' -sipspan ./sipspan -sipgen bench/sipgen bench

## bench-store: speed, size and search of a store with ten million calls, some 6 GB in bench/store meanwhile; STORE='-calls 100000' for a quick look
bench-store: deps
	@mkdir -p bench
	$(GO) run ./internal/dev/storebench $(STORE) bench/store

## bench-live: at which rate live capture loses packets, beside tcpdump and sngrep: a table in Markdown; needs root; RATES=, FOR=, and SCALE=0.1 for a quick look
bench-live: build bench-live-deps
	@mkdir -p bench
	$(GO) build -o bench/sipgen ./internal/dev/sipgen/cmd/sipgen
	$(GO) build -o bench/livebench ./internal/dev/livebench
	bench/livebench -rates '$(RATES)' -for $(FOR) -scale $(SCALE) -only '$(ONLY)' -sipspan ./sipspan -sipgen bench/sipgen bench

## soak: the daemon under load for SOAK, with floods and faults, in namespaces of its own: a table, and what does not agree; CALLS=, SEED= choose
soak: build
	@mkdir -p bench
	$(GO) build -o bench/soak ./internal/dev/soak
	$(SUDO) bench/soak -sipspan ./sipspan -for $(SOAK) -calls $(CALLS) -seed $(SEED)

bench/sip.pcap:
	@mkdir -p bench
	$(GO) run ./internal/dev/sipgen/cmd/sipgen load -messages 1000000 $@

bench/span.pcap:
	@mkdir -p bench
	$(GO) run ./internal/dev/sipgen/cmd/sipgen load -messages 100000 -rtp 19 $@

bench/span-sip.pcap:
	@mkdir -p bench
	$(GO) run ./internal/dev/sipgen/cmd/sipgen load -messages 100000 $@

## generate: the files that are written from the code
generate:
	$(GO) generate ./...

## man: the man pages of all commands, in the folder man
man: build
	./sipspan man man

# Without Go, or where "make build" has been called before, what is there is installed and nothing is built: root needs no compiler, and
# the folders of the user who built stay the user's.
ifeq ($(wildcard sipspan),)
install: build
endif

## install: program, man pages, units, configuration and manual below PREFIX, with DESTDIR in front; builds the program if it is not there
install:
	install -D -m 0755 sipspan $(DESTDIR)$(PREFIX)/bin/sipspan
	install -d -m 0750 $(DESTDIR)/etc/sipspan
	test -e $(DESTDIR)/etc/sipspan/sipspan.yaml || install -m 0640 systemd/sipspan.yaml $(DESTDIR)/etc/sipspan/sipspan.yaml
	install -d -m 0755 $(DESTDIR)$(UNITDIR)
	for unit in sipspan.service sipspan@.service; do \
	  sed 's|/usr/local|$(PREFIX)|g' systemd/$$unit > $(DESTDIR)$(UNITDIR)/$$unit && chmod 0644 $(DESTDIR)$(UNITDIR)/$$unit || exit 1; \
	done
	install -D -m 0644 systemd/sysusers.conf $(DESTDIR)$(SYSUSERS)/sipspan.conf
	install -D -m 0644 systemd/tmpfiles.conf $(DESTDIR)$(TMPFILES)/sipspan.conf
	install -d -m 0755 $(DESTDIR)$(PREFIX)/share/doc/sipspan
	install -m 0644 README.md CHANGELOG.md LICENSE docs/*.md $(DESTDIR)$(PREFIX)/share/doc/sipspan/
	install -d -m 0755 $(DESTDIR)$(PREFIX)/share/doc/sipspan/pictures
	install -m 0644 docs/pictures/*.png $(DESTDIR)$(PREFIX)/share/doc/sipspan/pictures/
	install -d -m 0755 $(DESTDIR)$(PREFIX)/share/doc/sipspan/decisions
	install -m 0644 docs/decisions/*.md $(DESTDIR)$(PREFIX)/share/doc/sipspan/decisions/
	install -d -m 0755 $(DESTDIR)$(PREFIX)/share/sipspan/rules $(DESTDIR)$(PREFIX)/share/sipspan/dashboards
	install -m 0644 exporters/prometheus/rules/*.yaml $(DESTDIR)$(PREFIX)/share/sipspan/rules/
	install -m 0644 exporters/prometheus/dashboards/*.json $(DESTDIR)$(PREFIX)/share/sipspan/dashboards/
	install -d -m 0755 $(DESTDIR)$(PREFIX)/share/man/man1
	./sipspan man $(DESTDIR)$(PREFIX)/share/man/man1
	chmod 0644 $(DESTDIR)$(PREFIX)/share/man/man1/sipspan*.1
	install -d -m 0755 $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	./sipspan completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/sipspan

## clean: what the other targets made
clean:
	rm -rf sipspan bench/ man/

# deps installs the C compiler and libpcap's header if they are missing. The second question is what cgo asks.
deps:
	@command -v $(GO) >/dev/null || { \
	  echo "Go is neither in the path nor in /usr/local/go. Build as the user who has it (make build), then: sudo make install"; exit 1; }
	@printf '#include <pcap/pcap.h>\nint main(void) { return !pcap_lib_version(); }\n' | \
	  $(CC) -x c - -lpcap -o /dev/null 2>/dev/null || \
	  { echo "installing libpcap-dev and a C compiler"; $(INSTALL) gcc libc6-dev libpcap-dev >/dev/null; }

# test-deps installs what the live test joins two network namespaces with, what makes TLS connections that Go cannot make, and what
# counts the messages of captures independently, and a terminal for the view.
# Tests that miss one of them are skipped.
test-deps:
	@command -v ip >/dev/null || [ -x /sbin/ip ] || \
	  { echo "installing iproute2"; $(INSTALL) iproute2 >/dev/null; } || \
	  echo "no iproute2: the live test will be skipped"
	@command -v openssl >/dev/null || \
	  { echo "installing openssl"; $(INSTALL) openssl >/dev/null; } || \
	  echo "no openssl: the tests of TLS with it will be skipped"
	@command -v tshark >/dev/null || \
	  { echo "installing tshark"; $(INSTALL) tshark >/dev/null; } || \
	  echo "no tshark: the tests that compare with it will be skipped"
	@command -v tmux >/dev/null || \
	  { echo "installing tmux"; $(INSTALL) tmux >/dev/null; } || \
	  echo "no tmux: the test of the terminal view will be skipped"

# bench-deps installs the program that the reader is compared with.
bench-deps:
	@command -v tcpdump >/dev/null || [ -x /usr/sbin/tcpdump ] || \
	  { echo "installing tcpdump"; $(INSTALL) tcpdump >/dev/null; }

# bench-live-deps installs what sends, and the programs that the live capture is compared with.
bench-live-deps: bench-deps
	@command -v tcpreplay >/dev/null || { echo "installing tcpreplay"; $(INSTALL) tcpreplay >/dev/null; }
	@command -v sngrep >/dev/null || { echo "installing sngrep"; $(INSTALL) sngrep >/dev/null; } || echo "no sngrep: it will be left out"

# browser-deps installs the browser of the tests.
browser-deps:
	@command -v chromium >/dev/null || { echo "installing chromium"; $(INSTALL) chromium fonts-dejavu-core >/dev/null; }

# e2e-deps installs the software that the end-to-end test lets talk. The services that come with it are not left running.
E2E_PACKAGES := kamailio kamailio-presence-modules kamailio-tls-modules kamailio-websocket-modules openssl sip-tester baresip-core tcpdump tshark iproute2 prometheus prometheus-alertmanager
E2E_SERVICES := kamailio prometheus prometheus-alertmanager

e2e-deps:
	@set -e; missing=$$(for package in $(E2E_PACKAGES); do \
	  dpkg-query -W -f '$${db:Status-Status}' $$package 2>/dev/null | grep -qx installed || echo $$package; done); \
	[ -n "$$missing" ] || exit 0; \
	echo "installing" $$missing; \
	$(INSTALL) $$missing >/dev/null || exit 1; \
	for service in $(E2E_SERVICES); do \
	  echo "$$missing" | grep -qx $$service || continue; \
	  if [ -d /run/systemd/system ]; then $(SUDO) systemctl disable --quiet --now $$service; \
	  else $(SUDO) service $$service stop >/dev/null 2>&1 || true; fi; \
	done
