#!/bin/sh
# Installs and starts a container engine on a Debian machine that has none.
#
#   scripts/engine.sh            docker with buildx, and what bootstraps a Debian base
#   scripts/engine.sh --tests    the same, and what the tests need: podman, a registry, cosign, a terminal, shells, a browser
#   scripts/engine.sh --platforms    the same as without an option, and what emulates other platforms
#
# Does nothing where `docker buildx` already answers. Everything comes from Debian's own packages, from the mirror that
# this machine's apt uses. Docker with buildx, and cosign, are in Debian from 13 on, so on 12 they are taken from 13's
# suite, pinned so low that nothing else follows.
set -eu

say() { printf 'engine: %s\n' "$*" >&2; }

answers() { docker version >/dev/null 2>&1 && docker buildx version >/dev/null 2>&1; }

is_debian_root() { [ "$(id -u)" = 0 ] && [ -r /etc/debian_version ] && command -v apt-get >/dev/null; }

debian_codename() { (. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}"); }

# The mirror of the host's apt, and the key that signs it, whatever the form of its sources.
host_mirror() {
  apt-get update --print-uris | sed -n "s|^'\\(.*\\)/dists/$(debian_codename)/InRelease'.*|\\1|p" | head -n 1
}

add_trixie() {
  [ "$(debian_codename)" = bookworm ] || return 0
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -f /etc/apt/sources.list.d/ingot-trixie.sources ] && return 0
  mkdir -p /etc/apt/sources.list.d /etc/apt/preferences.d
  printf 'Types: deb\nURIs: %s\nSuites: trixie\nComponents: main\nSigned-By: %s\n' "$(host_mirror)" "$keyring" \
    >/etc/apt/sources.list.d/ingot-trixie.sources
  printf 'Package: *\nPin: release n=trixie\nPin-Priority: -10\n' >/etc/apt/preferences.d/ingot-trixie
}

missing_packages() {
  for package; do
    dpkg-query -W -f '${db:Status-Status}' "${package%/*}" 2>/dev/null | grep -qx installed || printf '%s ' "$package"
  done
}

install() {
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  say "installing $missing"
  add_trixie
  apt-get update -qq
  # A package manager that starts services would fail here: nothing but this script starts the daemon.
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -qq --yes --no-install-recommends \
    -o Dpkg::Use-Pty=0 $missing >/dev/null
}

suite() { if [ "$(debian_codename)" = bookworm ]; then printf '/trixie'; fi; }

# The containerd image store gives OCI manifests and digests that are the registry's.
configure_daemon() {
  [ -e /etc/docker/daemon.json ] && return 0
  mkdir -p /etc/docker
  printf '{ "features": { "containerd-snapshotter": true } }\n' >/etc/docker/daemon.json
}

start_daemon() {
  docker version >/dev/null 2>&1 && return 0
  say 'starting dockerd (log: /var/log/ingot-dockerd.log)'
  configure_daemon
  # A daemon that was killed leaves its process ids behind, and would refuse to start.
  for pidfile in /var/run/docker.pid /var/run/docker/containerd/containerd.pid; do
    [ -e "$pidfile" ] && ! kill -0 "$(cat "$pidfile")" 2>/dev/null && rm -f "$pidfile"
  done
  setsid dockerd >/var/log/ingot-dockerd.log 2>&1 </dev/null &
  for _ in $(seq 120); do
    docker version >/dev/null 2>&1 && return 0
    sleep 0.5
  done
  say 'dockerd did not answer within a minute; its last lines:'
  tail -n 20 /var/log/ingot-dockerd.log >&2
  return 1
}

# Lets the kernel start other machines' programs with qemu, in containers too.
emulate() {
  install qemu-user-static binfmt-support arch-test docker-registry
  [ -e /proc/sys/fs/binfmt_misc/register ] || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
  update-binfmts --enable
}

main() {
  tests=${1:-}
  if ! is_debian_root; then
    answers && return 0
    say 'no container engine answers.'
    say 'Install Docker with buildx (https://docs.docker.com/engine/install/) or start it, then run make again.'
    say 'On Debian 12 or 13, running make as root installs it from packages.'
    return 1
  fi
  if [ "$tests" = --tests ]; then
    install mmdebstrap podman runc docker-registry skopeo busybox-static jq tmux zsh fish chromium "cosign$(suite)"
  else
    command -v mmdebstrap >/dev/null || install mmdebstrap
  fi
  [ "$tests" != --platforms ] || emulate
  answers && return 0
  install "docker.io$(suite)" "docker-cli$(suite)" "docker-buildx$(suite)" "containerd$(suite)" "runc" iptables ca-certificates
  start_daemon
  answers || { say 'docker answers, but docker buildx does not: install the package docker-buildx.'; return 1; }
}

main "$@"
