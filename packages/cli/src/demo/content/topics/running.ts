import type { Topic } from "./topic.ts";

/** Running Nightowl, and working on it. */
export const RUNNING: readonly Topic[] = [
  {
    id: "start",
    questions: [
      "How do I start Nightowl?",
      "What do I need to install before I can run it?",
      "Does it run on a Mac with an M chip?",
    ],
    query: "start server npm ci npm start Node version",
    passages: ["readme#start", "architecture#overview"],
    facts: [
      "On Linux or macOS, x64 or arm64, with Node 20.19 or newer and npm: `npm ci && npm start`.",
      "It prints its address (http://127.0.0.1:6006), its data folder (`./.nightowl`) and lines that send a first trace.",
      "Ctrl-C stops it with everything on disk.",
    ],
    code: "npm ci && npm start",
    wrong: [
      "Run `docker compose up`; it brings ClickHouse with it.",
      "You need a ClickHouse server of version 24 or newer.",
    ],
  },
  {
    id: "port",
    questions: [
      "Port 6006 is taken on my machine. How do I use another?",
      "How do I change the port of the page?",
      "TensorBoard already has 6006, what now?",
    ],
    after: { start: "It says the port is taken. How do I use another one?" },
    query: "change port 6006 taken --port",
    passages: ["configuration#addresses", "configuration#ports", "readme#start"],
    facts: [
      "Give it another with `--port`, or `NIGHTOWL_PORT`; 0 takes any free port.",
      "When its own port is taken the server stops and says how to choose another; a taken 4317 or 4318 is only a warning.",
    ],
    code: "npm start -- --port 7000",
    wrong: ["Edit `server.port` in `nightowl.yaml`.", "Nightowl picks the next free port by itself."],
  },
  {
    id: "ports",
    questions: [
      "Which ports does it listen on?",
      "Which ports do I have to open for the collector?",
      "A collector has 4318 on this host. Will Nightowl still start?",
    ],
    after: { port: "Which other ports does it need?", environment: "Which ports is it listening on, then?" },
    query: "ports 6006 4317 4318 listens on",
    passages: ["configuration#ports", "configuration#addresses"],
    facts: [
      "Three: 6006 has the page, the API and OTLP/HTTP; 4318 is for OTLP/HTTP and 4317 for OTLP/gRPC.",
      "When 4317 or 4318 is taken, often by a collector, the server says so and goes on without.",
      "`off` leaves either of them closed.",
    ],
    wrong: ["There is a fourth, 9000, for ClickHouse's own protocol."],
  },
  {
    id: "network",
    questions: [
      "How do I reach Nightowl from another machine?",
      "How do I let my team open the page?",
      "I opened it under the machine's host name and got 403.",
    ],
    after: { ports: "How do I make them reachable from another machine?" },
    query: "listen on network host 0.0.0.0 reach from other machine",
    passages: ["configuration#who-can-reach-it", "configuration#addresses", "api#errors"],
    facts: [
      "Start it with `--host 0.0.0.0`, which opens its ports to the network.",
      "There is no login yet, so whoever reaches the port reads every trace.",
      "While the server listens on loopback, it answers readers only under a loopback name such as `localhost` or `127.0.0.1`; under another name the answer is 403.",
    ],
    code: "npm start -- --host 0.0.0.0",
    wrong: ["It listens on all interfaces by default.", "Set `allowed-hosts` in the configuration file."],
  },
  {
    id: "login",
    questions: [
      "Is there a login?",
      "How do I protect Nightowl with a password?",
      "Can I create API keys for my team?",
    ],
    after: {
      network: "Can I put a password on it?",
      projects: "Can I give each team access to its project only?",
    },
    query: "login password authentication access",
    passages: ["readme#no-login", "configuration#who-can-reach-it"],
    facts: [
      "There is no login: the server listens on 127.0.0.1 unless told otherwise, and whoever reaches its port reads everything.",
      "To be safe, leave `--host` as it is.",
    ],
    wrong: [
      "Set `NIGHTOWL_AUTH=basic` and `NIGHTOWL_PASSWORD`.",
      "Create users with `nightowl users add NAME`.",
      "API keys are made on the Settings page.",
    ],
  },
  {
    id: "retention",
    questions: [
      "How long are traces kept?",
      "How do I delete traces after 30 days?",
      "Can I set a retention period?",
    ],
    after: { disk: "Can it delete old traces by itself?" },
    query: "retention days delete old spans",
    passages: ["configuration#storage"],
    facts: [
      "For ever, unless you set `--retention-days` (`NIGHTOWL_RETENTION_DAYS`): days after which spans are deleted.",
      "0, the default, keeps them.",
    ],
    code: "NIGHTOWL_RETENTION_DAYS=30 nightowl serve",
    wrong: ["Traces are deleted after 14 days by default.", "Retention is set per project on its page."],
  },
  {
    id: "disk",
    questions: [
      "Where does Nightowl keep its data?",
      "How do I move the database to another disk?",
      "Which folder do I mount in a container?",
    ],
    after: { start: "Where does it keep the data?", retention: "Where is all that on disk?" },
    query: "data folder location --data-dir",
    passages: ["configuration#storage", "configuration#data-folder"],
    facts: [
      "In `./.nightowl`, or wherever `--data-dir` (`NIGHTOWL_DATA_DIR`) says; the folder is made when missing.",
      "`<data-dir>/store` is the database's, and `<data-dir>/lock` says which process has it open.",
      "One server at a time may use it.",
    ],
    code: "nightowl serve --data-dir /var/lib/nightowl",
    wrong: ["In `/var/lib/clickhouse`.", "In SQLite, `nightowl.db` in the working directory."],
  },
  {
    id: "backup",
    questions: ["How do I back up the data?", "Can I copy the data folder while the server runs?"],
    after: { disk: "How do I make a backup of it?" },
    query: "backup copy the data folder",
    passages: ["configuration#data-folder"],
    facts: [
      "Stop the server and copy the folder.",
      "`<data-dir>/store` is the database's, and `<data-dir>/lock` says which process has it open.",
    ],
    wrong: ["Run `nightowl backup`, it works while the server runs.", "Copying while it runs is safe."],
  },
  {
    id: "two-servers",
    questions: ["Can two servers share one data folder?", "It says the folder is locked. By what?"],
    after: {
      disk: "Can two servers use the same folder?",
      backup: "Could a second server read the same folder meanwhile?",
    },
    query: "second server same data folder lock",
    passages: ["configuration#data-folder", "configuration#storage"],
    facts: [
      "No: one server at a time may use it, and `<data-dir>/lock` says which process has it open.",
      "A second server on the same folder stops with a message that names both.",
    ],
    wrong: ["Yes, readers are allowed with `--read-only`."],
  },
  {
    id: "config-file",
    questions: [
      "Is there a configuration file?",
      "How do I write settings into a file instead of flags?",
      "Which wins, the flag or the environment variable?",
    ],
    after: { port: "Can I write that into a file?", retention: "Can that go into a config file?" },
    query: "configuration file flags variables precedence",
    passages: ["configuration#file", "configuration#order"],
    facts: [
      "Yes: `--config nightowl.json`, or `NIGHTOWL_CONFIG=nightowl.json`; its keys are the flags without their dashes.",
      "A flag wins over a variable, a variable over the file, the file over the default.",
    ],
    code: '{ "port": 6006, "grpc-port": "off", "data-dir": "/var/lib/nightowl" }',
    wrong: ["It is YAML, at `~/.config/nightowl.yaml`.", "The file wins over flags."],
  },
  {
    id: "log-level",
    questions: [
      "How do I make the server's log quieter?",
      "It warns about an unknown NIGHTOWL_ variable. Is that bad?",
    ],
    after: { "config-file": "I see a warning about a variable in the log. What is it?" },
    query: "log level warn silent unknown variable",
    passages: ["configuration#logging"],
    facts: [
      "`--log-level` (`NIGHTOWL_LOG_LEVEL`) takes `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`.",
      "A variable that begins with `NIGHTOWL_` and is no setting is a warning in the log; a flag that does not exist stops the server.",
      "Logs are JSON lines on stderr.",
    ],
    wrong: ["Use `--quiet` or `-q`.", "Logs rotate every day in `<data-dir>/logs`."],
  },
  {
    id: "crash",
    questions: [
      "What do I lose when the process is killed?",
      "Is a span safe once the exporter got its 200?",
      "Is the data still there after a power cut?",
    ],
    after: {
      overload: "And what is lost when the server is killed?",
      backup: "What do I lose if it crashes?",
    },
    query: "acknowledged on disk kill -9 lose data",
    passages: ["architecture#acknowledged", "architecture#ingest"],
    facts: [
      "Nothing that was acknowledged: a success is answered after an fsync, and `kill -9` loses nothing of it.",
      "A request is answered when its spans are on disk.",
    ],
    wrong: ["Up to 5 seconds of spans, the length of the write buffer."],
  },
  {
    id: "storage-engine",
    questions: ["Which database is inside?", "Why ClickHouse and not Postgres?", "How is a trace stored?"],
    after: { disk: "What kind of database is that?" },
    query: "embedded ClickHouse tables spans traces stored",
    passages: ["architecture#overview", "architecture#store", "decisions#trace-summaries"],
    facts: [
      "An embedded ClickHouse (chDB), in the same Node process.",
      "There are two tables: `spans` has one row per span, and `traces` one row per trace, its summary.",
      "The summary is computed from its spans shortly after they were written, and before any list that is asked for.",
    ],
    wrong: [
      "SQLite with a full-text index.",
      "It is ClickHouse Cloud behind an API, so an account is needed.",
    ],
  },
  {
    id: "contribute",
    questions: ["How do I run Nightowl from source with hot reload?", "How do I run the tests?"],
    query: "develop from source npm run dev tests",
    passages: ["contributing#set-up"],
    facts: [
      "`npm run dev` runs the server from source, restarted on change, and the page with hot reload.",
      "`npm test` runs the checks, the build, and the tests in real processes and a browser.",
    ],
    code: "npm ci\nnpm run dev",
    wrong: ["Use `pnpm dev`; npm is not supported.", "`make test` runs all of them."],
  },
  {
    id: "new-dialect",
    questions: [
      "Where would I add support for another convention?",
      "Our framework has its own span attributes. How do I teach Nightowl to read them?",
    ],
    after: {
      conventions: "How would I add our own convention?",
      contribute: "I want to add a convention. Which files are that?",
    },
    query: "add a new convention dialect",
    passages: ["contributing#new-convention", "architecture#normalise"],
    facts: [
      "A new convention is a dialect in `otlp/src/dialects`, with captures in `otlp/fixtures`.",
      "A dialect says whether it knows a span and which fields it reads; one merge takes, per field, the first answer.",
      "No dialect imports another.",
    ],
    wrong: ["Write a plugin and name it in `--plugins`.", "Add a mapping on the Settings page."],
  },
];
