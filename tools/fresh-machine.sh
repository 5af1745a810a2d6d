#!/bin/sh
# Tries a command on a machine that has nothing but Node and npm: a bare Debian in a directory, without PostgreSQL,
# Chromium, Python, compiler, git or locales, holding a fresh clone of the last commit.
#
#   sudo tools/fresh-machine.sh root 'npx --yes pnpm@12 start'
#   sudo tools/fresh-machine.sh anne 'npx --yes pnpm@12 test'
#
# As root the clone is in /root, which nobody else may enter; any other name is an ordinary user's, made on first
# use. Needs root and debootstrap. Node and npm are copies of those of this machine. Remove /var/tmp/myanm-bare to
# begin anew.
set -eu

person=$1
command=$2
machine=/var/tmp/myanm-bare
repository=$(cd "$(dirname "$0")/.." && pwd)

if [ ! -d "$machine/usr/lib/node_modules/npm" ]; then
  debootstrap --variant=minbase bookworm "$machine"
  mkdir -p "$machine/usr/lib/node_modules" "$machine/etc/ssl/certs"
  cp "$(command -v node)" "$machine/usr/bin/node"
  cp -R "$(npm root --global)/npm" "$machine/usr/lib/node_modules/"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$machine/usr/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$machine/usr/bin/npx"
  cp /etc/ssl/certs/ca-certificates.crt "$machine/etc/ssl/certs/"
fi
cp /etc/resolv.conf /etc/hosts "$machine/etc/"

home=/root
if [ "$person" != root ]; then
  home=/home/$person
  [ -d "$machine$home" ] || chroot "$machine" useradd --create-home "$person"
fi
rm -rf "$machine$home/myanm"
git clone --quiet "$repository" "$machine$home/myanm"
chroot "$machine" chown -R "$person:" "$home/myanm"

# A namespace of its own: what is mounted goes away with it, however it ends.
exec unshare --mount sh -c '
  mount -t proc proc "$0/proc"
  mount --rbind /dev "$0/dev"
  mount -t tmpfs tmpfs "$0/tmp"
  exec chroot "$0" setpriv --reuid="$1" --regid="$1" --init-groups \
    env -i HOME="$2" PATH=/usr/bin:/bin TERM=xterm NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
    sh -c "cd $2/myanm && $3"
' "$machine" "$person" "$home" "$command"
