"""What physics says of networks as such: symmetry, conjugates, and digital twins."""
