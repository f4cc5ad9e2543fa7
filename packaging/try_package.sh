#!/usr/bin/env bash
# Inside the fresh Debian of package_test.sh, as root: installs /trial/voxview_*.deb, uses it as an ordinary user, and
# purges it. Ends with the first thing that is not as it should be.
set -euo pipefail
cd /trial
limit=${INSTALL_LIMIT:-180} # seconds that the installation may take, on a machine that does nothing else
display=:77

fail() {
  echo "FAILED: $1" >&2
  exit 1
}
expect() { # what it is, what should be, what is
  [ "$2" = "$3" ] || fail "$1: '$3' instead of '$2'"
  echo "ok: $1"
}
as_person() { # as the ordinary user, who has no privileges and a home of their own
  runuser --login person --command "cd; export DISPLAY=$display XDG_CURRENT_DESKTOP=X-Generic; $1"
}
wait_for() { # what for, seconds, command
  for _ in $(seq $((2 * $2))); do
    if eval "$3" >/dev/null 2>&1; then
      echo "ok: $1"
      return
    fi
    sleep 0.5
  done
  as_person 'cat window.txt' >&2 || true
  import -display "$display" -window root failed.png 2>/dev/null || true
  fail "$1: not within $2 seconds"
}
all_files() {
  find / -xdev \( -path /proc -o -path /dev -o -path /sys -o -path /trial -o -path /tmp \) -prune -o -print | sort
}
# Names that are no package's: what something has written when it was installed or used.
nobodys() {
  all_files | grep -vE '^/(home|var/(lib/(apt|dpkg)|cache/apt|log))(/|$)' |
    comm -23 - <(cat /var/lib/dpkg/info/*.list | sed 's#^/\(bin\|sbin\|lib\|lib64\)/#/usr/\1/#' | sort -u) |
    comm -23 - before.txt
}

# ---- installing ------------------------------------------------------------------------------------
apt-get update -qq
all_files >before.txt
useradd --create-home --shell /bin/bash person
TIMEFORMAT="%0R %0U %0S"
{ time apt-get install -qq -y ./voxview_*.deb >install.txt 2>&1; } 2>took.txt || { cat install.txt >&2; fail "apt install"; }
read -r took user system <took.txt
[ "$took" -le "$limit" ] || fail "apt install took $took s (of a core: $((user + system)) s), more than $limit"
echo "ok: apt install, with all that it depends on and recommends: $took s (of a core: $((user + system)) s)"
du -sh /usr/lib/voxview | sed 's/^/    /'
apt-get install -qq -y --no-install-recommends xvfb xauth openbox xdotool imagemagick xdg-utils libglib2.0-bin procps \
  desktop-file-utils appstream >tools.txt 2>&1 || { cat tools.txt >&2; fail "the tools of this trial"; }

# ---- what the desktop knows ------------------------------------------------------------------------
desktop-file-validate /usr/share/applications/voxview.desktop
appstreamcli validate --no-net /usr/share/metainfo/*.voxview.*.metainfo.xml >metainfo.txt || fail "$(cat metainfo.txt)"
dpkg --verify voxview
as_person 'voxview morph --steps 2 --out first --formats binvox,obj' >morph.txt
as_person 'mv "$(ls first/*.binvox | head -n 1)" "one chair.binvox"; cp "one chair.binvox" no-suffix'
type_of() {
  as_person "gio info -a standard::content-type '$1'" | sed -n 's/.*content-type: //p'
}
expect "the type of a .binvox" application/x-binvox "$(type_of 'one chair.binvox')"
expect "its type without a suffix" application/x-binvox "$(type_of no-suffix)"
expect "what opens a .binvox" voxview.desktop "$(as_person 'xdg-mime query default application/x-binvox')"
expect "what opens a session" voxview.desktop "$(as_person 'xdg-mime query default application/x-voxview-session')"

# ---- without a window ------------------------------------------------------------------------------
expect "the version" "$(dpkg-query --show --showformat '${Version}' voxview | cut -d '~' -f 1)" \
  "$(as_person 'voxview --version' | awk '{ print $NF }')"
as_person 'voxview info' >info.txt
as_person 'voxview morph --steps 3 --out morph --formats obj,binvox,png,mp4'
expect "files of a morph, the film by the system's ffmpeg" 1 "$(as_person 'ls morph/*.mp4 | wc -l')"
as_person 'voxview train --steps 1 --batch 4 --samples 300 --curvature-chairs 4 --out trained.safetensors' >train.txt 2>&1 ||
  { cat train.txt >&2; fail "training, whose chairs are drawn by processes of their own"; }
echo "ok: training, with processes of its own"

# ---- with a window ---------------------------------------------------------------------------------
export DISPLAY=$display
Xvfb "$display" -ac -screen 0 1400x900x24 >/dev/null 2>&1 &
server=$!
wait_for "a screen" 10 "xdotool getdisplaygeometry"
as_person 'openbox >/dev/null 2>&1 &'
# What a double click does: the desktop looks for the program of the file's type, and starts it as its entry says.
as_person 'gio launch /usr/share/applications/voxview.desktop "one chair.binvox" >window.txt 2>&1 &'
wait_for "the window" 60 "xdotool search --onlyvisible --class voxview"
last=/home/person/.config/voxview/last.voxview
# The program notes what is on screen: A is the file's chair, and playing the morph has moved t.
has_played() {
  xdotool key space
  sleep 3
  xdotool key space
  sleep 2
  grep -q 'one chair.binvox' "$last" && grep -q '"t":' "$last" && ! grep -q '"t": 0.5,' "$last"
}
wait_for "the chair of the file as A, and a morph that plays" 10 has_played
import -window root morph.png
xdotool key ctrl+q
wait_for "the end of the program" 20 "! pgrep -x voxview"
kill "$server"

# ---- removing --------------------------------------------------------------------------------------
nobodys >written.txt
apt-get purge -qq -y voxview >purge.txt 2>&1
nobodys >left.txt
appstreamcli refresh-cache --force >/dev/null # AppStream looks anew at the next apt-get update only
if all_files | grep -vE '^/home/' | grep -iE 'voxview|binvox' >named.txt; then
  fail "left behind: $(cat named.txt)"
fi
# Caches of menus, types and icons are made anew by their packages: nothing in them may name the program.
while read -r path; do
  if [ -f "$path" ] && grep -qiE 'voxview|binvox' "$path"; then fail "$path still names the program"; fi
done <left.txt
dpkg-query --show voxview >/dev/null 2>&1 && fail "dpkg still knows the package"
echo "ok: purged, and no file and no cache names it any more"
