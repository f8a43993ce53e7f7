"""The assistant: a model over the registry's tools, and answers that say where their numbers come from."""

from .answers import Reference, UnknownReference, references, render
from .assistant import LIMITS, Answer, ToolFailure, ToolRun, ask, build_agent, plain_error
from .errors import AssistantError, ModelFailed, ModelUnreachable, NoAnswer
from .facts import ToolFacts, facts_of, provenance
from .models import RULES_LABEL, ChosenModel, choose_model
from .rules import rules_model

__all__ = [
    "LIMITS",
    "RULES_LABEL",
    "Answer",
    "AssistantError",
    "ChosenModel",
    "ModelFailed",
    "ModelUnreachable",
    "NoAnswer",
    "Reference",
    "ToolFacts",
    "ToolFailure",
    "ToolRun",
    "UnknownReference",
    "ask",
    "build_agent",
    "choose_model",
    "facts_of",
    "plain_error",
    "provenance",
    "references",
    "render",
    "rules_model",
]
