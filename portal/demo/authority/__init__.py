"""The embedded authority of the demo city and the tests: CA, OCSP, CRL and TSA from one declarative file.

It makes certificates for invented people and is trusted by no production: `refusing` says so, and certomancer, which it
stands on, is not among what production installs. So nothing is imported here.
"""
