"""Input that has nothing to do with the task: no label fits, so none should be sure, and a form holds
no value that the input does not."""

from __future__ import annotations

from etude.behaviour.cases import Case, Material, Suite

TEXTS = (
    "What is the tallest mountain in South America?",
    "Write a poem about autumn leaves.",
    "How many legs does a spider have?",
    "Who painted the Mona Lisa?",
    "Tell me a joke about penguins.",
    "The train to Vienna was late again yesterday.",
    "My grandmother used to bake bread every Sunday.",
    "Prove that the square root of two is irrational.",
    "Is Pluto a planet?",
    "The orchestra played the second movement far too fast.",
    "What rhymes with orange?",
    "Which team won the world cup in 1998?",
)


def _make(material: Material) -> list[Case]:
    return [Case("", "", text, schema=material.schema) for text in TEXTS]


SUITE = Suite(
    key="out_of_scope",
    plain_name="input that has nothing to do with the task",
    about="unusual",
    test="direction",
    version=3,
    rules={"classify": "no_surer", "extract": "invents_no_value"},
    unfit="what should be written then is not known; say it under boundaries",
    make=_make,
)
