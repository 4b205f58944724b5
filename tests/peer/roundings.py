"""What rounding to float may do to a computation: it is repeated with roundings that are drawn at random.

The first evaluation, in float64, notes which numbers float can hold as they are: those never change. The others are moved by up to one unit
of float's last place, in float64, where nothing else is rounded, or in float32, where the computation's own roundings come out
differently each time. A sum is moved by units of the last place of all that is added, as nobody says in which order that is done, unless
no order rounds. Gradients are moved in the same ways, those of sums, of what is stretched and of what is used several times among them."""
import torch
from torch.autograd import Function

EPSILON = 2.0 ** -23
GRID = 2.0 ** 10  # sums of multiples of 1 / GRID are exact up to 2^24 of these


def on_grid(x, grid=GRID):
    return (x * grid == torch.floor(x * grid)).to(x.dtype)


def all_of(truths, axes, keep=False):
    return truths.sum(axes, keepdim=keep) == torch.ones_like(truths).sum(axes, keepdim=keep)


class Roundings:
    """`alike`: each training step rounds as the first, as a program does whose numbers hardly change."""

    def __init__(self, dtype=torch.float64, seed=None, held=None, alike=False):
        self.dtype, self.seed, self.held, self.alike, self.at = dtype, seed, held, alike, 0
        self.generator = None if seed is None else torch.Generator().manual_seed(seed)
        self.leaves_float = False  # noted by the first evaluation: a number or gradient is too large or too small for float

    def begin_step(self):
        if self.alike:
            self.generator.manual_seed(self.seed)

    def note(self, x):
        size = x.detach().abs()
        self.leaves_float |= bool(((size > 1e37) | ((size < 1e-36) & (size > 0))).any())

    # ---- on tensors ----
    def unit(self, x):
        return (2 * torch.rand(x.shape, generator=self.generator, dtype=x.dtype) - 1) * EPSILON

    def forward(self, x):
        if self.generator is None:
            if self.held is not None and self.dtype == torch.float64:
                self.held.append(x.float() == x)
                self.note(x)
            return x
        self.at += 1
        return torch.where(self.held[self.at - 1], x, x * (1 + self.unit(x)))

    def backward(self, gradient):
        if self.generator is None or self.dtype != torch.float64:
            self.note(gradient)
            return gradient
        return torch.where(gradient.float() == gradient, gradient, gradient * (1 + self.unit(gradient)))

    def moved(self, y, size, exact):
        """A sum whose terms have absolute values of this sum; `exact`: all of them are on the grid."""
        if self.generator is None:
            return y
        return torch.where(exact & (size * GRID < 2 ** 24), y, y + size * self.unit(y))

    def summed(self, terms, axes, keep=False):
        y, size = terms.sum(axes, keepdim=keep), terms.abs().sum(axes, keepdim=keep)
        return self.moved(y, size, all_of(on_grid(terms), axes, keep))

    def multiplied(self, a, b):
        """a [n, k] times b [k, m]"""
        grid = GRID ** 0.5
        exact = all_of(on_grid(a, grid), 1)[:, None] & all_of(on_grid(b, grid), 0)[None, :]
        return self.moved(a @ b, a.abs() @ b.abs(), exact)

    # ---- in computations ----
    def of(self, x):
        return Rounded.apply(x, self) if x.is_floating_point() else x

    def sum_of(self, terms, axes, keep=False):
        return Sum.apply(terms, axes, keep, self)

    def product(self, a, b):
        """a [..., k] times b [k, m]"""
        return Product.apply(a.reshape(-1, a.shape[-1]), b, self).reshape(list(a.shape[:-1]) + [b.shape[-1]])

    def stretch(self, x, shape):
        return x if list(x.shape) == list(shape) else Stretched.apply(x, tuple(shape), self)

    def by_result(self, function, slope, x):
        """function(x), whose slope is that of its rounded result."""
        return ByResult.apply(x, function, slope, self)

    def several(self, x, n):
        """x for each of n uses."""
        return (x,) * n if n < 2 or not x.is_floating_point() else Several.apply(x, n, self)


class Rounded(Function):
    @staticmethod
    def forward(context, x, roundings):
        context.roundings = roundings
        return roundings.forward(x.detach()).clone()

    @staticmethod
    def backward(context, gradient):
        return context.roundings.backward(gradient), None


class ByResult(Function):
    @staticmethod
    def forward(context, x, function, slope, roundings):
        context.slope = slope
        y = roundings.forward(function(x))
        context.save_for_backward(y)
        return y

    @staticmethod
    def backward(context, gradient):
        return gradient * context.slope(context.saved_tensors[0]), None, None, None


class Sum(Function):
    @staticmethod
    def forward(context, terms, axes, keep, roundings):
        context.axes, context.keep, context.shape = [axes] if isinstance(axes, int) else list(axes), keep, terms.shape
        return roundings.summed(terms, axes, keep)

    @staticmethod
    def backward(context, gradient):
        rank = len(context.shape)
        if not context.keep:
            for axis in sorted(a % rank for a in context.axes):
                gradient = gradient.unsqueeze(axis)
        return gradient.expand(context.shape), None, None, None


class Product(Function):
    @staticmethod
    def forward(context, a, b, roundings):
        context.roundings = roundings
        context.save_for_backward(a, b)
        return roundings.multiplied(a, b)

    @staticmethod
    def backward(context, gradient):
        a, b = context.saved_tensors
        return context.roundings.multiplied(gradient, b.T), context.roundings.multiplied(a.T, gradient), None


class Stretched(Function):
    @staticmethod
    def forward(context, x, shape, roundings):
        context.shape, context.roundings = x.shape, roundings
        return x.expand(shape).clone()

    @staticmethod
    def backward(context, gradient):
        extra = gradient.dim() - len(context.shape)
        axes = [i for i in range(gradient.dim()) if i < extra or (context.shape[i - extra] == 1 and gradient.shape[i] != 1)]
        return context.roundings.summed(gradient, axes, True).reshape(context.shape) if axes else gradient, None, None


class Several(Function):
    @staticmethod
    def forward(context, x, n, roundings):
        context.roundings = roundings
        return tuple(x.clone() for _ in range(n))

    @staticmethod
    def backward(context, *gradients):
        return context.roundings.summed(torch.stack(gradients), 0), None, None
