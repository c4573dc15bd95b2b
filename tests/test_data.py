import pytest
import torch
import torchvision
from small_dataset import assert_is, put

from physlib import load_dataset
from physlib.archives import data_folders, whereabouts
from physlib.data import mnist_or_digits, pixel_order, resolve_device


def test_digits_need_no_network_and_are_marked(monkeypatch):
    data = load_dataset("digits")
    assert data.name == "digits"
    assert data.train_images.shape == (1437, 28, 28)
    assert data.test_images.shape == (360, 28, 28)
    assert data.train_images.dtype == torch.uint8
    assert data.train_labels.dtype == torch.int64
    assert sorted(data.test_labels.unique().tolist()) == list(range(10))
    again = load_dataset("digits")
    assert torch.equal(data.train_images, again.train_images)


def test_inputs_have_the_range_asked_for():
    data = load_dataset("digits")
    x = data.train_inputs((-1.0, 1.0))
    assert x.shape == (1437, 784)
    assert x.dtype == torch.float32
    black, white = data.train_images.flatten(1) == 0, data.train_images.flatten(1) == 255
    assert (x[black] == -1).all()
    torch.testing.assert_close(x[white], torch.ones_like(x[white]))


def test_held_out_images_are_training_images_and_always_the_same():
    data = load_dataset("digits")
    split = data.hold_out(400)
    assert (len(split.train_labels), len(split.test_labels)) == (1037, 400)
    parts = [split.train_images, split.test_images], [split.train_labels, split.test_labels]
    images, labels = (torch.cat(part).flatten(1) if i == 0 else torch.cat(part)
                      for i, part in enumerate(parts))  # fmt: skip
    together = torch.cat([images.long(), labels[:, None]], 1)
    original = torch.cat([data.train_images.flatten(1).long(), data.train_labels[:, None]], 1)
    assert torch.equal(torch.sort(together.sum(1)).values, torch.sort(original.sum(1)).values)
    assert {tuple(row) for row in together.tolist()} == {tuple(row) for row in original.tolist()}
    assert torch.equal(split.test_labels, data.hold_out(400).test_labels)
    with pytest.raises(ValueError, match="count must be less than the 1437 training images"):
        data.hold_out(1437)


def test_wrong_labels_are_wrong_as_many_as_asked_for_and_of_every_kind():
    data = load_dataset("digits")
    noisy = data.with_label_noise(0.4, seed=3)
    wrong = noisy.train_labels != data.train_labels
    assert wrong.sum() == round(0.4 * 1437)
    shift = (noisy.train_labels - data.train_labels)[wrong] % 10
    counts = shift.bincount(minlength=10)
    assert counts[0] == 0
    assert all(abs(n - 575 / 9) < 4 * (575 / 9) ** 0.5 for n in counts[1:].tolist())
    assert torch.equal(noisy.train_labels, data.with_label_noise(0.4, seed=3).train_labels)
    assert not torch.equal(noisy.train_labels, data.with_label_noise(0.4, seed=4).train_labels)
    assert torch.equal(noisy.test_labels, data.test_labels)
    with pytest.raises(ValueError, match=r"fraction must be finite and in \[0, 1\], got 1.1"):
        data.with_label_noise(1.1, seed=0)


def test_mnist_is_mnist(mnist):
    data = load_dataset(mnist)
    assert data.train_images.shape == (60_000, 28, 28)
    assert data.test_labels.bincount().tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert data.train_labels[:5].tolist() == [5, 0, 4, 1, 9]


def test_a_downloaded_file_is_kept(server, fashion):
    assert_is(fashion, load_dataset("fashion-mnist"))
    server.clear()
    assert_is(fashion, load_dataset("fashion-mnist"))
    cached = data_folders()[-1] / "FashionMNIST" / "raw"
    assert sorted(p.name for p in cached.iterdir()) == sorted(fashion)  # and nothing half-written


def test_the_given_folder_comes_before_the_cache(fashion, monkeypatch, tmp_path):
    raw = put(tmp_path / "given", fashion)
    monkeypatch.setenv("PHYSLIB_DATA", str(tmp_path / "given"))
    assert_is(fashion, load_dataset("fashion-mnist"))
    assert whereabouts("fashion-mnist") == str(raw)


def test_an_unusable_folder_does_not_hide_the_cache(fashion, monkeypatch, tmp_path):
    put(data_folders()[-1], fashion)
    a_file = tmp_path / "file"
    a_file.touch()
    monkeypatch.setenv("PHYSLIB_DATA", str(a_file))
    assert_is(fashion, load_dataset("fashion-mnist"))

    given = tmp_path / "given"
    (given / "FashionMNIST" / "raw" / "t10k-labels-idx1-ubyte.gz").mkdir(parents=True)
    monkeypatch.setenv("PHYSLIB_DATA", str(given))
    with pytest.warns(UserWarning, match="cannot be read .* passed over"):
        assert_is(fashion, load_dataset("fashion-mnist"))


def test_the_stand_in_is_announced_in_one_line(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", ["http://127.0.0.1:9/"])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("PHYSLIB_DATA", raising=False)
    assert mnist_or_digits() == "digits"
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "digits" in err


def test_bad_names_and_devices_are_named():
    with pytest.raises(ValueError, match="dataset must be one of 'mnist', .* got 'cifar'"):
        load_dataset("cifar")
    with pytest.raises(ValueError, match=r"device must be one that .*cpu.*, got 'abacus'"):
        load_dataset("digits", device="abacus")
    with pytest.raises(ValueError, match=r"device must be one .* got 'meta'"):
        load_dataset("digits", device="meta")
    if not torch.cuda.is_available():
        with pytest.raises(ValueError, match=r"device .*, got 'cuda:3'"):
            resolve_device("cuda:3")
        assert resolve_device() == torch.device("cpu")


def test_a_shuffle_of_the_pixels_is_one_of_them_and_leaves_other_generators_alone():
    before = torch.get_rng_state()
    order = pixel_order(3)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(order.sort().values, torch.arange(784))
    assert torch.equal(order, pixel_order(3))
    assert not torch.equal(order, pixel_order(4))
    assert torch.equal(pixel_order(0), torch.arange(784))
