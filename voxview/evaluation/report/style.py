"""The report's style sheet: a light page that prints on A4 and on letter."""

STYLE = """
@page { size: auto; margin: 14mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 28px 20px 60px; max-width: 980px; background: #fff; color: #23252a;
  font: 14px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif;
  -webkit-print-color-adjust: exact; print-color-adjust: exact; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 17px; margin: 34px 0 6px; break-after: avoid; }
p { margin: 6px 0; max-width: 80ch; }
.quiet, figcaption, dd small { color: #5b6069; }
code { font: 0.86em ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(5, 1fr); gap: 10px; margin: 18px 0 14px; }
.tile { border: 1px solid #dfe1e4; border-top: 3px solid #c07f2b; border-radius: 4px; padding: 9px 11px; }
.tile b { display: block; font-size: 23px; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tile span { display: block; font-size: 12px; color: #5b6069; line-height: 1.35; }
.warning { border-left: 4px solid #b3261e; background: #fdf1f0; padding: 8px 12px; }
.scroll { overflow-x: auto; }
.figures { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; margin: 8px 0; }
.figures th, .figures td { padding: 4px 7px; text-align: right; white-space: nowrap; vertical-align: top; }
.figures th { font-weight: 600; font-size: 12.5px; color: #5b6069; border-bottom: 1px solid #b9bdc4; }
.figures th:first-child, .figures td:first-child { text-align: left; white-space: normal; padding-left: 4px; }
.figures td { border-bottom: 1px solid #ebecee; }
.figures small { display: block; font-size: 11px; line-height: 1.2; color: #6c717a; }
.figures .ours td { background: #fdf6ec; font-weight: 600; }
.figures .ours small { font-weight: 400; }
.figures .yardstick td { color: #5b6069; font-style: italic; }
.figures .group td { font-weight: 600; padding-top: 12px; border-bottom: 1px solid #b9bdc4; }
.figures tbody { break-inside: avoid; }
h2 + p { break-after: avoid; }
.figures thead { break-after: avoid; }
svg { width: 100%; max-width: 720px; height: auto; display: block; margin: 10px 0 0; }
svg text { font-size: 12px; fill: #42464d; }
figure { margin: 0; break-inside: avoid; }
.strip { margin: 12px 0 18px; }
.strip table { border-collapse: collapse; width: 100%; table-layout: fixed; }
.strip td { padding: 0; text-align: center; }
.strip th { font-size: 12px; font-weight: 600; color: #5b6069; padding: 2px; }
.strip th:first-child { width: 9.5%; text-align: left; }
.strip img { width: 100%; max-width: 92px; display: block; margin: 0 auto; }
.grid { display: grid; grid-template-columns: repeat(5, 1fr); gap: 12px 10px; margin-top: 10px; }
.worst div { display: flex; }
.worst img { width: 50%; display: block; }
figcaption { font-size: 12px; line-height: 1.35; }
.worst figcaption code { font-size: 10px; line-height: 1.25; display: block; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 16px; margin: 8px 0; }
dt { font-weight: 600; }
dd { margin: 0; max-width: 85ch; }
@media (max-width: 640px) {
  .tiles, .grid { grid-template-columns: repeat(2, 1fr); }
  dl { grid-template-columns: 1fr; } dd { margin-bottom: 6px; }
}
@media print {
  body { font-size: 9.6pt; padding: 0; max-width: none; }
  h1 { font-size: 17pt; } h2 { font-size: 12pt; margin-top: 13pt; }
  .figures th, .figures td { padding: 2.5pt 5pt; } .figures small { font-size: 7.5pt; }
  .figures th { font-size: 8.5pt; } .scroll { overflow: visible; }
  dl { font-size: 8pt; line-height: 1.35; gap: 2px 12px; }
  dd { max-width: none; } .new-page { break-before: page; margin-top: 0; }
}
"""
