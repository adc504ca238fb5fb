import { create, createFileRegistry, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";

/**
 * The schema of OTLP's traces and logs, written down a second time as protobuf descriptors, for tests only: an
 * independent protobuf library reads and writes by it what our own code reads and writes, and a test walks
 * it to see that no field is lost on the way through the program.
 *
 * Field numbers are those of opentelemetry-proto 1.10 (`common/v1`, `resource/v1`, `trace/v1`,
 * `collector/trace/v1`, and the same of logs) and of `google/rpc/status.proto`. Left out: `string_value_strindex` and
 * `key_strindex`, which belong to the profiling signal and are to be passed over in traces.
 */
export const otlpFiles: FileDescriptorProto[] = [
  file("opentelemetry/proto/common/v1/common.proto", "opentelemetry.proto.common.v1", [], {
    messageType: [
      {
        name: "AnyValue",
        oneofDecl: [{ name: "value" }],
        field: [
          { ...scalar(1, "string_value", Type.STRING), oneofIndex: 0 },
          { ...scalar(2, "bool_value", Type.BOOL), oneofIndex: 0 },
          { ...scalar(3, "int_value", Type.INT64), oneofIndex: 0 },
          { ...scalar(4, "double_value", Type.DOUBLE), oneofIndex: 0 },
          { ...message(5, "array_value", ".opentelemetry.proto.common.v1.ArrayValue"), oneofIndex: 0 },
          { ...message(6, "kvlist_value", ".opentelemetry.proto.common.v1.KeyValueList"), oneofIndex: 0 },
          { ...scalar(7, "bytes_value", Type.BYTES), oneofIndex: 0 },
        ],
      },
      {
        name: "ArrayValue",
        field: [repeated(message(1, "values", ".opentelemetry.proto.common.v1.AnyValue"))],
      },
      {
        name: "KeyValueList",
        field: [repeated(message(1, "values", ".opentelemetry.proto.common.v1.KeyValue"))],
      },
      {
        name: "KeyValue",
        field: [
          scalar(1, "key", Type.STRING),
          message(2, "value", ".opentelemetry.proto.common.v1.AnyValue"),
        ],
      },
      {
        name: "InstrumentationScope",
        field: [
          scalar(1, "name", Type.STRING),
          scalar(2, "version", Type.STRING),
          repeated(message(3, "attributes", ".opentelemetry.proto.common.v1.KeyValue")),
          scalar(4, "dropped_attributes_count", Type.UINT32),
        ],
      },
      {
        name: "EntityRef",
        field: [
          scalar(1, "schema_url", Type.STRING),
          scalar(2, "type", Type.STRING),
          repeated(scalar(3, "id_keys", Type.STRING)),
          repeated(scalar(4, "description_keys", Type.STRING)),
        ],
      },
    ],
  }),
  file(
    "opentelemetry/proto/resource/v1/resource.proto",
    "opentelemetry.proto.resource.v1",
    ["opentelemetry/proto/common/v1/common.proto"],
    {
      messageType: [
        {
          name: "Resource",
          field: [
            repeated(message(1, "attributes", ".opentelemetry.proto.common.v1.KeyValue")),
            scalar(2, "dropped_attributes_count", Type.UINT32),
            repeated(message(3, "entity_refs", ".opentelemetry.proto.common.v1.EntityRef")),
          ],
        },
      ],
    },
  ),
  file(
    "opentelemetry/proto/trace/v1/trace.proto",
    "opentelemetry.proto.trace.v1",
    ["opentelemetry/proto/common/v1/common.proto", "opentelemetry/proto/resource/v1/resource.proto"],
    {
      messageType: [
        {
          name: "ResourceSpans",
          field: [
            message(1, "resource", ".opentelemetry.proto.resource.v1.Resource"),
            repeated(message(2, "scope_spans", ".opentelemetry.proto.trace.v1.ScopeSpans")),
            scalar(3, "schema_url", Type.STRING),
          ],
        },
        {
          name: "ScopeSpans",
          field: [
            message(1, "scope", ".opentelemetry.proto.common.v1.InstrumentationScope"),
            repeated(message(2, "spans", ".opentelemetry.proto.trace.v1.Span")),
            scalar(3, "schema_url", Type.STRING),
          ],
        },
        {
          name: "Span",
          field: [
            scalar(1, "trace_id", Type.BYTES),
            scalar(2, "span_id", Type.BYTES),
            scalar(3, "trace_state", Type.STRING),
            scalar(4, "parent_span_id", Type.BYTES),
            scalar(16, "flags", Type.FIXED32),
            scalar(5, "name", Type.STRING),
            { ...scalar(6, "kind", Type.ENUM), typeName: ".opentelemetry.proto.trace.v1.Span.SpanKind" },
            scalar(7, "start_time_unix_nano", Type.FIXED64),
            scalar(8, "end_time_unix_nano", Type.FIXED64),
            repeated(message(9, "attributes", ".opentelemetry.proto.common.v1.KeyValue")),
            scalar(10, "dropped_attributes_count", Type.UINT32),
            repeated(message(11, "events", ".opentelemetry.proto.trace.v1.Span.Event")),
            scalar(12, "dropped_events_count", Type.UINT32),
            repeated(message(13, "links", ".opentelemetry.proto.trace.v1.Span.Link")),
            scalar(14, "dropped_links_count", Type.UINT32),
            message(15, "status", ".opentelemetry.proto.trace.v1.Status"),
          ],
          nestedType: [
            {
              name: "Event",
              field: [
                scalar(1, "time_unix_nano", Type.FIXED64),
                scalar(2, "name", Type.STRING),
                repeated(message(3, "attributes", ".opentelemetry.proto.common.v1.KeyValue")),
                scalar(4, "dropped_attributes_count", Type.UINT32),
              ],
            },
            {
              name: "Link",
              field: [
                scalar(1, "trace_id", Type.BYTES),
                scalar(2, "span_id", Type.BYTES),
                scalar(3, "trace_state", Type.STRING),
                repeated(message(4, "attributes", ".opentelemetry.proto.common.v1.KeyValue")),
                scalar(5, "dropped_attributes_count", Type.UINT32),
                scalar(6, "flags", Type.FIXED32),
              ],
            },
          ],
          enumType: [
            enumeration("SpanKind", [
              "SPAN_KIND_UNSPECIFIED",
              "SPAN_KIND_INTERNAL",
              "SPAN_KIND_SERVER",
              "SPAN_KIND_CLIENT",
              "SPAN_KIND_PRODUCER",
              "SPAN_KIND_CONSUMER",
            ]),
          ],
        },
        {
          name: "Status",
          field: [
            scalar(2, "message", Type.STRING),
            { ...scalar(3, "code", Type.ENUM), typeName: ".opentelemetry.proto.trace.v1.Status.StatusCode" },
          ],
          enumType: [enumeration("StatusCode", ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"])],
        },
      ],
    },
  ),
  file(
    "opentelemetry/proto/collector/trace/v1/trace_service.proto",
    "opentelemetry.proto.collector.trace.v1",
    ["opentelemetry/proto/trace/v1/trace.proto"],
    {
      messageType: [
        {
          name: "ExportTraceServiceRequest",
          field: [repeated(message(1, "resource_spans", ".opentelemetry.proto.trace.v1.ResourceSpans"))],
        },
        {
          name: "ExportTraceServiceResponse",
          field: [
            message(
              1,
              "partial_success",
              ".opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess",
            ),
          ],
        },
        {
          name: "ExportTracePartialSuccess",
          field: [scalar(1, "rejected_spans", Type.INT64), scalar(2, "error_message", Type.STRING)],
        },
      ],
    },
  ),
  file(
    "opentelemetry/proto/logs/v1/logs.proto",
    "opentelemetry.proto.logs.v1",
    ["opentelemetry/proto/common/v1/common.proto", "opentelemetry/proto/resource/v1/resource.proto"],
    {
      messageType: [
        {
          name: "ResourceLogs",
          field: [
            message(1, "resource", ".opentelemetry.proto.resource.v1.Resource"),
            repeated(message(2, "scope_logs", ".opentelemetry.proto.logs.v1.ScopeLogs")),
            scalar(3, "schema_url", Type.STRING),
          ],
        },
        {
          name: "ScopeLogs",
          field: [
            message(1, "scope", ".opentelemetry.proto.common.v1.InstrumentationScope"),
            repeated(message(2, "log_records", ".opentelemetry.proto.logs.v1.LogRecord")),
            scalar(3, "schema_url", Type.STRING),
          ],
        },
        {
          name: "LogRecord",
          field: [
            scalar(1, "time_unix_nano", Type.FIXED64),
            scalar(11, "observed_time_unix_nano", Type.FIXED64),
            {
              ...scalar(2, "severity_number", Type.ENUM),
              typeName: ".opentelemetry.proto.logs.v1.SeverityNumber",
            },
            scalar(3, "severity_text", Type.STRING),
            message(5, "body", ".opentelemetry.proto.common.v1.AnyValue"),
            repeated(message(6, "attributes", ".opentelemetry.proto.common.v1.KeyValue")),
            scalar(7, "dropped_attributes_count", Type.UINT32),
            scalar(8, "flags", Type.FIXED32),
            scalar(9, "trace_id", Type.BYTES),
            scalar(10, "span_id", Type.BYTES),
            scalar(12, "event_name", Type.STRING),
          ],
        },
      ],
      enumType: [
        enumeration("SeverityNumber", [
          "SEVERITY_NUMBER_UNSPECIFIED",
          ...["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].flatMap((level) =>
            ["", "2", "3", "4"].map((step) => `SEVERITY_NUMBER_${level}${step}`),
          ),
        ]),
      ],
    },
  ),
  file(
    "opentelemetry/proto/collector/logs/v1/logs_service.proto",
    "opentelemetry.proto.collector.logs.v1",
    ["opentelemetry/proto/logs/v1/logs.proto"],
    {
      messageType: [
        {
          name: "ExportLogsServiceRequest",
          field: [repeated(message(1, "resource_logs", ".opentelemetry.proto.logs.v1.ResourceLogs"))],
        },
      ],
    },
  ),
  file("google/rpc/status.proto", "google.rpc", [], {
    messageType: [
      // `details`, a list of Any, is not used by OTLP.
      { name: "Status", field: [scalar(1, "code", Type.INT32), scalar(2, "message", Type.STRING)] },
    ],
  }),
];

export const otlpRegistry = createFileRegistry(create(FileDescriptorSetSchema, { file: otlpFiles }));

/** The descriptor of a message by its full name. Throws where there is none. */
export function getMessage(typeName: string): DescMessage {
  const found = otlpRegistry.getMessage(typeName);
  if (found === undefined) throw new Error(`The descriptors hold no message ${typeName}.`);
  return found;
}

export const exportTraceServiceRequest = getMessage(
  "opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest",
);
export const exportTraceServiceResponse = getMessage(
  "opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse",
);
export const exportLogsServiceRequest = getMessage(
  "opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest",
);
export const rpcStatus = getMessage("google.rpc.Status");

type FileInit = MessageInitShape<typeof FileDescriptorProtoSchema>;
type MessageInit = NonNullable<FileInit["messageType"]>[number];
type FieldInit = NonNullable<MessageInit["field"]>[number];
type EnumInit = NonNullable<MessageInit["enumType"]>[number];

function file(name: string, packageName: string, dependency: string[], init: FileInit): FileDescriptorProto {
  return create(FileDescriptorProtoSchema, {
    ...init,
    name,
    package: packageName,
    dependency,
    syntax: "proto3",
  });
}

function scalar(number: number, name: string, type: Type) {
  return { number, name, jsonName: jsonName(name), type, label: Label.OPTIONAL } satisfies FieldInit;
}

function message(number: number, name: string, typeName: string) {
  return { ...scalar(number, name, Type.MESSAGE), typeName } satisfies FieldInit;
}

/** What protoc would write: the lowerCamelCase name. */
function jsonName(name: string): string {
  return name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

function repeated<T extends FieldInit>(field: T): T {
  return { ...field, label: Label.REPEATED };
}

function enumeration(name: string, names: string[]): EnumInit {
  return { name, value: names.map((valueName, number) => ({ name: valueName, number })) };
}
