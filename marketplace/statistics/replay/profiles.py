"""Years that cities reported, as figures to replay. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from marketplace.procurement.domain.methods import Method


@dataclass(frozen=True, slots=True)
class Profile:
    """A city's year: what was reported, and what is assumed where nothing was."""

    name: str
    year: int
    region: str
    owners: int
    agencies: int
    items: int
    notices: int
    sign_ups: int
    failed: int
    """Notices that selected nobody."""
    saving: Decimal
    """Of price selection, as a share of the ceilings."""
    methods: Mapping[Method, int]
    """Weights."""
    assumed: str

    def scaled(self, scale: float) -> "Profile":
        """The same year with a share of everything, at least a handful."""

        def some(number: int, least: int) -> int:
            return number if scale >= 1 else max(least, round(number * scale))

        return replace(
            self,
            owners=some(self.owners, 3),
            agencies=some(self.agencies, 24),
            items=some(self.items, 2),
            notices=some(self.notices, 8),
            sign_ups=some(self.sign_ups, 60),
            failed=some(self.failed, 1),
        )


PROFILES = {
    "foshan-2018": Profile(
        name="foshan-2018",
        year=2018,
        region="440600",
        owners=914,
        agencies=1_728,
        items=1_109,
        notices=3_663,
        sign_ups=88_240,
        failed=73,
        saving=Decimal("0.25"),
        methods={
            Method.LOTTERY: 46,
            Method.LOWEST_PRICE: 25,
            Method.BEST_PRICE: 6,
            Method.AVERAGE_PRICE: 15,
            Method.CREDIT_MERIT: 5,
            Method.DIRECT: 3,
        },
        assumed="methods, failed notices and saving",
    ),
    "chaozhou-2021": Profile(
        name="chaozhou-2021",
        year=2021,
        region="445100",
        owners=600,
        agencies=1_100,
        items=400,
        notices=6_751,
        sign_ups=40_506,
        failed=105,
        saving=Decimal("0.488"),
        methods={
            Method.LOTTERY: 40,
            Method.LOWEST_PRICE: 45,
            Method.AVERAGE_PRICE: 10,
            Method.DIRECT: 5,
        },
        assumed="owners, agencies, items, sign-ups and methods",
    ),
}
