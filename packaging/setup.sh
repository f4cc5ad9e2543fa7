#!/usr/bin/env bash
# Sets up everything that VoxView needs, and does nothing where that is done already:
#   packaging/setup.sh [run|test]
# System libraries from Debian or Ubuntu, a virtual environment in .venv, and the tested Python packages.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:-run}

# ---- system packages -------------------------------------------------------------------------------
# Without these Qt or VTK does not raise an error: it aborts.
declare -A package_of=(
  [libGL.so.1]=libgl1 [libEGL.so.1]=libegl1 [libglib-2.0.so.0]=libglib2.0-0 [libfontconfig.so.1]=libfontconfig1
  [libdbus-1.so.3]=libdbus-1-3 [libxkbcommon-x11.so.0]=libxkbcommon-x11-0 [libxcb-cursor.so.0]=libxcb-cursor0
  [libxcb-icccm.so.4]=libxcb-icccm4 [libxcb-keysyms.so.1]=libxcb-keysyms1 [libxcb-shape.so.0]=libxcb-shape0
)
missing=()
if [ "$(uname -s)" = Linux ]; then
  present=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p)
  for library in "${!package_of[@]}"; do
    grep -qF "$library " <<<"$present" || missing+=("${package_of[$library]}")
  done
  if [ "$purpose" = test ]; then # a screen for the window's tests
    command -v Xvfb >/dev/null || missing+=(xvfb)
    command -v xauth >/dev/null || missing+=(xauth)
  fi
fi

python=
for candidate in python3.13 python3.12 python3.11 python3; do
  if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  missing+=(python3.11 python3.11-venv)
elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  missing+=("$("$python" -c 'import sys; print(f"python3.{sys.version_info.minor}-venv")')")
fi

# What has no wheels is built: the tests need it, for the program it is an extra.
can_build() {
  command -v c++ >/dev/null && "$python" -c 'import pathlib, sysconfig, sys
sys.exit(not pathlib.Path(sysconfig.get_path("include"), "Python.h").exists())' 2>/dev/null
}
if [ "$purpose" = test ] && [ "$(uname -s)" = Linux ] && ! can_build; then
  missing+=(g++ "$("${python:-python3.11}" -c 'import sys; print(f"python3.{sys.version_info.minor}-dev")' 2>/dev/null || echo python3.11-dev)")
fi

if [ ${#missing[@]} -gt 0 ]; then
  line="apt-get install --no-install-recommends -y ${missing[*]}"
  as_root=
  [ "$(id -u)" = 0 ] || as_root="sudo"
  if command -v apt-get >/dev/null && { [ -z "$as_root" ] || sudo -n true 2>/dev/null; }; then
    echo "Installing system packages: ${missing[*]}"
    $as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $as_root $line -qq >/dev/null
    python=${python:-python3.11}
  else
    echo "System packages are missing. Run this, then try again:" >&2
    echo "  sudo $line" >&2
    exit 1
  fi
fi

# ---- Python packages -------------------------------------------------------------------------------
# PyTorch and CuPy have to be built for the same CUDA, one that driver and card can run.
cuda=${VOXVIEW_EXTRAS:-} # cuda12 or cuda13, where the card is not found by itself
why=
if [ -z "$cuda" ]; then
  { read -r cuda && read -r why; } < <("$python" packaging/choose_gpu.py) || cuda= # then the CPU does all
fi
constraints=$(cat constraints.txt)
if [ "$cuda" = cuda12 ]; then
  replaced=$(sed -n 's/^\([A-Za-z0-9_.-]*\)==.*/^\1==/p' constraints-cuda12.txt)
  constraints=$(grep -v "$replaced" constraints.txt; cat constraints-cuda12.txt)
fi

wanted=$(cat pyproject.toml; echo "$constraints"; echo "$cuda")
[ -f ".venv/set-up-$purpose" ] && [ "$(cat ".venv/set-up-$purpose")" = "$wanted" ] && exit 0

extras=films${cuda:+,$cuda} # films: an ffmpeg of their own for .mp4
[ "$purpose" = test ] && extras=test,$extras
[ "$purpose" = run ] && can_build && extras=meshopt,$extras # decodes meshopt in glTF
[ -z "$why" ] || echo "GPU: $why"
echo "Setting up .venv (a minute or two the first time)"
[ -x .venv/bin/python ] || "$python" -m venv .venv
echo "$constraints" >.venv/constraints.txt
case $cuda in cuda12) other=cupy-cuda13x ;; cuda13) other=cupy-cuda12x ;; *) other= ;; esac
if [ -n "$other" ] && .venv/bin/python -m pip show --quiet "$other" 2>/dev/null; then
  # Both are the package `cupy`: one that is left overwrites files of the other.
  .venv/bin/python -m pip uninstall --quiet --yes cupy-cuda12x cupy-cuda13x
fi
# Not compiled to bytecode: that takes half of the time, and Python does it for what it imports, which is a part.
pip=(.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --constraint .venv/constraints.txt)
if [ ! -e .venv/set-up-run ]; then
  # pip unpacks one package after the other: the first time PyTorch, a third of all, comes beside other large ones.
  # What fails here fails again in the call below, which says why.
  "${pip[@]}" --no-deps torch sympy 2>/dev/null &
  aside=$!
  trap 'kill "$aside" 2>/dev/null || true' EXIT # Ctrl-C does not reach it
  "${pip[@]}" --no-deps vtk PySide6-Essentials shiboken6 imageio-ffmpeg scipy numpy 2>/dev/null || true
  wait "$aside" || true
  # What Python imports of these, and little more, is compiled while a core is idle: else each of the first
  # processes compiles it, at the same time.
  .venv/bin/python -m compileall -q -x '/tests?/|torch/(_inductor|testing|onnx|ao|_refs)/|sympy/(physics|stats|plotting)/' \
    .venv/lib/python*/site-packages/{torch,sympy,scipy} >/dev/null 2>&1 &
  aside=$!
fi
"${pip[@]}" --editable ".[$extras]"
if [ ! -e .venv/set-up-run ]; then
  wait "$aside" || true # a few seconds at most
  trap - EXIT
fi
echo "$wanted" >.venv/set-up-run
if [ "$purpose" = test ]; then echo "$wanted" >.venv/set-up-test; fi
