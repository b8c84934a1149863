"""Many vectors in one array, and which of them are nearest: the only door to numpy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mnemo.light import Any

_GROWTH = 1024


def unit(vector: Sequence[float]) -> bytes:
    """Return a vector of length 1 as 32-bit floats, little endian."""
    import numpy

    array = numpy.asarray(vector, dtype="<f4")
    length = float(numpy.linalg.norm(array))
    return (array / length if length else array).tobytes()


class Shelf:
    """The vectors of one model, each under an address; those as long as the first only."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._addresses: list[str] = []
        self._array: Any = None

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._addresses)

    def add(self, vectors: Iterable[tuple[str, bytes]]) -> None:
        """Add vectors by their address; one that is there is kept as it is."""
        import numpy

        for address, data in vectors:
            row = numpy.frombuffer(data, dtype="<f4")
            if self._array is None:
                self._array = numpy.zeros((_GROWTH, len(row)), dtype="<f4")
            if address in self._places or len(row) != self._array.shape[1]:
                continue
            place = len(self._addresses)
            if place == len(self._array):
                self._array = numpy.concatenate([self._array, numpy.zeros_like(self._array)])
            self._array[place] = row
            self._places[address] = place
            self._addresses.append(address)

    def nearest(self, question: bytes, most: int) -> list[str]:
        """Return the addresses whose vectors point most nearly where the question does, nearest first."""
        import numpy

        values = self._values(question)
        if values is None:
            return []
        count = min(most, len(values))
        best = numpy.argpartition(-values, count - 1)[:count]
        ordered = sorted(best.tolist(), key=lambda place: (-float(values[place]), place))
        return [self._addresses[place] for place in ordered]

    def cosines(self, question: bytes, addresses: Sequence[str]) -> list[float]:
        """Return how nearly each address points where the question does, -1 to 1; 0 for an unknown one."""
        values = self._values(question)
        if values is None:
            return [0.0] * len(addresses)
        return [float(values[self._places[one]]) if one in self._places else 0.0 for one in addresses]

    def _values(self, question: bytes) -> Any:
        import numpy

        row = numpy.frombuffer(question, dtype="<f4")
        if self._array is None or len(row) != self._array.shape[1]:
            return None
        return self._array[: len(self._addresses)] @ row
