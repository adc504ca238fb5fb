import DOMPurify from "dompurify";
import { Marked, type Tokens } from "marked";

/** Longer texts are shown as they are: parsing them would hold the page up, and nobody reads them formatted. */
export const MAX_MARKDOWN_LENGTH = 200_000;

/**
 * What a model wrote, as HTML that is safe to set into the page; `undefined` where it cannot be
 * (too long, nested too deep), and then the text is to be shown raw.
 *
 * Text from a trace is data. Two walls stand here: markdown's raw HTML is turned to text before it is
 * HTML at all, and what comes out passes an allow-list of elements without any scripting, style, form,
 * frame, SVG or MathML. Links keep only http, https and mailto, and open without a referrer. Images
 * become links that name their host: nothing is loaded from elsewhere by looking at a trace.
 */
export function renderMarkdown(text: string): string | undefined {
  if (text.length > MAX_MARKDOWN_LENGTH) return undefined;
  let html: string;
  try {
    html = parser.parse(text, { async: false });
  } catch {
    return undefined;
  }
  return sanitise(html);
}

/**
 * Passes HTML through the allow-list of {@link renderMarkdown}. `undefined` where the second wall does not
 * stand in this browser: DOMPurify hands everything through unchanged when it misses something.
 */
export function sanitise(html: string): string | undefined {
  const purify = openPurifier();
  if (!purify.isSupported || !(works ??= purgesHostile(purify))) return undefined;
  return purge(purify, html);
}

type Purifier = ReturnType<typeof DOMPurify>;
let works: boolean | undefined;

/** Without event handlers: a browser reports those to the console even where they cannot run. */
function purgesHostile(purify: Purifier): boolean {
  const hostile = '<b>x</b><script>1</script><form>y</form><a href="javascript:1" id="q">z</a>';
  return purge(purify, hostile) === "<b>x</b>y<a>z</a>";
}

function purge(purify: Purifier, html: string): string {
  return purify.sanitize(html, {
    ALLOWED_TAGS: [...ALLOWED_TAGS],
    ALLOWED_ATTR: ["href", "title", "start", "align", "target", "rel", "data-image"],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
    KEEP_CONTENT: true,
    // Their text is code, not something that somebody wrote to be read.
    FORBID_CONTENTS: ["script", "style", "template", "noscript", "iframe", "svg", "math"],
  });
}

/** The address, if a click on it can do nothing but open a page or a letter; else `undefined`. */
export function safeLink(href: string | null | undefined): string | undefined {
  if (!href) return undefined;
  try {
    const url = new URL(href);
    return url.protocol === "https:" || url.protocol === "http:" || url.protocol === "mailto:"
      ? url.href
      : undefined;
  } catch {
    return undefined;
  }
}

const ALLOWED_TAGS = [
  ..."a b blockquote br code del em h1 h2 h3 h4 h5 h6 hr i kbd li ol p pre s strong sub sup".split(" "),
  ..."table tbody td tfoot th thead tr ul".split(" "),
];

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

function linkHtml(href: string, inner: string, title: string | null | undefined, image: boolean): string {
  const safe = safeLink(href);
  // A link that may not be followed still shows where it pointed: that is what the model wrote.
  if (safe === undefined) return `${inner} <code>${escapeHtml(href)}</code>`;
  const attributes = [
    `href="${escapeHtml(safe)}"`,
    title ? `title="${escapeHtml(title)}"` : "",
    image ? 'data-image="1"' : "",
  ];
  return `<a ${attributes.filter(Boolean).join(" ")}>${inner}</a>`;
}

const parser = new Marked({
  gfm: true,
  breaks: true,
  tokenizer: {
    // Prompts fence their parts off with rows of dashes or of equals signs; they do not mean the line above for a heading.
    lheading: () => undefined,
  },
  renderer: {
    html(token: Tokens.HTML | Tokens.Tag): string {
      const text = escapeHtml(token.text);
      return token.type === "html" && token.block ? `<p>${text}</p>` : text;
    },
    link(token: Tokens.Link): string {
      return linkHtml(token.href, this.parser.parseInline(token.tokens), token.title, false);
    },
    image(token: Tokens.Image): string {
      const host = hostOf(token.href);
      const name = escapeHtml(token.text || "image");
      return linkHtml(token.href, host ? `${name} (image at ${escapeHtml(host)})` : name, token.title, true);
    },
    checkbox(token: Tokens.Checkbox): string {
      return token.checked ? "☑ " : "☐ ";
    },
    code(token: Tokens.Code): string {
      return `<pre><code>${escapeHtml(token.text)}</code></pre>`;
    },
  },
});

function hostOf(href: string): string | undefined {
  try {
    return new URL(href).host || undefined;
  } catch {
    return undefined;
  }
}

let purifier: Purifier | undefined;

/** DOMPurify needs a window: made at first use, so that the module loads without one. */
function openPurifier(): Purifier {
  if (purifier) return purifier;
  purifier = DOMPurify(window);
  purifier.addHook("afterSanitizeAttributes", (node) => {
    if (node.tagName !== "A") return;
    const safe = safeLink(node.getAttribute("href"));
    if (safe === undefined) {
      node.removeAttribute("href");
      node.removeAttribute("target");
      return;
    }
    node.setAttribute("href", safe);
    node.setAttribute("target", "_blank");
    node.setAttribute("rel", "noopener noreferrer");
  });
  return purifier;
}
