/** What a `data:` URI says about itself; `undefined` for any other address. `bytes` is the decoded length. */
export function readDataUri(url: string): { mimeType: string; bytes: number } | undefined {
  const match = /^data:([^,;]*)((?:;[^,;]*)*),/i.exec(url.slice(0, 300));
  if (!match) return undefined;
  const length = url.length - match[0].length;
  const base64 = /;base64$/i.test(match[2] ?? "");
  return {
    mimeType: (match[1] || "text/plain").toLowerCase(),
    bytes: base64 ? Math.floor((length * 3) / 4) : length,
  };
}

/** `512 B`, `48 KB`, `5.2 MB`; a kilobyte has 1000 bytes. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} KB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
