"""What the tests on a real control plane share."""

import os
import sys
import unittest
from pathlib import Path

from control_plane import SKIP, missing

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / "build" / "release"
OBJECTS = os.environ.get("CLUSTER_OBJECTS", str(BUILD / "integration" / "cluster" / "cluster_objects"))
SCALEOPS = os.environ.get("SCALEOPS", str(BUILD / "scaleops"))


def main():
    """Runs the calling file's tests, or tells why they cannot be run here."""
    if why := missing():
        print(f"skipped: {why}")
        sys.exit(SKIP)
    unittest.main()
