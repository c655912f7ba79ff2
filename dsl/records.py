"""Frozen dataclasses that are made in a fifth of the time: 250 classes of trees and models are felt at each start.

`dataclass` stands for the one of the standard library, with the same meaning for `frozen=True, slots=True`; everything
else is handed on to that. The standard library writes and compiles six functions for each class; here all classes share
theirs, and the constructor of a class is compiled when it is first called.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import field
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass", "field"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, kw_only=False, **others):
        """As `dataclasses.dataclass`."""
        if cls is not None or not frozen or not slots or others:
            return dataclasses.dataclass(cls, frozen=frozen, slots=slots, kw_only=kw_only, **others)

        def wrap(cls: type) -> type:
            bare = dataclasses.dataclass(slots=True, kw_only=kw_only, init=False, repr=False, eq=False)
            return _finished(bare(cls))

        return wrap


def _finished(cls: type) -> type:
    own = vars(cls)
    for name, shared in _SHARED.items():
        if name not in own or (name == "__hash__" and "__eq__" not in own):
            setattr(cls, name, shared)
    if "__init__" not in own:
        cls.__init__ = _first_call(cls)  # type: ignore[misc]
    return cls


def _first_call(cls: type) -> Callable[..., None]:
    def __init__(self: Any, *arguments: Any, **named: Any) -> None:
        cls.__init__ = _constructor(cls)  # type: ignore[misc]
        cls.__init__(self, *arguments, **named)  # type: ignore[misc]

    return __init__


def _constructor(cls: type) -> Callable[..., None]:
    """`__init__` of a class, setting each slot directly, which the class itself forbids."""
    names: dict[str, Any] = {}
    plain: list[str] = ["self"]
    named: list[str] = []
    body: list[str] = []
    for one in dataclasses.fields(cls):
        names[f"set_{one.name}"] = getattr(cls, one.name).__set__
        default = ""
        if one.default is not dataclasses.MISSING:
            names[f"default_{one.name}"], default = one.default, f" = default_{one.name}"
        if one.default_factory is not dataclasses.MISSING:
            names[f"make_{one.name}"], default = one.default_factory, " = MISSING"
            value = f"make_{one.name}() if {one.name} is MISSING else {one.name}"
        else:
            value = one.name
        (named if one.kw_only else plain).append(one.name + default)
        body.append(f"    set_{one.name}(self, {value})")
    names["MISSING"] = dataclasses.MISSING
    if hasattr(cls, "__post_init__"):
        body.append("    self.__post_init__()")
    signature = ", ".join([*plain, *(["*", *named] if named else [])])
    exec(f"def __init__({signature}):\n" + "\n".join(body or ["    pass"]), names)  # noqa: S102  # names of our fields
    made: Callable[..., None] = names["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


_COMPARED: dict[type, Callable[[Any], Any]] = {}


def _compared(cls: type) -> Callable[[Any], Any]:
    names = [one.name for one in dataclasses.fields(cls) if one.compare]
    _COMPARED[cls] = found = attrgetter(*names) if names else lambda _: ()
    return found


def _eq(self: Any, other: object) -> Any:
    cls = self.__class__
    if other.__class__ is not cls:
        return NotImplemented
    key = _COMPARED.get(cls) or _compared(cls)
    return key(self) == key(other)


def _hash(self: Any) -> int:
    cls = self.__class__
    key = _COMPARED.get(cls) or _compared(cls)
    return hash(key(self))


def _repr(self: Any) -> str:
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in dataclasses.fields(self) if one.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _set(self: Any, name: str, value: object) -> None:  # noqa: ARG001 (Python's signature)
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(self: Any, name: str) -> None:  # noqa: ARG001 (Python's signature)
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in dataclasses.fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for one, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)


_SHARED: dict[str, Any] = {
    "__eq__": _eq,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _set,
    "__delattr__": _delete,
    "__getstate__": _state,
    "__setstate__": _restore,
}
