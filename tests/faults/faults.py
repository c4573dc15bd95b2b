"""Every fault that is tested, as data: the page `book/faults.md` is made from this list."""

from dataclasses import dataclass

import pytest

GROUPS = {
    "stop": "Stopped in the middle",
    "disk": "Disks and folders",
    "checkpoint": "Checkpoints",
    "record": "Records",
    "data": "Datasets and downloads",
    "machine": "The machine",
}


@dataclass(frozen=True)
class Fault:
    """What happens, and what is as it was afterwards; what you see is what its test saw."""

    group: str
    happens: str
    kept: str


FAULTS = {
    "killed-training": Fault(
        "stop",
        "`physlib train --checkpoint` is killed in the middle of an epoch",
        "The checkpoint of the epoch before. The same command goes on from it, to the same bits as "
        "a run that was never killed.",
    ),
    "killed-checkpoint": Fault(
        "stop",
        "… is killed with half of a checkpoint written",
        "The checkpoint before, byte for byte; the run goes on from it. The half is a hidden file "
        "beside it, which you may delete.",
    ),
    "killed-record": Fault(
        "stop",
        "`physlib reproduce` is killed with a record written, just before or just after it gets "
        "its name",
        "Every finished record. The same command makes the rest, to the same bits.",
    ),
    "killed-anywhere": Fault(
        "stop",
        "… is killed at ten random moments",
        "Every finished record. The same command makes the rest, to the same bits.",
    ),
    "killed-worker": Fault(
        "stop",
        "One of the processes of `physlib reproduce` is killed, as the system does when memory "
        "runs out",
        "Every finished record. The same command makes the rest.",
    ),
    "killed-download": Fault(
        "stop",
        "A program is killed with half of a dataset's file downloaded",
        "The files before it. The next run fetches this one again.",
    ),
    "interrupted": Fault(
        "stop",
        "You press Ctrl-C in training",
        "The checkpoint of the last whole epoch. The exit code is the usual one for Ctrl-C.",
    ),
    "full-checkpoint": Fault(
        "disk",
        "A checkpoint does not fit on the disk, or into your quota",
        "The checkpoint before, byte for byte. With room again, the run goes on from it.",
    ),
    "full-record": Fault(
        "disk",
        "A record does not fit on the disk, or into your quota",
        "Every finished record. With room again, the same command makes the rest.",
    ),
    "small-disk": Fault(
        "disk",
        "A disk fills up with records (a real one, of 16 KiB)",
        "Every finished record. With room again, the same command makes the rest.",
    ),
    "full-page": Fault(
        "disk",
        "`physlib verdicts` has no room for its page",
        "The page before.",
    ),
    "full-download": Fault(
        "disk",
        "A download does not fit into the cache",
        "The files before it, and nothing half-written.",
    ),
    "full-output": Fault(
        "disk",
        "The disk that you redirect the output to is full",
        "Everything: the exit code tells your script that the output is not whole.",
    ),
    "closed-pipe": Fault(
        "disk",
        "The program that you pipe the output into has ended",
        "Everything.",
    ),
    "read-only": Fault(
        "disk",
        "The folder of the results is read-only",
        "Every record. Nothing is trained in vain: the folder is tried first.",
    ),
    "file-in-place": Fault(
        "disk",
        "A file has the name of the folder of the results",
        "The file.",
    ),
    "vanished": Fault(
        "disk",
        "Somebody deletes the folder of the results during the run",
        "What is finished after that, in a new folder; the same command makes the rest again.",
    ),
    "cut-checkpoint": Fault(
        "checkpoint", "A checkpoint is cut short, empty, or no checkpoint at all", "The file."
    ),
    "flipped-checkpoint": Fault(
        "checkpoint", "A bit of a checkpoint is flipped, among its weights", "The file."
    ),
    "other-checkpoint": Fault("checkpoint", "A checkpoint is of another recipe", "The file."),
    "newer-checkpoint": Fault(
        "checkpoint", "A checkpoint is of a newer version of this library", "The file."
    ),
    "hostile-checkpoint": Fault(
        "checkpoint",
        "A checkpoint brings code that would run when Python unpickles it",
        "The file. The code does not run.",
    ),
    "flipped-record": Fault("record", "A bit of a record is flipped", "The record."),
    "other-record": Fault(
        "record", "A record has your recipe's name, but other settings", "The record."
    ),
    "newer-record": Fault(
        "record", "A record is of a newer version of this library", "The record."
    ),
    "cut-data": Fault(
        "data",
        "A dataset's file is cut short",
        "The damaged file, under another name; a whole one is fetched, and the run goes on.",
    ),
    "flipped-data": Fault("data", "… has a flipped bit", "The same."),
    "page-for-data": Fault("data", "… is a web page, as the networks of hotels serve", "The same."),
    "damaged-unpacked": Fault(
        "data",
        "MNIST's unpacked file is damaged, and there is no network",
        "The damaged file, under another name.",
    ),
    "damaged-download": Fault(
        "data", "The mirror serves a web page in place of the file", "The cache as it was."
    ),
    "cut-download": Fault(
        "data", "The connection breaks in the middle of a file", "The cache as it was."
    ),
    "mute-mirror": Fault("data", "The mirror takes the call and says nothing", "The same."),
    "nonsense-mirror": Fault("data", "A proxy answers with nonsense", "The same."),
    "no-network": Fault("data", "There is neither a copy nor a network", "The same."),
    "file-for-folder": Fault(
        "data",
        "`PHYSLIB_DATA` names a file, not a folder",
        "The file. The cache is used instead.",
    ),
    "folder-for-file": Fault(
        "data",
        "A folder lies where a dataset's file should",
        "The folder. The cache is used instead.",
    ),
    "two-downloads": Fault(
        "data",
        "Two processes download the same dataset at once",
        "Both have it whole, and so has the cache.",
    ),
    "no-gpu": Fault("machine", "You ask for a GPU that is not there", "Everything."),
    "batch-memory": Fault(
        "machine",
        "A step does not fit in memory",
        "Everything that was there. Follow the advice, again if need be, and you come to a run "
        "that fits.",
    ),
    "network-memory": Fault("machine", "The network does not fit in memory", "Everything."),
    "gpu-memory": Fault(
        "machine",
        "A GPU's memory runs out for many seeds at once (simulated: the test raises torch's error)",
        "Everything.",
    ),
    "clock-jumps": Fault(
        "machine",
        "The clock jumps by a day, forwards and back, in training",
        "Everything, and durations stay right: another clock measures them.",
    ),
    "file-times": Fault(
        "machine",
        "Records and checkpoints have times of files in the past and in the future",
        "Everything: times of files are never asked.",
    ),
}

BOUND: dict[str, list[str]] = {}


def fault(name):
    """Bind a test to its entry in `FAULTS`; there must be one."""
    FAULTS[name]

    def bind(test):
        BOUND.setdefault(name, []).append(test.__qualname__)
        return pytest.mark.usefixtures("saw")(pytest.mark.fault(name)(test))

    return bind
