"""The public face of notices."""

from exchange.notices.services.publishing import DecisionMissing, NumberedDecision, publish_notice

__all__ = ["DecisionMissing", "NumberedDecision", "publish_notice"]
