"""Runs one command and reports what the operating system says of it.

Kept tiny: its own memory is the floor of 'rss'.

meter.py OUT.json LOG TIMEOUT -- COMMAND ...
"""

import os
import signal
import sys
import time

out, log, limit = sys.argv[1], sys.argv[2], float(sys.argv[3])
argv = sys.argv[5:]
fd = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o644)
null = os.open(os.devnull, os.O_RDONLY)
t0 = time.monotonic()
pid = os.fork()
if pid == 0:
    os.setpgid(0, 0)
    os.dup2(null, 0)
    os.dup2(fd, 1)
    os.dup2(fd, 2)
    os.execvp(argv[0], argv)
timed_out = False


def expire(*_):
    global timed_out
    timed_out = True
    os.killpg(pid, signal.SIGKILL)


signal.signal(signal.SIGALRM, expire)
signal.setitimer(signal.ITIMER_REAL, limit)
_, status, ru = os.wait4(pid, 0)
wall = time.monotonic() - t0
rc = os.waitstatus_to_exitcode(status)
line = (
    f'"wall": {wall:.6f}, "user": {ru.ru_utime:.6f}, "sys": {ru.ru_stime:.6f}, '
    f'"rss_mb": {ru.ru_maxrss / 1024:.2f}, "rc": {rc}, '
    f'"timeout": {"true" if timed_out else "false"}'
)
with open(out, "w") as fh:
    fh.write("{" + line + "}")
