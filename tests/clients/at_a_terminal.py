"""Runs a program at a terminal of its own, as a person would: waits for a text, types an answer, prints all that was shown.

usage: at_a_terminal.py COLUMNS TEXT=ANSWER [TEXT=ANSWER ...] -- PROGRAM [ARGUMENT ...]
An answer is typed with Enter, except "^C". Ends with the program's exit code.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

PATIENCE_S = 120


def main():
    columns = int(sys.argv[1])
    rest = sys.argv[2:]
    at = rest.index("--")
    answers = [answer.split("=", 1) for answer in rest[:at]]
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(rest[at + 1], rest[at + 1 :])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    shown, begun = b"", time.monotonic()
    looked_at = 0
    while time.monotonic() - begun < PATIENCE_S:
        readable, _, _ = select.select([terminal], [], [], 0.5)
        if readable:
            try:
                piece = os.read(terminal, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            shown += piece
        if answers and answers[0][0].encode() in shown[looked_at:]:
            _, answer = answers.pop(0)
            looked_at = len(shown)
            os.write(terminal, b"\x03" if answer == "^C" else answer.encode() + b"\n")
    else:
        os.kill(child, 9)
    sys.stdout.write(shown.decode(errors="replace").replace("\r\n", "\n"))
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


main()
