#!/usr/bin/env bash
# Installs what the tests take from the distribution: PostgreSQL's server, Postfix with SASL, Node with npm, Chromium, the daemon of
# ClamAV without its signatures. Debian-like systems, as root.
# It never fails the run: the tests say at their end what was left out and why, and under CI=true that fails.
set -euo pipefail

wanted=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || wanted+=(postgresql)
{ command -v node && command -v npm; } >/dev/null 2>&1 || wanted+=(nodejs npm)
{ command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null 2>&1 || wanted+=(chromium)
PATH=$PATH:/usr/sbin:/sbin
command -v clamd >/dev/null 2>&1 || wanted+=(clamav-daemon)
if ! { command -v postfix && command -v saslpasswd2; } >/dev/null 2>&1; then
    if command -v sendmail >/dev/null 2>&1 && ! command -v postfix >/dev/null 2>&1; then
        echo "make system: another mail server is installed here and stays; the tests with Postfix are left out."
    else
        wanted+=(postfix sasl2-bin libsasl2-modules libsasl2-modules-db)
    fi
fi
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

# The suite starts servers of its own; a cluster or a mail server for the whole machine would only cost time.
no_cluster=/etc/postgresql-common/createcluster.d/bisdesk-tests.conf
log=$(mktemp)
no_start=/usr/sbin/policy-rc.d
[ ! -e "$no_start" ] || no_start=$(mktemp)
trap 'rm -f "$log" "$no_cluster" "$no_start"' EXIT
mkdir -p "$(dirname "$no_cluster")"
echo 'create_main_cluster = false' >"$no_cluster"
printf '#!/bin/sh\nexit 101\n' >"$no_start"
chmod 755 "$no_start"

echo "make system: installing ${missing} ..."
export DEBIAN_FRONTEND=noninteractive
echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections 2>/dev/null || true
if ! { apt-get -q update && apt-get -q install -y --no-install-recommends "${wanted[@]}"; } >"$log" 2>&1; then
    echo "make system: could not install ${missing}; the last lines of apt-get were:"
    tail -n 5 "$log"
fi
