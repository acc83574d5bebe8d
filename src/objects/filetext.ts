/**
 * The text of a file of YAML or JSON, by the byte order mark that it may begin with: Windows PowerShell writes the output
 * of a program as UTF-16. kubectl reads such files (`BOMOverride` in k8s.io/cli-runtime/pkg/resource/visitor.go), and such
 * kubeconfigs (`yaml_parser_determine_encoding`, sigs.k8s.io/yaml/goyaml.v2/readerc.go).
 */

/** @returns the text without the mark; bytes that are no text become U+FFFD */
export function fileText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
