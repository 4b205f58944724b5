"""The ops, as expressions of a model file and in PyTorch. A row draws operands from a draft and emits one line; it may give None when the
draft has nothing that it can be applied to. Where an op has a choice (the slope at a tie), the reference says what lngraph-ops(7) says."""
import torch

ROWS = {}


def row(*names, weight=1):
    def add(function):
        for name in names:
            ROWS[name] = (function, weight)
        return function
    return add


# ---- pointwise ----
def relu(x):
    return torch.where(x > 0, x, torch.zeros_like(x))


def tanh(e, x):
    return e.by_result(torch.tanh, lambda y: 1 - y * y, x)


def sigmoid(e, x):
    return e.by_result(torch.sigmoid, lambda y: y * (1 - y), x)


UNARY = {'tanh': tanh, 'sigmoid': sigmoid, 'softplus': lambda e, x: torch.nn.functional.softplus(x, threshold=40), 'relu': lambda e, x: relu(x)}
for name_ in ('abs', 'neg', 'exp', 'expm1', 'sin', 'cos', 'atan', 'erf', 'floor', 'ceil', 'round', 'sign'):
    UNARY[name_] = lambda e, x, f=getattr(torch, name_): f(x)
UNARY['tan'] = lambda e, x: e.r(torch.sin(x)) / e.r(torch.cos(x))
UNARY['isfinite'] = lambda e, x: torch.isfinite(x).to(x.dtype)


def unary(d, name):
    x = d.pick()
    return d.emit(f'{name}({x})', [x], lambda e, a: UNARY[name](e, a))


for name_ in UNARY:
    ROWS[name_] = (unary, 1)


@row('log', 'sqrt', 'log1p', 'rsqrt')
def positive(d, name):
    """Of something positive; in joints, of 0 + what is positive."""
    x, f = d.pick(), {'log': torch.log, 'sqrt': torch.sqrt, 'log1p': torch.log1p, 'rsqrt': torch.rsqrt}[name]
    if name != 'rsqrt' and d.random.random() < 0.3:
        return d.emit(f'{name}({x})', [x], lambda e, a: f(a))
    more = d.random.choice((0.25, 1))
    if name == 'log' and more == 1:  # lngraph takes it as the logarithm of 1 + x, which keeps a small x
        return d.emit(f'log({x} * {x} + 1)', [x], lambda e, a: torch.log1p(e.r(a * a)))
    return d.emit(f'{name}({x} * {x} + {more})', [x], lambda e, a: f(e.r(e.r(a * a) + more)))


def of_two(d):
    """Two operands whose shapes go together."""
    a = d.pick()
    kind = d.random.random()
    if kind < 0.2:
        return (a, number(d)) if d.random.random() < 0.7 else (number(d), a)
    if kind < 0.4:
        shape = [n if d.random.random() < 0.7 else 1 for n in a.shape][d.random.randint(0, a.rank):]
        b = d.parameter(shape)
    else:
        b = d.pick(lambda v: together(a.shape, v.shape)) or a
    return (a, b) if d.random.random() < 0.5 else (b, a)


def together(a, b):
    return all(x == y or 1 in (x, y) for x, y in zip(a[::-1], b[::-1]))


class Number(float):
    """A number in the text; the other operand is a value."""


def number(d):
    return Number(d.random.choice((0, 1, 2, 3, -1, 0.5, 0.1, -0.3, 1e-3)))


def emit_two(d, text, a, b, f, **more):
    values = [v for v in (a, b) if not isinstance(v, Number)]

    def run(e, *t):
        t = list(t)
        like = t[0]
        x = torch.tensor(a, dtype=like.dtype) if isinstance(a, Number) else t.pop(0)
        y = torch.tensor(b, dtype=like.dtype) if isinstance(b, Number) else t.pop(0)
        return f(x, y)
    show = {'a': f'{float(a)!r}' if isinstance(a, Number) else str(a), 'b': f'{float(b)!r}' if isinstance(b, Number) else str(b)}
    return d.emit(text.format(**show), values, run, aligned=True, **more)


def maximum(a, b):
    return torch.where(a > b, a, b)  # of equals the second is taken and gets the gradient


def minimum(a, b):
    return torch.where(a < b, a, b)


TWO = {'add': ('{a} + {b}', torch.add), 'sub': ('{a} - {b}', torch.sub), 'mul': ('{a} * {b}', torch.mul),
       'maximum': ('maximum({a}, {b})', maximum), 'minimum': ('minimum({a}, {b})', minimum),
       'less': ('{a} < {b}', torch.lt), 'less_equal': ('{a} <= {b}', torch.le), 'equal': ('{a} == {b}', torch.eq),
       'not_equal': ('{a} != {b}', torch.ne)}


def two(d, name):
    a, b = of_two(d)
    text, f = TWO[name]
    return emit_two(d, text, a, b, lambda x, y: f(x, y) if name not in TRUTHS else f(x, y).to(x.dtype))


TRUTHS = ('less', 'less_equal', 'equal', 'not_equal')
for name_ in TWO:
    ROWS[name_] = (two, 2 if name_ in ('add', 'mul', 'sub') else 1)


@row('div', weight=2)
def divide(d, name):
    a, b = of_two(d)
    if isinstance(b, Number) or d.random.random() < 0.3:
        return None if isinstance(b, Number) and b == 0 else emit_two(d, '{a} / {b}', a, b, torch.div)
    return emit_two(d, '{a} / (0.5 + {b} * {b})', a, b, lambda x, y: x / (0.5 + y * y))


@row('remainder', 'floor division')
def floored(d, name):
    a, b = of_two(d)
    if isinstance(b, Number) and b == 0 or isinstance(a, Number) and isinstance(b, Number):
        return None
    if isinstance(b, Number):
        b = Number(torch.tensor(float(b)).item())  # what float makes of it: the exact result is that of floats
    if isinstance(a, Number):
        a = Number(torch.tensor(float(a)).item())
    if name == 'remainder':
        return emit_two(d, '{a} % {b}', a, b, torch.remainder)
    return emit_two(d, '{a} // {b}', a, b, lambda x, y: torch.div(x, y, rounding_mode='floor'))


@row('erfinv')
def inverse(d, name):
    x = d.pick()
    return d.emit(f'erfinv(0.9 * tanh({x}))', [x], lambda e, a: torch.erfinv(e.r(0.9 * e.r(tanh(e, a)))))


@row('clip')
def clip(d, name):
    x = d.pick()
    low, high = sorted(d.random.choices((-2, -1, -0.5, 0, 0.25, 1, 3), k=2))
    return d.emit(f'clip({x}, low={low}, high={high})', [x],
                  lambda e, a: minimum(maximum(a, torch.full_like(a, low)), torch.full_like(a, high)))


@row('to_int')
def whole(d, name):
    x = d.pick()
    return d.emit(f'to_float(to_int({x}))', [x], lambda e, a: torch.trunc(torch.clamp(a, -2.0 ** 31, 2.0 ** 31 - 1)).detach())


WHOLE = {'{a} + {b}': torch.add, '{a} - {b}': torch.sub, '{a} * {b}': torch.mul, 'maximum({a}, {b})': torch.maximum,
         'minimum({a}, {b})': torch.minimum, '{a} // {b}': lambda x, y: torch.div(x, y, rounding_mode='floor'), '{a} % {b}': torch.remainder}


@row('integers', weight=2)
def integers(d, name):
    """Of a class and a number; the result is made a float."""
    v = next((v for v in d.values if v.integer), None) or d.label()
    text, f = d.random.choice(list(WHOLE.items()))
    n = d.random.choice((-7, -2, 2, 3, 65537))
    negative = d.random.choice(('', '-', 'abs'))
    shown = {'': str(v), '-': f'(-{v})', 'abs': f'abs({v} - 2)'}[negative]
    a = {'': lambda x: x, '-': torch.neg, 'abs': lambda x: torch.abs(x - 2)}[negative]
    return d.emit(f'to_float({text.format(a=shown, b=n)})', [v], lambda e, x: f(a(x), torch.tensor(n)).to(e.dtype))


def power(a, b):
    y = torch.pow(a, b)
    return torch.where(a > 0, y, torch.pow(a, b.detach()))  # the slope in b is 0 where a <= 0


@row('pow', weight=2)
def powers(d, name):
    a = d.pick()
    kind = d.random.random()
    if kind < 0.6:
        n = d.random.choice((0, 1, 2, 3, 4, 0.5, 1.5, -1, -2))
        if n < 0 or n != int(n):
            return d.emit(f'({a} * {a} + 0.5) ** {n}', [a], lambda e, x: e.r(e.r(x * x) + 0.5) ** n)
        return d.emit(f'{a} ** {n}', [a], lambda e, x: x ** n)
    b = d.pick(lambda v: together(a.shape, v.shape)) or a
    if kind < 0.8:
        return d.emit(f'(abs({a}) + 0.5) ** {b}', [a, b], lambda e, x, y: power(e.r(torch.abs(x) + 0.5), y), aligned=True)
    return d.emit(f'abs({a}) ** abs({b})', [a, b], lambda e, x, y: power(torch.abs(x), torch.abs(y)), aligned=True)


def xlogy(a, b):
    return a * torch.log(torch.where((a == 0) & (b == 0), torch.ones_like(b), b))  # where both are 0, so are the slopes


@row('xlogy', weight=2)
def times_log(d, name):
    a = d.pick()
    b = d.pick(lambda v: together(a.shape, v.shape)) or a
    return d.emit(f'xlogy({a}, abs({b}))', [a, b], lambda e, x, y: xlogy(x, torch.abs(y)), aligned=True)


@row('select', weight=2)
def select(d, name):
    a, b = of_two(d)
    c = d.pick(lambda v: together(v.shape, a.shape if not isinstance(a, Number) else b.shape))
    if c is None or isinstance(a, Number) or isinstance(b, Number) or not together(c.shape, b.shape):
        return None
    n = d.random.choice((0, 0, 1, 0.5))
    if d.random.random() < 0.5:
        return d.emit(f'{a} if {c} < {n} else {b}', [a, b, c], lambda e, x, y, z: torch.where(z < n, x, y), aligned=True)
    return d.emit(f'select({c}, {a}, {b})', [a, b, c], lambda e, x, y, z: torch.where(z != 0, x, y), aligned=True)


@row('and', 'or', 'not')
def logic(d, name):
    a, b = d.pick(), d.pick()
    if not together(a.shape, b.shape):
        return None
    if name == 'not':
        return d.emit(f'not {a}', [a], lambda e, x: (x == 0).to(x.dtype))
    if name == 'and':
        return d.emit(f'{a} > 0 and {b} > 0', [a, b], lambda e, x, y: ((x > 0) & (y > 0)).to(e.dtype), aligned=True)
    return d.emit(f'{a} > 0 or {b} > 0', [a, b], lambda e, x, y: ((x > 0) | (y > 0)).to(e.dtype), aligned=True)


# ---- reductions ----
def some_axes(d, x):
    axes = [i for i in range(x.rank) if d.random.random() < 0.5]
    d.random.shuffle(axes)
    return [i - x.rank if d.random.random() < 0.3 else i for i in axes]


def reduce(d, name, f):
    """f(environment, tensor, axes, keep)"""
    x = d.pick()
    axes, keep = some_axes(d, x), d.random.random() < 0.4
    given = ([f'axes={axes}'] if axes else []) + (['keep=true'] if keep else [])
    over = [i % x.rank - x.rank for i in axes] or list(range(-x.rank, 0))

    def run(e, a):
        return f(e, a, over, keep) if over else f(e, a[..., None], [-1], False)  # a number: of itself
    return d.emit(f'{name}({", ".join([str(x)] + given)})', [x], run)


@row('sum', weight=2)
def sums(d, name):
    return reduce(d, name, lambda e, a, axes, keep: e.sum_of(a, axes, keep))


def mean_of(e, a, axes, keep):
    y = e.sum_of(a, axes, keep)
    return y / (a.numel() / y.numel())


@row('mean', weight=2)
def means(d, name):
    return reduce(d, name, mean_of)


@row('max', weight=2)
def largest(d, name):
    def f(e, a, axes, keep):
        """Of equals the first in row-major order wins, and gets the gradient."""
        axes = sorted(axes)
        rows = a.movedim(axes, list(range(-len(axes), 0))).flatten(-len(axes))
        first = torch.argmax((rows == rows.max(-1, keepdim=True).values).to(torch.int8), -1, keepdim=True)
        y = torch.gather(rows, -1, first)[..., 0]
        return y.reshape([1 if i - a.dim() in axes else a.shape[i] for i in range(a.dim())]) if keep else y
    return reduce(d, name, f)


def as_rows(a, axes):
    """The axes as one, the last."""
    axes = sorted(axes)
    return a.movedim(axes, list(range(-len(axes), 0))).flatten(-len(axes))


def with_ones(y, a, axes, keep):
    return y.reshape([1 if i - a.dim() in axes else a.shape[i] for i in range(a.dim())]) if keep else y


@row('min')
def smallest(d, name):
    def f(e, a, axes, keep):
        rows = as_rows(-a, axes)
        return -with_ones(torch.gather(rows, -1, first_of(rows, -1)[..., None])[..., 0], a, axes, keep)
    return reduce(d, name, f)


@row('prod')
def product(d, name):
    return reduce(d, name, lambda e, a, axes, keep: with_ones(as_rows(a, axes).prod(-1), a, axes, keep))


@row('any', 'all')
def truths(d, name):
    f = torch.any if name == 'any' else torch.all
    return reduce(d, name, lambda e, a, axes, keep: with_ones(f(as_rows(a, axes) != 0, -1).to(a.dtype), a, axes, keep))


@row('logsumexp', 'norm')
def accumulated(d, name):
    f = {'logsumexp': lambda e, a, axes, keep: torch.logsumexp(a, axes, keep),
         'norm': lambda e, a, axes, keep: torch.linalg.vector_norm(a, dim=axes, keepdim=keep)}[name]
    return reduce(d, name, f)


def an_axis(d):
    x = d.pick(lambda v: v.rank > 0)
    if x is None:
        return None, 0, 0
    axis = d.random.randint(-x.rank, x.rank - 1)
    return x, axis, axis % x.rank - x.rank


def from_behind(f, a, at, reverse):
    return f(a.flip(at)).flip(at) if reverse else f(a)


def running(e, f, a, at):
    """f of the result so far and the next, which rounds each time."""
    y = [a.select(at, 0)]
    for i in range(1, a.shape[at]):
        y.append(e.r(f(y[-1], a.select(at, i))))
    return torch.stack(y, at)


@row('cumsum', 'cumprod')
def cumulative(d, name):
    x, axis, at = an_axis(d)
    if x is None:
        return None
    reverse, f = d.random.random() < 0.4, {'cumsum': torch.add, 'cumprod': torch.mul}[name]
    return d.emit(f'{name}({x}, axis={axis}{", reverse=true" if reverse else ""})', [x],
                  lambda e, a: from_behind(lambda t: running(e, f, t, at), a, at, reverse))


@row('linear_recurrence')
def recurrence(d, name):
    x, axis, at = an_axis(d)
    if x is None:
        return None
    a = d.parameter([n if d.random.random() < 0.7 else 1 for n in x.shape])
    reverse, start = d.random.random() < 0.4, d.random.choice((0, 1, -0.5))

    def run(e, x, a):
        x, a = (x.flip(at), a.flip(at)) if reverse else (x, a)
        y, all_ = torch.full_like(x.select(at, 0), start), []
        for i in range(x.shape[at]):
            y = e.r(a.select(at, i) * y + x.select(at, i))
            all_.append(y)
        y = torch.stack(all_, at)
        return y.flip(at) if reverse else y
    return d.emit(f'linear_recurrence({x}, {a}, axis={axis}, start={start}, reverse={"true" if reverse else "false"})', [x, a], run, aligned=True)


@row('argsort', 'sort', 'top_k', 'argmin')
def ordered(d, name):
    x = d.pick(lambda v: v.rank > 0)
    if x is None:
        return None
    if name == 'argmin':
        return d.emit(f'to_float(argmin({x}))', [x], lambda e, a: first_of(-a, -1).to(e.dtype))
    axis = d.random.randrange(x.rank)
    at, written = axis - x.rank, d.random.choice(('', f', axis={axis}', f', axis={axis - x.rank}'))
    if not written:
        at = -1
    if name == 'top_k':
        k = d.random.randint(1, x.shape[at])
        return d.emit(f'top_k({x}, k={k}{written})', [x],
                      lambda e, a: torch.sort(a, dim=at, descending=True, stable=True).values.narrow(at, 0, k))
    down = d.random.random() < 0.5
    given = f'descending={"true" if down else "false"}{written}'
    if name == 'sort':
        return d.emit(f'sort({x}, {given})', [x], lambda e, a: torch.sort(a, dim=at, descending=down, stable=True).values)
    return d.emit(f'to_float(argsort({x}, {given}))', [x],
                  lambda e, a: torch.argsort(a, dim=at, descending=down, stable=True).to(e.dtype))


def first_of(a, axis):
    """The index of the largest number, of equals the first."""
    return torch.argmax((a == a.max(axis, keepdim=True).values).to(torch.int8), axis)


@row('argmax')
def argmax(d, name):
    x = d.pick(lambda v: v.rank > 0)
    if x is None:
        return None
    axis = d.random.randint(-x.rank, x.rank - 1)
    at = axis % x.rank - x.rank
    return d.emit(f'to_float(argmax({x}, axis={axis}))', [x], lambda e, a: first_of(a, at).to(e.dtype))


def softmax_of(e, a):
    shifted = e.r(a - a.max(-1, keepdim=True).values.detach())
    weights = e.r(torch.exp(shifted))
    return weights / e.stretch(e.r(weights.sum(-1, keepdim=True)), weights.shape)


def log_softmax_of(e, a):
    shifted = e.r(a - a.max(-1, keepdim=True).values.detach())
    return shifted - e.stretch(e.r(torch.log(e.r(torch.exp(shifted).sum(-1, keepdim=True)))), shifted.shape)


@row('softmax', 'log_softmax', 'log of softmax', weight=2)
def softmaxes(d, name):
    x = d.pick(lambda v: v.rank > 0)
    if x is None:
        return None
    if name == 'softmax':
        return d.emit(f'softmax({x})', [x], softmax_of)
    return d.emit(f'log_softmax({x})' if name == 'log_softmax' else f'log(softmax({x}))', [x], log_softmax_of)


# ---- products ----
def product_of(e, a, b):
    """b is [k, n], or has the batch before it, as a has then, unless that is shared."""
    if b.dim() == 2:
        return e.product(a, b)
    return torch.stack([e.product(a[i] if a.dim() == 3 else a, b[i]) for i in range(len(b))])


@row('matmul', weight=3)
def matmul(d, name):
    a = d.pick(lambda v: v.rank > 0)
    if a is None:
        return None
    k, n = a.shape[-1], d.random.randint(1, 9)
    flip = d.random.random() < 0.3
    b = d.parameter((n, k) if flip else (k, n))
    if a.rank == 2 and d.random.random() < 0.4:
        found = d.pick(lambda v: v.rank == 2 and v.shape[1 if flip else 0] == k)
        b = found or b
    return d.emit(f'matmul({a}, {b}, transpose_b=true)' if flip else f'{a} @ {b}', [a, b],
                  lambda e, x, w: product_of(e, x, w.transpose(-1, -2) if flip else w))


# ---- shapes ----
def batch_of(tensor, v):
    return [] if v.shared else [len(tensor)]


def joined(e, tensors, rank, axis):
    batch = max((list(t.shape[:-rank]) for t in tensors), key=len)
    return torch.cat([t if t.dim() > rank or not batch else e.stretch(t, batch + list(t.shape)) for t in tensors], axis - rank)


@row('reshape')
def reshape(d, name):
    x = d.pick(lambda v: v.size > 1)
    if x is None:
        return None
    parts = [n for n in range(1, x.size + 1) if x.size % n == 0]
    n = d.random.choice(parts)
    to = d.random.choice(([x.size], [n, x.size // n], [1, n, x.size // n]))
    return d.emit(f'reshape({x}, shape={list(to)})', [x], lambda e, a: a.reshape(batch_of(a, x) + list(to)))


@row('transpose')
def transpose(d, name):
    x = d.pick(lambda v: v.rank > 1)
    if x is None:
        return None
    order = list(range(x.rank))
    d.random.shuffle(order)
    return d.emit(f'transpose({x}, perm={order})', [x], lambda e, a: a.permute(list(range(a.dim() - x.rank)) + [a.dim() - x.rank + i for i in order]))


@row('slice')
def section(d, name):
    x = d.pick(lambda v: v.rank > 0 and max(v.shape) > 1)
    if x is None:
        return None
    axis = d.random.randrange(x.rank)
    start = d.random.randrange(x.shape[axis])
    stop = d.random.randint(start + 1, x.shape[axis])
    return d.emit(f'slice({x}, axis={axis}, start={start}, stop={stop})', [x], lambda e, a: a.narrow(axis - x.rank, start, stop - start))


@row('split')
def parts(d, name):
    x = d.pick(lambda v: v.rank > 0 and v.shape[-1] > 1)
    if x is None:
        return None
    n = d.random.choice([n for n in range(2, x.shape[-1] + 1) if x.shape[-1] % n == 0])
    i, size = d.random.randrange(n), x.shape[-1] // n
    return d.emit(f'split({x}, parts={n})[{i}]', [x], lambda e, a: a.narrow(-1, i * size, size))


@row('concat')
def concat(d, name):
    x = d.pick(lambda v: v.rank > 0)
    if x is None:
        return None
    axis = d.random.randrange(x.rank)
    all_ = [x] + [d.pick(lambda v: v.rank == x.rank and all(i == axis or v.shape[i] == x.shape[i] for i in range(x.rank)))
                  for _ in range(d.random.randint(1, 3))]
    d.random.shuffle(all_)
    return d.emit(f'concat({", ".join(map(str, all_))}, axis={axis})', all_,
                  lambda e, *t: joined(e, t, x.rank, axis))


@row('broadcast')
def broadcast(d, name):
    x = d.pick(lambda v: v.rank < 4 and v.size < 256)
    if x is None:
        return None
    to = [n if n > 1 else d.random.randint(1, 3) for n in x.shape]
    to = ([d.random.randint(1, 3)] if d.random.random() < 0.5 else []) + to
    return d.emit(f'broadcast({x}, shape={to})', [x],
                  lambda e, a: e.stretch(a.reshape(batch_of(a, x) + [1] * (len(to) - x.rank) + list(x.shape)), batch_of(a, x) + to))


# ---- windows ----
def image(d):
    """An image [h, w, c] that is there, or made of what is there."""
    x = d.pick(lambda v: v.rank == 3)
    if x is not None and d.random.random() < 0.8:
        return x
    x = d.pick(lambda v: v.size >= 8)
    if x is None:
        return None
    c = d.random.choice([c for c in (1, 2, 3, 4) if x.size % c == 0])
    h = d.random.choice([h for h in range(1, x.size + 1) if x.size // c % h == 0])
    to = [h, x.size // c // h, c]
    return d.emit(f'reshape({x}, shape={to})', [x], lambda e, a: a.reshape(batch_of(a, x) + list(to)))


def margins(size, kernel, stride, dilation):
    """Padding `same`: as many outputs as inputs divided by the stride; what is missing, half of it, rounded down, before."""
    out = -(-size // stride)
    missing = max(0, (out - 1) * stride + (kernel - 1) * dilation + 1 - size)
    return missing // 2, missing - missing // 2


def margins_of(padding, shape, kernel, stride, dilation):
    """`padding`: a word, or what stands before and after each axis."""
    if padding == 'valid':
        return [[0, 0], [0, 0]]
    return [margins(shape[i], kernel[i], stride[i], dilation[i]) for i in range(2)] if padding == 'same' else padding


def conv2d_of(e, x, w, stride, dilation, padding, groups=1):
    if groups > 1:
        parts = zip(x.chunk(groups, -1), w.chunk(groups, -1))
        return torch.cat([conv2d_of(e, a, b, stride, dilation, padding) for a, b in parts], -1)
    batch, x = x.shape[:-3], x.reshape([-1] + list(x.shape[-3:])).permute(0, 3, 1, 2)
    (top, bottom), (left, right) = margins_of(padding, x.shape[2:], w.shape, stride, dilation)
    x = torch.nn.functional.pad(x, (left, right, top, bottom))
    h, v = ((x.shape[2 + i] - (w.shape[i] - 1) * dilation[i] - 1) // stride[i] + 1 for i in range(2))
    windows = torch.nn.functional.unfold(x, w.shape[:2], dilation=dilation, stride=stride)  # [batch, c kh kw, h' w']
    y = e.product(windows.transpose(1, 2), w.permute(2, 0, 1, 3).flatten(0, 2))
    return y.reshape(list(batch) + [h, v, w.shape[3]])


@row('conv2d', weight=3)
def conv2d(d, name):
    x = image(d)
    if x is None:
        return None
    kernel, stride, dilation = ([d.random.choice((1, 1, 2, 3)) for _ in range(2)] for _ in range(3))
    padding, groups = padding_of(d), groups_of(d, x.shape[2])
    if not fits(x.shape, kernel, dilation, padding):
        return None
    w = d.parameter(kernel + [x.shape[2] // groups, groups * d.random.randint(1, 9)])
    return d.emit(f'op.conv2d({x}, {w}, stride={stride}, dilation={dilation}, padding={padding}, groups={groups})', [x, w],
                  lambda e, a, b: conv2d_of(e, a, b, stride, dilation, padding, groups))


def padding_of(d, most=2):
    kind = d.random.choice(('valid', 'valid', 'same', 'same', 'numbers'))
    return [[d.random.randint(0, most) for _ in range(2)] for _ in range(2)] if kind == 'numbers' else kind


def groups_of(d, *numbers):
    """1, or a number that divides all."""
    return d.random.choice([1] + [n for n in range(1, min(numbers) + 1) if all(m % n == 0 for m in numbers)])


def fits(shape, kernel, dilation, padding):
    more = padding if isinstance(padding, list) else [[0, 0], [0, 0]]
    return padding == 'same' or all((kernel[i] - 1) * dilation[i] + 1 <= shape[i] + sum(more[i]) for i in range(2))


def conv2d_transpose_of(e, x, w, shape, stride, dilation, padding, groups=1):
    """The convolution of x, between whose pixels stand zeros, with the weights turned around."""
    before = [m[0] for m in margins_of(padding, shape, w.shape, stride, dilation)]
    apart = x.new_zeros(list(x.shape[:-3]) + [(x.shape[i - 3] - 1) * stride[i] + 1 for i in range(2)] + [x.shape[-1]])
    apart[..., ::stride[0], ::stride[1], :] = x
    reach = [(w.shape[i] - 1) * dilation[i] for i in range(2)]
    first = [reach[i] - before[i] for i in range(2)]
    around = [[first[i], shape[i] - apart.shape[i - 3] - first[i] + reach[i]] for i in range(2)]
    turned = torch.cat([part.transpose(2, 3) for part in w.flip(0, 1).chunk(groups, -1)], -1)
    return conv2d_of(e, apart, turned, [1, 1], dilation, around, groups)


@row('conv2d_transpose', weight=2)
def conv2d_transpose(d, name):
    x = image(d)
    if x is None:
        return None
    kernel, stride, dilation = ([d.random.choice((1, 1, 2, 3)) for _ in range(2)] for _ in range(3))
    padding, groups = padding_of(d, 1), groups_of(d, x.shape[2])
    more = margins_of(padding if isinstance(padding, list) else 'valid', x.shape, kernel, stride, dilation)
    shape = [(x.shape[i] - 1) * stride[i] + (1 if padding == 'same' else (kernel[i] - 1) * dilation[i] + 1 - sum(more[i])) for i in range(2)]
    shape = [n + d.random.randint(0, s - 1) for n, s in zip(shape, stride)] + [groups * d.random.randint(1, 4)]
    if min(shape) < 1:
        return None
    w = d.parameter(kernel + [shape[2] // groups, x.shape[2]])
    text = f'op.conv2d_transpose({x}, {w}, shape={shape}, stride={stride}, dilation={dilation}, padding={padding}, groups={groups})'
    return d.emit(text, [x, w], lambda e, a, b: conv2d_transpose_of(e, a, b, shape, stride, dilation, padding, groups))


def sampled(e, x, m, size, edge):
    """Bilinear reading under an affine map; a pixel outside counts as 0."""
    batch = torch.broadcast_shapes(x.shape[:-3], m.shape[:-1])
    m = [m[..., k, None, None] for k in range(6)]
    i, j = ((torch.arange(n, dtype=x.dtype) - (n - 1) / 2) for n in size)
    y, x_ = (reading(e, m[k:k + 3], i[:, None], j, x.shape[k // 3 - 3], edge) for k in (0, 3))
    pixels, total = x.flatten(-3, -2).expand(batch + (-1, -1)), 0
    for q in range(4):
        row, column = y[0] + q // 2, x_[0] + q % 2
        inside = (row >= 0) & (row < x.shape[-3]) & (column >= 0) & (column < x.shape[-2])
        at = torch.where(inside, row * x.shape[-2] + column, torch.zeros_like(row)).long()
        at = at.expand(batch + tuple(size)).flatten(-2)[..., None].expand(batch + (-1, x.shape[-1]))
        value = torch.gather(pixels, -2, at).unflatten(-2, tuple(size)) * inside[..., None]
        weight = e.r((y[1] if q // 2 else e.r(1 - y[1])) * (x_[1] if q % 2 else e.r(1 - x_[1])))
        total = e.r(total + value * e.stretch(weight[..., None], value.shape))
    return total


def reading(e, m, i, j, n, edge):
    """The pixel before it, and the distance from that."""
    low, high = (0, n - 1) if edge else (-1, n)
    at = e.r(e.r(m[0] * i + e.r(m[1] * j + m[2])) + (n - 1) / 2)
    at = torch.where(at <= low, torch.full_like(at, low), torch.where(at >= high, torch.full_like(at, high), at))
    base = torch.floor(at).detach()
    return base, at - base


@row('sample_affine', weight=2)
def sample_affine(d, name):
    x = image(d)
    m = x and (d.pick(lambda v: v.shape == (6,)) or d.parameter([6]))
    if not m:
        return None
    size, outside = [d.random.randint(1, 7) for _ in range(2)], d.random.choice(('zero', 'edge'))
    return d.emit(f'sample_affine({x}, {m}, size={size}, outside={outside})', [x, m],
                  lambda e, a, b: sampled(e, a, b, size, outside == 'edge'))


def windows_of(x, size, stride):
    """Of [..., h, w]: [..., h', w', numbers of the window]."""
    return x.unfold(-2, size[0], stride[0]).unfold(-2, size[1], stride[1]).flatten(-2)


def to_the_end(n, size, stride, before, after, ceil):
    """The same padding, but after the axis exactly what the windows reach."""
    rest = n + before + after - size
    out = rest // stride + 1
    out += ceil and (out - 1) * stride < rest and out * stride < n + before
    return before, (out - 1) * stride + size - n - before


def pool_of(e, x, size, stride, padding, mean, ceil=False):
    x = x.movedim(-1, -3)
    exist = torch.ones_like(x)
    around = margins_of(padding, x.shape[-2:], size, stride, [1, 1])
    (top, bottom), (left, right) = (to_the_end(x.shape[i - 2], size[i], stride[i], *around[i], ceil) for i in range(2))
    x = torch.nn.functional.pad(x, (left, right, top, bottom), value=0.0 if mean else -float('inf'))
    exist = torch.nn.functional.pad(exist, (left, right, top, bottom))
    windows = windows_of(x, size, stride)
    if mean:
        y = e.sum_of(windows, -1) / windows_of(exist, size, stride).sum(-1)
    else:  # of equals the first in row-major order wins
        first = torch.argmax((windows == windows.max(-1, keepdim=True).values).to(torch.int8), -1, keepdim=True)
        y = torch.gather(windows, -1, first)[..., 0]
    return y.movedim(-3, -1)


@row('max_pool', 'avg_pool', weight=2)
def pool(d, name):
    x = image(d)
    if x is None:
        return None
    size = [d.random.choice((1, 2, 2, 3)) for _ in range(2)]
    padding, ceil = padding_of(d, min(size) - 1), d.random.random() < 0.3
    if not fits(x.shape, size, [1, 1], padding):
        return None
    stride = [d.random.choice((1, 2, 3)) for _ in range(2)] if d.random.random() < 0.5 else None
    given = f'size={size}, padding={padding}, ceil={str(ceil).lower()}' + (f', stride={stride}' if stride else '')
    run = lambda e, a: pool_of(e, a, size, stride or size, padding, name == 'avg_pool', ceil)
    if name == 'max_pool' and d.random.random() < 0.5:
        b = d.parameter((x.shape[2],))  # what lies between a convolution and a pool: a bias, an activation
        f = d.random.choice(('relu', 'sigmoid', 'tanh'))
        x_ = d.emit(f'{f}({x} + {b})', [x, b], lambda e, a, c: UNARY[f](e, e.r(a + c)), aligned=True)
        x = x_ or x
    if name == 'avg_pool':
        return d.emit(f'avg_pool({x}, {given})', [x], run)
    return d.emit(f'max_pool({x}, {given})[0]', [x], run)


# ---- the batch ----
@row('batch_sum', 'batch_mean', 'batch_roll')
def over_the_batch(d, name):
    x = d.pick(lambda v: not v.shared)
    if name == 'batch_roll':
        shift = d.random.randint(-7, 7)
        return x and d.emit(f'batch_roll({x}, shift={shift})', [x], lambda e, a: a.roll(shift, 0))
    return d.emit(f'{name}({x})', [x], lambda e, a: e.sum_of(a, 0) / (1 if name == 'batch_sum' else len(a)), shared=True)


@row('stop_gradient')
def stop(d, name):
    x = d.pick()
    return d.emit(f'stop_gradient({x})', [x], lambda e, a: a.detach())


@row('one_hot', 'to_float', 'label', 'accuracy', 'top_k_accuracy', 'binary_accuracy', 'likely')
def labels(d, name):
    v = next((v for v in d.values if v.integer), None) or d.label()
    if name == 'accuracy':
        x, n = d.pick(lambda v: v.rank == 1 and v.size >= d.classes), d.classes
        return x and d.emit(f'accuracy(slice({x}, stop={n}), {v})', [x, v], lambda e, a, l: (first_of(a[..., :n], -1) == l).to(e.dtype))
    if name == 'top_k_accuracy':
        x, n, k = d.pick(lambda v: v.rank == 1 and v.size >= d.classes), d.classes, d.random.randint(1, d.classes)
        return x and d.emit(f'top_k_accuracy(slice({x}, stop={n}), {v}, k={k})', [x, v], lambda e, a, l: (
            torch.argsort(a[..., :n], descending=True, stable=True)[..., :k] == l[..., None]).any(-1).to(e.dtype))
    if name == 'binary_accuracy':
        x, n = d.pick(lambda v: v.rank == 1 and v.size == d.classes), d.classes
        return x and d.emit(f'binary_accuracy({x}, one_hot({v}, depth={n}))', [x, v], lambda e, a, l: (
            (a > 0.5) == torch.nn.functional.one_hot(l, n)).to(e.dtype).mean(-1))
    if name == 'likely':
        x = d.pick()
        return d.emit(f'likely({x})', [x], lambda e, a: (a > 0.5).to(e.dtype))
    if name == 'label':
        n = d.random.randrange(d.classes)
        return d.emit(f'{v} == {n}', [v], lambda e, a: (a == n).to(e.dtype))
    if name == 'to_float':
        return d.emit(f'to_float({v})', [v], lambda e, a: a.to(e.dtype))
    depth = d.classes
    return d.emit(f'one_hot({v}, depth={depth})', [v], lambda e, a: torch.nn.functional.one_hot(a, depth).to(e.dtype))
