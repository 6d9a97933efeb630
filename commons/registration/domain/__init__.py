"""The rules of opening an account oneself. Pure."""
