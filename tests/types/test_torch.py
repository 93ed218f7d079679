from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from volery import TorchCheckpoint
from volery.data.content import content_of
from volery.data.current import using
from volery.data.storage import Storage
from volery.errors import TypeMismatch, UnsupportedType
from volery.ir.content import MAX_PREVIEW, Content, content_of_wire, content_to_wire
from volery.ir.types import ContentType
from volery.testing.conformance.codec import check_codec
from volery.types.builtin.torch import _placed
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for

torch = pytest.importorskip("torch", reason="torch is not installed: pip install torch")
nn = torch.nn


class Net(nn.Module):
    def __init__(self, width: int = 3) -> None:
        super().__init__()
        self.layer = nn.Linear(width, 2)

    def forward(self, value: Any) -> Any:
        return self.layer(value).relu()


class Tagged(torch.Tensor):
    pass


class Secret:
    """Something that data cannot be."""


def content(annotation: Any, value: Any) -> Content:
    return content_of_wire(codec_for(annotation).to_wire(value, "$"))


def trip(annotation: Any, value: Any) -> Any:
    codec = codec_for(annotation)
    return unpack(codec, pack(codec, value))


def same(left: Any, right: Any) -> bool:
    """Equal to the last bit, NaN included."""
    return (
        type(left) is type(right)
        and (left.dtype, left.shape, left.layout) == (right.dtype, right.shape, right.layout)
        and left.requires_grad == right.requires_grad
        and torch.equal(_bytes(left), _bytes(right))
    )


def _bytes(tensor: Any) -> Any:
    dense = tensor.detach().to_dense().contiguous()
    return dense.reshape(-1).view(torch.uint8) if dense.numel() else dense


# -- tensors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tensor",
    [
        torch.tensor(1.5),
        torch.empty(0),
        torch.empty((0, 3), dtype=torch.int64),
        torch.arange(6).reshape(2, 3),
        torch.arange(6).reshape(2, 3).T,
        torch.tensor([float("nan"), float("inf"), -0.0]),
        torch.tensor([1.5, 2.5], dtype=torch.bfloat16),
        torch.tensor([1.5, 2.5], dtype=torch.float16),
        torch.tensor([1 + 2j]),
        torch.tensor([True, False]),
        torch.tensor([1.0], requires_grad=True),
        pytest.param(
            torch.tensor([[0.0, 1.0], [0.0, 0.0]]).to_sparse(),
            marks=pytest.mark.filterwarnings("ignore:Validating sparse tensor"),
        ),
        nn.Parameter(torch.ones(2)),
        nn.Parameter(torch.ones(2), requires_grad=False),
        torch.ones(3).expand(4, 3),
    ],
    ids=lambda tensor: f"{tensor.dtype}{tuple(tensor.shape)}",
)
def test_a_tensor_comes_back_to_the_last_bit(tensor: Any):
    check_codec(torch.Tensor, [tensor], same=same)


def test_a_large_tensor_goes_to_the_storage(tmp_path: Path):
    tensor = torch.arange(500_000, dtype=torch.float64)
    with using(Storage(tmp_path.as_uri())) as _:
        packed = pack(codec_for(torch.Tensor), tensor)
        assert len(packed) < 1000
        assert same(unpack(codec_for(torch.Tensor), packed), tensor)


@pytest.mark.parametrize("wrap", [lambda each: each, nn.Parameter], ids=["tensor", "parameter"])
def test_a_view_takes_no_more_along_than_it_shows(wrap: Any):
    whole = torch.arange(100_000.0)
    view = wrap(whole[10:13])
    made = content(torch.Tensor, view)
    assert made.size < 5000
    assert same(trip(torch.Tensor, view), view)
    assert made.digest == content(torch.Tensor, wrap(whole[10:13].clone())).digest


def test_the_graph_behind_a_tensor_stays_behind():
    start = torch.ones(2, requires_grad=True)
    back = trip(torch.Tensor, (start * 3)[:1])
    assert back.is_leaf
    assert back.requires_grad
    assert back.tolist() == [3.0]


def test_state_dicts_are_dicts_of_tensors():
    state = dict(Net().state_dict())
    back = trip(dict[str, torch.Tensor], state)
    assert back.keys() == state.keys()
    assert all(same(back[name], state[name]) for name in state)


def test_what_was_on_a_missing_device_comes_back_on_the_cpu():
    storage = torch.ones(3).untyped_storage()
    assert _placed(storage, "cpu") is storage
    for missing in ("cuda:97", "mps", "xla:9"):
        assert _placed(storage, missing).device.type == "cpu"


def test_what_stands_in_the_value_says_what_the_tensor_is():
    made = content(torch.Tensor, torch.arange(12.0).reshape(3, 4))
    assert made.format == "pt"
    assert made.facts == {"dtype": "torch.float32", "shape": [3, 4]}
    assert made.preview["first"] == ["0.0", "1.0", "2.0", "3.0", "4.0", "5.0", "6.0", "7.0"]


@pytest.mark.parametrize("value", [None, [1.0], Tagged([1.0])], ids=str)
def test_what_is_no_plain_tensor_is_refused(value: Any):
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(list[torch.Tensor]), [value])
    assert caught.value.path == "$[0]"


def test_a_tensor_is_read_without_running_what_it_says(tmp_path: Path):
    torch.save(Secret(), tmp_path / "made.pt")
    wire = content_to_wire(content_of((tmp_path / "made.pt").read_bytes()))
    with pytest.raises(TypeMismatch, match=r"cannot be read as one(.|\n)*Secret"):
        codec_for(torch.Tensor).from_wire(wire, "$")


def test_bytes_that_are_no_tensor_are_refused():
    wire = content_to_wire(content_of(b"no tensor"))
    with pytest.raises(TypeMismatch, match="cannot be read as one"):
        codec_for(torch.Tensor).from_wire(wire, "$")


# -- modules --------------------------------------------------------------------------------------


def test_a_module_comes_back_with_its_parameters_and_its_mode():
    net = Net().eval()
    back = trip(Net, net)
    value = torch.ones(3)
    assert type(back) is Net
    assert not back.training
    assert torch.equal(back(value), net(value))


def test_the_type_of_a_module_names_the_declared_class():
    assert codec_for(nn.Module).type == ContentType("torch.nn.Module")
    assert codec_for(Net).type == ContentType("torch.nn.Module", f"{__name__}.Net")
    assert type(trip(nn.Module, Net())) is Net
    with pytest.raises(TypeMismatch, match="expected Net, got"):
        pack(codec_for(Net), nn.Linear(1, 1))


def test_a_module_of_another_class_is_refused_when_it_is_read():
    with pytest.raises(TypeMismatch, match="expected Net, got"):
        unpack(codec_for(Net), pack(codec_for(nn.Module), nn.Linear(1, 1)))


def test_a_module_that_cannot_be_pickled_is_refused_with_the_reason():
    net = Net()
    net.hook = lambda: None
    with pytest.raises(TypeMismatch, match="lambda") as caught:
        pack(codec_for(list[nn.Module]), [net])
    assert caught.value.path == "$[0]"


def test_a_preview_of_a_module_is_short():
    made = content(nn.Module, nn.Sequential(*[nn.Linear(1, 1) for _ in range(500)]))
    assert made.preview["parameters"] == 1000
    assert len(str(made.preview)) < MAX_PREVIEW
    assert made.facts == {"library": f"torch {torch.__version__}"}


# -- checkpoints ----------------------------------------------------------------------------------


def trained() -> tuple[Any, Any]:
    net = Net()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.25)
    net(torch.ones(3)).sum().backward()
    optimizer.step()
    return net, optimizer


def test_training_goes_on_from_a_checkpoint():
    net, optimizer = trained()
    back = trip(TorchCheckpoint, TorchCheckpoint.of(net, optimizer, epoch=3, rates=[0.1, 0.2]))
    assert back.hyperparameters == {"epoch": 3, "rates": [0.1, 0.2]}
    other = Net()
    fresh = torch.optim.Adam(other.parameters())
    back.restore(other, fresh)
    assert all(map(torch.equal, other.parameters(), net.parameters()))
    assert str(fresh.state_dict()) == str(optimizer.state_dict())


def test_a_checkpoint_may_be_without_optimizer():
    net = Net()
    back = trip(TorchCheckpoint, TorchCheckpoint.of(net))
    assert back.optimizer is None
    with pytest.raises(ValueError, match="no state of an optimizer"):
        back.restore(net, torch.optim.SGD(net.parameters()))


def test_equal_checkpoints_are_the_same_content():
    net, optimizer = trained()
    made = content(TorchCheckpoint, TorchCheckpoint.of(net, optimizer, epoch=1))
    again = trip(TorchCheckpoint, TorchCheckpoint.of(net, optimizer, epoch=1))
    assert content(TorchCheckpoint, again).digest == made.digest
    assert made.preview["hyperparameters"] == {"epoch": "1"}
    assert codec_for(TorchCheckpoint).type == ContentType("torch.Checkpoint")


@pytest.mark.parametrize(
    ("parameter", "hint"),
    [
        (Secret(), "hyperparameters.rate is Secret"),
        ([1, {"a": Secret()}], r"hyperparameters.rate\[1\].a is Secret"),
        (Tagged([1.0]), "hyperparameters.rate is Tagged"),
    ],
    ids=["object", "nested", "tensor"],
)
def test_a_checkpoint_holds_nothing_that_could_not_be_read_again(parameter: Any, hint: str):
    with pytest.raises(TypeMismatch, match=hint):
        pack(codec_for(TorchCheckpoint), TorchCheckpoint.of(Net(), rate=parameter))


def test_a_file_of_something_else_is_no_checkpoint(tmp_path: Path):
    torch.save({"weights": torch.ones(1)}, tmp_path / "made.pt")
    wire = content_to_wire(content_of((tmp_path / "made.pt").read_bytes()))
    with pytest.raises(TypeMismatch, match="weights"):
        codec_for(TorchCheckpoint).from_wire(wire, "$")


def test_a_version_that_runs_code_in_tensors_is_refused(monkeypatch: pytest.MonkeyPatch):
    class Unseen(torch.Tensor):
        pass

    monkeypatch.setattr(torch, "__version__", type(torch.__version__)("2.5.1"))
    with pytest.raises(UnsupportedType, match=r"pip install 'torch>=2\.6'"):
        codec_for(Unseen)
