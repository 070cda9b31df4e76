# One word for each thing that people do here; `make` alone lists them. All that is needed is Python 3.11 or newer.
#
# .venv is made by itself, from hash-locked files. The stamps in it bear their lock's checksum in their names, so neither a
# clone nor a touch, which change times only, makes it anew; another lock does, and so does a Python that is gone.

RUN_STAMP := .venv/.run-$(shell cksum < requirements.txt | tr -s ' \t' '--')
TEST_STAMP := .venv/.test-$(shell cat requirements.txt requirements-dev.txt | cksum | tr -s ' \t' '--')
VENV_PYTHON := .venv/bin/python
PIP_INSTALL := PIP_USER=0 $(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes
COMPILE := $(VENV_PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header $(if $(UPGRADE),--upgrade)

export PYTHON
FIND_PYTHON = \
	found=; python=; \
	for candidate in $${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14}; do \
		"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
		found=$$candidate; \
		if "$$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "Cubby needs Python 3.11 or newer, and $${PYTHON:-python3} is missing or older. Install one, or name yours: make PYTHON=python3.12" >&2; \
		exit 1; \
	elif [ -z "$$python" ]; then \
		echo "$$found cannot make virtual environments. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2; \
		exit 1; \
	fi

.PHONY: help playground console run test check fix bench soak readme screenshots lock which-python FORCE
.NOTPARALLEL:

help:  ## list these words
	@sed -n 's/^\([a-z][a-z-]*\):.*## /\1	/p' Makefile | expand -t 14

playground: $(RUN_STAMP)  ## see it, use it and break it in a browser: no token, no key (ARGS="--fresh" begins anew)
	@$(VENV_PYTHON) bot.py --playground $(ARGS)

console: $(RUN_STAMP)  ## talk to the bot in this terminal: no token, no key (ARGS="--as Ann" speaks as another person)
	@$(VENV_PYTHON) bot.py --console $(ARGS)

run: $(RUN_STAMP)  ## connect to Discord with DISCORD_TOKEN
	@$(VENV_PYTHON) bot.py $(ARGS)

test: check  ## check, then every test
	$(VENV_PYTHON) -m pytest --numprocesses auto --dist worksteal $(ARGS)

check: $(TEST_STAMP)  ## lint, format, types and the import contract
	$(VENV_PYTHON) -m ruff check
	$(VENV_PYTHON) -m ruff format --check
	$(VENV_PYTHON) -m basedpyright
	$(VENV_PYTHON) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

fix: $(TEST_STAMP)  ## mend lint and format where a tool can
	$(VENV_PYTHON) -m ruff check --fix
	$(VENV_PYTHON) -m ruff format

bench: $(RUN_STAMP)  ## measure list, open and append against the plain design
	@$(VENV_PYTHON) -m bench $(ARGS)

soak: $(TEST_STAMP)  ## break the bot again and again for an hour or two, and look at what is left (ARGS="--kills 50 --seed 7")
	$(VENV_PYTHON) -m tests.soak $(ARGS)

readme: $(TEST_STAMP)  ## write the README's commands and transcript anew
	$(VENV_PYTHON) -m tests.readme

screenshots: $(TEST_STAMP)  ## make the README's pictures anew from the running page; wants a Chromium
	$(VENV_PYTHON) -m tests.screenshots

lock: $(TEST_STAMP)  ## write the locked requirements anew from pyproject.toml (UPGRADE=1 takes newer versions)
	$(COMPILE) pyproject.toml --output-file requirements.txt
	$(COMPILE) pyproject.toml --group dev --constraints requirements.txt --output-file requirements-dev.txt

which-python:  ## name the Python that .venv is made with
	@$(FIND_PYTHON); command -v "$$python"

ifneq ($(shell $(VENV_PYTHON) -c 'print("works")' 2>/dev/null),works)
$(RUN_STAMP) $(TEST_STAMP): FORCE
endif

$(RUN_STAMP):
	@echo "Making .venv from requirements.txt; this happens once and takes about a minute." >&2
	@$(FIND_PYTHON); "$$python" -m venv --clear .venv
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

# What was removed from the lock must not stay: with another test stamp there, all is made anew.
$(TEST_STAMP): | $(RUN_STAMP)
	@echo "Adding the tools of requirements-dev.txt to .venv; this happens once and takes a minute or two." >&2
	@set -- .venv/.test-*; if [ -e "$$1" ]; then $(FIND_PYTHON); "$$python" -m venv --clear .venv; fi
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $(RUN_STAMP) $@
