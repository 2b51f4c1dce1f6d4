# make        builds ./e1
# make tour   builds it and takes the README's tour in a fresh folder
# make check  does everything CI does

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

.PHONY: build tour check test lint fmt clean

build:
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o e1 ./cmd/e1

tour: build
	@dir=$$(mktemp -d) && cd "$$dir" && PATH="$(CURDIR):$$PATH" GIT_PAGER=cat sh -eux "$(CURDIR)/docs/tour.sh" && echo "the tour's repository is $$dir/shop"

test:
	go test ./...

lint:
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "not formatted:"; echo "$$out"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...

check: build lint test

clean:
	rm -f e1
