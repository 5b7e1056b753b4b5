#!/usr/bin/env bash
# Installs what the tests take from the distribution: PostgreSQL's server and Node with npm. Debian-like systems, as root.
# It never fails the run: the tests say at their end what was left out and why, and under CI=true that fails.
set -euo pipefail

wanted=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || wanted+=(postgresql)
{ command -v node && command -v npm; } >/dev/null 2>&1 || wanted+=(nodejs npm)
[ "${#wanted[@]}" -gt 0 ] || exit 0

missing="${wanted[*]}"
if ! command -v apt-get >/dev/null 2>&1; then
    echo "make system: not a Debian-like system; install yourself: ${missing}."
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "make system: needs root to install: ${missing}."
    exit 0
fi

# The suite starts servers of its own; a cluster for the whole machine would only cost time.
no_cluster=/etc/postgresql-common/createcluster.d/bisdesk-tests.conf
log=$(mktemp)
trap 'rm -f "$log" "$no_cluster"' EXIT
mkdir -p "$(dirname "$no_cluster")"
echo 'create_main_cluster = false' >"$no_cluster"

echo "make system: installing ${missing} ..."
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get -q update && apt-get -q install -y --no-install-recommends "${wanted[@]}"; } >"$log" 2>&1; then
    echo "make system: could not install ${missing}; the last lines of apt-get were:"
    tail -n 5 "$log"
fi
