import { DecodeError } from "@nightowl/otlp/decode/decoded";
import type { OtlpEncoding, OtlpSignal } from "@nightowl/otlp/encode/response";
import { RowsRefusedError, type RefusedRow } from "../ingest/errors.ts";
import type { ExportOutcome } from "./export-outcome.ts";
import { badRequest } from "./refusal.ts";

/** One export request, whichever protocol brought it. */
export interface ExportRequest {
  /** An ExportTraceServiceRequest or ExportLogsServiceRequest, decompressed. */
  bytes: Uint8Array;
  encoding: OtlpEncoding;
  /** The sender's `x-project-name`. */
  projectHeader: string | undefined;
}

/** Takes one request; resolves when what it brought is on disk. */
export type Export = (request: ExportRequest) => Promise<ExportOutcome>;

/** What takes each signal that is kept. */
export type Exports = Record<OtlpSignal, Export>;

/** @throws Refusal 400 where the request as a whole cannot be read */
export function decodeWith<T>(decode: (bytes: Uint8Array) => T, bytes: Uint8Array): T {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(error.message);
    throw error;
  }
}

/** The items that the store cannot hold; all others are on disk. Throws whatever else `submitted` throws. */
export async function refusedBy(submitted: Promise<void>): Promise<readonly RefusedRow[]> {
  try {
    await submitted;
    return [];
  } catch (error) {
    if (error instanceof RowsRefusedError) return error.refused;
    throw error;
  }
}
