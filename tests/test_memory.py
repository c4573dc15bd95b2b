import pytest
import torch

from physlib.memory import OutOfMemoryError, advice, out_of_memory


@pytest.mark.parametrize(
    ("batch_size", "images", "tried"),
    [(128, 60000, 64), (5000, 1437, 718), (5, 100, 2), (4, 100, 2)],
)
def test_the_advice_is_half_of_the_batch_that_there_was(batch_size, images, tried):
    assert advice(batch_size, images).endswith(f"does not fit: try batch_size={tried}")


@pytest.mark.parametrize("batch_size", [1, 2, 3])
def test_a_batch_of_one_is_never_advised(batch_size):
    assert advice(batch_size, 60000).endswith("does not fit: try a smaller network")


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes."),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    ],
)
def test_every_end_of_memory_is_told_alike(error):
    with (
        pytest.raises(OutOfMemoryError, match=r"^out of memory: try less$"),
        out_of_memory("try less"),
    ):
        raise error


def test_the_innermost_advice_is_kept_and_other_errors_are_left_alone():
    with (
        pytest.raises(OutOfMemoryError, match="inner"),
        out_of_memory("outer"),
        out_of_memory("inner"),
    ):
        raise MemoryError
    with pytest.raises(RuntimeError, match="^shapes differ$"), out_of_memory("outer"):
        raise RuntimeError("shapes differ")
