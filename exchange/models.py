"""Django looks here for the tables of the package; each subject keeps its own."""
