"""What lngraph computed against PyTorch in float64.

The bound of a number is found by experiment: what roundings that are drawn at random (roundings.py) move it by, times a factor, is what
float may be off by. So a number that is exact in float must be exact, and one that hangs on the last place of something (a tie, a
cancellation) is not held to anything."""
import numpy as np
import torch

from case import worst
from model import LEAST
from roundings import Roundings

FACTOR, OWN = 6, 6  # of what roundings move; of the number's own last places
SAMPLES, MORE = 2, 16  # of each kind


class Stated:
    """Against numbers and bounds that are stated: name -> array."""

    def __init__(self, right, bounds):
        self.right, self.bounds = right, bounds
        self.worst, self.numbers = 0.0, 0

    def has_peer(self):
        return True

    fits_float = has_peer

    def settle(self):
        pass

    def bound(self, name):
        return self.bounds[name]

    def check(self, got):
        found = []
        for name, right in self.right.items():
            ratio, finding = worst(name, got[name], right, self.bound(name))
            self.numbers += right.size
            self.worst = max(self.worst, ratio)
            if ratio > 1:
                found.append(finding)
        return found


class Comparison(Stated):
    """`reference(roundings)` gives name -> tensor."""

    def __init__(self, reference, least=LEAST, within_float=False):
        self.reference, self.least, self.within_float = reference, least, within_float
        self.held = []
        exact = Roundings(held=self.held)
        self.right = {k: np.asarray(t) for k, t in reference(exact).items()}
        self.leaves_float = exact.leaves_float
        self.off = {k: np.zeros(v.shape) for k, v in self.right.items()}
        self.samples = 0
        self.worst, self.numbers = 0.0, 0

    def has_peer(self):
        """Whether there is something to compare with. Asked for: only what is within float all the way, as what leaves it hangs on the
        order of operations."""
        return not (self.within_float and self.leaves_float) and all(np.isfinite(v).all() for v in self.right.values())

    def fits_float(self):
        """Whether PyTorch's float32 gives numbers, too."""
        return all(torch.isfinite(t).all() for t in self.reference(Roundings(torch.float32)).values())

    def _widen(self, samples):
        first, self.samples = self.samples, self.samples + samples
        for i in range(first, self.samples):
            self._try(Roundings(torch.float64, i, self.held, alike=i % 2 == 1))
            self._try(Roundings(torch.float32, i, self.held, alike=i % 2 == 1))
        if first == 0:
            self._try(Roundings(torch.float32))

    def _try(self, roundings):
        for k, t in self.reference(roundings).items():
            off = np.abs(np.asarray(t, dtype=np.float64) - self.right[k])
            self.off[k] = np.fmax(self.off[k], np.where(np.isfinite(off), off, np.inf if roundings.dtype == torch.float64 else 0))

    def check(self, got):
        """The findings: for each name the worst number that is out of its bounds."""
        if not self.samples:
            self._widen(SAMPLES)
        found = super().check(got)
        if found:
            self._widen(MORE)
            self.worst, self.numbers = 0.0, 0
            found = super().check(got)
        return found

    def settle(self):
        """Bounds as narrow as they get."""
        self._widen(MORE)

    def bound(self, name):
        return FACTOR * self.off[name] + OWN * 2.0 ** -24 * np.abs(self.right[name]) + self.least
