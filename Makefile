# Everything a person does with this tree. Each target sets up what it needs, once.
# With PYTHON=python3.13 a target uses that version, in an environment of its own.

PYTHONS := python3.11 python3.12 python3.13
VENV ?= .venv$(addprefix -,$(notdir $(PYTHON)))
BIN  := $(VENV)/bin
# The environment is ready when it was set up after pyproject.toml last changed.
READY := $(VENV)/.ready
# And the same for the libraries whose types are tested, which are large: only tests need them.
LIBRARIES := $(VENV)/.libraries

# The one line to change when the demo should show something else.
DEMO := examples/weather/flow.py station_report --observations examples/weather/observations.csv

CODE := src $(wildcard tests examples benchmarks hatch_build.py)

# The web UI, as the server finds it: built when a source of it has changed. Without npm there is
# none; its tests are skipped then.
UI := $(if $(shell command -v npm),src/volery/api/ui/index.html)
UI_MODULES := ui/node_modules/.package-lock.json
UI_SOURCES := $(shell find ui -path ui/node_modules -prune -o -type f -print)

# uv trusts whom the machine trusts, as pip does.
export UV_SYSTEM_CERTS := 1

.DEFAULT_GOAL := help
.PHONY: help demo ui test test-ui test-all test-kubernetes check check-format check-lint check-types \
        check-layers check-ui fix bench setup clean

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## run the example workflow on a real data file
	$(BIN)/volery run $(DEMO)

ui: ## build the web UI, which volery serve shows (needs Node.js 20 or newer)
	@command -v npm >/dev/null || { echo 'There is no npm: install Node.js 20 or newer.'; exit 1; }
	@$(MAKE) --no-print-directory $(UI)

# On all cores, to a limit: most tests start processes of their own. A file stays with one worker:
# what its tests share is started once.
test: $(LIBRARIES) $(UI) $(if $(UI),test-ui) ## run all tests (ARGS="-k retry -x" goes to pytest)
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder \
	  $(ARGS)

test-all: ## run all tests on every version of Python that Volery supports
	set -e; for python in $(PYTHONS); do $(MAKE) test PYTHON=$$python; done

test-ui: $(UI_MODULES)
	cd ui && npm test --silent

# See tests/servers/cluster.py for the variables; `make bench ARGS="--only kubernetes"` has the same.
test-kubernetes: $(LIBRARIES) ## run the tests of executors on the cluster that KUBECONFIG names
	@test -n "$$KUBECONFIG" -a -n "$$VOLERY_TEST_KUBERNETES_IMAGE" \
	  || { echo 'Set KUBECONFIG and VOLERY_TEST_KUBERNETES_IMAGE.'; exit 1; }
	$(BIN)/pytest -m kubernetes -n0 $(ARGS) tests/executors/kubernetes

check: check-format check-lint check-types check-layers $(if $(UI),check-ui) ## check format, lint, types and layers

check-format: $(READY)
	$(BIN)/ruff format --check --quiet $(CODE) || { echo 'Run "make fix" to format.'; exit 1; }

check-lint: $(READY)
	$(BIN)/ruff check --quiet $(CODE)

# The warnings are about newer versions, for which the wrapper would ask the network.
check-types: $(LIBRARIES)
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --pythonpath $(BIN)/python

check-layers: $(READY)
	$(BIN)/lint-imports --no-logo

check-ui: $(UI_MODULES)
	cd ui && npm run --silent check

fix: $(READY) ## format, and fix what the linter can
	$(BIN)/ruff check --fix --quiet $(CODE) || true
	$(BIN)/ruff format --quiet $(CODE)

bench: $(LIBRARIES) $(UI) ## measure, side by side with the peers (ARGS="--quick --only import")
	$(BIN)/python benchmarks/run.py $(ARGS)

setup: $(READY) ## make the environment and nothing else

clean: ## remove environments, caches and builds
	rm -rf .venv .venv-* .bench build dist ui/node_modules src/volery/api/ui .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests examples benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml tools/setup.sh
	@PYTHON="$(PYTHON)" tools/setup.sh $(VENV)
	@touch $@

$(LIBRARIES): $(READY)
	@PYTHON="$(PYTHON)" tools/setup.sh $(VENV) dev,libraries
	@touch $@

$(UI_MODULES): ui/package-lock.json
	cd ui && npm ci --silent
	@touch $@

$(UI): $(UI_MODULES) $(UI_SOURCES)
	cd ui && npm run --silent build
