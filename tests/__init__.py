"""The tests, from single rules to whole stories; the product never imports them."""
