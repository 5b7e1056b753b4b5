"""What every implementation of a port keeps to: one suite, run against each of them."""
