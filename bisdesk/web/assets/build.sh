#!/usr/bin/env bash
# Builds bisdesk/web/static, which git ignores and the wheel carries: the style from GOV.UK Frontend and our colours, the font,
# the script, the pictures. The folder is replaced as a whole, so that a build that fails leaves the old one.
set -euo pipefail
cd "$(dirname "$0")/../../.."
readonly FROM=bisdesk/web/assets TO=bisdesk/web/static FONT=node_modules/@fontsource-variable/public-sans

node=$("$FROM/npm.sh" run)
new=$(mktemp -d .tools/static.XXXXXX)
trap 'rm -rf "$new"' EXIT
chmod 755 "$new"
mkdir "$new/fonts"
cp "$FROM"/{applicant.js,desk.js,logo.svg,favicon.svg} "$new/"
for part in latin latin-ext; do
    cp "$FONT/files/public-sans-$part-wght-normal.woff2" "$new/fonts/public-sans-$part.woff2"
done
cat "$FROM/licences.txt" "$FONT/LICENSE" | tr -d '\r' >"$new/licences.txt"
"$node" node_modules/sass/sass.js --no-source-map --no-charset --style=compressed --quiet-deps --load-path=node_modules \
    "$FROM/applicant.scss:$new/applicant.css" "$FROM/desk.scss:$new/desk.css"
rm -rf "$TO"
mv "$new" "$TO"
