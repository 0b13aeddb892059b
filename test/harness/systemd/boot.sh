#!/usr/bin/env bash
# Boots the real systemd as PID 1 of namespaces of its own, above this machine's root, and stays until that ends or SIGTERM
# comes. What is mounted lives in this script's mount namespace and what is written on a tmpfs there, so the kernel drops all of
# it with the last process, however that ends. Run by host.ts as: setpriv --pdeathsig TERM unshare --mount bash -c "$(<boot.sh)" boot [FOLDER...]
# What a FOLDER holds is put on top of this machine's root before the boot.
set -euo pipefail
base=/mnt

# Inside the new namespaces, with the merged root as working folder.
boot() {
  mount -t proc proc proc
  mount -t sysfs -o ro sysfs sys
  mount -t cgroup2 cgroup2 sys/fs/cgroup
  mount -t tmpfs -o mode=755 tmpfs run
  mount -t tmpfs -o mode=1777 tmpfs tmp
  mount -t tmpfs -o mode=755 tmpfs dev
  for node in null zero full random urandom tty; do
    touch "dev/$node"
    mount --bind "/dev/$node" "dev/$node"
  done
  touch dev/console
  mkdir dev/pts dev/shm
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
  mount -t tmpfs -o mode=1777 tmpfs dev/shm
  ln -s pts/ptmx dev/ptmx
  ln -s /proc/self/fd dev/fd
  for number in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${number%:*}" "dev/${number#*:}"; done
  # The machine's own timers would run its jobs in the middle of a test.
  mkdir -p run/systemd/system
  shopt -s nullglob
  for timer in /etc/systemd/system/timers.target.wants/* /lib/systemd/system/timers.target.wants/*; do
    ln -sf /dev/null "run/systemd/system/${timer##*/}"
  done
  pivot_root . mnt
  umount -l /mnt
  # basic.target starts what each system has; what else this machine would start is none of the tests' business.
  exec env -i container=hotlookup-test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd \
    --system --unit=basic.target --log-target=journal </dev/null
}

mount -t tmpfs -o mode=755 hotlookup-test "$base"
mkdir "$base"/{upper,work,root,cgroup}
for folder in "$@"; do cp -a "$folder/." "$base/upper"; done
chmod 755 "$base/upper"
# Every system that has run for a while has this folder: systemd makes it with the first stamp of a timer.
mkdir -p "$base/upper/var/lib/systemd/timers"
mount -t overlay overlay "$base/root" \
  -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work,redirect_dir=off,metacopy=off"

# A control group of its own: side by side, two systemds would take each other's units for theirs.
mount -t cgroup2 cgroup2 "$base/cgroup"
group=$base/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/hotlookup-test-$$
mkdir "$group"

export -f boot
(
  echo "$BASHPID" >"$group/cgroup.procs"
  cd "$base/root"
  exec setpriv --pdeathsig KILL unshare --kill-child --fork --pid --mount --net --uts --ipc --cgroup bash -euc boot
) &
first=$!
trap 'kill -KILL $(<"/proc/$first/task/$first/children") 2>/dev/null || kill -KILL "$first"' TERM

# A trapped signal ends `wait` early.
while kill -0 "$first" 2>/dev/null; do wait "$first" || true; done
find "$group" -depth -type d -exec rmdir {} \;
