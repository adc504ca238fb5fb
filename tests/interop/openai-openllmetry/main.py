from ask_openai import ask
from opentelemetry.instrumentation.openai import OpenAIInstrumentor
from send_otlp import send_otlp

send_otlp()
OpenAIInstrumentor().instrument()
ask()
