#!/bin/sh
# install.sh PYTHON TREE SCRATCH: pip install without network into an environment of its own, and one answer from there.
# The tree is copied first, so that pip leaves nothing in it; CAPPLAN_BUILD_DIR spares compiling anew.
set -eu
python=$1 tree=$2 scratch=$3

rm -rf "$scratch"
mkdir -p "$scratch/tree"
for part in core models plan cli bindings cmake CMakeLists.txt README.md pyproject.toml setup.py; do
  cp -R "$tree/$part" "$scratch/tree"
done
"$python" -m venv --system-site-packages "$scratch/venv"
"$scratch/venv/bin/python" -m pip install --quiet --no-index "$scratch/tree"
cd "$scratch"
"$scratch/venv/bin/python" - "$tree" <<'END'
import pathlib, sys
import capplan
assert pathlib.Path(sys.prefix) in pathlib.Path(capplan.__file__).parents, capplan.__file__
assert (pathlib.Path(capplan.__file__).parent / "py.typed").exists()
result = capplan.run(sys.argv[1] + "/data/scenarios/quickstart.toml", replications=2)
print(capplan.__version__, result.verdict)
END
