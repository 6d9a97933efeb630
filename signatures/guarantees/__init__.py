"""Electronic guarantees 电子保函: asked for from inside a procedure, sealed until its opening."""
