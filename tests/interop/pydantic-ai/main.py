import asyncio
import sys

from openai import AsyncOpenAI
from pydantic_ai import Agent
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from send_otlp import send_otlp

send_otlp()
Agent.instrument_all()

model = OpenAIChatModel("gpt-4o-mini", provider=OpenAIProvider(openai_client=AsyncOpenAI(max_retries=0)))


def ask_with_tool() -> None:
    agent = Agent(model, name="weather", system_prompt="You tell the weather.")

    @agent.tool_plain
    def get_weather(city: str) -> str:
        """The weather in a city, now."""
        return f"It is sunny in {city}, at 22 degrees."

    agent.run_sync("What is the weather in Paris?")


async def ask_streamed() -> None:
    async with Agent(model, name="self").run_stream("Say who you are.") as result:
        async for _ in result.stream_text():
            pass


def ask_in_vain() -> None:
    try:
        Agent(model, name="vain").run_sync("Fail, please. [[500]]")
    except ModelHTTPError:
        pass


if sys.argv[1] == "tools":
    ask_with_tool()
elif sys.argv[1] == "stream":
    asyncio.run(ask_streamed())
else:
    ask_in_vain()
