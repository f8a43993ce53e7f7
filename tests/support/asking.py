"""Conversations with the rules model, for tests."""

from agent import build_agent, rules_model


async def answers(market, *questions):
    """The answers to these questions, asked one after the other."""
    agent, history, found = build_agent(rules_model(), market), [], []
    for question in questions:
        run = await agent.run(question, message_history=history)
        history = run.all_messages()
        found.append(run.output)
    return found


async def answer(market, *questions):
    """The last of the answers."""
    return (await answers(market, *questions))[-1]
