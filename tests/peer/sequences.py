"""The standard layers for sequences: steps of a chain, and the same in PyTorch."""
import torch

from arrays import attended
from layers import ACTIVATIONS, conv2d_of, layer, log_softmax_of, loss, normalized, scores


def linear(e, a, w, b):
    y = e.r(e.product(a, w))
    return e.r(y + e.stretch(b, y.shape))


def heads_of(a, heads):
    return a.reshape(list(a.shape[:2]) + [heads, -1]).transpose(1, 2)


def agrees(x, memory, p, heads, seen, y):
    """Whether PyTorch's own attention gives y, where a position looks at something; it wants as many numbers in all heads as x has."""
    c = x.shape[2]
    if memory.shape[2] != c or p[0].shape[1] != c or not x.abs().max() * p[0].abs().max() < 1e3:
        return True
    wq, bq, wk, bk, wv, bv, wo, bo = p
    right, _ = torch.nn.functional.multi_head_attention_forward(
        x.transpose(0, 1), memory.transpose(0, 1), memory.transpose(0, 1), c, heads, torch.cat([wq, wk, wv], 1).T, torch.cat([bq, bk, bv]),
        None, None, False, 0.0, wo.T, bo, training=False, need_weights=False, attn_mask=~seen)
    there = seen.any(1)
    return torch.allclose(right.transpose(0, 1)[:, there], y[:, there], rtol=1e-9, atol=1e-9 * float(y.abs().max()))


def turned(e, x, base=10000.0):
    """Pairs of numbers as complex ones, times exp(i t / base ^ (2 i / d))."""
    t, d = x.shape[-2:]
    angle = torch.arange(t, dtype=torch.float64)[:, None] / base ** (torch.arange(0, d, 2, dtype=torch.float64) / d)
    cos, sin = e.r(torch.cos(angle).to(e.dtype)), e.r(torch.sin(angle).to(e.dtype))
    a, b = x[..., ::2], x[..., 1::2]
    return torch.stack([e.r(e.r(a * cos) - e.r(b * sin)), e.r(e.r(a * sin) + e.r(b * cos))], -1).flatten(-2)


def attention_of(e, x, memory, p, heads, causal=False, mask=None, rotary=False):
    """p: the weights and biases of query, key, value and output"""
    q, k, v = (heads_of(linear(e, m, *p[i:i + 2]), heads) for m, i in ((x, 0), (memory, 2), (memory, 4)))
    if rotary:
        q, k = turned(e, q), turned(e, k)
    seen = torch.ones(x.shape[1], memory.shape[1], dtype=torch.bool)
    if mask is not None:
        seen = seen & (torch.tensor(mask) != 0)
    if causal:
        seen = torch.tril(seen)
    y = e.r(attended(e, q, k, v, seen)).transpose(1, 2).flatten(2)
    y = linear(e, y, *p[6:8])
    if e.exact and not rotary:
        assert agrees(*(t.detach() for t in (x, memory)), [t.detach() for t in p], heads, seen, y.detach())
    return y


def projections(d, name, c, n, width):
    p = []
    for part, (i, o) in {'query': (c, width), 'key': (n, width), 'value': (n, width), 'output': (width, c)}.items():
        p += [d.parameter((i, o), name=f'{name}.{part}.W'), d.parameter((o,), name=f'{name}.{part}.b')]
    return p


def is_sequence(x):
    return x.rank == 2 and x.size < 120


@layer('patches', weight=3)
def patches(d, x, name):
    if x.rank != 3:
        return None
    h, w, c = x.shape
    s = d.random.choice([s for s in (1, 2, 3, 4) if h % s == 0 and w % s == 0])

    def run(e, a):
        return a.reshape(-1, h // s, s, w // s, s, c).permute(0, 1, 3, 2, 4, 5).reshape(len(a), h // s * (w // s), s * s * c)
    return d.step('patches', {'size': s}, name, [x], run)


@layer('positional_encoding', 'position_embedding', weight=2)
def positions(d, x, name):
    if x.rank != 2:
        return None
    t, c = x.shape
    if d.random.random() < 0.5:
        table = d.parameter((t, c), name=f'{name}.table')
        return d.step('position_embedding', {}, name, [x, table], lambda e, a, w: a + e.stretch(w, a.shape))
    i = torch.arange(c, dtype=torch.float64)
    angle = torch.arange(t, dtype=torch.float64)[:, None] / 10000 ** ((i - i % 2) / c)
    wave = torch.where(i % 2 == 1, torch.cos(angle), torch.sin(angle))
    return d.step('positional_encoding', {}, name, [x], lambda e, a: a + e.r(wave.to(e.dtype)))


@layer('split_heads', 'merge_heads')
def heads_split(d, x, name):
    if x.rank == 3:
        return d.step('merge_heads', {}, name, [x], lambda e, a: a.transpose(1, 2).flatten(2))
    if x.rank != 2:
        return None
    n = d.random.choice([n for n in range(1, x.shape[1] + 1) if x.shape[1] % n == 0])
    return d.step('split_heads', {'heads': n}, name, [x], lambda e, a: heads_of(a, n))


@layer('rotary_encoding', weight=2)
def rotary(d, x, name):
    if x.rank < 2 or x.shape[-1] % 2:
        return None
    base = d.random.choice((10000.0, 4.0))
    return d.step('rotary_encoding', {'base': base}, name, [x], lambda e, a: turned(e, a, base))


@layer('tied_embedding')
def tied_embedding(d, x, name):
    label, units = d.label(), d.random.randint(1, 5)
    table = d.parameter((d.classes, units), name=f'{name}.table')

    def run(e, l, w):
        rows = e.r(torch.tanh(w[l]))
        return e.r(e.product(rows, w.T))[:, None]
    return d.expression(f'tied_embedding(reshape(label, shape=[1]), count={d.classes}, units={units}, body=tanh)', name, [label, table], run)


@layer('tcn', 'tcn_block', weight=2)
def tcn(d, x, name):
    if not is_sequence(x) or x.shape[0] > 16:
        return None
    filters, blocks, kernel = d.random.randint(1, 4), d.random.randint(1, 3), d.random.randint(1, 3)
    if d.random.random() < 0.3:
        filters = x.shape[1]
    alone, p, sizes = d.random.random() < 0.4, [], []
    blocks = 1 if alone else blocks
    dilations = [d.random.randint(1, 3)] if alone else [2 ** i for i in range(blocks)]
    for i in range(blocks):
        c = filters if i else x.shape[1]
        parts = {'first': (kernel, c), 'second': (kernel, filters)}
        parts.update({'conv1d': (1, c)} if c != filters else {})  # a call within an `if` has the name of its block
        for part, (k, n) in parts.items():
            of = f'{name}.{part}' if alone else f'{name}.repeat.{i}.tcn_block.{part}'
            p += [d.parameter((k, n, filters), name=f'{of}.W'), d.parameter((filters,), name=f'{of}.b')]
        sizes.append(2 * len(parts))

    def conv(e, a, w, b, dilation):
        y = e.r(conv2d_of(e, a[:, None], w[None], [1, 1], [1, dilation], [[0, 0], [dilation * (len(w) - 1), 0]], 1)[:, 0])
        return e.r(y + e.stretch(b, y.shape))

    def run(e, a, *w):
        for dilation, n in zip(dilations, sizes):
            (w1, b1, w2, b2, *skip), w = w[:n], w[n:]
            y = torch.relu(conv(e, torch.relu(conv(e, a, w1, b1, dilation)), w2, b2, dilation))
            a = torch.relu(e.r(y + (conv(e, a, *skip, 1) if skip else a)))
        return a
    if alone:
        return d.step('tcn_block', {'filters': filters, 'dilation': dilations[0], 'kernel': kernel}, name, [x] + p, run)
    return d.step('tcn', {'filters': filters, 'blocks': blocks, 'kernel': kernel}, name, [x] + p, run)


@layer('attention', 'cross_attention', weight=3)
def attention(d, x, name):
    if not is_sequence(x):
        return None
    t, c = x.shape
    heads, size, causal = d.random.randint(1, 3), d.random.randint(1, 4), d.random.random() < 0.5
    if c % heads == 0 and d.random.random() < 0.7:
        size = c // heads
    p = projections(d, name, c, c, heads * size)
    mask = [d.random.choice((0, 1, 1, 2)) for _ in range(t)] if d.random.random() < 0.5 else None
    given = f', stack({", ".join(map(str, mask))})' if mask else ''
    if d.random.random() < 0.3:
        return d.expression(f'cross_attention({x}, {x}{given}, heads={heads}, size={size})', name, [x] + p,
                            lambda e, a, *w: attention_of(e, a, a, w, heads, False, mask))
    if mask:
        return d.expression(f'attention({x}{given}, heads={heads}, size={size}, causal={str(causal).lower()})', name, [x] + p,
                            lambda e, a, *w: attention_of(e, a, a, w, heads, causal, mask))
    rotary = size % 2 == 0 and d.random.random() < 0.5
    return d.step('attention', {'heads': heads, 'size': size, 'causal': causal, 'rotary': rotary}, name, [x] + p,
                  lambda e, a, *w: attention_of(e, a, a, w, heads, causal, rotary=rotary))


@layer('transformer_encoder', weight=2)
def transformer_encoder(d, x, name):
    c = x.shape[-1] if x.rank else 0
    heads = d.random.choice([h for h in (1, 2, 3) if c % h == 0] or [0])
    if not is_sequence(x) or not heads or c // heads == 0:
        return None
    pre, hidden, causal = d.random.random() < 0.5, d.random.randint(1, 6), d.random.random() < 0.3
    f = d.random.choice(('gelu', 'tanh', 'identity'))
    norms = [d.parameter((c,), name=f'{name}.{layer_}.{part}') for layer_ in ('norm_1', 'norm_2') for part in ('scale', 'shift')]
    p = projections(d, f'{name}.read', c, c, c)
    q = [d.parameter(s, name=f'{name}.{n}') for n, s in (('wide.W', (c, hidden)), ('wide.b', (hidden,)), ('narrow.W', (hidden, c)), ('narrow.b', (c,)))]

    def run(e, a, *w):
        n1, n2, p, q = w[:2], w[2:4], w[4:12], w[12:]
        ln = lambda t, n: e.r(normalized(e, t, *n, 1e-5))
        read = ln(a, n1) if pre else a
        y = e.r(a + attention_of(e, read, read, p, heads, causal))
        y = y if pre else ln(y, n1)
        wide = e.r(ACTIVATIONS[f](e, linear(e, ln(y, n2) if pre else y, *q[:2])))
        z = e.r(y + linear(e, wide, *q[2:]))
        return z if pre else ln(z, n2)
    attributes = {'heads': heads, 'hidden': hidden, 'norm': 'pre' if pre else 'post', 'causal': causal, 'activation': f}
    return d.step('transformer_encoder', attributes, name, [x] + norms + p + q, run)


@layer('transformer_decoder', weight=2)
def transformer_decoder(d, x, name):
    """With itself as the memory."""
    c = x.shape[-1] if x.rank else 0
    heads = d.random.choice([h for h in (1, 2, 3) if c % h == 0] or [0])
    if not is_sequence(x) or not heads or c // heads == 0:
        return None
    pre, hidden, rotary = d.random.random() < 0.5, d.random.randint(1, 6), c // heads % 2 == 0 and d.random.random() < 0.5
    norms = [d.parameter((c,), name=f'{name}.norm_{i}.{part}') for i in (1, 2, 3) for part in ('scale', 'shift')]
    p = projections(d, f'{name}.own', c, c, c) + projections(d, f'{name}.read', c, c, c)
    q = [d.parameter(s, name=f'{name}.{n}') for n, s in (('wide.W', (c, hidden)), ('wide.b', (hidden,)), ('narrow.W', (hidden, c)), ('narrow.b', (c,)))]
    mask = [d.random.choice((0, 1, 1, 2)) for _ in range(x.shape[0])]

    def run(e, a, *w):
        norm, own, read, q = [w[i:i + 2] for i in (0, 2, 4)], w[6:14], w[14:22], w[22:]
        parts = (lambda t: attention_of(e, t, t, own, heads, True, rotary=rotary),
                 lambda t: attention_of(e, t, a, read, heads, False, mask),
                 lambda t: linear(e, e.r(torch.tanh(linear(e, t, *q[:2]))), *q[2:]))
        y = a
        for part, n in zip(parts, norm):
            ln = lambda t: e.r(normalized(e, t, *n, 1e-5))
            y = e.r(y + part(ln(y))) if pre else ln(e.r(y + part(y)))
        return y
    text = ', '.join(f'{k}={str(v).lower()}' for k, v in {'heads': heads, 'hidden': hidden, 'norm': 'pre' if pre else 'post',
                                                          'rotary': rotary, 'activation': 'tanh'}.items())
    return d.expression(f'transformer_decoder({x}, {x}, stack({", ".join(map(str, mask))}), {text})', name, [x] + norms + p + q, run)


@loss('sequence_cross_entropy', 'bits_per_byte')
def sequence_cross_entropy(d, x):
    n, label, bits = d.classes, d.label(), d.random.random() < 0.5
    z = scores(d, x, 'head', 3 * n)
    z = z and d.expression(f'reshape({z}, shape=[3, {n}])', 'rows', [z], lambda e, a: a.reshape(-1, 3, n))
    mask = [d.random.choice((0, 1, 2)) for _ in range(3)] if d.random.random() < 0.5 else None
    weight = torch.tensor([float(m != 0) for m in mask or (1, 1, 1)], dtype=torch.float64)

    def run(e, a, l):
        each = -torch.gather(log_softmax_of(e, a), -1, l[:, None, None].expand(-1, 3, 1))[..., 0]
        return e.r((each * weight.to(e.dtype)).sum(1)) / max(float(weight.sum()), 1) / (float(torch.log(torch.tensor(2.0, dtype=torch.float64))) if bits else 1)
    given = f', stack({", ".join(map(str, mask))})' if mask else ''
    return z and d.loss(f'{"bits_per_byte" if bits else "sequence_cross_entropy"}(out, stack(label, label, label){given})', z, [z, label], run)
