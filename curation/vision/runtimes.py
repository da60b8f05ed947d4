"""Runs networks, each on one processor.

Pictures are many and a worker has neighbours: with a thread per processor the threads would wait
for each other, on a busy machine for ever longer.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import cv2
import numpy as np
import onnxruntime
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

Floats = NDArray[np.float32]

AVX512_VNNI = 23
"""OpenCV's number for the instruction that adds up products of bytes to 32 bits."""


class OnnxNetwork:
    """A network in ONNX. Threads may share it."""

    def __init__(self, content: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        if not cv2.checkHardwareSupport(AVX512_VNNI):
            # Here two products of bytes may be more than their sum can be: all in one sign, then.
            options.add_session_config_entry("session.x64quantprecision", "1")
        options.log_severity_level = 3  # not about numbers that a network holds and never uses
        self._session = onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"]
        )
        (self._input,) = [each.name for each in self._session.get_inputs()]

    def __call__(self, batch: NDArray[np.generic]) -> Sequence[Floats]:
        """All outputs, in the network's order."""
        outputs: Sequence[Floats] = self._session.run(None, {self._input: batch})
        return outputs


class TfliteNetwork:
    """A network in TensorFlow's format for small machines. Each thread has one of its own."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._of_thread = threading.local()

    def __call__(self, batch: Floats) -> Sequence[Floats]:
        """All outputs, in the network's order, for a batch of the one size that it takes."""
        own = self._of_thread
        if not hasattr(own, "interpreter"):
            own.interpreter = _interpreter(self._content)
            own.input = own.interpreter.get_input_details()[0]["index"]
            own.outputs = [each["index"] for each in own.interpreter.get_output_details()]
        own.interpreter.set_tensor(own.input, batch)
        own.interpreter.invoke()
        return [own.interpreter.get_tensor(index) for index in own.outputs]


def _interpreter(content: bytes) -> Interpreter:
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    return interpreter
