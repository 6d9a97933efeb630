"""The embedded authority of the demo city and the tests: CA, OCSP, CRL and TSA from one declarative file.

It makes certificates for invented people and is trusted by no production: see `refuse_in_production`.
"""

from portal.demo.authority.city import CityAuthority, Holder, load, refuse_in_production

__all__ = ["CityAuthority", "Holder", "load", "refuse_in_production"]
