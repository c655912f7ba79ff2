"""The long form (see the package)."""

import sys

from tests.torture.runners import main

if __name__ == "__main__":
    sys.exit(main())
