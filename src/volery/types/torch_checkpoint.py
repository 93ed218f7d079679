"""The state of a training run that uses torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(eq=False)
class TorchCheckpoint:
    """What a training run with torch has to know to go on: state, and no code.

    Attributes:
        module: state of the module, as its ``state_dict()`` gives it.
        optimizer: state of the optimizer, likewise; None where it is not kept.
        hyperparameters: numbers, texts, lists and dicts of them.
    """

    module: Mapping[str, Any]
    optimizer: Mapping[str, Any] | None = None
    hyperparameters: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @classmethod
    def of(cls, module: Any, optimizer: Any = None, **hyperparameters: Any) -> Self:
        """The state of a ``torch.nn.Module``, and of an optimizer, as it is now.

        Tensors are shared with them until the checkpoint is stored.
        """
        state = None if optimizer is None else optimizer.state_dict()
        return cls(module.state_dict(), state, hyperparameters)

    def restore(self, module: Any, optimizer: Any = None) -> None:
        """Put the state into a module, and into an optimizer, of the same structure.

        Raises:
            RuntimeError: the module has other parameters, as torch tells.
            ValueError: an optimizer is given and there is no state of one, or of another one.
        """
        module.load_state_dict(self.module)
        if optimizer is not None:
            if self.optimizer is None:
                raise ValueError("the checkpoint holds no state of an optimizer")
            optimizer.load_state_dict(self.optimizer)
