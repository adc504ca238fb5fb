"""The three scenarios with the plain client, for instrumentations of the client itself."""

import json
import sys

import openai
from opentelemetry import trace

TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city, now.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "Name of the city"}},
            "required": ["city"],
        },
    },
}


def get_weather(city: str) -> str:
    return f"It is sunny in {city}, at 22 degrees."


def ask_with_tool(client: openai.OpenAI) -> None:
    messages: list = [
        {"role": "system", "content": "You tell the weather."},
        {"role": "user", "content": "What is the weather in Paris?"},
    ]
    first = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=[TOOL])
    call = first.choices[0].message.tool_calls[0]
    messages.append(first.choices[0].message.model_dump(exclude_none=True, include={"role", "tool_calls"}))
    messages.append(
        {"role": "tool", "tool_call_id": call.id, "content": get_weather(**json.loads(call.function.arguments))}
    )
    client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=[TOOL])


def ask_streamed(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": "Say who you are."}],
        stream=True,
        stream_options={"include_usage": True},
    )
    for _ in stream:
        pass


def ask_in_vain(client: openai.OpenAI) -> None:
    messages = [{"role": "user", "content": "Fail, please. [[500]]"}]
    client.chat.completions.create(model="gpt-4o-mini", messages=messages)


def ask() -> None:
    """Runs the scenario that the command line names."""
    client = openai.OpenAI(max_retries=0)
    scenarios = {"tools": ask_with_tool, "stream": ask_streamed, "error": ask_in_vain}
    with trace.get_tracer("interop").start_as_current_span("ask"):
        try:
            scenarios[sys.argv[1]](client)
        except openai.APIError:
            if sys.argv[1] != "error":
                raise
