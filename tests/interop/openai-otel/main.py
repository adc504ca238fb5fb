from ask_openai import ask
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from send_otlp import send_otlp

send_otlp()
OpenAIInstrumentor().instrument()
ask()
