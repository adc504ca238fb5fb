import { expect, test } from "vitest";
import { readParts } from "./read-parts.ts";

const reference = (type: string) => `@@@langfuseMedia:type=${type}|id=a3-kNP|source=base64_data_uri@@@`;

test("what Langfuse stored elsewhere is a part of its own, in its place", () => {
  const [image, audio, file] = ["image/jpeg", "audio/wav", "application/pdf"].map(reference);
  expect(readParts(`See ${image} and\n${audio}`)).toEqual([
    { type: "text", text: "See " },
    { type: "image", url: image, mimeType: "image/jpeg" },
    { type: "text", text: " and\n" },
    { type: "audio", url: audio, mimeType: "audio/wav" },
  ]);
  expect(readParts([{ type: "text", text: file }])).toEqual([
    { type: "file", url: file, id: "a3-kNP", mimeType: "application/pdf" },
  ]);
});

test("a picture's reference names its type", () => {
  const url = reference("image/png");
  expect(readParts([{ type: "image_url", image_url: { url, detail: "low" } }])).toEqual([
    { type: "image", url, mimeType: "image/png", detail: "low" },
  ]);
});

test.each(["@@@langfuseMedia:type=image/png@@@", "a @@@langfuseMedia: b", "@@@"])(
  "what is no reference is text: %s",
  (text) => {
    expect(readParts(text)).toEqual([{ type: "text", text }]);
  },
);
