"""Optimizers as PyTorch has them, and schedules as their formulas say."""
import math

import torch

# text in the model file -> (optimizer over [(name, tensor)])
def sgd(lr):
    return f'sgd(lr={lr})', lambda named: torch.optim.SGD([p for _, p in named], lr=lr)


def momentum(lr, m, nesterov):
    text = f'momentum(lr={lr}, momentum={m}, nesterov={"true" if nesterov else "false"})'
    return text, lambda named: torch.optim.SGD([p for _, p in named], lr=lr, momentum=m, nesterov=nesterov)


def adam(lr, b1, b2, eps):
    return (f'adam(lr={lr}, b1={b1}, b2={b2}, eps={eps})',
            lambda named: torch.optim.Adam([p for _, p in named], lr=lr, betas=(b1, b2), eps=eps))


def adamw(lr, b1, b2, eps, decay, all_):
    vectors = ', decay_vectors=true' if all_ else ''
    return (f'adamw(lr={lr}, b1={b1}, b2={b2}, eps={eps}, decay={decay}{vectors})',
            lambda named: torch.optim.AdamW([{'params': [p for _, p in named if p.dim() > 1], 'weight_decay': decay},
                                             {'params': [p for _, p in named if p.dim() <= 1], 'weight_decay': decay if all_ else 0}],
                                            lr=lr, betas=(b1, b2), eps=eps))


def optimizer(d):
    lr = d.random.choice((1e-1, 1e-2, 1e-3))
    b1, b2, eps = d.random.choice((0.9, 0.5)), d.random.choice((0.999, 0.99)), d.random.choice((1e-8, 1e-3))
    return d.random.choice((sgd(lr), momentum(lr, 0.9, d.random.random() < 0.5), adam(lr, b1, b2, eps),
                            adamw(lr, b1, b2, eps, d.random.choice((0.01, 0.1)), d.random.random() < 0.3)))


# ---- schedules: text, and the rate from step, epoch and the number of steps ----
def cosine(d):
    peak, warmup = d.random.choice((1.0, 0.1, 1e-3)), d.random.choice((0.0, 0.05, 0.5))

    def rate(step, epoch, total):
        if (step + 1) / total < warmup:
            return peak * (step + 1) / total / warmup
        return peak * (0.5 + 0.5 * math.cos(math.pi * max(step / total - warmup, 0) / (1 - warmup)))
    return f'cosine(peak={peak}, warmup={warmup})', rate


def linear(d):
    start, end = d.random.choice((1.0, 0.1)), d.random.choice((0.0, 1e-3))
    return f'linear(start={start}, end={end})', lambda step, epoch, total: start + (end - start) * step / total


def step_decay(d):
    start, every, factor = d.random.choice((1.0, 0.1)), d.random.choice((1, 3, 30)), d.random.choice((0.1, 0.5))
    return (f'step_decay(start={start}, every={every}, factor={factor})',
            lambda step, epoch, total: start * factor ** (epoch // every))


def exponential(d):
    start, factor = d.random.choice((1.0, 0.1)), d.random.choice((0.9, 0.95))
    return f'exponential(start={start}, factor={factor})', lambda step, epoch, total: start * factor ** epoch


def warmup(d):
    peak, steps = d.random.choice((1.0, 0.1)), d.random.choice((1, 500))
    return f'warmup(peak={peak}, steps={steps})', lambda step, epoch, total: peak * min((step + 1) / steps, 1)


SCHEDULES = {f.__name__: f for f in (cosine, linear, step_decay, exponential, warmup)}
OPTIMIZERS = ('sgd', 'momentum', 'adam', 'adamw')
