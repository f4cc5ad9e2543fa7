#!/usr/bin/env bash
# Opens the window; without a screen, does the same job headless and leaves pictures and files in out/.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname -s)" != Linux ]; then
  exec .venv/bin/voxview
fi
echo "There is no display, so here is the same job without the window:"
echo "  voxview morph --out out --formats obj,binvox,png,strip"
.venv/bin/voxview morph --out out --formats obj,binvox,png,strip
echo "See out/strip.png for the whole morph; out/*.obj and out/*.binvox open in other programs."
