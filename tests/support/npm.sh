#!/usr/bin/env bash
# Installs what the tests take from npm besides what the pages are built from: Prism with Twilio's own API description, and axe.
# Where that fails the tests say at their end what was left out; under CI=true that fails here already.
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! bisdesk/web/assets/npm.sh all >/dev/null; then
    echo "npm: the tests that take something from npm are left out." >&2
    [ "${CI:-}" != true ] || exit 1
fi
