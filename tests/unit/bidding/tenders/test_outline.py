"""The document that an owner begins with speaks of the two sides as the law of its procedure does."""

import pytest

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import OWNERS, Sector, Switch
from bidding.profiles.seeds import seed_profiles
from bidding.tenders.outline import template_of


@pytest.mark.parametrize("profile", seed_profiles(), ids=lambda one: one.code)
def test_owner_and_bidder_have_their_words_in_every_clause(profile: ProcedureProfile) -> None:
    document = template_of(profile)
    written = "".join(clause.title + clause.text for clause in document.clauses)
    strange = set(OWNERS.values()) - {OWNERS[profile.owner_kind]}
    purchase = not profile.is_tender or profile.has(Switch.FRAMEWORK)
    strange |= {"投标人", "投标文件", "中标", "评标委员会"} if purchase else {"供应商", "成交"}
    if profile.sector is Sector.GOVERNMENT_PROCUREMENT:
        strange -= {"供应商"}  # what is bought points to none 不指向特定供应商

    assert [word for word in sorted(strange) if word in written] == []
    assert OWNERS[profile.owner_kind] in written
    assert "{" not in written
    assert ("解密" in written) is profile.has(Switch.SEALED)


def test_the_price_of_a_right_is_bounded_from_below_and_paid_by_who_takes_it() -> None:
    for code, taker in (("LAND_OPEN", "受让人"), ("LAND_TRANSFER", "受让方")):
        profile = next(one for one in seed_profiles() if one.code == code)
        written = "".join(clause.text for clause in template_of(profile).clauses)
        assert "报价低于起始价" in written
        assert f"{taker}按照合同约定的时间和方式缴清价款" in written
        assert "履约担保" not in written
