"""One epoch of training as others do it, each as its own documentation suggests.

The loop of torch's tutorial trains the ordinary network. Lightning and skorch train ours, with our
loss and optimizer, so that the loop is all that differs.
"""

import logging
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Subset, TensorDataset

from benchmarks.interleaved import Candidate
from physlib import MLP, Langevin, Recipe
from physlib.archives import whereabouts
from physlib.building import build_loss, build_model, build_optimizer

FRAMEWORKS = {"Lightning": "lightning", "skorch": "skorch"}  # by the package they come in


def tutorial(recipe: Recipe, device: str, samples: int) -> Candidate:
    """A DataLoader of torchvision's images, transformed one by one; the MLP; SGD."""
    from torchvision import datasets, transforms

    transform = transforms.Compose(
        [transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))]
    )
    raw = whereabouts("mnist")
    assert raw is not None  # the resident data were read from there
    root = Path(raw.split(", ")[0]).parents[1]
    # `download` unpacks what is there packed, and fetches nothing else
    mnist = datasets.MNIST(root, train=True, transform=transform, download=True)
    images = Subset(mnist, range(samples))
    loader = DataLoader(images, batch_size=recipe.batch_size, shuffle=True)
    model, loss_of = nn.Sequential(nn.Flatten(), MLP()).to(device), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

    def epoch() -> None:
        model.train()
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            optimizer.zero_grad()
            loss_of(model(x), y).backward()
            optimizer.step()

    return epoch


def lightning(recipe: Recipe, x: Tensor, y: Tensor) -> Candidate:
    """A LightningModule and a Trainer, without logger, checkpoints and bar: in its favour."""
    import lightning

    base: Any = lightning.LightningModule

    class Network(base):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model, self.loss_of = build_model(recipe), build_loss(recipe)

        def training_step(self, batch: list[Tensor], _: int) -> Any:
            return self.loss_of(self.model(batch[0]), batch[1])

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return build_optimizer(recipe, self.model, 0)

    network, loader = Network(), _loader(recipe, x, y)
    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)

    def epoch() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it advises more workers, and a logger
            trainer = lightning.Trainer(
                accelerator="gpu" if x.is_cuda else "cpu",
                devices=1,
                max_epochs=1,
                logger=False,
                enable_checkpointing=False,
                enable_progress_bar=False,
                enable_model_summary=False,
            )
            trainer.fit(network, loader)

    return epoch


def skorch(recipe: Recipe, x: Tensor, y: Tensor) -> Candidate:
    """A NeuralNetClassifier on arrays, without its split for validation: in its favour."""
    from skorch import NeuralNetClassifier

    network = NeuralNetClassifier(
        build_model(recipe),
        criterion=build_loss(recipe),
        optimizer=Langevin,
        lr=recipe.lr,
        optimizer__damping=recipe.damping,
        optimizer__temperature=recipe.temperature,
        optimizer__seed=0,
        batch_size=recipe.batch_size,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
        device=str(x.device),
    ).initialize()
    images, labels = x.cpu().numpy(), y.cpu().numpy()
    return lambda: network.partial_fit(images, labels, epochs=1)


def _loader(recipe: Recipe, x: Tensor, y: Tensor) -> DataLoader[tuple[Tensor, ...]]:
    data = TensorDataset(x.cpu(), y.cpu())
    return DataLoader(data, batch_size=recipe.batch_size, shuffle=True)
