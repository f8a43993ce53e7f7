"""Makes `make_charts` importable, which pytest's importlib mode does not do for a test's neighbours."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
