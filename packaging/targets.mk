# Packages, the static program, the image, and what is checked about them.

# Programs that are pinned in a module of their own, so that neither they nor the linters decide about the versions that the other needs.
PACKTOOL  := $(GO) tool -modfile=tools/packages/go.mod
STAGE     := bench/stage
PACKAGES  := bench/packages
STATIC    := bench/static
# Who answers for a package. Whoever publishes one sets it.
MAINTAINER ?= The sipspan authors <sipspan@example.org>
BUILDAH   ?= buildah

.PHONY: packages static image sbom units test-packages test-static test-reproducible test-image vulnerabilities pack-deps image-deps

# What makes two builds of one commit equal, wherever they happen.
packages static image: export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
packages: export PACKAGE_VERSION = $(shell packaging/version)
packages: export ARCH = $(shell $(GO) env GOARCH)
packages: export MAINTAINER := $(MAINTAINER)
packages static: export GO := $(GO)

# The .rpm holds the static program, because libpcap has another name on systems with rpm than on Debian.

## packages: .deb and .rpm of the last commit in bench/packages, with a list of the modules in them (CycloneDX)
packages: deps static
	rm -rf $(STAGE) $(PACKAGES)
	mkdir -p $(STAGE) $(PACKAGES)
	rm -f sipspan
	$(MAKE) install DESTDIR=$(CURDIR)/$(STAGE) PREFIX=/usr UNITDIR=/usr/lib/systemd/system SYSUSERS=/usr/lib/sysusers.d \
	  TMPFILES=/usr/lib/tmpfiles.d BUILDFLAGS=-buildmode=pie LDFLAGS="$(LDFLAGS) -extldflags=-Wl,-z,relro,-z,now"
	packaging/stage $(STAGE) $(STATIC)
	sed '/^license:/d' packaging/nfpm.yaml >$(STAGE)/deb.yaml # Debian's control file has no such field
	$(PACKTOOL) nfpm package -f $(STAGE)/deb.yaml -p deb -t $(PACKAGES)/
	$(PACKTOOL) nfpm package -f packaging/nfpm.yaml -p rpm -t $(PACKAGES)/
	$(MAKE) sbom
	@ls -l $(PACKAGES)

## sbom: bench/packages/sipspan.cdx.json, the modules in the program as CycloneDX
sbom: $(if $(wildcard sipspan),,build)
	@mkdir -p $(PACKAGES)
	$(PACKTOOL) cyclonedx-gomod bin -json -noserial -notimestamp -licenses -std -version "$$(packaging/version)" \
	  -output $(PACKAGES)/sipspan.cdx.json ./sipspan

## vulnerabilities: whether the program uses code with known vulnerabilities, where the database can be reached
vulnerabilities:
	@if ! out=$$($(PACKTOOL) govulncheck ./cmd/sipspan 2>&1); then echo "$$out"; \
	  case $$out in *"fetching vulnerabilities"*) echo "NOT CHECKED: the vulnerability database cannot be reached";; *) exit 1;; esac; \
	else echo "$$out"; fi

## static: bench/static/sipspan, which needs no library of the machine that it runs on
static: deps
	rm -rf $(STATIC)
	mkdir -p $(STATIC)
	packaging/static $(STATIC)
	$(GO) build -trimpath -buildvcs=$(STAMP) -tags netgo,osusergo,timetzdata \
	  -ldflags '$(LDFLAGS) -linkmode=external -extldflags "-static -L$(STATIC)"' -o $(STATIC)/sipspan ./cmd/sipspan
	$(GO) run ./internal/dev/notices ./cmd/sipspan /usr/share/doc/libpcap0.8-dev/copyright /usr/share/doc/libc6-dev/copyright >$(STATIC)/NOTICES
	cp LICENSE $(STATIC)/LICENSE

## test-static: the static program reads a capture and listens in an empty root
test-static: static
	packaging/test-static $(STATIC)/sipspan $(SAMPLE)

## image: bench/packages/sipspan.oci.tar, a container image that holds the static program
image: static image-deps
	@mkdir -p $(PACKAGES)
	cp /etc/ssl/certs/ca-certificates.crt $(STATIC)/
	$(BUILDAH) --storage-driver vfs --root $(CURDIR)/bench/image/root --runroot $(CURDIR)/bench/image/run build --isolation chroot \
	  --timestamp $$SOURCE_DATE_EPOCH --label org.opencontainers.image.version=$$(packaging/version) \
	  -f packaging/Containerfile -t sipspan $(STATIC)
	rm -f $(PACKAGES)/sipspan.oci.tar
	$(BUILDAH) --storage-driver vfs --root $(CURDIR)/bench/image/root --runroot $(CURDIR)/bench/image/run push sipspan \
	  oci-archive:$(PACKAGES)/sipspan.oci.tar:sipspan:$$(packaging/version | tr '~+' '--')

## test-image: the image has the program, its licences and a command line that exists
test-image: image
	packaging/test-image $(PACKAGES)/sipspan.oci.tar

## units: systemd's opinion of the units: no fault, and an exposure of at most 1.4 of 10
units:
	@command -v systemd-analyze >/dev/null || { echo "installing systemd"; $(INSTALL) systemd >/dev/null; }
	packaging/test-units systemd/sipspan.service systemd/sipspan@.service

## test-packages: lintian, and the .deb installed, upgraded, removed and purged in a layer over this machine; ROOT=FOLDER: in a Debian of debootstrap, and booted
test-packages: packages pack-deps
	lintian --allow-root --fail-on error,warning $(PACKAGES)/*.deb
	packaging/test-rpm $(PACKAGES)/*.rpm
	packaging/test-install $(PACKAGES)/*.deb $(ROOT)
	$(if $(ROOT),packaging/test-boot $(PACKAGES)/*.deb $(ROOT))

## test-reproducible: program, .deb and .rpm built twice, in two folders and with two caches, are the same bytes
test-reproducible:
	GO=$(GO) packaging/test-reproducible

pack-deps:
	@missing=; command -v lintian >/dev/null || missing="$$missing lintian"; command -v rpm2cpio >/dev/null || missing="$$missing rpm"; command -v cpio >/dev/null || missing="$$missing cpio"; \
	$(if $(ROOT),command -v systemd-nspawn >/dev/null || missing="$$missing systemd-container";) \
	[ -z "$$missing" ] || { echo "installing$$missing"; $(INSTALL) $$missing >/dev/null; }

image-deps:
	@command -v $(BUILDAH) >/dev/null || { echo "installing buildah"; $(INSTALL) buildah >/dev/null; }
	@[ -e /etc/ssl/certs/ca-certificates.crt ] || { echo "installing ca-certificates"; $(INSTALL) ca-certificates >/dev/null; }
