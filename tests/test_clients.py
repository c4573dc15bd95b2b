"""Other people's training loops, unmodified, with the three ingredients as they are."""

import logging
import shutil

import lightning
import numpy as np
import pytest
import torch
from sklearn.model_selection import GridSearchCV
from skorch import NeuralNetClassifier
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from physlib import GinzburgLandauLoss, HyperbolicLinear, Langevin, load_dataset

LEARNT = 0.65  # of the test images, after the few epochs below; chance is 0.1
OPTIMIZER = {"lr": 1e-2, "damping": 0.1, "temperature": 1e-6, "seed": 0}
QUIET = {
    "accelerator": "cpu", "devices": 1, "logger": False, "enable_checkpointing": False,
    "enable_progress_bar": False, "enable_model_summary": False, "deterministic": True,
}  # fmt: skip
# what they warn of when nothing is wrong, each by its own words
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*does not have many workers:UserWarning"),
    pytest.mark.filterwarnings("ignore:.*You are using `torch.load` with:FutureWarning"),
    pytest.mark.filterwarnings("ignore:.*isinstance.treespec, LeafSpec:FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:lightning.*"),
]


class Network(nn.Sequential):
    """What somebody would write who takes the layer from here and the rest from torch."""

    def __init__(self, width=64):
        super().__init__(
            HyperbolicLinear(784, width),
            nn.BatchNorm1d(width),
            nn.Mish(),
            HyperbolicLinear(width, 10),
            nn.Mish(),
        )


@pytest.fixture(scope="module")
def digits():
    data = load_dataset("digits", "cpu")
    return (
        TensorDataset(data.train_inputs((-1.0, 1.0)), data.train_labels),
        TensorDataset(data.test_inputs((-1.0, 1.0)), data.test_labels),
    )


def score(model, dataset):
    x, y = dataset.tensors
    with torch.no_grad():
        return (model.eval()(x).argmax(1) == y).double().mean().item()


def batches(dataset, **options):
    order = torch.Generator().manual_seed(0)
    return DataLoader(dataset, batch_size=64, shuffle=True, generator=order, **options)


class Module(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.model, self.loss_of = Network(), GinzburgLandauLoss()

    def training_step(self, batch, _):
        x, y = batch
        return self.loss_of(self.model(x), y)

    def configure_optimizers(self):
        optimizer = Langevin(self.parameters(), **OPTIMIZER)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=12, eta_min=1e-3)
        return {"optimizer": optimizer, "lr_scheduler": schedule}


def test_lightning_trains_and_resumes_from_its_own_checkpoint(digits, tmp_path):
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    ends = []
    for stops in (False, True):
        torch.manual_seed(0)
        module, loader = Module(), batches(digits[0])
        epochs = 4 if stops else 8
        trainer = lightning.Trainer(max_epochs=epochs, gradient_clip_val=10.0, **QUIET)
        trainer.fit(module, loader)
        if stops:
            path = tmp_path / "half.ckpt"
            trainer.save_checkpoint(path)
            module, again = Module(), lightning.Trainer(max_epochs=8, **QUIET, gradient_clip_val=10)
            again.fit(module, loader, ckpt_path=path)
        ends.append(module)
    assert score(ends[0].model, digits[1]) > LEARNT
    # the same bits: weights, velocity, schedule and noise have all come back
    pairs = zip(ends[0].parameters(), ends[1].parameters(), strict=True)
    assert all(torch.equal(p, q) for p, q in pairs)


def test_fabric_trains_in_bfloat16(digits):
    fabric = lightning.Fabric(accelerator="cpu", devices=1, precision="bf16-mixed")
    torch.manual_seed(0)
    network = Network()
    model, optimizer = fabric.setup(network, Langevin(network.parameters(), **OPTIMIZER))
    loader, loss_of = fabric.setup_dataloaders(batches(digits[0])), GinzburgLandauLoss()
    for _ in range(8):
        for x, y in loader:
            optimizer.zero_grad()
            fabric.backward(loss_of(model(x), y))
            optimizer.step()
    assert score(network, digits[1]) > LEARNT
    assert all(p.dtype == torch.float32 for p in network.parameters())


def test_skorch_trains_and_searches_a_grid(digits):
    """skorch hands on the loss's and the optimizer's arguments, clones, and saves by pickle."""
    arrays = [t.numpy() for dataset in digits for t in dataset.tensors]
    x, y, test_x, test_y = arrays
    torch.manual_seed(0)
    classifier = NeuralNetClassifier(
        Network,
        criterion=GinzburgLandauLoss,
        criterion__gamma=6.5,
        optimizer=Langevin,
        **{f"optimizer__{name}": value for name, value in OPTIMIZER.items() if name != "lr"},
        batch_size=64,
        max_epochs=8,
        train_split=None,
        verbose=0,
    )
    search = GridSearchCV(classifier, {"lr": [1e-9, 1e-2]}, cv=2, scoring="accuracy")
    search.fit(x, y)
    assert search.best_params_ == {"lr": 1e-2}
    assert search.best_estimator_.criterion_.gamma == 6.5
    assert np.mean(search.predict(test_x) == test_y) > LEARNT


def test_a_plain_script_with_everything_torch_offers(digits):
    """Autocast, gradient scaling, a schedule, clipping and torch.compile, in torch's own order."""
    torch.manual_seed(0)
    network, loss_of = Network(), GinzburgLandauLoss()
    # torch's own compiler writes C++; without a compiler for that, what comes before it
    backend = "inductor" if shutil.which("g++") or shutil.which("clang++") else "aot_eager"
    model = torch.compile(network, dynamic=False, backend=backend)
    optimizer = Langevin(network.parameters(), **OPTIMIZER)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**40)  # the first step overflows
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=8 * 22, eta_min=1e-3)
    skipped = 0
    for _ in range(8):
        for x, y in batches(digits[0], drop_last=True):  # one shape, so that it compiles once
            with torch.autocast("cpu", torch.float16):
                loss = loss_of(model(x), y)
            optimizer.zero_grad()
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(network.parameters(), 10.0)
            scale, before = scaler.get_scale(), [p.detach().clone() for p in network.parameters()]
            scaler.step(optimizer)
            scaler.update()
            pairs = zip(before, network.parameters(), strict=True)
            moved = [not torch.equal(p, q) for p, q in pairs]
            if scaler.get_scale() < scale:  # a step that was skipped makes no noise either
                skipped += 1
                assert not any(moved)
            else:
                assert all(moved)
                schedule.step()
    assert 0 < skipped < 40
    assert score(network, digits[1]) > LEARNT
