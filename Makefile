# make        builds ./e1
# make tour   builds ./e1 and takes the tour of the README with it
# make check  does everything CI does
# make docs   writes the executed and generated pages of docs/ anew

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

.PHONY: build tour check test lint docs fmt clean

build:
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o e1 ./cmd/e1

tour: build
	@PATH="$(CURDIR):$$PATH" bash docs/tour-run.sh

test:
	go test ./...

lint:
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "not formatted:"; echo "$$out"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...
	GOOS=darwin go vet ./...
	GOOS=windows go build ./...

check: build lint test

docs:
	go test ./docs ./internal/report -update

fmt:
	gofmt -w $$(git ls-files '*.go')

clean:
	rm -f e1
