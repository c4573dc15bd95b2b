# Two commands for everybody: `make book` and `make test`. `make execute`, `make animations`
# and `make bench` are release steps; `make repository URL=…` says where the book is published, once.
PYTHON ?= python3
BIN := .venv/bin
UV := $(shell command -v uv)
INSTALL := $(if $(UV),uv pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet)
READY := .venv/.ready

.PHONY: setup book pdf tex test execute animations bench repository lint links clean

setup: $(READY)

# The stamp comes last, so that an interrupted set-up is done again.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "physlib needs Python 3.11 or newer: name one with make PYTHON=…")'
	@echo "Setting up .venv with $(if $(UV),uv,pip): a few GB of packages, once"
	@$(if $(UV),uv venv --quiet --allow-existing --python $(PYTHON),$(PYTHON) -m venv) .venv
	@$(INSTALL) -r requirements.lock && $(INSTALL) --no-deps --editable .
	@touch $@

book: $(READY)
	$(BIN)/physlib train physlib --against mlp --epochs 5 --dataset auto
	$(BIN)/jupyter-book build --quiet -W -n --keep-going .
	@echo "The book is at $(CURDIR)/_build/html/index.html"

# TeX comes first: without it nothing needs to be set up.
pdf: tex $(READY)
	$(BIN)/jupyter-book build --quiet -W -n --keep-going --builder latex .
	$(MAKE) --directory _build/latex LATEXMKOPTS='-interaction=nonstopmode -halt-on-error -quiet' all-pdf
	@echo "The book is at $(CURDIR)/_build/latex/physlib-book.pdf"

TEX := latexmk texlive-xetex texlive-latex-extra texlive-fonts-recommended fonts-freefont-otf
tex:
	@for tool in latexmk xelatex; do command -v $$tool >/dev/null || { \
		echo "make pdf needs $$tool, of TeX Live (Debian: apt-get install $(TEX))" >&2; exit 1; }; done

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint
	$(BIN)/pytest --ignore tests/site
	$(BIN)/pytest --nbval-lax --nbval-current-env --nbval-cell-timeout 300 -p no:cacheprovider notebooks
	$(BIN)/jupyter-book build --quiet --all -W -n --keep-going .
	$(BIN)/pytest tests/site

# Links to other hosts, which are not this project's to keep: no part of `make test`.
links: $(READY)
	$(BIN)/jupyter-book build --quiet --builder custom --custom-builder linkcheck .

execute: $(READY)
	$(BIN)/python notebooks/execute.py

animations: $(READY)
	$(BIN)/python tools/animate.py

bench: $(READY)
	KINETO_LOG_LEVEL=99 $(BIN)/python -m benchmarks

repository: $(READY)
	@$(BIN)/python tools/stamp.py $(if $(URL),'$(URL)')

clean:
	rm -rf .venv _build
