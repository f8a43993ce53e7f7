"""A model of rules: it reads a question with a grammar, calls the right tools, and writes the answer from templates. It is no LLM and says so."""

from .model import RULES_LABEL, rules_model

__all__ = ["RULES_LABEL", "rules_model"]
