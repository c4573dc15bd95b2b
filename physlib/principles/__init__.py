"""Principles from physics that four papers carry over to learning, a package for each."""
