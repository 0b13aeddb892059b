#!/usr/bin/env bash
# Installs what `npm test` needs beside npm's packages, with apt-get on Debian and Ubuntu. Installs nothing that is there already.
#   bash test/setup.sh          says what is missing and why it is needed, then installs it
#   bash test/setup.sh --list   says what is there and what is missing, and changes nothing
set -euo pipefail

# program | package | why. `postgres` stands for the server's program, which Debian keeps off PATH.
needs='postgres|postgresql|a second PostgreSQL server, the one that Debian ships
psql|postgresql-client|the SQL files are applied by it, and it is what the start-up times are compared with
shellcheck|shellcheck|every script is linted
systemd-analyze|systemd|every unit and calendar expression is verified
openssl|openssl|certificates for the tests of TLS connections
dash|dash|environment files must mean the same to it'

present() {
  if [ "$1" = postgres ]; then
    compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null
  else
    command -v "$1" >/dev/null
  fi
}

missing=()
while IFS='|' read -r program package why; do
  state=present
  if ! present "$program"; then
    state=missing
    missing+=("$package")
  fi
  if [ "${1:-}" = --list ] || [ "$state" = missing ]; then
    printf '%-16s %-18s %-8s %s\n' "$program" "$package" "$state" "$why"
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

# Debian's server package makes and starts a cluster unless told not to. The tests start servers of their own.
if ! present postgres; then
  no_cluster=/etc/postgresql-common/createcluster.d/hotlookup-tests.conf
  "${as_root[@]}" mkdir -p "${no_cluster%/*}"
  trap '"${as_root[@]}" rm -f "$no_cluster"' EXIT
  echo 'create_main_cluster = false' | "${as_root[@]}" tee "$no_cluster" >/dev/null
fi

echo "Installing ${missing[*]} ..."
"${apt[@]}" update
"${apt[@]}" install --yes --no-install-recommends "${missing[@]}"
