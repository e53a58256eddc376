"""A job in every cell of a grid, on any executor: resumable, and the same whatever runs it.

Work goes out in pieces. A piece is a few cells, or a whole line of the grid along its last axis
where the job builds on the cell before; which cells are a piece depends on the grid alone. A piece
whose worker was lost is done again by itself, then cell by cell, so that one cell that kills
its worker costs no other its result.
"""

from __future__ import annotations

import inspect
import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from continuation.checks import checked_mapping
from continuation.errors import ContinuationError
from continuation.loading import load
from continuation.sending import check_sendable
from continuation.store import digest
from continuation.sweeps import PENDING, Sweep, SweepStop, cells_of

Job = Callable[..., Any]
Watch = Callable[[int, int], object]
Outcome = tuple[Any, str]

PREVIOUS = "previous"
"""A job with an argument of this name is given the result of the cell before."""

PIECES = 512
"""A grid whose cells are independent goes out in this many pieces: enough for any number of workers
to end together, few enough that sending them, a fraction of a millisecond each, does not count."""

HEED = 0.5
"""Seconds for which results are waited for at a time. Python looks for Ctrl-C between waits only,
where the system told another thread of it."""

LOSSES = 2
"""A cell during which this many workers were lost, while it ran alone, has failed."""

PAUSE = 20.0
"""A file is written again after this many times the seconds that writing it took."""


def sweep(
    job: Job,
    grid: Mapping[str, ArrayLike],
    executor: Executor | None = None,
    keep: Callable[[Any], Any] | None = None,
    path: str | Path | None = None,
    watch: Watch | None = None,
    workers: int | None = None,
) -> Sweep:
    """Call a job in every cell of a grid of parameters, in parallel.

    Parameters
    ----------
    job : callable
        Called with one value of each axis, by name: ``job(alpha=0.5, beta=3.0)``; any verb will do,
        with the rest bound by ``functools.partial``. It returns a number, an array, a mapping from
        names to those, or whatever a file can hold (a branch, a special point, an orbit). If it has
        an argument ``previous``, that is the result of the cell before along the last axis, from
        which it can go on; None at the beginning of each line and after a cell that failed.
    grid : mapping of str to array_like, shape (m_i,)
        The values along each axis: numbers, all different.
    executor : concurrent.futures.Executor, optional
        Where to compute, for instance ``client.get_executor()`` of Dask; it is left open. By
        default a pool of processes is made, and made anew when one of its processes is killed.
    keep : callable, optional
        What is kept of a result, a function of it, called where it was computed; the whole by
        default. The next cell is given the whole.
    path : str or Path, optional
        A file that is written every now and then and at the end. Where it exists, the cells in it
        are not computed again, failed ones included.
    watch : callable, optional
        Called with the number of cells done and that of all cells, for a progress bar.
    workers : int, optional
        Processes of the default pool; one for each processor by default.

    Returns
    -------
    Sweep
        A cell that raised an exception is in its ``failures`` with the reason. Interrupted
        (Ctrl-C), it has what was done so far and says so in ``stop``.

    Raises
    ------
    ValueError
        For a grid that is none, a job that cannot be sent to a process (the message names the
        part), or a file that belongs to another job, system or grid.
    TypeError
        For a job that cannot be called with the names of the axes.
    ContinuationError
        Where the processes do not start.

    Notes
    -----
    The result does not depend on the number of workers. Exceptions: cells whose worker was killed
    twice in a line with ``previous`` are done again without it.

    Examples
    --------
    >>> import continuation as ct
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor() as threads:
    ...     found = ct.sweep(lambda a, b: a * b, {"a": [1.0, 2.0], "b": [3.0, 4.0]}, threads)
    >>> print(found["value"])
    [[3. 4.]
     [6. 8.]]
    """
    axes = _axes(grid)
    task = _task(job, keep, axes)
    if executor is None or isinstance(executor, ProcessPoolExecutor):
        check_sendable("job", job)
        check_sendable("keep", keep)
    mark = digest((_identity(job), _identity(keep), axes))
    progress = _Progress(_begun(path, job, axes, mark), path, watch)
    pieces = _pieces(progress.todo, progress.empty.shape, task.chained)
    if pieces:
        place = _Place(executor, workers, task)
        try:
            progress.stop = _work(pieces, place, progress)
        except KeyboardInterrupt:
            pass  # what the record says until all cells are done
        finally:
            place.close(finished=progress.stop == SweepStop.DONE)
            progress.write()
    return progress.record()


@dataclass(frozen=True)
class _Task:
    """What a worker is told besides the cells."""

    job: Job
    keep: Callable[[Any], Any] | None
    chained: bool


@dataclass(frozen=True)
class _Piece:
    """Cells that one worker does in order, by number, and workers lost while it ran alone."""

    cells: tuple[int, ...]
    losses: int = 0


def _compute(task: _Task, cells: Sequence[Mapping[str, float]]) -> list[Outcome]:
    """Results of cells, in order, each with the reason where there is none; runs in the worker."""
    outcomes: list[Outcome] = []
    previous = None
    for cell in cells:
        try:
            result = task.job(**cell, **({PREVIOUS: previous} if task.chained else {}))
            kept = result if task.keep is None else task.keep(result)
            digest(kept)
        except Exception as error:  # whatever it is: the other cells go on
            previous = None
            outcomes.append((None, _reason(error)))
        else:
            previous = result
            outcomes.append((kept, ""))
    return outcomes


def _reason(error: BaseException) -> str:
    """What went wrong, on one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _ready(task: _Task) -> None:
    """Done by a worker that has started and found the job."""


def _heedless() -> None:
    """Leave Ctrl-C to the process that made this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class _Place:
    """Where pieces are computed: the executor of the caller, or a pool that is renewed."""

    def __init__(self, given: Executor | None, workers: int | None, task: _Task):
        self._given, self._task = given, task
        self._workers = workers or os.cpu_count() or 1
        self._before = set(multiprocessing.active_children())
        self._pool = self._started() if given is None else given

    @property
    def room(self) -> int:
        """Pieces sent out at a time: one waits beside those that run; to others all are sent."""
        return self._workers + 1 if self._given is None else sys.maxsize

    def submit(self, cells: Sequence[Mapping[str, float]]) -> Future[list[Outcome]]:
        """Send cells out."""
        return self._pool.submit(_compute, self._task, cells)

    def renewed(self) -> bool:
        """Make a new pool for a broken one, if that is ours."""
        if self._given is None:
            self._pool.shutdown()
            self._pool = self._started()
        return self._given is None

    def close(self, finished: bool) -> None:
        """End our pool: its processes too, where they are still at work."""
        if self._given is not None:
            return
        self._pool.shutdown(wait=finished, cancel_futures=True)
        if not finished:
            for process in set(multiprocessing.active_children()) - self._before:
                process.terminate()
                process.join()

    def _started(self) -> ProcessPoolExecutor:
        pool = ProcessPoolExecutor(self._workers, initializer=_heedless)
        try:
            pool.submit(_ready, self._task).result()
        except BrokenExecutor as error:
            raise ContinuationError(
                "the worker processes do not start, or do not find the job: in a script, call "
                "sweep below `if __name__ == '__main__':`, and define the job above it."
            ) from error
        return pool


class _Progress:
    """What has been found so far, the file that keeps it, and who watches."""

    def __init__(self, begun: Sweep, path: str | Path | None, watch: Watch | None):
        self.empty = begun
        self._path, self._watch = path, watch
        self._outcomes: dict[int, Outcome] = {
            i: (begun.results[i], begun.reasons[i]) for i in np.flatnonzero(begun.done).tolist()
        }
        self._cells = list(begun.cells)
        self._next = -np.inf
        self.stop = SweepStop.INTERRUPTED if self.todo else SweepStop.DONE

    @property
    def todo(self) -> list[int]:
        """Numbers of the cells without an outcome."""
        return [i for i in range(len(self._cells)) if i not in self._outcomes]

    def cells(self, piece: _Piece) -> list[dict[str, float]]:
        """The values of the cells of a piece."""
        return [self._cells[i] for i in piece.cells]

    def take(self, piece: _Piece, outcomes: Iterable[Outcome]) -> None:
        """Keep what came of a piece."""
        self._outcomes |= dict(zip(piece.cells, outcomes, strict=True))
        if self._watch is not None:
            self._watch(len(self._outcomes), len(self._cells))
        if time.monotonic() > self._next:
            self.write()

    def record(self) -> Sweep:
        """The sweep as it stands."""
        known = [self._outcomes.get(i) for i in range(len(self._cells))]
        return replace(
            self.empty,
            results=tuple(None if one is None else one[0] for one in known),
            reasons=tuple(PENDING if one is None else one[1] for one in known),
            done=np.array([one is not None for one in known]),
            stop=str(self.stop),
        )

    def write(self) -> None:
        """Write the file, if there is one."""
        if self._path is None:
            return
        begun = time.monotonic()
        self.record().save(self._path)
        now = time.monotonic()
        self._next = now + PAUSE * (now - begun)


def _work(pieces: Iterable[_Piece], place: _Place, progress: _Progress) -> SweepStop:
    """Have all pieces computed; why it ended."""
    queue, alone = deque(pieces), deque[_Piece]()
    running: dict[Future[list[Outcome]], _Piece] = {}
    try:
        while queue or alone or running:
            by_itself = bool(alone) and not running
            waiting = alone if by_itself else deque[_Piece]() if alone else queue
            broken = not _sent(waiting, 1 if by_itself else place.room, running, place, progress)
            finished, _ = wait(running, HEED, FIRST_COMPLETED)
            for future in sorted(finished, key=lambda one: running[one].cells):
                piece = running.pop(future)
                error = _loss(future)
                if error is None:
                    progress.take(piece, future.result())
                    continue
                broken = broken or isinstance(error, BrokenExecutor)
                alone += _again(piece, by_itself, error, progress)
            if broken:
                alone += running.values()
                running.clear()
                if not place.renewed():
                    return SweepStop.BROKEN
    finally:
        for future in running:
            future.cancel()
    return SweepStop.DONE


def _sent(
    waiting: deque[_Piece],
    room: int,
    running: dict[Future[list[Outcome]], _Piece],
    place: _Place,
    progress: _Progress,
) -> bool:
    """Send out as many pieces as there is room for; whether the executor took them."""
    try:
        while waiting and len(running) < room:
            running[place.submit(progress.cells(waiting[0]))] = waiting[0]
            waiting.popleft()
    except BrokenExecutor:
        return False
    return True


def _loss(future: Future[list[Outcome]]) -> BaseException | None:
    """What kept an executor from bringing a piece back, if anything did."""
    try:
        return future.exception()
    except CancelledError as error:
        return error


def _again(
    piece: _Piece, by_itself: bool, error: BaseException, progress: _Progress
) -> list[_Piece]:
    """What to do again of a piece whose worker was lost: it, its cells one by one, or nothing."""
    if not by_itself:
        return [piece]
    if len(piece.cells) > 1:
        return [_Piece((cell,)) for cell in piece.cells]
    if piece.losses + 1 < LOSSES:
        return [replace(piece, losses=piece.losses + 1)]
    reason = f"its worker was lost {LOSSES} times; {_reason(error)}"
    progress.take(piece, [(None, reason)])
    return []


def _pieces(todo: Sequence[int], shape: tuple[int, ...], chained: bool) -> list[_Piece]:
    """The cells that are to be done, in pieces; of a chain whole lines."""
    if chained:
        lines = sorted({cell // shape[-1] for cell in todo})
        return [_Piece(tuple(range(i * shape[-1], (i + 1) * shape[-1]))) for i in lines]
    length = max(1, int(np.prod(shape)) // PIECES)
    return [_Piece(tuple(todo[i : i + length])) for i in range(0, len(todo), length)]


def _axes(grid: Mapping[str, ArrayLike]) -> dict[str, NDArray[Any]]:
    """The axes as arrays, checked."""
    axes = {}
    for name, values in checked_mapping("grid", grid).items():
        array = np.asarray(values)
        if array.ndim != 1 or array.dtype.kind not in "iuf" or not np.all(np.isfinite(array)):
            raise ValueError(f"`grid` must map {name!r} to a list of finite numbers.")
        if not 0 < len(array) == len(np.unique(array)):
            raise ValueError(f"the values of {name!r} in `grid` must be different, and not none.")
        axes[str(name)] = array.astype(np.float64 if array.dtype.kind == "f" else np.int64)
    if not axes:
        raise ValueError("`grid` must have at least one axis.")
    return axes


def _task(job: Job, keep: Callable[[Any], Any] | None, axes: Mapping[str, NDArray[Any]]) -> _Task:
    """What workers are told; the job must take the axes by name."""
    if not callable(job):
        raise TypeError(f"`job` must be a function, got {type(job).__name__}.")
    signature = inspect.signature(job)
    chained = PREVIOUS in signature.parameters
    cell = next(cells_of(axes))
    try:
        signature.bind(**cell, **({PREVIOUS: None} if chained else {}))
    except TypeError as error:
        raise TypeError(f"`job` cannot be called with {', '.join(axes)}: {error}.") from None
    return _Task(job, keep, chained)


def _title(job: Any) -> str:
    """Name of a job: of the function in it."""
    if isinstance(job, partial):
        return _title(job.func)
    return str(getattr(job, "__qualname__", type(job).__qualname__))


def _identity(value: Any) -> Any:
    """What tells jobs apart: names of functions and what is bound to them, in savable values."""
    name = f"{getattr(value, '__module__', '')}.{_title(value)}"
    if isinstance(value, partial):
        bound = {key: _identity(part) for key, part in value.keywords.items()}
        return (_identity(value.func), tuple(map(_identity, value.args)), bound)
    if inspect.ismethod(value):
        return (name, _identity(value.__self__))
    if inspect.isroutine(value) or inspect.isclass(value):
        return name
    try:
        return digest(value)
    except ValueError:
        return name


def _begun(path: str | Path | None, job: Job, axes: Mapping[str, NDArray[Any]], mark: str) -> Sweep:
    """The sweep in the file, or one without any cell."""
    if path is None or not Path(path).expanduser().exists():
        count = int(np.prod([len(values) for values in axes.values()]))
        nothing = np.zeros(count, dtype=np.bool_)
        stop = str(SweepStop.INTERRUPTED)
        return Sweep(_title(job), axes, (None,) * count, (PENDING,) * count, nothing, stop, mark)
    found = load(path)
    if not isinstance(found, Sweep) or found.fingerprint != mark:
        held = f"{found.job} over {', '.join(found.axes)}" if isinstance(found, Sweep) else "none"
        raise ValueError(
            f"{path} belongs to another sweep ({held}): the job, what is bound to it, the system "
            f"or the grid differ. Give another `path`."
        )
    return found
