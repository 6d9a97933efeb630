"""Questions about procurements."""

from marketplace.procurement.queries.advice import count_eligible, nameable, scope_of, split_of
from marketplace.procurement.queries.listing import (
    NoticeSearch,
    facets,
    own,
    published,
    to_approve,
    to_audit,
    under_way,
)
from marketplace.procurement.queries.views import (
    OpenNotice,
    OwnerSeen,
    ProcurementView,
    demand_of,
    need_of,
    number_of,
    open_notice,
    owner_seen,
    procurement,
    procurement_for,
    view,
)

__all__ = [
    "NoticeSearch",
    "OpenNotice",
    "OwnerSeen",
    "ProcurementView",
    "count_eligible",
    "demand_of",
    "facets",
    "nameable",
    "need_of",
    "number_of",
    "open_notice",
    "own",
    "owner_seen",
    "procurement",
    "procurement_for",
    "published",
    "scope_of",
    "split_of",
    "to_approve",
    "to_audit",
    "under_way",
    "view",
]
