"""Pointwise ops, one at a time, at the ends of float and at their joints: results within the bounds that lngraph-ops(7) states, and slopes.

What is right are formulas, of the slopes too, as PyTorch's are chains of operations that may leave float where the result does not. Numbers
of which float knows none are compared as well: what is too large is infinite, what is too small is 0, and so are operands."""
import random
import re

import numpy as np
import torch

from compare import Stated
from model import LEAST, Model

N = 24
TINY, HUGE = 2.0 ** -126, 2.0 ** 128 * (1 - 2.0 ** -24)
JOINTS = (0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 1 + 2.0 ** -23, 1 - 2.0 ** -24, 0.1, 0.7)
ENDS = (1e30, 1e-30, 1e15, 1e-15, 1e-40, TINY, 2 * TINY, HUGE, HUGE / 4, 2.0 ** 24, 17.0, 40.0, 88.0, 89.0, 104.0, np.inf)


def numbers(r):
    def one():
        kind = r.random()
        if kind < 0.4:
            return r.choice(JOINTS)
        return r.choice((1, -1)) * (r.choice(ENDS) if kind < 0.6 else 10 ** r.uniform(-37, 37) if kind < 0.8 else r.gauss(0, 3))
    x = np.array([np.nan if r.random() < 0.02 else one() for _ in range(N)], np.float32)
    return np.where(np.abs(x) < TINY, np.copysign(np.float32(0), x), x)


class Op:
    """`slopes` by operand, None where no gradient flows; `ulps` of the result; `chain` of a slope, which is a few operations, in units of
    the last place, and `scale` of what these cancel."""

    def __init__(self, text, value, *slopes, ulps=0.5, chain=4, scale=0.0):
        self.text, self.value, self.slopes, self.ulps, self.chain, self.scale = text, value, slopes, ulps, chain, scale


def truth(f):
    return lambda a, b: f(a, b).to(a.dtype)


def where(c, a, b):
    return torch.where(c, torch.as_tensor(a, dtype=torch.float64), torch.as_tensor(b, dtype=torch.float64))


def remainder(a, b):
    y = torch.fmod(a, b)
    y = where((y != 0) & ((y < 0) != (b < 0)), y + b, y)
    y = where(torch.isinf(b) & torch.isfinite(a), where((a != 0) & ((a < 0) != (b < 0)), b, a), y)
    return where((y.float() == b.float()) & torch.isfinite(b), b * (1 - 2.0 ** -24), y)  # it stays below b


def floor_quotient(a, b):
    """Exact but for the last rounding, as long as the quotient is."""
    r = torch.fmod(a, b)
    y = torch.round((a - r) / b) - ((r != 0) & ((r < 0) != (b < 0))).double()
    y = where(torch.isinf(b) & torch.isfinite(a), where((a != 0) & ((a < 0) != (b < 0)), -1.0, 0.0), y)
    return where(torch.isinf(a) | (b == 0), a / b, y)


def softplus(x):
    return torch.clamp(x, min=0) + torch.log1p(torch.exp(-x.abs()))


def xlogy(a, b):
    return where((a == 0) & ~torch.isnan(b), 0.0, a * torch.log(b))


def one(a, *_):
    return torch.ones_like(a)


OPS = {
    'abs': Op('abs(p)', torch.abs, torch.sign),
    'neg': Op('-p', torch.neg, lambda a: -torch.ones_like(a)),
    'relu': Op('relu(p)', lambda a: where(a <= 0, 0.0, a), lambda a: (a > 0).double()),
    'exp': Op('exp(p)', torch.exp, torch.exp, ulps=1.0),
    'expm1': Op('expm1(p)', torch.expm1, torch.exp, ulps=1.5),
    'log': Op('log(p)', torch.log, lambda a: 1 / a, ulps=0.9),
    'log1p': Op('log1p(p)', torch.log1p, lambda a: 1 / (1 + a), ulps=0.9),
    'sqrt': Op('sqrt(p)', torch.sqrt, lambda a: 0.5 / torch.sqrt(a)),
    'tanh': Op('tanh(p)', torch.tanh, lambda a: 1 / torch.cosh(a) ** 2, ulps=2.5, scale=1.0),
    'sigmoid': Op('sigmoid(p)', torch.sigmoid, lambda a: torch.sigmoid(a) * torch.sigmoid(-a), ulps=2.4, scale=1.0),
    'softplus': Op('softplus(p)', softplus, torch.sigmoid, ulps=1.8),
    'log_sigmoid': Op('log_sigmoid(p)', lambda a: -softplus(-a), lambda a: torch.sigmoid(-a), ulps=1.8),
    'sin': Op('sin(p)', torch.sin, torch.cos, ulps=1.6),
    'cos': Op('cos(p)', torch.cos, lambda a: -torch.sin(a), ulps=1.6),
    'erf': Op('erf(p)', torch.erf, lambda a: 2 / np.pi ** 0.5 * torch.exp(-a * a), ulps=1.2, chain=600),  # of e^-88 as well
    'floor': Op('floor(p)', torch.floor, None),
    'sign': Op('sign(p)', lambda a: where(torch.isnan(a), a, torch.sign(a)), None),
    'add': Op('p + q', torch.add, one, one),
    'sub': Op('p - q', torch.sub, one, lambda a, b: -torch.ones_like(b)),
    'mul': Op('p * q', torch.mul, lambda a, b: b, lambda a, b: a),
    'div': Op('p / q', torch.div, lambda a, b: 1 / b, lambda a, b: -(a / b) / b),
    'maximum': Op('maximum(p, q)', lambda a, b: where((a > b) | torch.isnan(a), a, b), torch.gt, torch.le),
    'minimum': Op('minimum(p, q)', lambda a, b: where((a < b) | torch.isnan(a), a, b), torch.lt, torch.ge),
    'less': Op('p < q', truth(torch.lt), None, None),
    'less_equal': Op('p <= q', truth(torch.le), None, None),
    'equal': Op('p == q', truth(torch.eq), None, None),
    'not_equal': Op('p != q', truth(torch.ne), None, None),
    'remainder': Op('p % q', remainder, one, lambda a, b: -floor_quotient(a, b)),
    'floor_divide': Op('p // q', floor_quotient, None, None),
    'pow': Op('p ** q', torch.pow, lambda a, b: where(b == 0, 0.0, b * torch.pow(a, (b - 1).float().double())),
              lambda a, b: where(a > 0, torch.pow(a, b) * torch.log(a), 0.0), ulps=0.51),
    'xlogy': Op('xlogy(p, q)', xlogy, lambda a, b: where((a == 0) & (b == 0), 0.0, torch.log(b)),
                lambda a, b: where(a == 0, 0.0, a / b), ulps=1.5),
    'select': Op('select(p, q, 2 * q)', lambda a, b: where(a != 0, b, 2 * b), None, lambda a, b: where(a != 0, 1.0, 2.0)),
    'elu': Op('elu(p)', lambda a: where(a > 0, a, torch.expm1(a)), lambda a: where(a > 0, 1.0, torch.exp(a)), ulps=1.5),
    'leaky_relu': Op('leaky_relu(p)', lambda a: where(a > 0, a, 0.01 * a), lambda a: where(a > 0, 1.0, 0.01), ulps=1.5),
}


def as_float(x):
    """What float makes of double: right, and where that hangs on the last place of it, no bound."""
    size = x.abs()
    y = where(size > HUGE, torch.sign(x) * np.inf, where(size < TINY, 0.0, x))
    return y.numpy(), ((size > HUGE * (1 - 1e-6)) & (size < HUGE * (1 + 1e-6))).numpy()


class Extreme(Model):
    """p and q are parameters, or chosen by an input, so that they are per example."""

    def __init__(self, seed):
        r = random.Random(seed)
        self.name = r.choice(list(OPS))
        self.op = OPS[self.name]
        self.batch = r.choice((1, 2, 16))  # so that the mean over the batch is exact
        text = self.op.text
        operands = 'pq'[:len(self.op.slopes)]
        parameters = {k: numbers(r) for k in operands}
        if len(operands) == 2 and r.random() < 0.3:
            parameters['q'] = np.where(np.arange(N) % 3, parameters['q'], parameters['p'])
        for k in operands:
            if r.random() < 0.4:
                text = re.sub(rf'\b{k}\b', f'({k} if x < 1 else 0)', text)
        inputs = {'x': np.zeros((self.batch, N), np.float32)}
        lines = ['lngraph: 1', 'name: peer', f'data: {{source: {{format: memory, fields: {{x: [{N}]}}}}}}', f'in: x[{N}]', 'params:']
        lines += [f'  {k}: zeros([{N}])' for k in operands]
        zeros = ' + '.join(f'0 * sum({k} * x)' for k in operands)
        lines += ['let:', f'  y: {text}', 'out: y + x', 'train:', f'  loss: sum(y) + {zeros}', '  optimizer: sgd(lr=0.1)', f'  batch: {self.batch}', '']
        super().__init__('\n'.join(lines), inputs, parameters, {}, 0)

    def comparison(self):
        operands = [torch.tensor(v, dtype=torch.float64) for v in self.parameters.values()]
        right, bounds = {}, {}

        def state(name, exact, ulps, scale, least, known):
            y, edge = as_float(exact)
            bounds[name] = np.where(edge | ~known, np.inf, ulps * 2.0 ** -23 * np.maximum(np.where(np.isfinite(y), np.abs(y), 0), scale) + least)
            right[name] = np.where(known, y, 0)
        state('out', self.op.value(*operands), self.op.ulps, 0.0, LEAST, np.ones(N, bool))
        # a slope is the mean over the batch: a share of an operand must not be too small either
        finite = np.all([np.isfinite(v) & ((v == 0) | (np.abs(v) >= self.batch * TINY)) for v in self.parameters.values()], 0)
        for name, slope in zip(self.parameters, self.op.slopes):
            exact = slope(*operands).double() if slope else torch.zeros(N, dtype=torch.float64)
            state(f'gradient.{name}', exact, self.op.chain, self.op.scale, self.batch * LEAST, finite & ~torch.isnan(exact).numpy())
        right['out'], bounds['out'] = (np.tile(v, self.batch) for v in (right['out'], bounds['out']))
        return Stated(right, bounds)
