"""What torch's own optimizers promise, after the checks that torch runs on each of them."""

import copy
import io
import pickle
from typing import get_args

import pytest
import torch

from physlib import Langevin
from physlib.components.noise import Noise
from physlib.theory import Scheme

WARM = {"lr": 0.03, "damping": 0.2, "temperature": 0.5, "seed": 7}
SHAPES = ((3, 4), (5,), (), (0, 2))  # a scalar, and a parameter without numbers


def parameters(dtype=torch.float64, device="cpu", seed=0):
    generator = torch.Generator().manual_seed(seed)
    made = [torch.randn(shape, generator=generator, dtype=dtype) for shape in SHAPES]
    return [p.to(device).requires_grad_() for p in made]


def steps(params, optimizer, count=3):
    for _ in range(count):
        for p in params:
            p.grad = p.detach() * 2
        optimizer.step()
    return [p.detach().clone() for p in params]


def same(a, b):
    return all(torch.equal(p, q) for p, q in zip(a, b, strict=True))


def saved(optimizer):
    """Through a file that may hold no code."""
    buffer = io.BytesIO()
    torch.save(optimizer.state_dict(), buffer)
    buffer.seek(0)
    return torch.load(buffer, weights_only=True)


@pytest.mark.parametrize("scheme", get_args(Scheme))
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_foreach_on_and_off_are_the_same_bits(scheme, dtype):
    ends, calls = [], []
    for foreach in (True, False, None):
        params = parameters(dtype)
        optimizer = Langevin(params, scheme=scheme, foreach=foreach, **WARM)
        with torch.profiler.profile() as profile:
            ends.append(steps(params, optimizer, 5))
        calls.append(sum(e.name.startswith(("aten::_f",)) for e in profile.events()))
    assert same(ends[0], ends[1])
    assert same(ends[0], ends[2])
    assert calls[1] > calls[0] == calls[2]


def test_a_step_without_gradients_or_numbers_changes_nothing():
    params = parameters()
    before = [p.detach().clone() for p in params]
    optimizer = Langevin(params, **WARM)
    optimizer.step()
    params[3].grad = torch.zeros_like(params[3])  # the empty one
    optimizer.step()
    assert same(before, [p.detach() for p in params])


def test_hooks_of_a_step_run_around_it():
    params, seen = parameters(), []
    optimizer = Langevin(params, **WARM)
    start = params[0].detach().clone()
    optimizer.register_step_pre_hook(lambda *_: seen.append(torch.equal(params[0], start)))
    optimizer.register_step_post_hook(lambda *_: seen.append(torch.equal(params[0], start)))
    steps(params, optimizer, 1)
    assert seen == [True, False]


def test_hooks_see_the_noise_and_may_change_it():
    """A hook that renames, replaces or reads entries meets all of them, when saving and loading."""
    source, target = parameters(), parameters()
    optimizer = Langevin(source, **WARM)
    steps(source, optimizer)
    handle = optimizer.register_state_dict_post_hook(
        lambda _, state: {"noise": state.pop("generators"), **state}
    )
    state = saved(optimizer)
    handle.remove()
    assert "noise" in state
    assert "generators" not in state
    other, seen = Langevin(target, **WARM | {"seed": 99}), []
    with torch.no_grad():
        torch._foreach_copy_(target, source)
    other.register_load_state_dict_pre_hook(
        lambda _, state: {"generators": state.pop("noise"), **state}
    )
    other.register_load_state_dict_post_hook(lambda optimizer: seen.append(optimizer.seed))
    other.load_state_dict(state)
    assert seen == [7]
    assert same(steps(source, optimizer), steps(target, other))


def test_a_state_that_does_not_fit_changes_nothing():
    params = parameters()
    optimizer, other = Langevin(params, **WARM), Langevin(parameters()[:2], **WARM | {"seed": 8})
    steps(params, optimizer)
    before = copy.deepcopy(optimizer)
    with pytest.raises(ValueError, match="doesn't match the size"):
        optimizer.load_state_dict(other.state_dict())
    copies = before.param_groups[0]["params"]
    assert same(steps(params, optimizer), steps(copies, before))
    hooks = "_optimizer_load_state_dict_pre_hooks", "_optimizer_load_state_dict_post_hooks"
    assert not any(getattr(optimizer, name) for name in hooks)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_state_moves_to_another_dtype(dtype):
    source, target = parameters(), parameters(dtype)
    optimizer, other = Langevin(source, **WARM), Langevin(target, **WARM | {"seed": 8})
    steps(source, optimizer)
    other.load_state_dict(saved(optimizer))
    for p, q in zip(source, target, strict=True):
        assert other.state[q]["momentum_buffer"].dtype == dtype
        expected = optimizer.velocity(p).to(dtype)
        torch.testing.assert_close(other.velocity(q), expected, rtol=0.02, atol=1e-3)
    # Numbers depend on the dtype, streams do not: both go on where the first one was.
    expected = copy.deepcopy(optimizer._noise).draw(target, 1.0)
    assert same(other._noise.draw(target, 1.0), expected)


def test_a_state_moves_to_another_device():
    """On the meta device, which every machine has: shapes without numbers."""
    source, target = parameters(), parameters(device="meta")
    optimizer, other = Langevin(source, **WARM), Langevin(target, **WARM)
    steps(source, optimizer)
    other.load_state_dict(saved(optimizer))
    assert all(other.velocity(p).device.type == "meta" for p in target)
    # and back, the noise included
    third, back = Langevin(third_params := parameters(), **WARM), other.state_dict()
    back["state"] = saved(optimizer)["state"]
    third.load_state_dict(back)
    with torch.no_grad():
        torch._foreach_copy_(third_params, source)
    assert same(steps(source, optimizer), steps(third_params, third))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_state_moves_to_a_gpu_and_back():
    source, target, home = parameters(), parameters(device="cuda"), parameters()
    there, optimizer, back = (Langevin(p, **WARM) for p in (target, source, home))
    steps(source, optimizer)
    there.load_state_dict(saved(optimizer))
    steps(target, there)
    back.load_state_dict(saved(there))
    assert all(back.velocity(p).device.type == "cpu" for p in home)
    with torch.no_grad():
        torch._foreach_copy_(home, source)
    assert same(steps(source, optimizer), steps(home, back))  # the CPU's stream has waited


@pytest.mark.parametrize(("names", "goes_on"), [(["cpu:1"], True), (["cpu:1", "cpu:2"], False)])
def test_noise_moves_to_the_next_device_of_its_type(names, goes_on):
    """As rank 1 on cuda:1 goes on from what rank 0 on cuda:0 has saved; not if that is a guess."""
    theta = torch.zeros(100)
    source, fresh = Noise(7), Noise(7)
    source.draw([theta])
    target = Noise(0)
    target.restore(7, {name: source.state()["cpu"] for name in names})
    expected = (source if goes_on else fresh).draw([theta])[0]
    assert torch.equal(target.draw([theta])[0], expected)


def test_groups_added_late_train_and_are_saved():
    params, late = parameters(), parameters(seed=1)
    optimizer = Langevin(params, **WARM)
    steps(params, optimizer)
    optimizer.add_param_group({"params": late, "lr": 0.3, "temperature": 0.0})
    everything = [*params, *late]
    steps(everything, optimizer)
    clones = [p.detach().clone().requires_grad_() for p in everything]
    other = Langevin(clones[:4], **WARM | {"seed": 1})
    other.add_param_group({"params": clones[4:]})
    other.load_state_dict(saved(optimizer))
    assert [group["lr"] for group in other.param_groups] == [0.03, 0.3]
    assert same(steps(everything, optimizer), steps(clones, other))
    with pytest.raises(ValueError, match="more than one parameter group"):
        optimizer.add_param_group({"params": params[:1]})


def test_a_state_from_before_these_settings_loads():
    params, clones = parameters(), parameters()
    optimizer, other = Langevin(params, **WARM), Langevin(clones, **WARM | {"seed": 1})
    steps(params, optimizer)
    old = saved(optimizer)
    del old["steps"], old["param_groups"][0]["foreach"]
    other.load_state_dict(old)
    with torch.no_grad():
        torch._foreach_copy_(clones, params)
    assert same(steps(params, optimizer), steps(clones, other))


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
def test_copies_have_all_public_attributes(clone):
    params = parameters()
    optimizer = Langevin(params, foreach=False, check_every=3, **WARM)
    steps(params, optimizer)
    copied = clone(optimizer)
    assert {name for name in vars(optimizer) if name[0] != "_"} == {
        name for name in vars(copied) if name[0] != "_"
    }
    assert repr(copied) == repr(optimizer)
    copied.param_groups[0]["foreach"] = True  # and so may be another one's
    assert same(steps(params, optimizer), steps(copied.param_groups[0]["params"], copied))


def test_named_parameters_keep_their_names():
    layer = torch.nn.Linear(2, 3)
    optimizer = Langevin(layer.named_parameters(), **WARM)
    assert saved(optimizer)["param_groups"][0]["param_names"] == ["weight", "bias"]
