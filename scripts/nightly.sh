#!/bin/sh
# What .github/workflows/nightly.yml does, for cron and one machine: refreshes the lock, then rebuilds, tests and publishes what is stale.
#
#   REGISTRY=registry.example.com/acme scripts/nightly.sh [SELECTOR...]
#
#   REGISTRY        where to publish; `docker login` stored the login of the user who runs this
#   CATALOG         the catalog's folder; if not set, the one in which this runs
#   INGOT           the command; if not set, bin/ingot beside this script's folder
#   LOGS            where logs and summaries are kept for 30 days; if not set, build/nightly in the catalog
#   PLATFORMS       linux/amd64, say; if not set, those of the catalog
#   DEBIAN_MIRROR   where packages of Debian come from; if not set, from where this host's apt has them
#   PUSH            if set, the catalog is a clone with a branch: pull first, commit and push the lock
#
# Prints a summary in Markdown. Exit status: that of what failed, 0 if nothing did, 75 if the run before this one still goes on.
set -eu

say() { printf 'nightly: %s\n' "$*" >&2; }

[ -n "${REGISTRY:-}" ] || { say 'name a registry: REGISTRY=registry.example.com/acme'; exit 2; }
catalog=${CATALOG:-.}
ingot=${INGOT:-$(dirname "$0")/../bin/ingot}
logs=${LOGS:-$catalog/build/nightly}

in_catalog() { "$ingot" --catalog "$catalog" "$@"; }

pull() {
  [ -z "${PUSH:-}" ] || git -C "$catalog" pull --quiet --ff-only
}

push() {
  [ -n "${PUSH:-}" ] || return 0
  git -C "$catalog" add --update .
  git -C "$catalog" add --all generated
  git -C "$catalog" diff --cached --quiet && return 0
  git -C "$catalog" commit --quiet --message 'Refresh the lock'
  git -C "$catalog" push --quiet
}

# Progress goes to standard error, what a person reads in the morning to standard output.
night() {
  pull
  said=$(in_catalog resolve ${DEBIAN_MIRROR:+--mirror "debian=$DEBIAN_MIRROR"} 2>&1) || { status=$?; printf '%s\n' "$said" >&2; exit "$status"; }
  in_catalog generate >&2
  push
  # Indented, other people's text is nothing but text.
  printf '## The lock\n\n%s\n\n' "$(printf '%s\n' "$said" | sed 's/^/    /')"
  in_catalog up --stale --locked --registry "$REGISTRY" ${PLATFORMS:+--platform "$PLATFORMS"} \
    ${DEBIAN_MIRROR:+--mirror "debian=$DEBIAN_MIRROR"} -- "$@"
}

mkdir -p "$catalog/build" "$logs"
# Held as long as this process lives, however it ends.
exec 9>"$catalog/build/nightly.lock"
flock -n 9 || { say "the run before this one still goes on in $catalog"; exit 75; }

find "$logs" -type f -mtime +30 -exec rm -f {} +
name=$logs/$(date -u +%Y-%m-%dT%H%M%SZ)
set +e
# Not behind || or in a condition, where a shell goes on after what fails.
(set -e; night "$@") >"$name.md" 2>"$name.log"
status=$?
set -e

cat "$name.md"
[ "$status" = 0 ] || { say "ended with exit status $status; the log, $name.log, ends with"; tail -n 20 "$name.log" >&2; }
exit "$status"
