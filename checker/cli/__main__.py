"""Lets `python -m checker.cli` be the command."""

import sys

from checker.cli.main import main

sys.exit(main())
