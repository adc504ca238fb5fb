import type { MessagePart } from "@nightowl/model/span/message";
import { File, ImageIcon } from "lucide-react";
import { useState } from "react";
import { Button } from "../../../components/button.tsx";
import { CopyButton } from "../../../components/copy-button.tsx";
import { Dialog } from "../../../components/floating.tsx";
import { isLostImage } from "../../../view/transcript-messages.ts";
import { RichText } from "../../../components/values/rich-text.tsx";
import type { TextMode } from "../../../components/values/text-mode.ts";
import { safeLink } from "../../../view/transcript-markdown.ts";
import { formatBytes, readDataUri } from "./data-uri.ts";
import css from "./messages.module.css";

/** Bigger pictures are shown when asked for. */
const INLINE_BYTES = 3_000_000;
const IMAGE_TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"];

/** A picture that came with the message is shown; one that lies elsewhere is named and not loaded. */
export function ImagePart({ part }: { part: Extract<MessagePart, { type: "image" }> }) {
  const [asked, setAsked] = useState(false);
  const [large, setLarge] = useState(false);
  const [broken, setBroken] = useState(false);
  const data = readDataUri(part.url);
  if (data === undefined || !IMAGE_TYPES.includes(data.mimeType) || broken) {
    return (
      <Elsewhere
        icon={<ImageIcon size={14} aria-hidden="true" />}
        what={broken ? "An image that cannot be shown" : "Image"}
        url={part.url}
        mimeType={data?.mimeType ?? part.mimeType}
        bytes={data?.bytes}
      />
    );
  }
  const facts = [data.mimeType, formatBytes(data.bytes), part.detail && `detail: ${part.detail}`]
    .filter(Boolean)
    .join(" · ");
  if (data.bytes > INLINE_BYTES && !asked) {
    return (
      <div className={css["media"]}>
        <Button size="small" onClick={() => setAsked(true)}>
          Show the image
        </Button>
        <span className="faint">{facts}</span>
      </div>
    );
  }
  return (
    <figure className={css["figure"]}>
      <button type="button" onClick={() => setLarge(true)} aria-label="Enlarge the image">
        <img src={part.url} alt="" onError={() => setBroken(true)} />
      </button>
      <figcaption className="faint">{facts}</figcaption>
      <Dialog open={large} onOpenChange={setLarge} title={facts}>
        <img className={css["large"]} src={part.url} alt="" />
      </Dialog>
    </figure>
  );
}

export function AudioPart({ part, mode }: { part: Extract<MessagePart, { type: "audio" }>; mode: TextMode }) {
  const data = part.url === undefined ? undefined : readDataUri(part.url);
  const playable = data !== undefined && data.mimeType.startsWith("audio/");
  return (
    <div className={css["audio"]}>
      {playable ? (
        // What was said stands below it, where it was sent.
        <audio controls preload="metadata" src={part.url} aria-label="Audio of the message" />
      ) : (
        <Elsewhere
          what="Audio"
          url={part.url}
          mimeType={data?.mimeType ?? part.mimeType}
          bytes={data?.bytes}
        />
      )}
      {part.transcript !== undefined && part.transcript !== "" && (
        <>
          <span className="faint">Transcript</span>
          <RichText text={part.transcript} mode={mode} />
        </>
      )}
    </div>
  );
}

export function FilePart({ part }: { part: Extract<MessagePart, { type: "file" }> }) {
  const data = part.url === undefined ? undefined : readDataUri(part.url);
  if (isLostImage(part)) {
    return (
      <div className={css["media"]}>
        <ImageIcon size={14} aria-hidden="true" />
        <span>Image</span>
        <span className="faint">not recorded</span>
      </div>
    );
  }
  return (
    <Elsewhere
      icon={<File size={14} aria-hidden="true" />}
      what={part.name ?? part.id ?? "File"}
      url={part.url}
      mimeType={data?.mimeType ?? part.mimeType}
      bytes={data?.bytes}
    />
  );
}

/** Something that is not shown here: what it is, and where it lies. Nothing is loaded; a web address can be opened. */
function Elsewhere({
  icon,
  what,
  url,
  mimeType,
  bytes,
}: {
  icon?: React.ReactNode;
  what: string;
  url: string | undefined;
  mimeType: string | undefined;
  bytes: number | undefined;
}) {
  const link = safeLink(url);
  // `image/*` says no more than the word beside it.
  const known = mimeType?.endsWith("/*") === true ? undefined : mimeType;
  const facts = [known, bytes === undefined ? undefined : formatBytes(bytes)].filter(Boolean).join(" · ");
  return (
    <div className={css["media"]}>
      {icon}
      <span>{what}</span>
      {facts !== "" && <span className="faint">{facts}</span>}
      {link !== undefined ? (
        <a className={css["link"]} href={link} target="_blank" rel="noopener noreferrer" title={link}>
          at {new URL(link).host} (not loaded)
        </a>
      ) : url?.startsWith("@@@langfuseMedia:") === true ? (
        <span className="faint" title={url}>
          kept by Langfuse
        </span>
      ) : (
        url !== undefined && !url.startsWith("data:") && <code className="truncate">{url}</code>
      )}
      {url !== undefined && <CopyButton text={url} label="Copy the address" what="Address copied" />}
    </div>
  );
}
