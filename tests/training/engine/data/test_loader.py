"""Each step gets its faces, the same ones however many processes share them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from curation.vision.alignment import MEAN_FACE
from tests.training.engine import tiny
from tests.training.engine.run_folders import VIEWS
from tests.training.engine.saved import CONFIG
from training.engine.compute.distributed import DistributedContext
from training.engine.data.augmentation_parameters import BASICS, AugmentationParameters
from training.engine.data.face_store import FaceStore
from training.engine.data.faces import FaceSet
from training.engine.data.loader import NUM_NEIGHBOURS, PairLoader, TrainingBatch
from training.engine.models.registry import architecture_named
from training.engine.run.config import RunConfig, Warp

SIDE = 48


def faces(seed: int, count: int = 30) -> FaceSet:
    """Faces of noise, each with landmarks of its own."""
    random = np.random.default_rng(seed)
    jaw = np.linspace((-0.1, 0.3), (1.1, 0.3), 17)
    landmarks = (np.concatenate([jaw, MEAN_FACE]) * 0.375 + 0.3) * SIDE
    landmarks = landmarks + random.normal(0, 1.5, (count, 68, 2))
    return FaceSet(
        pixels=random.integers(0, 256, (count, SIDE, SIDE, 6), dtype=np.uint8),
        landmarks=landmarks.astype(np.float32),
        views={name: np.tile(np.float32(view), (count, 1)) for name, view in VIEWS.items()},
        numbers=tuple(range(1, count + 1)),
        num_skipped=0,
    )


@pytest.fixture
def both() -> tuple[FaceSet, FaceSet]:
    return faces(1), faces(2, count=26)


def context(rank: int = 0, size: int = 1) -> DistributedContext:
    device = torch.device("cpu")
    return DistributedContext(rank=rank, size=size, device=device, precision=torch.float32)


def pairs(
    both: tuple[FaceSet, FaceSet], config: RunConfig = CONFIG, *, rank: int = 0, size: int = 1
) -> PairLoader:
    architecture = architecture_named("tiny")
    return PairLoader(config, architecture=architecture, faces=both, context=context(rank, size))


def tensors(batch: TrainingBatch) -> list[Tensor]:
    return [
        getattr(side, name)
        for side in (batch.a, batch.b)
        for name in ("inputs", "targets", "masks")
    ]


@pytest.mark.parametrize("warp", ["grid", "landmarks", "none"])
def test_the_faces_are_the_same_however_many_processes_share_them(
    both: tuple[FaceSet, FaceSet], warp: Warp
) -> None:
    config = CONFIG.changed(model="tiny", batch_size=6, warp=warp)
    alone = pairs(both, config)
    shares = [pairs(both, config, rank=rank, size=3) for rank in range(3)]
    for _ in range(8):
        whole = tensors(alone.next())
        parts = [tensors(share.next()) for share in shares]
        for name, wanted in enumerate(whole):
            together = torch.cat([part[name] for part in parts])
            assert torch.allclose(together, wanted, atol=1e-5)


def test_faces_come_as_the_model_wants_them(both: tuple[FaceSet, FaceSet]) -> None:
    batch = pairs(both, CONFIG.changed(model="tiny", batch_size=5)).next()
    for each in tensors(batch):
        assert each.shape == (5, 3, tiny.SIZE, tiny.SIZE)
        assert each.dtype == torch.float32
        assert 0 <= each.min() <= each.max() <= 1
        assert not each.requires_grad


def test_what_was_put_down_is_taken_up_again(both: tuple[FaceSet, FaceSet]) -> None:
    config = CONFIG.changed(model="tiny", warp="landmarks")
    first, later = pairs(both, config), pairs(both, config)
    for _ in range(7):
        first.next()
    for sampler, other in zip(later.samplers, first.samplers, strict=True):
        sampler.num_sampled = other.num_sampled
    for wanted, actual in zip(tensors(first.next()), tensors(later.next()), strict=True):
        assert torch.equal(wanted, actual)


def test_the_batch_may_change_between_steps(both: tuple[FaceSet, FaceSet]) -> None:
    stream = pairs(both, CONFIG.changed(model="tiny", batch_size=4))
    stream.next()
    stream.batch_size = 7
    changed = stream.next()
    assert len(changed.a.inputs) == 7
    assert [sampler.num_sampled for sampler in stream.samplers] == [11, 11]

    anew = pairs(both, CONFIG.changed(model="tiny", batch_size=7))
    for sampler in anew.samplers:
        sampler.num_sampled = 4
    for wanted, actual in zip(tensors(anew.next()), tensors(changed), strict=True):
        assert torch.equal(wanted, actual)


def test_what_is_made_ahead_is_what_would_come_next_and_counts_as_not_yet_drawn(
    both: tuple[FaceSet, FaceSet],
) -> None:
    config = CONFIG.changed(model="tiny", batch_size=4)
    prepared, usual = pairs(both, config), pairs(both, config)
    prepared.prefetch()
    assert [sampler.num_sampled for sampler in prepared.samplers] == [0, 0]
    assert prepared.prefetch() is prepared.next()
    usual.next()
    for size in (4, 7):
        prepared.prefetch()
        # A batch of another size may be wished for after one was made.
        prepared.batch_size = usual.batch_size = size
        for wanted, actual in zip(tensors(usual.next()), tensors(prepared.next()), strict=True):
            assert torch.equal(wanted, actual)


def test_the_two_people_are_shuffled_apart(both: tuple[FaceSet, FaceSet]) -> None:
    """Else the same two faces would always be seen together."""
    stream = pairs((both[0], both[0]), CONFIG.changed(model="tiny"))
    sampler_a, sampler_b = stream.samplers
    assert sampler_a.sample(30) != sampler_b.sample(30)


def test_each_face_is_warped_to_one_of_those_most_like_it(both: tuple[FaceSet, FaceSet]) -> None:
    stream = pairs(both, CONFIG.changed(model="tiny", warp="landmarks"))
    for side in (0, 1):
        own, other = (stream._stores[place].landmarks.flatten(1) for place in (side, 1 - side))
        for face in (0, 9):
            distances = (own[face] - other).norm(dim=1)
            wanted = set(distances.argsort()[:NUM_NEIGHBOURS].tolist())
            assert set(stream._nearest[side][face].tolist()) == wanted


def test_a_warp_to_landmarks_follows_what_the_model_sees(both: tuple[FaceSet, FaceSet]) -> None:
    """A mirrored face is warped as the mirrored picture of one that is not."""
    stream = pairs(both, CONFIG.changed(model="tiny", warp="landmarks"))
    values = torch.zeros(1, stream.settings.num_parameters)
    values[:, 1] = values[:, 4] = 1
    mirrored = values.clone()
    mirrored[:, 4] = -1
    which = torch.tensor([3])
    straight, flipped = (
        stream._nodes(0, which, AugmentationParameters(each)) for each in (values, mirrored)
    )
    assert straight.abs().max() > 0.01
    back = flipped.flip(3) * torch.tensor([-1.0, 1.0]).view(1, 2, 1, 1)
    assert torch.allclose(back, straight, atol=1e-5)
    # The chance of the neighbour and the jitter follow the basic ones.
    assert values.shape[1] == BASICS + 1 + 2 * 68


def test_a_shelf_gives_the_faces_at_their_places(both: tuple[FaceSet, FaceSet]) -> None:
    store = FaceStore(both[0], centring="face", context=context())
    assert not store.prefetches
    taken = store.take([4, 0, 4])
    assert taken.dtype == torch.uint8
    assert np.array_equal(taken.numpy(), both[0].pixels[[4, 0, 4]])
    # On a CPU nothing is gained from being told, and nothing changed.
    store.prefetch([1, 2])
    assert np.array_equal(store.take([5]).numpy(), both[0].pixels[[5]])


def test_faces_taken_from_a_shelf_may_be_written_to(both: tuple[FaceSet, FaceSet]) -> None:
    """They are copies: the file that they come from is mapped and must stay as it is."""
    store = FaceStore(both[0], centring="face", context=context())
    before = both[0].pixels[2].copy()
    store.take([2]).zero_()
    assert np.array_equal(both[0].pixels[2], before)
