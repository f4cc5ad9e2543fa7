#!/usr/bin/env bash
# Makes what a person installs, in dist/:
#   voxview-*.whl, voxview-*.tar.gz    for pip
#   voxview_*.deb                      for Debian and Ubuntu: a bundle of Python and everything else, for the CPU
# It needs Debian or Ubuntu, and a Python with a shared library; what is on the way lies in build/package.
set -euo pipefail
cd "$(dirname "$0")/.."
wheel_limit=50 bundle_limit=1200 # MB

fail() {
  echo "make package: $1" >&2
  exit 1
}

check_size() { # name, limit in MB, paths
  local name=$1 limit=$2 size
  shift 2
  size=$(($(du --bytes --summarize --total "$@" | tail -n 1 | cut -f 1) / 1000000))
  echo "$name: $size MB of at most $limit"
  [ "$size" -le "$limit" ] || fail "$name is too large: $size MB; see what packaging/voxview.spec can leave out"
}

for program in dpkg-deb strip objdump readelf; do
  command -v "$program" >/dev/null || fail "$program is missing: this runs on Debian or Ubuntu; apt install dpkg binutils"
done
python=${PYTHON:-}
for candidate in python3.13 python3.12 python3.11 python3; do
  [ -n "$python" ] && break
  if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys, venv, ensurepip, sysconfig
sys.exit(sys.version_info < (3, 11) or not sysconfig.get_config_var("Py_ENABLE_SHARED"))' 2>/dev/null; then
    python=$candidate
  fi
done
[ -n "$python" ] || fail "there is no Python 3.11 or newer with a shared library: apt install python3 python3-venv libpython3-dev"

work=build/package
mkdir -p dist "$work"
install() { # folder of an environment, what to install
  [ -x "$1/bin/python" ] || "$python" -m venv "$1"
  "$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile --constraint constraints.txt \
    --constraint packaging/constraints.txt "${@:2}"
}

echo "The wheel"
install "$work/tools" build hatchling twine check-wheel-contents
rm -f dist/voxview-*
"$work/tools/bin/python" -m build --no-isolation --outdir dist . >"$work/build.log" || fail "see $work/build.log"
"$work/tools/bin/twine" check --strict dist/voxview-*
"$work/tools/bin/check-wheel-contents" dist/voxview-*.whl
check_size "the wheel" "$wheel_limit" dist/voxview-*.whl

echo "The bundle, which takes some minutes"
# An environment of its own: what is not in it cannot get into the bundle.
install "$work/environment" pyinstaller setuptools dist/voxview-*.whl
"$work/environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile --no-deps \
  --force-reinstall dist/voxview-*.whl
"$work/environment/bin/python" -c 'import sys, torch; sys.exit(torch.version.cuda is not None)' ||
  fail "the PyTorch that pip found is for CUDA, several GB: let pip find its CPU build (PIP_INDEX_URL, PIP_FIND_LINKS)"
"$work/environment/bin/pyinstaller" --noconfirm --log-level WARN --distpath "$work/bundle" --workpath "$work/pyinstaller" \
  packaging/voxview.spec
bundle=$work/bundle/voxview
# The names of functions that debuggers show: a quarter of PyTorch, a third of VTK. NumPy's and SciPy's libraries were
# changed by patchelf, and break when they are stripped.
find "$bundle/_internal" -type f \( -path '*/torch/lib/*' -o -path '*/vtkmodules/*' -o -name 'libpython3*' \
  -o -name 'DracoPy*' -o -path '*/kiwisolver/*' \) -name '*.so*' -exec strip --strip-unneeded {} +
check_size "the bundle" "$bundle_limit" "$bundle"
"$bundle/voxview" --version

echo "The Debian package"
rm -f dist/voxview_*.deb
"$work/environment/bin/python" packaging/deb.py "$bundle" dist
ls -l --human-readable dist
