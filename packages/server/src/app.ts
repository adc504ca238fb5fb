import swagger from "@fastify/swagger";
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
} from "fastify";
import { jsonSchemaTransform, validatorCompiler } from "fastify-type-provider-zod";
import { annotationRoutes, type AnnotationWriter } from "./api/annotations.ts";
import { compressAnswers } from "./api/compress.ts";
import { correlateRoutes } from "./api/correlates.ts";
import { costRoutes, type CostDeps } from "./api/costs.ts";
import { answerError, HttpError, sendError } from "./api/errors.ts";
import { projectRoutes, type ServerMeta } from "./api/projects.ts";
import { promptRoutes } from "./api/prompts.ts";
import { publicRoutes } from "./api/public.ts";
import { queryRoutes } from "./api/query.ts";
import { renormaliseRoutes, type RenormaliseControl } from "./api/renormalise.ts";
import { retrievalRoutes } from "./api/retrieval.ts";
import { addSecurityHeaders, checkHostHeader, isLoopback } from "./api/security.ts";
import { sessionRoutes } from "./api/sessions.ts";
import { spanRoutes } from "./api/spans.ts";
import { systemRoutes } from "./api/system.ts";
import { traceRoutes } from "./api/traces.ts";
import { serveWebPage } from "./api/web-page.ts";
import { otlpHttpRoutes, type OtlpHttpOptions } from "./receive/otlp-http.ts";
import { QueryTimeoutError, type Database } from "./store/db/database.ts";

export interface AppDeps extends CostDeps {
  db: Database;
  renormaliser: RenormaliseControl;
  /** Keeps what was learnt of prompt templates; whoever reads them calls it first. */
  settlePrompts: () => Promise<void>;
  /** Throws when the store does not answer. */
  checkStore: () => Promise<void>;
  annotations: AnnotationWriter;
  otlp: OtlpHttpOptions;
  meta: () => ServerMeta;
  /** The address the server listens on: a loopback one turns the check of the Host header on. */
  host: string;
  /** Folder of the built page. */
  webDir: string;
  log: FastifyBaseLogger;
}

/** The main port's app: the page, the API, and OTLP over HTTP. It does not listen. */
export async function createApp(deps: AppDeps): Promise<FastifyInstance> {
  const app = createFastify(deps.log);
  app.setErrorHandler<FastifyError>((error, request, reply) =>
    answerError(nameStoreError(error), request, reply),
  );
  addSecurityHeaders(app);
  if (isLoopback(deps.host)) checkHostHeader(app);
  compressAnswers(app);
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Nightowl",
        version: deps.meta().version,
        description: "Traces of AI services. See docs/api.md.",
      },
    },
    transform: jsonSchemaTransform,
  });
  await app.register(otlpHttpRoutes, deps.otlp);
  await app.register(async (scope) => {
    systemRoutes(scope, deps);
    projectRoutes(scope, deps);
    traceRoutes(scope, deps);
    spanRoutes(scope, deps);
    costRoutes(scope, deps);
    queryRoutes(scope, deps);
    promptRoutes(scope, deps);
    publicRoutes(scope, deps);
    annotationRoutes(scope, deps);
    sessionRoutes(scope, deps);
    correlateRoutes(scope, deps);
    retrievalRoutes(scope, deps);
    renormaliseRoutes(scope, deps);
  });
  await serveWebPage(app, deps.webDir);
  return app;
}

/** The app of OpenTelemetry's own port: OTLP over HTTP and nothing else. */
export async function createOtlpApp(
  options: OtlpHttpOptions,
  log: FastifyBaseLogger,
): Promise<FastifyInstance> {
  const app = createFastify(log);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) =>
    sendError(
      reply,
      new HttpError(
        "not_found",
        `There is no ${request.method} ${request.url.slice(0, 200)} on this port.`,
        "It takes POST /v1/traces and /v1/logs; the page and the API are on the main port.",
      ),
    ),
  );
  await app.register(otlpHttpRoutes, options);
  return app;
}

function createFastify(log: FastifyBaseLogger): FastifyInstance {
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    // An address that cannot even be read is answered as all other mistakes are.
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
    // Names of projects, percent-encoded.
    routerOptions: { maxParamLength: 2000 },
    // A sender that falls asleep in the middle of a body does not hold its connection for ever.
    requestTimeout: 120_000,
    forceCloseConnections: "idle",
  });
  app.setValidatorCompiler(validatorCompiler);
  // Answers are ours: checked in tests, written as they are. A check of 50,000 rows would cost more than the query.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  return app;
}

function nameStoreError(error: FastifyError): FastifyError | HttpError {
  if (!(error instanceof QueryTimeoutError)) return error;
  return new HttpError(
    "unavailable",
    "The question took too long and was stopped.",
    "Ask for a shorter time range.",
  );
}
