# Everything a person does with a checkout. `make help` lists it.
# Set-up happens by itself: Debian packages (asked for by name, sudo only when not root) and a
# virtual environment in .venv of this folder, so clones don't get in each other's way.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .make
# Tests that wait for nobody's ears run so many at once.
BESIDE ?= 2
export PYTHONPATH :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

RUN_PACKAGES := python3-venv python3-dev gcc portaudio19-dev
TEST_PACKAGES := $(RUN_PACKAGES) tmux pulseaudio pulseaudio-utils libasound2-plugins dropbear-bin openssh-client
PROJECT_FILES := setup.cfg pyproject.toml clients/terminal/setup.cfg clients/terminal/pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help run test coverage lint format soak bench-call bench-load bench-conference bench-people bench-metrics bench-audit bench-audio generate pictures clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

run: $(STAMPS)/run ## a server on this computer and the client; without a terminal, a measured call
	@$(BIN)/python -m dev.run

test: $(STAMPS)/test ## every test, and that core and wire are covered whole
	@$(BIN)/python -b -m pytest -m "not soak and not alone" -n $(BESIDE) --dist loadfile --cov --cov-report=
	@$(BIN)/python -b -m pytest -m "alone and not soak" --cov --cov-append --cov-report=
	@$(BIN)/coverage report --include='voip/core/*,voip/wire/*' --fail-under=100

coverage: test ## which lines no test reaches
	@$(BIN)/coverage report

soak: $(STAMPS)/test ## the tests that take minutes
	@$(BIN)/python -b -m pytest -m soak

lint: $(STAMPS)/lint ## style, types, arrows between packages, generated files
	@$(BIN)/python -m dev.lint

format: $(STAMPS)/lint ## put the code into the house style
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .
	@$(BIN)/buf format -w proto

generate: $(STAMPS)/lint ## make again what is made from other files
	@$(BIN)/python -m dev.lint --write

bench-call: $(STAMPS)/test ## a 20 s call between two real clients: quality, delay, cost (SPEECH=DIR for other speech)
	@$(BIN)/python -m bench.call $(if $(SPEECH),--speech "$(SPEECH)")

bench-load: $(STAMPS)/test ## 50 calls at once for 30 s
	@$(BIN)/python -m bench.load

bench-conference: $(STAMPS)/test ## rooms of 3 to 32 speakers, and one of 200 listeners
	@$(BIN)/python -m bench.conference

bench-people: $(STAMPS)/test ## phone books, search and presence with 10,000 accounts
	@$(BIN)/python -m bench.people

bench-metrics: $(STAMPS)/test ## a scrape of the metrics with 1,000 people online
	@$(BIN)/python -m bench.metrics

bench-audit: $(STAMPS)/test ## what a login costs more because it is written down before
	@$(BIN)/python -m bench.audit

bench-audio: $(STAMPS)/test ## speech quality over bad networks, in simulated time
	@$(BIN)/python -m bench.audio_quality

pictures: $(STAMPS)/test ## the pictures in docs/, from a scripted run of the real client
	@$(BIN)/python -m dev.pictures

clean: ## forget the set-up and everything made
	rm -rf $(VENV) $(STAMPS) .run build dist clients/terminal/build clients/terminal/dist *.egg-info clients/terminal/*.egg-info

$(STAMPS)/run: $(PROJECT_FILES) dev/requirements-run.txt dev/packages | $(STAMPS)
	@dev/packages $(RUN_PACKAGES)
	@dev/environment $(PYTHON) $(VENV) dev/requirements-run.txt
	@touch $@

$(STAMPS)/test: $(STAMPS)/run dev/requirements-test.txt dev/prometheus | $(STAMPS)
	@dev/packages $(TEST_PACKAGES)
	@dev/prometheus $(STAMPS)/prometheus
	@dev/environment $(PYTHON) $(VENV) dev/requirements-test.txt
	@touch $@

$(STAMPS)/lint: $(STAMPS)/test dev/requirements-lint.txt | $(STAMPS)
	@dev/environment $(PYTHON) $(VENV) dev/requirements-lint.txt
	@touch $@

$(STAMPS):
	@mkdir -p $@
