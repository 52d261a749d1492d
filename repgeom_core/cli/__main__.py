"""``python -m repgeom_core.cli``: the same as the command ``repgeom``."""

import sys

from repgeom_core.cli import main

sys.exit(main())
