"""The working-day calendar: seeded from the State Council's notices, corrected by staff, asked by every deadline."""
