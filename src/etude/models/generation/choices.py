"""How likely a model finds each of some answers: exactly, all of them in one pass.

The answers' ids, the end of the turn included, form a tree: what several begin with is computed
once. The tree stands behind the prompt in one packed row, each node seeing the prompt and its own
ancestors alone. An answer's score is the sum of its tokens' log-probabilities: the probability
that the model would write exactly this answer and stop. These are shares of one distribution over
all texts, so they are compared as they are: dividing by length would favour long labels, whose
later tokens are near certain.

Letters in names as in ``passes``, and M nodes of the tree, E edges, L answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from etude.models.generation.engine import Engine
from etude.models.generation.passes import Memory, Pass, Prefix

TOKENS_PER_PASS = 4096
LOGITS_AT_ONCE = 2**26


@dataclass(frozen=True)
class Tree:
    """The beginnings that answers share, each after its parent.

    ``ids_M`` and ``depth_M`` (from 0) are those of the nodes, ``above_MM`` is True where a node
    has another above it or is itself. Edge e is the token ``token_E`` after node ``from_E``, -1
    being the prompt; ``path_LE`` is True for the edges of an answer.
    """

    ids_M: NDArray[np.int64]
    depth_M: NDArray[np.int64]
    above_MM: NDArray[np.bool_]
    from_E: NDArray[np.int64]
    token_E: NDArray[np.int64]
    path_LE: NDArray[np.bool_]

    @property
    def nodes(self) -> int:
        """How many tokens it adds to a row."""
        return len(self.ids_M)


def make_tree(answers: Sequence[NDArray[np.int32]]) -> Tree:
    """The tree of some answers, each of at least one id."""
    nodes: dict[tuple[int, ...], int] = {(): -1}
    edges: dict[tuple[int, int], int] = {}
    paths: list[list[int]] = []
    above: list[list[int]] = []
    depths: list[int] = []
    for answer in answers:
        ids = tuple(int(i) for i in answer)
        path = []
        for end in range(len(ids)):
            node = nodes.get(ids[:end])
            if node is None:
                node = nodes[ids[:end]] = len(above)
                parent = nodes[ids[: end - 1]]
                above.append([*(above[parent] if parent >= 0 else []), node])
                depths.append(end - 1)
            path.append(edges.setdefault((node, ids[end]), len(edges)))
        paths.append(path)
    above_MM = np.zeros((len(above), len(above)), dtype=bool)
    for node, ancestors in enumerate(above):
        above_MM[node, ancestors] = True
    path_LE = np.zeros((len(answers), len(edges)), dtype=bool)
    for row, path in enumerate(paths):
        path_LE[row, path] = True
    return Tree(
        ids_M=np.array([key[-1] for key, node in nodes.items() if node >= 0], dtype=np.int64),
        depth_M=np.array(depths, dtype=np.int64),
        above_MM=above_MM,
        from_E=np.array([node for node, _ in edges], dtype=np.int64),
        token_E=np.array([token for _, token in edges], dtype=np.int64),
        path_LE=path_LE,
    )


def score_answers(
    engine: Engine, prefix: Prefix, prompts: Sequence[NDArray[np.int32]], tree: Tree
) -> NDArray[np.float64]:
    """Log-probabilities (R, L) of each answer after each prompt.

    Args:
        engine: the model.
        prefix: what stands before every prompt's own ids.
        prompts: each prompt's own ids, at least one.
        tree: of the answers.
    """
    counts = np.array([len(ids) for ids in prompts], dtype=np.int64)
    step = _plan(engine, prefix, counts, tree)
    ids_N = np.concatenate([np.append(ids, tree.ids_M) for ids in prompts]).astype(np.int64)
    starts = np.cumsum(counts + tree.nodes) - (counts + tree.nodes)
    asked = np.arange(-1, tree.nodes)  # the prompt's last token, then the nodes
    keep = ((starts + counts)[:, None] + asked).reshape(-1)
    logits = engine.run(step, ids_N, torch.from_numpy(keep).to(engine.device))
    logs = logits.view(len(prompts), 1 + tree.nodes, -1)
    sums = logs.logsumexp(-1)
    places = torch.from_numpy(tree.from_E + 1).to(logs.device)
    edges_RE = logs[:, places, torch.from_numpy(tree.token_E).to(logs.device)] - sums[:, places]
    path_LE = torch.from_numpy(tree.path_LE).to(logs.device, torch.float64)
    return np.asarray((edges_RE.double() @ path_LE.T).cpu().numpy(), dtype=np.float64)


def batches(counts: Sequence[int], tree: Tree, vocabulary: int) -> Iterator[list[int]]:
    """Prompts of like length together, as many as a pass holds; every place once."""
    most = max(1, LOGITS_AT_ONCE // (vocabulary * (1 + tree.nodes)))
    batch: list[int] = []
    tokens = 0
    for place in sorted(range(len(counts)), key=lambda i: (-counts[i], i)):
        more = counts[place] + tree.nodes
        if batch and (len(batch) >= most or tokens + more > TOKENS_PER_PASS):
            yield batch
            batch, tokens = [], 0
        batch.append(place)
        tokens += more
    if batch:
        yield batch


def _plan(engine: Engine, prefix: Prefix, counts: NDArray[np.int64], tree: Tree) -> Pass:
    """Each row: its prompt's own tokens, then all nodes of the tree."""
    rows, nodes = len(counts), tree.nodes
    widths = counts + nodes
    width = int(widths.max())
    row_N = np.repeat(np.arange(rows), widths)
    column_N = np.arange(len(row_N)) - np.repeat(np.cumsum(widths) - widths, widths)
    hidden_RTC = np.zeros((rows, width, width), dtype=bool)
    hidden_RTC[:] = np.triu(np.ones((width, width), dtype=bool), 1)
    position_RC = np.tile(np.arange(width), (rows, 1)) + len(prefix)
    for row, count in enumerate(counts):
        tail = slice(count, count + nodes)
        hidden_RTC[row, tail, tail] = ~tree.above_MM
        position_RC[row, tail] = len(prefix) + count + tree.depth_M
    position_N = position_RC[row_N, column_N]

    def there(values: NDArray[np.generic]) -> Tensor:
        return torch.from_numpy(values).to(engine.device)

    return Pass(
        prefix=prefix,
        memory=Memory(rows, width),
        first_row=0,
        rows=rows,
        width=width,
        columns=width,
        row_N=there(row_N),
        column_N=there(column_N),
        position_N=there(position_N),
        slot_N=there(row_N * width + column_N),
        hidden_RTC=there(hidden_RTC),
        key_position_RC=there(position_RC),
        first_position=int(position_N.min()),
        last_position=int(position_N.max()),
        causal=False,
    )
