"""Processes that torch's own launcher has started: how they meet, and which of them speaks."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import torch
import torch.distributed as dist

from physlib.components.replicas import ranks
from physlib.data import resolve_device

PATIENCE = timedelta(minutes=30)  # for the slowest rank: one of them may have to download the data


def launched() -> bool:
    """Whether a launcher (torchrun) started this process as one of several."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


def is_first() -> bool:
    """Whether this process is rank 0, which alone prints and writes; True of one that is alone."""
    return ranks() == 1 or dist.get_rank() == 0


@contextmanager
def joined(device: str | torch.device | None = None) -> Iterator[bool]:
    """Join the other ranks if a launcher (torchrun) started this process; yields `is_first`.

    Ranks talk by gloo on CPUs, by NCCL on GPUs. Without a launcher, or where a process group has
    been set up already, nothing is done.

    Raises:
        RuntimeError: whatever goes wrong inside, with the number of the rank in front.
        ValueError: there is no such device for this rank.
    """
    if not launched() or dist.is_initialized():
        yield is_first()
        return
    who = f"rank {os.environ['RANK']} of {os.environ['WORLD_SIZE']}"
    try:
        own = device_of_rank(resolve_device(device))
        if own.type == "cuda":
            torch.cuda.set_device(own)
        dist.init_process_group("nccl" if own.type == "cuda" else "gloo", timeout=PATIENCE)
        yield is_first()
        dist.barrier()  # nobody leaves while another one still needs it
    except Exception as error:
        if _is_loss_of_peer(error):
            raise RuntimeError(f"{who}: lost another rank, see its own message") from error
        raise RuntimeError(f"{who}: {error}") from error
    dist.destroy_process_group()


def device_of_rank(device: torch.device) -> torch.device:
    """`device` itself, or the GPU of this rank if there are several: number LOCAL_RANK.

    Raises:
        ValueError: it names one GPU for all ranks, or this machine has fewer GPUs than ranks.
    """
    if device.type != "cuda" or not launched():
        return device
    own, there = int(os.environ.get("LOCAL_RANK", "0")), torch.cuda.device_count()
    if device.index is not None and device.index != own:
        raise ValueError(f"device must be 'cuda' or 'cpu' under a launcher, got {str(device)!r}")
    if own >= there:
        raise ValueError(f"device must be 'cpu', or ranks at most {there}, one per GPU here")
    return torch.device("cuda", own)


@contextmanager
def one_per_machine_first() -> Iterator[None]:
    """Let one rank of every machine run the block before the others do: it may fetch files."""
    waits = ranks() > 1 and int(os.environ.get("LOCAL_RANK", "0")) > 0
    if waits:
        dist.barrier()
    yield
    if ranks() > 1 and not waits:
        dist.barrier()


def _is_loss_of_peer(error: Exception) -> bool:
    text = str(error)
    return isinstance(error, dist.DistError) or "gloo" in text or "NCCL" in text
