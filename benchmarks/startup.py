"""How soon you can start: fresh processes, in turn."""

import subprocess
import sys
from typing import Any

from benchmarks.interleaved import Candidate, Target, compare

COMMANDS = {
    "python": ["-c", "pass"],
    "import physlib": ["-c", "import physlib"],
    "import torch": ["-c", "import torch"],
    "from physlib import fit": ["-c", "from physlib import fit"],
    "physlib --help": ["-m", "physlib", "--help"],
}


def run(device: str = "cpu", rounds: int = 7) -> dict[str, Any]:
    """Seconds from the start of a process to its end."""
    found = compare({name: _process(command) for name, command in COMMANDS.items()}, rounds)
    targets = (
        Target("import physlib", "import torch", at_most=1.2),
        Target("physlib --help", at_most=0.5),
        Target("from physlib import fit", "import torch", at_most=1.2),
    )
    return {"comparisons": [found.as_json(*targets)]}


def _process(arguments: list[str]) -> Candidate:
    return lambda: subprocess.run(
        [sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL
    )
