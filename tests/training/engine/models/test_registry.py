"""Every model is the one it is said to be: its size, its cost, and whose face it draws."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from training.engine.compute.distributed import DistributedContext
from training.engine.errors import ModelUnknown
from training.engine.models.catalogue import CATALOGUE
from training.engine.models.face_model import FaceModel, count_parameters
from training.engine.models.registry import architecture_named, architecture_names
from training.engine.train.loss_module import LossModule
from training.engine.train.losses import LossWeights

# Millions of parameters, of each part where it is known and of all, and forward GFLOP of an A and B
# pair, as measured of the peers' models and rounded. (Of saehd one digit less was known.)
SAID_TO_BE = {
    "original": ({"encoder": 69.66, "decoder_a": 6.20, "decoder_b": 6.20}, 82.06, 7.60),
    "dfl-h128": ({"encoder": 77.02, "decoder_a": 15.35, "decoder_b": 15.35}, 107.72, 61.8),
    "dfl-sae-df": ({"encoder": 75.96, "decoder_a": 27.02, "decoder_b": 27.02}, 130.01, 172.5),
    "dlight-256": ({"encoder": 61.78, "decoder_a": 6.87, "decoder_b": 74.96}, 143.62, 78.4),
    "saehd-df-ud-256": ({}, 82.79, 365 / 3),
    "saehd-liae-ud-256": ({}, 145.34, 433 / 3),
}
LIGHT = ("original", "dlight-128", "saehd-df-ud-128", "saehd-liae-ud-128")


@pytest.mark.parametrize("name", SAID_TO_BE)
def test_a_model_has_the_parameters_and_the_cost_of_the_one_it_is_named_after(name: str) -> None:
    parts, millions, gigaflops = SAID_TO_BE[name]
    architecture = architecture_named(name)
    with torch.device("meta"):
        model = architecture.build()
        faces = torch.empty(1, 3, architecture.input_size, architecture.input_size)
        with FlopCounterMode(display=False) as counter:
            model(faces, faces)
    assert count_parameters(model) / 1e6 == pytest.approx(millions, abs=0.005)
    for part, millions_of_it in parts.items():
        own = count_parameters(model.get_submodule(part)) / 1e6
        assert own == pytest.approx(millions_of_it, abs=0.005), part
    assert counter.get_total_flops() / 1e9 == pytest.approx(gigaflops, rel=2e-3)


@pytest.mark.parametrize("name", architecture_names())
@pytest.mark.parametrize("learn_mask", [False, True])
def test_every_model_draws_its_size_and_a_mask_when_it_learns_one(
    name: str,
    learn_mask: bool,  # noqa: FBT001, a parameter of the test
) -> None:
    architecture = architecture_named(name)
    side_in, side_out = architecture.input_size, architecture.output_size
    with torch.device("meta"):
        model = architecture.build(learn_mask=learn_mask)
        faces = torch.empty(2, 3, side_in, side_in)
        prediction_a, prediction_b = model(faces, faces[:1])
        swapped = model.swap(faces, into="a")
    assert prediction_a.pictures.shape == swapped.pictures.shape == (2, 3, side_out, side_out)
    assert prediction_b.pictures.shape == (1, 3, side_out, side_out)
    if learn_mask or name.startswith("saehd"):
        assert prediction_a.masks is not None
        assert prediction_a.masks.shape == (2, 1, side_out, side_out)
    else:
        assert prediction_a.masks is None


@pytest.mark.parametrize("name", architecture_names())
@pytest.mark.parametrize("learn_mask", [False, True])
def test_every_weight_learns_in_every_step(
    name: str,
    learn_mask: bool,  # noqa: FBT001, a parameter of the test
) -> None:
    """Processes that train together would wait for the gradient of one that does not."""
    architecture = architecture_named(name)
    side_in, side_out = architecture.input_size, architecture.output_size
    context = DistributedContext(
        rank=0, size=1, device=torch.device("cpu"), precision=torch.float32
    )
    with torch.device("meta"):
        model = architecture.build(learn_mask=learn_mask)
        inputs, outputs = (torch.empty(2, 3, side, side) for side in (side_in, side_out))
        loss_module = LossModule(model, weights=LossWeights(), context=context)
        losses = loss_module((inputs, inputs), (outputs, outputs), (outputs, outputs))
        torch.autograd.backward(losses.sum())
    assert not [name for name, weight in model.named_parameters() if weight.grad is None]


@pytest.fixture(scope="module", params=LIGHT)
def model(request: pytest.FixtureRequest) -> FaceModel:
    torch.manual_seed(0)
    built = architecture_named(request.param).build()
    built.train(mode=False)
    return built


@torch.inference_mode()
def test_a_swap_is_drawn_as_the_person_it_is_drawn_into(model: FaceModel) -> None:
    side = 64 if count_parameters(model) == 82_062_470 else 128
    faces = torch.rand(1, 3, side, side)
    as_a, as_b = model(faces, faces)
    assert torch.allclose(model.swap(faces, into="a").pictures, as_a.pictures, atol=1e-5)
    assert torch.allclose(model.swap(faces, into="b").pictures, as_b.pictures, atol=1e-5)
    assert not torch.allclose(as_a.pictures, as_b.pictures, atol=1e-3)
    assert 0 <= as_a.pictures.min() <= as_a.pictures.max() <= 1


def test_a_model_nobody_knows_is_refused() -> None:
    with pytest.raises(ModelUnknown, match=r"no model 'orignal'; choose one of: .*original"):
        architecture_named("orignal")


def test_every_model_of_the_catalogue_is_built_as_it_is_said_there() -> None:
    assert architecture_names()[: len(CATALOGUE)] == list(CATALOGUE)
    for name, entry in CATALOGUE.items():
        architecture = architecture_named(name)
        sizes = (architecture.input_size, architecture.output_size)
        assert (architecture.name, *sizes) == (name, entry.input_size, entry.output_size)


def test_models_are_listed_and_explained_without_torch() -> None:
    program = (
        "import sys; from training.engine.models.catalogue import CATALOGUE;"
        "assert all(entry.about.en and entry.about.zh for entry in CATALOGUE.values());"
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
