"""What is compared instead of the price: deductions, conversions, quality, life-cycle cost, net present value."""

from decimal import Decimal
from fractions import Fraction

from bidding.scoring.domain.model import Bid, Parameters, Priced, Step
from bidding.scoring.domain.rounding import exact, fen
from commons.domain.money import as_text, normal_text
from commons.domain.refusals import Malformed
from commons.domain.text import gettext_noop

Comparable = tuple[Fraction, list[Step]]


def deducted(entry: Priced, parameters: Parameters) -> Comparable:
    """The price after deductions by policy: small firms (政府采购促进中小企业发展管理办法 art. 9), domestic products
    (国办发〔2025〕34号). Both are taken of the price bid, side by side. Only the comparison uses it: the contract is
    made at the price bid."""
    small = _small_deduction(entry.bid, parameters)
    domestic = parameters.domestic_discount if entry.bid.domestic else Decimal(0)
    if not small and not domestic:
        return exact(entry.price), []
    value = exact(entry.price) * (1 - exact(small) - exact(domestic))
    text = gettext_noop("%(bidder)s: %(price)s × (1 − %(small)s − %(domestic)s) = %(value)s for the comparison.")
    fields = {
        "bidder": entry.bid.bidder,
        "price": as_text(entry.price),
        "small": normal_text(small),
        "domestic": normal_text(domestic),
        "value": as_text(fen(value)),
    }
    return value, [Step(text, fields)]


def converted(entry: Priced, parameters: Parameters) -> Comparable:
    """Deductions, then what the tender document converts into money (payment, delivery, omissions)."""
    value, steps = deducted(entry, parameters)
    for reason, amount in entry.bid.additions:
        value += exact(amount)
        text = gettext_noop("%(bidder)s: %(amount)s for “%(reason)s”, together %(value)s.")
        fields = {"bidder": entry.bid.bidder, "amount": as_text(amount), "reason": reason}
        steps.append(Step(text, fields | {"value": as_text(fen(value))}))
    return value, steps


def by_quality(entry: Priced, parameters: Parameters) -> Comparable:
    """price ÷ coefficient (÷ denominator, + addition); coefficient = 1 + Σ chosen ÷ (1 − Σ greatest weights)."""
    greatest = sum((exact(max(options.values())) for options in parameters.features.values()), Fraction(0))
    if greatest >= 1:
        raise Malformed(field="parameters.features", reason="the greatest weights must stay below 1 together")
    chosen = sum((_chosen(entry.bid, name, parameters) for name in parameters.features), Fraction(0))
    coefficient = 1 + chosen / (1 - greatest)
    value = exact(entry.price) / coefficient / exact(parameters.denominator) + exact(parameters.addition)
    text = gettext_noop(
        "%(bidder)s: coefficient 1 + %(chosen)s ÷ (1 − %(greatest)s) = %(coefficient)s; "
        "%(price)s ÷ coefficient ÷ %(denominator)s + %(addition)s = %(value)s."
    )
    fields = {
        "bidder": entry.bid.bidder,
        "chosen": _spelled(chosen),
        "greatest": _spelled(greatest),
        "coefficient": _spelled(coefficient),
        "price": as_text(entry.price),
        "denominator": normal_text(parameters.denominator),
        "addition": normal_text(parameters.addition),
        "value": as_text(fen(value)),
    }
    return value, [Step(text, fields)]


def over_life(entry: Priced, parameters: Parameters) -> Comparable:
    """price ÷ denominator + addition + the costs of use and disposal."""
    value = exact(entry.price) / exact(parameters.denominator) + exact(parameters.addition)
    value += exact(entry.bid.non_price_cost)
    text = gettext_noop("%(bidder)s: %(price)s and other costs of its life %(cost)s: %(value)s.")
    fields = {
        "bidder": entry.bid.bidder,
        "price": as_text(entry.price),
        "cost": as_text(entry.bid.non_price_cost),
        "value": as_text(fen(value)),
    }
    return value, [Step(text, fields)]


def net_present_value(bid: Bid, discount_rate: Decimal) -> Comparable:
    """Σ (saving − payment) ÷ (1 + r)^year; the contractor is paid its share of the saving while the contract runs."""
    energy = bid.energy
    if energy is None:
        raise Malformed(field=f"bids.{bid.bidder}.energy", reason="missing")
    value = Fraction(0)
    for year, saving in enumerate(energy.savings, 1):
        share = exact(energy.share) if year <= energy.contract_years else Fraction(0)
        value += exact(saving) * (1 - share) / (1 + exact(discount_rate)) ** year
    text = gettext_noop(
        "%(bidder)s: of the savings of %(years)s years the contractor gets %(share)s for %(contract)s years; "
        "at %(rate)s a year the rest is worth %(value)s today."
    )
    fields = {
        "bidder": bid.bidder,
        "years": str(len(energy.savings)),
        "share": normal_text(energy.share),
        "contract": str(energy.contract_years),
        "rate": normal_text(discount_rate),
        "value": as_text(fen(value)),
    }
    return value, [Step(text, fields)]


def _small_deduction(bid: Bid, parameters: Parameters) -> Decimal:
    if bid.discount is not None:
        return bid.discount
    return parameters.discount if bid.sme else Decimal(0)


def _chosen(bid: Bid, feature: str, parameters: Parameters) -> Fraction:
    option = bid.features.get(feature)
    weights = parameters.features[feature]
    if option is None or option not in weights:
        raise Malformed(field=f"bids.{bid.bidder}.features.{feature}", reason=f"none of {', '.join(weights)}")
    return exact(weights[option])


def _spelled(value: Fraction) -> str:
    return str(value)
