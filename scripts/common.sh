# Helpers for the scripts of this folder, which read it with `source`; the caller has moved to the checkout.

say() { printf '%s: %s\n' "$(basename "$0")" "$*"; }
fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Runs a long command in silence and shows what it said only if it fails.
quietly() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

has_apt() { have apt-get && have dpkg; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
  has_apt && { [ "$(id -u)" = 0 ] || { have sudo && sudo -n true 2>/dev/null; }; }
}

# Installs Debian packages; gives 1 when this machine or user cannot.
apt_install() {
  may_install || return 1
  say "installing $* (apt)"
  local run=(as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120)
  quietly "${run[@]}" install -y --no-install-recommends "$@" 2>/dev/null && return
  say "refreshing the lists of packages and trying again"
  quietly "${run[@]}" update && quietly "${run[@]}" install -y --no-install-recommends "$@"
}

# A fingerprint of everything that decides what an environment holds, the files given as arguments included.
fingerprint() {
  local python=.venv/bin/python
  pwd
  [ -x $python ] && $python -V
  cksum "$@"
}
