/** Which files are read, and what of them is passed over. */

/** What `-f` and `-R` name. */
export interface FileSource {
  /** Files, folders and `-`, standard input. As in kubectl, commas separate several. */
  paths: readonly string[];
  /** Whether the folders within folders are read too. */
  recursive: boolean;
}

/** What files hold that no model needs. */
export interface PassedOver {
  /** The objects of other kinds, by kind; by `KIND.GROUP` where a kind that is needed has the same name. */
  kinds: ReadonlyMap<string, number>;
  /** The objects without a name, which `kubectl create` would name, by kind. */
  nameless: ReadonlyMap<string, number>;
  /** What lies in the files of a folder and is no object of Kubernetes, such as the values of a chart. */
  noObjects: number;
  /** The paths in a folder that end like a manifest, and are no files. */
  noFiles: number;
}
