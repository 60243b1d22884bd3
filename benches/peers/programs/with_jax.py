"""JAX with the whole epoch in one compiled function: `jit` around a `lax.scan` over the batches.

The data stays on the device and so does the shuffling. The optimizers are written out, since XLA fuses them.
"""

from functools import partial

import jax
import jax.numpy as jnp
from jax import lax

from peer import CLASSES, Stopwatch, Task, glorot_limits, load, report, weighted_mean

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8


def parameters(key):
    """Weights, inputs by units, and biases, of both layers."""
    layers = []
    for shape, limit in glorot_limits():
        key, drawn = jax.random.split(key)
        layers += [jax.random.uniform(drawn, shape, minval=-limit, maxval=limit), jnp.zeros(shape[1])]
    return layers


def loss_and_hits(weights, inputs, targets):
    """Mean cross-entropy of a batch, and how many of its samples are answered correctly."""
    w1, b1, w2, b2 = weights
    logits = jax.nn.relu(inputs @ w1 + b1) @ w2 + b2
    # A one-hot product: taking single elements would become a slow scatter on the way back.
    loss = -jnp.mean(jnp.sum(jax.nn.log_softmax(logits) * jax.nn.one_hot(targets, CLASSES), axis=1))
    return loss, jnp.sum(jnp.argmax(logits, axis=1) == targets)


def sgd(rate, weights, gradients, state):
    """Plain gradient descent; it keeps no state."""
    return [w - rate * g for w, g in zip(weights, gradients)], state


def adam(rate, weights, gradients, state):
    """Adam; its state is the number of steps and both moments."""
    step, first, second = state
    step = step + 1
    first = [BETA_1 * m + (1 - BETA_1) * g for m, g in zip(first, gradients)]
    second = [BETA_2 * v + (1 - BETA_2) * g * g for v, g in zip(second, gradients)]
    scale, root = rate / (1 - BETA_1**step), jnp.sqrt(1 - BETA_2**step)
    weights = [w - scale * m / (jnp.sqrt(v) / root + EPSILON) for w, m, v in zip(weights, first, second)]
    return weights, (step, first, second)


@partial(jax.jit, static_argnames=("update", "batch", "samples"), donate_argnames=("weights", "state"))
def train(x, y, key, weights, state, *, update, batch, samples):
    """Trains on `samples` samples in a new order; new weights and state, loss and correct answers of each batch."""

    def step(carry, indices):
        weights, state = carry
        inputs, targets = x[indices], y[indices]
        (loss, hits), gradients = jax.value_and_grad(loss_and_hits, has_aux=True)(weights, inputs, targets)
        return update(weights, gradients, state), (loss, hits)

    order = jax.random.permutation(key, len(y))[:samples]
    whole = samples // batch * batch
    carry, (losses, hits) = lax.scan(step, (weights, state), order[:whole].reshape(-1, batch))
    if whole < samples:
        carry, (loss, hit) = step(carry, order[whole:])
        losses, hits = jnp.append(losses, loss), jnp.append(hits, hit)
    return *carry, losses, hits


def main():
    task = Task.from_command_line()
    x, y = (jnp.asarray(array) for array in load(task.data))
    samples = task.samples(len(y))
    update = partial({"sgd": sgd, "adam": adam}[task.optimizer], task.learning_rate)
    keys = jax.random.split(jax.random.key(task.seed), 3)
    weights = parameters(keys[0])
    state = (jnp.zeros(()), [jnp.zeros_like(w) for w in weights], [jnp.zeros_like(w) for w in weights])
    epoch = partial(train, x, y, update=update, batch=task.batch, samples=samples)

    weights, state, *_ = jax.block_until_ready(epoch(keys[1], weights, state))
    stopwatch = Stopwatch()
    *_, losses, hits = jax.block_until_ready(epoch(keys[2], weights, state))
    stopwatch.stop()

    loss = weighted_mean(losses.tolist(), task.batch, samples)
    accuracy = int(hits.sum()) / samples
    report("jax", task, samples / len(y), stopwatch, loss, accuracy, f"JAX {jax.__version__}")


main()
