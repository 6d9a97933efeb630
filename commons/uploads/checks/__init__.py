"""What is looked at inside the cage, one module per kind of file. `look(file, arguments)` gives facts or refuses."""
