#!/bin/sh
# Makes an image that stands in for Alpine's in tests: see README.md.
set -eu
umask 022
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
zones='UTC Europe/Berlin America/New_York Asia/Tokyo'

usage() {
  cat <<'END'
Usage: make-double.sh --branch 3.24 --packages FILE --tag IMAGE [--engine docker|podman] [--merged-usr]
       make-double.sh --branch 3.24 --packages FILE --context DIRECTORY [--merged-usr]

--packages    lines of "name version [dependency...]"; the image's apk knows these and no others
--merged-usr  /bin, /sbin and /lib lead to /usr, as in newer branches of Alpine
--context     write the build context (a Dockerfile and rootfs.tar) and build nothing

BUSYBOX names a static busybox with chroot, xxd and base64; by default /bin/busybox, of Debian's busybox-static.
END
}

main() {
  branch='' packages='' tag='' engine=docker context='' merged=''
  while [ $# -gt 0 ]; do
    case $1 in
      --branch) branch=$2 && shift ;;
      --packages) packages=$2 && shift ;;
      --tag) tag=$2 && shift ;;
      --engine) engine=$2 && shift ;;
      --context) context=$2 && shift ;;
      --merged-usr) merged=yes ;;
      --help | -h) usage && exit ;;
      *) die "unknown argument $1" ;;
    esac
    shift
  done
  [ -n "$branch" ] || die 'needs --branch'
  [ -r "$packages" ] || die 'needs --packages, a readable file'
  [ -n "$tag$context" ] || die 'needs --tag or --context'
  busybox=${BUSYBOX:-/bin/busybox}
  "$busybox" xxd </dev/null 2>/dev/null || die "$busybox is not a busybox with xxd"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  make_root "$work/root"
  write_context "${context:=$work/context}"
  [ -z "$tag" ] || build
}

die() {
  printf 'make-double.sh: %s\n' "$*" >&2
  exit 1
}

make_root() {
  root=$1
  mkdir -p "$root/usr/bin" "$root/usr/sbin" "$root/usr/lib/apk-double"
  for name in bin sbin lib; do
    if [ -n "$merged" ]; then mkdir -p "$root/usr/$name" && ln -s "usr/$name" "$root/$name"; else mkdir "$root/$name"; fi
  done
  mkdir -p "$root/dev" "$root/proc" "$root/sys" "$root/root" "$root/home" "$root/run" "$root/var/log" \
    "$root/lib/apk/db" "$root/etc/apk/keys" "$root/etc/apk/double" "$root/var/cache/apk"
  mkdir -m 1777 "$root/tmp"
  install_busybox
  install_apk
  write_etc
  stage_packages
}

install_busybox() {
  cp "$busybox" "$root/bin/busybox"
  chmod 755 "$root/bin/busybox"
  "$busybox" --list-full | while read -r applet; do
    # apk is no applet; dpkg and rpm are, but not in Alpine.
    case $applet in */busybox | */dpkg | */dpkg-deb | */rpm | */rpm2cpio | linuxrc) continue ;; esac
    mkdir -p "$root/${applet%/*}"
    ln -sf /bin/busybox "$root/$applet"
  done
  ln "$root/bin/busybox" "$root/usr/lib/apk-double/busybox"
}

install_apk() {
  install -m 755 "$here/apk" "$root/sbin/apk"
  cp "$packages" "$root/etc/apk/double/packages"
  echo 'not a key: this is a double' >"$root/etc/apk/keys/double.rsa.pub"
  printf 'https://double.invalid/alpine/v%s/%s\n' "$branch" main "$branch" community >"$root/etc/apk/repositories"
  : >"$root/etc/apk/world"
  : >"$root/lib/apk/db/installed"
  for package in alpine-baselayout alpine-keys alpine-release apk-tools busybox busybox-binsh ca-certificates-bundle musl; do
    version=$(awk -v name="$package" '$1 == name { print $2 }' "$packages")
    printf 'P:%s\nV:%s\nA:%s\nT:A stub\n\n' "$package" "${version:-0-r0}" "$(uname -m)" >>"$root/lib/apk/db/installed"
    echo "$package" >>"$root/etc/apk/world"
  done
}

write_etc() {
  cat >"$root/etc/passwd" <<'END'
root:x:0:0:root:/root:/bin/sh
bin:x:1:1:bin:/bin:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
END
  cat >"$root/etc/group" <<'END'
root:x:0:root
bin:x:1:root,bin
nobody:x:65534:
END
  printf 'root:*::0:::::\nbin:!::0:::::\nnobody:!::0:::::\n' >"$root/etc/shadow"
  chmod 640 "$root/etc/shadow"
  write_release "$root"
}

write_release() { # ROOT
  mkdir -p "$1/etc" "$1/usr/lib"
  echo "$branch.0" >"$1/etc/alpine-release"
  cat >"$1/usr/lib/os-release" <<END
NAME="Alpine Linux (double)"
ID=alpine
VERSION_ID=$branch.0
PRETTY_NAME="Alpine Linux v$branch (double)"
HOME_URL="https://alpinelinux.org/"
END
  ln -s ../usr/lib/os-release "$1/etc/os-release"
}

# The files of the few packages whose content a test looks at; all others are one small stub.
stage_packages() {
  packages_root=$root/usr/lib/apk-double
  write_release "$packages_root/alpine-release"
  mkdir -p "$packages_root/alpine-keys/etc/apk/keys" "$packages_root/alpine-keys/usr/share/apk/keys"
  echo 'not a key: this is a double' >"$packages_root/alpine-keys/etc/apk/keys/alpine-double.rsa.pub"
  stage_certificates
  cp -a "$packages_root/ca-certificates-bundle/." "$root/"
  stage_zones
}

stage_certificates() {
  bundle=$packages_root/ca-certificates-bundle/etc
  mkdir -p "$bundle/ssl/certs" "$bundle/ssl1.1"
  cp "$(bundle_of_host)" "$bundle/ssl/certs/ca-certificates.crt"
  ln -s certs/ca-certificates.crt "$bundle/ssl/cert.pem"
  ln -s /etc/ssl/cert.pem "$bundle/ssl1.1/cert.pem"
  tools=$packages_root/ca-certificates
  mkdir -p "$tools/usr/share/ca-certificates/mozilla" "$tools/usr/sbin" "$tools/etc"
  sed '/END CERTIFICATE/q' "$bundle/ssl/certs/ca-certificates.crt" >"$tools/usr/share/ca-certificates/mozilla/Double.crt"
  printf '#!/bin/sh\n' >"$tools/usr/sbin/update-ca-certificates"
  chmod 755 "$tools/usr/sbin/update-ca-certificates"
  echo mozilla/Double.crt >"$tools/etc/ca-certificates.conf"
  stage_java_hook "$packages_root/java-cacerts"
}

# Like p11-kit's, the store has the time at which it was made, or SOURCE_DATE_EPOCH.
stage_java_hook() { # ROOT
  mkdir -p "$1/etc/ca-certificates/update.d" "$1/etc/ssl/certs/java"
  cat >"$1/etc/ca-certificates/update.d/java-cacerts" <<'END'
#!/bin/sh
echo "made at ${SOURCE_DATE_EPOCH:-$(date)}" >/etc/ssl/certs/java/cacerts
END
  chmod 755 "$1/etc/ca-certificates/update.d/java-cacerts"
}

bundle_of_host() {
  for file in /etc/ssl/certs/ca-certificates.crt /etc/ssl/cert.pem; do
    [ -e "$file" ] && echo "$file" && return
  done
  die 'this host has no bundle of CA certificates'
}

stage_zones() {
  for zone in $zones; do
    mkdir -p "$(dirname "$packages_root/tzdata/usr/share/zoneinfo/$zone")"
    cp -L "/usr/share/zoneinfo/$zone" "$packages_root/tzdata/usr/share/zoneinfo/$zone"
  done
}

write_context() { # DIRECTORY
  mkdir -p "$1"
  tar -C "$root" --sort=name --mtime=@1600000000 --owner=0 --group=0 --numeric-owner --format=gnu -cf "$1/rootfs.tar" .
  cat >"$1/Dockerfile" <<'END'
# A double of Alpine's image, for tests.
FROM scratch
ADD rootfs.tar /
CMD ["/bin/sh"]
END
}

build() {
  case $engine in
    docker)
      docker buildx build --quiet --provenance=false --build-arg SOURCE_DATE_EPOCH=1600000000 --load --tag "$tag" "$context"
      ;;
    podman) podman build --quiet --timestamp 1600000000 --tag "$tag" "$context" ;;
    *) die "unknown engine $engine" ;;
  esac
}

main "$@"
