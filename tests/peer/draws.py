"""What lngraph draws itself: initial values, random ops, and what dropout keeps. The distributions are those of PyTorch's definitions. What was
drawn is compared with them in three ways: the largest distance between the cumulative distributions, times the root of the count
(Kolmogorov and Smirnov), the mean, and the mean square. Chance exceeds the bounds once in 10^8 times or less."""
import math
import random

import numpy as np
import torch
from torch.nn import init

import library
from compare import Stated
from model import Model

DISTANCE, DEVIATIONS = 3.5, 7  # the bounds: of the first, and of the others in standard deviations


class Distribution:
    def __init__(self, cumulative, mean, deviation, kurtosis):
        self.cumulative, self.mean, self.deviation, self.kurtosis = cumulative, mean, deviation, kurtosis


def uniform(low, high):
    return Distribution(lambda x: np.clip((x - low) / (high - low), 0, 1), (low + high) / 2, (high - low) / 12 ** 0.5, 1.8)


def normal(mean, deviation):
    return Distribution(lambda x: 0.5 * (1 + torch.erf(torch.tensor((x - mean) / (deviation * 2 ** 0.5))).numpy()), mean, deviation, 3)


def distance(x, d):
    """The largest of the three, in units of its bound; infinite when a number is impossible. `d` may be a number, which all must be."""
    if isinstance(d, Orthonormal):
        return d.distance(x)
    if not isinstance(d, Distribution):
        return 0.0 if (x == np.float32(d)).all() else math.inf
    x, n = np.sort(x.astype(np.float64).ravel()), x.size
    at = d.cumulative(x)
    if not np.isfinite(x).all() or (at[1:] == 0).any() or (at[:-1] == 1).any():
        return math.inf
    gap = max((np.arange(1, n + 1) / n - at).max(), (at - np.arange(n) / n).max())
    z = (x - d.mean) / d.deviation
    mean, square = abs(z.mean()) * n ** 0.5, abs((z ** 2).mean() - 1) * (n / (d.kurtosis - 1)) ** 0.5
    return max(gap * n ** 0.5 / DISTANCE, max(mean, square) / DEVIATIONS if n > 100 else 0)


def fans(shape):
    """fan_in and fan_out of [..., in, out], as PyTorch counts them of [out, in, ...]."""
    return init._calculate_fan_in_and_fan_out(torch.empty(list(shape[::-1][:2]) + list(shape[:-2]))) if len(shape) > 1 else (shape[0],) * 2


def truncated(deviation):
    """A normal distribution without what is beyond two deviations."""
    inside, density = math.erf(2 ** 0.5), math.exp(-2) / (2 * math.pi) ** 0.5
    square = 1 - 4 * density / inside
    fourth = 3 * square - 16 * density / inside

    def cumulative(x):
        z = torch.tensor(np.clip(x / deviation, -2, 2) / 2 ** 0.5)
        return 0.5 + 0.5 * torch.erf(z).numpy() / inside
    return Distribution(cumulative, 0, deviation * square ** 0.5, fourth / square ** 2)


class Orthonormal:
    """Columns, or rows where there are fewer of them, of length `gain` and at right angles."""

    def __init__(self, shape, gain):
        self.shape, self.gain = shape, gain

    def distance(self, x):
        x = x.astype(np.float64).reshape(-1, self.shape[-1]) / self.gain
        product = x.T @ x if x.shape[0] >= x.shape[1] else x @ x.T
        return np.abs(product - np.eye(len(product))).max() / (8 * 2.0 ** -23)


def symmetric(limit):
    return uniform(-limit, limit)


# name -> (text, distribution) of a shape
INITIALIZERS = {
    'zeros': lambda r, shape: ('', 0.0),
    'ones': lambda r, shape: ('', 1.0),
    'constant': lambda r, shape: ('value=0.3', 0.3),
    'uniform': lambda r, shape: r.choice((('', uniform(-0.05, 0.05)), ('low=-1, high=3', uniform(-1, 3)))),
    'normal': lambda r, shape: r.choice((('', normal(0, 0.05)), ('mean=2, deviation=3', normal(2, 3)))),
    'glorot_uniform': lambda r, shape: ('', symmetric(math.sqrt(6 / sum(fans(shape))))),
    'glorot_normal': lambda r, shape: ('', normal(0, math.sqrt(2 / sum(fans(shape))))),
    'he_uniform': lambda r, shape: ('', symmetric(math.sqrt(6 / fans(shape)[0]))),
    'he_normal': lambda r, shape: ('', normal(0, math.sqrt(2 / fans(shape)[0]))),
    'lecun_uniform': lambda r, shape: ('', symmetric(math.sqrt(3 / fans(shape)[0]))),
    'lecun_normal': lambda r, shape: ('', normal(0, math.sqrt(1 / fans(shape)[0]))),
    'truncated_normal': lambda r, shape: r.choice((('', truncated(0.05)), ('deviation=3', truncated(3)))),
    'orthogonal': lambda r, shape: r.choice((('', Orthonormal(shape, 1)), ('gain=2.0', Orthonormal(shape, 2)))),
}


class Draws(Model):
    """A model of one input x[n] of numbers; the subclass says what is looked at."""

    def __init__(self, seed, n, params, out, loss, batch):
        self.batch, self.n = batch, n
        x = np.random.RandomState(seed & 0x7fffffff).uniform(1, 2, (batch, n)).astype(np.float32)
        text = '\n'.join(['lngraph: 1', 'name: peer', f'data: {{source: {{format: memory, fields: {{x: [{n}]}}}}}}', f'in: x[{n}]',
                          'params:', f'  w: "{params}"', f'out: {out}',
                          f'train: {{loss: "{loss}", optimizer: sgd(lr=0.1), batch: {batch}, seed: {seed}}}', ''])
        super().__init__(text, {'x': x}, {}, {}, 0)

    def comparison(self):
        return Stated({'distance': np.zeros(())}, {'distance': np.array(1.0)})

    def compute(self, lib):
        p = library.Program(lib, self.text, library.DIFFERENTIATE | library.EVALUATE, self.batch)
        try:
            p.bind('x', self.inputs['x'])
            return {'distance': np.array(self.measure(p))}
        finally:
            p.close()


class Initial(Draws):
    def __init__(self, seed):
        r = random.Random(seed)
        rank = r.randint(1, 4)
        shape = [r.randint(1, round(10000 ** (1 / rank))) for _ in range(rank)]
        name = r.choice(list(INITIALIZERS))
        attributes, self.distribution = INITIALIZERS[name](r, shape)
        call = f'{name}({", ".join(filter(None, [f"shape={shape}", attributes]))})'
        super().__init__(seed, 1, call, 'x * sum(w)', 'sum(out)', 1)

    def measure(self, p):
        return distance(p.variable('w').copy(), self.distribution)


class Random(Draws):
    def __init__(self, seed):
        r = random.Random(seed)
        n, each, self.name = r.randint(1, 1000), r.random() < 0.5, r.choice(('random_uniform', 'random_normal'))
        shape = f'shape=[{n}], per_example={"true" if each else "false"}'
        self.distribution = uniform(0, 1) if self.name == 'random_uniform' else normal(0, 1)
        self.all = each
        super().__init__(seed, n, f'zeros([{n}])', f'{self.name}({shape}) + 0 * x', 'sum(out * w)', r.choice((1, 3, 17, 33)))

    def measure(self, p):
        p.run(library.EVALUATE, self.batch)
        y = p.output('out').reshape(self.batch, self.n)
        if not self.all and (y != y[0]).any():
            return math.inf
        return distance(y if self.all else y[0], self.distribution)


class Dropout(Draws):
    """The gradient of a factor of each number is what dropout made of it; that of the number says what was kept, too."""

    def __init__(self, seed):
        r = random.Random(seed)
        self.rate = r.choice((0.0, 0.1, 0.5, 0.9))
        n = r.randint(1, 3000)
        super().__init__(seed, n, f'ones([{n}])', f'dropout(x * w, rate={self.rate})', 'sum(out)', 1)

    def measure(self, p):
        p.run(library.EVALUATE, 1)
        x = self.inputs['x'][0]
        if (p.output('out') != x).any():
            return math.inf
        p.run(library.DIFFERENTIATE, 1)
        y = p.output('gradient.w')  # x times what is kept, which is 1 / (1 - rate)
        kept = y != 0
        if (np.abs(y[kept] * (1 - self.rate) / x[kept] - 1) > 3 * 2.0 ** -23).any():
            return math.inf
        spread = math.sqrt(self.n * self.rate * (1 - self.rate))
        return abs(kept.sum() - self.n * (1 - self.rate)) / spread / DEVIATIONS if spread else 0.0 if kept.all() else math.inf


def draws(seed):
    return random.Random(seed).choice((Initial, Random, Dropout))(seed)
