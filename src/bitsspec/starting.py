"""What comes before all else in a process that is the command itself, rather than a user of the package."""

import os
import signal
import sys

from bitsspec import importing


def start() -> None:
    """Let no file of the current directory take the place of a library, nor Ctrl-C show a traceback.

    Does nothing in any other program, which keeps its path and its signals.
    """
    program = sys.argv[0] if sys.argv else ""
    if program == "-m":  # while Python looks for the module
        program = sys.orig_argv[-len(sys.argv)].removeprefix("-m")
    if os.path.basename(program).partition(".")[0] == "bitsspec":  # noqa: PTH119  (no file: bitsspec.cli)
        importing.leave_out_current_directory()
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # until the command says more
