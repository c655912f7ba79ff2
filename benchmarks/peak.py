"""Run a module's `answer(*arguments)` in this process, and tell its answer with the process's peak of memory in MB.

.venv-bench/bin/python -m benchmarks.peak MODULE ARGUMENT ..
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
from pathlib import Path


def peak() -> int:
    """The most memory that this process held so far, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # `getrusage` would count the parent's memory, which a child begins with
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return round(int(line.split()[1]) / 1024)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024)  # macOS counts in bytes


def children() -> int:
    """The most memory that one of the processes held that this one started and that ended, in MB."""
    unit = 1024 if sys.platform == "linux" else 1024 * 1024  # macOS counts in bytes
    return round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit)


def main() -> None:
    """Print one line of JSON."""
    module, *arguments = sys.argv[1:]
    found = importlib.import_module(module).answer(*arguments)
    print(json.dumps({**found, "peak": peak()}))


if __name__ == "__main__":
    main()
