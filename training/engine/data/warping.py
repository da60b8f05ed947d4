"""Warps: to another face's landmarks, and interpolation of warp nodes."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from training.engine.data.augmentation_parameters import AugmentationParameters

LANDMARK_NODES = 17


def in_view(landmarks: Tensor, views: Tensor, stored_side: int) -> Tensor:
    """Landmarks (N, 68, 2) in stored pixels, as coordinates of the view, -1 to 1."""
    places = (landmarks * 2 + 1) / stored_side - 1
    return (places - views[:, None, :2]) / views[:, None, 2:]


def as_seen(landmarks: Tensor, parameters: AugmentationParameters, coverage: float) -> Tensor:
    """Landmarks in view (N, 68, 2) in the model's input: with its coverage, and mirrored, rotated,
    scaled and shifted with their face. Again -1 to 1, from edge to edge.
    """
    rotation, zoom, shift_x, shift_y, mirror = parameters.values[:, :5, None].unbind(1)
    x, y = (landmarks / coverage).unbind(2)
    x, y = (x - shift_x) / zoom, (y - shift_y) / zoom
    cos, sin = torch.cos(rotation), torch.sin(rotation)
    return torch.stack([(cos * x + sin * y) * mirror, cos * y - sin * x], dim=2)


def landmark_nodes(own: Tensor, wanted: Tensor) -> Tensor:
    """The warp that brings landmarks `own` (N, 68, 2) to `wanted`, both as seen, as nodes.

    Between the landmarks the shift is that of the nearest ones, weighed by nearness (Shepard
    1968); at the edge of what is seen nothing moves. (N, 2, K, K), -1 to 1 being the whole side.
    """
    # Made on the device: a copy would synchronise with the GPU.
    thirds = torch.linspace(-1, 1, 3, device=own.device)
    edge = torch.cartesian_prod(thirds, thirds)
    edge = torch.cat([edge[:4], edge[5:]]).expand(len(own), -1, -1)
    anchors = torch.cat([wanted, edge], dim=1)
    shifts = torch.cat([own - wanted, torch.zeros_like(edge)], dim=1)
    line = torch.linspace(-1, 1, LANDMARK_NODES, device=own.device)
    y, x = torch.meshgrid(line, line, indexing="ij")
    places = torch.stack([x, y], dim=-1).view(1, -1, 2)
    weights = (torch.cdist(places.expand(len(own), -1, -1), anchors) + 0.02) ** -3
    moved = (weights / weights.sum(dim=-1, keepdim=True)) @ shifts
    return moved.transpose(1, 2).reshape(-1, 2, LANDMARK_NODES, LANDMARK_NODES)


def spread(nodes: Tensor, side: int) -> Tensor:
    """The nodes' shifts (N, 2, K, K) spread smoothly over a grid: (N, side, side, 2).

    Bicubic interpolation as two matrix products, quicker on a GPU than sixteen lookups a pixel.
    """
    num_nodes = nodes.shape[-1]
    each = torch.eye(num_nodes, device=nodes.device).view(1, num_nodes, num_nodes, 1)
    lines = functional.interpolate(each, (side, 1), mode="bicubic", align_corners=True)
    shares = lines[0, :, :, 0]
    return (shares.T @ nodes @ shares).permute(0, 2, 3, 1)
