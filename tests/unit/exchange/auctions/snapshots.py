"""A snapshot of rule parameters as `commons.parameters` takes one, for rules that need only its values."""

VALUES = {
    "notice.days": "7",
    "registration.days": "5",
    "qualification.working_days": "1",
    "bidders.minimum": "2",
    "deposit.share": "0.20",
    "deposit.share.maximum": "0.30",
    "deposit.deadline_hours": "24",
    "deposit.counts_towards_price": "true",
    "deposit.guarantee_allowed": "true",
    "deposit.guarantee_valid_days": "90",
    "negotiation.working_days": "5",
    "contract.working_days": "3",
    "payment.working_days": "7",
    "refund.working_days": "5",
    "objection.answer_days": "3",
    "fee.share.buyer": "0",
    "fee.share.seller": "0",
    "quantity.places": "3",
    "room.readiness_minutes": "5",
    "room.rate_bids_per_second": "5",
    "room.rate_burst": "10",
    "room.maximum_step_factor": "10",
    "room.free_minutes": "30",
    "room.waiting_seconds": "240",
    "room.timed_seconds": "240",
    "room.extension_seconds": "240",
    "room.total_cap_hours": "0",
    "room.closing_grace_ms": "2000",
    "room.allowed_outage_seconds": "30",
    "room.guard_hold_steps": "3",
    "room.guard_hold_share": "0.05",
    "room.guard_retype_factor": "10",
    "room.entry_certificate": "false",
    "room.session_minutes": "60",
    "room.quotes_limit": "10",
    "room.top_share": "0.70",
    "order.minimum": "1000",
    "order.irrevocable": "true",
    "bidder.cap_share": "0.50",
}


def snapshot(**changes: str) -> dict[str, dict[str, str]]:
    """The usual values, some of them changed."""
    values = {**VALUES, **{key.replace("__", "."): value for key, value in changes.items()}}
    return {key: {"value": value, "source": "test"} for key, value in values.items()}
