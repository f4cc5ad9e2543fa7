#!/usr/bin/env bash
# Tries the .deb of dist/ as a person would: a fresh, minimal Debian in a folder, from the machine's own package
# sources; installed, used without a window and with one, and removed again. Needs root and debootstrap.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "make package-test: $1" >&2
  exit 1
}

if [ "${1:-}" != inside ]; then
  [ "$(id -u)" = 0 ] || fail "it makes a Debian in a folder, and needs root for that"
  command -v debootstrap >/dev/null || fail "debootstrap is missing: apt install debootstrap"
  # Mounts of its own, and processes that end with it: whatever happens, nothing is left mounted or running.
  exec unshare --mount --pid --fork --kill-child --mount-proc "$0" inside
fi

package=$(ls -t dist/voxview_*.deb 2>/dev/null | head -n 1)
[ -n "$package" ] || fail "there is no dist/voxview_*.deb: run make package first"
room=$PWD/build/package-test
debian=$room/debian
rm -rf "$debian" "$room/pictures"
mkdir -p "$debian" "$room/pictures"

# ---- a fresh Debian --------------------------------------------------------------------------------
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
sources=$(apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
  grep -E "^(Debian|Ubuntu) " | sort -u)
address=$(awk -v release="$release" '$2 == release { print $3; exit }' <<<"$sources")
[ -n "$address" ] || fail "/etc/apt names no source of $release: run apt-get update"
echo "A fresh $release"
debootstrap --variant=minbase "$release" "$debian" "$address" >"$room/debootstrap.log" 2>&1 || fail "see $room/debootstrap.log"
awk '{ print "deb", $3, $4, $5 }' <<<"$sources" >"$debian/etc/apt/sources.list"
apt-config dump Acquire | grep -v DEP-11 >"$debian/etc/apt/apt.conf.d/99machine" # the way to these sources
cp /etc/resolv.conf /etc/hosts "$debian/etc/"
printf '#!/bin/sh\nexit 101\n' >"$debian/usr/sbin/policy-rc.d" # no services
chmod +x "$debian/usr/sbin/policy-rc.d"
mount -t proc proc "$debian/proc"
mount --rbind /dev "$debian/dev"
mount -t tmpfs tmpfs "$debian/dev/shm"

# ---- the trial -------------------------------------------------------------------------------------
mkdir "$debian/trial"
cp "$package" packaging/try_package.sh "$debian/trial/"
status=0
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
  ${INSTALL_LIMIT:+INSTALL_LIMIT="$INSTALL_LIMIT"} ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
  chroot "$debian" bash /trial/try_package.sh || status=$?
cp "$debian"/trial/*.png "$debian"/trial/*.txt "$room/pictures/" 2>/dev/null || true
[ "$status" = 0 ] || fail "the package does not do what it should; $room/pictures has what was seen"
umount --recursive "$debian/dev" "$debian/proc"
rm -rf "$debian"
echo "The package works and leaves nothing behind; what was seen is in build/package-test/pictures"
