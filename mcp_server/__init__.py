"""Publishes the tools: the command line, and what it serves."""
