#!/usr/bin/python3
"""Installs what package-lock.json names, nothing else and no other versions, for the tests that drive it.

usage: install.py [FOLDER]

FOLDER is build/real_clients unless given. Asks nothing of the network while all is there. Without a network the reason
is left in FOLDER/unreachable and the status is 0: tests that need the clients are skipped and show it. Whatever else goes
wrong is an error.
"""

import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / "build/real_clients"
UNREACHABLE = "unreachable"
FILES = ("package.json", "package-lock.json")
NPM = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=30000")
# The words of npm when nobody answered, or only a gateway on the way that lets nobody through.
NETWORK_ERROR = re.compile(
    r"\b(EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|ERR_SOCKET_TIMEOUT|ETIMEDOUT"
    r"|E403|E407|E50[234])\b"
)


def wanted():
    return "".join((HERE / name).read_text() for name in FILES)


def install(folder):
    """The reason why there was no network, or None when all is there; CalledProcessError for any other failure."""
    stamp, unreachable = folder / "installed", folder / UNREACHABLE
    if stamp.exists() and stamp.read_text() == wanted():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    unreachable.unlink(missing_ok=True)
    for name in FILES:
        shutil.copy(HERE / name, folder)
    done = subprocess.run(NPM, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode == 0:
        stamp.write_text(wanted())
        return None
    found = NETWORK_ERROR.search(done.stdout)
    if found is None:
        raise subprocess.CalledProcessError(done.returncode, NPM, done.stdout)
    reason = f"the npm registry cannot be reached: {found.group()}"
    unreachable.write_text(reason)
    return reason


def main():
    try:
        reason = install(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}\n{error.output}")
    if reason is not None:
        print(f"{reason}; the tests with ioredis will be skipped")


if __name__ == "__main__":
    main()
