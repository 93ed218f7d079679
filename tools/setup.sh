#!/usr/bin/env bash
# Makes the development environment: a virtual environment with Volery (editable) and its tools.
# Usage: [PYTHON=python3.13] tools/setup.sh [VENV [EXTRAS]]
#
# It starts from nothing but a Python that is new enough, and is safe to run again. uv installs in
# seconds what takes pip a minute; where uv cannot be had, pip does the same work.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=${1:-.venv}
extras=${2:-dev}
say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# Where pyenv keeps its versions: its shims on PATH run only the one that was chosen.
if command -v pyenv >/dev/null; then
    PATH=$PATH$(printf ':%s' "$(pyenv root)"/versions/*/bin)
fi

# The one that PYTHON names and no other, or any that is new enough.
find_python() {
    local name candidate
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        for candidate in $(type -aP "$name"); do
            if new_enough "$candidate"; then
                echo "$candidate"
                return
            fi
        done
    done
    die "there is no ${PYTHON:-Python} of version 3.11 or newer. Name one with PYTHON=..."
}

# Where that is allowed: root on Debian and its children.
install_package() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return
    say "installing $1"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$1"; } >/dev/null </dev/null
}

make_venv() {
    "$1" -m venv "$venv" 2>/dev/null && return
    install_package python3-venv || true # Debian ships Python without venv
    rm -rf "$venv"
    "$1" -m venv "$venv" || die "could not make $venv (on Debian: apt-get install python3-venv)"
}

find_uv() {
    command -v uv && return
    [ -x "$venv/bin/uv" ] || "$venv/bin/python" -m pip install -qq uv >&2 || return
    echo "$venv/bin/uv"
}

python=$(find_python)
# A half-made or outdated environment is made anew.
if ! new_enough "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    say "making $venv with $("$python" --version)"
    rm -rf "$venv"
    make_venv "$python"
fi

install_with_uv() {
    local uv
    uv=$(find_uv) || return
    # uv looks where pip was told to look: torch without CUDA, say, is not on every index.
    export UV_FIND_LINKS=${UV_FIND_LINKS:-${PIP_FIND_LINKS:-}}
    "$uv" pip install --quiet --compile-bytecode --python "$venv/bin/python" -e ".[$extras]"
}

say "installing Volery with its extras $extras into $venv"
if ! install_with_uv; then
    say "uv could not do it, trying pip"
    "$venv/bin/python" -m pip install -qq -e ".[$extras]"
fi

# A database server, which the tests start on data of their own. Where it cannot be had, those that
# need it are skipped.
has_postgres() { command -v postgres || ls /usr/lib/postgresql/*/bin/postgres; } &>/dev/null

if [[ ,$extras, == *,libraries,* ]] && ! has_postgres; then
    install_package postgresql || say "no PostgreSQL server: its tests will be skipped"
fi

# A Docker engine, of which the tests start one on data of its own, a shell for its images, and a
# registry that they are pushed to.
has_docker() {
    PATH=$PATH:/usr/sbin command -v dockerd && command -v busybox && command -v docker-registry
} &>/dev/null

if [[ ,$extras, == *,libraries,* ]] && ! has_docker; then
    for package in docker.io busybox-static docker-registry; do
        install_package "$package" || say "no $package: the tests of Docker will be skipped"
    done
fi

# A browser, in which the tests use the web UI as people do.
if [[ ,$extras, == *,libraries,* ]] && ! command -v chromium >/dev/null; then
    install_package chromium || say "no chromium: the tests of the web UI will be skipped"
fi
