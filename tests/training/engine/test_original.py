"""`original` is the model it is said to be."""

from __future__ import annotations

import pytest
import torch

from training.engine.architectures import architecture_named, count_parameters
from training.engine.errors import ModelUnknown


@pytest.fixture(scope="module")
def original() -> torch.nn.Module:
    torch.manual_seed(0)
    return architecture_named("original").build().eval()


def test_original_has_82_06_million_parameters(original: torch.nn.Module) -> None:
    assert count_parameters(original) == 82_062_470
    assert count_parameters(original.encoder) == 69_662_976
    assert count_parameters(original.decoder_a) == count_parameters(original.decoder_b) == 6_199_747


@torch.inference_mode()
def test_64_pixels_go_in_and_64_come_out(original: torch.nn.Module) -> None:
    faces = torch.rand(2, 3, 64, 64)
    code = original.encoder(faces)
    rebuilt_a, rebuilt_b = original(faces, faces[:1])
    assert code.shape == (2, 512, 8, 8)
    assert rebuilt_a.pictures.shape == (2, 3, 64, 64)
    assert rebuilt_b.pictures.shape == (1, 3, 64, 64)
    assert 0 <= rebuilt_a.pictures.min() <= rebuilt_a.pictures.max() <= 1
    assert rebuilt_a.masks is None


@torch.inference_mode()
def test_a_swap_is_the_other_persons_decoder(original: torch.nn.Module) -> None:
    faces = torch.rand(1, 3, 64, 64)
    as_a, as_b = (drawn.pictures for drawn in original(faces, faces))
    assert torch.allclose(original.swap(faces, into="a").pictures, as_a, atol=1e-5)
    assert torch.allclose(original.swap(faces, into="b").pictures, as_b, atol=1e-5)
    assert not torch.allclose(as_a, as_b, atol=1e-3)


def test_a_model_nobody_knows_is_refused() -> None:
    with pytest.raises(ModelUnknown, match=r"no model 'orignal'; choose one of: .*original"):
        architecture_named("orignal")
