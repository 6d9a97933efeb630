from exchange.contracts.models.deal import Certificate, Contract, Deal, DealOrigin, Invoice

__all__ = ["Certificate", "Contract", "Deal", "DealOrigin", "Invoice"]
