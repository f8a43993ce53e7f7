"""Liquidity tools."""
