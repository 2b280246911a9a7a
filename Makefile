# A new machine with Python 3.11, git and make needs «make dataset» and «make test», nothing else.
PYTHON ?= python3
VENV := .venv
OLD := .venv-datasets-3.6
SERVER := .venv-label-studio
MODELS := .venv-transformers
BIN := $(VENV)/bin
PIP := install --quiet --disable-pip-version-check
export HF_HUB_OFFLINE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Where it is set, every server and every command of the tests compiles all that it imports, anew at each start
unexport PYTHONDONTWRITEBYTECODE
RELEASE = dist/$(shell $(BIN)/python -c "import tomllib; c = tomllib.load(open('corpus/corpus.toml', 'rb')); print(c['name'] + '-' + c['version'])")

.PHONY: dataset environments test test-label-studio test-live test-ray test-site test-transformers browser lint fuzz bench bench-label-studio bench-suggest docs known-words picture lock clean

dataset: $(VENV)/.done
	$(BIN)/tasrih check
	$(BIN)/tasrih build
	$(BIN)/tasrih verify $(RELEASE)
	$(BIN)/python scripts/show_release.py $(RELEASE)

test: $(VENV)/.done $(OLD)/.done lint
	$(BIN)/python -m pytest -n 2 --dist worksteal --ignore-glob='*/test_live_*.py'

# Against a real Label Studio and a real browser; some minutes
test-label-studio: $(VENV)/.done $(SERVER)/.done browser
	$(BIN)/python -m pytest -n 2 --dist worksteal tests/label_studio

# The site that «tasrih explore» writes, in a real browser
test-site: $(VENV)/.done browser
	$(BIN)/python -m pytest -n 2 tests/report/test_live_site.py

# The example of a suggester around a model of transformers, with a real pipeline
test-transformers: $(VENV)/.done $(MODELS)/.done
	$(BIN)/python -m pytest tests/suggest/test_live_transformers.py

# test-site, test-transformers and test-label-studio in one run, so that no core waits for the last test of each
test-live: $(VENV)/.done $(SERVER)/.done $(MODELS)/.done browser
	$(BIN)/python -m pytest -n 2 --dist worksteal tests/report/test_live_site.py tests/suggest/test_live_transformers.py tests/label_studio

# The engine ray on real clusters of this machine, with a worker and a node killed in the middle
test-ray: $(VENV)/.done
	$(BIN)/python -m pytest tests/engine/test_live_ray.py tests/engine/test_live_ray_start.py tests/engine/test_live_ray_build.py

browser:
	@command -v chromium chromium-browser google-chrome > /dev/null \
	  || (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-core) > /dev/null 2>&1 \
	  || echo "WARNING: Chromium is not here and cannot be installed; the browser tests will be skipped"

lint: $(VENV)/.done
	$(BIN)/ruff check scripts tests benchmarks docs/examples
	$(BIN)/ruff format --check scripts tests benchmarks docs/examples
	$(BIN)/mypy
	$(BIN)/lint-imports

# Every reader of files that are not ours, for so many seconds in all; what fails is kept in dist/fuzz
SECONDS := 600
fuzz: $(VENV)/.done
	$(BIN)/python tests/fuzz/fuzz.py --seconds $(SECONDS)

# The figures of docs/performance.md and docs/scale.md; a quiet machine and an hour
bench: $(VENV)/.done
	$(BIN)/python benchmarks/bench.py --rounds 5 --json benchmarks/performance.json
	$(BIN)/python benchmarks/scale.py --rounds 5 --json benchmarks/scale.json
	$(BIN)/python benchmarks/growth.py --rounds 7 --json benchmarks/growth.json
	$(BIN)/python benchmarks/compression.py --json benchmarks/compression.json
	$(BIN)/python benchmarks/near_duplicates.py --real ../shared/real --json benchmarks/near_duplicates.json
	$(BIN)/python benchmarks/near_duplicates.py --million --json benchmarks/near_duplicates_million.json
	$(BIN)/python benchmarks/ray_overhead.py --rounds 5 --json benchmarks/ray_overhead.json
	$(BIN)/python benchmarks/performance_document.py

bench-label-studio: $(VENV)/.done $(SERVER)/.done
	$(BIN)/python benchmarks/live_loop.py

# The figures of docs/suggest.md; needs the public corpora in ../shared/real and about half an hour
bench-suggest: $(VENV)/.done
	$(BIN)/python benchmarks/suggest_entities.py --parts public --real ../shared/real --json benchmarks/suggest_public.json
	$(BIN)/python benchmarks/suggest_order.py --orders "unsure mentions" --json benchmarks/suggest_order.json
	$(BIN)/python benchmarks/suggest_effort.py --json benchmarks/suggest_effort.json
	$(BIN)/python benchmarks/suggest_growth.py --json benchmarks/suggest_growth.json
	$(BIN)/python benchmarks/suggest_document.py

# docs/reference.md and docs/rules.md from schemas and rules
docs: $(VENV)/.done
	$(BIN)/python scripts/make_docs.py

known-words: $(VENV)/.done
	$(BIN)/python scripts/make_known_words.py corpus

# The pictures of the documents; needs chromium and an Arabic font
picture: $(VENV)/.done
	$(BIN)/python scripts/make_picture.py

# All environments; with -j 2 in half the time
environments: $(VENV)/.done $(MODELS)/.done $(SERVER)/.done $(OLD)/.done

# Compiled here, without the tests of packages: what is compiled on import may warn, and warnings fail our tests
$(VENV)/.done: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip $(PIP) --no-compile --require-hashes -r requirements.lock
	-$(BIN)/python -W ignore -m compileall -qq -j 2 -x /tests/ $(VENV)/lib
	$(BIN)/pip $(PIP) --no-deps --no-build-isolation --editable .
	touch $@

# The oldest datasets that a release promises to load with, in an environment of its own
$(OLD)/.done: requirements-datasets-3.6.lock
	$(PYTHON) -m venv $(OLD)
	$(OLD)/bin/pip $(PIP) --no-compile --require-hashes -r requirements-datasets-3.6.lock
	touch $@

# A Label Studio server, whose many dependencies stay out of ours
$(SERVER)/.done: requirements-label-studio.lock
	$(PYTHON) -m venv $(SERVER)
	$(SERVER)/bin/pip $(PIP) --no-compile --require-hashes -r requirements-label-studio.lock
	touch $@

# torch and transformers, which are large; what is imported is compiled when it is
$(MODELS)/.done: requirements-transformers.lock pyproject.toml docs/examples/transformers/pyproject.toml
	$(PYTHON) -m venv $(MODELS)
	$(MODELS)/bin/pip $(PIP) --no-compile --require-hashes -r requirements-transformers.lock
	$(MODELS)/bin/pip $(PIP) --no-deps --no-build-isolation --editable . --editable docs/examples/transformers
	touch $@

COMPILE = uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate --no-header --python-version 3.11

# Pins anew; needs uv
lock:
	$(COMPILE) --extra agree --extra explore --extra formats --extra gamma --extra ingest --extra label-studio --extra publish --extra ray --extra s3 --extra spacy --extra suggest --group dev pyproject.toml -o requirements.lock
	echo "datasets==3.6.0" | $(COMPILE) - -o requirements-datasets-3.6.lock
	echo "label-studio" | $(COMPILE) - -o requirements-label-studio.lock
	printf 'editables\nhatchling\ntorch>=2.2,<2.15\ntransformers>=4.50\n' | $(COMPILE) pyproject.toml - -o requirements-transformers.lock

clean:
	rm -rf $(VENV) $(OLD) $(SERVER) $(MODELS) dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis
