"""The doors: settings, clock, scheduler and command line. Everything is wired in `bootstrap`."""
