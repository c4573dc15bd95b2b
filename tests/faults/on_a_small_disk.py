"""Run by a test, in a process with a disk of 16 KiB: fills it, then may not write to it.

Prints what happened as JSON.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

os.environ["TQDM_DISABLE"] = "1"

from commands import command, contents, refused
from small_experiments import KNOWN

from physlib import reproduce

DISK = Path(sys.argv[1])
REPRODUCE = ["reproduce", "--profile", "full", "--jobs", 1, "--results", DISK]
reproduce.reproduce.__kwdefaults__["known"] = KNOWN


def remount(options):
    subprocess.run(["mount", "-o", f"remount,{options}", DISK], check=True)


said = {"full": refused(*REPRODUCE)}
finished = contents(DISK)
remount("size=1m")
assert command(*REPRODUCE).exit_code == 0
whole = contents(DISK)
remount("ro")
trained = []
fit = reproduce.fit
reproduce.fit = lambda *a, **k: trained.append(a) or fit(*a, **k)
said["read-only"] = refused(*REPRODUCE)
print(
    json.dumps(
        {
            "said": said,
            "finished": sorted(finished),
            "kept": finished.items() <= whole.items(),
            "whole": sorted(whole),
            "trained read-only": len(trained),
            "unharmed": contents(DISK) == whole,
        }
    )
)
