"""Ops and functions that read by index, move numbers along axes, and multiply by axes: rows like those of operations.py."""
import torch

from draft import align
from operations import first_of, joined, row, softmax_of


def axis_of(d, x):
    """An axis as it is written, from the start or the end."""
    axis = d.random.randrange(x.rank)
    return axis, d.random.choice((axis, axis - x.rank))


# ---- by index ----
def of_examples(function, operands, tensors):
    """function(tensors of one example) for all of them."""
    if all(v.shared for v in operands):
        return function(*tensors)
    n = next(len(t) for v, t in zip(operands, tensors) if not v.shared)
    return torch.stack([function(*(t if v.shared else t[i] for v, t in zip(operands, tensors))) for i in range(n)])


def one_hot(e, index, n):
    return (index[..., None] == torch.arange(n)).to(e.dtype)


def gathered(e, x, index, axis, batch):
    if batch:
        return torch.stack([gathered(e, a, i, axis - 1, batch - 1) for a, i in zip(x, index)])
    rows = x.movedim(axis, 0)
    y = e.product(one_hot(e, index, len(rows)).reshape(-1, len(rows)), rows.reshape(len(rows), -1))
    y = y.reshape(list(index.shape) + list(rows.shape[1:]))
    k = index.dim()
    return y.permute(list(range(k, k + axis)) + list(range(k)) + list(range(k + axis, y.dim())))


@row('gather', weight=2)
def gather(d, name):
    x, z = d.pick(lambda v: v.rank > 0), d.pick(lambda v: v.rank > 0)
    if x is None or z is None or x.rank + z.rank > 6 or x.size * z.size > 4000:
        return None
    axis, written = axis_of(d, x)
    batch = 0
    while batch < min(axis, z.rank - 1) and x.shape[batch] == z.shape[batch] and d.random.random() < 0.7:
        batch += 1
    return d.emit(f'gather({x}, argmax({z}, axis=-1), axis={written}, batch_axes={batch})', [x, z],
                  lambda e, a, b: of_examples(lambda p, q: gathered(e, p, first_of(q, -1), axis, batch), [x, z], [a, b]))


@row('scatter_add', weight=2)
def scatter_add(d, name):
    z = d.pick(lambda v: v.rank > 1)
    if z is None:
        return None
    n, batch = d.random.randint(1, 6), d.random.randrange(z.rank - 1)

    def run(e, a):
        terms, index = e.r(e.sum_of(a, -1)), first_of(a, -1)
        shape = terms.shape[:a.dim() - z.rank + batch]
        pairs = zip(*(t.reshape([-1] + list(t.shape[len(shape):])) for t in (terms, index)))
        return torch.stack([e.product(t.reshape(1, -1), one_hot(e, i.reshape(-1), n))[0] for t, i in pairs]).reshape(list(shape) + [n])
    return d.emit(f'scatter_add(sum({z}, axes=[-1]), argmax({z}, axis=-1), axis={batch}, batch_axes={batch}, size={n})', [z], run)


@row('embedding')
def embedding(d, name):
    z = d.pick(lambda v: v.rank > 0)
    if z is None:
        return None
    count, units = d.random.randint(1, max(z.shape[-1], 2)), d.random.randint(1, 5)
    table = d.parameter((count, units), name=f'v{len(d.lines)}.table')
    d.values.remove(table)  # no expression can name it
    return d.emit(f'embedding(argmax({z}, axis=-1), count={count}, units={units})', [z, table],
                  lambda e, a, w: e.product(one_hot(e, first_of(a, -1), count).reshape(-1, count), w).reshape(list(a.shape[:-1]) + [units]))


# ---- along axes ----
@row('slice with steps', 'flip', 'pad', weight=2)
def along(d, name):
    x = d.pick(lambda v: v.rank > 0 and v.size < 500)
    if x is None:
        return None
    axis, written = axis_of(d, x)
    n, at = x.shape[axis], axis - x.rank
    start, step = d.random.randrange(n), d.random.randint(1, 3)
    if name == 'flip':
        return d.emit(f'flip({x}, axis={written})', [x], lambda e, a: a.flip(at))
    if name == 'pad':
        after = d.random.randint(0, 2)
        places = torch.arange(n) * step + start

        def padded(e, a):
            y = a.movedim(at, 0)
            return torch.zeros([start + (n - 1) * step + 1 + after] + list(y.shape[1:]), dtype=a.dtype).index_add(0, places, y).movedim(0, at)
        return d.emit(f'pad({x}, axis={written}, before={start}, after={after}, step={step})', [x], padded)
    stop = d.random.randint(start + 1, n)
    return d.emit(f'slice({x}, axis={written}, start={start}, stop={stop}, step={step})', [x],
                  lambda e, a: a.movedim(at, 0)[start:stop:step].movedim(0, at))


def moved(f):
    """Of a tensor with the axis in front."""
    return lambda a, at: f(a.movedim(at, 0)).movedim(0, at)


@row('squeeze', 'expand_dims', 'tile', 'repeat_each', 'roll', 'swap_axes', weight=2)
def functions(d, name):
    x = d.pick(lambda v: v.rank > 0 and v.size < 500)
    if x is None:
        return None
    axis, written = axis_of(d, x)
    at, n = axis - x.rank, d.random.randint(1, 3)
    if name == 'squeeze':
        return d.emit(f'squeeze(expand_dims({x}, axis={axis}), axis={axis})', [x], lambda e, a: a * 1)
    if name == 'expand_dims':
        return d.emit(f'expand_dims({x}, axis={written if written < 0 else axis})', [x],
                      lambda e, a: a.unsqueeze(written if written < 0 else a.dim() - x.rank + axis))
    if name == 'swap_axes':
        other, as_written = axis_of(d, x)
        return d.emit(f'swap_axes({x}, a={written}, b={as_written})', [x], lambda e, a: a.transpose(at, other - x.rank))
    if name == 'roll':
        shift = d.random.randint(-5, 5)
        return d.emit(f'roll({x}, shift={shift}, axis={written})', [x], lambda e, a: a.roll(shift, at))
    copies = moved(lambda a: torch.cat([a] * n)) if name == 'tile' else moved(lambda a: a.repeat_interleave(n, 0))

    def run(e, a):
        wide = e.stretch(a[None], [n] + list(a.shape))  # what a number's copies get is added up
        return copies(wide[0], at) if n == 1 else torch.cat(list(wide), at) if name == 'tile' else \
            torch.stack(list(wide), a.dim() + at + 1).flatten(a.dim() + at, a.dim() + at + 1)
    return d.emit(f'{name}({x}, count={n}, axis={written})', [x], run)


@row('tril', 'triu', weight=1)
def triangles(d, name):
    x = d.pick(lambda v: v.rank > 1)
    if x is None:
        return None
    k = d.random.randint(-2, 2)
    return d.emit(f'{name}({x}, diagonal={k})', [x], lambda e, a: getattr(torch, name)(a, k))


@row('arange', 'causal_mask')
def numbers(d, name):
    x = d.pick(lambda v: v.rank > 1)
    if x is None:
        return None
    n = x.shape[-1]
    if name == 'arange':
        return d.emit(f'{x} + arange(size={n}, start=-1, step=0.5)', [x], lambda e, a: a + (torch.arange(n, dtype=e.dtype) * 0.5 - 1))
    return None if x.shape[-2] != n else d.emit(f'{x} * causal_mask(size={n})', [x], lambda e, a: a * torch.tril(torch.ones(n, n, dtype=e.dtype)))


@row('stack')
def stack(d, name):
    x = d.pick()
    if x.rank > 3:
        return None
    all_ = [x] + [d.pick(lambda v: v.shape == x.shape) for _ in range(d.random.randint(0, 2))]
    axis = d.random.randint(-x.rank - 1, x.rank)
    at = axis % (x.rank + 1)

    def run(e, *tensors):
        return joined(e, [t.unsqueeze(t.dim() - x.rank + at) for t in tensors], x.rank + 1, at)
    return d.emit(f'stack({", ".join(map(str, all_))}, axis={axis})', all_, run)


# ---- products ----
def products(e, a, b):
    """a [.., m, k] times b [.., k, n]"""
    lead = list(torch.broadcast_shapes(a.shape[:-2], b.shape[:-2]))
    a = e.stretch(a, lead + list(a.shape[-2:])).reshape([-1] + list(a.shape[-2:]))
    b = e.stretch(b, lead + list(b.shape[-2:])).reshape([-1] + list(b.shape[-2:]))
    y = torch.stack([e.product(p, q) for p, q in zip(a, b)])
    return y.reshape(lead + list(y.shape[-2:]))


@row('matmul', 'matmul of many', weight=2)
def matmul(d, name):
    a = d.pick(lambda v: v.rank > 1 and v.size < 300)
    if a is None:
        return None
    n, flip_a, flip_b = d.random.randint(1, 5), d.random.random() < 0.3, d.random.random() < 0.3
    k = a.shape[-2 if flip_a else -1]
    b = d.pick(lambda v: v.rank > 1 and v.size < 300 and v.shape[-1 if flip_b else -2] == k and
               all(p == q or 1 in (p, q) for p, q in zip(a.shape[-3::-1], v.shape[-3::-1])))
    if b is None or d.random.random() < 0.5:
        lead = [m if d.random.random() < 0.7 else 1 for m in a.shape[:-2]][d.random.randint(0, a.rank - 2):]
        b = d.parameter(lead + ([n, k] if flip_b else [k, n]))
    rank = max(a.rank, b.rank)

    def run(e, x, y):
        x, y = align(x, a, rank), align(y, b, rank)
        return products(e, x.transpose(-1, -2) if flip_a else x, y.transpose(-1, -2) if flip_b else y)
    return d.emit(f'matmul({a}, {b}, transpose_a={str(flip_a).lower()}, transpose_b={str(flip_b).lower()})', [a, b], run)


@row('einsum', weight=3)
def einsum(d, name):
    x = d.pick(lambda v: 0 < v.rank < 4)
    if x is None:
        return None
    size = dict(zip('ijk', x.shape))
    size['n'] = d.random.randint(1, 4)
    mine = list('ijk'[:x.rank])
    others = [c for c in mine if d.random.random() < 0.6] + (['n'] if d.random.random() < 0.6 else [])
    d.random.shuffle(others)
    all_ = mine + [c for c in others if c not in mine]
    result = [c for c in all_ if d.random.random() < 0.5]
    d.random.shuffle(result)
    y = d.parameter([size[c] for c in others])
    both = d.random.random() < 0.8

    def grid(e, t, v, letters):
        batch = t.dim() - v.rank
        order = sorted(range(v.rank), key=lambda i: all_.index(letters[i]))
        t = t.permute(list(range(batch)) + [batch + i for i in order])
        t = t.reshape(list(t.shape[:batch]) + [size[c] if c in letters else 1 for c in all_])
        return t if batch else t[None]

    def run(e, a, *b):
        terms = grid(e, a, x, mine)
        if b:
            other = grid(e, b[0], y, others)
            shape = torch.broadcast_shapes(terms.shape, other.shape)
            terms = e.r(e.stretch(terms, shape) * e.stretch(other, shape))
        gone = [i - len(all_) for i, c in enumerate(all_) if c not in result]
        s = e.sum_of(terms, gone, True) if gone else terms
        s = s.reshape([len(s)] + [size[c] for c in all_ if c in result])
        kept = [c for c in all_ if c in result]
        s = s.permute([0] + [1 + kept.index(c) for c in result])
        return s if a.dim() > x.rank else s[0]
    if not both:
        all_ = mine
        result = [c for c in result if c in mine]
        return d.emit(f"einsum('{''.join(mine)}->{''.join(result)}', {x})", [x], run)
    return d.emit(f"einsum('{''.join(mine)},{''.join(others)}->{''.join(result)}', {x}, {y})", [x, y], run)


@row('outer', 'dot')
def of_vectors(d, name):
    a = d.pick(lambda v: v.rank == 1)
    if a is None:
        return None
    if name == 'dot':
        b = d.parameter(a.shape)
        return d.emit(f'dot({a}, {b})', [a, b], lambda e, x, y: e.sum_of(x * e.stretch(y, x.shape), -1))
    b = d.parameter([d.random.randint(1, 4)])

    def run(e, x, y):
        shape = list(x.shape) + list(y.shape)
        return e.stretch(x[..., None], shape) * e.stretch(y, shape)
    return d.emit(f'outer({a}, {b})', [a, b], run)


# ---- attention ----
def attended(e, q, k, v, mask):
    """[.., t, d], [.., s, d], [.., s, n]"""
    scores = e.r(products(e, e.r(q / q.shape[-1] ** 0.5), k.transpose(-1, -2)))
    return products(e, e.r(softmax_of(e, torch.where(mask, scores, torch.full_like(scores, -1e30)))), v)


@row('attend')
def attend(d, name):
    q = d.pick(lambda v: v.rank == 2 and v.size < 100)
    if q is None:
        return None
    s = d.random.randint(1, 5)
    k, v = d.parameter([s, q.shape[1]]), d.parameter([s, d.random.randint(1, 4)])
    masked = d.random.random() < 0.5 and s == q.shape[0]
    mask = torch.tril(torch.ones(s, s)) > 0 if masked else torch.tensor(True)
    text = f'causal_mask(size={s})' if masked else 1
    return d.emit(f'attend({q}, {k}, {v}, {text})', [q, k, v], lambda e, a, b, c: attended(e, a, b, c, mask))
