import sys

import openai
from langchain.agents import create_agent
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from openinference.instrumentation.langchain import LangChainInstrumentor
from send_otlp import send_otlp

send_otlp()
LangChainInstrumentor().instrument()


@tool
def get_weather(city: str) -> str:
    """The weather in a city, now."""
    return f"It is sunny in {city}, at 22 degrees."


model = ChatOpenAI(model="gpt-4o-mini", max_retries=0, stream_usage=True)

if sys.argv[1] == "tools":
    agent = create_agent(model, tools=[get_weather], system_prompt="You tell the weather.")
    agent.invoke({"messages": [{"role": "user", "content": "What is the weather in Paris?"}]})
elif sys.argv[1] == "stream":
    for _ in model.stream("Say who you are."):
        pass
else:
    try:
        model.invoke("Fail, please. [[500]]")
    except openai.APIError:
        pass
