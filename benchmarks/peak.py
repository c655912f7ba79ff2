"""Run a module's `answer(*arguments)` in this process, and tell its answer with the process's peak of memory in MB.

.venv-bench/bin/python -m benchmarks.peak MODULE ARGUMENT ..
"""

from __future__ import annotations

import importlib
import json
import resource
import sys


def main() -> None:
    """Print one line of JSON."""
    module, *arguments = sys.argv[1:]
    found = importlib.import_module(module).answer(*arguments)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in kilobytes, macOS in bytes
    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    print(json.dumps({**found, "peak": round(most / unit)}))


if __name__ == "__main__":
    main()
