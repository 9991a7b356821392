"""Make ``python -m buildingtrusts`` the same program as ``buildingtrusts``."""

import sys

from buildingtrusts.cli import main

if __name__ == "__main__":
    sys.exit(main())
