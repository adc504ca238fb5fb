import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder with a little documentation, for tests that are not to change with the real one. Remove it after use. */
export function writeDocs(): string {
  const root = mkdtempSync(join(tmpdir(), "nightowl-docs-"));
  mkdirSync(join(root, "docs"));
  writeFileSync(join(root, "README.md"), README);
  writeFileSync(join(root, "ARCHITECTURE.md"), ARCHITECTURE);
  writeFileSync(join(root, "docs/nest-box.md"), NEST_BOX);
  return root;
}

const README = `# Owl box

A nest box for owls, with a camera in it.

## Licence

The drawings are free to copy.
`;

const ARCHITECTURE = `# How it is built

Four boards of larch, a lid, and a perch.
`;

/** The section on cleaning is longer than a search shows, and its last sentence says when. */
const NEST_BOX = `# The nest box

## Cleaning

Open the lid with the key that hangs below the perch. Take out the old straw, and with it whatever the owls have
left of their meals: fur, bones and feathers, which are put into the compost. Brush the boards with hot water and
nothing else, for the smell of soap keeps owls away for months. Let the box dry with its lid open for a day. Put in
fresh straw, a hand high, and close the lid again.

The nest box is cleaned once a year, in November, when the young owls have left it.

## Camera

The camera sends a picture every ten minutes. Its battery lasts for three weeks.
`;
