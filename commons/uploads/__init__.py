"""Files from outside are looked at in a limited child process before anything else opens them.

`services.check` is for archives, workbooks, XML, pictures, PDFs and certificates; `limited.run` gives any other look
at somebody's bytes the same cage.
"""
