# Each target makes what it needs. PYTHON=… chooses the interpreter of the environment, MODELS=DIR takes the source
# models from a folder, OUT=DIR puts the packages elsewhere.
.PHONY: help coreml keras swift app test test-keras swiftcheck applecheck mac judge lint bench report demo screens golden
.PHONY: vectors peers fuzz torture release release-check lock clean
.DELETE_ON_ERROR:
.SUFFIXES:
export PYTHON MODELS OUT
unexport PYTHONPATH PYTHONHOME

BIN := .venv/bin
READY := .venv/.ready
TRAIN := .venv-train/bin
TRAIN_READY := .venv-train/.ready
UV := build/uv/bin/uv

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s%s\n", $$1, $$2 }' Makefile

$(READY): requirements.lock pyproject.toml scripts/environment.sh
	@sh scripts/environment.sh

$(TRAIN_READY): train.lock pyproject.toml scripts/environment.sh
	@sh scripts/environment.sh .venv-train train.lock

coreml: $(READY) ## fetch the pinned models, convert, verify and package them
	@$(BIN)/blazemesh build $${OUT:+--out "$$OUT"} $${MODELS:+--models "$$MODELS"}

keras: $(TRAIN_READY) ## Keras and ONNX models, verified, into build/keras and build/onnx (fetches TensorFlow)
	@$(TRAIN)/blazemesh homes $${MODELS:+--models "$$MODELS"}

swift: coreml ## render the Swift package for the packages that were built
	@$(BIN)/blazemesh swift $${OUT:+--packages "$$OUT"}

app: swift ## render the sample app's Xcode project into ios_app
	@$(BIN)/blazemesh app $${OUT:+--packages "$$OUT"}

test: coreml ## the tests
	@$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile

test-keras: $(TRAIN_READY) ## the tests of the Keras home, fine-tuning among them
	@$(TRAIN)/pytest tests/keras

swiftcheck: swift ## the Swift package under both sanitizers
	@sh scripts/swift_check.sh

applecheck: swift ## the Swift package for iOS, macOS, Catalyst and visionOS, and the sample app, checked without a Mac
	@$(BIN)/python -m tests.apple_check build/swift/BlazeMesh

mac: $(READY) ## a Mac's turn: everything that only a Mac can say, into build/mac.json, build/mac.html and build/mac/logs
	@$(BIN)/python -m blazemesh.mac

judge: $(READY) ## hold the executor against all of Apple's operator tests (fetches torch)
	@sh scripts/judge.sh

lint: $(READY) ## style and types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@sh scripts/swift_lint.sh

bench: coreml ## measure, into build/bench.json
	@$(BIN)/python -m blazemesh.bench

report: coreml ## one page with what was built and how well it is known to be right, into build/report.html
	@$(BIN)/python -m blazemesh.report $${OUT:+"$$OUT"}

demo: coreml ## a picture with what the packages find in it
	@$(BIN)/blazemesh demo $${OUT:+--packages "$$OUT"}

screens: swift ## what the app shows, computed in Swift, into tests/golden/overlay and docs/pictures/app.jpg
	@$(BIN)/python -m blazemesh.app_screens

golden: ## what MediaPipe itself computes, into tests/golden
	@sh scripts/golden.sh

peers: $(TRAIN_READY) ## the same models in other converters, into docs/peers.md (fetches them)
	@sh scripts/peers.sh

vectors: coreml ## what the Python twins and the packages compute, into tests/golden, for Swift to be held to
	@$(BIN)/python -m blazemesh.core_vectors
	@$(BIN)/python -m blazemesh.package_vectors $${OUT:+"$$OUT"}

fuzz: swift ## hostile input: COUNT=20000 mutations of each target, then SECONDS=600 guided by coverage
	@$(BIN)/python -m tests.fuzz --count $(or $(COUNT),20000)
	@sh scripts/fuzz.sh $(or $(SECONDS),600)
	@sh scripts/swift_fuzz.sh $(or $(SECONDS),600)

torture: coreml ## kill -9 at 200 random moments of a build
	@$(BIN)/python -m tests.blazemesh.torture

release: swift ## what an app's developer takes, into build/release: archives, sums, bill of materials, git repository
	@$(BIN)/python -m blazemesh.release $${OUT:+--packages "$$OUT"} $${TAG:+--tag "$$TAG"}

release-check: $(READY) ## whether the parts of build/release agree
	@$(BIN)/python -m blazemesh.release --check build/release

$(UV):
	@$${PYTHON:-python3} -m venv --clear build/uv
	@build/uv/bin/python -m pip install --quiet --disable-pip-version-check uv

COMPILE = $(UV) pip compile --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock" -q

lock: $(UV) ## bring the locks in line with pyproject.toml
	@$(COMPILE) --group dev pyproject.toml -o requirements.lock
	@$(COMPILE) --group golden -o golden.lock
	@cp requirements.lock train.lock # what both need, in the same versions
	@$(COMPILE) --extra train --group dev pyproject.toml -o train.lock

clean: ## remove everything that make made in this folder
	rm -rf build .venv .venv-train .mypy_cache .ruff_cache .pytest_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
