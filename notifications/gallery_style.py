"""The looks of the page that shows a message: quiet windows, a phone, a sheet of paper; light and dark."""

STYLE = """\
:root { color-scheme: light dark }
:root { --sheet: #f6f7f9; --card: #fff; --ink: #1f2933; --soft: #5b6875; --line: #cfd6dd; --hue: #0b4f9e }
* { box-sizing: border-box }
body { margin: 0; padding: 28px 32px 36px }
body { background: var(--sheet); color: var(--ink); font: 15px/1.5 system-ui, Arial, sans-serif }
h1 { margin: 0 0 4px; font-size: 26px; font-weight: 400; line-height: 1.25 }
h1 b { margin-right: 6px; color: var(--hue) }
h2 { margin: 20px 0 12px; color: var(--soft); font-size: 16px; font-weight: 400 }
h2 i { font-style: normal }
h2 i::before { content: "\\00b7\\00a0" }
a { color: var(--hue) }
.back { margin: 0 0 8px }
.index { margin: 16px 0; padding: 0; columns: 3 280px; list-style: none }
.index li { margin: 0 0 10px; break-inside: avoid }
.side { display: grid; gap: 22px; grid-template-columns: repeat(auto-fill, minmax(min(320px, 100%), 1fr)); align-items: start }
figure { margin: 0; min-width: 0 }
figcaption { margin: 0 0 6px; font-weight: 600 }
pre { margin: 8px 0; white-space: pre-wrap; overflow-wrap: anywhere }
.mail { overflow: hidden; border: 1px solid var(--line); border-radius: 10px; background: var(--card) }
.mail { box-shadow: 0 2px 10px #0f1c2a14 }
.bar { display: flex; gap: 6px; padding: 10px 14px 0 }
.bar span { width: 10px; height: 10px; border-radius: 5px; background: var(--line) }
.subject { margin: 0; padding: 8px 16px 12px; border-bottom: 1px solid var(--line) }
.subject { font-size: 16px; font-weight: 600; line-height: 1.35 }
details { margin: 8px 2px 0; color: var(--soft); font-size: 13px }
details pre { color: var(--ink); font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace }
.phone { width: 320px; max-width: 100%; padding: 34px 16px 26px; border: 10px solid #20262d; border-radius: 34px }
.phone { background: var(--card) }
.from { margin: 0 0 14px; color: var(--soft); font-size: 13px; text-align: center }
.bubble { margin: 0; padding: 11px 15px; border-radius: 18px 18px 18px 4px; background: #e6eaee; color: #1f2933 }
.bubble { overflow-wrap: anywhere }
.count { margin: 8px 4px 0; color: var(--soft); font-size: 12px }
.paper { margin: 0; padding: 32px 28px; border: 1px solid var(--line); background: var(--card) }
.paper { font: 14px/1.55 Georgia, "DejaVu Serif", serif }
.paper::first-line { font-weight: 700 }
.task { margin: 0; padding: 13px 16px; border: 1px solid var(--line); border-left: 5px solid #b7791f; background: var(--card) }
@media (prefers-color-scheme: dark) {
:root { --sheet: #101418; --card: #1b2127; --ink: #e8edf2; --soft: #a5b1bd; --line: #39434d; --hue: #8fc0ff }
}
"""
