/** One parameter of a tool, as a person reads it. */
export interface ToolParameter {
  name: string;
  type: string;
  required: boolean;
  description?: string;
}

/**
 * The parameters that a tool's JSON schema describes, in its order. A schema that is no object schema
 * (or no schema at all) gives `[]`: it is then shown as it came.
 */
export function toolParameters(schema: unknown): ToolParameter[] {
  if (!isRecord(schema) || !isRecord(schema["properties"])) return [];
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"] : []);
  return Object.entries(schema["properties"]).map(([name, property]) => {
    const parameter: ToolParameter = { name, type: typeText(property), required: required.has(name) };
    const description = isRecord(property) ? property["description"] : undefined;
    if (typeof description === "string" && description !== "") parameter.description = description;
    return parameter;
  });
}

/** A JSON schema's type in the manner of TypeScript: `string`, `"c" | "f"`, `{ a: number }[]`; `any` where it says nothing. */
export function typeText(schema: unknown, depth = 0): string {
  if (!isRecord(schema)) return "any";
  if (depth > 4) return "…";
  const { enum: values, const: constant, type } = schema;
  if (Array.isArray(values))
    return listText(
      values.slice(0, 12).map((value) => JSON.stringify(value) ?? "any"),
      values.length > 12,
    );
  if (constant !== undefined) return JSON.stringify(constant) ?? "any";
  for (const key of ["anyOf", "oneOf"]) {
    const choices = schema[key];
    if (Array.isArray(choices))
      return listText([...new Set(choices.map((choice) => typeText(choice, depth + 1)))], false);
  }
  if (typeof schema["$ref"] === "string") return schema["$ref"].split("/").pop() ?? "any";
  if (Array.isArray(type))
    return listText(
      type.map((name) => typeText({ ...schema, type: name }, depth)),
      false,
    );
  if (type === "array") {
    const item = typeText(schema["items"], depth + 1);
    return item.includes(" | ") ? `(${item})[]` : `${item}[]`;
  }
  if (type === "object" || isRecord(schema["properties"])) {
    const fields = toolParameters(schema);
    if (fields.length === 0) return "object";
    if (fields.length > 6) return "{ … }";
    const properties = schema["properties"] as Record<string, unknown>;
    return `{ ${fields.map((f) => `${f.name}${f.required ? "" : "?"}: ${typeText(properties[f.name], depth + 1)}`).join(", ")} }`;
  }
  return typeof type === "string" ? type : "any";
}

function listText(choices: readonly string[], more: boolean): string {
  return `${choices.join(" | ")}${more ? " | …" : ""}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
