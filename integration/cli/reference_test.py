"""Fails when docs/configuration.md differs from `scaleops help --markdown`."""

import subprocess
import sys
from pathlib import Path

program, document = sys.argv[1:]
said = subprocess.run([program, "help", "--markdown"], capture_output=True, text=True, check=True).stdout
if said != Path(document).read_text():
    sys.exit(f"{document} is out of date: run `make docs`")
