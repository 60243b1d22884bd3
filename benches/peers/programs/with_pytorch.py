"""PyTorch in eager mode, as fast as it honestly goes there.

Data is in memory, a batch is one `index_select` (a DataLoader would cost more than the training), layers are called as
functions, and the optimizers are PyTorch's own in their fused form.
"""

import torch
import torch.nn.functional as F

from peer import Stopwatch, Task, glorot_limits, load, report, weighted_mean


def parameters():
    """Weights as `F.linear` wants them, units by inputs, and biases, of both layers."""
    for (inputs, units), limit in glorot_limits():
        yield torch.empty(units, inputs).uniform_(-limit, limit).requires_grad_()
        yield torch.zeros(units).requires_grad_()


def optimizer_of(task, weights):
    """PyTorch's own optimizer with its defaults, except for the learning rate."""
    if task.optimizer == "sgd":
        return torch.optim.SGD(weights, lr=task.learning_rate, fused=True)
    return torch.optim.Adam(weights, lr=task.learning_rate, fused=True)


def train(x, y, weights, optimizer, batch, samples):
    """Trains on `samples` samples in a new order; loss and correct answers of each minibatch."""
    w1, b1, w2, b2 = weights
    losses, hits = [], []
    for indices in torch.randperm(len(y))[:samples].split(batch):
        inputs, targets = x.index_select(0, indices), y.index_select(0, indices)
        logits = F.linear(F.relu(F.linear(inputs, w1, b1)), w2, b2)
        loss = F.cross_entropy(logits, targets)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.detach())
        hits.append((logits.detach().argmax(1) == targets).sum())
    return torch.stack(losses), torch.stack(hits)


def main():
    task = Task.from_command_line()
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    torch.manual_seed(task.seed)
    x, y = (torch.from_numpy(array) for array in load(task.data))
    weights = list(parameters())
    optimizer = optimizer_of(task, weights)
    samples = task.samples(len(y))

    train(x, y, weights, optimizer, task.batch, samples)
    stopwatch = Stopwatch()
    losses, hits = train(x, y, weights, optimizer, task.batch, samples)
    stopwatch.stop()

    loss = weighted_mean(losses.tolist(), task.batch, samples)
    accuracy = int(hits.sum()) / samples
    report("pytorch", task, samples / len(y), stopwatch, loss, accuracy, f"PyTorch {torch.__version__}")


main()
