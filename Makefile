# make demo      trace the bifurcation diagrams of the two families of the paper
# make test      lint, types, import floors, tests, doctests, notebooks
# make test-all  the long tests, and those that compare with PyDSTool, AUTO-07p, PyTorch, JAX and Keras
# make bench     what each run costs beside AUTO-07p: writes the table in the README
# make clean     remove what the other targets made
#
# Each makes .venv if there is none; all it needs is Python 3.11 or later. To name one: make PYTHON=python3.12 demo

PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
READY_PEERS := $(VENV)/.ready-peers
# bifpy builds AUTO-07p without optimisation unless it is told.
FORTRAN := MAKEFLAGS="F90=gfortran\ -O2 F77=gfortran\ -O2"
SOURCES := continuation symgru tests notebooks

# A small solve is slower on many threads than on one, and the order of sums would depend on their number.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export MPLBACKEND := Agg
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: bench demo test lint types floors tests test-all picture clean

demo: $(READY)
	$(BIN)/symgru trace eq9 --out demo/eq9
	$(BIN)/symgru trace eq8 --out demo/eq8

test: lint types floors tests

lint: $(READY_DEV)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

types: $(READY_DEV)
	$(BIN)/mypy

floors: $(READY_DEV)
	$(BIN)/lint-imports

tests: $(READY_DEV)
	$(BIN)/pytest -n 2

# Exit status 5 of pytest says that no test is marked slow or peer, which is no failure.
test-all: $(READY_DEV) $(READY_PEERS)
	$(BIN)/pytest -n 2 -m "slow or peer" --durations=10 || [ $$? -eq 5 ]
	$(BIN)/python -m tests.benchmarks.bench --short

# Without gfortran AUTO-07p cannot be built; the table then says that it was left out.
bench: $(READY)
	-$(FORTRAN) $(BIN)/python -m pip install --quiet --editable ".[bench]"
	$(BIN)/python -m tests.benchmarks.bench

# The picture at the head of the README is what the command made.
picture: demo
	cp demo/eq9/diagram.png notebooks/eq9.png

clean:
	rm -rf $(VENV) demo build dist *.egg-info .coverage htmlcov
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@for python in $(PYTHON) $(if $(PYTHON),,python3.11 python3 python3.12 python3.13); do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "making $(VENV) with $$("$$python" --version)"; \
	        "$$python" -m venv $(VENV) && exit 0; \
	        echo "'$$python -m venv $(VENV)' failed; on Debian and Ubuntu install python3-venv first." >&2; \
	        rm -rf $(VENV); exit 1; \
	    fi; \
	done; \
	echo "Python 3.11 or later is needed, and '$(or $(PYTHON),python3.11 or python3)' is not one. Install it, or name one: make PYTHON=/path/to/python3.11 demo" >&2; \
	exit 1

$(READY): setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(READY_DEV): setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	@touch $(READY) $@

# PyDSTool and AUTO-07p, and the compilers that pip does not bring: apt-get does where it may. Without
# them the tests that compare are skipped with the reason, and the next run tries again.
$(READY_PEERS): setup.cfg $(READY_DEV)
	@missing=; for program in swig gcc gfortran; do \
	    command -v $$program >/dev/null || missing="$$missing $$program"; \
	done; \
	if [ -n "$$missing" ]; then \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	        apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
	    else \
	        echo "To compare with PyDSTool and AUTO-07p, first: apt-get install$$missing" >&2; \
	    fi; \
	fi; \
	status=0; for extra in pydstool bench frameworks; do \
	    $(FORTRAN) $(BIN)/python -m pip install --quiet --editable ".[$$extra]" || { status=1; \
	    echo "'pip install symgru[$$extra]' failed; the tests that need it are skipped." >&2; }; \
	done; \
	[ $$status -ne 0 ] || touch $@
