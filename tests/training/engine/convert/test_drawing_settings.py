"""How faces are drawn is set within limits that leave a face."""

from __future__ import annotations

import pytest
import torch

from training.engine.convert.draw.alpha import soft_box, soften
from training.engine.convert.drawing_settings import Blend
from training.engine.convert.settings import ConvertSettings


@pytest.mark.parametrize(("kernel", "passes"), [(25, 1), (14.4, 3), (8.8, 8)])
def test_the_softest_edge_that_is_allowed_leaves_the_middle_of_a_face(
    kernel: float, passes: int
) -> None:
    blend = Blend(kernel=kernel, passes=passes)
    ConvertSettings(blend=blend)
    ConvertSettings(blend=Blend(kind="none", kernel=25, passes=8))
    # An upright crop's mask covers about half of it.
    mask = torch.zeros(1, 1, 256, 256)
    mask[:, :, 38:218, 38:218] = 1
    assert soften(mask, blend, soft_box(0.06))[0, 0, 128, 128] > 0.6
