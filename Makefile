# Everything that is done with this checkout; every target sets up what it needs, and a second run is quick.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help setup fonts article test check corpus bench conformance schema wheel wheel-test clean distclean

help:  ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## .venv with pubkit and its tools
	@scripts/setup

fonts:  ## fonts for Chinese, Japanese and Korean, emoji and the scripts that the themes lack
	@scripts/fonts

article: setup  ## the sample article in every format, in out/
	.venv/bin/pubkit build article -o out

test: setup  ## the tests; ARGS="-k docx" and the like go to pytest
	.venv/bin/pytest $(ARGS)

check: setup  ## types and style
	.venv/bin/mypy
	.venv/bin/ruff check .

corpus: setup  ## read the articles of a folder, DIR=folder, and count what is lost; ARGS="--json"
	.venv/bin/python scripts/corpus.py $(ARGS) $(or $(DIR),article)

bench: setup  ## how long reading, pages, books, documents and feeds take, beside the libraries below and pandoc; ARGS="-n 3"
	.venv/bin/python benchmarks/reading.py $(ARGS)
	.venv/bin/python benchmarks/pages.py $(ARGS)
	.venv/bin/python benchmarks/books.py $(ARGS)
	.venv/bin/python benchmarks/documents.py $(ARGS)
	.venv/bin/python benchmarks/feeds.py $(ARGS)

schema: setup  ## write the JSON Schemas in docs anew, after a change of the types
	.venv/bin/python scripts/write_schema.py

conformance: setup  ## install the validators and let them judge what pubkit makes
	@scripts/conformance
	PUBKIT_REQUIRE_TOOLS=1 .venv/bin/pytest tests/conformance $(ARGS)

wheel: setup  ## the wheel, in dist/
	@rm -rf dist
	.venv/bin/pip wheel -q --no-deps -w dist .

wheel-test: wheel  ## the wheel, installed and tried outside the checkout
	@scripts/wheel-test

clean:  ## remove what was built, and the caches
	rm -rf out dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -not -path './.tools/*' -prune -exec rm -rf {} +

distclean: clean  ## and what was installed
	rm -rf .venv .tools
