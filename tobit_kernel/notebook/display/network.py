"""The network that a result's nodes and relationships make: interactive where our extension is, SVG elsewhere."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tobit_kernel.notebook.display.entities import entities, is_entity, name_of
from tobit_kernel.notebook.display.words import say
from tobit_kernel.wire.stream import Result

MIME = "application/vnd.tobit.network+json"
#: More than a person can tell apart.
MOST_NODES = 500
WIDTH_PX, HEIGHT_PX, RADIUS_PX, _MARGIN_PX = 900, 520, 10, 50
#: Distinguishable also for the colour-blind (Okabe and Ito), the last for all further groups.
_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a800", "#7a7a7a")

#: Rounds of the layout: half a second for 500 nodes.
_ROUNDS = 80

Item = dict[str, Any]


@dataclass
class Network:
    """Nodes ``{id, label, group, colour, x, y, properties}``, edges ``{id, from, to, label, properties}``.

    ``x`` and ``y`` lie between 0 and 1. ``left_out`` nodes are not drawn, nor are their edges.
    """

    nodes: list[Item]
    edges: list[Item]
    left_out: int = 0
    height_px: int = field(default=HEIGHT_PX)

    @property
    def legend(self) -> list[Item]:
        """Groups with their colour, the largest first."""
        counts = Counter((node["group"], node["colour"]) for node in self.nodes)
        return [{"group": group, "colour": colour, "count": n} for (group, colour), n in counts.most_common()]

    @property
    def note(self) -> str:
        """What is not drawn; empty when all is."""
        if not self.left_out:
            return ""
        return say("The first {n} nodes are drawn; {more:,} are not.").format(n=len(self.nodes), more=self.left_out)

    @cached_property
    def svg(self) -> str:
        """The static picture."""
        from jinja2 import Environment, PackageLoader

        found = Environment(loader=PackageLoader(__package__, ""), autoescape=True, trim_blocks=True)
        nodes = [{**node, **_placed(node), "text": f"{node['group']} {node['label']}"} for node in self.nodes]
        by_id = {node["id"]: node for node in nodes}
        edges = [_line(by_id[edge["from"]], by_id[edge["to"]], edge["label"]) for edge in self.edges]
        words = {"legend": self.legend, "note": self.note, "radius": RADIUS_PX}
        template = found.get_template("network.svg")
        return template.render(nodes=nodes, edges=edges, width=WIDTH_PX, height=self.height_px, **words)

    def __repr__(self) -> str:
        return f"<network: {len(self.nodes)} nodes, {len(self.edges)} relationships> {self.note}".rstrip()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        shown = {"nodes": self.nodes, "edges": self.edges, "legend": self.legend, "note": self.note}
        return {MIME: {**shown, "height": self.height_px}, "image/svg+xml": self.svg, "text/plain": repr(self)}


def network(result: Result) -> Network | None:
    """The network of ``result``; None when it holds no nodes, relationships or paths."""
    if not any(map(is_entity, result.table.schema)):
        return None
    nodes: dict[str, Item] = {}
    edges: dict[str, Item] = {}
    ends: dict[str, Item] = {}
    for each in entities(result.table):
        if "labels" in each:
            nodes.setdefault(each["id"], each)
        else:
            edges.setdefault(each["id"], each)
            # what a relationship leads to is drawn without a name, if it is not in the result
            ends |= {end: {"id": end, "labels": [], "properties": {}} for end in (each["from"], each["to"])}
    all_nodes = {**ends, **nodes}
    if not all_nodes:
        return None
    drawn = dict(list(({**nodes, **{key: all_nodes[key] for key in ends}}).items())[:MOST_NODES])
    kept = [edge for edge in edges.values() if edge["from"] in drawn and edge["to"] in drawn]
    return Network(_shown(drawn, kept), [_edge(edge) for edge in kept], len(all_nodes) - len(drawn))


def _shown(nodes: dict[str, Item], edges: list[Item]) -> list[Item]:
    seen = Counter(label for node in nodes.values() for label in node["labels"])
    # of several labels the one that fewest nodes have says most
    groups = {
        key: min(node["labels"], key=lambda label: (seen[label], label), default="") for key, node in nodes.items()
    }
    order = [group for group, _ in Counter(groups.values()).most_common()]
    colours = {group: _COLOURS[min(place, len(_COLOURS) - 1)] for place, group in enumerate(order)}
    places = _layout(list(nodes), [(edge["from"], edge["to"]) for edge in edges])
    return [
        {
            "id": key,
            "label": name_of(node),
            "group": groups[key],
            "colour": colours[groups[key]],
            "x": round(places[key][0], 4),
            "y": round(places[key][1], 4),
            "properties": node["properties"],
        }
        for key, node in nodes.items()
    ]


def _edge(edge: Item) -> Item:
    return {name: edge[name] for name in ("id", "from", "to", "properties")} | {"label": edge["type"]}


def _layout(nodes: list[str], edges: list[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Places between 0 and 1, the same for the same network: forces after Fruchterman and Reingold (1991).

    Written out, because networkx needs scipy for as many nodes as these.
    """
    import numpy as np

    count, number = len(nodes), {key: place for place, key in enumerate(nodes)}
    at = np.random.default_rng(7).random((count, 2))
    ends = np.array([(number[a], number[b]) for a, b in edges if a != b], dtype=int).reshape(-1, 2)
    wished = 0.9 / math.sqrt(count)
    for heat in np.linspace(0.12, 0.002, _ROUNDS):
        apart = at[:, None, :] - at[None, :, :]
        distance = np.maximum(np.hypot(apart[..., 0], apart[..., 1]), 1e-4)
        force = (apart * (wished**2 / distance**2)[..., None]).sum(axis=1) - (at - 0.5) * wished
        pull = (at[ends[:, 0]] - at[ends[:, 1]]) * distance[ends[:, 0], ends[:, 1]][:, None] / wished
        np.add.at(force, ends[:, 0], -pull)
        np.add.at(force, ends[:, 1], pull)
        length = np.maximum(np.hypot(force[:, 0], force[:, 1]), 1e-9)
        at += force / length[:, None] * np.minimum(length, heat)[:, None]
    low, span = at.min(axis=0), np.ptp(at, axis=0)
    places = np.where(span > 0, (at - low) / np.where(span > 0, span, 1), 0.5)
    return {key: (float(x), float(y)) for key, (x, y) in zip(nodes, places, strict=True)}


def _placed(node: Item) -> dict[str, float]:
    return {
        "x": round(_MARGIN_PX + node["x"] * (WIDTH_PX - 2 * _MARGIN_PX), 1),
        "y": round(_MARGIN_PX + node["y"] * (HEIGHT_PX - 2 * _MARGIN_PX), 1),
    }


def _line(start: Item, end: Item, label: str) -> Item:
    """A line with the tip of an arrow where it meets the circle."""
    angle = math.atan2(end["y"] - start["y"], end["x"] - start["x"])
    x, y = end["x"] - RADIUS_PX * math.cos(angle), end["y"] - RADIUS_PX * math.sin(angle)
    sides = [(x - 8 * math.cos(angle + turn), y - 8 * math.sin(angle + turn)) for turn in (0.4, -0.4)]
    tip = f"M{x:.1f} {y:.1f}" + "".join(f"L{a:.1f} {b:.1f}" for a, b in sides) + "Z"
    middle = {"x": round((start["x"] + end["x"]) / 2, 1), "y": round((start["y"] + end["y"]) / 2, 1)}
    return {
        "x1": start["x"],
        "y1": start["y"],
        "x2": round(x, 1),
        "y2": round(y, 1),
        "tip": tip,
        "label": label,
    } | middle
