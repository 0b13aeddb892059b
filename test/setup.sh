#!/usr/bin/env bash
# Installs what `npm test` needs beside npm's packages, with apt-get on Debian and Ubuntu. Installs nothing that is there already.
#   bash test/setup.sh          says what is missing and why it is needed, then installs it
#   bash test/setup.sh --list   says what is there and what is missing, and changes nothing
set -euo pipefail

# program | package | why. `postgres`, `pg_cron` and `pg_partman` stand for the server and its extensions, which Debian keeps off PATH;
# an extension is packaged for one major version, VERSION. `nss_systemd` stands for a library.
needs='postgres|postgresql|a second PostgreSQL server, the one that Debian ships
pg_cron|postgresql-VERSION-cron|it runs the pg_cron form of the schedule
pg_partman|postgresql-VERSION-partman|the bench compares with it
psql|postgresql-client|the SQL files are applied by it, and it is what the start-up times are compared with
shellcheck|shellcheck|every script is linted
systemd-analyze|systemd|every unit and calendar expression is verified, and systems of its own are booted
dbus-daemon|dbus|a booted system is asked over it
nss_systemd|libnss-systemd|a server must know a user that exists only while a job runs
pgbouncer|pgbouncer|the helper must work behind transaction pooling
openssl|openssl|certificates for the tests of TLS connections
dash|dash|environment files must mean the same to it
setpriv|util-linux|some things must work for a plain user, or not work
flock|util-linux|it locks a host or an image for the installer
fakeroot|fakeroot|images are made without root privileges
promtool|prometheus|it says whether the metrics can be scraped
faketime|faketime|a server and its jobs live through months in seconds
strace|strace|calls are counted and made to fail; making an image must change nothing outside of it'

present() {
  case "$1" in
    postgres) compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null ;;
    nss_systemd) compgen -G '/usr/lib/*/libnss_systemd.so.2' >/dev/null ;;
    pg_cron) compgen -G '/usr/lib/postgresql/*/lib/pg_cron.so' >/dev/null ;;
    pg_partman) compgen -G '/usr/share/postgresql/*/extension/pg_partman.control' >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

missing=()
while IFS='|' read -r program package why; do
  state=present
  if ! present "$program"; then
    state=missing
    missing+=("$package")
  fi
  if [ "${1:-}" = --list ] || [ "$state" = missing ]; then
    printf '%-16s %-26s %-8s %s\n' "$program" "$package" "$state" "$why"
  fi
done <<<"$needs"

case "${1:-}" in
  '') ;;
  --list) exit 0 ;;
  *)
    echo "usage: bash test/setup.sh [--list]" >&2
    exit 2
    ;;
esac

if [ ${#missing[@]} -eq 0 ]; then
  echo 'Everything that the tests need is there.'
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo 'This system has no apt-get. Install the programs above by its own means; until then the tests that need them are skipped.'
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
    echo 'Installing needs root. Run this as root: bash test/setup.sh'
    echo 'Until then the tests that need these programs are skipped.'
    exit 0
  fi
  as_root=(sudo -n)
fi
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0)

# The tests start servers of their own: no cluster shall be made, no service be started, now or at the next boot.
no_cluster=/etc/postgresql-common/createcluster.d/hotlookup-tests.conf
no_services=/usr/sbin/policy-rc.d
undo=()
trap '[ ${#undo[@]} -eq 0 ] || "${as_root[@]}" rm -f "${undo[@]}"' EXIT
put() { # FILE MODE, contents from stdin; a file that is there already stays
  [ ! -e "$1" ] || return 0
  undo+=("$1")
  "${as_root[@]}" mkdir -p "${1%/*}"
  "${as_root[@]}" tee "$1" >/dev/null
  "${as_root[@]}" chmod "$2" "$1"
}
put "$no_cluster" 0644 <<<'create_main_cluster = false'
put "$no_services" 0755 <<<$'#!/bin/sh\nexit 101'

echo "Installing ${missing[*]} ..."
"${apt[@]}" update
version=$(apt-cache depends postgresql | sed -n 's/.* postgresql-\([0-9][0-9]*\)$/\1/p')
"${apt[@]}" install --yes --no-install-recommends "${missing[@]/VERSION/$version}"
for package in pgbouncer prometheus; do # each enables the service of its name
  if [[ " ${missing[*]} " == *" $package "* ]] && command -v systemctl >/dev/null; then
    "${as_root[@]}" systemctl --quiet disable "$package.service"
  fi
done
