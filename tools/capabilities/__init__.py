"""The tools, one per file: each fetches books through the market and hands them to analytics."""
