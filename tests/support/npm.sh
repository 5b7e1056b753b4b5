#!/usr/bin/env bash
# Installs what the SMS tests take from npm: Prism, and Twilio's own API description. Nothing of it is part of the product.
# Without Node the tests say at their end what was left out; under CI=true that fails here already.
set -euo pipefail
cd "$(dirname "$0")/../.."

left_out() {
    echo "npm: $1; the SMS tests against Twilio's API description are left out." >&2
    [ "${CI:-}" != true ] || exit 1
    exit 0
}

command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || left_out "there is no Node with npm (run 'make system' as root)"
node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 18 || (a == 18 && b >= 20) ? 0 : 1)' ||
    left_out "Node $(node --version) is too old, 18.20 or newer is needed"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Setting up: the mock server of the SMS tests ..."
if ! npm ci --no-audit --no-fund --loglevel=error >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    left_out "npm ci failed"
fi
touch node_modules/.stamp
