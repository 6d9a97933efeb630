"""The shared intake of matters 政务服务统一收件, behind a port: cases in, results out (docs/hooks.md)."""
