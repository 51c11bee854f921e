# Sourced by deploy/run and tests/run: what both need of the machine and of the build. Each function
# does nothing, quickly, when what it ensures is there already. Callers have set -euo pipefail.
#
#   sc_packages GROUP...        Debian's packages of these groups of deploy/packages
#   sc_sodium                   libsodium 1.0.22 and age in build/deps
#   sc_node                     Node 22 as tests/node_modules/.bin/node, with the tests' packages
#   sc_build PRESET [TARGET...] configures and builds into build/PRESET
#   sc_raise_limits             as many open files and as much locked memory as this user may have

sc_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

sc_fail() { echo "$(basename "$0"): $*" >&2; exit 1; }

# Runs a command as root: as it is, or by sudo.
sc_as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    sc_fail "this needs root and there is no sudo: $*"
  fi
}

# sc_apt_install PACKAGE...: installs those that are missing; asks apt only when some are.
sc_apt_install() {
  local missing
  mapfile -t missing < <(comm -23 <(printf '%s\n' "$@" | sort -u) \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
      awk '$1 == "installed" { print $2 }' | sort -u))
  ((${#missing[@]})) || return 0
  echo "Installing Debian packages: ${missing[*]}"
  sc_as_root apt-get -q update || sc_fail "apt-get update failed."
  sc_as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
    "${missing[@]}" || sc_fail "apt could not install: ${missing[*]}"
}

sc_packages() {
  [[ -r /etc/debian_version ]] || sc_fail "this is made for Debian 12 and its apt."
  local group packages=()
  for group in "$@"; do
    mapfile -t -O "${#packages[@]}" packages < <(awk -v group="$group" \
      '$1 == group { for (i = 2; i <= NF; ++i) print $i }' "$sc_root/deploy/packages")
  done
  sc_apt_install "${packages[@]}"
}

sc_sodium() { "$sc_root/deploy/sodium"; }

# The npm package node is a script that fetches node-linux-<arch>. tests/package.json names these
# directly: so the lock file's digests cover the program, and no install script has to run.
sc_node() {
  local modules=$sc_root/tests/node_modules arch
  case $(uname -m) in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) sc_fail "there is no Node package for $(uname -m)." ;;
  esac
  if ! cmp -s "$sc_root/tests/package-lock.json" "$modules/.installed-lock.json"; then
    command -v npm >/dev/null || sc_apt_install npm
    echo "Installing Node 22 and the tests' npm packages"
    (cd "$sc_root/tests" && npm ci --ignore-scripts --loglevel=error) ||
      sc_fail "npm could not install tests/package-lock.json."
    # Both architectures' packages name this link, and some versions of npm then make none.
    mkdir -p "$modules/.bin"
    ln -sfn "../node-linux-$arch/bin/node" "$modules/.bin/node"
    cp "$sc_root/tests/package-lock.json" "$modules/.installed-lock.json"
  fi
  [[ $("$modules/.bin/node" --version) == v22.* ]] || sc_fail "$modules/.bin/node is not Node 22."
}

sc_build() {
  local preset=$1
  shift
  mkdir -p "$sc_root/build"
  (cd "$sc_root" && cmake --preset "$preset" >"$sc_root/build/$preset.configure.log" 2>&1) || {
    cat "$sc_root/build/$preset.configure.log" >&2
    sc_fail "cmake --preset $preset failed."
  }
  cmake --build "$sc_root/build/$preset" ${1:+--target "$@"}
}

sc_raise_limits() {
  ulimit -Sn "$(ulimit -Hn)" 2>/dev/null || true
  ulimit -Sl "$(ulimit -Hl)" 2>/dev/null || true
}
