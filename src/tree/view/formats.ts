/** The formats of `-o`, for those who only choose one: they load nothing that draws. */

export const formats = ['wide', 'json', 'yaml', 'name', 'dot', 'mermaid'] as const;

export type Format = (typeof formats)[number] | 'tree';

/** Those that -w takes. */
export const changeFormats = ['tree', 'wide', 'json', 'yaml'] as const;

export type ChangeFormat = (typeof changeFormats)[number];

export interface FormatOptions {
  format: Format;
  /** Whether exactly one name was given: the document of that set then stands alone, and not in a list. */
  single: boolean;
  /** Shows the namespace of each set. */
  allNamespaces: boolean;
  header: boolean;
  /** Milliseconds since the epoch. */
  now: number;
  colour: boolean;
  /** Cuts the tree to so many columns of the terminal; undefined cuts nothing. */
  width: number | undefined;
}

const documents: Record<Format, boolean> = {
  tree: false,
  wide: false,
  name: false,
  json: true,
  yaml: true,
  dot: true,
  mermaid: true,
};

/** Whether the output is a document even where there is nothing to show. Otherwise a notice has to say so. */
export function isDocument(format: Format): boolean {
  return documents[format];
}
