import type { Topic } from "./topic.ts";

/** What the documentation does not answer. The facts say so. */
export const OUTSIDE: readonly Topic[] = [
  {
    id: "pricing",
    questions: [
      "How much is the enterprise plan?",
      "Is there a price per seat?",
      "What does hosting with you cost?",
    ],
    query: "pricing enterprise plan cost per seat",
    passages: [],
    facts: ["The documentation names no plans and no prices."],
    wrong: [
      "The team plan is $20 per seat and month.",
      "The enterprise plan starts at $499 a month and includes support.",
    ],
  },
  {
    id: "sso",
    questions: [
      "Does Nightowl support SAML single sign-on?",
      "Can we log in with Okta?",
      "How do I set up OIDC?",
    ],
    after: { login: "And single sign-on with Okta?" },
    query: "single sign-on SAML OIDC Okta",
    passages: [],
    facts: ["The documentation does not mention single sign-on; it says that there is no login."],
    wrong: [
      "Yes, set `NIGHTOWL_OIDC_ISSUER` and `NIGHTOWL_OIDC_CLIENT_ID`.",
      "SAML is in the Settings under Authentication.",
    ],
  },
  {
    id: "grafana",
    questions: [
      "How do I add Nightowl as a Grafana data source?",
      "Can I alert on error rate with Prometheus?",
    ],
    after: { "api-stats": "Can Grafana read that?" },
    query: "Grafana data source Prometheus alerts",
    passages: [],
    facts: ["The documentation says nothing of Grafana, Prometheus or alerts."],
    wrong: [
      "Install the Nightowl plugin from Grafana's catalogue.",
      "Prometheus can scrape `http://localhost:6006/metrics`.",
    ],
  },
  {
    id: "windows",
    questions: ["Does it run on Windows?", "How do I install it as a Windows service?"],
    after: { start: "And on Windows?" },
    query: "run on Windows install service",
    passages: [],
    facts: ["The documentation names Linux and macOS, and not Windows."],
    wrong: [
      "Yes, download `nightowl-setup.exe` from the releases page.",
      "Run `nightowl install-service` as administrator.",
    ],
  },
  {
    id: "finetune",
    questions: [
      "Can I export a fine-tuning data set from my traces?",
      "How do I label traces for fine-tuning?",
    ],
    query: "export fine-tuning data set labels",
    passages: [],
    facts: ["The documentation does not describe fine-tuning data sets or labels."],
    wrong: ["Use `nightowl export --format openai-finetune`.", "Mark traces with a star and choose Export."],
  },
  {
    id: "weather",
    questions: [
      "What's the weather in Lisbon tomorrow?",
      "Write me a haiku about owls.",
      "Who won the match last night?",
    ],
    query: "weather Lisbon haiku owls match result",
    passages: [],
    facts: ["I can only answer questions about Nightowl."],
    wrong: ["It will be sunny, about 24 °C."],
  },
  {
    id: "kubernetes",
    questions: [
      "Is there a Helm chart?",
      "How do I run three replicas of Nightowl on Kubernetes?",
      "What does a StatefulSet for Nightowl look like?",
    ],
    after: { "two-servers": "Then how do I run several replicas on Kubernetes?" },
    query: "Kubernetes Helm chart replicas StatefulSet",
    passages: [],
    facts: ["The documentation says nothing of Kubernetes; one server at a time may use a data folder."],
    wrong: [
      "Yes: `helm install nightowl oci://charts.nightowl.example/nightowl`.",
      "Set `replicas: 3` and a shared volume; the servers elect a leader.",
    ],
  },
];

/** Asked in other languages than English. */
export const FOREIGN: readonly Topic[] = [
  {
    id: "port-de",
    language: "de",
    questions: [
      "Wie starte ich Nightowl auf einem anderen Port?",
      "Port 6006 ist bei mir schon belegt. Was kann ich tun?",
    ],
    query: "change port 6006 taken --port",
    passages: ["configuration#addresses", "configuration#ports", "readme#start"],
    facts: [
      "Mit `--port` oder der Variablen `NIGHTOWL_PORT`; bei 0 wird irgendein freier Port genommen.",
      "Ist der eigene Port belegt, hält der Server an und sagt, wie man einen anderen wählt.",
    ],
    code: "npm start -- --port 7000",
    wrong: ["Der Port steht in `nightowl.yaml` unter `server.port`."],
  },
  {
    id: "retention-de",
    language: "de",
    questions: ["Wie lange werden Traces aufbewahrt?", "Kann ich alte Traces automatisch löschen lassen?"],
    after: { "port-de": "Danke! Und wie lange bleiben die Daten gespeichert?" },
    query: "retention days delete old spans",
    passages: ["configuration#storage"],
    facts: [
      "Für immer, außer man setzt `--retention-days` (`NIGHTOWL_RETENTION_DAYS`): Tage, nach denen Spans gelöscht werden.",
      "0 ist die Voreinstellung und behält alles.",
    ],
    code: "NIGHTOWL_RETENTION_DAYS=30 nightowl serve",
    wrong: ["Standardmäßig werden Traces nach 14 Tagen gelöscht."],
  },
  {
    id: "python-ja",
    language: "ja",
    questions: ["Pythonからトレースを送るにはどうすればいいですか？", "Pythonの最小構成を教えてください。"],
    query: "send traces from Python OpenTelemetry exporter",
    passages: ["readme#python", "readme#send-a-trace"],
    facts: [
      "`opentelemetry-sdk` と `opentelemetry-exporter-otlp-proto-http` を入れ、`OTLPSpanExporter` の endpoint に `http://127.0.0.1:6006/v1/traces` を指定します。",
      "終了前に `provider.shutdown()` を呼んでください。",
    ],
    code: 'exporter = OTLPSpanExporter(endpoint="http://127.0.0.1:6006/v1/traces")',
    wrong: ["`nightowl-python` パッケージを入れて `nightowl.init()` を呼びます。"],
  },
  {
    id: "grpc-ja",
    language: "ja",
    questions: ["gRPCのポートは何番ですか？"],
    after: { "python-ja": "gRPCでも送れますか？" },
    query: "OTLP gRPC port 4317",
    passages: ["readme#send-a-trace", "configuration#ports"],
    facts: [
      "はい。OTLP/gRPC は 4317 番ポートで受け付けます。",
      "4317 が使用中のときは、その旨を表示して gRPC なしで続行します。",
    ],
    wrong: ["gRPC は 6006 番ポートを HTTP と共有します。"],
  },
  {
    id: "login-es",
    language: "es",
    questions: ["¿Cómo protejo Nightowl con una contraseña?", "¿Hay inicio de sesión?"],
    query: "login password authentication access",
    passages: ["readme#no-login", "configuration#who-can-reach-it"],
    facts: [
      "No hay inicio de sesión: el servidor escucha en 127.0.0.1 salvo que se indique otra cosa, y quien llega a su puerto lo lee todo.",
      "Lo más seguro es dejar `--host` como está.",
    ],
    wrong: ["Define `NIGHTOWL_AUTH=basic` y `NIGHTOWL_PASSWORD`."],
  },
  {
    id: "start-es",
    language: "es",
    questions: ["¿Qué necesito para arrancar Nightowl?"],
    after: { "login-es": "Vale. ¿Y cómo lo arranco en otra máquina?" },
    query: "start server npm ci npm start Node version",
    passages: ["readme#start"],
    facts: [
      "En Linux o macOS, con Node 20.19 o posterior y npm: `npm ci && npm start`.",
      "Imprime su dirección (http://127.0.0.1:6006) y su carpeta de datos (`./.nightowl`).",
    ],
    code: "npm ci && npm start",
    wrong: ["Ejecuta `docker compose up`, que trae ClickHouse."],
  },
  {
    id: "filter-de",
    language: "de",
    questions: [
      "Wie finde ich fehlgeschlagene Traces, die länger als zwei Sekunden gedauert haben?",
      "Was kann ich in die Filterzeile schreiben?",
    ],
    after: { "retention-de": "Und wie filtere ich die Liste nach Fehlern?" },
    query: "filter expression status latency model user",
    passages: ["api#filter", "readme#what-you-see"],
    facts: [
      "Ein Filter ist eine Zeile wie `status:error latency:>2s -user:loadtest`; ein Minus davor schließt aus.",
      "Mehrere Werte stehen mit Kommas: `model:gpt-4o,gpt-4o-mini`.",
    ],
    code: "status:error latency:>2s",
    wrong: ["Filter werden in SQL geschrieben."],
  },
  {
    id: "data-ja",
    language: "ja",
    questions: ["データはどこに保存されますか？", "データフォルダの場所を変えられますか？"],
    after: { "grpc-ja": "受け取ったデータはどこに保存されますか？" },
    query: "data folder location --data-dir",
    passages: ["configuration#storage", "configuration#data-folder"],
    facts: [
      "既定では `./.nightowl` です。`--data-dir` または `NIGHTOWL_DATA_DIR` で変更できます。",
      "フォルダがなければ作成されます。同時に使えるサーバーは一つだけです。",
    ],
    code: "nightowl serve --data-dir /var/lib/nightowl",
    wrong: ["`/var/lib/clickhouse` に保存されます。"],
  },
  {
    id: "ports-es",
    language: "es",
    questions: ["¿En qué puertos escucha Nightowl?", "¿Qué puertos tengo que abrir para el collector?"],
    after: { "start-es": "¿Y en qué puertos escucha?" },
    query: "ports 6006 4317 4318 listens on",
    passages: ["configuration#ports", "configuration#addresses"],
    facts: [
      "En tres: 6006 para la página, la API y OTLP/HTTP; 4318 para OTLP/HTTP y 4317 para OTLP/gRPC.",
      "Si 4317 o 4318 están ocupados, el servidor lo dice y sigue sin ellos.",
    ],
    wrong: ["Hay un cuarto puerto, el 9000, para ClickHouse."],
  },
];

/** With a screenshot: the page is asked about by what it looks like. */
export const SCREENSHOTS: readonly Topic[] = [
  {
    id: "screenshot-link",
    questions: ["Here is my transcript. Why is there a link where the picture of my prompt should be?"],
    query: "images in transcripts shown remote link",
    passages: ["decisions#no-remote-images", "architecture#text-is-data"],
    facts: [
      "The picture in your screenshot has an address elsewhere, and such an image is shown as a link that says where it leads.",
      "Images that are inline (`data:` URIs of raster formats) are shown.",
    ],
    wrong: ["Turn on `--load-images` to see them."],
  },
  {
    id: "screenshot-403",
    questions: ["I get this page when I open Nightowl under the name of the server. What is wrong?"],
    query: "403 forbidden host name loopback",
    passages: ["configuration#who-can-reach-it", "api#errors", "configuration#addresses"],
    facts: [
      "It is the 403 in your screenshot: while the server listens on loopback, it answers readers only under a loopback name (`localhost`, `127.0.0.1`, `[::1]`).",
      "`--host 0.0.0.0` opens its ports to the network; there is no login.",
    ],
    code: "npm start -- --host 0.0.0.0",
    wrong: ["Your certificate has expired."],
  },
  {
    id: "screenshot-unpriced",
    questions: [
      "What do the numbers at the top of this screenshot mean, and why is the cost lower than my bill?",
    ],
    query: "totals tokens cost unpriced counted once",
    passages: ["architecture#totals", "api#stats"],
    facts: [
      "They are the totals of the traces that the list shows; `unpricedCount` says for how many model calls no price is known.",
      "A wrapper and the call in it, or two instrumentations of one call, count once.",
    ],
    wrong: ["Costs are estimates and always 10 % too low."],
  },
];
