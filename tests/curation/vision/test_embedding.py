"""The network that we put together must be the one that its authors trained."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from curation.vision.embedding import NUM_FEATURES, _layers, embed, in_floats
from curation.vision.resize import resized
from curation.vision.runtimes import OnnxNetwork

STRIDES = {1: 2, 3: 2, 6: 2}
"""Of the blocks that halve the picture, by MobileNetV2's paper."""


def by_torch(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Written from the paper, with the normalisation on its own."""
    layers = {name: torch.from_numpy(each.copy()) for name, each in _layers().items()}

    def normal(x: Tensor, name: str) -> Tensor:
        mean, variance = (layers[f"{name}/moving_{each}"] for each in ("mean", "variance"))
        gamma = layers.get(f"{name}/gamma")
        return functional.batch_norm(x, mean, variance, gamma, layers[f"{name}/beta"], eps=1e-3)

    def convolved(x: Tensor, kernel: Tensor, stride: int, groups: int = 1) -> Tensor:
        edge = kernel.shape[-1] // 2
        before = edge if stride == 1 else 0
        padded = functional.pad(x, (before, edge, before, edge))
        return functional.conv2d(padded, kernel, stride=stride, groups=groups)

    def pointwise(x: Tensor, name: str) -> Tensor:
        return normal(convolved(x, layers[f"{name}/kernel"].permute(3, 2, 0, 1), 1), f"{name}_BN")

    x = torch.from_numpy(rgb.astype(np.float32) / 255).permute(2, 0, 1)[None]
    x = convolved(x, layers["Conv1/kernel"].permute(3, 2, 0, 1), 2)
    x = normal(x, "bn_Conv1").clamp(0, 6)
    for number in range(13):
        block = f"block_{number}" if number else "expanded_conv"
        y = pointwise(x, f"{block}_expand").clamp(0, 6) if number else x
        kernel = layers[f"{block}_depthwise/depthwise_kernel"].permute(2, 3, 0, 1)
        y = convolved(y, kernel, STRIDES.get(number, 1), groups=len(kernel))
        y = pointwise(normal(y, f"{block}_depthwise_BN").clamp(0, 6), f"{block}_project")
        x = x + y if x.shape == y.shape else y
    features: NDArray[np.float32] = x.mean((2, 3))[0].numpy()
    return features


def test_features_are_the_trained_networks(portraits: dict[str, NDArray[np.uint8]]) -> None:
    portrait = resized(portraits["ada_1"][:720], 224 / 720)
    for rgb in (portrait, portrait[:128, :96]):
        ((features,),) = OnnxNetwork(in_floats())(rgb[None])
        assert features.shape == (NUM_FEATURES,)
        assert np.abs(features - by_torch(rgb)).max() < 1e-4
        quantised = embed(np.ascontiguousarray(rgb))
        assert np.abs(quantised - features).mean() < 0.1 * features.std()
