#!/bin/sh
# install-deps.sh [build] [test] [bench]: installs from Debian what those need and this machine lacks; with no word, all.
# Touches nothing, and needs no rights and no network, when everything is there.
set -eu

build="g++ cmake ninja-build make libboost-math-dev libboost-iostreams-dev libeigen3-dev libfmt-dev
       libtomlplusplus-dev libcli11-dev nlohmann-json3-dev librandom123-dev libsqlite3-dev libsqlitecpp-dev libmd-dev libpg-query-dev zlib1g-dev
       pybind11-dev python3-dev python3-numpy"
test="catch2 clang-format-14 python3 python3-pandas python3-matplotlib python3-scipy python3-pytest python3-hypothesis python3-mypy
      python3-nbconvert python3-ipykernel python3-jsonschema
      python3-venv python3-pip python3-setuptools python3-wheel
      redis-server"
# What the model of PgBouncer is held beside. Where a PostgreSQL of any version is installed, that one serves.
test="$test pgbouncer"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || test="$test postgresql-15"
# By the command they bring, wherever it comes from: the charts of the report are made, and tested, with them.
command -v npm >/dev/null || build="$build nodejs npm"
command -v chromium >/dev/null || test="$test chromium"
bench="libbenchmark-dev python3 python3-simpy3"

[ $# -gt 0 ] || set -- build test bench
wanted=
for group in "$@"; do
  case $group in
    build) wanted="$wanted $build" ;;
    test) wanted="$wanted $test" ;;
    bench) wanted="$wanted $bench" ;;
    *) echo "install-deps: unknown group '$group'; there are: build test bench" >&2; exit 2 ;;
  esac
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "install-deps: this is not Debian. Install what these Debian packages hold, then call cmake directly" >&2
  echo "(cmake --workflow --preset release):" $wanted >&2
  exit 1
fi

missing=
for package in $wanted; do
  case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) in
    "install ok installed") ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "install-deps: run as root: apt-get install$missing" >&2; exit 1; }
  as_root=sudo
fi
echo "installing:$missing"
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
