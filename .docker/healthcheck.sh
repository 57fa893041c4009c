#!/bin/bash
# Healthy is a server that answers: still loading its log, asking for a password or short of disk counts, silence does
# not. Where it listens the kernel knows, whatever way the port was chosen. Behind an init (docker run --init) the port
# is that of --port, else of INKSTONE_PORT, else 6379; a server without a TCP port needs --no-healthcheck.
set -u
host=127.0.0.1
port=${INKSTONE_PORT:-6379}
# An address (tcp://...) is what Kubernetes sets beside a service called inkstone, and no port of ours.
case "$port" in *://*) port=6379 ;; esac
# An init keeps these words. The server does not: its title takes their place.
mapfile -d '' -t words </proc/1/cmdline
for ((i = 0; i + 1 < ${#words[@]}; ++i)); do
  if [ "${words[i]}" = --port ]; then port=${words[i + 1]}; fi
done

# The first TCP socket on which the server listens, as ADDRESS:PORT in hexadecimal. Of PID 1's alone: the network may be
# the host's.
listeningSocket() {
  local sockets address state inode _
  if [ "$(cat /proc/1/comm)" != inkstone-server ]; then return; fi
  sockets=$(find /proc/1/fd -lname 'socket:*' -printf '%l ' 2>/dev/null)
  while read -r _ address _ state _ _ _ _ _ inode _; do
    if [ "$state" = 0A ] && [[ $sockets == *"socket:[$inode]"* ]]; then echo "$address" && return; fi
  done < <(cat /proc/1/net/tcp /proc/1/net/tcp6)
}

socket=$(listeningSocket)
if [ -n "$socket" ]; then port=$((16#${socket#*:})); fi
case "${socket%:*}" in
  '' | 00000000) ;;
  # Four bytes, the last one first.
  ????????) host=$((16#${socket:6:2})).$((16#${socket:4:2})).$((16#${socket:2:2})).$((16#${socket:0:2})) ;;
  *) host=::1 ;;
esac

exec 3<>"/dev/tcp/$host/$port" || exit 1
printf 'PING\r\n' >&3
IFS= read -r -t 3 reply <&3 || exit 1
case "$reply" in
  +PONG* | -LOADING* | -NOAUTH* | -BUSY* | -MISCONF* | "-ERR max number of clients"*) exit 0 ;;
  *) echo "unexpected reply: $reply" >&2 && exit 1 ;;
esac
