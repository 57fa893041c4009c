#!/bin/bash
# Healthy is a server that answers: still loading its log, asking for a password or short of disk counts, silence does
# not. Where it listens the kernel knows, whatever way that was chosen: on a TCP port, or only on a unix socket. The server
# is PID 1, or a child of it (docker run --init). Where neither is found, the port is INKSTONE_PORT's, else 6379.
set -u
proc=${INKSTONE_IMAGE_PROC:-/proc}

isServer() {
  case "$(cat "$proc/$1/comm" 2>/dev/null)" in inkstone-server | redis-server) return 0 ;; esac
  return 1
}

# The server's process id, if it is here.
findServer() {
  local status pid
  if isServer 1; then echo 1 && return; fi
  for status in "$proc"/[0-9]*/status; do
    pid=${status%/status}
    pid=${pid##*/}
    if isServer "$pid" && grep -q '^PPid:[[:space:]]*1$' "$status"; then echo "$pid" && return; fi
  done
}

# The sockets of a process, as " socket:[1] socket:[2] ". Of its own alone: the network may be the host's.
socketsOf() {
  echo " $(find "$proc/$1/fd" -lname 'socket:*' -printf '%l ' 2>/dev/null)"
}

# The first TCP socket on which it listens, as ADDRESS:PORT in hexadecimal.
listeningAddress() {
  local address state inode _
  while read -r _ address _ state _ _ _ _ _ inode _; do
    if [ "$state" = 0A ] && [[ $2 == *" socket:[$inode] "* ]]; then echo "$address" && return; fi
  done < <(cat "$proc/$1/net/tcp" "$proc/$1/net/tcp6" 2>/dev/null)
}

# The first unix socket on which it listens: one that accepts connections (flag 0x10000) and has a path, which may be one
# of the server's working directory.
listeningPath() {
  local flags inode path _
  while read -r _ _ _ flags _ _ inode path; do
    if [ "$flags" = 00010000 ] && [ -n "$path" ] && [[ $2 == *" socket:[$inode] "* ]]; then
      case "$path" in /*) echo "$path" ;; *) echo "$(readlink "$proc/$1/cwd")/$path" ;; esac
      return
    fi
  done < <(cat "$proc/$1/net/unix" 2>/dev/null)
}

port=${INKSTONE_PORT:-6379}
# An address (tcp://...) is what Kubernetes sets beside a service called inkstone, and no port of ours.
case "$port" in *://*) port=6379 ;; esac
target=(-h 127.0.0.1 -p "$port")

pid=$(findServer)
if [ -n "$pid" ]; then
  sockets=$(socketsOf "$pid")
  address=$(listeningAddress "$pid" "$sockets")
  path=$(listeningPath "$pid" "$sockets")
  ip=${address%:*}
  case "$ip" in
    '') host= ;;
    00000000) host=127.0.0.1 ;;
    # Four bytes, the last one first.
    ????????) host=$((16#${ip:6:2})).$((16#${ip:4:2})).$((16#${ip:2:2})).$((16#${ip:0:2})) ;;
    *) host=::1 ;;
  esac
  if [ -n "$host" ]; then
    target=(-h "$host" -p $((16#${address#*:})))
  elif [ -n "$path" ]; then
    target=(-s "$path")
  fi
fi

# Without a password that somebody put into the environment: to be asked for one is an answer.
reply=$(env -u REDISCLI_AUTH timeout 4 redis-cli "${target[@]}" PING 2>&1)
case "$reply" in
  PONG* | LOADING* | NOAUTH* | BUSY* | MISCONF* | "ERR max number of clients"*) exit 0 ;;
  *) echo "unexpected reply: $reply" >&2 && exit 1 ;;
esac
