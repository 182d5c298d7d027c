"""A candidate program in as few steps as Python allows, to measure what the protocol itself costs.

``python -m bitsspec.bench.served reference`` serves the reference implementation; with ``alone`` every
status code gets the same answer without a look at it.
"""

import sys

from bitsspec.reference import classify


def main() -> None:
    """Answer every line of the input until it ends."""
    looks = sys.argv[1:] == ["reference"]
    write, flush = sys.stdout.write, sys.stdout.flush
    for line in sys.stdin:
        if line.startswith("posts"):
            write("unsupported\n")
        elif looks:
            write(f"{classify(int(line))}\n")
        else:
            write("transient\n")
        flush()


if __name__ == "__main__":
    main()
