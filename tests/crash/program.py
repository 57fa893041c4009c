"""Helpers for the programs of this folder: their arguments, their seed, the server that they run."""

import argparse
import random

from support.server import cleanUpOnSignals

POLICIES = ("always", "everysec", "no")
LOG_ON = {"appendonly": "yes", "auto-aof-rewrite-percentage": "0"}


def directivesFor(policy):
    """A server whose log is only rewritten when it is asked to."""
    return {**LOG_ON, "appendfsync": policy}


def parserFor(description):
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, help="default: from the clock; always printed")
    return parser


def begin(name, options):
    """Prints the seed of this run, and returns it; servers end with the program."""
    cleanUpOnSignals()
    seed = options.seed if options.seed is not None else random.randrange(10**9)
    print(f"{name}: seed {seed}", flush=True)
    return seed


def runEachPolicy(name, parser, run):
    """The rest of a program whose `run(policy, options, seed)` counts what went wrong; its exit status."""
    parser.add_argument("--policy", choices=POLICIES, action="append", help="default: each of them")
    options = parser.parse_args()
    seed = begin(name, options)
    failed = sum(run(policy, options, seed) for policy in options.policy or POLICIES)
    return 1 if failed else 0
