"""What can go wrong between a question and its answer, told in one sentence; all are LiquidityErrors.

AssistantError
├── ModelUnreachable   nothing answered at the model's address, or not in time
├── ModelFailed        the model's service refused the request, or failed at it
└── NoAnswer           the model replied with nothing that is an answer
"""

from tools.errors import LiquidityError


class AssistantError(LiquidityError):
    """The model gave no answer; the tools themselves may be fine."""

    kind = "assistant_error"


class ModelUnreachable(AssistantError):
    """Nothing answered at the model's address, or not in time."""

    kind = "model_unreachable"


class ModelFailed(AssistantError):
    """The model's service refused the request, or failed at it."""

    kind = "model_failed"


class NoAnswer(AssistantError):
    """The model replied with nothing that is an answer."""

    kind = "no_answer"
