"""Which prompts of a batch share a beginning, so that the fewest tokens are computed.

Sorted prompts form a tree of common beginnings. A cluster opened at a node computes the node's
tokens once and the rest of each member; a branch leaves the cluster for one of its own where that
is cheaper. The choice is made from the leaves up for every prefix that can be open around a node,
so no other partition computes fewer tokens (clusters inside clusters are not looked at: a prompt
has one prefix). It knows ids alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

OPENING = 8
"""What a cluster costs beside its prefix, in tokens: below that sharing does not pay."""


@dataclass(frozen=True)
class Cluster:
    """Prompts with their first ``prefix`` tokens in common; 0 where nothing is shared.

    At least the last token of every prompt is outside of the prefix: the first target token's
    logits come from it.
    """

    prefix: int
    members: tuple[int, ...]


@dataclass(eq=False)
class _Node:
    depth: int
    """Tokens that all leaves have in common; of a leaf: of its prompt."""
    leaf: int | None = None
    children: list[_Node] = field(default_factory=list)
    leaves: int = 1
    cost: dict[int, float] = field(default_factory=dict)
    """Tokens below this node, where a cluster with so long a prefix is open around it."""
    opens: dict[int, bool] = field(default_factory=dict)
    """Whether the cheapest way opens a cluster here."""


def clusters_of(prompts: Sequence[NDArray[np.int32]], rows: int | None = None) -> list[Cluster]:
    """The cheapest partition of prompts into clusters; every prompt is in exactly one.

    Args:
        prompts: token ids, each at least one.
        rows: where the prompts are taken in batches of this many, a cluster pays for its prefix
            once per batch; None: they are one batch.

    Returns:
        Clusters in the order of their first members.
    """
    if not prompts:
        return []
    order = _preorder(_tree(prompts))
    _count(order, rows or len(prompts))
    found: dict[tuple[int, int], list[int]] = {}
    around: dict[_Node, tuple[int, int]] = {order[0]: (0, -1)}
    for number, node in enumerate(order):
        prefix, owner = around.pop(node)
        if node.leaf is not None:
            found.setdefault((owner, prefix), []).append(node.leaf)
        elif node.opens[prefix]:
            prefix, owner = node.depth, number
        around.update(dict.fromkeys(node.children, (prefix, owner)))
    made = [Cluster(prefix, tuple(sorted(members))) for (_, prefix), members in found.items()]
    return sorted(made, key=lambda cluster: cluster.members)


def computed(prompts: Sequence[NDArray[np.int32]], clusters: Sequence[Cluster]) -> int:
    """Prompt tokens that are computed with these clusters."""
    saved = sum(cluster.prefix * (len(cluster.members) - 1) for cluster in clusters)
    return sum(len(prompt) for prompt in prompts) - saved


def common(one: NDArray[np.int32], other: NDArray[np.int32]) -> int:
    """Tokens at the beginning that both have."""
    length = min(len(one), len(other))
    differs = np.flatnonzero(one[:length] != other[:length])
    return int(differs[0]) if len(differs) else length


def _tree(prompts: Sequence[NDArray[np.int32]]) -> _Node:
    """The tree of common beginnings: a Cartesian tree over neighbours in sorted order."""
    order = sorted(range(len(prompts)), key=lambda i: prompts[i].astype(">u4").tobytes())
    stack = [_Node(0)]
    before = None
    for index in order:
        prompt = prompts[index]
        if before is not None:
            _close(stack, min(common(before, prompt), len(before) - 1, len(prompt) - 1))
        stack.append(_Node(len(prompt), leaf=index))
        before = prompt
    _close(stack, 0)
    return stack[0]


def _close(stack: list[_Node], depth: int) -> None:
    """End all nodes deeper than ``depth``; a node of that depth is left on top."""
    closed = stack.pop()
    while stack[-1].depth > depth:
        parent = stack.pop()
        parent.children.append(closed)
        closed = parent
    if stack[-1].depth < depth:
        stack.append(_Node(depth))
    stack[-1].children.append(closed)


def _preorder(root: _Node) -> list[_Node]:
    """Parents before children, each with its number of leaves."""
    order, pending = [], [root]
    while pending:
        node = pending.pop()
        order.append(node)
        pending += reversed(node.children)
    for node in reversed(order):
        if node.leaf is None:
            node.leaves = sum(child.leaves for child in node.children)
    return order


def _count(order: Sequence[_Node], rows: int) -> None:
    """The cost of every node under every prefix that can be open around it."""
    order[0].cost[0] = 0.0
    for node in order:
        for child in node.children:
            child.cost = dict.fromkeys([*node.cost, node.depth], 0.0)
    for node in reversed(order):
        for prefix in node.cost:
            if node.leaf is not None:
                node.cost[prefix] = node.depth - prefix
                continue
            batches = -(-node.leaves // rows)
            opened: float = (node.depth + OPENING) * batches
            opened += sum(child.cost[node.depth] for child in node.children)
            outside = sum(child.cost[prefix] for child in node.children)
            node.opens[prefix] = opened < outside
            node.cost[prefix] = min(opened, outside)
