"""``python -m bitsspec`` is the command ``bitsspec``."""

from bitsspec.cli import main

if __name__ == "__main__":
    main(prog_name="bitsspec")
