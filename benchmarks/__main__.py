"""`make bench`: measure, write results/bench/<device>/<table>.json, then the pages with figures.

`python -m benchmarks layer seeds` measures some of the tables, `python -m benchmarks page` none.
"""

import argparse
import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from benchmarks import cluster, epoch, layer, optimizer, page, scaling, seeds, startup, sweeps
from physlib.files import atomic_path
from physlib.provenance import provenance

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "results" / "bench"
TABLES: dict[str, Callable[[str], dict[str, Any]]] = {
    "layer": layer.run,
    "optimizer": optimizer.run,
    "epoch": epoch.run,
    "seeds": seeds.run,
    "startup": startup.run,
    "scaling": scaling.run,
    "cluster": cluster.run,
}


def write(results: Path, table: str, device: str, measured: dict[str, Any], took: float) -> Path:
    """One table as a file: what was measured, and where it comes from."""
    facts = provenance("mnist", device)
    record = {
        "table": table,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(took, 1),
        **facts,
        **measured,
    }
    path = results / slug(facts["device"]) / f"{table}.json"
    with atomic_path(path) as temporary:
        text = json.dumps(record, indent=1, allow_nan=False)
        # a list of numbers on one line
        text = re.sub(r"\[([^\[\]{}]*)\]", lambda found: f"[{' '.join(found[1].split())}]", text)
        temporary.write_text(text + "\n", encoding="utf-8", newline="\n")
    return path


def slug(device: str) -> str:
    """A device's name as a folder's: "NVIDIA H100 80GB" is nvidia-h100-80gb."""
    return re.sub(r"[^a-z0-9]+", "-", device.lower()).strip("-")


def main() -> None:
    """Run what the command line names, all by default, on the CPU and on a GPU if there is one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"{', '.join(TABLES)}, page")
    chosen = parser.parse_args().tables or list(TABLES)
    if unknown := set(chosen) - {*TABLES, "page"}:
        parser.error(f"TABLE must be one of {', '.join(TABLES)}, page; got {', '.join(unknown)}")
    for device in ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",):
        for table in chosen:
            if table == "page" or (table in page.CPU_ONLY and device != "cpu"):
                continue
            print(f"{table} on {device} … ", end="", flush=True)
            start = time.perf_counter()
            measured = TABLES[table](device)
            took = time.perf_counter() - start
            path = write(RESULTS, table, device, measured, took)
            print(f"{took:.0f} s, {path.relative_to(ROOT)}")
    for path in (page.write(RESULTS, ROOT / "book"), sweeps.write(ROOT / "results", ROOT / "book")):
        print(f"Page written to {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
