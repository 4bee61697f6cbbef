"""The training of a job, by either method: from checked examples to a folder of weights.

Both go on from the last checkpoint of a worker that was killed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from etude.errors import EtudeError
from etude.jobs.examples import Lines
from etude.jobs.failing import TRAINING, told
from etude.jobs.following import Following, FollowingPreferences, metrics_of
from etude.jobs.holding import Held
from etude.jobs.method import preferring, supervised
from etude.jobs.pairs import preferences, token_pairs
from etude.jobs.starting import Started
from etude.models._base import TunableCausal
from etude.records.tuning import Hyperparameters, Metrics
from etude.store import atomic
from etude.training.lm.loop import train
from etude.training.lm.pairs import TokenPair
from etude.training.lm.preference import Preference, PreferenceSettings, prefer
from etude.training.lm.preflight import fitting, preflight
from etude.training.lm.result import MODEL
from etude.training.lm.settings import LmSettings, settings_from

_LOG, _SETTINGS = "preference_log.json", "settings.json"


@dataclass(frozen=True)
class Learned:
    """What a training left. ``path``: of the weights, and ``start`` of those that an adapter is
    for, relative to ``.etude``; ``rows``: figures of the steps; ``tokens``: trained on, each as often
    as it was seen."""

    path: str
    start: str | None
    rows: tuple[Metrics, ...]
    tokens: int


class Supervised:
    """Learning from ideal answers.

    Raises:
        JobFailed: the examples or hyperparameters can't be used with this model.
    """

    def __init__(self, held: Held, started: Started, work: str, read: dict[str, Lines]) -> None:
        self._held, self._started, self._work = held, started, work
        tokens = {
            param: token_pairs(started.source, lines.chats, param) for param, lines in read.items()
        }
        self._train: Sequence[TokenPair] = tokens["training_file"].rows
        kept = tokens.get("validation_file")
        self._kept: Sequence[TokenPair] = kept.rows if kept is not None else ()
        self.notices = tuple(said for made in tokens.values() for said in made.notices)
        job, parameters = held.job, started.source.parameters
        wanted = job.method.hyperparameters
        settings, self.chosen = supervised(wanted, parameters, self._train, job.seed)
        self._settings = self._checked(settings)

    def _checked(self, settings: LmSettings) -> LmSettings:
        """The settings, made to fit this machine; once, because with others a training that goes on
        would be another one."""
        source = self._started.source
        kept = self._held.store.folder / self._work / _SETTINGS
        if kept.is_file():
            return settings_from(json.loads(kept.read_text("utf-8")))
        try:
            fit, words = fitting(source, self._train, settings)
            found = preflight(source, self._train, self._kept, fit)
        except EtudeError as error:
            raise told(error, TRAINING) from error
        if words:
            self.notices += (f"To fit this machine's memory the training runs with {words}.",)
        self.notices += found.advice
        atomic.write_json(kept, fit.as_dict())
        return fit

    def learn(self) -> Learned:
        """Train, or go on training.

        Raises:
            KeyboardInterrupt: the job is to stop; what was done is kept.
        """
        follow = Following(self._held, self._work, self._started.start)
        workdir = self._held.store.folder / self._work
        source = self._started.source
        result = train(source, self._train, self._kept, self._settings, workdir, watch=follow)
        last = result.log[-1]
        follow.row(last, last.step)
        path = f"{self._work}/{MODEL}"
        return Learned(
            path,
            self._started.start,
            tuple(metrics_of(row) for row in result.log if row.step),
            sum(len(pair) for pair in self._train) * self._settings.epochs,
        )


class Preferring:
    """Learning from a better and a worse answer to the same (DPO).

    Raises:
        JobFailed: the examples or hyperparameters can't be used with this model.
    """

    def __init__(self, held: Held, started: Started, work: str, read: dict[str, Lines]) -> None:
        self._held, self._started, self._work = held, started, work
        source: TunableCausal = started.source
        tokens = {
            param: preferences(source, lines.preferred, param) for param, lines in read.items()
        }
        self._rows: Sequence[Preference] = tokens["training_file"].rows
        self.notices = tuple(said for made in tokens.values() for said in made.notices)
        if "validation_file" in read:
            self.notices += (
                "The validation file was checked; training on preferences takes no figures of it.",
            )
        self.chosen: Hyperparameters
        self._settings: PreferenceSettings
        wanted, adapter = held.job.method.hyperparameters, started.adapter is not None
        self._settings, self.chosen = preferring(wanted, source.parameters, adapter, held.job.seed)

    def learn(self) -> Learned:
        """Train, go on training, or find what was finished.

        Raises:
            KeyboardInterrupt: the job is to stop; what was done is kept.
        """
        follow = FollowingPreferences(self._held, self._work, self._started.start)
        workdir = self._held.store.folder / self._work
        done = workdir / _LOG
        if not done.is_file():
            atomic.remove(workdir / MODEL)
            result = prefer(
                self._started.source,
                self._started.adapter,
                self._rows,
                self._settings,
                workdir,
                watch=follow,
            )
            atomic.write_json(done, list(result.log))
        log = json.loads(done.read_text("utf-8"))
        # Told already as they came, unless a worker was killed in between.
        rows = tuple(
            follow.tell(step, len(log), figures) for step, figures in enumerate(log, start=1)
        )
        seen = sum(len(row.prompt) + len(row.chosen) + len(row.rejected) for row in self._rows)
        path = f"{self._work}/{MODEL}"
        return Learned(path, self._started.start, rows, seen * self._settings.epochs)
