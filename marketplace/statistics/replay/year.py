"""Plays a year day by day: people's steps through the pool, the platform's own by its clocks."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice

from commons.calendar import queries as calendar
from commons.domain.time import SHANGHAI
from commons.evidence import services as evidence
from marketplace.credit import services as credit
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.models import Engagement
from marketplace.procurement import services as procurements
from marketplace.selection import services as selecting
from marketplace.statistics.replay import steps
from marketplace.statistics.replay.plan import NoticePlan, notices
from marketplace.statistics.replay.pool import Pool, Task
from signatures.draws import services as draws

SIGN_UP_DAYS = 3
CONTRACT_AFTER, FINISH_AFTER = 3, 10
"""Working days after the result, and after the contract."""
RUN_OUT = 32
"""Working days after the year, for what is under way."""
MOST_ROUNDS = 6
Report = Callable[["Progress"], None]


@dataclass(slots=True)
class Progress:
    """How far a replay is."""

    day: date
    days_done: int = 0
    days: int = 1
    notices: int = 0
    sign_ups: int = 0
    results: int = 0
    finished: int = 0


@dataclass(slots=True)
class Year:
    """The state of a replay: only what is under way, whatever the year's size."""

    pool: Pool
    report: Report
    progress: Progress
    first_days: int | None = None
    """Publish everything on the first so many working days; None: over the whole year."""
    under_way: dict[int, NoticePlan] = field(default_factory=dict)
    signing: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """Day → (procurement, day of its sign-up)."""
    contracts: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    finishing: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    last_engagement: int = 0
    gave_up: set[int] = field(default_factory=set)

    def play(self) -> None:
        """The whole year, then the days until everything has ended."""
        days = working_days(self.pool.city.profile.year, RUN_OUT)
        publishing = sum(1 for day in days if day.year == self.pool.city.profile.year)
        if self.first_days is not None:
            publishing = min(publishing, self.first_days)
            days = days[: publishing + RUN_OUT]
        self.progress.days = len(days)
        coming = notices(self.pool.city.profile)
        total, sent = self.pool.city.profile.notices, 0
        for number, day in enumerate(days):
            due = min(total, total * (number + 1) // publishing)
            self._day(number, day, list(islice(coming, due - sent)))
            sent = due
            self.progress.days_done = number + 1
            self.report(self.progress)

    def _day(self, number: int, day: date, published: list[NoticePlan]) -> None:
        self.progress.day = day
        closes = at(day, 8)
        self.pool.run([("close", (made, closes)) for made in steps.closing(closes)])
        procurements.advance_due(at(day, 8))
        self._select(number, at(day, 10))
        self._publish(number, published, at(day, 13))
        self._serve(number, day)
        credit.advance_due(at(day, 20))
        evidence.checkpoint(at(day, 21))

    def _publish(self, number: int, published: list[NoticePlan], when: datetime) -> None:
        tasks: list[Task] = [("publish", (plan, when)) for plan in published]
        for plan, (made, _until, _selection) in zip(published, self.pool.run(tasks), strict=True):
            self.under_way[made] = plan
            self.progress.notices += 1
            for day in range(SIGN_UP_DAYS) if plan.sign_ups else ():
                self.signing[number + day].append((made, day))

    def _serve(self, number: int, day: date) -> None:
        """The afternoon: sign-ups, contracts and deliveries, each of other notices."""
        signing = self.signing.pop(number, [])
        contracted, finishing = self.contracts.pop(number, []), self.finishing.pop(number, [])
        tasks: list[Task] = [("sign_up", (self.under_way[made], made, turn, at(day, 14))) for made, turn in signing]
        tasks += [("finish", (self.under_way.pop(made), made, at(day, 16))) for made in finishing]
        tasks += [("contract", (self.under_way[made], made, at(day, 15))) for made in contracted]
        done = self.pool.run(tasks)
        self.progress.sign_ups += sum(done[: len(signing)])
        self.progress.finished += len(finishing)
        self.finishing[number + FINISH_AFTER] += contracted

    def _select(self, number: int, when: datetime) -> None:
        self.pool.run([("begin", (made, when)) for made in selecting.due(when)])
        when = self._go_on(when)
        published = when + timedelta(minutes=20)
        self.pool.run([("publish_result", (number, published)) for number in fulfilment.decided()])
        self._take_results(number, when + timedelta(minutes=40))

    def _go_on(self, when: datetime) -> datetime:
        """Picks and draws, round after round, until no selection waits for one; the moment after."""
        for _ in range(MOST_ROUNDS):
            self._pick(when)
            waiting = steps.waiting("DRAW")
            if not waiting:
                break
            when = self._draw(waiting, when)
        return when

    def _draw(self, waiting: list[tuple[int, int]], when: datetime) -> datetime:
        """One checkpoint and one reveal for all draws of the moment."""
        tasks: list[Task] = [
            ("keep_secret", (self.under_way[made].owner, selection_id, when + timedelta(minutes=1)))
            for selection_id, made in waiting
        ]
        drawn = self.pool.run(tasks)
        while draws.anchor_due(when + timedelta(minutes=2)):
            pass
        revealed = when + timedelta(minutes=31)
        self.pool.run([("reveal", (number, draw, revealed)) for (number, _), draw in zip(waiting, drawn, strict=True)])
        return revealed

    def _pick(self, when: datetime) -> None:
        picks: list[Task] = [
            ("pick", (self.under_way[made].owner, selection_id, when)) for selection_id, made in steps.waiting("PICK")
        ]
        self.pool.run(picks)

    def _take_results(self, number: int, when: datetime) -> None:
        fresh = Engagement.objects.filter(pk__gt=self.last_engagement).order_by("pk")
        refusing: list[Task] = []
        for engagement_id, made in fresh.values_list("pk", "procurement_id"):
            self.last_engagement = engagement_id
            self.progress.results += 1
            plan = self.under_way[made]
            if plan.gives_up and made not in self.gave_up:
                self.gave_up.add(made)
                refusing.append(("give_up", (plan, made, when)))
            else:
                self.contracts[number + CONTRACT_AFTER].append(made)
        if refusing:
            self.pool.run(refusing)
            self._go_on(when)  # the next may have to be drawn, within the hour in which secrets are taken


def at(day: date, hour: int) -> datetime:
    """An hour of a day in Shanghai."""
    return datetime.combine(day, time(hour), tzinfo=SHANGHAI)


def working_days(year: int, more: int) -> list[date]:
    """The working days of a year, and so many after it."""
    first = date(year, 1, 2)
    known = calendar.working_days(first=first, last=date(year + 1, 6, 30))
    days: Iterator[date] = (first + timedelta(days=number) for number in range(540))
    found = [day for day in days if known.is_working(day)]
    inside = sum(1 for day in found if day.year == year)
    return found[: inside + more]
