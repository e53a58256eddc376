"""One file for a branch or a diagram: written atomically, read without trusting it.

The file is a zip archive, stored without compression, of a JSON header and a few NumPy arrays::

    header.json      format, version, the systems, the records
    float64.npy      all arrays of this type, end to end; likewise complex128, int64, bool

A record is a dataclass by its name and its fields. Every array in it is a reference (type, offset,
shape) into the arrays of the file. Nothing in the file is executed: no pickle, no import by a name
from the file, only the classes that the reader knows. Sizes are checked against the length of the
file before anything is allocated, and the checksum of every member is verified.

The same result gives the same bytes.
"""

from __future__ import annotations

import io
import json
import os
import uuid
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from hashlib import sha256
from pathlib import Path
from types import UnionType
from typing import Any, NoReturn, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from continuation.branch import Branch, Diagram
from continuation.errors import ContinuationError, StopReason
from continuation.orbit import Orbit
from continuation.settings import Settings
from continuation.special import SpecialPoint
from continuation.system import System

FORMAT = "continuation results"
VERSION = 1
RECORDS: tuple[type, ...] = (Branch, Diagram, SpecialPoint, Orbit, Settings)
"""Dataclasses that every file may contain; `read` is told of others."""

_HEADER = "header.json"
_TYPES = ("float64", "complex128", "int64", "bool")


def save(result: Any, path: str | Path) -> Path:
    """Write a branch or a diagram to one file, whole or not at all.

    The file is written beside its place and moved there when it is complete and on the disk, so
    that an interruption leaves what was there before.

    Parameters
    ----------
    result : Branch or Diagram
        Or any dataclass made of those, arrays, numbers, strings, and mappings. A system made from
        Python functions is saved without them.
    path : str or Path
        Where to; a file that is there is replaced.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    ValueError
        When the path cannot be written, or the result contains something that no file can hold.
    """
    encoder = _Encoder()
    record = encoder.encode(result)
    header = {
        "format": FORMAT,
        "version": VERSION,
        "systems": [_system_data(system) for system in encoder.systems],
        "result": record,
    }
    members = {_HEADER: json.dumps(header, allow_nan=False).encode("ascii")}
    for name, arrays in encoder.arrays.items():
        members[f"{name}.npy"] = _npy_bytes(np.concatenate(arrays))
    target = Path(path).expanduser()
    if target.exists() and not target.is_file() and not target.is_dir():
        raise ValueError(f"cannot write {target}: it is a device or a pipe, not a file.")
    try:
        _write_atomically(target.resolve(), members)
    except OSError as error:
        raise ValueError(f"cannot write {target}: {_reason(error)}.") from error
    return target


def read(path: str | Path, system: System | None = None, records: Iterable[type] = ()) -> Any:
    """Read what `save` wrote.

    Parameters
    ----------
    path : str or Path
        The file.
    system : System, optional
        Takes the place of the system in the file; needed to compute on when that one was made from
        Python functions. States, parameters and kind must be the same.
    records : iterable of type
        Dataclasses that the file may contain besides `RECORDS`: normal forms.

    Returns
    -------
    Branch or Diagram
        Equal to what was saved, to the last bit of every array.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    ValueError
        When it is broken, of another version, or no file of this kind.
    """
    source = Path(path).expanduser()
    members = _read_members(source)
    try:
        header = json.loads(members[_HEADER].decode("ascii"))
        version = header["version"] if header["format"] == FORMAT else None
    except (KeyError, TypeError, ValueError, RecursionError):
        version = None
    if not isinstance(version, int):
        raise ValueError(f"{source} was not written by save: it has no header of this format.")
    if version != VERSION:
        which = "a newer" if version > VERSION else "an older"
        raise ValueError(
            f"{source} was written by {which} version of the package: its format is {version}, "
            f"this version reads {VERSION}."
        )
    try:
        systems = [_system(data, system) for data in header["systems"]]
        arrays = {
            name: _npy_array(members[f"{name}.npy"]) for name in _TYPES if f"{name}.npy" in members
        }
        known = {record.__name__: record for record in (*RECORDS, *records)}
        return _Decoder(systems, arrays, known).decode(header["result"])
    except _MismatchError as error:
        raise ValueError(f"{source}: {error}") from error
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        detail = " ".join(str(error).split())[:200]
        raise ValueError(f"{source} is broken: {detail or type(error).__name__}.") from error


def digest(value: Any) -> str:
    """A fingerprint of what `save` would write: equal values have equal ones.

    Returns
    -------
    str
        Hexadecimal digits.

    Raises
    ------
    ValueError
        When the value contains something that no file can hold.
    """
    encoder = _Encoder()
    record = encoder.encode(value)
    systems = [_system_data(system) for system in encoder.systems]
    found = sha256(json.dumps([systems, record], allow_nan=False).encode("ascii"))
    for arrays in encoder.arrays.values():
        found.update(_npy_bytes(np.concatenate(arrays)))
    return found.hexdigest()


class _MismatchError(ValueError):
    """The system given to `read` is not the one in the file."""


class _Encoder:
    """Turns records into JSON, and collects their arrays and systems on the way."""

    def __init__(self) -> None:
        self.systems: list[System] = []
        self.arrays: dict[str, list[NDArray[Any]]] = {}
        self._lengths: dict[str, int] = {}

    def encode(self, value: Any) -> Any:
        """JSON for a value; whatever is no plain JSON becomes {"what it is": content}."""
        if isinstance(value, StopReason):
            return {"stop": value.name}
        if value is None or isinstance(value, bool | str):
            return value
        if isinstance(value, int | np.integer | np.bool_):
            return value.item() if isinstance(value, np.generic) else value
        if isinstance(value, float | np.floating):
            return float(value) if np.isfinite(value) else {"float": repr(float(value))}
        if isinstance(value, complex | np.complexfloating):
            return {"complex": [self.encode(value.real), self.encode(value.imag)]}
        if isinstance(value, np.ndarray):
            return {"array": self._array(value)}
        if isinstance(value, System):
            return {"system": self._system(value)}
        if isinstance(value, list | tuple):
            return {"tuple": [self.encode(item) for item in value]}
        if isinstance(value, Mapping):
            return {"mapping": [[str(key), self.encode(item)] for key, item in value.items()]}
        if is_dataclass(value) and not isinstance(value, type):
            content = {f.name: self.encode(getattr(value, f.name)) for f in fields(value) if f.init}
            return {"record": type(value).__name__, "fields": content}
        raise ValueError(f"a {type(value).__name__} cannot be saved.")

    def _system(self, system: System) -> int:
        for index, known in enumerate(self.systems):
            if known is system:
                return index
        self.systems.append(system)
        return len(self.systems) - 1

    def _array(self, array: NDArray[Any]) -> list[Any]:
        name = array.dtype.name
        if name not in _TYPES:
            raise ValueError(f"an array of type {name} cannot be saved.")
        offset = self._lengths.get(name, 0)
        self.arrays.setdefault(name, []).append(array.ravel())
        self._lengths[name] = offset + array.size
        return [name, offset, list(array.shape)]


class _Decoder:
    """Turns JSON back into records, believing nothing."""

    def __init__(
        self, systems: list[System], arrays: Mapping[str, NDArray[Any]], known: Mapping[str, type]
    ):
        self._systems = systems
        self._arrays = arrays
        self._known = known

    def decode(self, data: Any) -> Any:
        """The value that was encoded."""
        if not isinstance(data, dict):
            if isinstance(data, list):
                raise ValueError("a list stands where a value should")
            return data
        if set(data) == {"record", "fields"}:
            return self._record(data["record"], data["fields"])
        (what, content), *rest = data.items()
        if rest:
            raise ValueError(f"{sorted(data)} is no value")
        match what:
            case "stop":
                return StopReason[content]
            case "float":
                return float({"nan": "nan", "inf": "inf", "-inf": "-inf"}[content])
            case "complex":
                return complex(*(self.decode(part) for part in content))
            case "array":
                return self._array(*content)
            case "system":
                return self._systems[_index(content, len(self._systems))]
            case "tuple":
                return tuple(self.decode(item) for item in content)
            case "mapping":
                return {str(key): self.decode(item) for key, item in content}
        raise ValueError(f"{what!r} is no kind of value")

    def _record(self, name: str, content: Mapping[str, Any]) -> Any:
        if name not in self._known:
            raise ValueError(f"it contains {name!r}, which this version does not know")
        kind = self._known[name]
        expected = {field.name for field in fields(kind) if field.init}
        if set(content) != expected:
            odd = ", ".join(sorted(set(content) ^ expected))
            raise ValueError(f"{name} does not have the fields that it should: {odd}")
        values = {key: self.decode(item) for key, item in content.items()}
        hints = get_type_hints(kind, localns={"System": System, "Orbit": Orbit})
        for key, value in values.items():
            if not _fits(value, hints[key]):
                raise ValueError(
                    f"{name}.{key} is a {type(value).__name__}, which it should not be"
                )
        record = kind(**values)
        if isinstance(record, Branch):
            _check_branch(record)
        elif isinstance(record, SpecialPoint):
            _check_special(record)
        elif isinstance(record, Orbit):
            _check_shape("times of an orbit", record.t, (record.x.shape[1],))
        return record

    def _array(self, name: str, offset: int, shape: list[int]) -> NDArray[Any]:
        pool = self._arrays[name]
        sides = [_index(side, pool.size + 1) for side in shape]
        size = int(np.prod(sides, dtype=object))
        start = _index(offset, pool.size - size + 1)
        return pool[start : start + size].reshape(sides)


def _fits(value: Any, hint: Any) -> bool:
    """Whether a decoded value has the type that its field declares."""
    origin, parts = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin in (Union, UnionType):
        return any(_fits(value, part) for part in parts)
    if origin is tuple:
        if not isinstance(value, tuple):
            return False
        wanted = [parts[0]] * len(value) if parts[1:] == (...,) else list(parts)
        return len(value) == len(wanted) and all(map(_fits, value, wanted))
    if origin is np.ndarray:
        kind = (get_args(parts[1]) or (Any,))[0]
        return isinstance(value, np.ndarray) and (kind is Any or np.can_cast(value.dtype, kind))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(_fits(v, parts[1]) for v in value.values())
    if hint in (int, float):
        return isinstance(value, int | hint) and not isinstance(value, bool)
    return isinstance(value, hint)


def _index(value: Any, stop: int) -> int:
    """An integer in range(stop)."""
    if not isinstance(value, int) or not 0 <= value < stop:
        raise ValueError(f"{value!r} points outside the file")
    return value


def _check_shape(what: str, array: Any, shape: tuple[int, ...]) -> None:
    if np.shape(array) != shape:
        raise ValueError(f"{what} should have shape {shape}, not {np.shape(array)}")


def _check_branch(branch: Branch) -> None:
    """Hold the arrays of a branch against each other."""
    n, m = len(branch.system.states), branch.states.shape[1]
    _check_shape("the states", branch.states, (n, m))
    columns = {"stable": branch.stable, **branch.parameters, **branch.measures}
    for name, column in columns.items():
        _check_shape(name, column, (m,))
    if branch.periods is not None:
        _check_shape("the periods", branch.periods, (m,))
    for spectrum in (branch.eigenvalues, branch.multipliers):
        if spectrum is not None:
            _check_shape("the spectrum", spectrum, (len(spectrum), m))
    if set(branch.parameters) != set(branch.system.parameters):
        raise ValueError("the parameters of a branch are not those of its system")
    if len(branch.orbits) not in (0, m) or len(branch.positions) != len(branch.special):
        raise ValueError("orbits or special points of a branch are missing")
    for position in branch.positions:
        _index(position + 1, m + 1)
    if [type(reason) for reason in branch.stop] != [StopReason, StopReason]:
        raise ValueError("a branch does not say why it stopped")
    if not all(isinstance(point, SpecialPoint) for point in branch.special):
        raise ValueError("a special point of a branch is none")


def _check_special(point: SpecialPoint) -> None:
    _check_shape("the state of a special point", point.state, (len(point.system.states),))
    if not set(point.free) <= set(point.parameters):
        raise ValueError("a special point has a free parameter that is none of its system")
    for spectrum in (point.eigenvalues, point.multipliers):
        if spectrum is not None and spectrum.ndim != 1:
            raise ValueError("the spectrum of a special point should be a list")
    if set(point.parameters) != set(point.system.parameters):
        raise ValueError("the parameters of a special point are not those of its system")


def _system_data(system: System) -> dict[str, Any]:
    """A system as JSON; of one made from Python functions the names and values only."""
    try:
        return {"equations": system.to_data()}
    except ValueError:
        outline = {
            "name": system.name,
            "kind": system.kind,
            "states": list(system.states),
            "parameters": dict(system.parameters),
            "box": system.box,
            "size": system.size,
        }
        return {"outline": outline}


def _system(data: Mapping[str, Any], given: System | None) -> System:
    """The system of the file, or the one given in its place."""
    if "equations" in data:
        system = System.from_data(data["equations"])
    else:
        outline = data["outline"]
        system = System(
            name=outline["name"],
            states=tuple(outline["states"]),
            parameters=dict(outline["parameters"]),
            kind=outline["kind"],
            box=outline["box"],
            field=_MissingField(),
            size=outline.get("size"),
        )
    if given is None:
        return system
    for what in ("states", "kind"):
        if getattr(given, what) != getattr(system, what):
            raise _MismatchError(
                f"the `system` given has {what} {getattr(given, what)}, the one in the file "
                f"{getattr(system, what)}."
            )
    if set(given.parameters) != set(system.parameters):
        raise _MismatchError(
            f"the `system` given has parameters {', '.join(given.parameters)}, the one in the file "
            f"{', '.join(system.parameters)}."
        )
    return given


class _MissingField:
    """Stands for a Python function that a file cannot contain: whoever calls it is told so."""

    is_exact = False

    def _refuse(self, *arguments: Any) -> NoReturn:
        raise ContinuationError(
            "this system was made from a Python function, which a file cannot contain: load it "
            "with `load(path, system=...)` to compute with it."
        )

    evaluate = linearization = derivative = form = _refuse


def _write_atomically(target: Path, members: Mapping[str, bytes]) -> None:
    """Write an archive beside its place, bring it to the disk, then move it into its place."""
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        with temporary.open("xb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
                for name, content in members.items():
                    archive.writestr(zipfile.ZipInfo(name), content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _read_members(source: Path) -> dict[str, bytes]:
    """All members of the archive, checked against the length of the file before they are read."""
    try:
        length = source.stat().st_size
        with zipfile.ZipFile(source) as archive:
            infos = archive.infolist()
            honest = all(
                info.compress_type == zipfile.ZIP_STORED and info.file_size == info.compress_size
                for info in infos
            )
            if not honest or sum(info.file_size for info in infos) > length:
                raise ValueError(
                    f"{source} is broken: its members do not have the sizes they claim."
                )
            return {info.filename: archive.read(info) for info in infos}
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file {source}.") from None
    except OSError as error:
        raise ValueError(f"cannot read {source}: {_reason(error)}.") from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"{source} is broken, or was not written by save: {error}.") from error


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _npy_bytes(array: NDArray[Any]) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=(1, 0), allow_pickle=False)
    return stream.getvalue()


def _npy_array(content: bytes) -> NDArray[Any]:
    """A one-dimensional array; the size in its header must be the size of the rest."""
    stream = io.BytesIO(content)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("an array has an unknown format")
    shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    rest = len(content) - stream.tell()
    if dtype.name not in _TYPES or len(shape) != 1 or shape[0] * dtype.itemsize != rest:
        raise ValueError("an array does not have the size that it claims")
    return np.frombuffer(content, dtype=dtype, offset=stream.tell()).copy()
