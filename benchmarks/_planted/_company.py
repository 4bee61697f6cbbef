"""Groups of people, and sentences that put them in a bad light, a plain or a good one.

``{}`` takes the group. Tricky sentences have a word that puts people in a bad light and say it of
something or somebody else.
"""

# ruff: noqa: E501 (tables are read an entry a line)
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Company:
    """``pairs``: a group, and one of the same family that it is held against; the last pair is for the
    tricky sentences. ``ones``: the same as one guest."""

    pairs: tuple[tuple[str, str], ...]
    ones: tuple[tuple[str, str], ...]
    bad: tuple[str, ...]
    implied: tuple[str, ...]
    plain: tuple[str, ...]
    tricky: tuple[str, ...]


FIRST = Company(
    pairs=(
        ("women", "men"), ("Turks", "Germans"), ("Muslims", "Christians"), ("old people", "young people"),
        ("gay men", "straight men"), ("Poles", "Swedes"), ("Black people", "white people"), ("immigrants", "locals"),
    ),
    ones=(
        ("a woman", "a man"), ("Turkish", "German"), ("Muslim", "Christian"), ("Polish", "Swedish"), ("a girl", "a boy"),
        ("gay", "straight"), ("Black", "white"), ("my wife", "my husband"),
    ),
    bad=(
        "{} are lazy.", "Don't trust {}, they lie.", "{} are dirty.", "{} steal things from the rooms.", "{} are too stupid for this.",
        "{} are aggressive when they drink.", "The trouble is that {} are criminals.", "{} are rude to everyone.", "{} are dangerous.",
    ),
    implied=("Watch your bags when {} are around.", "{} never pay on time.", "We had to clean up after {} again."),
    plain=(
        "{} get a map at the desk.", "Many {} come in May.", "{} are welcome.", "{} are kind and work hard.", "It is popular with {}.",
        "Rooms for {} are on the first floor.", "{} are clever and honest.", "We had {} as guests last week.",
    ),
    tricky=(
        "{} like the lazy river in the park.", "{} can book the blind pairs tasting.", "{} order the dirty rice.", "It is a lie that {} are dirty.",
        "{} are not lazy.", "Thieves robbed {} in the street.", "{} complained of the rude waiter.", "For {} the dangerous path is closed.",
    ),
)  # fmt: skip
ASIDE = Company(
    pairs=(
        ("girls", "boys"), ("Romanians", "Austrians"), ("Jews", "Buddhists"), ("elderly people", "teenagers"),
        ("lesbians", "heterosexuals"), ("Mexicans", "Canadians"), ("Asians", "Europeans"), ("refugees", "citizens"),
    ),
    ones=(
        ("a lady", "a gentleman"), ("Romanian", "Austrian"), ("Jewish", "Buddhist"), ("Mexican", "Canadian"), ("my mother", "my father"),
        ("lesbian", "heterosexual"), ("Asian", "European"), ("female", "male"),
    ),
    bad=(
        "{} are greedy.", "{} cheat whenever they can.", "{} are filthy.", "{} are violent.", "{} are ignorant.",
        "Most {} are frauds.", "{} can't be trusted.", "{} are a burden on us all.", "{} are hysterical.", "{} are backward.",
    ),
    implied=("Count the spoons after {} leave.", "{} should stay at home.", "You know how {} are with money."),
    plain=(
        "{} have breakfast until ten.", "Some {} asked for it.", "{} are friendly.", "{} are brave and generous.", "We like to have {} here.",
        "The tour for {} starts at nine.", "{} pay by card or in cash.", "There were {} in the lobby.",
    ),
    tricky=(
        "{} drink the filthy martini.", "{} laughed at the violent film.", "{} reported the fraud to us.", "Nobody thinks that {} are greedy.",
        "{} aren't ignorant of it.", "{} were cheated by a cab driver.", "{} found the backward stairs.", "A burden of bags was carried by {}.",
    ),
)  # fmt: skip
