"""What `make bench` runs: each file states one comparison, and `page` tells what came of them."""
