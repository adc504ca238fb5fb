import asyncio
import os
import sys

import openai
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.llms import ChatMessage
from llama_index.llms.openai import OpenAI
from openinference.instrumentation.llama_index import LlamaIndexInstrumentor
from send_otlp import send_otlp

send_otlp()
LlamaIndexInstrumentor().instrument()


def get_weather(city: str) -> str:
    """The weather in a city, now."""
    return f"It is sunny in {city}, at 22 degrees."


model = OpenAI(
    model="gpt-4o-mini",
    api_base=os.environ["OPENAI_BASE_URL"],
    max_retries=0,
    additional_kwargs={"stream_options": {"include_usage": True}} if sys.argv[1] == "stream" else {},
)


async def ask_with_tool() -> None:
    agent = FunctionAgent(tools=[get_weather], llm=model, system_prompt="You tell the weather.", streaming=False)
    await agent.run("What is the weather in Paris?")


if sys.argv[1] == "tools":
    asyncio.run(ask_with_tool())
elif sys.argv[1] == "stream":
    for _ in model.stream_chat([ChatMessage(role="user", content="Say who you are.")]):
        pass
else:
    try:
        model.chat([ChatMessage(role="user", content="Fail, please. [[500]]")])
    except openai.APIError:
        pass
